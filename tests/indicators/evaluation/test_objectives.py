"""Objectives held against planted figures: way made, gaps, what lacks and whom to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import demo
import pandas as pd
import pytest
from evaluation_workspace import loaded_workspace

import observatoire as obs
from observatoire.errors import DescriptorError
from observatoire.indicators.evaluation.objective import Objective
from observatoire.indicators.evaluation.watch import read_watches
from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    with obs.open(loaded_workspace(tmp_path_factory.mktemp("objectifs"))) as o:
        yield o


@pytest.fixture(scope="module")
def found(planted: Observatory) -> Any:
    return planted.evaluate(2007, 2012)


def of(found: Any, code: str) -> Any:
    return found.objectives.set_index("code").loc[code]


def test_the_share_of_a_target_reached(found: Any) -> None:
    one = of(found, "A")
    assert (one["baseline"], one["value"], one["end"], one["goal"]) == (30, 25, "2012", 20)
    assert one["reached"] == pytest.approx(50)
    assert one["verdict"] == "amélioration constatée"


def test_a_relative_target_is_counted_from_the_baseline(found: Any) -> None:
    one = of(found, "B")
    assert one["goal"] == pytest.approx(200)
    assert one["reached"] == pytest.approx(60)
    assert one["comparator"] == ""  # a count is not compared with that of a commune


def test_the_gap_to_the_commune_at_both_dates_and_its_move(found: Any) -> None:
    one = of(found, "A")
    assert (one["gap_start"], one["gap_end"], one["move"]) == (10, 6, -4)
    assert one["convergence"] == "rattrapage"
    assert one["comparator"] == "Fort-de-France"
    other = of(found, "C")
    assert (other["gap_start"], other["gap_end"]) == (-8, -1)
    assert other["verdict"] == "dégradation constatée"


def test_nothing_is_guessed_where_no_target_is_given(found: Any) -> None:
    one = of(found, "C")
    assert pd.isna(one["goal"])
    assert pd.isna(one["reached"])
    assert "pas de cible chiffrée" in found.html


def test_the_baseline_of_the_text_wins_and_has_no_known_error(found: Any) -> None:
    one = of(found, "D")
    assert one["baseline"] == 330
    assert one["change"] == -90
    assert one["verdict"] == "non jugé"


def test_missing_evidence_is_named_with_whom_to_ask(found: Any) -> None:
    lost = of(found, "E")["lacking"]
    assert "le point de départ (2007)" in lost
    assert "Rectorat" in lost
    assert of(found, "F")["lacking"] == "Aucun indicateur n’est désigné : à choisir avec Caf."
    assert of(found, "A")["lacking"] == ""


def test_the_three_moments(found: Any) -> None:
    moments = found.moments[found.moments["code"] == "A"]
    assert list(moments["moment"]) == ["départ", "fin d’année", "fin de cycle"]
    assert list(moments["value"]) == [30, 27, 25]


@pytest.mark.parametrize(
    ("due", "on_time", "late"),
    [
        ("2013-03-22", ["2013", "2013-03", "2013-T1"], ["2014", "2013-04", "2013-T2", "2012-2013"]),
        ("2013-06-30", ["2013-S1"], ["2013-S2"]),
        ("2013", ["2013-T4", "2013-12", "2012-2013"], ["2014-T1", "2014"]),
    ],
)
def test_a_month_after_the_due_date_is_not_of_it(
    due: str, on_time: list[str], late: list[str]
) -> None:
    fields: dict[str, Any] = dict.fromkeys(Objective.__dataclass_fields__, "")
    one = Objective(**fields | {"due": due})
    assert [period for period in on_time + late if one.is_due_before(period)] == late


def test_nothing_after_the_end_is_looked_at(planted: Observatory) -> None:
    one = of(planted.evaluate(2007, 2009), "A")
    assert (one["end"], one["value"]) == ("2009", 27)


def test_gaps_of_quartiers_are_those_of_the_table(found: Any) -> None:
    rows = found.df[found.df["indicator"] == "taux"].set_index("territory")
    assert rows.loc["FDF01", "convergence"] == "rattrapage"
    assert rows.loc["FDF02", "convergence"] == "rattrapage"
    assert rows.loc["FDF02", "reason"] == "Mieux placé que le comparateur aux deux dates."
    assert "l’écart s’est réduit (avance)" in found.html
    assert rows.loc["LAM02", "reason"].startswith("Pas de chiffre pour")


def test_a_break_between_the_dates_is_named() -> None:
    lost = demo.demo().evaluate(2018, 2019).df
    poverty = lost[lost["indicator"] == "taux_pauvrete"]
    assert poverty["reason"].str.contains("Rupture de série en 2019").all()


def test_the_default_carries_the_convention_and_the_law() -> None:
    aims = demo.demo().objectives().set_index("code")
    assert len(aims) == 20
    law = aims.loc["LOI-EMPLOI"]
    assert law["relative"] == pytest.approx(-100 / 3, abs=1e-4)
    assert (law["start"], law["due"]) == ("2003", "2008-08-01")
    convention = aims[aims["source"] == "convention-lamentin-2007"]
    assert convention["goal"].isna().all()
    assert convention["relative"].isna().all()
    gap = demo.demo().evaluate(2007, 2019).objectives.set_index("code").loc["LAM-INS-4"]
    assert gap["gap_start"] == pytest.approx(46.4 - 31)


# --- programming ------------------------------------------------------------------------------


def test_commitments_and_spending_by_funder(planted: Observatory) -> None:
    money = planted._inquiry("interne").programming().money.set_index(["year", "funder"])
    assert money.loc[("2007", "etat"), "promised"] == 100_000
    assert pd.isna(money.loc[("2007", "etat"), "spent"])
    assert money.loc[("2008", "etat"), "spent"] == 8_000
    assert money["promised"].sum() == 150_000
    assert money["committed"].sum() == 10_500  # actions draw on envelopes: never added to them


def test_quartiers_never_reached_and_themes_without_action(planted: Observatory) -> None:
    done = planted._inquiry("interne").programming()
    reach = done.places.set_index("territory")["reach"]
    assert reach["FDF01"] == "action propre"
    assert reach["LAM02"] == reach["LAM03"] == reach["LAM04"] == "par un périmètre plus large"
    assert reach["FDF02"] == reach["LAM05"] == "aucune action"  # an envelope reaches nobody
    assert len(done.never) == 28 - 4
    assert set(done.idle) == {
        planted.catalogue.theme(code).label
        for code in ("population", "education", "habitat", "sante")
    }


def test_money_and_people_are_counted_once(planted: Observatory) -> None:
    row = planted._inquiry("interne").programming().places.set_index("territory").loc["FDF01"]
    assert (row["actions"], row["amount"], row["people"]) == (1, 8_000, 12)


def test_the_default_promises_then_pays_the_posts_of_the_town_contract() -> None:
    done = demo.demo()._inquiry("interne").programming()
    money = done.money.set_index(["year", "funder"])
    promised = money["promised"].dropna()
    assert set(promised) == {700_000}
    assert set(promised.index.get_level_values("year")) == {"2007", "2008", "2009"}
    assert money["spent"].isna().all()
    posts = pd.read_csv(
        embedded_root() / "data/raw/politique-ville-postes/postes.csv", sep=None, engine="python"
    )
    paid = posts.groupby(posts["annee"].astype(str))["montant_etat"].sum()
    committed = money["committed"].dropna().droplevel("funder")
    assert committed.to_dict() == pytest.approx(paid.to_dict())
    assert len(done.actions) == len(posts)
    assert done.never == []  # a post of a commune reaches every quartier of it
    envelope = done.perimeters.set_index("territory").loc["CUCS-97213"]
    assert envelope["per_head"] == pytest.approx(4_200_000 / 3 / 39_442)
    assert envelope["people_of"] == "Le Lamentin, 2007"
    assert "modeles/programmation" in demo.demo().evaluate(2010, 2016).html


def test_years_outside_an_evaluation_are_left_out(planted: Observatory) -> None:
    assert set(planted._inquiry("interne").programming("2008", "2008").actions["year"]) == {"2008"}


# --- watch ------------------------------------------------------------------------------------


def test_levels_and_changes_that_are_passed(planted: Observatory) -> None:
    signals = {(row["watch"], row["territory"]): row for _, row in planted.watch().df.iterrows()}
    assert set(signals) == {("haut", "FDF01"), ("haut", "LAM02"), ("hausse", "FDF02")}
    assert signals["hausse", "FDF02"]["value"] == 6
    assert signals["hausse", "FDF02"]["period"] == "2007-2012"
    assert {row["signal"] for row in signals.values()} == {"franchi"}


def watched(tmp_path: Path, text: str, planted: Observatory) -> Any:
    (tmp_path / "watch.toml").write_text(text, encoding="utf-8")
    return read_watches(tmp_path / "watch.toml", planted.catalogue.indicators)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[watch.a]\nindicator = "tau"\nabove = 1', "« taux »"),
        ('[watch.a]\nindicator = "taux"', "un seuil, et un seul"),
        ('[watch.a]\nindicator = "taux"\nabove = 1\nrise = 2', "un seuil, et un seul"),
        ('[watch.a]\nindicator = "taux"\nrise = -2', "nombre positif"),
        ('[watch.a]\nindicator = "taux"\nabove = "haut"', "un nombre"),
        ('[watch.a]\nindicator = "taux"\nabove = 1\ncertainty = "90 %"', "95 %"),
        ('[watch.a]\nindicator = "taux"\nabove = 1\nniveau = 3', "« niveau »"),
    ],
)
def test_an_impossible_watch_is_refused(
    tmp_path: Path, planted: Observatory, text: str, said: str
) -> None:
    with pytest.raises(DescriptorError) as caught:
        watched(tmp_path, text, planted)
    assert "watch.toml" in str(caught.value)
    assert said in str(caught.value)


def test_without_a_file_nothing_is_watched(tmp_path: Path, planted: Observatory) -> None:
    assert read_watches(tmp_path / "watch.toml", planted.catalogue.indicators) == ()

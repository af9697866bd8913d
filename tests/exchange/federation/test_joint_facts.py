"""What an attacker puts together, kind by kind: context, bounds, estimates, years, floors, rivals."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from packages_made import package

import observatoire as obs
from observatoire.exchange.federation import federate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.exchange.federation import Federation

HIDDEN = ("iris", "i1", "cas", "2016", None, "secret")
WORDS = {
    "cas": {"numerateur": "AIDES"},
    "tous": {"numerateur": "FOYERS"},
    "part": {"nature": "taux", "unite": "%", "numerateur": "AIDES", "denominateur": "FOYERS"},
}
PART = "iris,i1,q,Q1,0.5,inclus,oui,mesure\n"
WHOLE = "iris,i1,c,LAM,1.0,proche,oui,table\niris,i2,c,LAM,1.0,proche,oui,table\n"


def ends(*bounds: tuple[float, float]) -> Callable[[Path], None]:
    """Give the figures of a package bounds, row by row."""

    def spoil(folder: Path) -> None:
        frame = pd.read_parquet(folder / "valeurs.parquet")
        frame[["borne_basse", "borne_haute"]] = bounds
        frame.to_parquet(folder / "valeurs.parquet", index=False)
        frame.to_csv(folder / "valeurs.csv", index=False)

    return spoil


def together(
    tmp_path: Path, rows: list[tuple[Any, ...]], hidden: tuple[Any, ...] = HIDDEN, **more: Any
) -> Federation:
    """Federate a member that hides a count and one that shows some figures."""
    floors = more.pop("floors", {("cas", hidden[3]): 11.0})
    hides = package(tmp_path / "a", [hidden], thresholds=floors, definitions=WORDS)
    shows = package(tmp_path / "b", rows, definitions=WORDS, **more)
    return obs.federate([hides, shows])


def dark(f: Federation) -> set[tuple[str, str, str]]:
    """Return the figures that the second member shows and the federation does not."""
    frame = f.df[(f.df["observatoire"] == "b") & (f.df["statut"] == "secret")]
    numbers = frame[["valeur", "borne_basse", "borne_haute", "plausible_bas", "plausible_haut"]]
    assert numbers.isna().all(axis=None)
    return set(frame[["territoire", "indicateur", "periode"]].itertuples(index=False, name=None))


def test_the_figure_of_the_enclosing_territory_is_hidden_where_it_rests_on_a_hidden_count(
    tmp_path: Path,
) -> None:
    rows = [
        ("q", "Q1", "part", "2016", 5.0, "contexte"),
        ("iris", "i1", "tous", "2016", 100.0, "observé"),
    ]
    f = together(tmp_path, rows, links=PART)
    assert dark(f) == {("Q1", "part", "2016")}
    sheet = f.panel(indicators=["part"], zoning="q")
    assert [row["status"] for row in sheet.table.df.to_dict("records")] == ["secret"]


def test_the_high_bound_of_a_part_is_the_count_of_what_it_is_a_part_of(tmp_path: Path) -> None:
    rows = [("q", "Q1", "cas", "2016", None, "encadré")]
    assert dark(together(tmp_path, rows, links=PART, spoil=ends((0.0, 6.0)))) == {
        ("Q1", "cas", "2016")
    }


def test_an_estimate_is_undone_by_its_weights(tmp_path: Path) -> None:
    rows = [("q", "Q1", "cas", "2016", 3.0, "estimé")]
    assert dark(together(tmp_path, rows, links=PART, spoil=ends((np.nan, np.nan)))) == {
        ("Q1", "cas", "2016")
    }


def test_a_quarter_is_not_found_by_its_year(tmp_path: Path) -> None:
    hidden = ("iris", "i1", "cas", "2016-T1", None, "secret")
    quarters = [("iris", "i1", "cas", f"2016-T{k}", 20.0, "observé") for k in (2, 3, 4)]
    year = [("iris", "i1", "cas", "2016", 65.0, "observé")]
    assert dark(together(tmp_path, quarters, hidden)) == set()
    (tmp_path / "2").mkdir()
    assert dark(together(tmp_path / "2", [*quarters, *year], hidden))


@pytest.mark.parametrize(("total", "gone"), [(31.0, False), (20.0, True)])
def test_a_package_that_says_no_threshold_is_under_the_default(
    tmp_path: Path,
    total: float,
    gone: bool,  # noqa: FBT001
) -> None:
    """Two counts that nobody shows make 20: each is from 1 to 19, wide enough for 11, not for 31."""
    rows = [("c", "LAM", "cas", "2016", total, "observé")]
    f = together(tmp_path, rows, links=WHOLE, floors={})
    assert dark(f) == set()
    toml = tmp_path / "federation.toml"
    toml.write_text(
        'partner_threshold = 25\nmembers = [{ place = "a" }, { place = "b" }]\n', "utf-8"
    )
    assert bool(dark(obs.federate(toml))) is gone


def test_each_member_is_believed_in_turn_where_they_differ(tmp_path: Path) -> None:
    """Between 40 and 900 the total says nothing of i1; from 40, it leaves it at most 5."""
    hides = package(tmp_path / "a", [HIDDEN], thresholds={("cas", "2016"): 11.0}, links=WHOLE)
    rows = [
        ("iris", "i2", "cas", "2016", 35.0, "observé"),
        ("c", "LAM", "cas", "2016", 40.0, "observé"),
    ]
    shows = package(tmp_path / "b", rows, links=WHOLE)
    other = package(tmp_path / "c", [("c", "LAM", "cas", "2016", 900.0, "observé")], links=WHOLE)
    f = obs.federate([hides, shows, other])
    assert not f.audit().empty
    assert dark(f)


def test_no_door_shows_what_pages_hide(tmp_path: Path) -> None:
    rows = [
        ("iris", "i2", "cas", "2016", 35.0, "observé"),
        ("c", "LAM", "cas", "2016", 40.0, "observé"),
    ]
    f = together(tmp_path, [*rows, ("iris", "i1", "cas", "2016", 5.0, "observé")], links=WHOLE)
    for frame in (f.values(), f.values("cas", period=2016), f.table("cas"), f.df):
        own = frame[(frame["territoire"] != "LAM") & (frame["statut"] != "secret")]
        assert own["valeur"].notna().sum() < 2
        assert 5.0 not in set(frame["valeur"])
    (conflict,) = f.conflicts().to_dict("records")
    assert np.isnan([conflict["valeur_a"], conflict["valeur_b"], conflict["ecart"]]).all()


def test_a_threshold_beyond_reason_refuses_its_package(tmp_path: Path) -> None:
    good = package(tmp_path / "a")
    bad = package(tmp_path / "b", [HIDDEN], thresholds={("cas", "2016"): float("inf")})
    assert [who for who, _ in obs.federate([good, bad]).refused] == [str(bad)]


def test_codes_beyond_reason_refuse_their_package(tmp_path: Path) -> None:
    good = package(tmp_path / "a")
    bad = package(tmp_path / "b", [("q", "T" * 50_000, "cas", "2016", 5.0, "observé")])
    f = obs.federate([good, bad])
    assert [who for who, _ in f.refused] == [str(bad)]
    assert "démesurés" in f.refused[0][1]


ENDED = {
    "partenaire": "Caf", "public": "partenaires", "destinataires": [], "du": None, "au": "2026-06-30",
    "chiffres": [{"indicateur": "cas", "periode": "2016"}],
}  # fmt: skip


@pytest.mark.parametrize(
    "when", [{"date": dt.date(2026, 7, 1)}, {"date": dt.date(2026, 6, 1), "audience": "public"}]
)
def test_what_an_agreement_keeps_back_stays_hidden_of_all(
    tmp_path: Path, when: dict[str, Any]
) -> None:
    """The five that a member hides are not shown by another the day its agreement ends, nor to a wider circle."""
    hides = package(
        tmp_path / "a", [HIDDEN], thresholds={("cas", "2016"): 11.0}, conventions=[ENDED]
    )
    f = federate([hides, package(tmp_path / "b", [(*HIDDEN[:4], 5.0, "observé")])], **when)
    assert dark(f) == {("i1", "cas", "2016")}
    assert 5.0 not in {*f.values()["valeur"], *f.table("cas")["valeur"]}


@pytest.mark.parametrize("gone", ["until = 2026-06-30", "withdrawn = 2026-07-01"])
def test_who_reads_before_and_after_a_member_left_finds_nothing(tmp_path: Path, gone: str) -> None:
    """The total of 40, shown while the member was there, and then its other part make the five."""
    package(tmp_path / "a", [HIDDEN], thresholds={("cas", "2016"): 11.0}, links=WHOLE)
    package(tmp_path / "b", [("iris", "i2", "cas", "2016", 35.0, "observé")], links=WHOLE)
    package(tmp_path / "c", [("c", "LAM", "cas", "2016", 40.0, "observé")], links=WHOLE)
    for leaving in "ac":
        toml = tmp_path / "federation.toml"
        toml.write_text(
            "".join(
                f'[[members]]\nplace = "{one}"\n' + (f"{gone}\n" if one == leaving else "")
                for one in "abc"
            ),
            "utf-8",
        )
        shown = {
            value
            for date in (dt.date(2026, 6, 1), dt.date(2026, 8, 1))
            for value in federate(toml, date=date).df["valeur"].dropna()
        }
        assert shown in ({35.0}, {40.0})


@pytest.mark.parametrize(
    ("before", "now", "shown"),
    [
        ([(35.0, "observé")], [(math.nan, "secret")], set()),  # the total of 40 would give the five
        ([(35.0, "observé")], [(34.0, "observé")], {40.0}),
        ([(math.nan, "secret")], [(34.0, "observé")], {40.0}),
        ([(35.0, "observé")], [], set()),
    ],
)
def test_who_reads_a_former_version_finds_nothing(
    tmp_path: Path, before: list[Any], now: list[Any], shown: set[float]
) -> None:
    """What a corrected package hides or drops is read in its ``versions/``; what it gives instead counts alone."""

    def rows(given: list[Any]) -> list[Any]:
        return [HIDDEN, *(("iris", "i2", "cas", "2016", *each) for each in given)]

    floors = {("cas", "2016"): 11.0}
    package(tmp_path / "a", rows(now), thresholds=floors, links=WHOLE)
    (tmp_path / "a" / "versions").mkdir()
    package(tmp_path / "a" / "versions" / "1.0.0", rows(before), thresholds=floors, name="a")
    total = package(tmp_path / "b", [("c", "LAM", "cas", "2016", 40.0, "observé")], links=WHOLE)
    f = federate([tmp_path / "a", total])
    assert {*f.df["valeur"].dropna()} == shown

"""What pages hide so that packages give no count away together: proven by auditing what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from packages_made import package

import observatoire as obs
from observatoire.exchange.federation.joint import exposure
from observatoire.exchange.federation.joint.programs import given_away
from observatoire.exchange.federation.joint.system import Federated
from observatoire.exchange.federation.joint_suppression import withheld_figures
from observatoire.exchange.publication.figures import FIGURE_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.exchange.federation import Federation

    Row = tuple[Any, ...]

FLOOR = {("cas", "2016"): 11.0}
LINKS = "".join(f"q,Q{k},c,LAM,1.0,proche,oui,table\n" for k in (1, 2, 3))
CAF = [
    ("q", "Q1", "cas", "2016", None, "secret"),
    ("q", "Q3", "cas", "2016", 30.0, "observé"),
]
Q2 = ("q", "Q2", "cas", "2016", 25.0, "observé")
TOTAL = ("c", "LAM", "cas", "2016", 60.0, "observé")


def federation(tmp_path: Path, *others: list[tuple[object, ...]]) -> Federation:
    made = [package(tmp_path / "caf", CAF, links=LINKS, thresholds=FLOOR)]
    made += [
        package(tmp_path / f"autre{rank}", rows, links=LINKS) for rank, rows in enumerate(others)
    ]
    return obs.federate(made)


def test_nothing_is_withheld_where_nothing_is_given_away(tmp_path: Path) -> None:
    f = federation(tmp_path, [Q2])
    assert (
        withheld_figures(Federated.of(f.members), f.engine.ask("counts", annee="", indicateurs=""))
        == set()
    )


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        ([[("q", "Q1", "cas", "2016", 5.0, "observé")]], {("q", "Q1", "cas", "2016")}),
        ([[Q2], [TOTAL]], {("q", "Q2", "cas", "2016")}),
    ],
)
def test_what_is_left_gives_nothing_away(
    tmp_path: Path, others: list[list[tuple[object, ...]]], hidden: set[tuple[str, ...]]
) -> None:
    f = federation(tmp_path, *others)
    assert not f.audit().empty
    figures = f.engine.ask("counts", annee="", indicateurs="")
    found = withheld_figures(Federated.of(f.members), figures)
    assert found == hidden
    shown = [key in found for key in figures[FIGURE_KEY].itertuples(index=False, name=None)]
    kept = figures[~np.array(shown) | (figures["statut"] == "secret")]
    left = Federated.of(f.members).exposure(kept)
    assert not given_away(left)
    assert not set(left.hiding) & set(left.given)


def test_a_count_hidden_under_another_code_is_hidden_under_its_own(tmp_path: Path) -> None:
    """Two codes of one label and unit count one thing: an attacker would think so."""
    one = package(
        tmp_path / "caf",
        CAF,
        links=LINKS,
        thresholds=FLOOR,
        definitions={"cas": {"libelle": "Cas"}},
    )
    other = package(
        tmp_path / "ville",
        [("q", "Q1", "dossiers", "2016", 5.0, "observé")],
        definitions={"dossiers": {"libelle": "Cas"}},
    )
    f = obs.federate([one, other])
    assert withheld_figures(
        Federated.of(f.members), f.engine.ask("counts", annee="", indicateurs="")
    ) == {("q", "Q1", "dossiers", "2016")}
    (row,) = f.panel(indicators=["dossiers"]).table.df.query("territory == 'Q1'").to_dict("records")
    assert row["status"] == "secret"
    assert row["value"] != row["value"]


def test_a_rate_that_bounds_a_hidden_count_is_withheld(tmp_path: Path) -> None:
    words = {
        "cas": {"numerateur": "aides"},
        "tous": {"numerateur": "foyers"},
        "part": {"nature": "taux", "unite": "%", "numerateur": "aides", "denominateur": "foyers"},
    }
    one = package(tmp_path / "caf", CAF, thresholds=FLOOR, definitions=words)
    rows = [
        ("q", "Q1", "tous", "2016", 100.0, "observé"),
        ("q", "Q1", "part", "2016", 5.0, "observé"),
    ]
    f = obs.federate([one, package(tmp_path / "ville", rows, definitions=words)])
    assert not f.audit().empty
    assert ("q", "Q1", "part", "2016") in withheld_figures(
        Federated.of(f.members), f.engine.ask("counts", annee="", indicateurs="")
    )


RATED = {
    "cas": {"numerateur": "aides"},
    "tous": {"numerateur": "foyers"},
    "part": {"nature": "taux", "unite": "%", "numerateur": "aides", "denominateur": "foyers"},
}
ONE = ("q", "Q1", "cas", "2016", None, "secret")


def seen(value: float, territory: str, code: str = "cas", status: str = "observé") -> Row:
    return ("q" if territory.startswith("Q") else "c", territory, code, "2016", value, status)


def withheld(tmp_path: Path, first: list[Row], other: list[Row], **more: Any) -> set[Any]:
    """Return what is withheld of two members, the first of which hides Q1."""
    words, links = more.get("words", RATED), more.get("links", LINKS)
    one = package(
        tmp_path / "a", first, links=links, thresholds=FLOOR, definitions=more.get("own", words)
    )
    two = package(tmp_path / "b", other, links=LINKS, definitions=words)
    f = obs.federate([one, two])
    assert not f.refused
    found = withheld_figures(
        Federated.of(f.members), f.engine.ask("counts", annee="", indicateurs="")
    )
    return {(territory, code) for _, territory, code, _ in found}


def test_a_sum_that_the_second_member_alone_writes_whole_is_audited(tmp_path: Path) -> None:
    partial = LINKS.replace(",oui,", ",non,").replace("q,Q3,c,LAM,1.0,proche,non,table\n", "")
    first = [ONE, seen(13.0, "Q2"), seen(20.0, "Q3")]
    assert withheld(tmp_path, first, [seen(40.0, "LAM")], links=partial)


def test_figures_that_differ_leave_a_count_between_them(tmp_path: Path) -> None:
    """Neither is sure, but both with the total leave Q1 from 2 to 7."""
    first = [ONE, seen(13.0, "Q2"), seen(20.0, "Q3")]
    assert withheld(tmp_path, first, [seen(40.0, "LAM"), seen(18.0, "Q2")])


def test_a_rate_gives_a_count_whose_other_term_a_sum_gives(tmp_path: Path) -> None:
    people = [seen(40.0, "Q2", "tous"), seen(60.0, "Q3", "tous"), seen(200.0, "LAM", "tous")]
    found = withheld(tmp_path, [ONE], [seen(5.0, "Q1", "part"), *people])
    assert ("Q1", "part") in found


def test_rates_of_other_parts_give_a_part_by_its_total(tmp_path: Path) -> None:
    others = [seen(5.0, "Q2", "part"), seen(10.0, "Q3", "part"), seen(20.0, "LAM")]
    people = [seen(100.0, "Q2", "tous"), seen(100.0, "Q3", "tous")]
    assert withheld(tmp_path, [ONE], [*others, *people])


def test_rates_of_which_no_term_is_shown_are_put_together(tmp_path: Path) -> None:
    """Half of the others have it: with the totals, that leaves Q1 its own."""
    words = RATED | {"part": RATED["part"] | {"decimales": "9"}}
    others = [seen(50.0, "Q2", "part"), seen(50.0, "Q3", "part"), seen(25.0, "Q1", "part")]
    totals = [seen(45.0, "LAM"), seen(100.0, "LAM", "tous")]
    assert withheld(tmp_path, [ONE], [*others, *totals], words=words)


def test_a_rate_hidden_under_another_code_is_hidden_under_its_own(tmp_path: Path) -> None:
    rate = {"nature": "taux", "unite": "%", "libelle": "Part aidée"}
    found = withheld(
        tmp_path,
        [("q", "Q1", "taux", "2016", None, "secret")],
        [seen(12.5, "Q1", "part_aidee")],
        own={"taux": rate},
        words={"part_aidee": rate},
    )
    assert found == {("Q1", "part_aidee")}


def test_an_amount_is_not_found_by_subtraction(tmp_path: Path) -> None:
    euros = {"cas": {"nature": "montant", "unite": "€"}}
    first = [ONE, seen(13.25, "Q2"), seen(20.5, "Q3")]
    assert withheld(tmp_path, first, [seen(40.0, "LAM")], words=euros)


def test_an_estimate_of_what_is_hidden_under_another_code_is_hidden(tmp_path: Path) -> None:
    found = withheld(
        tmp_path,
        [ONE],
        [seen(5.0, "Q1", "dossiers", "estimé")],
        own={"cas": {"libelle": "Cas"}},
        words={"dossiers": {"libelle": "Cas"}},
    )
    assert found == {("Q1", "dossiers")}


def test_a_total_below_its_parts_teaches_nothing_and_refuses_no_page(tmp_path: Path) -> None:
    first = [ONE, seen(30.0, "Q2"), seen(30.0, "Q3")]
    assert withheld(tmp_path, first, [seen(40.0, "LAM")]) == set()


@pytest.mark.parametrize("decimals", ["²", "-400", "99999", "abc"])
def test_decimals_that_are_no_number_are_one(tmp_path: Path, decimals: str) -> None:
    words = {code: word | {"decimales": decimals} for code, word in RATED.items()}
    shown = [seen(100.0, "Q1", "tous"), seen(5.0, "Q1", "part")]
    assert ("Q1", "part") in withheld(tmp_path, [ONE], shown, words=words)


def test_numbers_that_no_page_could_write_are_refused(tmp_path: Path) -> None:
    good = package(tmp_path / "a")
    bad = package(tmp_path / "b", [("q", "Q1", "pop", "2016", 1e308, "observé")])
    f = obs.federate([good, bad])
    assert [who for who, _ in f.refused] == [str(bad)]


PEOPLE = {"A1": 31.0, "A2": 84.0, "A3": 159.0, "A4": 256.0}


@pytest.mark.parametrize(
    ("code", "period", "values"),
    [
        ("dossiers", "2016", {**PEOPLE, "Q1": 5.0}),
        ("cas", "2016-T4", {**PEOPLE, "Q1": 5.0}),
        ("dossiers", "2016-T4", {**PEOPLE, "Q2": 25.0, "LAM": 60.0}),
    ],
)
def test_what_figures_show_to_be_one_thing_is_one(
    tmp_path: Path, code: str, period: str, values: dict[str, float]
) -> None:
    """Another code, another label, another period of the year: the figures are the same in four sizes."""

    def rows(code: str, period: str, given: dict[str, float]) -> list[Row]:
        return [
            ("c" if place == "LAM" else "q", place, code, period, value, "observé")
            for place, value in given.items()
        ]

    one = package(
        tmp_path / "caf", [*CAF, *rows("cas", "2016", PEOPLE)], links=LINKS, thresholds=FLOOR
    )
    f = obs.federate([one, package(tmp_path / "ville", rows(code, period, values), links=LINKS)])
    assert list(f.audit()["territoire"]) == ["Q1"]
    gone = f.df.query("observatoire == 'ville' and statut == 'secret'")
    assert list(gone["territoire"]) == (["Q1"] if "Q1" in values else ["Q2"])
    other = package(tmp_path / "plie", rows(code, period, {**values, "A1": 30.0}), links=LINKS)
    assert obs.federate([one, other]).audit().empty  # one figure denies it


def test_what_the_work_allowed_does_not_prove_safe_is_withheld_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_STEPS", "_MORE"):
        monkeypatch.setattr(exposure, name, 0)
    f = federation(tmp_path, [TOTAL])  # Q2 stays unknown: nothing is given away
    shown = f.values()
    assert set(shown.loc[shown["statut"] != "secret", "territoire"]) == set()
    assert "limite de travail" in f.warnings[-1]
    assert "limite de travail" in " ".join(f.panel(zoning="q").table.warnings)
    assert "limite de travail" in f.audit()["retrouve_par"].item()

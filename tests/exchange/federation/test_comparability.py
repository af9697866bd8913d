"""Three observatories that disagree on purpose: each disagreement found by hand first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from packages_made import package

import observatoire as obs
from observatoire.errors import UnknownNameError
from observatoire.exchange.federation.comparability import (
    common_codes,
    conflict_rows,
    verdict_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.exchange.federation import Federation

DEFINED = {
    "caf": {"aides": {"definition": "Ménages aidés", "unite": "ménages"}},
    "ccas": {"aides": {"definition": "Ménages aidés par le CCAS", "unite": "ménages"}},
    "ville": {
        "aides": {"definition": "Personnes aidées", "unite": "personnes"},
        "foyers": {"libelle": "pop", "definition": "Personnes comptées"},
    },
}
ROWS = {
    "caf": [
        ("q-2007", "Q1", "aides", "2014", 40.0, "observé"),
        ("q-2007", "Q1", "aides", "2015", 41.0, "observé"),
        ("q-2007", "Q1", "aides", "2016", 42.0, "observé"),
        ("q-2007", "Q1", "pop", "2016", 500.0, "observé"),
        ("q-2007", "Q2", "pop", "2016", 300.0, "observé"),
    ],
    "ccas": [
        ("q-2007", "Q1", "aides", "2015", 41.0, "observé"),
        ("q-2007", "Q1", "aides", "2016", 44.0, "observé"),
        ("q-2015", "Q1", "pop", "2016", 510.0, "observé"),
    ],
    "ville": [
        ("q-2007", "Q1", "aides", "2016", 90.0, "observé"),
        ("q-2007", "Q1", "foyers", "2016", 500.0, "observé"),
    ],
}


@pytest.fixture(scope="module")
def f(tmp_path_factory: pytest.TempPathFactory) -> Federation:
    root: Path = tmp_path_factory.mktemp("trois")
    return obs.federate([package(root / n, ROWS[n], definitions=DEFINED[n]) for n in ROWS])


def test_the_inventory_says_who_observes_what_and_what_lacks(f: Federation) -> None:
    rows = f.inventory().set_index(["observatoire", "indicateur", "zonage"])
    caf = rows.loc["caf", "aides", "q-2007"]
    assert (caf["periodes"], caf["premiere"], caf["derniere"]) == (3, "2014", "2016")
    assert (caf["rythme"], caf["lacunes"]) == ("tous les ans", "")
    assert rows.loc["ccas", "aides", "q-2007"]["lacunes"] == "2014"
    assert rows.loc["ville", "aides", "q-2007"]["lacunes"] == "2014, 2015"
    assert rows.loc["caf", "pop", "q-2007"]["territoires"] == 2
    assert len(rows) == 6


def test_verdicts_are_those_that_a_reader_gives(f: Federation) -> None:
    found = f.verdicts().set_index(
        ["indicateur_a", "observatoire_a", "observatoire_b", "indicateur_b"]
    )
    careful = found.loc["aides", "caf", "ccas", "aides"]
    assert careful["verdict"] == "avec précaution"
    assert "définitions" in careful["motif"]
    assert (careful["zonages"], careful["periodes"]) == ("q-2007", "2015, 2016")
    barred = found.loc["aides", "caf", "ville", "aides"]
    assert (barred["verdict"], barred["motif"]) == (
        "non",
        "Leurs unités diffèrent\u00a0: ménages ; personnes",
    )
    vintage = found.loc["pop", "caf", "ccas", "pop"]
    assert vintage["verdict"] == "avec précaution"
    assert "millésime\u00a0: q-2007 ; q-2015" in vintage["motif"]
    assert found.loc["pop", "caf", "ville", "foyers"]["verdict"] == "oui"  # one label, two codes
    assert len(found) == 6


#: What two members write of one code, the verdict, a word of its reason, and whether it is common to both.
WRITTEN: dict[str, tuple[dict[str, str], dict[str, str], str, str, bool]] = {
    "case and stop": ({"definition": "Aidés  ici"}, {"definition": "aidés ici."}, "oui", "Même", True),
    "percent, per mille": ({"unite": "%"}, {"unite": "‰"}, "non", "unités", False),
    "euros, percent": ({"unite": "€"}, {"unite": "%"}, "non", "unités", False),
    "under, over": ({"definition": "< 25 ans"}, {"definition": "> 25 ans"}, "avec précaution", "à relire", False),
    "universes": ({"champ": "Ménages"}, {"champ": "Familles"}, "avec précaution", "champs", False),
    "natures": ({"nature": "effectif"}, {"nature": "taux"}, "non", "natures", False),
    "no definition": ({"definition": ""}, {"definition": ""}, "avec précaution", "sa définition", False),
    "no universe": ({"champ": ""}, {"champ": ""}, "avec précaution", "son champ", True),
    "drafts": ({"champ": "à préciser"}, {"champ": "À préciser"}, "avec précaution", "son champ", True),
    "drafted definitions": ({"definition": "…"}, {"definition": "…"}, "avec précaution", "sa définition", False),
    "one without": ({"definition": ""}, {}, "avec précaution", "à relire", False),
}  # fmt: skip


@pytest.mark.parametrize("case", WRITTEN)
def test_what_is_not_written_alike_is_not_said_to_be_the_same(case: str) -> None:
    *written, verdict, reason, common = WRITTEN[case]
    words = {"nature": "taux", "unite": "%", "definition": "Aidés", "champ": "Tous"}
    definitions = pd.DataFrame(
        [
            {"observatoire": who, "indicateur": "aides", "libelle": "Aides"} | words | said
            for who, said in zip("ab", written, strict=True)
        ]
    )
    observed = pd.DataFrame(
        [
            {"observatoire": who, "indicateur": "aides", "zonage": "q-2007"}
            | {"periode": "2016", "precision": "exact"}
            for who in "ab"
        ]
    )
    (row,) = verdict_rows(observed, definitions, ("a", "b")).to_dict("records")
    assert (row["verdict"], reason in row["motif"]) == (verdict, True)
    assert common_codes(definitions, 2) == (["aides"] if common else [])
    assert common_codes(definitions, 3) == []


def test_conflicts_are_the_figures_that_differ(f: Federation) -> None:
    found = f.conflicts().set_index(["observatoire_a", "observatoire_b", "indicateur", "periode"])
    assert len(found) == 3  # 2015 agrees; the two populations are on two zonings
    gap = found.loc["caf", "ccas", "aides", "2016"]
    assert (gap["ecart"], gap["explique"]) == (2.0, "inconnu")
    assert "précision de l’un des deux n’est pas connue" in gap["motif"]
    assert found.loc["caf", "ville", "aides", "2016"]["explique"] == "sans objet"


def test_one_value_a_question_with_whose_it_is(f: Federation) -> None:
    values = f.values("aides", period=2016)
    (row,) = values.to_dict("records")
    assert (row["observatoire"], row["valeur"], row["reponses"]) == ("caf", 42.0, 3)
    assert len(f.values()) == 7
    assert not f.values().duplicated(["zonage", "territoire", "indicateur", "periode"]).any()


@pytest.mark.parametrize("asked", [{"zoning": "q-2008"}, {"period": 2031}])
def test_what_no_package_has_is_refused_with_the_nearest(
    f: Federation, asked: dict[str, Any]
) -> None:
    with pytest.raises(UnknownNameError, match="Aucun paquet"):
        f.values(**asked)


def test_what_all_give_alike_is_common(f: Federation) -> None:
    assert f.common() == []  # « aides » is defined in three ways


def test_what_one_hides_stays_hidden_in_values(tmp_path: Path) -> None:
    hides = package(tmp_path / "a", [("q", "Q1", "pop", "2016", None, "secret")])
    prints = package(tmp_path / "b", [("q", "Q1", "pop", "2016", 7.0, "observé")])
    f = obs.federate([prints, hides])
    (row,) = f.values().to_dict("records")
    assert (row["statut"], row["masque"]) == ("secret", 1)
    assert row["valeur"] != row["valeur"]
    (conflict,) = f.conflicts().to_dict("records")
    assert "masque ce que l’autre publie" in conflict["motif"]


#: Two answers (value, its bounds, status, precision), and whether their gap is explained; None for no gap.
ANSWERS = {
    "bounds that meet": ((100, 90, 108, "observé", "sondage"), (110, 104, 116, "observé", "sondage"), "oui"),
    "bounds apart": ((100, 90, 103, "observé", "sondage"), (110, 104, 116, "observé", "sondage"), "non"),
    "two exact ones": ((100, None, None, "observé", "exact"), (110, None, None, "observé", "exact"), "non"),
    "one unknown": ((100, 90, 108, "observé", "sondage"), (110, None, None, "observé", "inconnue"), "inconnu"),
    "one unknown within": ((100, 90, 108, "observé", "sondage"), (104, None, None, "observé", ""), "inconnu"),
    "no upper bound": ((None, 5, None, "encadré", ""), (900, 900, 900, "observé", "exact"), "oui"),
    "beyond the one bound": ((None, 5, None, "encadré", ""), (4, 4, 4, "observé", "exact"), "non"),
    "between two bounds": ((None, 5, 9, "encadré", ""), (7, 7, 7, "observé", "exact"), "oui"),
    "two pairs of bounds that meet": ((None, 5, 9, "encadré", ""), (None, 8, 12, "encadré", ""), None),
    "two pairs of bounds apart": ((None, 5, 7, "encadré", ""), (None, 8, 12, "encadré", ""), "non"),
    "one wider": ((100, 90, 95, "contexte", "sondage"), (110, 104, 116, "observé", "sondage"), "sans objet"),
    "twice a wider territory’s": ((100, None, None, "contexte", ""), (100, None, None, "contexte", ""), None),
    "two secrets": ((None, None, None, "secret", ""), (None, None, None, "secret", ""), None),
}  # fmt: skip


@pytest.mark.parametrize("case", ANSWERS)
def test_what_explains_a_gap_is_what_is_known_of_both(case: str) -> None:
    *sides, explained = ANSWERS[case]
    row: dict[str, Any] = dict.fromkeys(("zonage", "territoire", "nom", "periode"), "x")
    row |= {"indicateur": "pop", "observatoire_a": "a", "observatoire_b": "b"}
    names = ("valeur", "basse", "haute", "statut", "precision")
    for which, side in zip("ab", sides, strict=True):
        row |= {
            f"{name}_{which}": float("nan") if each is None else each
            for name, each in zip(names, side, strict=True)
        }
    judged = pd.DataFrame(
        [
            {"indicateur_a": "pop", "observatoire_a": "a", "indicateur_b": "pop"}
            | {"observatoire_b": "b", "verdict": "oui", "motif": ""}
        ]
    )
    found = conflict_rows(pd.DataFrame([row]), judged)
    assert found["explique"].tolist() == ([] if explained is None else [explained])


def test_bounds_of_packages_are_read(tmp_path: Path) -> None:
    def bounded(low: float, high: float) -> Any:
        def spoil(folder: Path) -> None:
            frame = pd.read_parquet(folder / "valeurs.parquet")
            frame = frame.assign(borne_basse=float(low), borne_haute=float(high))
            frame.to_parquet(folder / "valeurs.parquet", index=False)
            frame.to_csv(folder / "valeurs.csv", index=False)

        return spoil

    rows = [[("q", "Q1", "pop", "2016", value, "observé")] for value in (100.0, 110.0)]
    sides = [
        package(tmp_path / name, given, spoil=bounded(*bounds))
        for name, given, bounds in (("a", rows[0], (90, 108)), ("b", rows[1], (104, 116)))
    ]
    assert obs.federate(sides).conflicts()["explique"].tolist() == ["oui"]

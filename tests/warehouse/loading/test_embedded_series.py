"""The embedded series of several years: every figure is the one that was gathered, under its own year."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from demo import demo

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse import Warehouse

#: Zoning, territory, variable, period.
Key = tuple[str, str, str, str]
Found = dict[Key, float]

PLACES = {
    "97209": ("commune-2016", "97209"),
    "97213": ("commune-2016", "97213"),
    "249720061": ("epci-2016", "249720061"),
    "D972": ("departement-2016", "972"),
    "FR": ("pays-2016", "FR"),
}
#: The tables of communes_series.csv that a source is made of.
TABLES = {
    "caf-communes": ("all", "all30", "rsa", "aah", "bas_rev", "paccueil", "paje"),
    "cnam-fragilites": ("odf",),
    "drees-apl": ("apl",),
    "france-travail-communes": ("defm_an",),
    "insee-emploi-communes": ("flores", "ren", "dads"),
    "insee-populations": ("sup", "et_civil"),
    "logement-communes": ("sitadl",),
    "onisr-accidents": ("acci",),
    "sdes-rpls-communes": ("rpls",),
    "ssmsi-delinquance": ("mi",),
    "vie-associative": ("rna", "data_es"),
}
#: What the gathered tables call a variable that has another name here.
RENAMED = {
    "postes": "flores/sal",
    "etab": "flores/etab",
    "sal": "dads/sal",
    "POPULATION": "pmun",
    "NAISSANCES": "naiss",
    "DECES": "dec",
}
#: Overseas, the censuses that the gathered table files under 1962, 1968 and 1975.
OVERSEAS = {"1962": "1961", "1968": "1967", "1975": "1974"}


@pytest.fixture(scope="module")
def warehouse() -> Warehouse:
    return demo().warehouse


def rows(carried: Path, name: str) -> list[dict[str, str]]:
    frame = pd.read_csv(carried / name, dtype=str, keep_default_na=False)
    return [{str(k): str(v) for k, v in row.items()} for row in frame.to_dict("records")]


def stored(warehouse: Warehouse, source: str) -> Found:
    found = warehouse.rows(
        "SELECT zoning, territory, variable, period, value FROM current_observation "
        "WHERE source = ? AND value IS NOT NULL",
        [source],
    )
    return {(str(z), str(t), str(v), str(p)): float(value) for z, t, v, p, value in found}


def assert_carried(mine: Found, theirs: Found) -> None:
    """Check that every figure is a gathered one, and that none of its variable is left behind."""
    assert mine
    wanted = {key[2] for key in mine}
    complete = {key: value for key, value in theirs.items() if key[2] in wanted}
    assert set(mine) == set(complete)
    assert mine == pytest.approx(complete, rel=1e-12)


def stems(variable: str, year: str) -> set[str]:
    """Return a variable's name, and what it is without its year."""
    ends = (f"_{year}", year, f"_{year[2:]}", year[2:])
    return {variable, next((variable.removesuffix(e) for e in ends if variable.endswith(e)), "")}


@cache
def series(carried: Path) -> dict[str, Found]:
    """Return the figures of communes_series.csv by table, under each name they may have."""
    found: dict[str, Found] = defaultdict(dict)
    for row in rows(carried, "communes_series.csv"):
        for stem in stems(row["variable"], row["annee"]) - {""}:
            key = (*PLACES[row["territoire"]], stem, row["annee"])
            found[row["table"]].setdefault(key, float(row["valeur"]))
    return found


# --- Communes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", sorted(TABLES))
def test_communes_have_the_figures_gathered(
    warehouse: Warehouse, carried: Path, source: str
) -> None:
    theirs: Found = {}
    for table in TABLES[source]:
        for (zoning, code, stem, year), value in series(carried)[table].items():
            for name in (stem, f"{table}/{stem}"):
                theirs.setdefault((zoning, code, name, year), value)
    own = {
        "vie-associative": ("asso_total", "licences_0_14"),
        "ssmsi-delinquance": ("taux_", "dep_"),
    }
    mine = {
        (z, t, RENAMED.get(v, v), p): value
        for (z, t, v, p), value in stored(warehouse, source).items()
        if not v.startswith(own.get(source, ("~",)))
    }
    if source == "insee-populations":  # two names of one series, and the years overseas
        theirs |= {
            (z, t, "pmun", OVERSEAS.get(p, p)): value
            for (z, t, v, p), value in theirs.items()
            if v == "psdc" and (t != "FR" or p not in OVERSEAS)
        }
    if source == "insee-emploi-communes":  # its zeros are a year that was not counted yet
        theirs = {k: v for k, v in theirs.items() if v or not k[2].endswith(("etab", "sal"))}
    if source == "drees-apl":
        theirs |= {
            (*k[:2], "apl_gen", k[3]): v for k, v in theirs.items() if k[2] == "apl_gen_2015"
        }
    assert_carried(mine, theirs)


def test_overseas_censuses_are_under_their_own_years(warehouse: Warehouse, carried: Path) -> None:
    mine = stored(warehouse, "insee-populations")
    published = {
        row["annee"]: float(row["valeur"])
        for row in rows(carried, "valeurs_publiees.csv")
        if row["code"] == "97213" and row["indicateur"] == "Population"
    }
    for year, value in published.items():  # Insee itself: 1967 and 1974
        assert mine["commune-2016", "97213", "POPULATION", year] == value


def test_census_of_communes(warehouse: Warehouse, carried: Path) -> None:
    theirs: Found = {}
    for name in ("communes_rp_2022.csv", "communes_rp_2018.csv"):
        for row in rows(carried, name):
            stem = row["variable"].removeprefix("P_")
            key = (*PLACES[row["territoire"]], f"P{row['annee'][2:]}_{stem}", row["annee"])
            theirs.setdefault(key, float(row["valeur"]))
    for row in rows(carried, "communes_series.csv"):
        if re.match(r"p(11|16)_", row["variable"]) and row["table"].endswith(("_5", "_10")):
            key = (*PLACES[row["territoire"]], row["variable"].upper(), row["annee"])
            theirs.setdefault(key, float(row["valeur"]))
    for row in rows(carried, "communes_divers.csv"):
        names = {"part_residences_principales_suroccupees": "part_suroccupees"}
        name = names.get(row["variable"], row["variable"])
        theirs[(*PLACES[row["territoire"]], name, row["annee"])] = float(row["valeur"])
    assert_carried(stored(warehouse, "insee-rp-communes"), theirs)


def test_income_of_communes(warehouse: Warehouse, carried: Path) -> None:
    theirs: Found = {}
    for row in rows(carried, "communes_filosofi.csv"):
        theirs[(*PLACES[row["territoire"]], row["variable"], row["annee"])] = float(row["valeur"])
    for row in rows(carried, "communes_pauvrete.csv"):
        key = (*PLACES[row["territoire"]], f"DISP_{row['variable']}", row["annee"])
        theirs.setdefault(key, float(row["valeur"]))
    own = {"d121": "DISP_D1", "d921": "DISP_D9", "med21": "DISP_MED", "tp6021": "DISP_TP60"}
    ages = {"tp60_30": "DISP_TP60AGE1"}
    for row in rows(carried, "communes_series.csv"):
        if row["table"] == "filo" and row["annee"] == "2021" and row["niveau"] == "commune":
            name = (own | ages).get(row["variable"], row["variable"])
            theirs.setdefault((*PLACES[row["territoire"]], name, "2021"), float(row["valeur"]))
    assert_carried(stored(warehouse, "filosofi-communes"), theirs)


def test_recorded_crime_of_the_departement_and_rates_of_communes(
    warehouse: Warehouse, carried: Path
) -> None:
    mine = stored(warehouse, "ssmsi-delinquance")
    classes = {
        "dep_cbv": "Coups et blessures volontaires",
        "dep_vols_armes": "Vols avec armes",
        "dep_homicides": "Homicides",
    }
    rates = {
        "taux_cambriolages": "cambriolages_pour_1000_logements",
        "taux_coups_blessures": "coups_blessures_volontaires_pour_1000_hab",
    }
    facts = {
        (r["classe"], r["annee"]): r["faits"] for r in rows(carried, "martinique_delinquance.csv")
    }
    divers = {
        (r["territoire"], r["variable"], r["annee"]): r["valeur"]
        for r in rows(carried, "communes_divers.csv")
    }
    seen = 0
    for (_, code, name, year), value in mine.items():
        if name in classes:
            assert value == float(facts[classes[name], year])
        elif name in rates:
            assert value == float(divers[code, rates[name], year])
        else:
            continue
        seen += 1
    assert seen == 3 * 8 + 2 * 2


# --- IRIS, QPV, schools -------------------------------------------------------------------------


def test_income_by_iris_and_the_producers_marks(warehouse: Warehouse, carried: Path) -> None:
    theirs = {
        ("iris-2016", row["iris"], row["variable"], row["annee"]): float(row["valeur"])
        for row in rows(carried, "iris_filosofi_disponible.csv")
    }
    assert_carried(stored(warehouse, "filosofi-disponible"), theirs)
    marked = {
        (row["iris"], row["variable"], row["annee"])
        for row in rows(carried, "iris_filosofi_secret.csv")
    }
    statuses = warehouse.rows(
        "SELECT territory, variable, period, status, marker FROM current_observation "
        "WHERE source = 'filosofi-disponible' AND marker IN ('s', 'ns')"
    )
    variables = {variable for _, variable, _, _, _ in statuses}
    assert {status for *_, status, _ in statuses} == {"secret"}
    assert {(t, v, p) for t, v, p, _, _ in statuses} == {m for m in marked if m[1] in variables}


def test_declared_income_with_le_lamentin(warehouse: Warehouse, carried: Path) -> None:
    theirs = {
        ("iris-2016", row["iris"], row["variable"], row["annee"]): float(row["valeur"])
        for row in rows(carried, "iris_filosofi_declare_2019.csv")
    }
    mine = stored(warehouse, "filosofi-declare-2019")
    assert_carried(mine, theirs)
    assert len({key[1] for key in mine if key[1].startswith("97213")}) == 10


def test_priority_neighbourhoods_of_2015(warehouse: Warehouse, carried: Path) -> None:
    income = {
        ("qpv-2015", row["qpv"], row["variable"].replace("GINI", "GI"), row["annee"]): float(
            row["valeur"]
        )
        for row in rows(carried, "qpv_filosofi.csv")
    }
    assert_carried(stored(warehouse, "filosofi-qpv"), income)
    others = {
        ("qpv-2015", row["qpv"], row["variable"], row["annee"] or row["edition"]): float(
            row["valeur"]
        )
        for row in rows(carried, "qpv_demographie.csv")
    }
    for source in ("caf-qpv", "insee-rp-qpv"):
        assert_carried(stored(warehouse, source), others)


def test_equipment_has_zeros_where_nothing_is_listed(warehouse: Warehouse, carried: Path) -> None:
    listed = {
        ("iris-2016", row["iris"], row["type_equipement"], row["annee"]): float(row["nombre"])
        for row in rows(carried, "iris_equipements_bpe.csv")
        if not row["iris"].endswith("0000")
    }
    listed |= {
        (*PLACES[row["territoire"]], row["type_equipement"], row["annee"]): float(row["nombre"])
        for row in rows(carried, "communes_equipements_bpe.csv")
    }
    mine = stored(warehouse, "insee-bpe")
    kinds = {key[2] for key in mine}
    assert {k: v for k, v in mine.items() if v} == {
        k: v for k, v in listed.items() if k[2] in kinds
    }
    assert len(mine) == (49 + 4) * 2 * len(kinds)


def test_turnout_and_households_without_a_car(warehouse: Warehouse, carried: Path) -> None:
    polled: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for row in rows(carried, "iris_participation_presidentielle.csv"):
        polled[row["iris"], row["annee"]][row["variable"].split("_")[0]] = float(row["valeur"])
    rates = {
        ("iris-2016", iris, "participation", year): 100 * of["votants"] / of["inscrits"]
        for (iris, year), of in polled.items()
    }
    assert stored(warehouse, "presidentielle-t2") == pytest.approx(rates, abs=1e-4)
    theirs = {
        ("iris-2016", row["iris"], row["variable"], row["annee"]): float(row["valeur"])
        for row in rows(carried, "iris_menages_sans_voiture_2020.csv")
    }
    assert_carried(stored(warehouse, "insee-rp2020-voiture"), theirs)


def test_schools_and_the_weighted_rate_of_their_commune(
    warehouse: Warehouse, carried: Path
) -> None:
    mine = stored(warehouse, "depp-etablissements")
    schools = {
        ("etablissement-2022", row["uai"], row["variable"], row["session"]): float(row["valeur"])
        for row in rows(carried, "colleges_dnb.csv")
    }
    measures = {"ips": "ips", "ips_ensemble_gt_pro": "ips"}
    schools |= {
        ("etablissement-2022", row["uai"], measures[row["mesure"]], row["rentree"][:4]): float(
            row["valeur"]
        )
        for row in rows(carried, "etablissements_ips.csv")
        if row["mesure"] in measures
    }
    assert_carried({k: v for k, v in mine.items() if k[0] != "commune-2016"}, schools)
    rates = [
        mine["commune-2016", commune, "taux_reussite_dnb_general", year]
        for commune in ("97209", "97213")
        for year in ("2022", "2023", "2024")
    ]
    assert rates == [91.9, 91.6, 92.2, 88.3, 93.8, 90.6]  # SOURCES.md


def test_posts_of_the_town_contracts(warehouse: Warehouse, carried: Path) -> None:
    posts = {
        (r["annee"], r["commune"], r["id_poste"]): r
        for r in rows(carried, "politique_ville_postes.csv")
    }
    paid = sum(float(row["montant_euros"]) for row in posts.values())
    actions = warehouse.rows(
        "SELECT count(*), sum(amount) FROM current_action WHERE source = 'politique-ville-postes'"
    )
    assert actions[0] == (len(posts), pytest.approx(paid))
    mine = stored(warehouse, "politique-ville-postes")
    assert sum(mine.values()) == len(posts) == 405

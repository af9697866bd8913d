"""The figures of the embedded default worked out again from its files, without the library."""

from __future__ import annotations

import csv
import math
from functools import cache
from math import fsum
from pathlib import Path

from scipy import stats

ROOT = Path(__file__).resolve().parents[2]
RAW, GEO = ROOT / "data" / "raw", ROOT / "geo"

AGES = [f"P16_POP{group}" for group in ("0014", "1529", "3044", "4559", "6074", "75P")]
SOCIAL = [f"C16_POP15P_CS{rank}" for rank in range(1, 9)]
HOUSEHOLDS = [
    f"C16_PMEN_{kind}"
    for kind in ("MENHSEUL", "MENFSEUL", "MENSFAM", "MENCOUPSENF", "MENCOUPAENF", "MENFAMMONO")
]
DWELLINGS = ["P16_RPMAISON", "P16_RPAPPART"]

#: Counts of the 2016 census: what is summed.
COUNTS = {
    "population": AGES,
    "locataires_hlm": ["P16_RP_LOCHLMV"],
    "residences_principales": DWELLINGS,
}

#: Rates of the 2016 census: what over what.
RATES = {
    "part_0_14": (AGES[:1], AGES),
    "part_15_29": (AGES[1:2], AGES),
    "part_30_44": (AGES[2:3], AGES),
    "part_45_59": (AGES[3:4], AGES),
    "part_60_74": (AGES[4:5], AGES),
    "part_75_plus": (AGES[5:], AGES),
    "part_pop_monoparentale": (HOUSEHOLDS[5:], HOUSEHOLDS),
    "part_pop_seule": (HOUSEHOLDS[:2], HOUSEHOLDS),
    "part_pop_couple_avec_enfants": (HOUSEHOLDS[4:5], HOUSEHOLDS),
    "part_pop_couple_sans_enfant": (HOUSEHOLDS[3:4], HOUSEHOLDS),
    "part_artisans": (SOCIAL[1:2], SOCIAL),
    "part_cadres": (SOCIAL[2:3], SOCIAL),
    "part_professions_intermediaires": (SOCIAL[3:4], SOCIAL),
    "part_employes": (SOCIAL[4:5], SOCIAL),
    "part_ouvriers": (SOCIAL[5:6], SOCIAL),
    "part_retraites": (SOCIAL[6:7], SOCIAL),
    "part_autres_inactifs": (SOCIAL[7:], SOCIAL),
    "part_hlm": (["P16_RP_LOCHLMV"], DWELLINGS),
    "part_maisons": (["P16_RPMAISON"], DWELLINGS),
}

#: Rates published without their counts: file, column, and what makes a percentage of it.
BARE_RATES = {
    "part_femmes": ("rp2010", "tx_f", 100),
    "part_etrangers": ("rp2010", "tx_tot_et", 100),
    "part_menages_une_personne": ("rp2010", "tx_tot_men1", 100),
    "part_menages_monoparentaux": ("rp2010", "tx_tot_fam_mono", 100),
    "part_en_emploi": ("rp2010", "tx_tot_empl", 100),
    "part_inferieur_bac": ("rp2010", "tx_tot_infbac", 100),
    "part_bac": ("rp2010", "tx_tot_diplbac", 100),
    "part_bac_plus_2": ("rp2010", "tx_tot_diplbac2", 100),
    "part_logements_vacants": ("rp2010", "tx_l_vacant", 100),
    "part_petits_logements": ("rp2010", "tx_l_2piec", 100),
    "part_grands_logements": ("rp2010", "tx_l_5piec", 100),
    "taux_pauvrete": ("filosofi", "DISP_TP60", 1),
    "taux_bas_revenus_declares": ("declared", "DEC_TP6019", 1),
    "part_menages_imposes": ("declared", "DEC_PIMP19", 1),
    "vacance_parc_social": ("rpls", "txVac", 1),
    "vacance_3_mois_parc_social": ("rpls", "txVac3m", 1),
    "mobilite_parc_social": ("rpls", "txRot", 1),
}

#: Medians, means and indices, which no union of IRIS has.
STAND_INS = {
    "indice_jeunesse": ("rp2010", "ind_jeune"),
    "personnes_par_logement": ("rp2010", "l_nbpers"),
    "niveau_vie_median": ("filosofi", "DISP_MED"),
    "revenu_declare_median": ("declared", "DEC_MED19"),
    "revenu_declare_q1": ("declared", "DEC_Q119"),
    "revenu_declare_q3": ("declared", "DEC_Q319"),
    "gini_declare": ("declared", "DEC_GI19"),
    "loyer_moyen_parc_social": ("rpls", "moyLoy"),
    "loyer_median_parc_social": ("rpls", "medLoy"),
}

#: Files in which a blank is the producer's secret; elsewhere it is an absence.
BLANK_IS_SECRET = {"filosofi", "declared"}

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@cache
def census() -> dict[str, Row]:
    merged: dict[str, Row] = {}
    for name in ("population", "menages", "logement"):
        for row in read(RAW / "insee-rp2016" / f"{name}.csv"):
            merged.setdefault(row["IRIS"], {}).update(row)
    return merged


@cache
def bare(name: str) -> dict[str, Row]:
    files = {
        "rp2010": "insee-rp2010-taux/taux-iris-2010.csv",
        "declared": "filosofi-declare-2019/filosofi-declare-2019.csv",
        "rpls": "sdes-rpls-2022/rpls-iris-2022.csv",
        "filosofi": "filosofi-disponible/filosofi-disponible.csv",
    }
    rows = read(RAW / files[name])
    latest = "2021" if name == "filosofi" else "2019"
    return {
        row["IRIS"]: {key: "" if cell in ("s", "ns") else cell for key, cell in row.items()}
        for row in rows
        if row.get("ANNEE", latest) == latest
    }


@cache
def quartiers() -> dict[str, str]:
    return {row["code"]: row["nom"] for row in read(GEO / "quartier-cucs-2007.csv")}


@cache
def links() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return, by quartier, the IRIS it is made of and those it is a part of."""
    found: dict[str, tuple[list[str], list[str]]] = {code: ([], []) for code in quartiers()}
    for row in read(GEO / "passage_iris-2016_quartier-cucs-2007.csv"):
        if row["link"] == "proche":
            found[row["target"]][0].append(row["source"])
        elif row["link"] == "inclus":
            found[row["target"]][1].append(row["source"])
    return {code: (tuple(whole), tuple(part)) for code, (whole, part) in found.items()}


@cache
def members(zoning: str) -> dict[str, tuple[str, ...]]:
    """Return the quartiers of each set of quartiers."""
    found: dict[str, list[str]] = {}
    for row in read(GEO / f"passage_quartier-cucs-2007_{zoning}.csv"):
        found.setdefault(row["target"], []).append(row["source"])
    return {code: tuple(quartier) for code, quartier in found.items()}


def unlinked() -> set[str]:
    return {code for code, (whole, part) in links().items() if not whole and not part}


def union(codes: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Return the IRIS that several quartiers are made of, and those they are parts of."""
    whole = {iris for code in codes for iris in links()[code][0]}
    part = {iris for code in codes for iris in links()[code][1]}
    return whole, part - whole


def count(iris: object, variables: list[str]) -> float:
    return fsum(float(census()[code][name]) for code in iris for name in variables)  # type: ignore[attr-defined]


def at_most(iris: object, variables: list[str], effect: float = 2.0, spread: float = 1.1) -> float:
    """Return the most that 40 % of the addresses let think of all who are counted, at 95 %.

    The larger root of (x - c)² = z² 0.6/0.4 (effect (1 - c/x) + spread c/x) c.
    """
    x, k = count(iris, variables), 1.959964**2 * 0.6 / 0.4
    square, middle = 1 + k * (effect - spread) / x, 2 * x + k * effect
    return (middle + (middle**2 - 4 * square * x**2) ** 0.5) / (2 * square)


def rate(iris: object, top: list[str], base: list[str]) -> float:
    return 100 * count(iris, top) / count(iris, base)


def given(file: str, iris: str, column: str) -> str:
    """Return what a file says, as it is written; blank when it says nothing."""
    return bare(file).get(iris, {}).get(column, "").strip()


#: What the source declares: share of the addresses drawn, and the effect of drawing addresses.
FRACTION, EFFECTS = 0.4, {"part_0_14": 2.0, "part_hlm": 10.0, "part_pop_monoparentale": 4.0}

NEUTRAL = (
    "nettement plus bas",
    "plus bas",
    "pas de différence nette",
    "plus haut",
    "nettement plus haut",
)
LOWER = (
    "nettement plus favorable",
    "plus favorable",
    "pas de différence nette",
    "moins favorable",
    "nettement moins favorable",
)


def words(code: str) -> tuple[str, ...]:
    """Return what may be said of a difference, from far below to far above."""
    return LOWER if code == "part_pop_monoparentale" else NEUTRAL


def score(p: float, n: float, confidence: float) -> tuple[float, float]:
    """Solve (p - x)² = z² x (1 - x) / n for x: Wilson's bounds as the roots of their definition."""
    z2 = stats.norm.ppf(0.5 + confidence / 2) ** 2
    a, b, c = 1 + z2 / n, -(2 * p + z2 / n), p * p
    root = math.sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def by_hand(code: str, mine: object, theirs: object, *, part: bool) -> tuple[int, float, float]:
    """Return the class of a difference, and its bounds at 95 %."""
    top, base = RATES[code]
    figures = []
    for iris in (mine, theirs):
        people = count(iris, base)
        worth = people * FRACTION / (1 - FRACTION) / EFFECTS[code]
        figures.append((count(iris, top) / people, people, worth))
    (p, n, worth), (q, m, other) = figures
    weight = n / m if part else 0.0
    bounds = []
    for confidence in (0.95, 0.998):
        (low, high), (below, above) = score(p, worth, confidence), score(q, other, confidence)
        sides = []
        for a, side in ((p - low, above - q), (high - p, q - below)):
            b = max(side, weight * a)
            sides.append(math.sqrt(a * a + b * b - 2 * weight * a * a))
        bounds.append((p - q - sides[0], p - q + sides[1]))
    rank = sum(1 for low, _ in bounds if low > 0) - sum(1 for _, high in bounds if high < 0)
    return rank, 100 * bounds[0][0], 100 * bounds[0][1]

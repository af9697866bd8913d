"""May two producers' figures stand side by side, and where do they differ."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.french.typography import NO_BREAK, enumerate_words
from observatoire.territories import simplify

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

YES, CARE, NO = "oui", "avec précaution", "non"

INVENTORY_COLUMNS = (
    "thematique",
    "indicateur",
    "libelle",
    "observatoire",
    "zonage",
    "territoires",
    "connus",
    "premiere",
    "derniere",
    "periodes",
    "rythme",
    "lacunes",
)
VERDICT_COLUMNS = (
    "indicateur_a",
    "observatoire_a",
    "indicateur_b",
    "observatoire_b",
    "zonages",
    "periodes",
    "verdict",
    "motif",
)
CONFLICT_COLUMNS = (
    *("zonage", "territoire", "nom", "indicateur", "periode"),
    *("observatoire_a", "valeur_a", "statut_a", "observatoire_b", "valeur_b", "statut_b"),
    *("ecart", "explique", "motif"),
)

#: What two definitions must share for their figures to be one thing, and what is said otherwise.
_DECISIVE = (
    ("nature", "L’un est un{e} {a}, l’autre un{e} {b}"),
    ("unite", "Les unités diffèrent : {a}, {b}"),
)
_WORDED = (
    ("definition", "Les définitions ne sont pas écrites de même : à relire"),
    ("champ", "Les champs diffèrent : {a} ; {b}"),
)

_ROUNDING = 1e-9


def inventory_rows(observed: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Say who observes what, where and at which rhythm, from the answer of ``inventory.sql``."""
    words = definitions.drop_duplicates(["observatoire", "indicateur"])
    known = words[["observatoire", "indicateur", "libelle", "thematique"]]
    everywhere = observed.groupby(["indicateur", "zonage"])["periode"].agg(set).to_dict()
    rows = []
    for (code, who, zoning), group in observed.groupby(["indicateur", "observatoire", "zonage"]):
        periods = sorted(group["periode"])
        lacking = sorted(everywhere[code, zoning] - set(periods))
        last = group[group["periode"] == periods[-1]]
        rows.append(
            (code, who, zoning, int(group["territoires"].max()), int(last["connus"].iloc[0]))
            + (periods[0], periods[-1], len(periods), rhythm(periods), ", ".join(lacking))
        )
    columns = ["indicateur", "observatoire", "zonage", "territoires", "connus", "premiere"]
    columns += ["derniere", "periodes", "rythme", "lacunes"]
    found = pd.DataFrame(rows, columns=columns).merge(
        known, on=["observatoire", "indicateur"], how="left"
    )
    order = ["thematique", "indicateur", "zonage", "observatoire"]
    return found[list(INVENTORY_COLUMNS)].sort_values(order, ignore_index=True)


def rhythm(periods: Sequence[str]) -> str:
    """Say how often something is counted, from the periods in which it was.

    Examples
    --------
    >>> [rhythm(p) for p in (["2016"], ["2014", "2015", "2016"], ["2010", "2016"])]
    ['une seule fois', 'tous les ans', 'tous les 6\xa0ans']
    >>> rhythm(["2014", "2016", "2021"]), rhythm(["2012-T1", "2012-T2"])
    ('irrégulier', 'plusieurs fois par an')
    """
    years = sorted({int(period[:4]) for period in periods})
    if len(periods) == 1:
        return "une seule fois"
    if len(years) < len(set(periods)):
        return "plusieurs fois par an"
    steps = set(np.diff(years).tolist())
    if len(steps) > 1:
        return "irrégulier"
    step = steps.pop()
    return "tous les ans" if step == 1 else f"tous les {step}{NO_BREAK}ans"


def verdict_rows(
    observed: pd.DataFrame, definitions: pd.DataFrame, observatories: Sequence[str]
) -> pd.DataFrame:
    """Judge every pair of indicators of two observatories that bear one code or one label."""
    rows = [
        row
        for first, second in combinations(observatories, 2)
        for row in _pair_rows(observed, definitions, first, second)
    ]
    return pd.DataFrame(rows, columns=list(VERDICT_COLUMNS))


def _pair_rows(
    observed: pd.DataFrame, definitions: pd.DataFrame, first: str, second: str
) -> Iterator[tuple[str, ...]]:
    sides = [definitions[definitions["observatoire"] == who] for who in (first, second)]
    labels = [side.assign(mot=side["libelle"].map(simplify)) for side in sides]
    same_code = labels[0].merge(labels[1], on="indicateur", suffixes=("_a", "_b"))
    same_code = same_code.assign(
        indicateur_a=same_code["indicateur"], indicateur_b=same_code["indicateur"]
    )
    same_word = labels[0].merge(labels[1], on="mot", suffixes=("_a", "_b"))
    same_word = same_word[same_word["indicateur_a"] != same_word["indicateur_b"]]
    for row in pd.concat([same_code, same_word]).to_dict("records"):
        seen = [
            observed[(observed["observatoire"] == who) & (observed["indicateur"] == row[code])]
            for who, code in ((first, "indicateur_a"), (second, "indicateur_b"))
        ]
        zonings, periods = ([set(side[name]) for side in seen] for name in ("zonage", "periode"))
        verdict, reasons = _judged(row, zonings, periods, [set(s["precision"]) for s in seen])
        yield (
            *(row["indicateur_a"], first, row["indicateur_b"], second),
            ", ".join(sorted(zonings[0] & zonings[1])),
            ", ".join(sorted(periods[0] & periods[1])),
            verdict,
            " ; ".join(reasons),
        )


def _judged(
    row: dict[str, str],
    zonings: list[set[str]],
    periods: list[set[str]],
    precisions: list[set[str]],
) -> tuple[str, list[str]]:
    """Return the verdict on two definitions, and its reasons: one that forbids is enough."""
    decisive = [text for name, text in _DECISIVE if not _alike(row, name)]
    if decisive:
        return NO, [_said(text, row, name) for name, text in _DECISIVE if text in decisive]
    if not all(zonings):
        return NO, ["L’un des deux n’a aucun chiffre"]
    reasons = [_said(text, row, name) for name, text in _WORDED if not _alike(row, name)]
    kinds = [{_kind(zoning) for zoning in side} for side in zonings]
    if not kinds[0] & kinds[1]:
        return NO, ["Ils ne comptent pas à la même échelle : " + _two(zonings)]
    if not zonings[0] & zonings[1]:
        reasons.append("Les zonages n’ont pas le même millésime : " + _two(zonings))
    if not periods[0] & periods[1]:
        reasons.append("Aucune période n’est commune : " + _two(periods))
    if precisions[0] != precisions[1]:
        reasons.append("La précision n’est pas la même : " + _two(precisions))
    return (CARE, reasons) if reasons else (YES, ["Même définition, même champ, même unité"])


def _alike(row: dict[str, str], name: str) -> bool:
    return simplify(str(row[f"{name}_a"])) == simplify(str(row[f"{name}_b"]))


def _said(text: str, row: dict[str, str], name: str) -> str:
    return text.format(a=row[f"{name}_a"] or "sans", b=row[f"{name}_b"] or "sans", e="")


def _two(sides: list[set[str]]) -> str:
    return ", ".join(
        enumerate_words(sorted(filter(None, side)), most=3) or "inconnue" for side in sides
    )


def _kind(zoning: str) -> str:
    """Return the kind of a zoning, its vintage left out."""
    return re.sub(r"-\d{4}$", "", zoning)


def conflict_rows(answers: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Keep what differs among two answers to one question, with what explains it.

    Parameters
    ----------
    answers : DataFrame
        That of ``conflicts.sql``.
    verdicts : DataFrame
        Of :func:`verdict_rows`: two figures that may not stand side by side do not contradict.
    """
    same = verdicts[verdicts["indicateur_a"] == verdicts["indicateur_b"]]
    judged = {
        (row.indicateur_a, row.observatoire_a, row.observatoire_b): (row.verdict, row.motif)
        for row in same.itertuples()
    }
    rows = []
    for row in answers.to_dict("records"):
        verdict, reason = judged.get(
            (row["indicateur"], row["observatoire_a"], row["observatoire_b"]), (NO, "")
        )
        found = _difference(row)
        if found is None:
            continue
        gap, explained, why = found
        if verdict == NO:
            explained, why = "sans objet", reason
        elif verdict == CARE:
            why = f"{why} ; {reason}"
        rows.append({**row, "ecart": gap, "explique": explained, "motif": why})
    return pd.DataFrame(rows, columns=list(CONFLICT_COLUMNS))


def _difference(row: dict[str, object]) -> tuple[float, str, str] | None:
    """Return the gap between two answers and whether their bounds explain it; None for no gap."""
    numbers = {name: float(str(row[name])) for name in _NUMBERS}
    first, second = numbers["valeur_a"], numbers["valeur_b"]
    hides = [row["statut_a"] == "secret", row["statut_b"] == "secret"]
    if any(hides):
        if all(hides):
            return None
        return float("nan"), "non", "L’un masque ce que l’autre publie"
    if np.isnan(first) and np.isnan(second):
        return None
    gap = second - first
    if abs(gap) <= _ROUNDING * max(abs(first), 1.0):
        return None
    low = max(_bound(numbers, "basse_a", "valeur_a"), _bound(numbers, "basse_b", "valeur_b"))
    high = min(_bound(numbers, "haute_a", "valeur_a"), _bound(numbers, "haute_b", "valeur_b"))
    if np.isnan(low) or np.isnan(high):
        return gap, "non", "L’un des deux n’a pas de chiffre"
    if low <= high:
        return gap, "oui", "Leurs intervalles se recouvrent"
    return gap, "non", "Leurs intervalles ne se recouvrent pas"


_NUMBERS = ("valeur_a", "valeur_b", "basse_a", "basse_b", "haute_a", "haute_b")


def _bound(numbers: dict[str, float], bound: str, value: str) -> float:
    return numbers[value] if np.isnan(numbers[bound]) else numbers[bound]

"""May two producers' figures stand side by side, and where do they differ."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.declarations.fields import answered
from observatoire.french.typography import NO_BREAK, enumerate_words
from observatoire.territories import simplify
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from observatoire.values import Record

YES, CARE, NO, UNKNOWN = "oui", "avec précaution", "non", "inconnu"

INVENTORY_COLUMNS = (
    *("thematique", "indicateur", "libelle", "observatoire", "zonage"),
    *("territoires", "connus", "premiere", "derniere", "periodes", "rythme", "lacunes"),
)
CONFLICT_COLUMNS = (
    *("zonage", "territoire", "nom", "indicateur", "periode"),
    *("observatoire_a", "valeur_a", "statut_a", "observatoire_b", "valeur_b", "statut_b"),
    *("ecart", "explique", "motif"),
)

#: What two definitions must share for their figures to be one thing, and what is said otherwise.
_DECISIVE = (
    ("nature", "Leurs natures diffèrent\u00a0: {a} ; {b}"),
    ("unite", "Leurs unités diffèrent\u00a0: {a} ; {b}"),
)

#: What they are better to share, what is said otherwise, and where neither says it.
_WORDED = (
    (
        "definition",
        "Les définitions ne sont pas écrites de même\u00a0: à relire",
        "Aucun des deux n’écrit sa définition",
    ),
    ("champ", "Leurs champs diffèrent\u00a0: {a} ; {b}", "Aucun des deux n’écrit son champ"),
)
_WORDS = ("nature", "unite", "definition", "champ")

#: What is said of zonings, periods and precisions that do not meet, or are not the same.
_OBSERVED = (
    ("Leurs zonages n’ont pas le même millésime", "meet"),
    ("Aucune période ne leur est commune", "meet"),
    ("Leur précision n’est pas la même", "equal"),
)

_ROUNDING = 1e-9


def inventory_rows(observed: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Say who observes what, where and at which rhythm, from the answer of ``inventory.sql``."""
    words = definitions.drop_duplicates(["observatoire", "indicateur"])
    known = words[["observatoire", "indicateur", "libelle", "thematique"]]
    everywhere: dict[tuple[str, str], set[str]] = defaultdict(set)
    dated: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    ordered = observed.sort_values("periode", kind="stable")
    keys = ["indicateur", "observatoire", "zonage"]
    for code, who, zoning, period in _rows(ordered, [*keys, "periode"]):
        everywhere[code, zoning].add(period)
        dated[code, who, zoning].append(period)
    found = ordered.groupby(keys).agg({"territoires": "max", "connus": "last"})
    dates = [tuple(dated[key]) for key in found.index]
    places = list(found.index)
    found = found.reset_index().merge(known, on=["observatoire", "indicateur"], how="left")
    found = found.assign(
        premiere=[each[0] for each in dates],
        derniere=[each[-1] for each in dates],
        periodes=[len(each) for each in dates],
        rythme=[rhythm(each) for each in dates],
        lacunes=[
            ", ".join(sorted(everywhere[code, zoning].difference(each)))
            for (code, _, zoning), each in zip(places, dates, strict=True)
        ],
        connus=found["connus"].astype("int64"),
    )
    order = ["thematique", "indicateur", "zonage", "observatoire"]
    return found[list(INVENTORY_COLUMNS)].sort_values(order, ignore_index=True)


@cache
def rhythm(periods: tuple[str, ...]) -> str:
    r"""Say how often something is counted, from the periods in which it was.

    Examples
    --------
    >>> [rhythm(p) for p in (("2016",), ("2014", "2015", "2016"), ("2010", "2016"))]
    ['une seule fois', 'tous les ans', 'tous les 6\xa0ans']
    >>> rhythm(("2014", "2016", "2021")), rhythm(("2012-T1", "2012-T2"))
    ('irrégulier', 'plusieurs fois par an')
    """
    years = sorted({year for period in periods if (year := year_of(period))})
    if len(periods) == 1:
        return "une seule fois"
    if not years:
        return "irrégulier"
    if len(years) < len(set(periods)):
        return "plusieurs fois par an"
    steps = set(np.diff(years).tolist())
    if len(steps) > 1:
        return "irrégulier"
    step = steps.pop()
    return "tous les ans" if step == 1 else f"tous les {step}{NO_BREAK}ans"


def year_of(period: str) -> int:
    """Return the year of a period, 0 where it names none: a stranger's package writes it as it likes.

    Examples
    --------
    >>> [year_of(each) for each in ("2016", "2016-T2", "T1 2016", "hiver")]
    [2016, 2016, 2016, 0]
    """
    found = re.search(r"\d{4}", period)
    return int(found.group()) if found else 0


def spelled(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of :func:`verdict_rows` as texts, each written once: ``astype`` writes it in every row."""
    return pd.DataFrame(
        {
            name: column.cat.categories.take(column.cat.codes.to_numpy())
            for name, column in verdicts.items()
        }
    )


@dataclass(frozen=True)
class Observed:
    """What an observatory says of an indicator, and where and when it has figures of it."""

    words: tuple[str, ...]
    zonings: frozenset[str]
    periods: frozenset[str]
    precisions: frozenset[str]

    def word(self, name: str) -> str:
        """Return one of the words of its definition."""
        return self.words[_WORDS.index(name)]


def verdict_rows(
    observed: pd.DataFrame, definitions: pd.DataFrame, observatories: Sequence[str]
) -> pd.DataFrame:
    """Judge every pair of indicators of two observatories that bear one code or one label.

    A hundred members make hundreds of thousands of pairs of the same few words: columns are categories.
    """
    described, profiles = _described(observed, definitions, observatories)
    first, second = _pairs(described)
    profile = described["profil"].to_numpy()
    each = profile[first] * len(profiles) + profile[second]
    once, numbers = np.unique(each, return_inverse=True)
    judged = [
        _judged(*(profiles[k] for k in divmod(both, len(profiles)))) for both in once.tolist()
    ]
    names = described[["indicateur", "observatoire"]].astype("category")
    sides = [names.take(side).reset_index(drop=True) for side in (first, second)]
    columns = ["zonages", "periodes", "verdict", "motif"]
    verdicts = pd.DataFrame(judged, columns=columns, dtype="str").astype("category").take(numbers)
    found = [sides[0].add_suffix("_a"), sides[1].add_suffix("_b"), verdicts.reset_index(drop=True)]
    return pd.concat(found, axis=1)


def _pairs(described: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of each pair of two observatories: of one code, then of one label and two codes.

    They come by the observatories' precedence, then by the first one's code.
    """
    rank = described["rang"].to_numpy()
    code, label = (pd.factorize(described[name], sort=True)[0] for name in ("indicateur", "mot"))
    a, b = _among_alike(code, rank)
    c, d = _among_alike(label, rank)
    named_apart = code[c] != code[d]
    first, second = np.append(a, c[named_apart]), np.append(b, d[named_apart])
    alike = code[first] == code[second]
    order = np.lexsort((second, ~alike, code[first], rank[second], rank[first]))
    return first[order], second[order]


def _among_alike(kind: np.ndarray, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the two rows of each pair of one kind and of two observatories, the first in rank first."""
    order = np.lexsort((rank, kind))
    ends = np.searchsorted(kind[order], kind[order], side="right")
    after = ends - np.arange(len(order)) - 1
    left = np.repeat(np.arange(len(order)), after)
    step = np.arange(len(left)) - np.repeat(np.cumsum(after) - after, after)
    first, second = order[left], order[left + 1 + step]
    apart = rank[first] < rank[second]
    return first[apart], second[apart]


def _described(
    observed: pd.DataFrame, definitions: pd.DataFrame, observatories: Sequence[str]
) -> tuple[pd.DataFrame, list[Observed]]:
    """Give each definition the number of what it says: many observatories say the same."""
    columns = ["observatoire", "indicateur", "zonage", "periode", "precision"]
    found: dict[tuple[str, str], tuple[set[str], ...]] = {}
    for who, code, *given in _rows(observed, columns):
        sets = found.setdefault((who, code), (set(), set(), set()))
        for kept, each in zip(sets, given, strict=True):
            kept.add(each)
    numbers: dict[Observed, int] = {}
    profiles = []
    for row in records(definitions):
        known = found.get((row["observatoire"], row["indicateur"]), (set(), set(), set()))
        words = tuple(answered(str(row[name])) for name in _WORDS)
        one = Observed(words, *(frozenset(kept) for kept in known))
        profiles.append(numbers.setdefault(one, len(numbers)))
    ranks = {who: rank for rank, who in enumerate(observatories)}
    described = definitions.assign(
        profil=profiles,
        rang=definitions["observatoire"].map(ranks),
        mot=definitions["libelle"].map({t: simplify(t) for t in definitions["libelle"].unique()}),
    )
    return described, list(numbers)


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Return texts row by row, without a mapping for each of them."""
    return zip(*(frame[name].to_numpy(dtype=object) for name in columns), strict=True)


def _judged(first: Observed, second: Observed) -> tuple[str, str, str, str]:
    """Return what two definitions share, the verdict on them, and its reasons."""
    shared = [", ".join(sorted(a & b)) for a, b in _sides(first, second)]
    forbidding = list(_forbidding(first, second))
    if forbidding:
        return shared[0], shared[1], NO, " ; ".join(forbidding)
    reasons = [
        text.format(a=first.word(name) or "aucun", b=second.word(name) or "aucun")
        if first.word(name) or second.word(name)
        else silent
        for name, text, silent in _WORDED
        if not first.word(name) or not _alike(first, second, name)
    ]
    reasons += [
        f"{text}{NO_BREAK}: {_two(a, b)}"
        for (a, b), (text, compared) in zip(_sides(first, second), _OBSERVED, strict=True)
        if (a != b if compared == "equal" else not a & b)
    ]
    said = " ; ".join(reasons) or "Même définition, même champ, même unité"
    return shared[0], shared[1], CARE if reasons else YES, said


def _sides(first: Observed, second: Observed) -> list[tuple[frozenset[str], frozenset[str]]]:
    return [
        (first.zonings, second.zonings),
        (first.periods, second.periods),
        (first.precisions, second.precisions),
    ]


def _forbidding(first: Observed, second: Observed) -> Iterator[str]:
    """Say why two figures may never stand side by side."""
    for name, text in _DECISIVE:
        if not _alike(first, second, name):
            yield text.format(a=first.word(name) or "aucune", b=second.word(name) or "aucune")
    if not (first.zonings and second.zonings):
        yield "L’un des deux n’a aucun chiffre"
    elif not {_kind(z) for z in first.zonings} & {_kind(z) for z in second.zonings}:
        scales = _two(first.zonings, second.zonings)
        yield f"Ils ne comptent pas à la même échelle{NO_BREAK}: {scales}"


def _alike(first: Observed, second: Observed, name: str) -> bool:
    return _plain(first.word(name)) == _plain(second.word(name))


@lru_cache(maxsize=4_096)
def _plain(text: str) -> str:
    """Reduce words to what a typist may write otherwise: « % » and « ‰ », « < 25 » and « > 25 » are not alike."""
    return " ".join(text.casefold().replace("’", "'").split()).rstrip(".")


def common_codes(definitions: pd.DataFrame, members: int) -> list[str]:
    """Return the indicators that so many observatories give, all with the same written words."""
    written: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for code, who, *words in _rows(definitions, ["indicateur", "observatoire", *_WORDS]):
        written[code][who] = tuple(_plain(answered(word)) for word in words)
    at = _WORDS.index("definition")
    return sorted(
        code
        for code, said in written.items()
        if len(said) == members and len(one := set(said.values())) == 1 and one.pop()[at]
    )


def _two(first: Collection[str], second: Collection[str]) -> str:
    return " ; ".join(
        enumerate_words(sorted(filter(None, side)), most=3) or "inconnue"
        for side in (first, second)
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
    differing = verdicts["indicateur_a"].isin(answers["indicateur"].unique())
    same = verdicts[differing & (verdicts["indicateur_a"] == verdicts["indicateur_b"])]
    judged = {
        (row["indicateur_a"], row["observatoire_a"], row["observatoire_b"]): row
        for row in records(same)
    }
    rows = []
    for row in records(answers):
        key = (row["indicateur"], row["observatoire_a"], row["observatoire_b"])
        judgement = judged.get(key, {"verdict": NO, "motif": ""})
        verdict, reason = judgement["verdict"], judgement["motif"]
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


def _difference(row: Record) -> tuple[float, str, str] | None:
    """Return the gap between two answers and whether their bounds explain it; None for no gap."""
    statuses = {row["statut_a"], row["statut_b"]}
    if Status.SECRET.label in statuses:
        hidden = (float("nan"), NO, "L’un masque ce que l’autre publie")
        return hidden if len(statuses) > 1 else None
    first, second = float(str(row["valeur_a"])), float(str(row["valeur_b"]))
    gap = second - first
    if abs(gap) <= _ROUNDING * max(abs(first), 1.0):
        return None
    if Status.CONTEXT.label in statuses:
        return gap, "sans objet", "L’un des deux est le chiffre du territoire qui contient celui-ci"
    between = [_interval(row, side) for side in ("a", "b")]
    if any(np.isnan(sides).any() for sides in between):
        return gap, UNKNOWN, "La précision de l’un des deux n’est pas connue"
    (low_a, high_a), (low_b, high_b) = between
    if max(low_a, low_b) > min(high_a, high_b):
        return gap, NO, "Leurs intervalles ne se recouvrent pas"
    return (
        None if np.isnan([first, second]).all() else (gap, YES, "Leurs intervalles se recouvrent")
    )


def _interval(row: Record, side: str) -> tuple[float, float]:
    """Return the bounds of an answer, open where one lacks; nan where its precision is unknown."""
    value, low, high = (float(str(row[f"{name}_{side}"])) for name in ("valeur", "basse", "haute"))
    if np.isnan(low) and np.isnan(high):
        return (value, value) if row[f"precision_{side}"] == "exact" else (low, high)
    return -np.inf if np.isnan(low) else low, np.inf if np.isnan(high) else high

"""Versions of a zoning: which one a list of codes comes from, what changed, what compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import PassageError, UnknownNameError
from observatoire.french.typography import NARROW, number, plural
from observatoire.passage.arrays import floats
from observatoire.passage.codes import check_codes, check_possible, named
from observatoire.passage.transfer.frames import as_series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.passage.passage import Passage


_SAME = 0.99  # common population above which two zonings compare without reserve
_CLOSE = 0.90  # above which they compare with a warning


@dataclass(frozen=True)
class Vintage:
    """Which reference a list of codes comes from, and how sure that is.

    Parameters
    ----------
    name : str
        The reference that fits best.
    ties : tuple of str
        Other references that fit exactly as well: the codes alone cannot tell them apart.
    known : float
        Share of the codes that are in the reference.
    complete : float
        Share of the reference that is among the codes.
    unknown : tuple of str
        Codes that are not in the reference.
    table : DataFrame
        The same figures for every reference, best first.
    """

    name: str
    ties: tuple[str, ...]
    known: float
    complete: float
    unknown: tuple[str, ...]
    table: pd.DataFrame

    @property
    def certain(self) -> bool:
        """Whether every code is known to this reference and to no other as well."""
        return not self.ties and not self.unknown

    @property
    def sentence(self) -> str:
        """The finding in French: the reference, what else fits, what it does not know."""
        sentence = f"Codes de « {self.name} »"
        if self.ties:
            sentence += f", que rien ne distingue ici de {named(f'« {tie} »' for tie in self.ties)}"
        if self.unknown:
            sentence += (
                f" à {number(100 * self.known, 1)}{NARROW}% ; n’y sont pas : {named(self.unknown)}"
            )
        return f"{sentence}."


def identify_vintage(codes: Iterable[str], references: Mapping[str, Iterable[str]]) -> Vintage:
    """Say from which vintage of a zoning a list of codes comes.

    The best reference is the one that knows the most of the codes; among those, the one with
    the fewest codes left over.

    Parameters
    ----------
    codes : iterable of str
        The codes to place (IRIS, communes, QPV).
    references : mapping
        The codes of each vintage, by its name.

    Examples
    --------
    >>> vintages = {"iris-2013": ["01", "02", "03"], "iris-2016": ["01", "02", "04"]}
    >>> found = identify_vintage(["01", "04"], vintages)
    >>> found.name, found.certain, found.known
    ('iris-2016', True, 1.0)
    """
    wanted = _codes(codes, "les codes")
    if not references:
        raise PassageError(
            "Aucun millésime de référence n’est donné.", remedy='Donnez {"iris-2016": [codes], …}.'
        )
    rows = []
    for name, listed in references.items():
        reference = _codes(listed, name)
        common = len(wanted & reference)
        rows.append((name, common / len(wanted), common / len(reference), len(wanted - reference)))
    table = pd.DataFrame(rows, columns=["vintage", "known", "complete", "unknown"])
    table = table.sort_values(
        ["known", "complete", "vintage"], ascending=[False, False, True], ignore_index=True
    )
    best = table.iloc[0]
    if best["known"] == 0:
        raise UnknownNameError(
            f"Aucun code n’est connu d’aucun millésime (par exemple « {min(wanted)} »).",
            remedy="Vérifiez le zonage, et que les zéros de tête sont là.",
            codes=sorted(wanted),
        )
    level = (table["known"] == best["known"]) & (table["complete"] == best["complete"])
    name = str(best["vintage"])
    return Vintage(
        name=name,
        ties=tuple(str(tied) for tied in table.loc[level, "vintage"] if tied != name),
        known=float(best["known"]),
        complete=float(best["complete"]),
        unknown=tuple(sorted(wanted - _codes(references[name], name))),
        table=table,
    )


def _codes(codes: Iterable[str], where: str) -> set[str]:
    # A text is a single code, not as many as it has letters.
    found = {codes} if isinstance(codes, str) else set(codes)
    wrong = [code for code in found if not isinstance(code, str)]
    if wrong or not found:
        raise PassageError(
            f"Un code n’est pas du texte : {wrong[0]!r}." if wrong else "La liste est vide.",
            where=where,
            why="Un code officiel est du texte : en nombre, il perd ses zéros de tête."
            if wrong
            else "Rien à reconnaître.",
            remedy="Lisez les codes avec dtype=str." if wrong else "Vérifiez le fichier lu.",
        )
    return found


def changed_territories(
    before: Iterable[str] | Passage, after: Iterable[str] | None = None, *, tolerance: float = 0.01
) -> pd.DataFrame:
    """List the territories that changed between two vintages.

    Parameters
    ----------
    before : iterable of str, or Passage
        Codes of the older vintage; or the passage from the older to the newer, which also sees
        the outlines that moved under an unchanged code.
    after : iterable of str, optional
        Codes of the newer vintage, when ``before`` is a list.
    tolerance : float
        With a passage: share of a territory that may move without its being called changed.

    Returns
    -------
    DataFrame
        ``code``, ``change``: « supprimé », « créé » or « modifié », and ``moved`` (share of the
        older territory that is not in the newer one of the same code; blank without outlines).

    Examples
    --------
    >>> changed_territories(["01", "02"], ["02", "03"])[["code", "change"]].values.tolist()
    [['01', 'supprimé'], ['03', 'créé']]
    """
    if after is None:
        return _moved(before, tolerance)  # type: ignore[arg-type]
    old, new = _codes(before, "avant"), _codes(after, "après")  # type: ignore[arg-type]
    rows = [(code, "supprimé" if code in old else "créé", np.nan) for code in sorted(old ^ new)]
    return pd.DataFrame(rows, columns=["code", "change", "moved"])


def _moved(passage: Passage, tolerance: float) -> pd.DataFrame:
    if not hasattr(passage, "weights"):
        raise PassageError(
            "Il manque les codes du second millésime.",
            remedy="Donnez deux listes de codes, ou le passage de l’ancien au nouveau zonage.",
        )
    old, new = set(passage.sources), set(passage.targets)
    kept = passage.weights[passage.weights["source"] == passage.weights["target"]]
    weight = dict(zip(kept["source"], kept["weight"], strict=True))
    share = dict(zip(kept["source"], kept["share"], strict=True))
    rows: list[tuple[str, str, float]] = []
    for code in sorted(old | new):
        if code not in new or code not in old:
            rows.append((code, "supprimé" if code in old else "créé", np.nan))
            continue
        moved = 1.0 - min(weight.get(code, 0.0), share.get(code, 0.0))
        if moved > tolerance:
            rows.append((code, "modifié", moved))
    return pd.DataFrame(rows, columns=["code", "change", "moved"])


@dataclass(frozen=True)
class Comparability:
    """A verdict on two zonings by the population they have in common.

    Parameters
    ----------
    verdict : str
        « comparables », « comparables avec réserve » or « non comparables ».
    common : float
        Share of the population that lives, in both, in territories that correspond.
    table : DataFrame
        By source: its best target, the common share (of the source and of the target, the
        smaller), and its population.
    sentence : str
        The verdict in French, with its figures.
    """

    verdict: str
    common: float
    table: pd.DataFrame
    sentence: str


def comparability(passage: Passage, population: pd.Series[float]) -> Comparability:
    """Say whether figures on two zonings may be compared, by their common population.

    Each source is matched to the target that holds most of its population; they correspond in
    so far as neither holds people whom the other does not.

    Parameters
    ----------
    passage : Passage
        From one zoning to the other.
    population : Series
        By source code.

    Examples
    --------
    >>> from observatoire import passage
    >>> p = passage.from_table(
    ...     pd.DataFrame({"source": ["a", "b"], "target": ["X", "Y"], "weight": [1.0, 1.0]})
    ... )
    >>> comparability(p, pd.Series({"a": 10.0, "b": 30.0})).verdict
    'comparables'
    """
    people = _people(passage, population)
    total = float(people.sum())
    links = passage.weights.assign(weight=passage.weights["weight"].fillna(0.0))
    links["people"] = links["weight"] * people[links["source"]].to_numpy()
    inside = links.groupby("target")["people"].transform("sum")
    of_target = np.divide(links["people"], inside, out=np.zeros(len(links)), where=inside > 0)
    links["common"] = np.minimum(links["weight"], of_target)
    best = links.sort_values(["people", "target"], ascending=[False, True])
    best = best.drop_duplicates("source").set_index("source").reindex(passage.sources)
    table = best[["target", "common"]].assign(population=people)
    table["common"] = table["common"].fillna(0.0)
    common = float((table["common"] * people).sum() / total)
    least = (_SAME, "comparables"), (_CLOSE, "comparables avec réserve"), (0.0, "non comparables")
    verdict = next(word for limit, word in least if common >= limit)
    off = int((table["common"] < _SAME).sum())
    moved = f"{plural(off, 'territoire')} {'s’en écartent' if off > 1 else 's’en écarte'}"
    sentence = (
        f"{verdict.capitalize()} : {number(100 * common, 1)}{NARROW}% de la population vit "
        f"dans des territoires qui se correspondent ; {moved}."
    )
    return Comparability(verdict, common, table, sentence)


def _people(passage: Passage, population: object) -> pd.Series[float]:
    """Return the population of every source; refuse what leaves one unknown or impossible."""
    given = as_series(population, "population")
    check_codes(given.index, "population")
    people = given.reindex(passage.sources).astype(float)
    lacking = people.index[people.isna()]
    if len(lacking):
        raise PassageError(
            f"Population inconnue pour {named(lacking)}.",
            why="La part de population commune ne se calcule pas.",
            remedy="Complétez-la, ou retirez ces territoires du passage.",
            codes=list(lacking),
        )
    check_possible(
        floats(people),
        people.index,
        "Population négative ou infinie pour",
        why="La part de population commune n’aurait pas de sens.",
        remedy="Corrigez-la.",
    )
    if not people.sum() > 0:
        raise PassageError("La population est nulle.", remedy="Donnez la population par source.")
    return people

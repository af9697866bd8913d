"""Put what members show and hide into one system: their figures, their sums, their rates."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from observatoire.exchange.federation.joint.exposure import CountedCell, CountedSum, Exposure
from observatoire.exchange.federation.joint.quotients import QUOTIENTS, bound_by_quotients
from observatoire.territories import simplify
from observatoire.territories.link_tables import WHOLE
from observatoire.values import Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from observatoire.exchange.federation.verification import Member
    from observatoire.values import Record

_SECRET = Status.SECRET.label
_SURE = frozenset((Status.OBSERVED.label, Status.AGGREGATED.label))
_ADDED = frozenset(nature.label for nature in Nature if nature.additive)

#: The precision of a figure whose bounds are those of a sample: they are not sure.
_SAMPLED = "sondage"


def exposure(members: Sequence[Member], figures: pd.DataFrame) -> Exposure:
    """Put what members show and hide into one system."""
    made = Exposure()
    words = _words(members)
    counted = _quantities(words)
    thresholds = {member.name: member.thresholds for member in members}
    rates: list[Record] = []
    stated: dict[CountedCell, list[tuple[float, float]]] = defaultdict(list)
    for row in records(figures):
        whose = row["observatoire"]
        key = (whose, row["indicateur"])
        nature = words[key]["nature"]
        if nature in QUOTIENTS and row["statut"] in _SURE:
            rates.append(row)
        if nature not in _ADDED:
            continue
        cell = _cell(counted[key], row)
        floor = thresholds[whose].get((row["indicateur"], cell.period), 0.0)
        made.thresholds[cell] = max(made.thresholds.get(cell, 1e-9), floor)
        if row["statut"] == _SECRET:
            made.hiding[cell].add(whose)
            continue
        if (ends := _stated(row)) is not None:
            stated[cell].append(ends)
            made.showing[cell].add(whose)
        if nature == Nature.AMOUNT.label or not all(end == round(end) for end in ends or ()):
            made.fractional.add(cell.quantity)
    _show(made, stated)
    _sum_up(made, members)
    _categories(made, words, counted)
    bound_by_quotients(made, rates, words, counted)
    return made


def _stated(row: Record) -> tuple[float, float] | None:
    """Return between what a figure surely says that a count stands; one below zero says nothing."""
    value, low, high = (float(row[n]) for n in ("valeur", "borne_basse", "borne_haute"))
    if row["statut"] in _SURE:
        return (value, value) if value >= 0 else None
    if row["precision"] == _SAMPLED or not 0 <= high < math.inf:
        return None
    return (max(low, 0.0) if low <= high else 0.0), high


def _show(made: Exposure, stated: Mapping[CountedCell, Sequence[tuple[float, float]]]) -> None:
    """Show each count: figures of one thing that differ leave it between them, as bounds do."""
    for cell, ends in stated.items():
        exact = [low for low, high in ends if low == high]
        if exact and (cell in made.hiding or max(exact) - min(exact) <= 1):
            made.shown[cell] = exact[0]
        elif exact:
            made.narrow(cell, min(exact), max(exact))
        else:
            made.narrow(cell, max(low for low, _ in ends), min(high for _, high in ends))


def _words(members: Sequence[Member]) -> dict[tuple[str, str], Mapping[str, str]]:
    return {
        (member.name, str(row["indicateur"])): row
        for member in members
        for row in member.definitions
    }


def counted_cells(members: Sequence[Member], figures: pd.DataFrame) -> list[CountedCell]:
    """Return, of each figure, the cell that it would show, were it a count."""
    names = _quantities(_words(members))
    return [_cell(names[row["observatoire"], row["indicateur"]], row) for row in records(figures)]


def _cell(quantity: str, row: Record) -> CountedCell:
    return CountedCell(quantity, row["zonage"], row["territoire"], row["periode"])


def _quantities(words: Mapping[tuple[str, str], Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """Name what each indicator counts: one name for one code, label or sum of variables.

    Definitions that are worded apart are taken for one thing: an attacker would try.
    """
    names: dict[tuple[str, str], str] = {}
    known: dict[tuple[str, ...], str] = {}
    given: set[str] = set()
    for key, row in words.items():
        what = (row["nature"], simplify(row["unite"]))
        marks: list[tuple[str, ...]] = [
            ("code", key[1], *what),
            ("label", simplify(row["libelle"]), *what),
        ]
        if row["numerateur"] and not row["denominateur"]:
            marks.append(("variables", row["producteur"], row["numerateur"]))
        fresh = f"{key[1]} ({key[0]})" if key[1] in given else key[1]
        names[key] = next((known[mark] for mark in marks if mark in known), fresh)
        given.add(names[key])
        for mark in marks:
            known.setdefault(mark, names[key])
    return names


def _sum_up(made: Exposure, members: Sequence[Member]) -> None:
    """Write what the links between zonings add up, for every quantity and period."""
    columns = sorted({(c.quantity, c.period) for c in (*made.shown, *made.hiding)})
    known = set(made.shown) | set(made.hiding)
    seen: set[tuple[object, ...]] = set()
    for member in members:
        whole: dict[tuple[str, str, str], dict[str, bool]] = defaultdict(dict)
        for row in (link for link in member.links if link["lien"] == WHOLE):
            sum_of = whole[row["zonage_source"], row["zonage_cible"], row["cible"]]
            sum_of[row["source"]] = sum_of.get(row["source"], True) and row["complet"] == "oui"
        for (source, target, code), complete in sorted(whole.items()):
            parts, exact = sorted(complete), all(complete.values())
            if (source, target, code, *parts, exact) in seen:
                continue
            seen.add((source, target, code, *parts, exact))
            for quantity, period in columns:
                total = CountedCell(quantity, target, code, period)
                cells = tuple(CountedCell(quantity, source, part, period) for part in parts)
                if known & {total, *cells}:
                    made.relations.append(CountedSum(total, cells, exact))


def _categories(
    made: Exposure,
    words: Mapping[tuple[str, str], Mapping[str, str]],
    counted: Mapping[tuple[str, str], str],
) -> None:
    """Write a count of several variables as the sum of those that are counted alone."""
    single = {
        (row["producteur"], row["numerateur"]): counted[key]
        for key, row in words.items()
        if row["numerateur"] and not row["denominateur"]
    }
    places = {(c.zoning, c.territory, c.period) for c in (*made.shown, *made.hiding)}
    for (producer, variables), total in sorted(single.items()):
        parts = [single.get((producer, each), each) for each in variables.split()]
        if len(parts) > 1 and any((producer, each) in single for each in variables.split()):
            made.relations += [
                CountedSum(
                    CountedCell(total, *place),
                    tuple(CountedCell(part, *place) for part in parts),
                    whole=True,
                )
                for place in sorted(places)
            ]

"""Published totals: weights brought to them, and the bounds they tighten for the neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.errors import PassageError, UnknownNameError
from observatoire.french.typography import interval, number
from observatoire.passage.arrays import Flags, Floats, Positions, floats, sum_by
from observatoire.passage.codes import check_codes, check_possible, named
from observatoire.passage.transfer.bounds import tightened
from observatoire.passage.transfer.frames import as_columns, as_series
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given


_TURNS = 1000  # alternate scalings at most; a feasible problem needs a few dozen
_CLOSE = 1e-12
_COVERED = 0.95  # share of a target below which its total says little of its sources
_WITHOUT_EFFECT = "Total publié sans effet, faute de sources connues qui couvrent la cible"
_REACHED = 1e-6  # relative gap under which a total counts as restored


def calibrated(links: Links, values: Floats, wanted: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Return the weight of each link once known totals are restored, and what was not."""
    why = "Les parties d’un solde peuvent se compenser : un total n’en dit rien."
    check_possible(values, links.sources, "On cale un effectif négatif ou infini :", why=why)
    usable = _usable(links, values)
    weight = _scaled(links, values, np.where(usable, wanted, np.nan))
    reached = sum_by(links.target, weight * np.nan_to_num(values[links.source]), len(wanted))
    gap = np.abs(reached - wanted) > _REACHED * np.maximum(np.abs(wanted), 1.0)
    published = ~np.isnan(wanted)
    findings = (
        (published & usable & gap, "Total publié hors de portée des sources"),
        (published & ~usable, _WITHOUT_EFFECT),
    )
    return weight, tuple(
        f"{what} : {named(links.targets[off], int(off.sum()))}."
        for off, what in findings
        if off.any()
    )


def check_counts(links: Links, counts: pd.Series[float]) -> Floats:
    """Put counts in the order of the sources; refuse those that are of no source."""
    check_codes(counts.index, "counts")
    values = floats(counts.reindex(links.sources))
    if np.isnan(values).all():
        raise UnknownNameError(
            "Aucun effectif n’est donné pour une source du passage.",
            where="counts",
            why=f"Le passage attend des codes comme « {links.sources[0]} ».",
            remedy="Vérifiez le millésime du zonage, et que les zéros de tête sont là.",
        )
    return values


def _usable(links: Links, values: Floats) -> Flags:
    """Targets whose total says something of their sources: all known, and covering them."""
    unknown = np.isnan(values)[links.source] | links.part
    usable: Flags = ~links.any_by_target(unknown)
    return usable & (links.coverage >= _COVERED)


def check_totals(links: Links, totals: pd.Series[float]) -> Floats:
    """Refuse totals of unknown targets, or below zero; put them in the targets' order."""
    check_codes(totals.index, "totals")
    strange = pd.Index(totals.index).difference(links.targets)
    if len(strange):
        raise UnknownNameError(
            f"Des totaux sont donnés pour des cibles inconnues : {named(strange)}.",
            where=links.target_zoning,
            remedy="Retirez-les, ou vérifiez le millésime du zonage.",
            codes=list(strange),
        )
    wanted = floats(totals.reindex(links.targets))
    why = "On ne compte pas moins que zéro."
    check_possible(wanted, links.targets, "Total publié négatif ou infini pour", why=why)
    return wanted


def _scaled(links: Links, values: Floats, wanted: Floats) -> Floats:
    """Scale alternately to the totals of the targets and to those of the sources."""
    size = np.nan_to_num(values, nan=0.0)
    mass = links.weight * size[links.source]
    spilled = np.nan_to_num(links.outside, nan=0.0) * size
    fixed = ~links.split
    for _ in range(_TURNS):
        reached = sum_by(links.target, mass, len(wanted))
        fixed_mass = sum_by(links.target, np.where(fixed, mass, 0.0), len(wanted))
        free = reached - fixed_mass
        need = np.maximum(wanted - fixed_mass, 0.0)
        ratio = np.divide(need, free, out=np.ones_like(free), where=(free > 0) & ~np.isnan(wanted))
        mass = np.where(fixed, mass, mass * ratio[links.target])
        row = sum_by(links.source, mass, len(size)) + spilled
        # What every target refuses stays where the method placed it: it must be somewhere.
        stuck = ((row <= 0) & (size > 0))[links.source]
        mass = np.where(stuck, links.weight * size[links.source], mass)
        back = np.divide(size, row, out=np.ones_like(row), where=row > 0)
        mass, spilled = mass * back[links.source], spilled * back
        if max(np.abs(back - 1).max(initial=0), np.abs(ratio - 1).max(initial=0)) < _CLOSE:
            break
    part = size[links.source]
    return np.divide(mass, part, out=links.weight.copy(), where=part > 0)


def with_totals(
    links: Links,
    given: Given,
    table: pd.DataFrame,
    totals: pd.Series[Any] | pd.DataFrame | Mapping[str, float],
) -> pd.DataFrame:
    """Return the table once published totals are put in, and what they say of the others."""
    table = table.copy()
    width = len(given.variables)
    for name, series in _by_variable(given, totals).items():
        column = given.variables.index(name)
        rows = np.arange(len(links.targets)) * width + column
        wanted = check_totals(links, series)
        weight, _ = calibrated(links, given.numbers[:, column], wanted)
        _put_neighbours(links, given, table, (rows, column, wanted), weight)
        _put_known(table, rows, wanted)
    return table


def _by_variable(
    given: Given, totals: pd.Series[Any] | pd.DataFrame | Mapping[str, float]
) -> dict[str, pd.Series[float]]:
    columns = as_columns(totals, "totals", given.variables)
    names = list(map(str, columns.columns))
    strange = [name for name in names if name not in given.variables]
    if strange:
        raise UnknownNameError(
            f"Des totaux sont donnés pour des variables inconnues : {named(strange)}.",
            remedy=f"Nommez la série comme sa variable ({named(given.variables)}).",
            variables=strange,
        )
    natures = dict(zip(given.variables, given.natures, strict=True))
    rates = [name for name in names if not natures[name].additive]
    if rates:
        raise PassageError(
            f"On ne cale pas un taux sur un total ({named(rates)}).",
            why="Seuls des effectifs et des montants s’additionnent.",
            remedy="Calez ses deux effectifs, puis apply_ratio.",
        )
    return {name: as_series(columns[name], "totals") for name in names}


def _put_neighbours(
    links: Links,
    given: Given,
    table: pd.DataFrame,
    place: tuple[Positions, int, Floats],
    weight: Floats,
) -> None:
    rows, column, wanted = place
    values = np.nan_to_num(given.numbers[:, column], nan=0.0)
    estimate = sum_by(links.target, weight * values[links.source], len(wanted))
    low, high = tightened(links, given, column, wanted)
    status = table["status"].to_numpy()[rows]
    estimated = status == str(Status.ESTIMATED)
    framed = estimated | (status == str(Status.BOUNDED))
    before = table["low"].to_numpy()[rows], table["high"].to_numpy()[rows]
    below = np.fmax(before[0], np.where(framed, low, np.nan))
    above = np.fmin(before[1], np.where(framed, high, np.nan))
    # Totals that cannot all be true narrow nothing.
    crossed = below > above
    below, above = np.where(crossed, before[0], below), np.where(crossed, before[1], above)
    value = np.where(
        estimated, np.fmin(np.fmax(estimate, below), above), table["value"].to_numpy()[rows]
    )
    _put(table, rows, {"value": value, "low": below, "high": above})


def _put_known(table: pd.DataFrame, rows: Positions, wanted: Floats) -> None:
    known = ~np.isnan(wanted)
    places = rows[known]
    total = wanted[known]
    low, high = table["low"].to_numpy()[places], table["high"].to_numpy()[places]
    off = (total < low - _REACHED * total) | (total > high + _REACHED * total)
    reasons = [
        _outside_bounds(t, a, b) if wrong else ""
        for t, a, b, wrong in zip(total, low, high, off, strict=True)
    ]
    _put(table, places, {"value": total, "low": total, "high": total})
    _put(table, places, {"status": str(Status.OBSERVED), "reason": reasons})


def _outside_bounds(total: float, low: float, high: float) -> str:
    known = interval(low, high) if np.isfinite(high) else f"(au moins {number(low)})"
    return f"Le total publié ({number(total)}) sort de l’encadrement des sources {known}."


def _put(table: pd.DataFrame, rows: Positions, columns: Mapping[str, Any]) -> None:
    for name, values in columns.items():
        column = table[name].array.copy()
        column[rows] = values
        table[name] = column

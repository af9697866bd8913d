"""Published totals: weights brought to them, and the bounds they tighten for the neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import PassageError, UnknownNameError
from observatoire.passage.layers import named
from observatoire.passage.sums import floats, sum_by
from observatoire.typography import interval, number
from observatoire.values import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.checking import Given
    from observatoire.passage.links import Links
    from observatoire.passage.model import Passage

_TURNS = 1000  # alternate scalings at most; a feasible problem needs a few dozen
_CLOSE = 1e-12
_REACHED = 1e-6  # relative gap under which a total counts as restored


def calibrated(
    passage: Passage, counts: pd.Series[float], totals: pd.Series[float]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return the weight of each link once known totals are restored, and what was not."""
    values = floats(counts.reindex(passage.sources))
    wanted = check_totals(passage, totals)
    weight = _scaled(passage, values, wanted)
    links = passage.links
    reached = sum_by(links.target, weight * np.nan_to_num(values[links.source]), len(wanted))
    gap = np.abs(reached - wanted) > _REACHED * np.maximum(np.abs(wanted), 1.0)
    off = passage.targets[gap & ~np.isnan(wanted)]
    remarks = (
        (f"Total publié hors de portée des sources : {named(off, len(off))}.",) if len(off) else ()
    )
    return weight, remarks


def check_totals(passage: Passage, totals: pd.Series[float]) -> NDArray[np.float64]:
    """Refuse totals of unknown targets, or below zero; put them in the targets' order."""
    strange = pd.Index(totals.index).difference(passage.targets)
    if len(strange):
        raise UnknownNameError(
            f"Des totaux sont donnés pour des cibles inconnues : {named(strange)}.",
            where=passage.target_zoning,
            remedy="Retirez-les, ou vérifiez le millésime du zonage.",
            codes=list(strange),
        )
    wanted = floats(totals.reindex(passage.targets))
    if (wanted < 0).any() or np.isinf(wanted).any():
        wrong = passage.targets[(wanted < 0) | np.isinf(wanted)]
        raise PassageError(
            f"Total publié négatif ou infini pour {named(wrong)}.",
            why="On ne compte pas moins que zéro.",
            remedy="Corrigez-le, ou laissez-le vide.",
        )
    return wanted


def _scaled(
    passage: Passage, values: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scale alternately to the totals of the targets and to those of the sources."""
    links = passage.links
    size = np.nan_to_num(values, nan=0.0)
    mass = links.weight * size[links.source]
    spilled = np.nan_to_num(passage.outside.to_numpy(), nan=0.0) * size
    fixed = ~links.split
    for _ in range(_TURNS):
        reached = sum_by(links.target, mass, len(wanted))
        held = sum_by(links.target, np.where(fixed, mass, 0.0), len(wanted))
        free = reached - held
        need = np.maximum(wanted - held, 0.0)
        ratio = np.divide(need, free, out=np.ones_like(free), where=(free > 0) & ~np.isnan(wanted))
        mass = np.where(fixed, mass, mass * ratio[links.target])
        row = sum_by(links.source, mass, len(size)) + spilled
        back = np.divide(size, row, out=np.ones_like(row), where=row > 0)
        mass, spilled = mass * back[links.source], spilled * back
        if max(np.abs(back - 1).max(initial=0), np.abs(ratio - 1).max(initial=0)) < _CLOSE:
            break
    part = size[links.source]
    return np.divide(mass, part, out=links.weight.copy(), where=part > 0)


def with_totals(
    passage: Passage,
    given: Given,
    table: pd.DataFrame,
    totals: pd.Series[float] | pd.DataFrame,
) -> pd.DataFrame:
    """Return the table once published totals are put in, and what they say of the others."""
    table = table.copy()
    width = len(given.variables)
    for name, series in _by_variable(given, totals).items():
        column = given.variables.index(name)
        rows = np.arange(len(passage.targets)) * width + column
        wanted = check_totals(passage, series)
        values = pd.Series(given.numbers[:, column], index=passage.sources)
        weight, _ = calibrated(passage, values, series)
        _put_neighbours(passage, given, table, (rows, column, wanted), weight)
        _put_known(table, rows, wanted)
    return table


def _by_variable(
    given: Given, totals: pd.Series[float] | pd.DataFrame
) -> dict[str, pd.Series[float]]:
    if isinstance(totals, pd.Series):
        name = given.variables[0] if len(given.variables) == 1 else str(totals.name)
        totals = totals.to_frame(name)
    strange = [str(name) for name in totals.columns if str(name) not in given.variables]
    if strange:
        raise UnknownNameError(
            f"Des totaux sont donnés pour des variables inconnues : {named(strange)}.",
            remedy=f"Nommez la série comme sa variable ({named(given.variables)}).",
            variables=strange,
        )
    rates = [
        name
        for name, nature in zip(given.variables, given.natures, strict=True)
        if name in totals.columns and not nature.additive
    ]
    if rates:
        raise PassageError(
            f"On ne cale pas un taux sur un total ({named(rates)}).",
            why="Seuls des effectifs et des montants s’additionnent.",
            remedy="Calez ses deux effectifs, puis apply_ratio.",
        )
    return {str(name): totals[name] for name in totals.columns}


def _put_neighbours(
    passage: Passage,
    given: Given,
    table: pd.DataFrame,
    place: tuple[NDArray[np.int64], int, NDArray[np.float64]],
    weight: NDArray[np.float64],
) -> None:
    rows, column, wanted = place
    links = passage.links
    values = np.nan_to_num(given.numbers[:, column], nan=0.0)
    estimate = sum_by(links.target, weight * values[links.source], len(wanted))
    low, high = _tightened(passage.links, floats(passage.outside), given.numbers[:, column], wanted)
    status = table["status"].to_numpy()[rows]
    estimated = status == str(Status.ESTIMATED)
    framed = estimated | (status == str(Status.BOUNDED))
    below = np.fmax(table["low"].to_numpy()[rows], np.where(framed, low, np.nan))
    above = np.fmin(table["high"].to_numpy()[rows], np.where(framed, high, np.nan))
    value = np.where(estimated, np.clip(estimate, below, above), table["value"].to_numpy()[rows])
    for name, new in (("value", value), ("low", below), ("high", above)):
        whole = table[name].to_numpy(copy=True)
        whole[rows] = new
        table[name] = whole


def _tightened(
    links: Links,
    outside: NDArray[np.float64],
    values: NDArray[np.float64],
    wanted: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of every target once some totals are known, by what each source has left."""
    x = values[links.source]
    least, most = links.low * np.nan_to_num(x), links.high * np.where(np.isnan(x), np.inf, x)
    known = ~np.isnan(wanted)[links.target] & ~np.isnan(x)
    feasible = _feasible(links, least, most, wanted)[links.target] & known
    total = np.where(np.isnan(wanted), 0.0, wanted)[links.target]
    others_most = sum_by(links.target, most, len(wanted))[links.target] - most
    others_least = sum_by(links.target, least, len(wanted))[links.target] - least
    with np.errstate(invalid="ignore"):
        least = np.where(feasible, np.fmax(least, total - others_most), least)
        most = np.where(feasible, np.fmin(most, total - others_least), most)
        # What a source leaves to one target is what the others cannot take, or must take.
        count = len(values)
        taken = sum_by(links.source, least, count)[links.source] - least
        room = sum_by(links.source, most, count)[links.source] - most
        room = room + np.where(outside == 0, 0.0, np.inf)[links.source]
        least = np.fmax(least, x - room)
        most = np.fmin(most, x - taken)
    count = len(wanted)
    low, high = sum_by(links.target, least, count), sum_by(links.target, most, count)
    told = np.where(_feasible(links, least, most, wanted), wanted, np.nan)
    together = _by_neighbourhood(links, outside, values, (least, most), told)
    return np.fmax(low, together[0]), np.fmin(high, together[1])


def _by_neighbourhood(
    links: Links,
    outside: NDArray[np.float64],
    values: NDArray[np.float64],
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]],
    wanted: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bounds of a target by what all its sources together give to the other targets."""
    least, most = bounds
    if np.isnan(values[links.source]).any():
        return np.full(len(wanted), np.nan), np.full(len(wanted), np.nan)
    meets = links.matrix(np.ones(len(least)))
    total = meets @ np.nan_to_num(values)
    lost = meets @ np.where(outside == 0, 0.0, np.nan_to_num(values))
    given_least, given_most = links.matrix(least) @ meets.T, links.matrix(most) @ meets.T
    # Row j, column k: what target j takes from the sources of target k.
    one, other = meets.astype(bool).dot(meets.astype(bool).T).nonzero()
    apart = one != other
    one, other = one[apart], other[apart]
    taken_least = np.asarray(given_least[one, other]).ravel()
    taken_most = np.asarray(given_most[one, other]).ravel()
    elsewhere = sum_by(links.target, most, len(wanted))[one] - taken_most
    known = ~np.isnan(wanted[one])
    taken_least = np.where(known, np.fmax(taken_least, wanted[one] - elsewhere), taken_least)
    taken_most = np.where(known, np.fmin(taken_most, wanted[one]), taken_most)
    count = len(wanted)
    low = total - sum_by(other, taken_most, count) - lost
    return low, total - sum_by(other, taken_least, count)


def _feasible(
    links: Links,
    least: NDArray[np.float64],
    most: NDArray[np.float64],
    wanted: NDArray[np.float64],
) -> NDArray[np.bool_]:
    # A total that the sources contradict says nothing of the neighbours.
    low = sum_by(links.target, least, len(wanted))
    high = sum_by(links.target, most, len(wanted))
    return (wanted >= low) & (wanted <= high)


def _put_known(table: pd.DataFrame, rows: NDArray[np.int64], wanted: NDArray[np.float64]) -> None:
    known = ~np.isnan(wanted)
    places = rows[known]
    total = wanted[known]
    low, high = table["low"].to_numpy()[places], table["high"].to_numpy()[places]
    off = (total < low - _REACHED * total) | (total > high + _REACHED * total)
    reasons = [
        f"Le total publié ({number(t)}) sort de l’encadrement des sources {interval(a, b)}."
        if wrong
        else ""
        for t, a, b, wrong in zip(total, low, high, off, strict=True)
    ]
    for name, new in (("value", total), ("low", total), ("high", total)):
        column = table[name].to_numpy(copy=True)
        column[places] = new
        table[name] = column
    status = table["status"].to_numpy(dtype=object, copy=True)
    status[places] = str(Status.OBSERVED)
    reason = table["reason"].to_numpy(dtype=object, copy=True)
    reason[places] = reasons
    table["status"], table["reason"] = status, reason

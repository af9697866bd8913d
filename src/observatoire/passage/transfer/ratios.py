"""Rates recomputed from their two counts, with bounds that hold without assumption."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.errors import PassageError
from observatoire.passage.codes import named
from observatoire.passage.counted import kind_declared
from observatoire.passage.transfer.counts import carry_counts
from observatoire.passage.transfer.inputs import Given, check_given
from observatoire.passage.transfer.metadata import About, kinds_counted, scales
from observatoire.passage.transfer.outcome import OWN_RATE, Outcome, partly_covered
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from observatoire.passage.arrays import Floats
    from observatoire.passage.links import Links


_ABOVE = 1e-9  # what rounding may put in a numerator above its denominator


_WORST_LAST = (Status.AGGREGATED, Status.ESTIMATED, Status.BOUNDED, Status.MISSING)


def carry_ratio(
    links: Links,
    numerators: pd.DataFrame | pd.Series[Any],
    denominators: pd.DataFrame | pd.Series[Any],
    *,
    share: bool,
    scale: float | None = None,
    about: About | None = None,
    min_coverage: float = 0.95,
) -> tuple[list[str], Outcome]:
    """Carry both counts, then divide: the rates and what comes out; see :meth:`Passage.apply_ratio`."""
    if isinstance(numerators, pd.Series) and isinstance(denominators, pd.Series):
        name = str(numerators.name or "taux")
        numerators, denominators = numerators.to_frame(name), denominators.to_frame(name)
    top = check_given(links, numerators, Nature.COUNT)
    bottom = check_given(links, denominators, Nature.COUNT)
    _check_same(top, bottom)
    factor = scales(top.variables, about, scale)
    kinds = kinds_counted(top.variables, about, numerators.attrs)
    bases = {name: kind_declared(denominators.attrs) or kind for name, kind in kinds.items()}
    top, bottom = replace(top, kinds=kinds), replace(bottom, kinds=bases)
    below = carry_counts(links, bottom)
    if share:
        top, rest = _as_share(links, top, bottom)
        above = carry_counts(links, top)
        bounds = _share_bounds(above, carry_counts(links, rest))
    else:
        above = carry_counts(links, top)
        bounds = _quotient(above.low, _open(below.high)), _quotient(above.high, below.low)
    outcome = _divide(above, below, bounds)
    _context(links, outcome, top, bottom)
    _uncovered(links, outcome, min_coverage)
    for numbers in (outcome.value, outcome.low, outcome.high):
        np.multiply(numbers, factor, out=numbers)
    return top.variables, outcome


def _check_same(top: Given, bottom: Given) -> None:
    if top.variables != bottom.variables:
        odd = sorted(set(top.variables) ^ set(bottom.variables)) or top.variables
        raise PassageError(
            f"Numérateurs et dénominateurs n’ont pas les mêmes colonnes : {named(odd)}.",
            why="Chaque taux se calcule de deux effectifs du même nom.",
            remedy="Donnez aux deux tableaux les mêmes noms de taux, dans le même ordre.",
            columns=odd,
        )


def _as_share(links: Links, top: Given, bottom: Given) -> tuple[Given, Given]:
    """Bound hidden numerators by their denominator; return also what is not in the numerator."""
    over = np.argwhere(top.numbers > bottom.numbers * (1 + _ABOVE) + _ABOVE)
    if len(over):
        source, column = over[0]
        raise PassageError(
            f"Le numérateur ({top.numbers[source, column]:g}) dépasse le dénominateur "
            f"({bottom.numbers[source, column]:g}).",
            where=f"{links.sources[source]}, {top.variables[column]}",
            why="Une part ne dépasse pas son tout : les bornes seraient fausses.",
            remedy="Passez share=False si l’un n’est pas compté dans l’autre.",
        )
    hidden = np.isnan(top.numbers) & ~np.isnan(bottom.numbers)
    high = np.where(hidden, bottom.numbers, np.nan)
    rest = np.maximum(bottom.numbers - top.numbers, 0.0)
    return replace(top, high=high), replace(bottom, numbers=rest, high=high)


def _share_bounds(top: Outcome, rest: Outcome) -> tuple[Floats, Floats]:
    # n / (n + r) grows with n and falls with r, and the two may vary apart.
    low = _quotient(top.low, top.low + _open(rest.high))
    high = np.where(np.isnan(top.high), 1.0, _quotient(top.high, top.high + rest.low))
    nothing = (top.low == 0) & (rest.high == 0)
    return np.where(nothing, 0.0, low), np.where((top.high == 0) & (rest.low == 0), 1.0, high)


def _open(bound: Floats) -> Floats:
    """Return a bound that is lacking as what it is: anything above."""
    return np.where(np.isnan(bound), np.inf, bound)


def _quotient(top: Floats, bottom: Floats) -> Floats:
    blank = np.full(np.shape(top), np.nan)
    return np.asarray(np.divide(top, bottom, out=blank, where=bottom > 0), dtype=np.float64)


def _divide(top: Outcome, bottom: Outcome, bounds: tuple[Floats, Floats]) -> Outcome:
    outcome = Outcome.blank(*top.value.shape)
    code = Outcome.code
    either = [np.maximum(top.status == code(s), bottom.status == code(s)) for s in _WORST_LAST]
    outcome.status[:] = np.select(
        list(reversed(either)), [code(s) for s in reversed(_WORST_LAST)], code(Status.MISSING)
    )
    outcome.value[:] = _quotient(top.value, bottom.value)
    low, high = bounds
    outcome.low[:] = np.fmin(low, outcome.value)
    outcome.high[:] = np.where(np.isnan(high), np.nan, np.fmax(high, outcome.value))
    outcome.coverage[:] = np.minimum(top.coverage, bottom.coverage)
    outcome.reason[:] = np.where(top.reason != "", top.reason, bottom.reason)
    _settle(outcome, bottom)
    return outcome


def _settle(outcome: Outcome, bottom: Outcome) -> None:
    """Tell apart a denominator that is nothing from one that is only not placed."""
    code = Outcome.code
    missing = outcome.status == code(Status.MISSING)
    bounded = outcome.status == code(Status.BOUNDED)
    nothing = ~missing & (bottom.high == 0)
    adrift = ~missing & ~nothing & (bottom.value == 0)
    boundless = ~nothing & bounded & np.isnan(outcome.high)
    outcome.status[nothing] = code(Status.NOT_APPLICABLE)
    outcome.status[adrift | boundless] = code(Status.MISSING)
    outcome.reason[nothing] = "Le dénominateur est nul."
    outcome.reason[adrift] = "La méthode ne place aucun dénominateur dans ce territoire."
    outcome.reason[boundless] += " Le dénominateur peut y être nul : le taux n’a pas de borne."
    blank_rate = missing | nothing | adrift | boundless
    outcome.value[blank_rate | bounded] = np.nan
    outcome.low[blank_rate] = outcome.high[blank_rate] = np.nan


def _context(links: Links, outcome: Outcome, top: Given, bottom: Given) -> None:
    """Show the rate of the single source that contains a target whose part is unknown."""
    alone = np.bincount(links.target, minlength=links.shape[0]) == 1
    for link in np.flatnonzero(links.part & alone[links.target]):
        source, target = links.source[link], links.target[link]
        value = _quotient(top.numbers[source], bottom.numbers[source])
        shown = ~np.isnan(value)
        outcome.value[target, shown] = value[shown]
        outcome.low[target, shown] = outcome.high[target, shown] = np.nan
        outcome.status[target, shown] = Outcome.code(Status.CONTEXT)
        outcome.reason[target, shown] = (
            f"Valeur de {links.sources[source]}, qui contient ce territoire."
        )


def _uncovered(links: Links, outcome: Outcome, min_coverage: float) -> None:
    """Say nothing of a target that sources hardly cover: the rate of the rest may be anything."""
    for target in np.flatnonzero(links.uncovered & (links.coverage < min_coverage)):
        for numbers in (outcome.value, outcome.low, outcome.high):
            numbers[target] = np.nan
        outcome.status[target] = Outcome.code(Status.MISSING)
        outcome.reason[target] = partly_covered(float(links.coverage[target]), OWN_RATE)

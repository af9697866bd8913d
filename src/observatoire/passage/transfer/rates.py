"""Rates without their two counts: kept, bounded or shown for context, never averaged.

What is honest. A target that is exactly one source has its rate. A union of whole sources has
a rate between their smallest and their largest. A target that is a part of one source has no
rate of its own: the source's is shown for context. A union that holds a *part* of a source
cannot even be bounded, for the rate of that part may be anything: it is missing, and the way
out is to pass the two counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from observatoire.passage.codes import named
from observatoire.passage.transfer.outcome import OWN_RATE, Outcome, partly_covered
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.passage.arrays import Floats, Positions
    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given


_WAY_OUT = "fournissez le numérateur et le dénominateur (apply_ratio)"


def carry_rates(links: Links, given: Given, *, min_coverage: float) -> Outcome:
    """Carry rates, target by target."""
    outcome = Outcome.blank(len(links.targets), len(given.variables))
    outcome.coverage[:] = links.coverage[:, None]
    low = given.numbers if given.low is None else _filled(given.low, given.numbers)
    high = given.numbers if given.high is None else _filled(given.high, given.numbers)
    for target in range(links.shape[0]):
        into = links.into(target)
        whole = not (links.split[into] | links.part[into]).any()
        refusal = _refusal(links, target, into, whole=whole, min_coverage=min_coverage)
        if refusal:
            outcome.reason[target] = refusal
        elif whole and len(into) > 1:
            _bound(links, outcome, target, links.source[into], (low, high))
        else:
            source = int(links.source[into[0]])
            numbers = (given.numbers[source], low[source], high[source])
            _copy(links, outcome, target, source, numbers, whole=whole)
    return outcome


def _filled(bound: Floats, values: Floats) -> Floats:
    return np.where(np.isnan(bound), values, bound)


def _refusal(
    links: Links, target: int, into: Positions, *, whole: bool, min_coverage: float
) -> str:
    """Say why nothing is known of the rate of this target; blank when something can."""
    if len(into) == 0:
        return "Aucune source ne couvre ce territoire."
    covered = float(links.coverage[target])
    if covered < min_coverage:
        return partly_covered(covered, OWN_RATE)
    if whole and len(into) > 1 and links.uncovered[target]:
        consequence = "leurs taux n’encadrent pas celui du reste"
        return partly_covered(float(links.covered[target]), consequence)
    if whole or len(into) == 1:
        return ""
    cut = into[links.split[into] | links.part[into]]
    codes = named(links.sources[links.source[cut]])
    return f"Le taux d’une partie de {codes} est inconnu : {_WAY_OUT}."


def _bound(
    links: Links, outcome: Outcome, target: int, sources: Positions, bounds: tuple[Floats, Floats]
) -> None:
    low, high = bounds[0][sources].min(axis=0), bounds[1][sources].max(axis=0)
    known = ~(np.isnan(low) | np.isnan(high))
    outcome.low[target] = np.where(known, low, np.nan)
    outcome.high[target] = np.where(known, high, np.nan)
    outcome.status[target, known] = Outcome.code(Status.BOUNDED)
    outcome.reason[target, known] = (
        f"Taux de {len(sources)} sources réunies, entre le plus petit et le plus grand ; "
        f"{_WAY_OUT}."
    )
    # Sources of one and the same rate leave no doubt on that of their reunion.
    same = known & (low == high)
    outcome.value[target, same] = low[same]
    outcome.status[target, same] = Outcome.code(Status.AGGREGATED)
    outcome.reason[target, same] = ""
    for column in np.flatnonzero(~known):
        lost = np.isnan(bounds[0][sources, column]) | np.isnan(bounds[1][sources, column])
        codes = named(links.sources[sources[lost]])
        outcome.reason[target, column] = f"Source masquée ou non fournie : {codes}."


def _copy(
    links: Links,
    outcome: Outcome,
    target: int,
    source: int,
    values: tuple[Floats, Floats, Floats],
    *,
    whole: bool,
) -> None:
    value, low, high = values
    known = ~np.isnan(value)
    code = links.sources[source]
    outcome.status[target, known] = Outcome.code(Status.OBSERVED if whole else Status.CONTEXT)
    outcome.value[target] = value
    if not whole:
        outcome.reason[target, known] = f"Valeur de {code}, qui contient ce territoire."
    elif links.uncovered[target]:
        outcome.status[target, known] = Outcome.code(Status.ESTIMATED)
        consequence = f"on suppose au reste le taux de {code}"
        outcome.reason[target, known] = partly_covered(float(links.covered[target]), consequence)
    else:
        outcome.low[target], outcome.high[target] = low, high
        framed = ~known & ~np.isnan(low) & ~np.isnan(high)
        outcome.status[target, framed] = Outcome.code(Status.BOUNDED)
        outcome.reason[target, framed] = f"Seul l’encadrement de {code} est connu."
        known = known | framed
    outcome.reason[target, ~known] = f"Source masquée ou non fournie : {code}."

"""What to withhold so that hidden counts are safe, as little as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.exchange.federation.joint.programs import TableSearch, given_away, worlds

if TYPE_CHECKING:
    from collections.abc import Collection

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure

#: Figures that are tried, one after the other, as the one to withhold.
_TRIED = 12

#: Counts of a piece beyond which what was withheld is not tried anew: it would take long.
_MOST_CELLS = 400


def withheld_for(
    made: Exposure, cell: CountedCell, without: Collection[CountedCell] = ()
) -> list[CountedCell] | None:
    """Return what to withhold besides so that a count is safe; nothing where nothing suffices.

    The nearest figures are tried one by one; where none is enough, the nearest is withheld, and so on.
    """
    more: list[CountedCell] = []
    while given_away(made, [cell], {*without, *more}):
        known = {*without, *more}
        near = [one for one in _near(made, cell, known) if one != cell]
        if not near:
            return None
        enough = (one for one in near[:_TRIED] if not given_away(made, [cell], {*known, one}))
        more.append(next(enough, near[0]))
    return spared(made, [cell], more, without)


def _near(made: Exposure, cell: CountedCell, without: Collection[CountedCell]) -> list[CountedCell]:
    """Return the figures that bound a count, the nearest first; then the others that bear on it."""
    piece = made.piece(cell, without)
    searches = [TableSearch(made, world, without) for world in worlds(made, piece, without)]
    telling = [each for each in searches if each.narrow(cell)] if len(searches) > 1 else searches
    binding = [fact for each in telling for fact in each.binding(cell)]
    return list(dict.fromkeys([*made.near(binding, without), *made.near(piece.facts, without)]))


def spared(
    made: Exposure,
    hidden: Collection[CountedCell],
    withheld: list[CountedCell],
    without: Collection[CountedCell] = (),
) -> list[CountedCell]:
    """Return what of some figures must be withheld, the last first being shown again where all stays safe."""
    kept = list(withheld)
    for one in reversed(withheld):
        left = {*without, *kept} - {one}
        touched = made.bears_on(one, {*left, one})
        if len(touched) <= _MOST_CELLS and not given_away(made, touched.intersection(hidden), left):
            kept.remove(one)
    return kept

"""What to withhold so that hidden counts are safe, as little as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.exchange.federation.joint.programs import given_away, worlds

if TYPE_CHECKING:
    from collections.abc import Collection

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure

#: Figures that are tried, one after the other, as the one to withhold.
_TRIED = 12


def withheld_for(
    made: Exposure, cell: CountedCell, without: Collection[CountedCell] = ()
) -> list[CountedCell] | None:
    """Return what to withhold besides so that a count is safe; nothing where nothing suffices.

    The nearest figures are tried one by one; where none is enough, the nearest is withheld, and so on.
    """
    more: list[CountedCell] = []
    while given_away(made, [cell], known := {*without, *more}):
        piece = made.piece(cell, known)
        if made.spent(piece):  # nothing more is proven of it: all that bears on it is withheld
            near = made.near(piece.facts, known)
            if not near:
                return more
            more += near
            continue
        near = [one for one in _near(made, cell, known) if one != cell]
        if not near:
            return None
        enough = (one for one in near[:_TRIED] if not given_away(made, [cell], {*known, one}))
        more.append(next(enough, near[0]))
    return spared(made, [cell], more, without)


def _near(made: Exposure, cell: CountedCell, without: Collection[CountedCell]) -> list[CountedCell]:
    """Return the figures that bound a count, the nearest first; then the others that bear on it."""
    piece = made.piece(cell, without)
    searches = worlds(made, piece, without)
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
        touched = made.bears_on(one, {*left, one}).intersection(hidden)
        if not given_away(made, touched, left):
            kept.remove(one)
    return kept

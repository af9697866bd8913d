"""The columns of a tartan: one a territory, or one for those that share one source."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.maps.svg import LETTER, fitted, in_two
from observatoire.panels.identities import TerritoryIdentity, sharing
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.panels.drawings.bearings import Bearings

_LONGEST_NAME = 26


@dataclass(frozen=True)
class Strip:
    """Territories that share one column: one, or those that share one source.

    ``own`` tells whether figures are theirs, ``estimated`` whether one is estimated.
    """

    members: tuple[TerritoryIdentity, ...]
    own: bool
    estimated: bool = False

    @property
    def code(self) -> str:
        """The code of the first, whose figures are those of all."""
        return self.members[0].code


def strips_of(
    bearings: Bearings, members: Sequence[TerritoryIdentity], themes: Mapping[str, Sequence[str]]
) -> tuple[list[Strip], list[str]]:
    """Return the columns, own figures first, and the names of those that have no figure at all."""
    codes = {code for each in themes.values() for code in each}
    main = bearings.table.main
    main = main[main["indicator"].isin(codes)]
    by_territory = {str(code): set(part) for code, part in main.groupby("territory")["status"]}
    nothing = {str(Status.MISSING), str(Status.NOT_APPLICABLE)}
    strips, blank = [], []
    for group in sharing(members):
        found = by_territory.get(group[0].code, set()) - nothing
        if not found:
            blank += [identity.name for identity in group]
            continue
        owns = {
            str(Status.OBSERVED),
            str(Status.AGGREGATED),
            str(Status.ESTIMATED),
            str(Status.BOUNDED),
        }
        own = bool(found & owns) and not group[0].shared
        strips.append(Strip(tuple(group), own, str(Status.ESTIMATED) in found))
    return sorted(strips, key=lambda strip: not strip.own), blank


def names_over(strip: Strip) -> list[str]:
    """Return the lines over a column: a name each, or one long name on two lines."""
    room = _LONGEST_NAME * LETTER * 14
    if len(strip.members) == 1:
        return in_two(strip.members[0].name, room, 14)
    return [fitted(one.name, room, 14) for one in strip.members]


def shared_out(strips: Sequence[Strip], most: int) -> list[Sequence[Strip]]:
    """Share columns out evenly among as many pictures as hold so many each.

    Examples
    --------
    >>> [len(piece) for piece in shared_out(range(13), 7)]
    [7, 6]
    """
    each = math.ceil(len(strips) / math.ceil(len(strips) / most)) if strips else 1
    return [strips[at : at + each] for at in range(0, len(strips), each)]

"""What the pages of a federation must not show, so that packages give away no count together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.exchange.federation.joint.programs import given_away, tied
from observatoire.exchange.federation.joint.quotients import QUOTIENTS
from observatoire.exchange.federation.joint.system import counted_cells, exposure
from observatoire.exchange.federation.joint_disclosure import remedy
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from observatoire.exchange.federation.joint.exposure import CountedCell
    from observatoire.exchange.federation.verification import Member

#: Zoning, territory, indicator and period of a figure.
FIGURE = ["zonage", "territoire", "indicateur", "periode"]

#: Each round withholds something more, or ends.
_MOST_ROUNDS = 50


def withheld_figures(
    members: Sequence[Member], figures: pd.DataFrame
) -> set[tuple[str, str, str, str]]:
    """Return the figures to hide so that what is left gives no hidden count away.

    What one member hides is hidden of all; then, as long as the joint audit finds a count in what is
    left, so is what it says to withhold, or where that is not enough all that is tied to it. All that
    ties counts is of one period: figures may be given by period.

    Parameters
    ----------
    members : sequence of Member
        Their definitions, links and thresholds.
    figures : DataFrame
        The answer of ``counts.sql``, or its rows of some periods.

    Raises
    ------
    SecrecyError
        When nothing that could be hidden makes a count safe.
    """
    secret = figures["statut"] == Status.SECRET.label
    if not secret.any():
        return set()
    cells = np.empty(len(figures), dtype=object)
    cells[:] = counted_cells(members, figures)
    rates = {
        (member.name, row["indicateur"])
        for member in members
        for row in member.definitions
        if row["nature"] in QUOTIENTS
    }
    owners = zip(figures["observatoire"], figures["indicateur"], strict=True)
    rated = np.array([owner in rates for owner in owners], dtype=bool)
    hidden = {cell for cell, dark in zip(cells, secret, strict=True) if dark}
    for _ in range(_MOST_ROUNDS):
        now_hidden = [
            cell in hidden or (rate and _place(cell) in hidden)
            for cell, rate in zip(cells, rated, strict=True)
        ]
        gone = np.array(now_hidden, dtype=bool) & ~secret.to_numpy()
        together = exposure(members, figures[~gone])
        unsafe = given_away(together)
        if not unsafe:
            return set(figures.loc[gone, FIGURE].itertuples(index=False, name=None))
        more = {c for cell in unsafe for c in remedy(together, cell)[0]}
        more |= {_place(cell) for cell in (*unsafe, *more) if cell in together.rated}
        if more <= hidden:
            _, around = tied(together, set(unsafe))
            more = {_place(cell) for one in around for cell in (one.top, one.bottom)}
        if more <= hidden:  # what gives it away is farther: all that is tied to it goes
            far = together.reached(set(unsafe))
            more = far | {_place(cell) for cell in far}
        if more <= hidden:
            raise _unsafe(next(iter(sorted(unsafe))))
        hidden |= more
    raise _unsafe(next(iter(sorted(unsafe))))


def _place(cell: CountedCell) -> CountedCell:
    """Return what stands for all the rates of a place."""
    return replace(cell, quantity="")


def _unsafe(cell: CountedCell) -> SecrecyError:
    return SecrecyError(
        f"Réunis, ces paquets dévoilent un effectif masqué : {cell}.",
        why="Rien de ce qu’on saurait retirer de la page ne suffit à le protéger.",
        remedy="f.audit() dit qui doit retirer quoi ; fédérez ensuite les paquets corrigés.",
    )

"""What a federation must not show, so that its packages give away no count together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from observatoire.errors import SecrecyError
from observatoire.exchange.federation.joint.programs import given_away
from observatoire.exchange.federation.joint.remedies import spared, withheld_for
from observatoire.exchange.federation.joint.system import Federated
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure
    from observatoire.exchange.federation.verification import Member

#: Zoning, territory, indicator and period of a figure.
FIGURE = ["zonage", "territoire", "indicateur", "periode"]

_SECRET = Status.SECRET.label


def withheld_figures(
    members: Sequence[Member], figures: pd.DataFrame
) -> set[tuple[str, str, str, str]]:
    """Return the figures to hide so that what is left gives no hidden count away.

    What one member hides is hidden of all, and so is what rests on it elsewhere: the figure of a territory
    that encloses another, shown for want of its own. Then, as long as whole-number programs find a count
    in what is left, so are the nearest figures that keep it safe. What ties counts is of one
    year: figures may be given year by year.

    Parameters
    ----------
    members : sequence of Member
        Their definitions, links and floors.
    figures : DataFrame
        The answer of ``counts.sql``, or its rows of some years.

    Raises
    ------
    SecrecyError
        When nothing that could be hidden makes a count safe.
    """
    federated = Federated.of(members)
    figures = federated.related(figures)
    if figures.empty:
        return set()
    cells = np.empty(len(figures), dtype=object)
    cells[:] = federated.cells(figures)
    secret = (figures["statut"] == _SECRET).to_numpy()
    hiders: dict[CountedCell, set[str]] = {}
    for cell, who in zip(cells[secret], figures.loc[secret, "observatoire"], strict=True):
        hiders.setdefault(cell, set()).add(who)
    resting = _resting(federated, figures, list(cells))
    everyone = set().union(*hiders.values())
    gone = np.array(
        [
            cell in hiders or _rests_on_hidden(who, found, hiders, everyone)
            for cell, who, found in zip(cells, figures["observatoire"], resting, strict=True)
        ],
        dtype=bool,
    )
    made = federated.exposure(figures[secret | ~gone])
    withheld = _withheld(made)
    gone |= np.array(
        [
            cell in withheld or not withheld.isdisjoint(found or ())
            for cell, found in zip(cells, resting, strict=True)
        ],
        dtype=bool,
    )
    return set(figures.loc[gone & ~secret, FIGURE].itertuples(index=False, name=None))


def _resting(
    federated: Federated, figures: pd.DataFrame, cells: Sequence[CountedCell]
) -> list[list[CountedCell] | None]:
    rows = zip(records(figures), cells, strict=True)
    return [federated.supports(row, cell) for row, cell in rows]


def _rests_on_hidden(
    who: str,
    supports: Sequence[CountedCell] | None,
    hiders: dict[CountedCell, set[str]],
    everyone: set[str],
) -> bool:
    """Say whether a figure may rest on what another member hides: its own, its package has weighed."""
    if supports is None:
        return everyone != {who}
    return any(hiders.get(cell, {who}) != {who} for cell in supports)


def _withheld(made: Exposure) -> set[CountedCell]:
    """Return the figures to withhold, the fewest that are found, so that every hidden count is safe."""
    withheld: list[CountedCell] = []
    for cell in sorted(given_away(made)):
        more = withheld_for(made, cell, withheld)
        if more is None:
            raise _unsafe(cell)
        withheld += more
    return set(spared(made, made.hidden, withheld))


def _unsafe(cell: CountedCell) -> SecrecyError:
    return SecrecyError(
        f"Réunis, ces paquets dévoilent un effectif masqué : {cell}.",
        why="Rien de ce qu’on saurait retirer de la page ne suffit à le protéger.",
        remedy="f.audit() dit qui doit retirer quoi ; fédérez ensuite les paquets corrigés.",
    )

"""What it costs a reader that a cell be hidden: its size, and its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from observatoire.errors import SecrecyError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.cell_system import System


#: How much dearer a total that is a part of nothing is: hidden only when nothing else will do.
SUMMIT = 1000.0

#: Levels of a hierarchy beyond which nothing gets dearer (relations may also run in a ring).
DEEPEST = 12


def default_costs(system: System) -> NDArray[np.float64]:
    """Cost of hiding each cell: the binary digits of its count, times its height in the totals.

    Hiding two cells of 30 costs more than one of 300, and a commune more than a quartier of the
    same size. The logarithm keeps the number of hidden cells low without giving up large ones.

    Examples
    --------
    >>> import pandas as pd; from observatoire.secrecy.suppression.cell_system import build_system
    >>> system = build_system(pd.Series({"T": 8, "a": 7, "b": 1}), [("T", ["a", "b"])])
    >>> default_costs(system).round(1).tolist()
    [8339.9, 4.0, 2.0]
    """
    position = {label: column for column, label in enumerate(system.labels)}
    totals = np.array([position[total] for total in system.totals], dtype=np.intp)
    entries = system.matrix.tocoo()
    parts = entries.col != totals[entries.row]
    height = np.zeros(len(system.labels))
    for _ in range(DEEPEST):
        above = height.copy()
        np.maximum.at(above, totals[entries.row[parts]], height[entries.col[parts]] + 1)
        if np.array_equal(above, height):
            break
        height = above
    cost = (1.0 + np.log2(1.0 + np.abs(system.counts))) * (1.0 + height)
    summits = np.zeros(len(cost), dtype=bool)
    summits[totals] = True
    summits[entries.col[parts]] = False
    cost[summits] *= SUMMIT
    return cost


def given_costs(
    system: System,
    cost: pd.Series,
    candidates: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Put the caller's costs in canonical order; infinity means never.

    Those of cells that may be hidden must be positive. The others, such as a zero whose size is
    its cost, are never paid.
    """
    given = system.aligned(cost, "cost")
    try:
        costs = given.astype(float)
    except (TypeError, ValueError) as error:
        raise SecrecyError(
            "Un coût n’est pas un nombre.",
            where="cost",
            why="Le choix des cellules à cacher les additionne et les compare.",
            remedy="Donnez un nombre positif par cellule (infini : ne jamais cacher).",
        ) from error
    wrong = np.flatnonzero(candidates & ~(costs > 0))
    if len(wrong):
        raise SecrecyError(
            f"Le coût vaut {costs[wrong[0]]:g}.",
            where=f"cost, cellule « {system.labels[wrong[0]]} »",
            why="Un coût nul ou négatif ferait cacher sans besoin.",
            remedy="Donnez un nombre positif (infini : ne jamais cacher).",
            label=system.labels[wrong[0]],
        )
    return np.where(candidates, costs, 1.0)

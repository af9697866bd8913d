"""From shared quantities to weights: shares, slivers, bounds, what is covered, what is outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import PassageError
from observatoire.french.typography import number, plural
from observatoire.passage.arrays import Flags, Floats, Positions, sum_by
from observatoire.passage.links import SPLIT, WHOLE
from observatoire.passage.transfer.outcome import words

if TYPE_CHECKING:
    from observatoire.passage.geometry.layers import MeasuredLayer
    from observatoire.passage.geometry.overlay import Pairs


#: Default tolerance: below it, a share is rounding noise of the geometry engine.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Shares:
    """Pairs once slivers are dropped: shares of the source and of the target, wholeness."""

    source: Positions
    target: Positions
    of_source: Floats
    of_target: Floats
    whole: Flags
    outside: Floats
    remarks: tuple[str, ...]


def check_sliver(sliver: float) -> None:
    """Refuse a tolerance that is not a small share."""
    if not 0 <= sliver < 0.5:  # noqa: PLR2004 - a half is no sliver
        raise PassageError(
            f"La tolérance des lamelles (sliver) vaut {sliver:g}.",
            why="C’est une part de territoire, de 0 à 0,5.",
            remedy="Prenez par exemple sliver=0.01 pour des couches numérisées à part.",
        )


def shares(source: MeasuredLayer, target: MeasuredLayer, pairs: Pairs, *, sliver: float) -> Shares:
    """Turn areas into shares, and drop slivers.

    A sliver is small next to both its source and its target: what is small next to a vast source
    may be the whole of a small target. What slivers contained goes back to the other pieces of the
    same source, so that nothing is lost. What lies where two targets overlap is shared between
    them.
    """
    tolerance = max(sliver, ROUNDING)
    i, j = pairs.source, pairs.target
    of_source, of_target = pairs.area / source.areas[i], pairs.area / target.areas[j]
    before = sum_by(i, of_source, len(source))
    kept = (of_source >= tolerance) | (of_target >= tolerance)
    dropped = int((~kept & (of_source >= ROUNDING)).sum())
    i, j, of_source, of_target = i[kept], j[kept], of_source[kept], of_target[kept]
    within = sum_by(i, of_source, len(source))
    outside = np.maximum(1.0 - before, 0.0)
    outside[outside < tolerance] = 0.0
    # A source of which nothing but slivers is inside lies outside.
    outside[within == 0] = 1.0
    total = within + outside
    of_source = of_source / total[i]
    outside = outside / total
    links = np.bincount(i, minlength=len(source))
    whole = (links[i] == 1) & (outside[i] == 0)
    of_source[whole] = 1.0
    remark = f"{plural(dropped, 'lamelle')} de moins de {number(100 * sliver, 2)} %, mis de côté."
    remarks = (remark,) if dropped else ()
    return Shares(i, j, of_source, np.minimum(of_target, 1.0), whole, outside, remarks)


def weights_frame(
    source: MeasuredLayer, target: MeasuredLayer, found: Shares, weight: Floats
) -> pd.DataFrame:
    """Lay links out as ``Passage.weights``, with the bounds that hold without assumption."""
    return pd.DataFrame(
        {
            "source": words(source.labels, found.source),
            "target": words(target.labels, found.target),
            "weight": weight,
            "low": np.where(found.whole, 1.0, 0.0),
            "high": np.ones(len(weight)),
            "share": found.of_target,
            "link": words((SPLIT, WHOLE), found.whole.astype(np.int64)),
        }
    )


def by_code(layer: MeasuredLayer, values: Floats, name: str) -> pd.Series[float]:
    """Index numbers by the codes of a layer."""
    index = layer.labels.rename("target" if name == "coverage" else "source")
    return pd.Series(values, index=index, name=name)


def coverage(target: MeasuredLayer, covered: Floats) -> pd.Series[float]:
    """Share of each target that the sources cover, from 0 to 1."""
    covered = np.minimum(covered, 1.0)
    covered[covered > 1.0 - ROUNDING] = 1.0
    return by_code(target, covered, "coverage")

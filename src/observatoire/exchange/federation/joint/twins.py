"""One thing under two names: indicators, or periods of a year, of which two members show the same figures."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from observatoire.exchange.federation.engine import unreadable
from observatoire.secrecy.primary.level_evidence import SIZES
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from observatoire.exchange.federation.verification import Member

_SECRET = Status.SECRET.label
_SURE = (Status.OBSERVED.label, Status.AGGREGATED.label)

_PLACE = ["zonage", "territoire"]
_TEXTS = [*_PLACE, "indicateur", "periode", "statut"]

#: Part of two series of figures under which their distance may be one of rounding: they are then compared.
_NEAR = 1e-9

#: Beyond which figures are not told apart by their distance: its square is a number.
_LARGE = 1e9


#: Pairs that are weighed at once: memory is that of so many, however many codes there are.
_PAIRS, _COMPARED = 4_000_000, 100_000

#: Two indicators that are one thing, each with whose it is; and two periods of a year, if they differ.
Twins: TypeAlias = "tuple[tuple[str, str], str, tuple[str, str], str]"


def twins(members: Sequence[Member]) -> list[Twins]:
    """Return what is one thing under two names, of which somebody hides something.

    All that two members both show of the same places must be the same, in four sizes at least. Only
    those who name the same places are read: the others have nothing to compare.

    Raises
    ------
    FileError
        When a file can no longer be read.
    """
    try:
        places = _shared_places(members)
        shown = [_Shown.of(member, places) for member in members if member.name in places.index]
    except (OSError, pa.ArrowException) as error:
        raise unreadable(error) from error
    return [found for one, other in combinations(shown, 2) for found in _alike(one, other)]


def _shared_places(members: Sequence[Member]) -> pd.DataFrame:
    """Return the places that several members name: their rank, by member."""
    named = [
        parquet.read_table(member.folder / "zones.parquet", columns=_PLACE)
        .to_pandas()
        .drop_duplicates()
        .assign(member=member.name)
        for member in members
    ]
    places = pd.concat(named).set_index("member")
    shared = places[places.duplicated(keep=False).to_numpy()]
    found: pd.DataFrame = shared.assign(place=shared.groupby(_PLACE, sort=False).ngroup())
    return found


class _Shown(NamedTuple):
    """What a member shows of shared places; of what it hides some.

    ``figures`` have a row an indicator and period, a column a place; ``whole``, a row an indicator.
    """

    name: str
    figures: pd.DataFrame
    whole: pd.DataFrame
    dark: set[str]

    @classmethod
    def of(cls, member: Member, places: pd.DataFrame) -> _Shown:
        """Read the figures of a member."""
        columns = [*_TEXTS, "valeur"]
        table = parquet.read_table(member.figures, columns=columns, read_dictionary=_TEXTS)
        read = table.to_pandas()
        dark = set(read["indicateur"][read["statut"] == _SECRET])
        kept = read[read["statut"].isin(_SURE) & read["valeur"].notna() & (read["periode"] != "")]
        own = places.loc[[member.name]].astype({name: read[name].dtype for name in _PLACE})
        keys = ["indicateur", "periode", "place"]
        figures = kept.merge(own, on=_PLACE).set_index(keys)["valeur"].unstack()
        figures.index = pd.MultiIndex.from_tuples([*figures.index], names=keys[:2])
        return cls(member.name, figures, figures.unstack(), dark)

    def of_year(self, year: str) -> pd.DataFrame:
        """Return its figures of the periods of a year."""
        return self.figures[self.figures.index.get_level_values("periode").str[:4] == year]


def _alike(one: _Shown, other: _Shown) -> Iterator[Twins]:
    """Give the twins of two members: first those of the same periods, all together."""
    pairs = _same(one.whole, other.whole)
    found = [((code, ""), (its, "")) for code, its in pairs if code != its]
    periods = {when for each in (one, other) for when in each.figures.index.unique("periode")}
    labels = Counter(when[:4] for when in periods)
    for year in sorted(year for year, times in labels.items() if times > 1):
        pairs = _same(one.of_year(year), other.of_year(year))
        found += (pair for pair in pairs if pair[0][1] != pair[1][1])
    for (code, when), (its, then) in found:
        if code in one.dark or its in other.dark:
            yield (one.name, code), when, (other.name, its), then


def _same(one: pd.DataFrame, other: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    """Give the rows of two tables that are the same wherever both are known, in enough sizes.

    Many pairs are weighed at once by their distance, which is a product; the few that have none are compared.
    """
    columns = one.columns.intersection(other.columns)
    one, other = (table[columns] for table in (one, other))
    one, other = (table[_sizes(table.to_numpy()) >= SIZES] for table in (one, other))
    right = other.to_numpy()
    b, its, above = _for_products(right)
    step = max(1, _PAIRS // max(1, len(right)))
    for first in range(0, len(one), step):
        left = one.iloc[first : first + step].to_numpy()
        a, known, over = _for_products(left)
        most = a**2 @ its.T + known @ (b**2).T
        near = (most - 2.0 * (a @ b.T) <= _NEAR * most) & (over @ above.T >= SIZES)
        for pairs in np.array_split(np.argwhere(near), 1 + int(near.sum()) // _COMPARED):
            rows, places = pairs.T
            both = (known[rows] * its[places]) > 0
            same = ((left[rows] == right[places]) | ~both).all(axis=1)
            same &= _sizes(np.where(both, left[rows], 0.0)) >= SIZES
            yield from zip(one.index[first + rows[same]], other.index[places[same]], strict=True)


def _sizes(table: np.ndarray) -> np.ndarray:
    """Count the different sizes of each row, none left out."""
    ordered = np.sort(np.where(table > 0, table, 0.0), axis=1)
    found: np.ndarray = (np.diff(ordered, axis=1, prepend=0.0) > 0).sum(axis=1)
    return found


def _for_products(table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return figures, which are known, and which are more than none: as numbers all."""
    figures = np.clip(np.nan_to_num(table), -_LARGE, _LARGE)
    return figures, 1.0 - np.isnan(table), (figures > 0).astype(float)

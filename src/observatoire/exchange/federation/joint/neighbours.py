"""Which figures of members might bear on a count that somebody hides: all others are left aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def looked_up(
    figures: pd.DataFrame, columns: list[str], names: Mapping[tuple[str, str], str]
) -> pd.Series:
    """Return the name of each pair of words; the words themselves where it has none.

    Examples
    --------
    >>> import pandas as pd
    >>> looked_up(pd.DataFrame({"a": ["x", "y"], "b": ["1", "2"]}), ["a", "b"], {("x", "1"): "one"}).iloc[0]
    'one'
    """
    (a, first), (b, second) = (pd.factorize(figures[n], use_na_sentinel=False) for n in columns)
    pairs, rank = np.unique(a * len(second) + b, return_inverse=True)
    words = [(first[pair // len(second)], second[pair % len(second)]) for pair in pairs.tolist()]
    found = pd.array([names.get((a, b), f"{a}\0{b}") for a, b in words], dtype="str")
    return pd.Series(found.take(rank), index=figures.index)


def near_hidden(of: pd.DataFrame) -> pd.Series:
    """Say which figures are tied to a hidden one: ``what``, ``where``, ``when``, and whether it is ``dark``."""
    by = of.groupby(["what", "where", "when"], sort=False)["dark"]
    return by.transform("any") & (by.transform("size") > 1)


def near_bare_rates(
    of: pd.DataFrame,
    tied: pd.Series,
    bare: Collection[str],
    universes: Collection[str],
) -> np.ndarray:
    """Say which are bare rates, and what they may be made of, where one is shown and something is hidden.

    Parameters
    ----------
    of : DataFrame
        Of what each figure is: ``quantity``, ``where``, ``when``, ``dark``.
    tied : Series
        The answer of :func:`near_hidden`: of a hidden universe, rates say nothing alone.
    bare, universes : collection of str
        The quantities of each kind.
    """
    place = of.groupby(["where", "when"], sort=False).ngroup().to_numpy()
    dark = of["dark"].to_numpy()
    rate, counted = (of["quantity"].isin(names).to_numpy() for names in (bare, universes))
    lit = np.unique(place[rate & ~dark])
    by = of[rate].assign(place=place[rate]).groupby(["place", "quantity"], sort=False)["dark"]
    partly = (by.any() & ~by.all()).to_frame("partly").query("partly").reset_index()["place"]
    near = np.concatenate([partly, place[counted & tied.to_numpy()]])
    near = np.intersect1d(near, lit)
    return (rate | counted) & np.isin(place, near)

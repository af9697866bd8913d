"""The figure of a row as what may be compared: its point, its bounds, what its sampling adds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.indicators.precision.differences import Estimate
from observatoire.indicators.precision.sampling_error import TOO_SMALL, UNSIZED, WITHHELD
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.values import Record


_NAN = float("nan")

#: Statuses of a figure that is a point.
POINT = (str(Status.OBSERVED), str(Status.AGGREGATED), str(Status.ESTIMATED))

#: Kinds of precision without a sampling error, and with one that nobody knows.
CERTAIN, UNCERTAIN = ("exhaustive", "reference"), ("unknown", UNSIZED, WITHHELD)


def estimate_of(row: Record | None) -> Estimate:
    """Return the figure of a table's row as what may be compared.

    Parameters
    ----------
    row : mapping, optional
        A row of ``Table.cells`` or ``ProtectedTable.cells``.

    Returns
    -------
    Estimate
        A point carries its sampling interval when the table has one; bounds are carried as such; what
        describes another territory (*contexte*), or is hidden or absent, says nothing. A source that
        counts everyone has no sampling: its figures are certain, but for what their passage leaves open.
        What its producer asks not to comment has no interval, hence no verdict.

    Examples
    --------
    >>> row = {"value": 20.0, "low": 18.0, "high": 23.0, "status": "aggregated",
    ...        "precision": "census", "wide_low": 17.0, "wide_high": 25.0,
    ...        "passage_low": 20.0, "passage_high": 20.0}
    >>> estimate_of(row).sides(0.95)
    (2.0, 3.0)
    >>> estimate_of(row | {"status": "context"}).known
    False
    """
    if row is None or row["status"] not in (*POINT, str(Status.BOUNDED)):
        return Estimate(_NAN)
    value = float(row["value"]) if row["status"] in POINT else _NAN
    low, high = float(row["low"]), float(row["high"])
    least, most = (
        value if math.isnan(bound) else bound
        for bound in (float(row.get("passage_low", low)), float(row.get("passage_high", high)))
    )
    wide_low, wide_high = (float(row.get(name, _NAN)) for name in ("wide_low", "wide_high"))
    kind = str(row.get("precision", "") or "exhaustive")
    if kind == "reference" or (kind in CERTAIN and math.isnan(wide_low)):
        return Estimate(value, least, most, least=least, most=most)
    if kind in UNCERTAIN or row.get("flag") == TOO_SMALL:
        return Estimate(value, least=least, most=most)
    return Estimate(value, low, high, wide_low, wide_high, least, most)


def bounds_of(figure: Estimate) -> tuple[float, float]:
    """Return all that is left open of a figure, its passage alone where its sampling is not known."""
    return (figure.low, figure.high) if figure.sampled else (figure.least, figure.most)


def counts_everyone(row: Record) -> bool:
    """Say whether a source that counts everyone gave a figure, and no interval was asked of it."""
    return row["precision"] == "exhaustive" and math.isnan(float(row["wide_low"]))


def is_sampled(row: Record) -> bool:
    """Say whether a figure has a sampling interval, if only of no width."""
    return row["precision"] == "reference" or not math.isnan(float(row["wide_low"]))


def is_too_small(row: Record | None) -> bool:
    """Say whether the producer asks not to comment a figure."""
    return row is not None and row.get("flag") == TOO_SMALL


def is_hidden(row: Record | None) -> bool:
    """Say whether secrecy covers a figure: it is there, and not to be asked for."""
    return row is not None and row["status"] == str(Status.SECRET)

"""The figure of a row as what may be compared: its point, its bounds, what its sampling adds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.french.typography import number, plural
from observatoire.indicators.computation.table import is_modelled
from observatoire.indicators.precision.differences import LIKELY, Estimate
from observatoire.indicators.precision.sampling_error import TOO_SMALL, UNSIZED, WITHHELD
from observatoire.indicators.precision.source_noise import NOISE_PERCENT, NOISE_POINTS, ROUNDING
from observatoire.values import Record, Status

if TYPE_CHECKING:
    import pandas as pd

_SIDES = ("low", "high")
_WIDER = 3.0902 / 1.96  # from 95 to 99.8 %, as a normal law would

#: Statuses of a figure that is a point.
POINT = (str(Status.OBSERVED), str(Status.AGGREGATED), str(Status.ESTIMATED))

#: Kinds of precision without a sampling error, and with one that nobody knows.
CERTAIN, UNCERTAIN = ("exhaustive", "reference"), ("unknown", UNSIZED, WITHHELD)


#: What a table says of the precision of its figures.
EXACT, SAMPLED, FORECAST, UNSTATED = "exact", "sondage", "prévision", "inconnue"

#: Relative width of bounds that only rounding separates.
_ROUNDING = 1e-9

_STATED = {
    "exhaustive": EXACT,
    "reference": EXACT,
    **dict.fromkeys(("census", "wilson", "byar", "exact"), SAMPLED),
}


def stated_precision(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells whose ``precision`` is a word for readers, without an interval that says too much.

    *exact* (everyone was counted), *sondage* (a sample, with its interval), *prévision* (shared by a method
    whose error was measured), *inconnue*: bounds that nothing separates would claim certainty, and are
    then left empty.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"precision": ["census", "unknown"], "low": [1.0, 2.0],
    ...                       "high": [3.0, 2.0], "status": ["observed"] * 2, "value": [2.0, 2.0]})
    >>> stated_precision(cells)[["precision", "low", "high"]].values.tolist()
    [['sondage', 1.0, 3.0], ['inconnue', nan, nan]]
    """
    stated = cells["precision"].map(_STATED).fillna(UNSTATED)
    if "pi95_low" in cells:
        foretold = cells["pi95_low"].notna() & (cells["status"] == str(Status.ESTIMATED))
        stated = stated.where(~foretold, FORECAST)
    stated = stated.where(cells[["value", "low"]].notna().any(axis=1), "")
    width = cells["high"] - cells["low"]
    # Of what is only bounded, they are the figure: a part of nothing is between nothing and nothing.
    single = (stated == UNSTATED) & cells["value"].notna()
    single &= width <= _ROUNDING * (1 + cells["high"].abs())
    bounds = {name: cells[name].mask(single) for name in ("low", "high")}
    return cells.assign(precision=stated, **bounds)


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
        describes another territory (*contexte*), is foretold by a model, hidden or absent is mute. A source that
        counts everyone has no sampling: its figures are certain, but for what their passage leaves open
        and the source's own noise between two dates, of which each figure bears its part, and its rounding.
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
    if row is None or row["status"] not in (*POINT, str(Status.BOUNDED)) or is_modelled(row):
        return Estimate(math.nan)
    row = _narrowed(row)
    value = float(row["value"]) if row["status"] in POINT else math.nan
    low, high = float(row["low"]), float(row["high"])
    least, most = (
        value if math.isnan(bound) else bound
        for bound in (float(row.get("passage_low", low)), float(row.get("passage_high", high)))
    )
    wide_low, wide_high = (float(row.get(name, math.nan)) for name in ("wide_low", "wide_high"))
    kind = str(row.get("precision", "") or "exhaustive")
    if kind == "reference" or (kind in CERTAIN and math.isnan(wide_low)):
        below, above = (noise_of(row, bound) / math.sqrt(2) for bound in (least, most))
        rounding = float(row.get(ROUNDING, 0.0))
        return Estimate(
            value, least - below, most + above, least=least, most=most, rounding=rounding
        )
    if kind in UNCERTAIN or row.get("flag") == TOO_SMALL:
        return Estimate(value, least=least, most=most)
    return Estimate(value, low, high, wide_low, wide_high, least, most)


def _narrowed(row: Record) -> Record:
    """Return an estimate with its prediction interval at 95 % for what its passage leaves open.

    What sampling adds on each side is apart from it: the two are added as independent errors are.
    """
    value, ends = row["value"], [float(row.get(f"pi95_{side}", math.nan)) for side in _SIDES]
    if row["status"] != str(Status.ESTIMATED) or any(map(math.isnan, ends)):
        return row
    widened = dict(row)
    for side, end, sign in zip(_SIDES, ends, (-1, 1), strict=True):
        widened[f"passage_{side}"] = end
        drawn = abs(float(row.get(f"sampling_{side}", math.nan)) - value)
        apart = math.hypot(end - value, drawn)  # NaN where no sampling is known
        widened[side], widened[f"wide_{side}"] = value + sign * apart, value + sign * apart * _WIDER
    return widened


def noise_of(row: Record, value: float) -> float:
    """Return how far a figure moves between two dates where nothing happened; 0 where no source says.

    Examples
    --------
    >>> noise_of({"noise_points": 3.5}, 30.0), noise_of({"noise_percent": 3.9}, 20000.0)
    (3.5, 780.0)
    """
    points, percent = (float(row.get(name, 0.0)) for name in (NOISE_POINTS, NOISE_PERCENT))
    parts = [points, percent / 100 * abs(value)]
    return sum(part for part in parts if not math.isnan(part))


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


def expected_by_chance(comparisons: int) -> str:
    """Say how many verdicts chance alone would give, where nothing differed: one in twenty.

    Examples
    --------
    >>> expected_by_chance(40).replace("\N{NO-BREAK SPACE}", " ")
    'Sur 40 comparaisons à 95 %, le hasard seul en signalerait environ 2.'
    >>> expected_by_chance(3)[-29:]
    'parfois une (0,2 en moyenne).'
    """
    expected = comparisons * (1 - LIKELY)
    often = f"environ {number(round(expected))}"
    few = f"parfois une ({number(expected, 1)} en moyenne)"
    return (
        f"Sur {plural(comparisons, 'comparaison')} à 95 %, le hasard seul en signalerait "
        f"{often if expected >= 1 else few}."
    )

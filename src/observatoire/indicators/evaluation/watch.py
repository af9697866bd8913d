"""Watch levels and changes: what ``watch.toml`` asks to watch, and from which certainty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import suggestion
from observatoire.indicators.computation.table import by_spot
from observatoire.indicators.precision.differences import LIKELY, SURE, Estimate, difference
from observatoire.indicators.precision.estimates import bounds_of, estimate_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.values import Record


WATCH_FILE = "watch.toml"

#: From how sure a signal is given: the figure alone, or its interval at 95 % or 99.8 %.
CERTAINTIES = {"constat": 0.0, "95 %": LIKELY, "99,8 %": SURE}

_KINDS = ("above", "below", "rise", "fall")

SIGNAL_COLUMNS = (
    "watch", "label", "territory", "name", "indicator", "kind", "level", "period", "value", "low",
    "high", "signal", "source",
)  # fmt: skip

#: State of a threshold.
PASSED, UNSURE = "franchi", "à confirmer"


@dataclass(frozen=True)
class Watch:
    """One threshold: a level (``above``, ``below``) or a change (``rise``, ``fall``)."""

    code: str
    label: str
    indicator: str
    kind: str
    level: float
    certainty: float

    @property
    def moving(self) -> bool:
        """Whether it watches a change rather than a level."""
        return self.kind in ("rise", "fall")


def read_watches(path: Path, indicators: Mapping[str, Indicator]) -> tuple[Watch, ...]:
    """Read and validate ``watch.toml``; without the file nothing is watched.

    Raises
    ------
    DescriptorError
        On an unknown key, an indicator that the catalogue does not hold, no threshold or two.
    """
    if not path.is_file():
        return ()
    table = read_toml(path)
    watches = tuple(
        _read_watch(code, child, indicators) for code, child in table.children("watch").items()
    )
    table.close()
    return watches


def _read_watch(code: str, table: Declaration, indicators: Mapping[str, Indicator]) -> Watch:
    indicator = table.text("indicator")
    if indicator not in indicators:
        raise DescriptorError(
            f"L’indicateur « {indicator} » n’est pas au catalogue.",
            where=table.where,
            why="On ne saurait que surveiller.",
            remedy=suggestion(indicator, indicators),
            key="indicator",
        )
    given = [kind for kind in _KINDS if kind in table.table]
    if len(given) != 1:
        raise DescriptorError(
            "Il faut un seuil, et un seul : above, below, rise ou fall.",
            where=table.where,
            remedy="Par exemple above = 50 (niveau), ou rise = 3 (hausse entre deux dates).",
        )
    level = table.take(given[0], float)
    if given[0] in ("rise", "fall") and level <= 0:
        raise table.refuse(given[0], "une hausse ou une baisse se dit par un nombre positif")
    certainty = table.text("certainty", "95 %", choices=tuple(CERTAINTIES))
    label = table.text("label", indicators[indicator].label)
    watch = Watch(code, label, indicator, given[0], level, CERTAINTIES[certainty])
    table.close()
    return watch


def signals(
    watches: tuple[Watch, ...],
    levels: Mapping[str, pd.DataFrame],
    moves: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    zoning: str,
) -> pd.DataFrame:
    """Return the thresholds that are passed, or that may be.

    Parameters
    ----------
    watches : tuple of Watch
        What is watched.
    levels : mapping
        Tidy table of each indicator at its latest date.
    moves : mapping
        Tidy tables of each indicator at the two dates of one series that a change is read between.
    zoning : str
        The zoning watched.

    Returns
    -------
    DataFrame
        Columns :data:`SIGNAL_COLUMNS`; ``signal`` is *franchi* when the figure is beyond the level
        with the certainty asked, *à confirmer* when only its point, or a part of its bounds, is.
    """
    rows = []
    for watch in watches:
        if watch.moving:
            rows += (
                _moved(watch, *moves[watch.indicator], zoning) if watch.indicator in moves else []
            )
        elif watch.indicator in levels:
            rows += _levelled(watch, levels[watch.indicator], zoning)
    return pd.DataFrame(rows, columns=list(SIGNAL_COLUMNS))


def _levelled(watch: Watch, table: pd.DataFrame, zoning: str) -> list[tuple[object, ...]]:
    return [
        signal
        for key, row in by_spot(table).items()
        if key[0] == zoning and key[2] == watch.indicator
        for signal in _signalled(watch, row, estimate_of(row), str(row["period"]))
    ]


def _moved(
    watch: Watch, earlier: pd.DataFrame, later: pd.DataFrame, zoning: str
) -> list[tuple[object, ...]]:
    first = by_spot(earlier)
    rows = []
    for key, row in by_spot(later).items():
        if key[0] == zoning and key[2] == watch.indicator and key in first:
            moved = difference(estimate_of(row), estimate_of(first[key])).estimate
            period = f"{first[key]['period']}-{row['period']}"
            rows += _signalled(watch, row, moved, period)
    return rows


def _signalled(
    watch: Watch, row: Record, figure: Estimate, period: str
) -> list[tuple[object, ...]]:
    signal = _signal(figure, watch)
    if not signal:
        return []
    place = (row["territory"], row["name"], watch.indicator, watch.kind, watch.level, period)
    return [
        (
            watch.code,
            watch.label,
            *place,
            figure.value,
            *bounds_of(figure),
            signal,
            str(row.get("source", "")),
        )
    ]


def _signal(figure: Estimate, watch: Watch) -> str:
    if not figure.known:
        return ""
    side = 1.0 if watch.kind in ("above", "rise") else -1.0
    level = watch.level if watch.kind != "fall" else -watch.level
    below, above = (0.0, 0.0) if not watch.certainty else figure.sides(watch.certainty)
    unsampled = bool(watch.certainty) and not figure.sampled
    near, far = (
        (figure.least - below, figure.most + above)
        if side > 0
        else (-(figure.most + above), -(figure.least - below))
    )
    if near > side * level and not unsampled:
        return PASSED
    beyond = (
        side * figure.value > side * level if not math.isnan(figure.value) else far > side * level
    )
    return UNSURE if beyond else ""

"""Watch levels and changes: what ``watch.toml`` asks to watch, and from which certainty."""

from __future__ import annotations

import math
from dataclasses import field, replace
from typing import TYPE_CHECKING, Annotated, Literal

import pandas as pd
from pydantic import AfterValidator, ValidationInfo

from observatoire.declarations.fields import (
    Code,
    Named,
    Number,
    checked,
    declared,
    fault,
    on_reading,
)
from observatoire.declarations.reader import read
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

SIGNAL_COLUMNS = (
    "watch", "label", "territory", "name", "indicator", "kind", "level", "period", "value", "low",
    "high", "signal", "source",
)  # fmt: skip

#: State of a threshold.
PASSED, UNSURE = "franchi", "à confirmer"


def _in_catalogue(code: str, info: ValidationInfo) -> str:
    indicators: Mapping[str, Indicator] | None = info.context
    if indicators is not None and code not in indicators:
        raise fault(
            f"L’indicateur « {code} » n’est pas au catalogue.",
            why="On ne saurait que surveiller.",
            remedy=suggestion(code, indicators),
        )
    return code


Change = Annotated[
    Number | None,
    checked(
        lambda change: change is None or change > 0,
        "une hausse ou une baisse se dit par un nombre positif",
    ),
]


@declared
class Watch:
    """One threshold: a level (``above``, ``below``) or a change (``rise``, ``fall``)."""

    code: Code
    indicator: Annotated[str, AfterValidator(_in_catalogue)]
    label: str = ""
    above: Number | None = None
    below: Number | None = None
    rise: Change = None
    fall: Change = None
    certainty: Literal["constat", "95 %", "99,8 %"] = "95 %"

    @on_reading
    def _has_one_threshold(self) -> None:
        if len(self._thresholds) != 1:
            raise fault(
                "Il faut un seuil, et un seul : above, below, rise ou fall.",
                remedy="Par exemple above = 50 (niveau), ou rise = 3 (hausse entre deux dates).",
            )

    @property
    def _thresholds(self) -> dict[str, float]:
        written = {"above": self.above, "below": self.below, "rise": self.rise, "fall": self.fall}
        return {kind: level for kind, level in written.items() if level is not None}

    @property
    def kind(self) -> str:
        """What is watched: ``above``, ``below``, ``rise`` or ``fall``."""
        return next(iter(self._thresholds))

    @property
    def level(self) -> float:
        """The threshold itself."""
        return self._thresholds[self.kind]

    @property
    def confidence(self) -> float:
        """How sure the figure must be, 0 when its point is enough."""
        return CERTAINTIES[self.certainty]

    @property
    def moving(self) -> bool:
        """Whether it watches a change rather than a level."""
        return self.kind in ("rise", "fall")


@declared
class WatchFile:
    """What ``watch.toml`` declares."""

    watch: Named[Watch] = field(default_factory=dict)


def read_watches(path: Path, indicators: Mapping[str, Indicator]) -> tuple[Watch, ...]:
    """Read and validate ``watch.toml``; without the file nothing is watched.

    Raises
    ------
    DescriptorError
        On an unknown key, an indicator that the catalogue does not hold, no threshold or two.
    """
    if not path.is_file():
        return ()
    watches = read(path, WatchFile, indicators).watch.values()
    return tuple(
        replace(watch, label=watch.label or indicators[watch.indicator].label) for watch in watches
    )


def signals(
    watches: tuple[Watch, ...],
    levels: Mapping[str, pd.DataFrame],
    moves: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    zoning: str,
) -> pd.DataFrame:
    """Return the thresholds that are passed, or that may be.

    Parameters
    ----------
    levels : mapping
        Tidy table of each indicator at its latest date.
    moves : mapping
        Tidy tables of each indicator at the two dates of one series that a change is read between.

    Returns
    -------
    DataFrame
        Columns :data:`SIGNAL_COLUMNS`; ``signal`` is *franchi* when the figure is beyond the level
        with the certainty asked, *à confirmer* when only its point, or the middle of its bounds, is.
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
    """Return the row of a signal, none where the threshold is not passed."""
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
    """Say whether a threshold is passed for sure, perhaps, or not."""
    if not figure.known:
        return ""
    side = 1.0 if watch.kind in ("above", "rise") else -1.0
    level = watch.level if watch.kind != "fall" else -watch.level
    below, above = (0.0, 0.0) if not watch.confidence else figure.sides(watch.confidence)
    unsampled = bool(watch.confidence) and not figure.sampled
    near, far = (
        (figure.least - below, figure.most + above)
        if side > 0
        else (-(figure.most + above), -(figure.least - below))
    )
    if near > side * level and not unsampled:
        return PASSED
    beyond = (
        side * figure.value > side * level
        if not math.isnan(figure.value)
        else (near + far) / 2 >= side * level
    )
    return UNSURE if beyond else ""

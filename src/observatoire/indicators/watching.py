"""Watch levels and changes: what ``watch.toml`` asks to be told, and from which certainty."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.declarations import Declaration, read_toml
from observatoire.errors import DescriptorError, suggestion
from observatoire.indicators.comparing import LIKELY, SURE, Estimate, difference
from observatoire.indicators.evaluating import estimate_of
from observatoire.indicators.table import by_spot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.indicators.catalogue import Indicator

WATCH_FILE = "watch.toml"

#: From how sure a signal is told: the bare figure, or its interval at 95 % or 99.8 %.
CERTAINTIES = {"constat": 0.0, "95 %": LIKELY, "99,8 %": SURE}

_KINDS = ("above", "below", "rise", "fall")

SIGNAL_COLUMNS = (
    "watch",
    "label",
    "territory",
    "name",
    "indicator",
    "kind",
    "level",
    "period",
    "value",
    "low",
    "high",
    "signal",
)

#: What may be said of a threshold.
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
    latest: Mapping[str, pd.DataFrame],
    earlier: Mapping[str, pd.DataFrame],
    zoning: str,
) -> pd.DataFrame:
    """Return the thresholds that are passed, or that may be.

    Parameters
    ----------
    watches : tuple of Watch
        What is watched.
    latest, earlier : mapping
        Tidy table of each indicator at its latest date, and at the first of the same series.
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
        if watch.indicator not in latest:
            continue
        table = latest[watch.indicator]
        last = by_spot(table)
        first = by_spot(earlier[watch.indicator]) if watch.indicator in earlier else {}
        for key, row in last.items():
            if key[0] != zoning or key[2] != watch.indicator:
                continue
            end = estimate_of(row)
            start = estimate_of(first.get(key))
            figure = difference(end, start).estimate if watch.moving else end
            said = _signal(figure, watch)
            if said:
                told = (figure.value, figure.least, figure.most)
                rows.append(
                    (watch.code, watch.label, key[1], row["name"], watch.indicator, watch.kind,
                     watch.level, _when(row, first.get(key), watch), *told, said)
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(SIGNAL_COLUMNS))


def _when(row: Mapping[str, object], first: Mapping[str, object] | None, watch: Watch) -> str:
    if watch.moving and first is not None:
        return f"{first['period']}-{row['period']}"
    return str(row["period"])


def _signal(figure: Estimate, watch: Watch) -> str:
    if not figure.told:
        return ""
    side = 1.0 if watch.kind in ("above", "rise") else -1.0
    level = watch.level if watch.kind != "fall" else -watch.level
    point = figure.value if not math.isnan(figure.value) else math.nan
    below, above = (0.0, 0.0) if not watch.certainty else figure.sides(watch.certainty)
    unsampled = bool(watch.certainty) and not figure.sampled
    near, far = (
        (figure.least - below, figure.most + above)
        if side > 0
        else (-(figure.most + above), -(figure.least - below))
    )
    if near > side * level and not unsampled:
        return PASSED
    beyond = side * point > side * level if not math.isnan(point) else far > side * level
    return UNSURE if beyond else ""

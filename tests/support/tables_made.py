"""A table that may be shown, made by hand: a row a figure, what is not said of it as secrecy leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from maps_made import WORDS

from observatoire.secrecy.release import protected_table as release

if TYPE_CHECKING:
    from observatoire.indicators.definitions.catalogue import Indicator

NAN = float("nan")
HERE, TOWN = "quartier", "commune"

_BLANK = {
    "zoning": HERE, "territory": "", "name": "", "indicator": "p", "period": "2016", "value": NAN, "low": NAN,
    "high": NAN, "status": "missing", "coverage": 1.0, "source": "Insee", "reason": "", "method": "",
    "wide_low": NAN, "wide_high": NAN, "sampling_low": NAN, "sampling_high": NAN, "passage_low": NAN,
    "passage_high": NAN, "pi80_low": NAN, "pi80_high": NAN, "pi95_low": NAN, "pi95_high": NAN,
    "precision": "unknown", "flag": "",
}  # fmt: skip


def cell(territory: str, value: float = NAN, status: str = "", **other: Any) -> dict[str, Any]:
    """Return one figure: its territory's own where it has a value and nothing else is said."""
    status = status or ("missing" if value != value else "aggregated")  # noqa: PLR0124 - NaN
    ends = {"value": value, "low": value, "high": value}
    return {**_BLANK, **ends, "territory": territory, "name": territory, "status": status, **other}


def sampled(territory: str, value: float, around: float, **other: Any) -> dict[str, Any]:
    """Return one figure of a census, sure to so many points at 95 %."""
    ends = {
        f"{side}{end}": value + sign * around * wide
        for side, wide in (("", 1.0), ("sampling_", 1.0), ("wide_", 1.5))
        for end, sign in (("low", -1), ("high", 1))
    }
    return cell(territory, value, **{"precision": "census", **ends, **other})


def gap(territory: str, rank: int, mark: str, verdict: str = "jugé", **other: Any) -> dict[str, Any]:  # fmt: skip
    """Return the difference of one figure with its town's."""
    return {
        "comparator": "commune", "territory": territory, "indicator": "p", "against": "V", "against_zoning": TOWN,
        "against_name": "Ville", "rank": rank, "mark": mark, "verdict": verdict, "reason": "", **other,
    }  # fmt: skip


def table_of(
    *cells: dict[str, Any], indicators: tuple[Indicator, ...], gaps: Any = (), **other: Any
) -> release.ProtectedTable:
    """Return the table of some figures."""
    made = {
        "zoning_label": "Quartiers",
        "warnings": (),
        "comparators": (),
        "hidden": {},
        "words": WORDS,
    }
    return release.ProtectedTable(
        pd.DataFrame(list(cells), columns=list(_BLANK)),
        {one.code: one for one in indicators},
        HERE,
        **(made | other),
        differences=pd.DataFrame(list(gaps)) if gaps else None,
        seal=release._SEAL,
    )

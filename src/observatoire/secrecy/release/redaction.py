"""What a table must not keep next to a hidden cell: numbers, widths, differences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.comparison.gaps import REASONS
from observatoire.indicators.precision.differences import UNJUDGED
from observatoire.indicators.precision.sampling_error import WITHHELD
from observatoire.secrecy.primary.sensitive_cells import printed
from observatoire.values import PREDICTION_COLUMNS, Nature, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from observatoire.declarations.secrecy_rules import Rule
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.values import Record


_FINGERPRINT = re.compile(r"\([0-9a-f]{12}…\)")

#: Everything numeric that a hidden cell must not keep.
MEASURES = (
    "value",
    "low",
    "high",
    "passage_low",
    "passage_high",
    "sampling_low",
    "sampling_high",
    "wide_low",
    "wide_high",
    *PREDICTION_COLUMNS,
    "base",
)


def completed(cells: pd.DataFrame) -> pd.DataFrame:
    """Return the cells with every column of precision, those of the passage alone by default."""
    whole = cells.reset_index(drop=True).copy()
    for name in ("low", "high"):
        if f"passage_{name}" not in whole:
            whole[f"passage_{name}"] = whole[name]
    for name in MEASURES:
        if name not in whole:
            whole[name] = float("nan")
    for name in ("precision", "flag"):
        if name not in whole:
            whole[name] = ""
    return whole


def put(
    cells: pd.DataFrame, rows: pd.Series, names: Sequence[str], numbers: np.ndarray | float
) -> None:
    """Put numbers in some rows of columns of numbers: a column at a time, which pandas does not do.

    Examples
    --------
    >>> cells = pd.DataFrame({"low": [1.0, 2.0], "high": [3.0, 4.0]})
    >>> put(cells, cells["low"] > 1, ["low", "high"], float("nan"))
    >>> cells["high"].tolist()
    [3.0, nan]
    """
    at = rows.to_numpy(dtype=bool)
    if not at.any():
        return
    for rank, name in enumerate(names):
        column = cells[name].to_numpy(dtype=float, copy=True)
        column[at] = numbers[:, rank] if isinstance(numbers, np.ndarray) else numbers
        cells[name] = column


def withhold_sizes(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> None:
    """Take away what would show how many a rate of a guarded source is about.

    The width of a rate's interval gives its denominator, and the rate then gives its numerator:
    with those of the other territories, a hidden count would be found by subtraction.
    """
    guarded = cells["threshold"] > 0
    rates = cells["indicator"].map({c: i.nature is Nature.RATE for c, i in indicators.items()})
    if not guarded.any():
        return
    put(cells, guarded, ["base"], float("nan"))
    rates_shown = guarded & rates.astype(bool) & (cells["precision"] != "reference")
    if not rates_shown.any():
        return
    made = rates_shown & cells["wide_low"].notna()
    passage = cells.loc[made, ["passage_low", "passage_high"]].to_numpy(dtype=float)
    put(cells, made, ["low", "high"], passage)
    cells["precision"] = cells["precision"].mask(made, WITHHELD)
    put(
        cells, rates_shown, ["sampling_low", "sampling_high", "wide_low", "wide_high"], float("nan")
    )
    # A caution says under how many inhabitants or persons.
    cells["flag"] = cells["flag"].mask(rates_shown, "")


def rounded(
    cells: pd.DataFrame, indicators: Mapping[str, Indicator], planned: Collection[str] = ()
) -> None:
    """Keep of guarded figures the digits that pages print: thirteen of a rate give its two counts.

    ``planned`` are the indicators that the plan weighs, those given without their counts among them.
    """
    counted = cells["indicator"].map(
        {c: bool(i.numerator) or c in planned for c, i in indicators.items()}
    )
    guarded = (cells["threshold"] > 0) & counted.astype(bool)
    if not guarded.any():
        return
    exact = cells[guarded]
    decimals = np.array([indicators[code].decimals for code in exact["indicator"].tolist()])
    for prefix in ("", "passage_", "sampling_", "wide_", "pi80_", "pi95_"):
        ends = [f"{prefix}low", f"{prefix}high"]
        if prefix and exact[ends].isna().all(axis=None):
            continue
        numbers = exact[["value", *ends]].to_numpy(dtype=float, copy=True)
        # A whole number is printed as it is: most counts are, and need no rounding.
        fractions = ~np.all((numbers == np.rint(numbers)) | np.isnan(numbers), axis=1)
        rows = zip(numbers[fractions].tolist(), decimals[fractions].tolist(), strict=True)
        numbers[fractions] = np.array([printed(*row) for row in rows], dtype=float).reshape(-1, 3)
        kept = ends if prefix else ["value", *ends]
        put(cells, guarded, kept, numbers[:, -len(kept) :])


def shown_differences(differences: pd.DataFrame | None, cells: pd.DataFrame) -> pd.DataFrame | None:
    """Return the differences, blank where a side is hidden and without figures where a size would show."""
    if differences is None or differences.empty:
        return differences
    shown = differences.reset_index(drop=True).copy()
    places = _keys(cells, "zoning", "territory", "indicator")
    first = _keys(shown, "zoning", "territory", "indicator")
    second = _keys(shown, "against_zoning", "against", "indicator")

    def either(flags: pd.Series) -> pd.Series:
        known = {key for key, flag in zip(places, flags.tolist(), strict=True) if flag}
        pairs = [a in known or b in known for a, b in zip(first, second, strict=True)]
        return pd.Series(pairs, dtype=bool)

    secret = either(cells["status"] == str(Status.SECRET))
    # An agreement that keeps a figure back empties its cell after differences were taken.
    lost = either(cells["status"] == str(Status.MISSING))
    hidden = secret | lost
    guarded = either(cells["precision"] == WITHHELD)
    widths = ["low", "high", "sampling_low", "sampling_high"]
    shown.loc[hidden, ["difference", *widths]] = float("nan")
    unguarded = shown["difference"]
    value = dict(zip(reversed(places), reversed(cells["value"].tolist()), strict=True))
    ends = (np.array([value.get(key, np.nan) for key in side], float) for side in (first, second))
    gap = np.subtract(*ends)
    small = either(cells["threshold"] > 0)
    shown["difference"] = unguarded.where(~small | unguarded.isna(), gap)
    shown.loc[hidden, ["rank"]] = 0
    shown.loc[hidden, ["verdict", "mark"]] = ""
    unsaid = lost & ~shown["reason"].str.startswith("Pas de chiffre")
    shown.loc[unsaid, "reason"] = "Un des deux chiffres n’est pas montré."
    shown.loc[secret, "reason"] = "Un des deux chiffres est couvert par le secret."
    # A verdict bounds the size as its interval does: so many persons at least, or at most.
    judged = guarded & ~hidden & shown[["low", "sampling_low"]].notna().any(axis=1)
    shown.loc[judged, widths] = float("nan")
    shown.loc[judged, ["rank"]] = 0
    shown.loc[judged, ["verdict", "mark"]] = [UNJUDGED, ""]
    shown.loc[judged, "reason"] = REASONS[WITHHELD]
    return shown


def _keys(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(zip(*(frame[name].tolist() for name in columns), strict=True))


def without_fingerprints(
    sources: Iterable[Record], rules: Mapping[str, Rule]
) -> list[dict[str, object]]:
    """Return the sources without the digests of files that have hidden figures.

    Whoever knows all of a file but a few small counts would try them until the digest fits.

    Examples
    --------
    >>> from observatoire.declarations.secrecy_rules import Rule
    >>> row = {"source": "caf", "files": "aides.csv (7990023c216f…)"}
    >>> without_fingerprints([row], {"caf": Rule(11.0)})[0]["files"]
    'aides.csv (empreinte gardée par le secret)'
    >>> without_fingerprints([row], {"caf": Rule(11.0, diffusion="public")})[0]["files"]
    'aides.csv (7990023c216f…)'
    """
    rows = [dict(row) for row in sources]
    for row in rows:
        rule = rules.get(str(row["source"]))
        if rule and not row.get("rule"):
            row["rule"] = rule.rule  # the default of the workspace, where its producer gave none
        if rule and rule.guarded and rule.diffusion != "public":
            files = str(row["files"])
            row["files"] = _FINGERPRINT.sub("(empreinte gardée par le secret)", files)
    return rows

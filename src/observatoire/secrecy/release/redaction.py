"""What a table must not keep beside a hidden cell: numbers, widths, differences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.comparison.gaps import REASONS
from observatoire.indicators.precision.differences import UNJUDGED
from observatoire.indicators.precision.sampling_error import WITHHELD
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def withhold_sizes(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> None:
    """Take away what would tell how many a rate of a guarded source is about.

    The width of a rate's interval gives its denominator, and the rate then gives its numerator:
    with those of the other territories, a hidden count would be found by subtraction.
    """
    guarded = cells["threshold"] > 0
    rates = cells["indicator"].map({c: i.nature is Nature.RATE for c, i in indicators.items()})
    told = guarded & rates.astype(bool) & (cells["precision"] != "reference")
    cells.loc[guarded, "base"] = float("nan")
    for name in ("low", "high"):
        made = told & cells["wide_low"].notna()
        cells.loc[made, name] = cells.loc[made, f"passage_{name}"]
    cells.loc[told & cells["wide_low"].notna(), "precision"] = WITHHELD
    widths = ["sampling_low", "sampling_high", "wide_low", "wide_high"]
    cells.loc[told, widths] = float("nan")
    cells.loc[told, "flag"] = ""  # a caution says under how many inhabitants or persons


def told_differences(differences: pd.DataFrame | None, cells: pd.DataFrame) -> pd.DataFrame | None:
    """Return the differences, blank where a side is hidden and bare where a size would be told."""
    if differences is None:
        return None
    told = differences.reset_index(drop=True).copy()
    keys = ["zoning", "territory", "indicator"]
    status = cells.set_index(keys)["status"]
    withheld = cells.set_index(keys)["precision"] == WITHHELD
    mine = pd.MultiIndex.from_frame(told[keys])
    theirs = pd.MultiIndex.from_frame(told[["against_zoning", "against", "indicator"]])
    secret = _either(status == str(Status.SECRET), mine, theirs)
    # An agreement that keeps a figure back empties its cell after differences were taken.
    lost = _either(status == str(Status.MISSING), mine, theirs)
    hidden = secret | lost
    guarded = _either(withheld, mine, theirs)
    widths = ["low", "high", "sampling_low", "sampling_high"]
    told.loc[hidden, ["difference", *widths]] = float("nan")
    told.loc[hidden, ["rank"]] = 0
    told.loc[hidden, ["verdict", "mark"]] = ""
    unsaid = lost & ~told["reason"].str.startswith("Pas de chiffre")
    told.loc[unsaid, "reason"] = "Un des deux chiffres n’est pas montré."
    told.loc[secret, "reason"] = "Un des deux chiffres est couvert par le secret."
    # A verdict bounds the size as its interval does: so many persons at least, or at most.
    judged = guarded & ~hidden & told[["low", "sampling_low"]].notna().any(axis=1)
    told.loc[judged, widths] = float("nan")
    told.loc[judged, ["rank"]] = 0
    told.loc[judged, ["verdict", "mark"]] = [UNJUDGED, ""]
    told.loc[judged, "reason"] = REASONS[WITHHELD]
    return told


def _either(said: pd.Series, mine: pd.MultiIndex, theirs: pd.MultiIndex) -> pd.Series:
    known = {key for key, value in said.items() if value}
    pairs = [a in known or b in known for a, b in zip(mine, theirs, strict=True)]
    return pd.Series(pairs, dtype=bool)


def without_fingerprints(
    sources: Iterable[Record], rules: Mapping[str, Rule]
) -> list[dict[str, object]]:
    """Return the sources without the digests of files that hold hidden figures.

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
    told = [dict(row) for row in sources]
    for row in told:
        rule = rules.get(str(row["source"]))
        if rule and rule.guarded and rule.diffusion != "public":
            files = str(row["files"])
            row["files"] = _FINGERPRINT.sub("(empreinte gardée par le secret)", files)
    return told

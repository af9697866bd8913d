"""Random workspaces whose parts of IRIS a model foretells, and an attacker who undoes the model.

He has the library and the calibrations, which are printed: a share of a count, at display rounding,
gives the count within so many; a rate gives that of its IRIS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attacker import QUARTIERS, Attacker, write_random
from scipy import optimize

from observatoire.passage.prediction import (
    Calibration,
    foretold,
    foretold_together,
    known_calibrations,
    logit,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

#: Quartiers that are a part of one IRIS, the first two of the same.
PARTS = {"q3": "i4", "q6": "i4", "q7": "i5"}
SHARING = {"q3": 2, "q6": 2, "q7": 1}

_LEARNT = """
places = 40
on = "quartiers d’essai"
date = "2026-11-30"
command = "essai"
held = [0.8, 0.95]
"""

CALIBRATION = "".join(
    f"""
[calibrations.part-{code}]
kind = "part"
numerator = ["{code}"]
center = {center}
ends = [-0.9, 0.9, -1.4, 1.4]
{_LEARNT}"""
    for code, center in {"aidA": 0.4, "aidB": 1.1, "aidT": 2.5}.items()
)
CALIBRATION += f"""
[calibrations.rate-aidA]
kind = "rate"
numerator = ["aidA"]
denominator = ["aidT"]
names = ["whole"]
means = [0.0]
slopes = [0.9]
lows = [-6.0]
highs = [6.0]
center = 0.2
ends = [-0.5, 0.5, -0.9, 0.9]
{_LEARNT}"""


def write_modelled(folder: Path, rng: np.random.Generator, **options: Any) -> pd.Series:
    """Write a random workspace with a model of its parts; return its true counts."""
    true = write_random(folder, rng, **options)
    model_parts(folder)
    return true


def model_parts(folder: Path) -> None:
    """Make a workspace of ``attacker`` foretell what its quartiers are a part of."""
    declared = folder / "observatoire.toml"
    linked = 'file = "geo/liens.csv"\n'
    text = declared.read_text("utf-8").replace(linked, f'{linked}model = "part"\n')
    declared.write_text(text, "utf-8")
    for name, rows in (
        ("liens", "i4;q6;inclus\ni5;q7;inclus\n"),
        ("m-quartier-2007", "q6;q6;c1\nq7;q7;c1\n"),
    ):
        path = folder / f"geo/{name}.csv"
        path.write_text(path.read_text("utf-8") + rows, "utf-8")
    (folder / "calibration.toml").write_text(CALIBRATION, "utf-8")


class ModelAttacker(Attacker):
    """Reads estimates too, by the model that made them."""

    def __init__(self, cells: Any, folder: Path) -> None:
        super().__init__(cells)
        self.known = known_calibrations(folder / "calibration.toml")
        self.undone = 0

    def read(self, row: dict, version: dict | None) -> None:
        """Read a figure: that of a part by its model, any other as it stands."""
        place = str(row["territory"])
        row = {"pi95_low": np.nan, "pi95_high": np.nan} | row
        if row["zoning"] != "quartier-2007" or place not in PARTS:
            super().read(row, version)
        elif row["status"] in ("estimated", "estimé"):
            self._undo(row, PARTS[place], SHARING[place])
        elif place in QUARTIERS:
            super().read(row, version)

    def read_package(self, shown: pd.DataFrame) -> None:
        """Read the figures of a package, plausible intervals included."""
        names = {"plausible_bas": "pi80_low", "plausible_haut": "pi80_high"}
        self.read_all(shown.rename(columns=names))

    def _undo(self, row: dict, iris: str, sharing: int) -> None:
        code, period = row["indicator"], str(row["period"])
        self.undone += 1
        if code == "part":
            self._undo_rate(row, iris, period)
            return
        alone, _ = foretold_together(self.known[f"part-{code}"], {}, sharing)
        bounds = [(row["value"], alone.value, 0.5, 0.5)]
        names = ("pi80_low", "pi80_high", "pi95_low", "pi95_high")
        for name, share in zip(names, alone.ends, strict=True):
            # Ends are rounded outwards.
            bounds.append((row[name], share, *((0.0, 1.0) if name.endswith("low") else (1.0, 0.0))))
        for printed, share, below, above in bounds:
            if not np.isnan(printed):
                low, high = (printed - below) / share, (printed + above) / share
                self.between({(code, iris, period): 1.0}, low - 1e-6, high + 1e-6)
        if not np.isnan(row["high"]):
            self.between({(code, iris, period): 1.0}, row["high"], row["high"])

    def _undo_rate(self, row: dict, iris: str, period: str) -> None:
        model = self.known["rate-aidA"]
        top, base = ("aidA", iris, period), ("aidT", iris, period)
        for side, low, high in ((-1.0, 0.0, np.inf), (1.0, -np.inf, 0.0)):
            rate = _holder_rate(model, row["value"] / 100 + side * 0.000501)
            if rate is not None:
                self.between({top: 1.0, base: -rate}, low, high)


def _holder_rate(model: Calibration, rate_shown: float) -> float | None:
    """Return the rate of an IRIS of which the model makes this one; None out of reach."""

    def missed(rate: float) -> float:
        return foretold(model, {"whole": float(logit(rate))}).value - rate_shown

    ends = 0.004, 0.996  # the model keeps shares this far from nothing and all
    if missed(ends[0]) >= 0 or missed(ends[1]) <= 0:
        return None
    return float(optimize.brentq(missed, *ends))

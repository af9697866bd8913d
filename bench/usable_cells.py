"""How many cells of the quartiers answer: a figure of their own, or an 80 % interval no wider than the value.

``python bench/usable_cells.py [a file of codes, one a line]``: of the embedded default, the latest period of
each indicator, then every period; what no source gives below the commune is counted, and said apart.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import observatoire as obs

OWN = ("observed", "aggregated")


def cells(o: obs.Observatory, asked: dict[str, list[str]]) -> pd.DataFrame:
    """Return the quartiers' cells, of each period the indicators asked for it."""
    return pd.concat([o.table(codes, period=period or None).df for period, codes in asked.items()])


def kinds(frame: pd.DataFrame) -> pd.Series:
    """Say what each cell answers."""
    wide = (frame["pi80_high"] - frame["pi80_low"]) > frame["value"].abs()
    estimated = frame["status"] == "estimated"
    kind = frame["status"].astype(str).where(~frame["status"].isin(OWN), "own")
    tight = (frame["status"] == "bounded") & (
        frame["high"] - frame["low"] <= (frame["high"] + frame["low"]).abs() / 2
    )
    kind = kind.mask(tight, "tight")
    without = estimated & frame["pi80_low"].isna()
    return kind.mask(estimated, "fit").mask(estimated & wide, "wide").mask(without, "no interval")


def told(name: str, frame: pd.DataFrame) -> str:
    """Write one line: how many cells, and of what kind."""
    found = frame["kind"].value_counts()
    fit = found.get("own", 0) + found.get("fit", 0)
    rest = ", ".join(f"{kind} {count}" for kind, count in found.items())
    bound = fit + found.get("tight", 0)
    return (
        f"{name:<44} {fit:>6} / {len(frame):>6} = {fit / len(frame):6.1%}, with sure bounds no wider "
        f"{bound / len(frame):6.1%}  ({rest})"
    )


def main() -> None:
    o = obs.demo()
    known = o.indicators()
    if len(sys.argv) > 1:
        known = known[known["indicator"].isin(Path(sys.argv[1]).read_text().split())]
    latest = {"": known["indicator"].tolist()}
    every: dict[str, list[str]] = {}
    for code, periods in zip(known["indicator"], known["periods"], strict=True):
        for period in filter(None, str(periods).split(", ")):
            every.setdefault(period, []).append(code)
    below: set[str] = set()
    for name, asked in (("latest", latest), ("every period", every)):
        frame = cells(o, asked)
        frame = frame.assign(kind=kinds(frame))
        within = frame.groupby("indicator")["status"].agg(lambda s: (s != "missing").any())
        below |= set(within[within].index)
        inside = frame["indicator"].isin(below)
        lines = [
            told(f"{name}: all", frame),
            told(f"{name}: published below the commune", frame[inside]),
            told(f"{name}: by commune or wider only", frame[~inside]),
        ]
        sys.stdout.write("\n".join(lines) + "\n")
        table = frame[inside].pivot_table(
            index="indicator", columns="kind", values="name", aggfunc="count", fill_value=0
        )
        sys.stdout.write(table.to_string() + "\n")


if __name__ == "__main__":
    main()

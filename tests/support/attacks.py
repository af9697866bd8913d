"""Attacks through the doors of a workspace: a few in the suite, all of them in ``bench/attack.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pages_read
import pandas as pd
from attacker import (
    CATALOGUE,
    SOURCE,
    THRESHOLD,
    VARIABLES,
    Attacker,
    draw,
    everything_shown,
    published,
    write,
    write_random,
)
from effort import seeds

import observatoire as obs

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory


#: Workspaces and sequences attacked: all of them when asked, a few otherwise.
WORKSPACES, SEQUENCES = 40, 30
SEEDS = seeds((0, 13), (0, 4, 13), WORKSPACES)
TRAILS = seeds((6,), (1, 6), SEQUENCES)


@dataclass(frozen=True)
class Finding:
    """What an attack found, and what it was up against."""

    narrow: list[tuple]
    safe: bool
    hidden: int
    share: float


def kind_of(seed: int) -> dict[str, Any]:
    """Return what the workspace of a seed holds: every kind comes back."""
    return {
        "communes": seed % 2 == 0,
        "hidden": 0.15 * (seed % 3 == 0),
        "quarters": seed % 4 == 1,
        "apart": seed % 4 == 2,
    }


def attack_tables(folder: Path, seed: int, *, paged: bool = True) -> Finding:
    """Attack all the tables of a random workspace and its package; its annex, pages and maps too."""
    rng, kind = np.random.default_rng(seed), kind_of(seed)
    true = write_random(folder, rng, **kind)
    periods = tuple(sorted(set(true.index.get_level_values(2))))
    with obs.open(folder) as o:
        o.load()
        shown = everything_shown(o, periods)
        report = o.audit()
        attacker = Attacker(true.index)
        attacker.add_sums(true.index)
        attacker.read_all(shown)
        for path in pages(o, folder, periods[-1]) if paged else ():
            attacker.read_all(pages_read.figures(path))
        attacker.read_all(published(o.publish(folder / "paquet")))
    return Finding(
        attacker.narrow(true),
        bool(report["safe"].all()),
        len(report),
        float((shown["status"] == "secret").mean()),
    )


def pages(o: Observatory, folder: Path, period: str) -> list[Path]:
    """Save all that a workspace puts on pages; return the files."""
    made = [folder / f"annexe{suffix}" for suffix in (".html", ".xlsx", ".docx")]
    o.annex(made)
    for zoning in ("iris-2016", "zus-1996", "commune-2016"):
        made.append(folder / f"{zoning}.html")
        o.panel("aides", zoning=zoning).save(made[-1])
    for code in ("part", "aidA"):
        made.append(folder / f"{code}.html")
        o.map(code, period, zoning="iris-2016").save(made[-1])
    return made


@dataclass
class Trail:
    """Three versions of one workspace, and what is published of each."""

    folder: Path
    rng: np.random.Generator
    name: str = "aides"
    prefix: str = "aid"

    def write(self, true: pd.Series, threshold: float) -> None:
        """Write a version, under the names of the moment."""
        rows = [
            f"iris-2016;{iris};2016;{variable.replace('aid', self.prefix)};{value:g}"
            for (variable, iris, _), value in true.items()
        ]
        source = SOURCE.replace("threshold = 11", f"threshold = {threshold:g}")
        catalogue = CATALOGUE.replace('sources = ["aides"]', f'sources = ["{self.name}"]')
        for code in VARIABLES:
            renamed = code.replace("aid", self.prefix)
            source = source.replace(f'"{code}"', f'"{renamed}"')
            source = source.replace(f"[variables.{code}]", f"[variables.{renamed}]")
            catalogue = catalogue.replace(f'["{code}"]', f'["{renamed}"]')
        write(self.folder, rows, source=source, catalogue=catalogue, name=self.name)

    def rename(self) -> None:
        """Rename the folder of the source, or its variables."""
        if self.rng.random() < 0.5:
            raw = self.folder / "data/raw"
            (raw / self.name).rename(raw / f"{self.name}-bis")
            self.name = f"{self.name}-bis"
        else:
            self.prefix = f"{self.prefix}x"

    def publish(self, step: int) -> pd.DataFrame:
        """Publish the package and a page of IRIS; return all that they show."""
        with obs.open(self.folder) as o:
            o.load()
            o.panel("aides", zoning="iris-2016").save(self.folder / f"{step}.html")
            iris = o.table([*VARIABLES, "part"], "iris-2016").df
            return pd.concat([iris, published(o.publish(self.folder / f"paquet-{step}"))])


def corrected(true: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Return the counts after a correction of one or two IRIS."""
    made = true.copy()
    for iris in rng.choice(sorted(set(true.index.get_level_values(1))), rng.integers(1, 3)):
        made["aidA", iris, "2016"] = float(rng.integers(0, 30))
        made["aidT", iris, "2016"] = made["aidA", iris, "2016"] + made["aidB", iris, "2016"]
    return made


def attack_sequence(folder: Path, seed: int) -> Finding:
    """Attack three publications of one workspace taken together."""
    rng = np.random.default_rng(1000 + seed)
    trail = Trail(folder, rng)
    lax = 3.0 if seed % 3 == 1 else float(THRESHOLD)
    true = pd.concat({"2016": draw(rng)}).reorder_levels([1, 2, 0])
    versions: dict[tuple, int] = {}
    steps = []
    for step in range(3):
        if step:
            true = corrected(true, rng)
            if rng.random() < 0.5:
                trail.rename()
        trail.write(true, THRESHOLD if step else lax)
        version = {
            label: versions.setdefault((*label, value), len(versions))
            for label, value in true.items()
        }
        steps.append((true, version, trail.publish(step)))
    labels = sorted({(*label, rank) for _, version, _ in steps for label, rank in version.items()})
    before, after = Attacker(labels), Attacker(labels)
    for step, (figures, version, shown) in enumerate(steps):
        for attacker in (after, *([before] if step == 0 and lax < THRESHOLD else ())):
            attacker.add_sums(figures.index, version)
            attacker.read_all(shown, version)
    found, hidden = {}, 0
    for figures, version, shown in steps[int(lax < THRESHOLD) :]:
        hidden += int((shown["status"] == "secret").sum())
        for place, members in Attacker.sums(figures.index):
            value = sum(figures[label] for label in members)
            named = [(*label, version[label]) for label in members]
            if 0 < value < THRESHOLD and (lax == THRESHOLD or before.bracket(named) is None):
                reach = after.bracket(named)
                if reach is not None:
                    found[tuple(named)] = (*place, value, *reach)
    return Finding(list(found.values()), not found, hidden, 0.0)

"""Attacks through the doors of a workspace: a few in the suite, all of them in ``bench/attack.py``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from attacker import Attacker, everything_shown, published, write_random

import observatoire as obs

if TYPE_CHECKING:
    from pathlib import Path


#: Workspaces and sequences attacked: all of them when asked, a few otherwise.
DEEP = bool(os.environ.get("OBSERVATOIRE_DEEP"))
WORKSPACES, SEQUENCES = 40, 30
SEEDS = range(WORKSPACES) if DEEP else (0, 1, 4)
TRAILS = range(SEQUENCES) if DEEP else (0, 1, 2)


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


def attack_tables(folder: Path, seed: int) -> Finding:
    """Attack all the tables of a random workspace, and its package."""
    rng, kind = np.random.default_rng(seed), kind_of(seed)
    true = write_random(folder, rng, **kind)
    periods = tuple(sorted(set(true.index.get_level_values(2))))
    with obs.open(folder) as o:
        o.load()
        shown = everything_shown(o, periods)
        report = o.audit()
        attacker = Attacker(true.index)
        attacker.read_all(shown)
        attacker.read_all(published(o.publish(folder / "paquet")))
    return Finding(
        attacker.narrow(true),
        bool(report["safe"].all()),
        len(report),
        float((shown["status"] == "secret").mean()),
    )

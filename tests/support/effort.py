"""How many made-up cases a test tries: few by default, many by ``make test-deep``."""

from __future__ import annotations

import os

#: Which of the two profiles runs; `make test-deep` sets it.
PROFILE = os.environ.get("OBSERVATOIRE_TESTS", "fast")

#: Whether each attack is led on every world, those of ``bench`` too.
EVERY = bool(os.environ.get("OBSERVATOIRE_DEEP"))

#: What a number of cases is multiplied by.
SCALE = {"fast": 0.25, "deep": 10}[PROFILE]


def cases(usual: int) -> int:
    """Return how many cases to try where ``usual`` would do, at least three."""
    return max(3, round(usual * SCALE))


def seeds(few: tuple[int, ...], usual: tuple[int, ...], every: int) -> tuple[int, ...]:
    """Return the worlds to attack: a few by default, more in depth, or all of them.

    What takes seconds a world is tried on few of them; ``few`` hold every kind that ``usual`` has.
    """
    return tuple(range(every)) if EVERY else few if PROFILE == "fast" else usual

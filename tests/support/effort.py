"""How many made-up cases a test tries: few by default, many by ``make test-deep``."""

from __future__ import annotations

import os

#: Which of the two profiles runs; `make test-deep` sets it.
PROFILE = os.environ.get("OBSERVATOIRE_TESTS", "fast")

#: What a number of cases is multiplied by.
SCALE = {"fast": 0.25, "deep": 10}[PROFILE]


def cases(usual: int) -> int:
    """Return how many cases to try where ``usual`` would do, at least three."""
    return max(3, round(usual * SCALE))

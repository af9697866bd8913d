"""One objective as an evaluation leaves it where nothing is known of what became of it."""

from __future__ import annotations

from typing import Any

from observatoire.indicators.precision.differences import UNJUDGED, UNKNOWN

NAN = float("nan")

BLANK: dict[str, Any] = {
    **dict.fromkeys(
        (
            "baseline",
            "baseline_low",
            "baseline_high",
            "value",
            "low",
            "high",
            "change",
            "gap_start",
            "gap_start_low",
            "gap_start_high",
            "gap_end",
            "gap_end_low",
            "gap_end_high",
            "move",
            "move_low",
            "move_high",
            "goal",
            "relative",
            "reached",
            "reached_low",
            "reached_high",
            "due_value",
            "due_reached",
            "due_reached_low",
            "due_reached_high",
        ),
        NAN,
    ),
    "code": "A",
    "orientation": "Un",
    "objective": "Baisser le taux",
    "name": "Dillon",
    "indicator": "p",
    "start": "2007",
    "end": "2012",
    "verdict": UNJUDGED,
    "convergence": UNKNOWN,
    "comparator": "",
    "due": "2012-12-31",
    "due_period": "2012",
    "due_verdict": UNJUDGED,
    "partner": "Ville",
    "lacking": "",
    "hidden": (),
    "evidence": "",
    "source": "Ville, convention",
}

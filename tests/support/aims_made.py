"""One objective as an evaluation leaves it where nothing is known of what became of it."""

from __future__ import annotations

from typing import Any

from observatoire.indicators.precision.differences import UNJUDGED, UNKNOWN

NAN = float("nan")

_SOLE = ("value", "low", "high", "change", "goal", "relative", "due_value")
_WITH_BOUNDS = ("baseline", "gap_start", "gap_end", "move", "reached", "due_reached")

BLANK: dict[str, Any] = {
    **dict.fromkeys(_SOLE, NAN),
    **{f"{name}{end}": NAN for name in _WITH_BOUNDS for end in ("", "_low", "_high")},
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

"""The columns of one series between two periods."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """From which period to which, and which columns then tell the same thing."""

    start: str
    end: str
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    variable: str = ""

    def holds(self, period: str) -> bool:
        """Say whether a period is in the span.

        Examples
        --------
        >>> Span("2013", "2016").holds("2016"), Span("2013", "2016").holds("2012-T4")
        (True, False)
        """
        return self.start <= period[: len(self.start)] and period[: len(self.end)] <= self.end

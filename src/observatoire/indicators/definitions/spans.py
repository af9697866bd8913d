"""The columns of one series between two periods, and the size of a rate without counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.values import PERIOD_FORMS, is_period

if TYPE_CHECKING:
    from observatoire.declarations.reader import Declaration


#: Stands for the two last digits of the period in the name of a variable.
YEAR_MARK = "YY"


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


@dataclass(frozen=True)
class Size:
    """How many a rate published without its counts is about, from another source."""

    source: str
    period: str
    variables: tuple[str, ...]


def read_size(table: Declaration) -> Size | None:
    """Read ``size``: the source, the period and the variables that add up to a rate's universe.

    Raises
    ------
    DescriptorError
        Without variables, or on what is not a period.
    """
    if "size" not in table.table:
        return None
    child = table.child("size")
    size = Size(child.text("source"), child.text("period"), child.texts("variables"))
    child.close()
    if not size.variables:
        raise child.refuse("variables", "on attend au moins une variable")
    if not is_period(size.period):
        raise child.refuse("period", f"on attend une période ({PERIOD_FORMS})")
    return size

"""The columns of one series between two periods, and the size of a rate without counts."""

from __future__ import annotations

from typing import Annotated

from observatoire.declarations.fields import (
    Period,
    Texts,
    called,
    checked,
    declared,
    doc,
    on_reading,
    refuse,
)

#: Stands for the two last digits of the period in the name of a variable.
YEAR_MARK = "YY"


@declared
class Span:
    """From which period to which, and which columns then tell the same thing."""

    start: Annotated[Period, called("from")]
    end: Annotated[Period, called("to")]
    numerator: Texts = ()
    denominator: Texts = ()
    variable: str = ""

    @on_reading
    def _is_defined(self) -> None:
        if self.end < self.start:
            raise refuse(f"« {self.end} » est avant « {self.start} »", "to")
        if bool(self.numerator) == bool(self.variable):
            raise refuse("il faut soit numerator, soit variable", "numerator")

    def holds(self, period: str) -> bool:
        """Say whether a period is in the span.

        Examples
        --------
        >>> Span("2013", "2016").holds("2016"), Span("2013", "2016").holds("2012-T4")
        (True, False)
        """
        return self.start <= period[: len(self.start)] and period[: len(self.end)] <= self.end


@declared
class Size:
    """How many a rate published without its counts is about, from another source."""

    source: Annotated[str, doc("Code de la source qui donne les effectifs.")]
    period: Annotated[Period, doc("Période de ces effectifs.")]
    variables: Annotated[
        Texts,
        doc("Variables dont la somme est l’univers du taux."),
        checked(bool, "on attend au moins une variable"),
    ]

"""The columns of one series between two periods, and the size of a rate without counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic.json_schema import SkipJsonSchema

from observatoire.declarations.fields import (
    Period,
    Texts,
    called,
    checked,
    declared,
    doc,
    given,
    on_reading,
    refuse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Stands for the two last digits of the period in the name of a variable.
YEAR_MARK = "YY"

_OF_FAMILY = re.compile(r"([a-z][a-z0-9-]*):(\S+)")


def family_and_name(written: str) -> tuple[str, str]:
    """Split a variable written with the family of files that gives it, empty when there is none.

    Examples
    --------
    >>> family_and_name("base-ic:POP0014"), family_and_name("conv_rmi")
    (('base-ic', 'POP0014'), ('', 'conv_rmi'))
    """
    found = _OF_FAMILY.fullmatch(written)
    return (found[1], found[2]) if found else ("", written)


def dated_names(names: Iterable[str]) -> re.Pattern[str]:
    """Return what recognises some variables, in any year.

    Examples
    --------
    >>> bool(dated_names(["txVac", "PYY_POP"]).fullmatch("P16_POP"))
    True
    """
    patterns = [re.escape(name).replace(YEAR_MARK, "[0-9]{2}") for name in names]
    return re.compile("|".join(patterns) or "(?!)")


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


@declared
class Size:
    """How many a rate published without its counts is about, from another source or family."""

    period: Annotated[Period, doc("Période de ces effectifs.")]
    variables: Annotated[
        Texts,
        doc("Variables dont la somme est l’univers du taux ; « famille:variable » sans source."),
        checked(bool, "on attend au moins une variable"),
    ]
    source: Annotated[str, doc("Code de la source qui donne les effectifs.")] = ""
    #: Sources that give them once it is known what is loaded.
    sources: Annotated[SkipJsonSchema[Texts], called(given("sources"))] = ()

    @on_reading
    def _has_source(self) -> None:
        if not self.source and not all(family_and_name(name)[0] for name in self.variables):
            raise refuse(
                "on ne sait de quelle source : écrivez source, ou « famille:variable »", "variables"
            )

    @property
    def givers(self) -> tuple[str, ...]:
        """Sources that may give the counts, the one declared first."""
        return (self.source, *self.sources) if self.source else self.sources

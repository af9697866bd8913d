"""Series and their breaks, as dated data: what may be compared over time, and what may not."""

from __future__ import annotations

from dataclasses import field
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from observatoire.declarations.fields import (
    Code,
    Count,
    Flag,
    MaybePeriod,
    Named,
    Texts,
    checked,
    declared,
    fault,
    on_reading,
    refuse,
)
from observatoire.declarations.reader import packaged, read
from observatoire.errors import DescriptorError, SeriesError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.indicators.definitions.spans import YEAR_MARK, Span
from observatoire.memo import FileContent
from observatoire.values import PERIOD_FORMS, is_period, period_length

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Indicator


SERIES_FILE = "series.toml"


@declared
class Series:
    """One thing measured through the changes of columns."""

    code: Code
    label: str
    spans: tuple[Span, ...] = ()

    @on_reading
    def _is_in_order(self) -> None:
        if not self.spans:
            raise fault("La série n’a aucune période.", remedy="Ajoutez spans = […].")
        for before, after in pairwise(self.spans):
            if after.start <= before.end:
                begins = f"« {after.start} » commence avant la fin de la précédente ({before.end})"
                raise refuse(begins, "spans")

    @property
    def turns(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """From which periods the columns are others, and patterns of those that then lose their meaning.

        A column may stay under its name: alone up to a period, one of two after it.
        """
        found = []
        for before, after in pairwise(self.spans):
            sides = (
                (before.numerator, after.numerator),
                (before.denominator, after.denominator),
                ((before.variable,), (after.variable,)),
            )
            changed = {name for one, two in sides if set(one) != set(two) for name in one + two}
            patterns = (name.replace(YEAR_MARK, "??") for name in sorted(changed - {""}))
            found.append((after.start, tuple(patterns)))
        return tuple(found)


Patterned = Annotated[
    Texts, checked(lambda names: all(map(str.strip, names)), "un nom vide ne désigne rien")
]


@declared
class Scope:
    """What a rule is about: patterns of sources, of variables, of indicators."""

    sources: Patterned = field(default=(), kw_only=True)
    variables: Patterned = field(default=(), kw_only=True)
    indicators: Patterned = field(default=(), kw_only=True)

    @on_reading
    def _touches_something(self) -> None:
        if not (self.sources or self.variables or self.indicators):
            raise fault(
                "On ne sait pas ce que cette règle touche.",
                remedy='Ajoutez sources = ["…"], variables = ["…"] ou indicators = ["…"].',
            )

    def holds(self, indicator: Indicator, start: str, end: str) -> bool:
        """Say whether the rule is about an indicator between two periods."""
        used = {*indicator.variables(start), *indicator.variables(end)}
        return self._names((*indicator.sources, *indicator.named_families), used, [indicator.code])

    def touches(self, source: str, variable: str, users: Iterable[str]) -> bool:
        """Say whether the rule is about one column, by itself or by an indicator that uses it."""
        return self._names([source], [variable], users)

    def _names(
        self, sources: Iterable[str], variables: Iterable[str], indicators: Iterable[str]
    ) -> bool:
        parts = (self.sources, sources), (self.variables, variables), (self.indicators, indicators)
        return any(fits(*part) for part in parts)


@declared
class Break(Scope):
    """A date from which figures no longer mean the same, and who says so."""

    what: str
    source: str
    at: MaybePeriod = ""
    every: Flag = False

    @on_reading
    def _is_dated(self) -> None:
        if self.every and self.at:
            raise refuse("every = true vaut pour tous les millésimes : pas de date", "at")
        if not self.every and not self.at:
            raise refuse(f"on attend une période ({PERIOD_FORMS})", "at")

    def between(self, start: str, end: str) -> bool:
        """Say whether the break lies between two periods; one without a date always does."""
        return not self.at or _crosses(self.at, start, end)


@declared
class Gap(Scope):
    """How many years two vintages must be apart."""

    years: Annotated[Count, checked(lambda years: years > 0, "un nombre d’années, 1 ou plus")]
    what: str
    source: str


@declared
class SeriesBook:
    """All that is known of series, breaks and vintages that are not compared."""

    series: Named[Series] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def check_indicators(self, codes: Iterable[str]) -> None:
        """Refuse a rule about an indicator that does not exist: it would never forbid anything."""
        known = list(codes)
        rules: list[Break | Gap] = [*self.breaks, *self.gaps]
        for rule in rules:
            for pattern in rule.indicators:
                if not fits((pattern,), known):
                    raise DescriptorError(
                        f"Aucun indicateur « {pattern} » au catalogue.",
                        where=SERIES_FILE,
                        why=f"La règle « {rule.what} » n’interdirait aucune comparaison.",
                        remedy=suggestion(pattern, known),
                    )

    def broken(self, indicator: Indicator, start: str, end: str) -> str:
        """Return the break of series between two periods of an indicator, in words; nothing without."""
        # What forbids every pair of dates explains this one too, and is no break of that year.
        for broken in sorted(self.breaks, key=lambda each: not each.every):
            if broken.between(start, end) and broken.holds(indicator, start, end):
                if broken.every:
                    return f"{broken.what} ({broken.source})."
                return f"Rupture de série en {broken.at} : {_small(broken.what)} ({broken.source})."
        for series in self.series.values():
            at = _turned(series, indicator, start, end)
            if at:
                return (
                    f"Rupture de série en {at} : la série « {series.label} » change alors de "
                    f'colonnes, et cet indicateur non. Écrivez series = "{series.code}".'
                )
        return ""

    def refusal(self, indicator: Indicator, start: str, end: str) -> str:
        """Return why two periods of an indicator are not compared; nothing when they may be.

        A year and a quarter are not: nobody states whether their figures add up over time.
        """
        broken = self.broken(indicator, start, end)
        if broken:
            return broken
        if period_length(start) != period_length(end):
            return f"{start} et {end} n’ont pas la même durée."
        for gap in self.gaps:
            apart = int(end[:4]) - int(start[:4])
            if apart < gap.years and gap.holds(indicator, start, end):
                return f"{gap.what} ({gap.source})."
        return ""

    def check(self, indicator: Indicator, start: str, end: str) -> None:
        """Refuse to compare two periods across a break, or too near to each other.

        Raises
        ------
        SeriesError
            Which names the break and its source.
        """
        why = self.refusal(indicator, start, end)
        if why:
            raise SeriesError(
                f"{start} et {end} ne se comparent pas pour « {indicator.label} ».",
                where=indicator.code,
                why=why,
                remedy="Choisissez deux périodes d’un même côté de la rupture et assez éloignées, "
                "ou un autre indicateur.",
                indicator=indicator.code,
                start=start,
                end=end,
            )


def in_order(start: str, end: str) -> tuple[str, str]:
    """Return two periods, the first before the second.

    Raises
    ------
    UnknownNameError
        When one is not a period, or they are not in that order.
    """
    for period in (start, end):
        if not is_period(period):
            raise UnknownNameError(
                f"« {period} » n’est pas une période.",
                remedy=f"Une période s’écrit {PERIOD_FORMS}.",
                name=period,
            )
    if start >= end:
        raise UnknownNameError(
            f"Le départ ({start}) doit précéder l’arrivée ({end}).",
            remedy="Donnez d’abord la plus ancienne, par exemple 2011 puis 2016.",
            name=start,
        )
    return start, end


def read_series(path: Path | None = None) -> SeriesBook:
    """Read and validate a file of series; that of the library by default.

    Raises
    ------
    DescriptorError
        On an unknown key, spans that overlap or end before they start, a break without a date, a
        rule that is about nothing.
    """
    own = packaged("observatoire.indicators.definitions", SERIES_FILE)
    return _read_series(FileContent.of(own if path is None else path))


@lru_cache(maxsize=16)
def _read_series(file: FileContent) -> SeriesBook:
    # Each opening asks for it: the same bytes are read once.
    return read(file.path, SeriesBook)


def _crosses(at: str, start: str, end: str) -> bool:
    return start[: len(at)] < at <= end[: len(at)]


def _turned(series: Series, indicator: Indicator, start: str, end: str) -> str:
    """Return from when an indicator that does not follow a series keeps a column that means less."""
    if indicator.spans == series.spans:
        return ""
    used = {*indicator.variables(start), *indicator.variables(end)}
    turns = (at for at, names in series.turns if _crosses(at, start, end) and fits(names, used))
    return next(turns, "")


def fits(patterns: Iterable[str], names: Iterable[str]) -> bool:
    """Say whether a name is of one of the patterns, whatever the case: producers change it.

    Examples
    --------
    >>> fits(["DISP_*"], ["disp_q2_a14"]), fits(["DISP_*"], ["tp60_a14"])
    (True, False)
    """
    folded = [pattern.casefold() for pattern in patterns]
    return any(fnmatchcase(name.casefold(), pattern) for name in names for pattern in folded)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]

"""Answer a question put to the warehouse: which indicators, on which zoning, when, next to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words
from observatoire.indicators.comparison.comparators import comparator_place, counterparts
from observatoire.indicators.comparison.gaps import differences
from observatoire.indicators.computation.compute import compute
from observatoire.indicators.computation.figures import lay_out
from observatoire.indicators.computation.table import Asked, Place, Table
from observatoire.indicators.kept_answers import Answer, KeptAnswers
from observatoire.indicators.precision.sampling_bases import sums_behind
from observatoire.indicators.precision.sampling_error import DECLARED, check_choice, with_sampling

if TYPE_CHECKING:
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.workspace.model import Comparator


def answer(  # noqa: PLR0913 - one keyword a part of the question
    context: Context,
    codes: Iterable[str],
    zoning: str,
    *,
    period: str | Mapping[str, Sequence[str]] | None = None,
    compare: Sequence[Comparator] = (),
    beside: Sequence[Comparator] = (),
    territories: Sequence[str] = (),
    precision: str = DECLARED,
    kept: KeptAnswers | None = None,
) -> Table:
    """Compute a table.

    Parameters
    ----------
    codes, zoning, compare, territories, precision
        As :meth:`~observatoire.observatory.tables.Tables.table`; comparators as the gazetteer finds them.
    period : str or mapping, optional
        When, for all, or one or several by indicator; the latest in which each has figures by default.
    beside : sequence of str
        Comparators that are given too, without the differences to them.
    kept : KeptAnswers, optional
        Where the answer is read if it was computed before, and kept if it was not.

    Raises
    ------
    UnknownNameError
        On an unknown indicator, zoning, comparator, territory, or a period nothing was loaded for.
    """
    indicators = [context.catalogue.get(code) for code in dict.fromkeys(codes)]
    if not indicators:
        raise UnknownNameError(
            "Quels indicateurs calculer ?",
            remedy="Nommez-en au moins un ; o.indicators() les liste.",
        )
    context.workspace.zoning(zoning)
    compared, others = list(dict.fromkeys(compare)), list(dict.fromkeys(beside))
    check_choice(precision)
    when = _periods(context, indicators, period)
    by_code = {indicator.code: indicator for indicator in indicators}
    make = partial(
        _compute, context, by_code, zoning, when, compared, others, territories, precision
    )
    asked = (list(by_code), zoning, sorted(when.items()), compared, others, territories, precision)

    def fits(found: Answer) -> bool:
        return found.is_of(by_code, context.workspace.zonings)

    made = make() if kept is None else kept.once(asked, make, fits)
    return Table(
        cells=made.cells,
        indicators=by_code,
        zoning=zoning,
        zoning_label=context.workspace.zoning(zoning).label,
        warnings=context.workspace.warnings,
        comparators=made.foot,
        differences=made.differences,
        caveats={note.label: note.caveats for note in context.sources().values() if note.caveats},
        words=context.words(zoning, made.sources),
    )


def _compute(
    context: Context,
    indicators: Mapping[str, Indicator],
    zoning: str,
    when: Mapping[str, Sequence[str]],
    compared: Sequence[Comparator],
    others: Sequence[Comparator],
    territories: Sequence[str],
    precision: str,
) -> Answer:
    """Compute the cells, on the zoning and next to whom, and the differences."""
    places = [context.place(zoning, territories)]
    for each in dict.fromkeys((*compared, *others)):
        place = _compared(context, each, zoning, places[0])
        places += [place] if place else []
    cells = _cells(context, list(indicators.values()), when, places, precision)
    against = {each.code: counterparts(context, each, zoning) for each in compared}
    return Answer(
        cells,
        differences(cells, against, indicators, zoning, places[0].names),
        context.origins(zoning),
        tuple(dict.fromkeys(place.zoning for place in places[1:] if place.zoning != zoning)),
    )


def _cells(
    context: Context,
    indicators: Sequence[Indicator],
    when: Mapping[str, Sequence[str]],
    places: Sequence[Place],
    precision: str,
) -> pd.DataFrame:
    """Compute the indicators in every place, each cell once."""
    dated = [(i, period) for i in indicators for period in when[i.code]]
    figures = lay_out(read_observations(context, [(i.code, period) for i, period in dated]))
    periods, sources = context.periods(), context.sources()
    asked = [Asked(i.of(period), period, periods[i.code]) for i, period in dated]
    computed = [(place, compute(asked, figures, place, sources)) for place in places]
    cells = with_sampling(computed, asked, figures, sources, context.rules, precision)
    return cells.drop_duplicates(["zoning", "territory", "indicator", "period"], ignore_index=True)


def _compared(context: Context, comparator: Comparator, zoning: str, main: Place) -> Place | None:
    """Return where a comparator is computed, nothing when the table already holds it."""
    place = comparator_place(context, comparator, zoning)
    if place.zoning != zoning:
        return place
    lacking = {code: name for code, name in place.names.items() if code not in main.names}
    return Place(zoning, lacking, place.routes) if lacking and comparator.territories else None


def _periods(
    context: Context,
    indicators: Sequence[Indicator],
    period: str | Mapping[str, Sequence[str]] | None,
) -> Mapping[str, Sequence[str]]:
    known = context.periods()
    if isinstance(period, Mapping):
        return period
    if period is None:
        return {i.code: known[i.code][-1:] or ("",) for i in indicators}
    check_period(known, period)
    return dict.fromkeys([i.code for i in indicators], (period,))


def check_dated(known: Mapping[str, Sequence[str]], indicator: Indicator, period: object) -> None:
    """Check that one indicator has figures in a period, when it has any at all."""
    if period is None:
        return
    check_period(known, str(period))
    dated = known[indicator.code]
    if dated and str(period) not in dated:
        raise UnknownNameError(
            f"« {indicator.label} » n’a aucun chiffre en {period}.",
            where=indicator.code,
            remedy=f"Il en a en {enumerate_words(list(dated))}.",
            name=str(period),
        )


def check_period(known: Mapping[str, Sequence[str]], period: str) -> None:
    """Check that something was loaded for a period."""
    loaded = sorted({each for periods in known.values() for each in periods})
    if period not in loaded:
        raise UnknownNameError(
            f"Aucun chiffre chargé pour la période « {period} ».",
            remedy=_near_periods(period, loaded)
            if period[:4].isdigit()
            else suggestion(period, loaded),
            name=period,
        )


#: Most periods that a message names.
_MOST_NAMED = 5


def _near_periods(period: str, loaded: Sequence[str]) -> str:
    """Name the periods nearest to one that has nothing, and say how many there are.

    Examples
    --------
    >>> _near_periods("2050", ["2015", "2016"])
    'Périodes chargées : 2015 et 2016.'
    >>> _near_periods("2050", [str(year) for year in range(1999, 2026)])
    'Les plus proches : 2021, 2022, 2023, 2024 et 2025 (27 périodes chargées, de 1999 à 2025).'
    """
    if len(loaded) <= _MOST_NAMED:
        return f"Périodes chargées : {enumerate_words(list(loaded)) or 'aucune'}."
    asked = int(period[:4])
    near = sorted(loaded, key=lambda each: abs(int(each[:4]) - asked))[:_MOST_NAMED]
    span = f"{len(loaded)} périodes chargées, de {loaded[0]} à {loaded[-1]}"
    return f"Les plus proches : {enumerate_words(sorted(near))} ({span})."


def read_observations(context: Context, dated: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Read the figures that some indicators rest on, each in its period, and no others."""
    rules = context.rules("").distinct
    wanted = pd.DataFrame(
        sorted(
            {
                (source, variable, period)
                for code, period in dated
                for source in context.catalogue.get(code).sources
                for variable in context.catalogue.get(code).variables(period)
            }
            | {(*context.catalogue.get(code).published, period) for code, period in dated}
            | {
                key
                for code, period in dated
                for rule in rules
                for key in sums_behind(context.catalogue.get(code), period, rule)
            }
        ),
        columns=["source", "variable", "period"],
    )
    with context.warehouse.registered(wanted=wanted):
        return context.warehouse.frame(
            "SELECT source, zoning, territory, variable, period, value, low, high, status, note "
            "FROM current_observation SEMI JOIN wanted USING (source, variable, period) "
            "ORDER BY load, line, variable"
        )

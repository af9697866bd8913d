"""Gather what an evaluation rests on: the figures at each date, objectives, actions, signals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.indicators.comparison.comparators import Counterpart
from observatoire.indicators.comparison.gaps import COMPARED
from observatoire.indicators.computation.table import by_spot
from observatoire.indicators.definitions.series import in_order
from observatoire.indicators.evaluation.actions import Programming, programme, read_actions
from observatoire.indicators.evaluation.gap_changes import EVALUATION_COLUMNS, evaluate_frames
from observatoire.indicators.evaluation.median_bounds import medians
from observatoire.indicators.evaluation.objective import Objective, read_objectives
from observatoire.indicators.evaluation.objectives import Evidence, evaluate_objectives, moments
from observatoire.indicators.evaluation.watch import Watch, signals
from observatoire.indicators.evaluation.windows import no_window, window, within
from observatoire.indicators.query import check_period
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.french.nouns import Noun
    from observatoire.indicators.context import Context
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.asked_tables import AskedTables
    from observatoire.values import Record


#: The small territories whose median stands for a commune that has no figure of its own.
MEDIAN = "médiane"


@dataclass(frozen=True)
class Assessment:
    """What an evaluation found: gaps by territory, objectives, their moments, programming.

    ``dated``: its dates were asked for; without it all that is loaded was looked at.
    """

    start: str
    end: str
    gaps: pd.DataFrame
    objectives: pd.DataFrame
    moments: pd.DataFrame
    programming: Programming
    dated: bool = True

    @property
    def title(self) -> str:
        """What the evaluation is called: the dates asked for, or those of the figures compared."""
        if self.dated:
            return f"Évaluation {self.start}-{self.end}"
        compared = self.gaps[self.gaps["change"].notna()]
        if compared.empty:
            return "Évaluation"
        return f"Évaluation, chiffres de {compared['start'].min()} à {compared['end'].max()}"


@dataclass(frozen=True)
class Places:
    """Where territories lie: the commune of each, by zoning, and the zoning of the communes."""

    communes: Callable[[str], Mapping[str, str]]
    zoning: str


@dataclass(frozen=True, eq=False)
class Inquiry:
    """Asks for protected tables, each figure once.

    ``asked`` are the tables asked for so far; ``places`` where territories lie; ``refuse`` says why
    two dates may not be compared; ``let_out`` keeps the rows of registers that agreements let out.
    """

    context: Context
    asked: AskedTables
    places: Places
    refuse: Callable[[Indicator, str, str], str]
    let_out: Callable[[pd.DataFrame], pd.DataFrame]

    @cached_property
    def periods(self) -> dict[str, tuple[str, ...]]:
        """Periods of each indicator."""
        return self.context.periods()

    @cached_property
    def objectives(self) -> list[Objective]:
        """The objectives loaded."""
        return read_objectives(self.context.warehouse, self.let_out)

    @cached_property
    def actions(self) -> pd.DataFrame:
        """The actions and envelopes loaded."""
        return self.let_out(read_actions(self.context.warehouse))

    @cached_property
    def asks(self) -> dict[str, str]:
        """Whom to ask, by theme."""
        return {code: theme.ask for code, theme in self.context.catalogue.themes.items()}

    @cached_property
    def whole(self) -> Counterpart | None:
        """The one territory that holds all communes, when the workspace compares with it."""
        for one in self.context.workspace.comparators.values():
            names = self.context.names(one.zoning) if one.zoning and one.panel else {}
            if len(names) == 1:
                code, name = next(iter(names.items()))
                return Counterpart(one.zoning, code, name, holds=False)
        return None

    # --- gaps of the main zoning -------------------------------------------------------------

    def gaps(self, start: str, end: str) -> pd.DataFrame:
        """Return the gaps of every territory, indicator by indicator (see ``evaluate_frames``)."""
        pairs: dict[str, tuple[str, str]] = {}
        rest: list[tuple[Indicator, str]] = []
        asked = (start, end) if (start, end) != self.span(None, None) else None
        for indicator in self.context.catalogue:
            if indicator.nature not in COMPARED:
                continue
            periods = within(self.periods[indicator.code], start, end)
            pair, refused = window(indicator, periods, self.refuse)
            if pair is None:
                why = no_window(indicator, periods, asked, self.asks)
                rest.append((indicator, f"{refused} {why}".strip()))
            else:
                pairs[indicator.code] = pair
        parts = [self._between(pairs)] if pairs else []
        parts.append(self._without(rest, start, end))
        return pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)

    def _between(self, pairs: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
        """Compare indicators, each between its own two periods: one table a zoning and date."""
        main = self.context.workspace.main_zoning
        ends = [[(code, pair[k]) for code, pair in pairs.items()] for k in (0, 1)]
        for zoning in filter(None, (main, self.places.zoning, self._small)):
            self.asked.prepare(zoning, chain(*ends))
        first, last = (self._with_medians(dated) for dated in ends)
        indicators = {code: self.context.catalogue.get(code) for code in pairs}
        return evaluate_frames(first, last, self._comparators(main), indicators, main)

    def _with_medians(self, dated: Sequence[tuple[str, str]]) -> pd.DataFrame:
        main, communes = self.context.workspace.main_zoning, self.places.zoning
        parts = [self.asked.cells(main, dated)]
        if communes:
            parts.append(self.asked.cells(communes, dated))
        if self._small:
            small = self.asked.cells(self._small, dated)
            groups = self.places.communes(self._small)
            parts.append(medians(small, groups, MEDIAN, self._median_label))
        return pd.concat([part for part in parts if len(part)], ignore_index=True)

    @cached_property
    def _small(self) -> str:
        """The zoning whose members make the main one, when it has communes."""
        main = self.context.workspace.main_zoning
        found = (p.source for p in self.context.workspace.passages if p.target == main)
        small = next(found, "")
        return small if small and any(self.places.communes(small).values()) else ""

    @property
    def _median(self) -> str:
        noun = self.context.workspace.zoning(self._small).noun
        return f"{noun.singular} {noun.agree('médian')}"

    @property
    def _median_label(self) -> str:
        return f"{self._median} de la commune"

    def _comparators(self, zoning: str) -> dict[str, list[Counterpart]]:
        where = self.places.zoning
        made: dict[str, list[Counterpart]] = {}
        names = self.context.names(where) if where else {}
        for code, commune in self.places.communes(zoning).items():
            made[code] = []
            if commune in names:
                made[code].append(Counterpart(where, commune, names[commune], holds=True))
                if self._small:
                    label = f"{self._median} ({names[commune]})"
                    made[code].append(Counterpart(MEDIAN, commune, label, holds=False))
        return made

    def _without(self, rest: Sequence[tuple[Indicator, str]], start: str, end: str) -> pd.DataFrame:
        """Return the rows of what cannot be compared, each with its reason."""
        names = self.context.names(self.context.workspace.main_zoning)
        blank = dict.fromkeys(EVALUATION_COLUMNS, float("nan")) | {"comparator": "", "source": ""}
        common = {"start": start, "end": end, "verdict": "non jugé", "convergence": "indéterminé"}
        rows = [
            blank | common | {"territory": code, "name": name, "indicator": i.code, "reason": why}
            for i, why in rest
            for code, name in names.items()
        ]
        return pd.DataFrame(rows, columns=list(EVALUATION_COLUMNS))

    # --- objectives --------------------------------------------------------------------------

    @cached_property
    def evidence(self) -> Evidence:
        """What objectives are compared with."""
        return Evidence(
            figure=self.figure,
            periods=self.periods,
            comparator=self._wider,
            indicators=self.context.catalogue.indicators,
            asks=self.asks,
            refuse=self.refuse,
        )

    @cached_property
    def _spots(self) -> dict[tuple[str, str], dict[tuple[str, str, str], Record]]:
        return {}

    def figure(self, zoning: str, territory: str, indicator: str, period: str) -> Record | None:
        """Return one figure; None where nothing is known of that period."""
        if period not in self.periods.get(indicator, ()):
            return None
        key = (zoning, period)
        if key not in self._spots:
            aimed = dict.fromkeys(o.indicator for o in self.objectives if self._concerns(o, zoning))
            codes = [code for code in aimed if period in self.periods.get(code, ())]
            self._spots[key] = by_spot(self.asked.cells(zoning, [(code, period) for code in codes]))
        return self._spots[key].get((zoning, territory, indicator))

    def _concerns(self, objective: Objective, zoning: str) -> bool:
        other = self._wider(objective.zoning, objective.territory)
        return zoning in (objective.zoning, other.zoning if other else "")

    def _wider(self, zoning: str, territory: str) -> Counterpart | None:
        """Return the commune of a territory; of a commune, the department; never itself."""
        communes = self.places.zoning
        if zoning == communes:
            whole = self.whole
            return None if whole and (whole.zoning, whole.code) == (zoning, territory) else whole
        commune = self.places.communes(zoning).get(territory, "")
        names = self.context.names(communes) if communes else {}
        return (
            Counterpart(communes, commune, names[commune], holds=True) if commune in names else None
        )

    # --- programming -------------------------------------------------------------------------

    def programming(self, start: str = "", end: str = "9999") -> Programming:
        """Return what was programmed between two years."""
        rows = self.actions
        main = self.context.workspace.main_zoning
        kept = rows[(rows["year"].str[:4] >= start[:4]) & (rows["year"].str[:4] <= end[:4])]
        holders: dict[str, list[tuple[str, str]]] = {}
        for (source, target), links in self.context.links.items():
            if source == main:
                for one in records(links):
                    holders.setdefault(str(one["source"]), []).append((target, str(one["target"])))
        commune = self.places.zoning
        for code, where in self.places.communes(main).items():
            holders.setdefault(code, []).append((commune, where))
        themes = {code: theme.label for code, theme in self.context.catalogue.themes.items()}
        names = self.context.names(main)
        return programme(kept, names, holders, self._people(), themes, main, self._inhabitants)

    def _people(self) -> dict[str, float]:
        """Return the inhabitants of the territories of the main zoning, where they are known."""
        if not self.periods.get("population"):
            return {}
        main, last = self.context.workspace.main_zoning, self.periods["population"][-1]
        counted = self.asked.cells(main, [("population", last)])
        return {
            str(row["territory"]): float(row["value"])
            for row in records(counted.dropna(subset="value"))
        }

    def _inhabitants(self, zoning: str, territory: str, year: str) -> tuple[float, str]:
        """Return the inhabitants of a perimeter nearest to a year; its commune's for want of its own."""
        if "population" not in self.context.catalogue.indicators:
            return float("nan"), ""
        other = self._wider(zoning, territory)
        places = [(zoning, territory, "")]
        if other and zoning != self.places.zoning:
            places.append((other.zoning, other.code, other.name))
        for where, code, label in places:
            for period in dict.fromkeys((year, *reversed(self.periods["population"]))):
                if not any(period in periods for periods in self.periods.values()):
                    continue
                rows = self.asked.cells(where, [("population", period)])
                row = rows[(rows["territory"] == code) & rows["value"].notna()]
                if len(row):
                    whose = label or str(row["name"].iloc[0])
                    return float(row["value"].iloc[0]), f"{whose}, {period}"
        return float("nan"), ""

    # --- watching ----------------------------------------------------------------------------

    def signals(self, watches: tuple[Watch, ...]) -> pd.DataFrame:
        """Return the thresholds passed, or that may be."""
        main, spans, last = self.context.workspace.main_zoning, {}, {}
        for watch in watches:
            code, periods = watch.indicator, self.periods.get(watch.indicator, ())
            if periods and not watch.moving:
                last[code] = periods[-1]
            pair, _ = window(self.context.catalogue.get(code), periods, self.refuse, newest=True)
            if pair and watch.moving:
                spans[code] = pair
        self.asked.prepare(
            main, [*last.items(), *((c, date) for c, pair in spans.items() for date in pair)]
        )
        levels = {code: self.asked.cells(main, [(code, date)]) for code, date in last.items()}
        moves = {
            code: (
                self.asked.cells(main, [(code, pair[0])]),
                self.asked.cells(main, [(code, pair[1])]),
            )
            for code, pair in spans.items()
        }
        return signals(watches, levels, moves, main)

    def span(self, start: int | str | None, end: int | str | None) -> tuple[str, str]:
        """Return the two dates of an evaluation: those asked, or all that is loaded.

        Raises
        ------
        UnknownNameError
            On a date for which nothing is loaded, or dates in the wrong order.
        """
        known = sorted({each for periods in self.periods.values() for each in periods})
        last = str(end or (known[-1] if known else dt.datetime.now(dt.UTC).year))
        first = str(start or (known[0] if len(known) > 1 else int(last[:4]) - 1))
        first, last = in_order(first, last)
        for date in (start, end):
            if date is not None:
                check_period(self.periods, str(date))
        return first, last

    def aims(self, end: str = "") -> pd.DataFrame:
        """Return the objectives with what is known of each, up to a date."""
        last = end or self.span(None, None)[1]
        if last not in self._aims:
            for zoning, dated in self._foreseen(last).items():
                self.asked.prepare(zoning, dated)
            self._aims[last] = evaluate_objectives(self.objectives, self.evidence, last)
        return self._aims[last].copy()

    def _foreseen(self, end: str) -> dict[str, list[tuple[str, str]]]:
        """Return the figures that objectives will be compared with, most often: by zoning."""
        wanted: dict[str, list[tuple[str, str]]] = {}
        for objective in self.objectives:
            code, other = objective.indicator, self._wider(objective.zoning, objective.territory)
            known = self.periods.get(code, ())
            last = (within(known, objective.start, each)[-1:] for each in (end, objective.due[:4]))
            dates = {date for date in (objective.start, *chain(*last)) if date in known}
            for zoning in (objective.zoning, *([other.zoning] if other else ())):
                wanted.setdefault(zoning, []).extend((code, date) for date in sorted(dates))
        return wanted

    @cached_property
    def _aims(self) -> dict[str, pd.DataFrame]:
        return {}

    def assess(
        self, start: int | str | None = None, end: int | str | None = None, *, dated: bool = True
    ) -> Assessment:
        """Evaluate between two dates; without ``dated``, leave out each objective's figures at every date."""
        first, last = self.span(start, end)
        return Assessment(
            first,
            last,
            self.gaps(first, last),
            self.aims(last),
            moments(self.objectives if dated else [], self.evidence, last),
            self.programming("", last),
            dated=start is not None or end is not None,
        )


def fallback_phrase(parts: Noun | None) -> str:
    """Say what stands for a commune that has no figure."""
    if parts is None:
        return ""
    hidden = f"{parts.many} {parts.agree('masqué', several=True)}"
    median = parts.agree("médian")
    return (
        f" ou, faute de chiffre communal, à {parts.the} {median} de la commune, dont les {hidden} "
        "laissent un intervalle"
    )

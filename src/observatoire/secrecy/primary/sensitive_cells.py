"""Primary secrecy: which cells the rules hide on their own account, and by which rule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.indicators.definitions.spans import YEAR_MARK
from observatoire.secrecy.primary.known_figures import Base
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from observatoire.declarations.secrecy_rules import Rule
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.primary.known_figures import KnownFigures
    from observatoire.values import Record


#: What hid a cell.
PRODUCER = "masqué par le producteur"
PRIMARY = "sous le seuil de la source"
CONDITION = "sous une condition de diffusion de la source"
COMPLEMENTARY = "pour qu’un autre ne se retrouve pas par calcul"

#: What is said of both: their numbers apart would tell which of a few cells are under it.
OURS = f"{PRIMARY}, ou {COMPLEMENTARY}"
CAUSES = {PRODUCER: PRODUCER, PRIMARY: OURS, COMPLEMENTARY: OURS, CONDITION: CONDITION}

_WHOLE = 100.0


def under_threshold(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Say which cells give a count above zero and under their threshold."""
    counted = _of_each(cells, {code: i.nature is Nature.COUNT for code, i in indicators.items()})
    threshold = cells["threshold"].to_numpy(dtype=float)
    small = _below(cells["count"], threshold)
    # An interval of sampling is no bound of the count: only what the passage gives may show it.
    for number, or_else in (("value", ""), ("passage_low", "low"), ("passage_high", "high")):
        column = number if number in cells else or_else
        small |= counted & _below(cells[column], threshold)
    return pd.Series(small, index=cells.index)


def _below(numbers: pd.Series, threshold: NDArray[np.float64]) -> NDArray[np.bool_]:
    counts = numbers.to_numpy(dtype=float)
    return (counts > 0) & (counts < threshold)


def _of_each(cells: pd.DataFrame, indicators: Mapping[str, bool]) -> NDArray[np.bool_]:
    """Return what is said of the indicator of each cell."""
    codes = cells["indicator"].to_numpy(dtype=object).tolist()
    return np.array([indicators[code] for code in codes], dtype=bool)


def shows_zero(cells: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.Series:
    """Say which cells show that a count is nothing: zero itself, a rate of nothing or of all."""
    share = _of_each(cells, {code: i.unit == "%" for code, i in indicators.items()})
    counted = _of_each(cells, {code: bool(i.numerator) for code, i in indicators.items()})
    value, low, high = (cells[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    nothing = (value == 0) | (high == 0) | (share & ((value == _WHOLE) | (low == _WHOLE)))
    nothing |= (cells["status"] == str(Status.NOT_APPLICABLE)).to_numpy(dtype=bool)
    return pd.Series(counted & nothing, index=cells.index)


def out_of_run(cells: pd.DataFrame, runs: Mapping[str, int]) -> pd.Series:
    """Say which counts are not in a run of periods that all reach their threshold.

    Parameters
    ----------
    cells : DataFrame
        Cells of every period.
    runs : mapping
        How many periods in a row each indicator asks for.
    """
    hidden = pd.Series(data=False, index=cells.index)
    if not any(asked > 1 for asked in runs.values()):
        return hidden
    concerned = cells[cells["indicator"].map(runs).fillna(1) > 1]
    for _, group in concerned.groupby(["zoning", "territory", "indicator"], sort=False):
        ordered = group.sort_values("period")
        asked = runs[str(ordered["indicator"].iloc[0])]
        enough = (ordered["value"] >= ordered["threshold"]).tolist()
        kept = in_run(enough, asked)
        counted = ordered["value"].notna()
        hidden[ordered.index] = ~np.array(kept, dtype=bool) & counted.to_numpy()
    return hidden


def in_run(enough: Sequence[bool], asked: int) -> list[bool]:
    """Say which places are in a run of at least so many.

    Examples
    --------
    >>> in_run([True, True, False, True, True, True], 3)
    [False, False, False, True, True, True]
    """
    kept = [False] * len(enough)
    start = 0
    for place in range(len(enough) + 1):
        if place < len(enough) and enough[place]:
            continue
        if place - start >= asked:
            kept[start:place] = [True] * (place - start)
        start = place + 1
    return kept


def conditioned(
    indicator: Indicator, rules: Mapping[str, Rule], period: str
) -> list[tuple[str, str, float]]:
    """Return what an indicator's figures wait for: source, variable counted, how many."""
    names = set(indicator.variables(period))
    found = []
    for source in indicator.sources:
        for condition in rules[source].conditions if source in rules else ():
            if names & {name.replace(YEAR_MARK, period[2:4]) for name in condition.variables}:
                where, _, variable = condition.basis.rpartition("/")
                found.append((where or source, variable, condition.at_least))
    return found


def under_condition(
    known: KnownFigures,
    conditions: Sequence[tuple[str, str, float]],
    zoning: str,
    territories: Sequence[str],
    period: str,
) -> bool:
    """Say whether some territory that a figure comes from has too few people, or nobody knows."""
    for source, variable, at_least in conditions:
        for code in territories:
            people = known.value(Base(source, variable, zoning, code, period))
            if math.isnan(people) or people < at_least:
                return True
    return False


def dominated(
    known: KnownFigures, indicator: Indicator, zoning: str, territories: Sequence[str], period: str
) -> bool:
    """Say whether one unit weighs too much of an amount, or units are too few."""
    for source in indicator.sources:
        rule = known.rules.get(source)
        if rule is None or rule.dominance is None:
            continue
        for variable in indicator.variables(period):
            if variable not in rule.dominance.largest or not territories:
                continue
            bases = [Base(source, variable, zoning, code, period) for code in territories]
            if dominant(known, rule, bases) > 0:
                return True
    return False


def dominant(known: KnownFigures, rule: Rule, bases: Sequence[Base]) -> float:
    """Return what an amount should reach for its largest unit not to dominate; 0 if it does.

    What is not given counts against: without the largest unit, the whole is taken for one.
    """
    dominance = rule.dominance
    if dominance is None:
        return 0.0
    share = dominance.share / 100.0
    amount = math.fsum(known.value(base) for base in bases)
    by = dominance.largest[bases[0].variable]
    largest = max(
        (known.value(base._replace(variable=by)) for base in bases),
        key=lambda amount_of: math.inf if math.isnan(amount_of) else amount_of,
    )
    units = math.inf
    if dominance.units:
        units = math.fsum(known.value(b._replace(variable=dominance.units)) for b in bases)
    few = not units >= dominance.at_least
    if math.isnan(largest) or few:
        largest = amount
    return largest / share if few or largest > share * amount else 0.0


def primary_causes(
    cells: pd.DataFrame, indicators: Mapping[str, Indicator], rules: Mapping[str, Rule]
) -> pd.Series:
    """Return why each cell is hidden by itself, empty when it is not.

    Conditions and dominance, which ask for other figures, are judged elsewhere.
    """
    causes = pd.Series("", index=cells.index, dtype=object)
    rules_of = {
        code: [rules[source] for source in indicator.sources if source in rules]
        for code, indicator in indicators.items()
    }
    runs = {code: max([1, *(r.successive for r in found)]) for code, found in rules_of.items()}
    hidden = under_threshold(cells, indicators)
    guarded = {code: any(r.zero for r in found) for code, found in rules_of.items()}
    if any(guarded.values()):
        hidden |= _of_each(cells, guarded) & shows_zero(cells, indicators)
    hidden |= out_of_run(cells, runs)
    causes[hidden] = PRIMARY
    causes[cells["status"] == str(Status.SECRET)] = PRODUCER
    return causes


def public_causes(causes: Iterable[str]) -> dict[str, int]:
    """Count hidden cells by what may be said of their cause.

    Examples
    --------
    >>> list(public_causes([PRIMARY, "", COMPLEMENTARY]).values())
    [0, 2]
    """
    counts = dict.fromkeys((PRODUCER, OURS), 0)
    for cause in filter(None, causes):
        counts[CAUSES[cause]] = counts.get(CAUSES[cause], 0) + 1
    return counts


def printed(numbers: Sequence[float], decimals: int) -> tuple[float, ...]:
    """Round a value, its least and its greatest to the digit that pages print.

    More digits would give the two counts of a rate away; bounds are rounded outwards.

    Examples
    --------
    >>> printed((1600 / 29, 1600 / 29, 1600 / 29), 1), printed((math.nan, 1.26, 1.84), 1)
    ((55.2, 55.2, 55.2), (nan, 1.2, 1.9))
    """
    value, low, high = numbers
    if value == low == high:
        return (round(value, decimals),) * 3
    unit = 10.0**decimals
    ends = ((low, math.floor, 1e-6), (high, math.ceil, -1e-6))
    return (
        round(value, decimals),
        *(
            x if math.isnan(x) or math.isinf(x) else side(x * unit + e) / unit
            for x, side, e in ends
        ),
    )


def keys_of(cells: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return where the cells of a table stand: zoning, territory, indicator, period."""
    columns = (cells[name].astype("str").to_numpy(dtype=object).tolist() for name in _PLACE)
    return list(zip(*columns, strict=True))


_PLACE = ("zoning", "territory", "indicator", "period")


def key_of(row: Record) -> tuple[str, str, str, str]:
    """Return where a cell stands: zoning, territory, indicator, period."""
    return (
        str(row["zoning"]),
        str(row["territory"]),
        str(row["indicator"]),
        str(row["period"]),
    )

"""Give each figure what its source's sampling leaves open, and the producer's cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors.arguments import check_known
from observatoire.indicators.computation.compute import table_of
from observatoire.indicators.computation.table import DIRECT, Asked, Place, asked_key, modelled
from observatoire.indicators.precision.differences import LIKELY, SURE
from observatoire.indicators.precision.intervals import (
    among,
    byar,
    effective_share,
    poisson_exact,
    wilson,
)
from observatoire.indicators.precision.sampling_bases import (
    IntervalPlan,
    Rules,
    counted,
    largest_of,
    least_of,
    most_of,
    plan_of,
)
from observatoire.indicators.precision.source_noise import NOISES, is_published, noises_in
from observatoire.values import Nature, Record, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from observatoire.indicators.computation.explanations import SourceNote
    from observatoire.indicators.computation.figures import Figures
    from observatoire.indicators.definitions.catalogue import Indicator

    Array = NDArray[np.float64]


#: Whose intervals to make: those declared, those of exhaustive sources too, or none.
DECLARED, ALL, NO = "declared", "all", "none"
CHOICES = (DECLARED, ALL, NO)

#: What the producer asks to say of a figure.
CAREFUL, TOO_SMALL = "à utiliser avec précaution", "à ne pas commenter"

#: Precision of a rate of which nobody says how many it is about, where an interval is asked.
UNSIZED = "unsized"

#: Precision of a rate whose interval would tell a guarded count.
WITHHELD = "withheld"

#: Kinds of precision of which no interval is made, unless it is asked for.
_WITHOUT_INTERVAL = ("exhaustive", "reference", "unknown")

_SHOWN = (str(Status.OBSERVED), str(Status.AGGREGATED), str(Status.ESTIMATED))
_WITH_INTERVAL = (*_SHOWN, str(Status.BOUNDED))
_CONTEXT = str(Status.CONTEXT)

#: Below this count, Byar's interval gives way to the exact one (Fingertips' rule).
_FEW = 10


def check_choice(choice: str) -> None:
    """Refuse a choice of intervals that is none."""
    check_known(choice, CHOICES, f"On ne sait pas donner la précision « {choice} ».")


def with_sampling(
    computed: Sequence[tuple[Place, list[Record]]],
    asked: Sequence[Asked],
    figures: Mapping[str, Figures],
    sources: Mapping[str, SourceNote],
    rules_of: Callable[[str], Rules],
    choice: str = DECLARED,
) -> pd.DataFrame:
    """Return the cells of some places with their sampling intervals and cautions.

    Parameters
    ----------
    computed : sequence of (Place, list of Record)
        What :func:`~observatoire.indicators.computation.compute.compute` gave of each place: ``low``
        and ``high`` are the passage's bounds.
    rules_of : callable
        How sure each source is, of a zoning.
    choice : {"declared", "all", "none"}
        Intervals of sampled sources, of exhaustive ones too, or of none.

    Returns
    -------
    DataFrame
        ``low`` and ``high`` are then all that is left open, passage and sampling;
        ``passage_low`` and ``passage_high`` the passage alone; ``sampling_low`` and
        ``sampling_high`` the sampling alone, around the value; ``wide_low`` and ``wide_high`` all
        both at 99.8 %; ``precision`` how it was made, ``flag`` the producer's caution, ``base``
        the denominator.
    """
    laid = [
        one
        for place, cells in computed
        for one in _laid_in(place, cells, asked, figures, sources, rules_of(place.zoning))
    ]
    frame = table_of([cell for _, cells in computed for cell in cells])
    frame = frame.assign(passage_low=frame["low"], passage_high=frame["high"])
    names = [*_LAID, *NOISES]
    columns = map(list, zip(*laid, strict=True)) if laid else [[] for _ in names]
    behind_cells = pd.DataFrame(dict(zip(names, columns, strict=True)), index=frame.index)
    frame["base"] = behind_cells["base"].astype(np.float64)
    frame["flag"], frame["precision"] = (
        behind_cells[name].astype(str) for name in ("flag", "kind")
    )
    for column in NOISES:
        frame[column] = behind_cells[column].astype(np.float64)
    return _bounded(frame, behind_cells, {one.key: one.indicator for one in asked}, choice)


def _laid_in(
    place: Place,
    cells: Sequence[Record],
    asked: Sequence[Asked],
    figures: Mapping[str, Figures],
    sources: Mapping[str, SourceNote],
    rules: Rules,
) -> Iterator[tuple[float | str, ...]]:
    """Yield what :data:`_LAID` and :data:`NOISES` name, of each cell of a place."""
    questions = {question.key: question for question in asked}
    givers = {DIRECT: place.zoning} | {str(n): way.source for n, way in enumerate(place.routes)}
    # Several sources may give the same thing, each on its zoning and with a rule of its own.
    among = {origin: {z: figures[z]} for origin, z in givers.items() if z in figures}
    kinds = [(asked_key(cell["indicator"], cell["period"]), cell["origin"]) for cell in cells]
    plans = {
        (key, origin): plan_of(questions[key], among.get(origin, figures), rules)
        for key, origin in dict.fromkeys(kinds)
    }
    behind = counted(list(plans.values()), figures, place, sources)
    alike = {kind for kind, plan in plans.items() if _is_alike(plan, sources)}
    laid: dict[tuple[str, str], tuple[float | str, ...]] = {}
    for kind, cell in zip(kinds, cells, strict=True):
        if kind not in alike or kind not in laid:
            base = behind.get((plans[kind].base, str(cell["territory"])))
            noises = noises_in(cell, plans[kind], sources, base)
            laid[kind] = (*_laid(cell, plans[kind], behind, sources, rules), *noises)
        yield laid[kind]


def _is_alike(plan: IntervalPlan, sources: Mapping[str, SourceNote]) -> bool:
    """Say whether all the figures of an indicator are laid alike, in a place and from an origin.

    Nothing stands behind them that changes with the territory, and they are neither drawn, rounded nor
    published apart.
    """
    indicator = plan.asked.indicator
    drawn = "census" in (plan.rule.method, indicator.precision)
    return not (plan.counts or drawn or plan.rule.rounding or indicator.published[0] in sources)


#: Of a cell: its denominator, what its interval is made among, what one is worth, how its whole
#: varies (NaN without one), its method, its caution.
_LAID = ("base", "size", "share", "spread", "kind", "flag")


def _laid(
    row: Record,
    plan: IntervalPlan,
    behind: Mapping[tuple[str, str], Record],
    sources: Mapping[str, SourceNote],
    rules: Rules,
) -> tuple[float, float, float, float, str, str]:
    """Return what :data:`_LAID` names."""
    indicator, code = plan.asked.indicator, str(row["territory"])
    if is_published(row, indicator, sources):
        return np.nan, np.nan, 1.0, np.nan, rules.of(indicator.published[0]).method, ""
    base = behind.get((plan.base, code))
    usual: dict[str, str] = {"none": "exhaustive", "": plan.rule.method}
    kind = usual.get(indicator.precision, indicator.precision)
    share, spread, flag = 1.0, np.nan, ""
    sized = indicator.size.givers if indicator.size else ()
    if any(_is_guarded(sources.get(giver)) for giver in sized):
        # With the rate, the width of its interval tells this count, which its own source guards.
        base, kind = None, kind if kind in _WITHOUT_INTERVAL else WITHHELD
    size = most_of(base) if row["status"] == _CONTEXT else least_of(base)
    if kind == "census":
        commune = rules.communes.get(code, "")
        people = most_of(behind.get((plan.inhabitants, code)))
        fraction = plan.rule.fraction_of(
            commune,
            complementary=plan.complementary,
            people=people if _is_whole_commune(row, commune) else np.nan,
        )
        share = effective_share(fraction, plan.effect)
        flag = _flag(row, plan, most_of(base), people)
        whole = largest_of(behind.get((plan.whole, code)))
        # The width of a guarded count's interval would tell its whole.
        if whole > 0 and not _is_guarded(sources.get(plan.source)):
            # A larger whole widens the interval: what the passage leaves open is taken at its most.
            size, spread = whole, plan.dispersion
        if not np.isfinite(share):
            share, kind = 1.0, "exhaustive"
    return float(base["value"]) if base else np.nan, size, share, spread, kind, flag


def _is_guarded(note: SourceNote | None) -> bool:
    """Say whether a source hides anything."""
    return bool(note and note.rule.guarded)


def _is_whole_commune(row: Record, commune: str) -> bool:
    """Say whether a figure is of a commune itself, or of the one IRIS of a commune that has no others."""
    own = row["status"] != _CONTEXT
    return bool(commune) and own and row["territory"] in (commune, f"{commune}0000")


def _flag(row: Record, plan: IntervalPlan, base: float, people: float) -> str:
    if row["status"] not in (*_WITH_INTERVAL, _CONTEXT):
        return ""
    # Inhabitants that nobody tells may be few: what may not be commented is not.
    enough = people >= plan.rule.complementary_below
    if plan.complementary and plan.rule.complementary_below and not enough:
        return TOO_SMALL
    count = most_of(row) if plan.asked.indicator.nature is Nature.COUNT else base
    return CAREFUL if count < plan.rule.careful_below else ""


def _bounded(
    frame: pd.DataFrame, behind: pd.DataFrame, indicators: Mapping[str, Indicator], choice: str
) -> pd.DataFrame:
    """Fill the intervals of every cell that may have one."""
    kind = frame["precision"]
    wanted = frame["status"].isin([*_WITH_INTERVAL, _CONTEXT]) & kind.isin(_ASKED[choice])
    filled = {column: np.full(len(frame), np.nan) for column in _FILLED}
    keys = zip(frame["indicator"].tolist(), frame["period"].tolist(), strict=True)
    indicator = [indicators[asked_key(*key)] for key in keys]  # as it is in its period
    models = np.array([_model(*each) for each in zip(indicator, kind.tolist(), strict=True)])
    factor = np.array([each.factor for each in indicator], dtype=float)
    share = behind["share"].to_numpy(dtype=float)
    size = behind["size"].to_numpy(dtype=float) * share
    spread = behind["spread"].to_numpy(dtype=float)
    for model in ("proportion", "ratio", "count", "exact count", "exact ratio"):
        chosen = wanted.to_numpy(dtype=bool) & (models == model)
        if chosen.any():
            scale = factor / share if "count" in model else factor
            if model == "proportion":  # a rate may be published in %: nothing then multiplies it
                scale = np.full_like(factor, 100.0)
            _fill(filled, frame, chosen, model, scale[chosen], (size[chosen], spread[chosen]))
    enclosing = (frame["status"] == _CONTEXT).to_numpy(dtype=bool)
    for bound in _SIDES:
        # What a figure of the enclosing territory leaves open is not said of this one.
        whole = filled.pop(f"all_{bound}")
        frame[bound] = np.where(np.isnan(whole) | enclosing, frame[bound], whole)
    reference = (kind == "reference").to_numpy(dtype=bool)
    foretold = modelled(frame).to_numpy(dtype=bool)
    for ends in filled.values():
        ends[reference] = frame["value"].to_numpy()[reference]
    certain = ~np.isnan(filled["wide_low"]) | kind.isin(["exhaustive", "reference", WITHHELD])
    frame["precision"] = kind.where(certain, "unknown")
    # What a model leaves open is its own: sampling only widens the bounds that hold without it.
    for ends in filled.values():
        ends[foretold] = np.nan
    # An interval was asked of a rate, and nobody says how many it is about.
    unsized = (
        wanted & np.isin(models, ("proportion", "ratio", "exact ratio")) & behind["size"].isna()
    )
    frame.loc[unsized, "precision"] = UNSIZED
    return frame.assign(**filled)


_SIDES = ("low", "high")

#: Methods whose interval each choice makes.
_ASKED = {
    DECLARED: ["census", "wilson", "byar", "exact"],
    ALL: ["census", "wilson", "byar", "exact", "exhaustive"],
    NO: [],
}

_FILLED = ("sampling_low", "sampling_high", "all_low", "all_high", "wide_low", "wide_high")


def _model(indicator: Indicator, kind: str) -> str:
    """Return how the figures of an indicator vary; nothing for what no interval is known of."""
    exact = "exact " if kind == "exact" else ""
    if indicator.nature is Nature.COUNT:
        return f"{exact}count"
    if indicator.nature is not Nature.RATE:
        return ""
    share = indicator.unit == "%" and kind not in ("byar", "exact")
    return "proportion" if share else f"{exact}ratio"


def _fill(
    filled: Mapping[str, Array],
    frame: pd.DataFrame,
    chosen: NDArray[np.bool_],
    model: str,
    scale: Array,
    among_what: tuple[Array, Array],
) -> None:
    """Write the intervals of the chosen cells, around their value and around their bounds."""
    value = frame["value"].to_numpy(dtype=float)[chosen] / scale
    # An estimate without an upper bound (its sources do not cover the whole) has none here either.
    estimated = (frame["status"] == str(Status.ESTIMATED)).to_numpy(dtype=bool)[chosen]
    bounds = (frame[f"passage_{side}"].to_numpy(dtype=float)[chosen] / scale for side in _SIDES)
    least, most = (np.where(np.isnan(each) & ~estimated, value, each) for each in bounds)
    for confidence, (below, above) in (
        (LIKELY, ("sampling_low", "sampling_high")),
        (LIKELY, ("all_low", "all_high")),
        (SURE, ("wide_low", "wide_high")),
    ):
        around = below == "sampling_low"
        low, _ = _interval(model, value if around else least, among_what, confidence)
        _, high = _interval(model, value if around else most, among_what, confidence)
        filled[below][chosen] = low * scale
        filled[above][chosen] = high * scale


def _interval(
    model: str, point: Array, among_what: tuple[Array, Array], confidence: float
) -> tuple[Array, Array]:
    """Return the interval of points: proportions or ratios of a size, or counts.

    ``among_what`` is that size; for a count, its whole and how it varies, where they are known.
    """
    size, spread = among_what
    known = ~np.isnan(point) & (np.ones_like(point, dtype=bool) if "count" in model else size > 0)
    low, high = np.full_like(point, np.nan), np.full_like(point, np.nan)
    if not known.any():
        return low, high
    p, n = np.maximum(point[known], 0.0), size[known]
    if model == "proportion":
        low[known], high[known] = wilson(np.minimum(p, 1.0) * n, n, confidence)
        return low, high
    counts = p if "count" in model else p * n
    below, above = byar(counts, confidence)
    exact_below, exact_above = poisson_exact(counts, confidence)
    few = (counts < _FEW) | ("exact" in model)
    below, above = np.where(few, exact_below, below), np.where(few, exact_above, above)
    if model == "count":
        within_low, within_high = among(counts, np.maximum(n, counts), spread[known], confidence)
        bounded = np.isfinite(within_high)
        below = np.where(bounded, within_low, below)
        above = np.where(bounded, within_high, above)
    by = 1.0 if "count" in model else n
    low[known], high[known] = below / by, above / by
    return low, high

"""Every variable by the rule of its nature: counts and amounts add up, rates do not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from observatoire.passage.transfer.counts import carry_counts
from observatoire.passage.transfer.inputs import Given, check_given
from observatoire.passage.transfer.metadata import About, kinds_counted
from observatoire.passage.transfer.outcome import Outcome
from observatoire.passage.transfer.rates import carry_rates
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.passage.links import Links

    Numbers = pd.DataFrame | pd.Series[Any]


def carry_frame(
    links: Links,
    frame: Numbers,
    nature: str | Mapping[str, str] = Nature.COUNT,
    *,
    low: Numbers | None = None,
    high: Numbers | None = None,
    about: About | None = None,
    min_coverage: float = 0.95,
) -> tuple[Given, Outcome]:
    """Check a frame and carry it; what was given, and what comes out, not yet laid out as a table."""
    given = check_given(links, frame, nature, low=low, high=high)
    given = replace(given, kinds=kinds_counted(given.variables, about, frame.attrs))
    additive = [k for k, nature in enumerate(given.natures) if nature.additive]
    others = [k for k, nature in enumerate(given.natures) if not nature.additive]
    if not others:
        return given, carry_counts(links, given)
    outcome = Outcome.blank(len(links.targets), len(given.variables))
    if additive:
        outcome.fill(additive, carry_counts(links, given.columns(additive)))
    outcome.fill(others, carry_rates(links, given.columns(others), min_coverage=min_coverage))
    return given, outcome

"""Every variable by the rule of its nature: counts and amounts add up, rates do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.passage.transfer.counts import carry_counts
from observatoire.passage.transfer.outcome import Outcome
from observatoire.passage.transfer.rates import carry_rates

if TYPE_CHECKING:
    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given


def carry(links: Links, given: Given, *, min_coverage: float) -> Outcome:
    """Carry variables to every target."""
    additive = [k for k, nature in enumerate(given.natures) if nature.additive]
    others = [k for k, nature in enumerate(given.natures) if not nature.additive]
    if not others:
        return carry_counts(links, given)
    outcome = Outcome.blank(len(links.targets), len(given.variables))
    if additive:
        outcome.fill(additive, carry_counts(links, given.columns(additive)))
    outcome.fill(others, carry_rates(links, given.columns(others), min_coverage=min_coverage))
    return outcome

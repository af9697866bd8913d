"""Counts and amounts: value, bounds without assumption, status, and why a value is lacking.

Most variables are plain: counts of which no source is hidden. What may be said of a target is
then the same for all of them, and one sparse product gives the value and both bounds. The
others, hidden here and there, bounded by their producer or balances, are gone through with care.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from observatoire.passage.arrays import Flags, Floats, Positions, in_blocks
from observatoire.passage.codes import named
from observatoire.passage.counted import UNDECLARED, label_of, refusal
from observatoire.passage.transfer.outcome import Outcome, partly_covered
from observatoire.values import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.links import Links
    from observatoire.passage.transfer.inputs import Given

_REST = "ce que le reste compte est inconnu"
_UNEXPLAINED = (Outcome.code(Status.MISSING), Outcome.code(Status.BOUNDED))


def carry_counts(links: Links, given: Given) -> Outcome:
    """Carry counts and amounts to every target."""
    return _qualified(links, given, _carry(links, given))


def _carry(links: Links, given: Given) -> Outcome:
    plain = np.flatnonzero(given.plain)
    if len(plain) == len(given.variables):
        return _carry_plain(links, given)
    outcome = Outcome.blank(len(links.targets), len(given.variables))
    if len(plain):
        outcome.fill(list(plain), _carry_plain(links, given.columns(list(plain))))
    others = np.flatnonzero(~given.plain).tolist()
    kept, part = given.columns(others), Outcome.blank(len(links.targets), len(others))
    rows = len(links.sources)
    in_blocks(len(others), rows, lambda block: _carry_carefully(links, kept, part, block))
    outcome.fill(others, part)
    return outcome


def _carry_plain(links: Links, given: Given) -> Outcome:
    """Carry variables that are known everywhere: only the numbers differ from one to another."""
    shape = len(links.targets), len(given.variables)
    unsure, unlinked = links.any_by_target(links.part), ~links.linked
    sure, more, most = np.split(links.all_products(given.numbers), 3)
    value, high = np.asfortranarray(sure + more), np.asfortranarray(sure + most)
    value[unsure | unlinked] = np.nan
    sure[unlinked] = high[unlinked | links.uncovered] = np.nan
    reason = np.zeros(shape[0], dtype=object)
    reason[:] = ""
    for target in np.flatnonzero(unsure | unlinked | links.uncovered):
        into = links.into(int(target))
        reason[target] = _reason(links, given, into, np.zeros(len(into), bool))
    return Outcome(
        value=value,
        low=sure,
        high=high,
        status=np.broadcast_to(_plain_statuses(links)[:, None], shape),
        coverage=np.broadcast_to(links.coverage[:, None], shape),
        reason=np.broadcast_to(reason[:, None], shape),
    )


def _plain_statuses(links: Links) -> NDArray[np.int8]:
    """Status of each target when every source is known."""
    unsure = links.any_by_target(links.part)
    return np.select(
        [
            ~links.linked | (links.uncovered & unsure),
            unsure,
            links.uncovered | links.any_by_target(links.split),
        ],
        [Outcome.code(s) for s in (Status.MISSING, Status.BOUNDED, Status.ESTIMATED)],
        Outcome.code(Status.AGGREGATED),
    ).astype(np.int8)


def _carry_carefully(links: Links, given: Given, outcome: Outcome, chosen: slice) -> None:
    values = np.ascontiguousarray(given.numbers[:, chosen])
    known = ~np.isnan(values)
    low, high = _source_bounds(given, values, known, chosen)
    outcome.value[:, chosen] = links.estimate @ np.where(known, values, 0.0)
    outcome.low[:, chosen], outcome.high[:, chosen] = _bounded_product(links, low, high)
    _statuses(links, given, outcome, chosen, known)


def _source_bounds(
    given: Given, values: Floats, known: Flags, chosen: slice
) -> tuple[Floats, Floats]:
    """Bounds of the sources themselves: a known one is its own value, a hidden count has a floor."""
    # A count that is hidden is at least nothing; a balance has no floor.
    floor = np.where((values < 0).any(axis=0), -np.inf, 0.0)
    bounds = []
    for least, stated in ((floor, given.low), (np.inf, given.high)):
        own = np.where(known, values, least)
        if stated is not None:
            own = np.where(np.isnan(stated[:, chosen]), own, stated[:, chosen])
        bounds.append(own)
    return bounds[0], bounds[1]


def _bounded_product(links: Links, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Bounds of the targets; infinite where a source has none, or where a balance is split."""
    least, most = links.least, links.most
    below = least @ np.where(np.isfinite(low) & (low > 0), low, 0.0)
    # A negative part weighs the more, the larger the share that is taken.
    below += most @ np.where(np.isfinite(low) & (low < 0), low, 0.0)
    above = most @ np.where(np.isfinite(high) & (high > 0), high, 0.0)
    above += least @ np.where(np.isfinite(high) & (high < 0), high, 0.0)
    # Part of a balance is not between nothing and the balance: it may compensate itself.
    balance = (low < 0).any(axis=0) & ~np.isnan(low).all(axis=0)
    split_balance = links.any_by_target((links.low < links.high) | links.part)[:, None] & balance
    below[(links.pattern @ np.isneginf(low).astype(float) > 0) | split_balance] = -np.inf
    above[(links.pattern @ np.isposinf(high).astype(float) > 0) | split_balance] = np.inf
    # What is counted where there is no source may be any number, below zero for a balance.
    above[links.uncovered] = np.inf
    below[links.uncovered[:, None] & balance] = -np.inf
    return below, above


def _statuses(links: Links, given: Given, outcome: Outcome, chosen: slice, known: Flags) -> None:
    linked = links.linked[:, None]
    unsure = links.any_by_target(links.part)[:, None]
    hidden = links.pattern @ (~known).astype(float) > 0
    split = (links.any_by_target(links.split) | links.uncovered)[:, None] | np.zeros_like(hidden)
    status = np.where(split, Outcome.code(Status.ESTIMATED), Outcome.code(Status.AGGREGATED))
    lit = np.where(known.all(axis=0), np.inf, links.ground @ known.astype(float))
    outcome.coverage[:, chosen] = np.minimum(lit, links.coverage[:, None])
    bounded = hidden | unsure
    status[bounded] = Outcome.code(Status.BOUNDED)
    endless = bounded & ~np.isfinite(outcome.high[:, chosen] - outcome.low[:, chosen])
    status[endless | ~linked] = Outcome.code(Status.MISSING)
    outcome.status[:, chosen] = status
    outcome.value[:, chosen][bounded | ~linked] = np.nan
    # Rounding may leave the estimate an ulp outside its own bounds.
    for bound, widest in ((outcome.low, np.fmin), (outcome.high, np.fmax)):
        view = bound[:, chosen]
        widest(view, outcome.value[:, chosen], out=view)
        view[~np.isfinite(view) | endless | ~linked] = np.nan
    _reasons(links, given, outcome, chosen, known)


def _reasons(links: Links, given: Given, outcome: Outcome, chosen: slice, known: Flags) -> None:
    unexplained = np.isin(outcome.status[:, chosen], _UNEXPLAINED) | links.uncovered[:, None]
    for target, column in np.argwhere(unexplained):
        into = links.into(int(target))
        sources = links.source[into]
        lost = ~known[sources, column]
        # Asked for table after table: the same sources lack to many variables.
        key = (int(target), lost.tobytes(), given.absent[sources].tobytes())
        if key not in links.reasons:
            links.reasons[key] = _reason(links, given, into, lost)
        outcome.reason[target, chosen.start + column] = links.reasons[key]


def _reason(links: Links, given: Given, into: Positions, lost: Flags) -> str:
    if len(into) == 0:
        return "Aucune source ne couvre ce territoire."
    sentences = []
    part = into[links.part[into]]
    if len(part):
        codes = links.sources[links.source[part]]
        sentences.append(f"Le territoire est une partie inconnue de {named(codes)}.")
    for absent, words in ((True, "absente du tableau"), (False, "masquée ou non fournie")):
        chosen = into[lost & (given.absent[links.source[into]] == absent)]
        if len(chosen):
            codes = links.sources[links.source[chosen]]
            sentences.append(f"Source {words} : {named(codes)}.")
    target = links.target[into[0]]
    if links.uncovered[target]:
        sentences.append(partly_covered(float(links.covered[target]), _REST))
    return " ".join(sentences)


def _qualified(links: Links, given: Given, outcome: Outcome) -> Outcome:
    """Refuse the value of what the weights do not carry; say it where what is counted is unknown.

    Only what is shared by the weights is concerned: whole sources carry anything, bounds too.
    """
    shared = links.any_by_target(links.split)
    kinds = [given.kinds.get(name, "") for name in given.variables]
    if not links.carries or not shared.any() or set(kinds) == {links.carries}:
        return outcome
    estimated = (outcome.status == Outcome.code(Status.ESTIMATED)) & shared[:, None]
    refusals = [refusal(links.carries, kind) for kind in kinds]
    refused = estimated & np.array([text != "" for text in refusals])
    bounded = refused & np.isfinite(outcome.high) & np.isfinite(outcome.low)
    status, reason = outcome.status.copy(), outcome.reason.copy()
    status[refused] = Outcome.code(Status.MISSING)
    status[bounded] = Outcome.code(Status.BOUNDED)
    unknown = UNDECLARED.format(label_of(links.carries))
    for column, kind in enumerate(kinds):
        concerned = estimated[:, column] & (kind != links.carries)
        text = refusals[column] or unknown
        before = reason[concerned, column]
        reason[concerned, column] = [f"{why} {text}".strip() for why in before]
    value = np.where(refused, np.nan, outcome.value)
    return replace(outcome, value=value, status=status, reason=reason)

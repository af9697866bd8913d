"""What is hidden of one group of related cells, and which of its supposed sums the others deny."""

from __future__ import annotations

import math
from contextlib import suppress
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import optimize, sparse

from observatoire.errors import SecrecyError
from observatoire.french.typography import number
from observatoire.secrecy.plan.disclosures import ROUNDING
from observatoire.secrecy.plan.workspace_system import Supposed
from observatoire.secrecy.suppression.complementary import UnprotectedError
from observatoire.secrecy.suppression.protection import protection
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from observatoire.secrecy.plan.workspace_system import Group
    from observatoire.secrecy.suppression.protection import Protection

#: Sums, and parts of one, that a message names.
_MANY = 6

#: How much dearer a headline is to hide: where nothing else will do.
HEADLINE = 1e6


def protect_group(
    group: Group, costs: Mapping[str, float], files: Mapping[str, str] = MappingProxyType({})
) -> Protection:
    """Choose what to hide, at the least cost; sums that are only supposed go where they contradict the others.

    Raises
    ------
    SecrecyError
        That names the sums that contradict one another, and the ``files`` of their sources.
    """
    try:
        return _protect(group, costs)
    except SecrecyError as error:
        if not _drop_denied(group):
            if sums := _contradictory(group):
                raise _contradiction(group, sums, files) from error
            raise
    return _protect(group, costs)


def _contradictory(group: Group) -> list[int]:
    """Return some relations that cannot hold together, and would without any of them; none where all hold."""
    ranks, firm = range(len(group.relations)), list[int]()
    while (gaps := _gaps(group, loose := [rank for rank in ranks if rank not in firm])) is not None:
        failing = [rank for rank, gap in zip(loose, gaps, strict=True) if gap > ROUNDING]
        if not failing:
            return []
        firm += failing
    for rank in tuple(firm):
        others = [each for each in firm if each != rank]
        if _gaps(group, [each for each in ranks if each not in others]) is None:
            firm = others
    return firm


def _contradiction(group: Group, sums: list[int], files: Mapping[str, str]) -> SecrecyError:
    """Say which sums contradict one another, and in which files they are read."""
    spelt, labels = [], set[str]()
    for total, parts in (group.relations[rank] for rank in sums):
        terms = {str(part.label): part.weight for part in parts}
        labels |= {total, *terms}
        shown = [f"{number(w, 2)} × {label}" if w != 1 else label for label, w in terms.items()]
        spelt.append(f"{total} = {' + '.join(shown[:_MANY])}{' + …' * (len(shown) > _MANY)}")
    sources = sorted(
        {base.source for base, label in group.assembly.bases.items() if label in labels}
    )
    read = ", ".join(
        f"{source} ({files[source]})" if source in files else source for source in sources
    )
    return SecrecyError(
        "Ces sommes ne peuvent être vraies ensemble.",
        where=f"{' ; '.join(spelt[:_MANY])} — {read}",
        why="Des relations qui se contredisent rendent le calcul du secret faux.",
        remedy="Corrigez celui de ces fichiers qui se trompe et rechargez-le, ou déclarez l’écart admis dans "
        "son source.toml : [secrecy] tolerance = …",
        sources=sources,
    )


def _protect(group: Group, costs: Mapping[str, float]) -> Protection:
    assembly = group.assembly
    free = assembly.public | assembly.inert
    decide = partial(
        protection,
        group.cells,
        group.relations,
        group.thresholds,
        hide_zero=group.zeros,
        bounds=group.bounds,
        already_hidden=[each for each in group.labels if each not in costs and each not in free],
        published=[each for each in group.labels if each in assembly.public],
        latent=group.latent,
        absent=group.absent,
        whole=group.whole,
        past_mending=True,
    )
    cost = group.by_label(lambda label: costs.get(label, 1.0))
    # Headlines hide where nothing else will do: after a correction they show what has changed.
    dear = cost.replace(math.inf, HEADLINE)
    for price, spare in ((cost, True), (cost, False), (dear, True)):
        with suppress(UnprotectedError):
            found = decide(cost=price, spare_zeros=spare)
            if spare or _hides_zero(group, found):
                return found
    return decide(cost=dear, spare_zeros=False)


def _hides_zero(group: Group, found: Protection) -> bool:
    """Say whether a zero is hidden: while none is, whatever is hidden is known to be at least one."""
    hidden = found.statuses == Status.SECRET
    known = group.whole & group.bounds["low"].isna() & ~group.zeros
    known &= ~group.cells.index.isin(group.latent)
    return bool((hidden & known & (group.cells == 0)).any())


def _drop_denied(group: Group) -> bool:
    """Drop the sums of supposed numerators that the others deny; say whether there was any.

    Any count of its source may be what a lent rate is out of: that is supposed, and contradicts itself at times.
    None goes that could stand beside those that stay.
    """
    loose = [rank for rank, (_, parts) in enumerate(group.relations) if isinstance(parts, Supposed)]
    gaps = _gaps(group, loose) if loose else None
    if gaps is None:
        return False
    denied = [rank for rank, gap in zip(loose, gaps, strict=True) if gap > ROUNDING]
    for rank in tuple(denied):
        others = [each for each in denied if each != rank]
        if _gaps(group, others) is not None:
            denied = others
    gone = {id(group.relations[rank][1]) for rank in denied}
    for relations in (group.relations, group.assembly.relations):
        relations[:] = [each for each in relations if id(each[1]) not in gone]
    return bool(denied)


def _gaps(group: Group, loose: list[int]) -> NDArray[np.float64] | None:
    """Return by how much some relations fail where the others hold, in all the least; None where they cannot."""
    place = {label: rank for rank, label in enumerate(group.labels)}
    size = len(group.labels)
    rows = sparse.lil_array((len(group.relations), size + 2 * len(loose)))
    for rank, (total, parts) in enumerate(group.relations):
        rows[rank, place[total]] = -1.0
        for part in parts:
            rows[rank, place[str(part.label)]] += part.weight
    for column, rank in enumerate(loose):
        rows[rank, size + 2 * column], rows[rank, size + 2 * column + 1] = 1.0, -1.0
    ends = group.bounds.fillna(0.0).apply(group.cells.fillna)
    slack = np.repeat([[0.0, math.inf]], 2 * len(loose), axis=0)
    found: Any = optimize.linprog(  # type: ignore[call-overload]
        np.repeat([0.0, 1.0], [size, 2 * len(loose)]),
        A_eq=rows.tocsr(),
        b_eq=np.zeros(len(group.relations)),
        bounds=np.vstack([ends.to_numpy(dtype=float), slack]).tolist(),
    )
    if found.status != 0:
        return None
    gaps: NDArray[np.float64] = found.x[size:].reshape(-1, 2).max(axis=1)
    return gaps

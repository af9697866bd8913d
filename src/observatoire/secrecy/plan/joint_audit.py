"""Audit all that a workspace shows at once: every zoning and period, and what left before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.secrecy.plan.plan import attackers_bounds, groups_of, guards, held_labels
from observatoire.secrecy.suppression.audit import audit
from observatoire.secrecy.suppression.cell_system import build_system
from observatoire.secrecy.suppression.disclosing_sums import relations_that_tell
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.secrecy.plan.holdings import Base
    from observatoire.secrecy.plan.plan import Key, SecrecyPlan
    from observatoire.secrecy.suppression.relations import Part


#: What an audit says of each hidden count.
AUDIT_COLUMNS = (
    "zoning",
    "territory",
    "indicator",
    "period",
    "low",
    "high",
    "width",
    "threshold",
    "safe",
    "already_public",
    "found_by",
)


def audit_plan(plan: SecrecyPlan, shown: set[str] | None = None) -> pd.DataFrame:
    """Say what an attacker could still work out of the hidden counts.

    Parameters
    ----------
    plan : SecrecyPlan
        What the workspace shows, and the system that ties it.
    shown : set of str, optional
        Labels to hold for shown, instead of those the plan shows.

    Returns
    -------
    DataFrame
        One row a hidden count, columns :data:`AUDIT_COLUMNS`: the interval that everything shown
        leaves, whether that is wide enough, whether what was public before gives it away, and,
        where it is not, the sums by which it is found. Never print it: the intervals are what is
        being hidden.
    """
    told = plan.told() if shown is None else shown
    named = _names(plan)
    rows = []
    for labels, relations in groups_of(plan.assembly):
        if guards(plan.assembly, labels):
            rows += _audit_group(plan, labels, relations, told, named)
    columns = list(AUDIT_COLUMNS)
    return pd.DataFrame(rows, columns=columns).sort_values(columns[:4], ignore_index=True)


def _audit_group(
    plan: SecrecyPlan,
    labels: Sequence[str],
    relations: Sequence[tuple[str, list[Part]]],
    told: set[str],
    named: dict[str, list[Key]],
) -> list[tuple[object, ...]]:
    assembly = plan.assembly
    held = held_labels(labels, relations)
    shown = [label in told or label in assembly.public for label in held]
    cells = pd.Series({label: assembly.amounts[label] for label in held}, dtype=float)
    statuses = pd.Series(
        [str(Status.OBSERVED if each else Status.SECRET) for each in shown], index=held
    )
    found = audit(
        cells,
        statuses,
        relations,
        threshold=pd.Series({label: assembly.thresholds[label] for label in held}),
        bounds=attackers_bounds(assembly, held),
        hide_zero=pd.Series({label: assembly.zeros.get(label, False) for label in held}),
        latent=[label for label in held if label in assembly.inert - assembly.public],
    )
    rows: list[tuple[object, ...]] = []
    for label, row in found.iterrows():
        reasons = ""
        if not row["safe"]:
            reasons = " ; ".join(_reasons(plan, held, relations, shown, str(label)))
        numbers = (row["low"], row["high"], row["width"], row["threshold"], bool(row["safe"]))
        public = label in plan.assembly.exposed
        rows += [(*key, *numbers, public, reasons) for key in named.get(str(label), [])]
    return rows


def _reasons(
    plan: SecrecyPlan,
    held: Sequence[str],
    relations: Sequence[tuple[str, list[Part]]],
    shown: Sequence[bool],
    label: str,
) -> list[str]:
    assembly = plan.assembly
    cells = pd.Series({each: assembly.amounts[each] for each in held}, dtype=float)
    system = build_system(cells, relations, attackers_bounds(assembly, held))
    told = {label for label, each in zip(held, shown, strict=True) if each}
    hidden = np.array([label not in told for label in system.labels], dtype=bool)
    return relations_that_tell(system, hidden, label)


def _names(plan: SecrecyPlan) -> dict[str, list[Key]]:
    """Return where a reader would look for each label: its cells, or the producer's figure."""
    named: dict[str, list[Key]] = defaultdict(list)
    for key, cell in plan.cells.items():
        if len(cell.labels) == 1 and cell.counted:
            named[cell.labels[0]].append(key)
    for base, label in plan.assembly.bases.items():
        if label not in named and plan.assembly.holdings.guarded(base):
            named[label].append(_place(base))
    return named


def _place(base: Base) -> Key:
    return base.zoning, base.territory, f"{base.source}/{base.variable}", base.period


def refuse_unsafe(plan: SecrecyPlan, labels: set[str], where: str) -> None:
    """Refuse to show some labels beside all the plan shows, when that gives a count away.

    Raises
    ------
    SecrecyError
        That names the cells and the sums by which they are found.
    """
    report = audit_plan(plan, plan.told() | labels)
    unsafe = report[~report["safe"] & ~report["already_public"]]
    if unsafe.empty:
        return
    first = unsafe.iloc[0]
    cells = [f"{row.indicator} de {row.territory} ({row.zoning})" for row in unsafe.itertuples()]
    raise SecrecyError(
        f"{len(unsafe)} effectifs protégés se retrouveraient par calcul, dont "
        f"{' ; '.join(cells[:4])}.",
        where=where,
        why=f"On les tire de : {first['found_by']}.",
        remedy="Refaites ce tableau à partir de l’espace de travail : il cachera ce qu’il faut.",
        cells=cells,
    )

"""Audit all that a workspace shows at once: every zoning and period, and what left before."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import SecrecyError
from observatoire.secrecy.plan.workspace_system import groups_of
from observatoire.secrecy.suppression.audit import audit
from observatoire.secrecy.suppression.cell_system import build_system
from observatoire.secrecy.suppression.disclosing_sums import disclosing_relations
from observatoire.values import Status

if TYPE_CHECKING:
    from observatoire.secrecy.plan.plan import Key, SecrecyPlan
    from observatoire.secrecy.plan.workspace_system import Group
    from observatoire.secrecy.primary.known_figures import Base


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
        Labels taken as shown, instead of those the plan shows.

    Returns
    -------
    DataFrame
        One row a hidden count, columns :data:`AUDIT_COLUMNS`: the interval that everything shown
        leaves, whether that is wide enough, whether what was public before gives it away, and,
        where it is not, the sums by which it is found. Never print it: the intervals are what is
        being hidden.
    """
    labels_shown = (plan.shown_labels() if shown is None else shown) | plan.assembly.public
    named = _names(plan)
    rows = [
        row
        for group in groups_of(plan.assembly)
        for row in _audit_group(group, labels_shown, named)
    ]
    columns = list(AUDIT_COLUMNS)
    return pd.DataFrame(rows, columns=columns).sort_values(columns[:4], ignore_index=True)


def _audit_group(
    group: Group, labels_shown: set[str], named: dict[str, list[Key]]
) -> list[tuple[object, ...]]:
    marks = {True: str(Status.OBSERVED), False: str(Status.SECRET)}
    statuses = pd.Series({label: marks[label in labels_shown] for label in group.labels})
    found = audit(
        group.cells,
        statuses,
        group.relations,
        threshold=group.thresholds,
        bounds=group.bounds,
        hide_zero=group.zeros,
        latent=group.latent,
        absent=group.absent,
        whole=group.whole,
    )
    rows: list[tuple[object, ...]] = []
    for label, row in found.iterrows():
        reasons = "" if row["safe"] else _reasons(group, labels_shown, str(label))
        numbers = (row["low"], row["high"], row["width"], row["threshold"], bool(row["safe"]))
        public = label in group.assembly.exposed
        rows += [(*key, *numbers, public, reasons) for key in named.get(str(label), [])]
    return rows


def _reasons(group: Group, labels_shown: set[str], label: str) -> str:
    least = group.bounds["low"].fillna(group.cells.fillna(1.0).clip(0.0, 1.0))
    system = build_system(group.cells, group.relations, group.bounds.assign(low=least))
    hidden = np.array([each not in labels_shown for each in system.labels], dtype=bool)
    return " ; ".join(disclosing_relations(system, hidden, label))


def _names(plan: SecrecyPlan) -> dict[str, list[Key]]:
    """Return where a reader would look for each label: its cells, or the producer's figure."""
    named: dict[str, list[Key]] = defaultdict(list)
    for key, cell in plan.cells.items():
        if len(cell.labels) == 1 and cell.counted:
            named[cell.labels[0]].append(key)
    for base, label in plan.assembly.bases.items():
        if label not in named and plan.assembly.known.guarded(base):
            named[label].append(_place(base))
    return named


def _place(base: Base) -> Key:
    return base.zoning, base.territory, f"{base.source}/{base.variable}", base.period


def refuse_unsafe(plan: SecrecyPlan, labels: set[str], where: str) -> None:
    """Refuse to show some labels with all that the plan shows, when that gives a count away.

    Raises
    ------
    SecrecyError
        That names the cells and the sums by which they are found.
    """
    report = audit_plan(plan, plan.shown_labels() | labels)
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

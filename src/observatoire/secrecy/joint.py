"""Audit a whole table: every count of every zoning at once, through the sums that link them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.secrecy.auditing import audit
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from observatoire.indicators.table import Table
    from observatoire.secrecy.table import ProtectedTable

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
)

Memberships = Mapping[tuple[str, str], pd.DataFrame]


def audit_table(table: Table, shown: ProtectedTable, memberships: Memberships) -> pd.DataFrame:
    """Say what an attacker could still work out of the hidden counts of a table.

    Parameters
    ----------
    table : Table
        The true figures.
    shown : ProtectedTable
        What is published of them.
    memberships : mapping
        Tables of links by (source, target) zoning: a target whose members are all whole and all
        in the table is their sum.

    Returns
    -------
    DataFrame
        One row a hidden count, columns :data:`AUDIT_COLUMNS`; ``low`` and ``high`` bound it from
        all that is shown. Hidden rates and medians are not sums: they are not audited here.
    """
    counts = {i.code for i in table.indicators.values() if i.nature is Nature.COUNT}
    keys = ["zoning", "territory", "indicator"]
    true = table.cells[table.cells["indicator"].isin(list(counts))].set_index(keys)
    seen = shown.cells.set_index(keys)["status"].reindex(true.index)
    usable = true["value"].notna()
    relations = _relations(true.index[usable], memberships, sorted(counts))
    linked = {key for total, parts in relations for key in (total, *parts)}
    chosen = [key for key in true.index[usable] if key in linked or seen[key] == Status.SECRET]
    hidden = [key for key in chosen if seen[key] == str(Status.SECRET)]
    if not hidden:
        return pd.DataFrame(columns=list(AUDIT_COLUMNS))
    cells = pd.Series(
        [true.at[key, "value"] for key in chosen], index=pd.Index(chosen, tupleize_cols=False)
    )
    statuses = pd.Series(
        [str(Status.SECRET if key in set(hidden) else Status.OBSERVED) for key in chosen],
        index=cells.index,
    )
    threshold_of = dict(zip(true.index, true["threshold"].astype(float), strict=True))
    threshold = pd.Series([max(threshold_of[key], 1.0) for key in chosen], index=cells.index)
    found = audit(cells, statuses, relations, threshold=threshold)
    report = found[["low", "high", "width", "threshold", "safe"]].copy()
    for rank, name in enumerate(keys):
        report[name] = [key[rank] for key in found.index]
    report["period"] = [str(true.at[key, "period"]) for key in found.index]
    return report.reset_index(drop=True)[list(AUDIT_COLUMNS)]


def _relations(
    known: pd.Index, memberships: Memberships, indicators: list[str]
) -> list[tuple[tuple[str, str, str], list[tuple[str, str, str]]]]:
    present = set(known)
    relations = []
    for (source, target), links in memberships.items():
        for code, group in links.groupby("target"):
            if (group["link"] != "proche").any():
                continue
            for indicator in indicators:
                total = (target, str(code), indicator)
                parts = [(source, str(member), indicator) for member in group["source"]]
                if total in present and all(part in present for part in parts):
                    relations.append((total, parts))
    return relations

"""The table of rejects: each line that is not kept, with its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

REJECT_COLUMNS = ("line", "column", "raw", "kind", "reason")

#: Kinds of reject that are no fault: the row is about something else.
HARMLESS = ("outside", "total", "note")

#: What is written of a row that holds no figure and names no territory.
NOTE = "Note ou titre, sans chiffre : mis de côté."


def reject(
    lines: pd.Series | np.ndarray,
    kind: str,
    reasons: pd.Series | np.ndarray | str,
    raw: pd.Series | np.ndarray,
    column: pd.Series | str,
) -> pd.DataFrame:
    """Return rejects, one a line, as the ``reject`` table holds them."""
    if not len(lines):  # most files have none
        return NO_REJECT
    return pd.DataFrame(
        {"line": lines, "column": column, "raw": raw, "kind": kind, "reason": reasons}
    ).astype(_TEXTS)


_TEXTS = dict.fromkeys(REJECT_COLUMNS[1:], "str")

#: What a column without a fault gives.
NO_REJECT = pd.DataFrame(
    {"line": np.array([], dtype=np.int64), **{name: [] for name in REJECT_COLUMNS[1:]}}
).astype(_TEXTS)


def joined(*found: pd.DataFrame) -> pd.DataFrame:
    """Return all that is skipped, each reject under an index of its own: it may be changed."""
    return pd.concat([part for part in found if len(part)] or [NO_REJECT], ignore_index=True)

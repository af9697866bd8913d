"""The ledger: what left this workspace, and when; values shown only, never hidden ones."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from observatoire.secrecy.plan.former_figures import PublishedCell, Recipe
from observatoire.secrecy.primary.sensitive_cells import key_of
from observatoire.values import Status, records
from observatoire.warehouse.storage.ledger_text import append, recorded

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.secrecy.release.decision import Decision
    from observatoire.warehouse import Warehouse


_NUMBERS = ["value", "low", "high"]
_KEY = ["zoning", "territory", "indicator", "period"]

_SQL = resources.files("observatoire.exchange") / "ledger_sql"
PUBLICATIONS, _CELLS, _NEW_CELLS = (
    (_SQL / f"{name}.sql").read_text("utf-8") for name in ("publications", "cells", "new_cells")
)


@dataclass(eq=False)
class WarehouseLedger:
    """The ledger in the workspace's warehouse.

    ``followed`` counts the cells that left as the plan in force shows them: they change nothing
    to what it may show; ``written`` the publications, those that show nothing new among them.
    """

    warehouse: Warehouse
    followed: int = 0
    written: int = 0

    def keep(self, kind: str, name: str, cells: pd.DataFrame, decision: Decision) -> None:
        """Write down a publication, and the cells that no former one has shown.

        Parameters
        ----------
        decision : Decision
            Says which sum of producers' figures each cell is.
        """
        shown = cells[cells[_NUMBERS].notna().any(axis=1)].drop_duplicates(_KEY)
        recipes = [decision.recipes(key_of(row)) for row in records(shown)]
        leaving = shown[[*_KEY, *_NUMBERS, "status"]].assign(recipe=recipes)
        text = leaving[[*_KEY, *_NUMBERS]].sort_values(_KEY).to_csv(index=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        hidden = int((cells["status"] == str(Status.SECRET)).sum())
        before = self._size()
        with recorded(self.warehouse), self.warehouse.transaction():
            number = int(self.warehouse.rows("SELECT nextval('publication_id')")[0][0])
            last = self.warehouse.rows("SELECT max(id) FROM load")[0][0]
            self.warehouse.run(
                "INSERT INTO publication VALUES (?, now() AT TIME ZONE 'UTC', ?, ?, ?, ?, ?, ?)",
                [number, kind, name, digest, len(shown), hidden, last],
            )
            with self.warehouse.registered(leaving=leaving):
                self.warehouse.run(_NEW_CELLS, {"number": number, "last": last})
            append(self.warehouse, number)
        self.written += 1
        known = (key for key in map(key_of, records(shown)) if key in decision.cells)
        if not any(map(decision.cause, known)):
            self.followed += self._size() - before

    def cells(self) -> list[PublishedCell]:
        """Return every figure that was ever published, where it stands and what it summed."""
        return [
            PublishedCell(
                (zoning, territory, indicator, period),
                tuple(math.nan if n is None else float(n) for n in numbers),
                tuple(map(_read, json.loads(recipe))),
                tuple(loads or ()),
            )
            for zoning, territory, indicator, period, *numbers, recipe, loads in self.warehouse.rows(
                _CELLS
            )
        ]

    def version(self) -> int:
        """Return a number that grows with every cell published but not as the plan shows it."""
        return self._size() - self.followed

    def _size(self) -> int:
        return int(self.warehouse.rows("SELECT count(*) FROM published_cell")[0][0])

    def publications(self) -> pd.DataFrame:
        """List the publications: date, form, name, cells shown, cells hidden, digest."""
        return self.warehouse.frame(PUBLICATIONS)


def _read(summed: list[list[object]]) -> Recipe:
    *terms, (_, amount) = summed
    read = (
        (str(a), str(b), str(c), str(d), str(e), float(str(weight)))
        for a, b, c, d, e, weight in terms
    )
    return Recipe(tuple(read), float(str(amount)))

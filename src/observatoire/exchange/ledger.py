"""The ledger: what left this workspace, and when; values shown only, never hidden ones."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.secrecy.plan.former_figures import Recipe
from observatoire.secrecy.plan.primary import key_of, rows_of
from observatoire.values import Status
from observatoire.warehouse.storage.ledger_text import append, recorded

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.secrecy.plan.plan import SecrecyPlan
    from observatoire.warehouse import Warehouse


_NUMBERS = ["value", "low", "high"]
_KEY = ["zoning", "territory", "indicator", "period"]

PUBLICATIONS = """
SELECT p.id AS publication, p.stamp AS date, p.kind, p.name, p.shown, p.hidden, p.digest,
       count(c.publication)::BIGINT AS new_cells
FROM publication AS p LEFT JOIN published_cell AS c ON c.publication = p.id
GROUP BY ALL ORDER BY p.id
"""

#: What was published, with the loads that stood then and have been corrected since.
_RECIPES = """
WITH stood AS (
    SELECT p.id AS publication, list(l.id ORDER BY l.id) AS loads
    FROM publication AS p
    JOIN load AS l ON l.loaded_at <= p.stamp
    JOIN load AS n ON n.id = l.superseded_by AND n.loaded_at > p.stamp
    GROUP BY p.id
)
SELECT DISTINCT recipe, loads FROM published_cell LEFT JOIN stood USING (publication)
WHERE recipe <> '[]' ORDER BY recipe, loads
"""

_NEW_CELLS = """
INSERT INTO published_cell
SELECT ?, zoning, territory, indicator, period, value, low, high, status, recipe
FROM leaving ANTI JOIN published_cell AS kept
USING (zoning, territory, indicator, period, recipe)
"""


@dataclass(eq=False)
class WarehouseLedger:
    """The ledger in the workspace's warehouse.

    ``followed`` counts the cells that left as the plan in force shows them: they change nothing
    to what it may show.
    """

    warehouse: Warehouse
    followed: int = 0

    def keep(self, kind: str, name: str, cells: pd.DataFrame, plan: SecrecyPlan) -> None:
        """Write down a publication, and the cells that no former one has shown.

        Parameters
        ----------
        kind, name : str
            Its form and its file's name.
        cells : DataFrame
            Cells of protected tables.
        plan : SecrecyPlan
            Says which sum of producers' figures each cell is.
        """
        shown = cells[cells[_NUMBERS].notna().any(axis=1)].drop_duplicates(_KEY)
        recipes = [json.dumps(plan.recipes(key_of(row))) for row in rows_of(shown)]
        leaving = shown[[*_KEY, *_NUMBERS, "status"]].assign(recipe=recipes)
        text = leaving[[*_KEY, *_NUMBERS]].sort_values(_KEY).to_csv(index=False)
        hidden = int((cells["status"] == str(Status.SECRET)).sum())
        before = self._size()
        with recorded(self.warehouse), self.warehouse.transaction():
            number = int(self.warehouse.rows("SELECT nextval('publication_id')")[0][0])
            self.warehouse.run(
                "INSERT INTO publication VALUES (?, now()::TIMESTAMP, ?, ?, ?, ?, ?)",
                [number, kind, name, _digest(text), len(shown), hidden],
            )
            with self.warehouse.registered(leaving=leaving):
                self.warehouse.run(_NEW_CELLS, [number])
            append(self.warehouse, number)
        if not any(key in plan.cells and plan.cause(key) for key in map(key_of, rows_of(shown))):
            self.followed += self._size() - before

    def recipes(self) -> list[Recipe]:
        """Return every sum of producers' figures that was ever published."""
        return [
            _read(recipe, tuple(loads or ()))
            for text, loads in self.warehouse.rows(_RECIPES)
            for recipe in json.loads(text)
        ]

    def version(self) -> int:
        """Return a number that grows with every cell published but not as the plan shows it."""
        return self._size() - self.followed

    def _size(self) -> int:
        return int(self.warehouse.rows("SELECT count(*) FROM published_cell")[0][0])

    def publications(self) -> pd.DataFrame:
        """List the publications: date, form, name, cells shown, cells hidden, digest."""
        return self.warehouse.frame(PUBLICATIONS)


def _read(recipe: list[list[object]], loads: tuple[int, ...]) -> Recipe:
    *terms, (_, amount) = recipe
    read = (
        (str(a), str(b), str(c), str(d), str(e), float(str(weight)))
        for a, b, c, d, e, weight in terms
    )
    return Recipe(tuple(read), float(str(amount)), loads)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

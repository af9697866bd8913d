"""What the checks read of every figure: by batches, and only of what has changed since the last pass."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from observatoire.warehouse.connection import Warehouse


#: Tables that predicates see batch by batch, each laid out by the script of its name.
BATCHED = ("change", "tally")

#: A table of checked.sql without a row of which a batch has none either.
ROOTS = {"change": "sequel", "tally": "addend"}

#: Under how many territories a file is looked at again each time: it takes no time, and remembers
#: nothing. How many figures a batch of larger ones holds: about one national file.
NARROW, MOST_FIGURES = 1000, 4_000_000

_UNIT = "lot, load, zoning, variable, period"

_STANDING = f"""
CREATE OR REPLACE TEMP TABLE standing AS
SELECT {_UNIT} FROM unit JOIN seen_unit AS s USING ({_UNIT}, key)
WHERE NOT unit.narrow AND s.basis = ?
"""  # noqa: S608 - names of columns

_DUE = f"""
SELECT id, narrow, figures FROM unit ANTI JOIN standing USING ({_UNIT})
WHERE lot = ? ORDER BY narrow DESC, load, id
"""  # noqa: S608 - names of columns

_NUMBERED = "CREATE OR REPLACE TEMP TABLE due AS SELECT unnest(?::INTEGER[]) AS id"

_FORGET = """
DELETE FROM finding
WHERE NOT EXISTS (
    SELECT 1 FROM standing AS s
    WHERE s.load = finding.load
      AND (s.lot = 'tally' AND list_contains($tally, finding."check")
           OR s.lot = 'change' AND list_contains($change, finding."check") AND s.zoning = finding.zoning
              AND s.variable = finding.variable AND s.period = finding.period)
)
"""

_FORGET_PACE = """
DELETE FROM seen_pace
WHERE NOT EXISTS (
    SELECT 1 FROM standing AS s
    WHERE s.lot = 'change' AND s.load = seen_pace.load AND s.zoning = seen_pace.zoning
      AND s.variable = seen_pace.variable AND s.period = seen_pace.period
)
"""

_PACE = """
INSERT INTO seen_pace
SELECT s.load, s.zoning, s.variable, s.period, p.usual, p.changes
FROM (SELECT id, median(change) AS usual, count(change) AS changes FROM change GROUP BY id) AS p
JOIN sequel AS s USING (id)
"""

#: What makes temporary tables besides checked.sql and the scripts of batches.
MAKING = (_STANDING, _NUMBERED)

_REMEMBER = f"INSERT INTO seen_unit SELECT {_UNIT}, key, ? FROM unit WHERE NOT narrow"  # noqa: S608


def script(name: str) -> str:
    """Return a SQL script of this room."""
    text = (
        resources.files("observatoire.warehouse.checks").joinpath(f"{name}.sql").read_text("utf-8")
    )
    return text.replace("{narrow}", str(NARROW))


@dataclass(frozen=True)
class Basis:
    """What findings kept by units depend on besides their figures.

    Parameters
    ----------
    checks : sequence of (str, str)
        Names of the predicates that read batches, each with its table.
    grounds : object
        The predicates themselves, the territories, the sums known: anything whose text says it all.
    lasting : bool
        Whether what is found may be kept: not where a workspace's own predicate reads a batch, for
        nothing says that it looks at the rows of that batch only.
    """

    checks: Sequence[tuple[str, str]]
    grounds: object
    lasting: bool

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, with the scripts that lay it out."""
        scripts = [script(name) for name in ("checked", *BATCHED)]
        return hashlib.sha256(repr((self.grounds, scripts)).encode()).hexdigest()

    def forget(self, warehouse: Warehouse) -> None:
        """Drop every finding but those of units that are as they were, once ``unit`` is laid out."""
        warehouse.run(_STANDING, [self.digest if self.lasting else ""])
        named = {table: [name for name, by in self.checks if by == table] for table in BATCHED}
        warehouse.run(_FORGET, {**named})
        warehouse.run(_FORGET_PACE)

    def remember(self, warehouse: Warehouse) -> None:
        """Note what every unit was read from, once all are looked at."""
        warehouse.run("DELETE FROM seen_unit")
        if self.lasting:
            warehouse.run(_REMEMBER, [self.digest])


def forget_all(warehouse: Warehouse) -> None:
    """Drop every finding, and all that was remembered of units: nothing is looked at by batches."""
    warehouse.run("DELETE FROM finding; DELETE FROM seen_pace; DELETE FROM seen_unit")


def batches(warehouse: Warehouse, table: str, *, empty: bool = False) -> Iterator[None]:
    """Lay out, one batch after the other, what has changed since it was looked at.

    Parameters
    ----------
    warehouse : Warehouse
        Whose ``unit`` and ``standing`` are laid out.
    empty : bool
        Lay it out once with no row where nothing has changed: a predicate is then tried at least.

    Yields
    ------
    None
        Each time the table holds another batch.
    """
    for numbers in _parted(warehouse.rows(_DUE, [table])):
        if not numbers and not empty:
            continue
        warehouse.run(_NUMBERED, [numbers])
        warehouse.run(script(table))
        if table == "change":
            warehouse.run(_PACE)
        yield


def _parted(units: Sequence[tuple[int, bool, int]]) -> Iterator[list[int]]:
    """Part units into batches: the narrow ones together, the others by so many figures."""
    yield [number for number, narrow, _ in units if narrow]
    batch, size = list[int](), 0
    for number, narrow, figures in units:
        if narrow:
            continue
        if batch and size + figures > MOST_FIGURES:
            yield batch
            batch, size = [], 0
        batch.append(number)
        size += figures
    if batch:
        yield batch

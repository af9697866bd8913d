"""Pass the checks over the warehouse in one go, and keep the rows that fail."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from observatoire.french.typography import number
from observatoire.values import few_rows, records
from observatoire.warehouse.checks.batches import BATCHED, ROOTS, Basis, batches, forget_all
from observatoire.warehouse.checks.definitions import (
    ROW_COLUMNS,
    Check,
    broken,
    check_columns,
    endless,
    read_checks,
    unnumbered,
)
from observatoire.warehouse.checks.tables import drop, lay_out, rested_on, statements, vacant
from observatoire.warehouse.failures import failure, is_of_the_file
from observatoire.warehouse.reports import CheckReport, LoadReport
from observatoire.warehouse.storage.grid_cells import CELL_COLUMNS, cut_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from observatoire.warehouse.connection import Warehouse
    from observatoire.workspace.model import Workspace


#: Which variables of which source add up to which published one, as the catalogue says.
TOTAL_COLUMNS = ("published_source", "published_variable", "period", "part_source", "part_variable")

#: Which variables of which source make a part, and its whole: ``side`` is « part » or « whole »,
#: ``names`` and ``count`` give the variables of that side, ``rank`` the order of the sources.
SHARE_COLUMNS = (
    *("share", "label", "period", "side", "names", "count", "variable", "source", "rank"),
)

#: Which columns of a row add up to which other one, as families of files say: one row a part.
IDENTITY_COLUMNS = ("identity", "whole", "part")

#: From which period a variable of a source means something else; empty: in every period.
BREAK_COLUMNS = ("source", "variable", "at")


def _nothing(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns), dtype="str")


@dataclass(frozen=True)
class CheckInputs:
    """What the catalogue and the series say, and no file: nothing by default.

    Columns are ``TOTAL_COLUMNS``, ``SHARE_COLUMNS``, ``BREAK_COLUMNS`` and ``IDENTITY_COLUMNS``.
    """

    totals: pd.DataFrame = field(default_factory=lambda: _nothing(TOTAL_COLUMNS))
    shares: pd.DataFrame = field(default_factory=lambda: _nothing(SHARE_COLUMNS))
    breaks: pd.DataFrame = field(default_factory=lambda: _nothing(BREAK_COLUMNS))
    identities: pd.DataFrame = field(default_factory=lambda: _nothing(IDENTITY_COLUMNS))

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables, by the name that checked.sql gives them."""
        return {
            f"declared_{part.name}": getattr(self, part.name).astype("str") for part in fields(self)
        }


#: How long a workspace's own predicate may take (in seconds), how many rows any may give.
_PATIENCE, _MOST_ROWS = 60.0, 1_000_000

#: A table of checked.sql, or of the warehouse, without a row of which a predicate of the library finds
#: nothing: most workspaces have no grid, no series, no published total.
NEEDED = {
    "part-depasse-ensemble": "share",
    "somme-communale": "total",
    "serie-decalee": "sequel",
    "iris-manquants": "division",
    "communes-partielles": "division",
    "zeros-perdus": "restored",
    "colonne-glissee": "masked",
    "carreaux-coupes": "cell",
    "carreaux-coupes-rares": "cell",
}

FINDING_COLUMNS = ("check", "level", "title", *ROW_COLUMNS, "message", "remedy")
_NO_FINDING = _nothing(FINDING_COLUMNS)

_KEPT = """
SELECT f."check", f.level, f.title, f.source, l.file, f.load, f.line, f.zoning, f.territory,
       f.variable, f.period, f.value, f.message, f.remedy
FROM finding AS f LEFT JOIN load AS l ON l.id = f.load
ORDER BY CASE f.level WHEN 'erreur' THEN 0 WHEN 'alerte' THEN 1 ELSE 2 END,
         f."check", f.source, f.load, f.line, f.zoning, f.territory, f.variable, f.period
"""


@few_rows
def run_checks(
    warehouse: Warehouse,
    workspace: Workspace,
    inputs: CheckInputs,
    checks: Sequence[Check] | None = None,
    signature: str = "",
) -> CheckReport:
    """Pass every check over the warehouse, and keep what fails in place of what was kept.

    Parameters
    ----------
    warehouse, workspace : Warehouse, Workspace
        What to look at, and whose ``checks.toml`` adds to the library's.
    inputs : CheckInputs
        Which variables add up to a published one, make a part of a whole, break off.
    checks : sequence of Check, optional
        Those of the library and of the workspace by default.
    signature : str, optional
        What the findings depend on, when it is known already.

    Raises
    ------
    DescriptorError
        On a predicate that is wrong; what was kept is then unchanged.
    """
    chosen = read_checks(workspace.root) if checks is None else tuple(checks)
    signature = signature or _signature(warehouse, workspace, chosen, inputs)
    given = _given(workspace, inputs, cut_cells(warehouse, workspace))
    with warehouse.transaction():
        passed = _passed(chosen, vacant(warehouse, given))
        laid = _laid(passed)
        lay_out(warehouse, given, laid)
        basis = _basis(warehouse, workspace, inputs, chosen) if "unit" in laid else None
        forget_all(warehouse) if basis is None else basis.forget(warehouse)
        for found in _found(warehouse, passed, laid):
            warehouse.insert("finding", found)
        if basis is not None:
            basis.remember(warehouse)
        warehouse.run("DELETE FROM check_run")
        warehouse.insert_row("check_run", signature=signature, ran_at=warehouse.now())
        drop(warehouse, laid)
    return CheckReport(warehouse.frame(_KEPT), len(chosen))


def _passed(chosen: Sequence[Check], none: set[str]) -> list[Check]:
    """Leave out predicates of the library that read a table without a row."""
    return [
        check
        for check in chosen
        if not (check.ours and {NEEDED.get(check.name), ROOTS.get(check.batched)} & none)
    ]


def _laid(passed: Sequence[Check]) -> list[str]:
    """Return the tables to lay out: all of them where a workspace's own predicate may read any."""
    if not all(check.ours for check in passed):
        return list(statements())
    batched = ["FROM unit"] if any(check.batched for check in passed) else []
    return rested_on([*(check.sql for check in passed), *batched], statements())


def _found(
    warehouse: Warehouse, passed: Sequence[Check], laid: Sequence[str]
) -> Iterator[pd.DataFrame]:
    """Run predicates: those of batches first, for the others may read how much each period changes."""
    for table in BATCHED:
        reading = [check for check in passed if check.batched == table]
        foreign = not all(check.ours for check in reading)
        for _ in batches(warehouse, table, empty=foreign) if reading else ():
            yield from (_run(warehouse, check) for check in reading)
    idle = _idle(warehouse, laid)
    for check in passed:
        if not check.batched and not (check.ours and NEEDED.get(check.name) in idle):
            yield _run(warehouse, check)


def _idle(warehouse: Warehouse, laid: Sequence[str]) -> set[str]:
    """Return which of the tables that predicates need, laid out or of the warehouse, have no row."""
    tables = sorted(set(NEEDED.values()) & {*laid, "restored"})
    asked = ", ".join(f"EXISTS (FROM {table})" for table in tables)
    (held,) = warehouse.rows(f"SELECT {asked}")
    return {table for table, there in zip(tables, held, strict=True) if not there}


def _basis(
    warehouse: Warehouse, workspace: Workspace, inputs: CheckInputs, chosen: Sequence[Check]
) -> Basis:
    batched = [check for check in chosen if check.batched]
    rests = (batched, _grounds(warehouse, workspace), _rows(inputs.identities))
    return Basis(
        [(check.name, check.batched) for check in batched],
        rests,
        all(check.ours for check in batched),
    )


@few_rows
def kept_findings(warehouse: Warehouse, workspace: Workspace, inputs: CheckInputs) -> CheckReport:
    """Return what the checks found, passing them again only if something has changed since."""
    chosen = read_checks(workspace.root)
    signature = _signature(warehouse, workspace, chosen, inputs)
    if warehouse.rows("SELECT signature FROM check_run") == [(signature,)]:
        return CheckReport(warehouse.frame(_KEPT), len(chosen))
    return run_checks(warehouse, workspace, inputs, chosen, signature)


def with_findings(reports: Sequence[LoadReport], found: CheckReport) -> list[LoadReport]:
    """Return the reports of loads, each with the findings on its own source."""
    return [
        replace(report, findings=found.df[found.df["source"] == report.source])
        for report in reports
    ]


def _given(
    workspace: Workspace, inputs: CheckInputs, cells: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what checked.sql reads besides the warehouse, by name."""
    nouns = [(code, zoning.noun.many) for code, zoning in workspace.zonings.items()]
    return {
        **inputs.frames,
        "declared_cells": cells[list(CELL_COLUMNS)],
        "declared_nouns": pd.DataFrame(nouns, columns=["zoning", "many"], dtype="str"),
    }


def _run(warehouse: Warehouse, check: Check) -> pd.DataFrame:
    with _within(warehouse, check):
        if not check.ours:  # the library's own are held to it in its tests
            check_columns(warehouse, check)
        rows = warehouse.connection.execute(
            f"SELECT * FROM ({check.sql}\n) LIMIT {_MOST_ROWS + 1}",  # noqa: S608 - read and checked
            dict(check.parameters) or None,
        ).df()
    if rows.empty:
        return _NO_FINDING
    if len(rows) > _MOST_ROWS:
        raise endless(check, f"signale plus de {number(_MOST_ROWS)} lignes")
    texts = ["source", "zoning", "territory", "variable", "period"]
    found = rows[list(ROW_COLUMNS)].assign(
        check=check.name,
        level=check.level,
        title=check.title,
        message=[check.sentence(row) for row in records(rows)],
        remedy=check.remedy,
        **{name: rows[name].astype("object").fillna("").astype("str") for name in texts},
    )
    numbers = {"load": "Int64", "line": "Int64", "value": "float64"}
    try:
        return found[list(FINDING_COLUMNS)].astype(numbers)
    except (TypeError, ValueError, OverflowError) as error:
        raise unnumbered(check, error) from error


@contextmanager
def _within(warehouse: Warehouse, check: Check) -> Iterator[None]:
    """Stop a predicate of a workspace that does not end, and say what DuckDB refuses."""
    alarm = threading.Timer(_PATIENCE, warehouse.connection.interrupt)
    alarm.daemon = True
    if not check.ours:
        alarm.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise endless(check, f"n’a pas fini en {_PATIENCE:.0f} secondes") from error
    except duckdb.Error as error:
        if is_of_the_file(error):
            raise failure(error, warehouse.path, warehouse.ledger) from error
        raise broken(check, error) from error
    finally:
        alarm.cancel()


def _signature(
    warehouse: Warehouse, workspace: Workspace, checks: Sequence[Check], inputs: CheckInputs
) -> str:
    """Sum up what findings depend on: predicates, loads that stand, zonings, supports."""
    supports = {p.support for p in workspace.passages if p.support is not None}
    state = (
        [
            (str(path), path.stat().st_size, path.stat().st_mtime_ns)
            for path in sorted(supports)
            if path.is_file()
        ],
        warehouse.rows(
            "SELECT id, sha256, descriptor FROM load WHERE superseded_by IS NULL ORDER BY id"
        ),
        _grounds(warehouse, workspace),
        [_rows(frame) for frame in inputs.frames.values()],
        [repr(check) for check in checks],
    )
    return hashlib.sha256(repr(state).encode()).hexdigest()


def _grounds(warehouse: Warehouse, workspace: Workspace) -> list[object]:
    """Sum up the territories, and what they are called."""
    return [
        warehouse.rows(
            "SELECT zoning, count(*), bit_xor(hash(code, commune, name)), count(shape) "
            "FROM territory GROUP BY zoning ORDER BY zoning"
        ),
        sorted((code, zoning.noun.many) for code, zoning in workspace.zonings.items()),
    ]


def _rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return sorted(frame.itertuples(index=False, name=None))

"""A warehouse that is open: questions, rows written, what happens wholly or not at all."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from observatoire.errors import WorkspaceError
from observatoire.warehouse.failures import failure, is_of_the_file

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pandas as pd

    Parameters = list[object] | tuple[object, ...] | dict[str, object]


MEMORY = ":memory:"


class Warehouse:
    """A connection to one DuckDB file that holds the schema.

    Parameters
    ----------
    crs : str
        The metric CRS of its geometries.
    ledger : Path, optional
        The text beside it that keeps the ledger too.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        crs: str,
        path: Path | str = MEMORY,
        ledger: Path | None = None,
    ) -> None:
        self.connection, self.crs, self.path, self.ledger = connection, crs, path, ledger

    @property
    def home(self) -> Path:
        """Folder that other folders are named from, so that a copied workspace knows its own."""
        return Path() if str(self.path) == MEMORY else Path(self.path).parent

    def frame(self, query: str, parameters: Parameters = ()) -> pd.DataFrame:
        """Return the rows of a query as a frame."""
        return self._execute(query, parameters).df()

    def _execute(self, query: str, parameters: Parameters = ()) -> duckdb.DuckDBPyConnection:
        with self._in_french():
            return self.connection.execute(query, parameters)

    @contextmanager
    def _in_french(self) -> Iterator[None]:
        """Say in our words what the engine raises of its file, and leave what it says of a query."""
        try:
            yield
        except duckdb.ConnectionException as error:
            raise WorkspaceError(
                "L’observatoire est fermé.", remedy="Rouvrez-le par obs.open(…) ou obs.demo()."
            ) from error
        except duckdb.Error as error:
            if not is_of_the_file(error):
                raise  # of the query: its author answers for it
            raise failure(error, self.path, self.ledger) from error

    def rows(self, query: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query as tuples."""
        return self._execute(query, parameters).fetchall()

    def run(self, query: str, parameters: Parameters = ()) -> None:
        """Run a statement."""
        self._execute(query, parameters)

    def insert(self, table: str, frame: pd.DataFrame) -> None:
        """Append a frame to a table, by column names."""
        if frame.empty:
            return
        columns = ", ".join(f'"{name}"' for name in frame.columns)
        with self.registered(incoming=frame):
            # Table and columns come from this library's own code, never from a file.
            self.run(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming"  # noqa: S608
            )

    def insert_row(self, table: str, **values: object) -> None:
        """Append one row to a table, by column names."""
        columns, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
        # Table and columns come from this library's own code, never from a file.
        self.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))  # noqa: S608

    def next_number(self, sequence: str) -> int:
        """Return the next number of a sequence."""
        return int(self.rows("SELECT nextval(?)", [sequence])[0][0])

    def now(self) -> dt.datetime:
        """Return this instant, as columns of instants keep it."""
        instant: dt.datetime = self.rows("SELECT now() AT TIME ZONE 'UTC'")[0][0]
        return instant

    @contextmanager
    def registered(self, **tables: object) -> Iterator[None]:
        """Let statements read frames under these names, for the time of a block."""
        import pyarrow as pa  # noqa: PLC0415 - DuckDB reads its columns without a copy

        with self._in_french():
            for name, table in tables.items():
                read = (
                    table
                    if isinstance(table, pa.Table)
                    else pa.Table.from_pandas(table, preserve_index=False)
                )
                self.connection.register(name, read)
        try:
            yield
        finally:
            for name in tables:
                self.connection.unregister(name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block wholly or not at all."""
        self.run("BEGIN TRANSACTION")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with suppress(duckdb.Error):  # the engine undoes by itself what it could not commit
                self.connection.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

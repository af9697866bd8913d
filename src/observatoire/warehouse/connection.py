"""Open the warehouse, and run what must happen wholly or not at all."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from pyproj import CRS

from observatoire.errors import WorkspaceError, system_words
from observatoire.warehouse.seen import see_loads
from observatoire.wording import reader_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    #: Values of a query, in order or by name.
    Parameters = list[object] | tuple[object, ...] | dict[str, object]

MEMORY = ":memory:"

#: What the engine raises of its file, or of itself, rather than of what it was asked.
_FAILURES = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)


#: What the engine, or Windows in its language, says of a file that another program holds.
_HELD = re.compile(r"\block\b|already open|(?:another|autre) process", re.IGNORECASE)

#: What to do with a damaged warehouse: what was published is known by it alone.
_AGAIN = (
    "Remettez-en une copie saine. À défaut, fermez tout et renommez-le : il sera reconstruit à partir "
    "de data/raw, mais sans le registre de ce qui a déjà été publié."
)


class Warehouse:
    """A connection to one DuckDB file that holds the schema.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        An open connection.
    crs : str
        The metric CRS of its geometries.
    path : Path or ":memory:"
        Its file.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, crs: str, path: Path | str = MEMORY
    ) -> None:
        self.connection, self.crs, self.path = connection, crs, path

    @property
    def home(self) -> Path:
        """Folder from which other folders are told, so that a copied workspace knows its own."""
        return Path() if str(self.path) == MEMORY else Path(self.path).parent

    def frame(self, query: str, parameters: Parameters = ()) -> pd.DataFrame:
        """Return the rows of a query as a frame."""
        return self._execute(query, parameters).df()

    def _execute(self, query: str, parameters: Parameters = ()) -> duckdb.DuckDBPyConnection:
        with self._told():
            return self.connection.execute(query, parameters)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in our words what the engine raises of its file, and leave what it says of a query."""
        try:
            yield
        except duckdb.ConnectionException as error:
            raise WorkspaceError(
                "L’observatoire est fermé.", remedy="Rouvrez-le par obs.open(…) ou obs.demo()."
            ) from error
        except duckdb.Error as error:
            if not isinstance(error, _FAILURES) and type(error) is not duckdb.Error:
                raise  # of the query: its author answers for it
            raise WorkspaceError(
                "L’entrepôt ne se laisse plus lire ou écrire.",
                where=str(self.path),
                why=reader_words(error),
                remedy=f"Voyez s’il reste de la place sur le disque. S’il y en a : {_AGAIN}",
            ) from error

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
        import pyarrow as pa  # noqa: PLC0415 - DuckDB reads its columns without a copy

        columns = ", ".join(f'"{name}"' for name in frame.columns)
        with self._told():
            self.connection.register("incoming", pa.Table.from_pandas(frame, preserve_index=False))
        try:
            # Table and columns come from this library's own code, never from a file.
            self.run(
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM incoming"  # noqa: S608
            )
        finally:
            self.connection.unregister("incoming")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a block wholly or not at all."""
        self.run("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def open_warehouse(path: Path | str, crs: str) -> Warehouse:
    """Open, or make, the warehouse at ``path``.

    Parameters
    ----------
    path : Path or ":memory:"
        The DuckDB file.
    crs : str
        The metric CRS of the workspace, for instance ``"EPSG:5490"``.

    Raises
    ------
    WorkspaceError
        When another program holds the file, or it is no warehouse.
    """
    if str(path) != MEMORY:
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(
                "On ne peut pas créer le dossier de l’entrepôt.",
                where=str(Path(path).parent),
                why=f"Le système dit : {system_words(error)}.",
                remedy="Demandez le droit d’y écrire, ou copiez l’espace de travail ailleurs.",
            ) from error
    connection = None
    try:
        connection = duckdb.connect(str(path))
        schema = _schema(crs)
        _forget_first_registers(connection)
        connection.execute(schema)
        if _crs_changed(connection, crs):
            # The workspace's CRS has changed; shapes are written anew at each opening.
            connection.execute("DROP TABLE territory")
            connection.execute(schema)
    except duckdb.Error as error:
        if connection is not None:
            connection.close()  # let the analyst rename the file
        raise _unopened(path, error) from error
    warehouse = Warehouse(connection, crs, path)
    with warehouse.transaction():
        see_loads(warehouse)  # those of a warehouse made before they were
    return warehouse


def _unopened(path: Path | str, error: duckdb.Error) -> WorkspaceError:
    """Say why a warehouse does not open: its folder, another program, its content."""
    if not isinstance(error, duckdb.IOException):
        return WorkspaceError(
            "Ce fichier DuckDB n’a pas la forme d’un entrepôt de cet observatoire.",
            where=str(path),
            why=f"Le moteur dit : {str(error).splitlines()[0]}",
            remedy=_AGAIN,
        )
    if isinstance(path, Path) and not _writable(path):
        return WorkspaceError(
            "L’entrepôt est dans un dossier ou un fichier en lecture seule.",
            where=str(path),
            why="L’ouvrir demande le droit d’y écrire.",
            remedy="Demandez ce droit, ou copiez l’espace de travail dans un dossier à vous.",
        )
    if _HELD.search(str(error)):
        return WorkspaceError(
            "L’entrepôt est déjà ouvert par un autre programme.",
            where=str(path),
            remedy="Fermez l’autre carnet ou l’autre fenêtre, puis recommencez.",
        )
    return WorkspaceError(
        "L’entrepôt ne s’ouvre pas : ce n’est pas un fichier DuckDB, ou il est abîmé.",
        where=str(path),
        remedy=_AGAIN,
    )


#: A column that tables of the first version, which nothing ever filled, did not have.
_SINCE = {"target": "relative", "action": "stage", "note": "readers"}


def _forget_first_registers(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables of registers in the form that the first version gave them, always empty."""
    for table, column in _SINCE.items():
        held = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ?", [table]
        ).fetchall()
        if held and (column,) not in held:
            connection.execute(f"DROP TABLE {table}")


def _writable(path: Path) -> bool:
    """Say whether a file may be written, or made where it is not yet."""
    return os.access(path if path.exists() else path.parent, os.W_OK)


def _schema(crs: str) -> str:
    text = resources.files("observatoire.warehouse").joinpath("schema.sql").read_text("utf-8")
    return text.replace("{crs}", _quoted(crs))


def _quoted(crs: str) -> str:
    projjson = CRS(crs).to_json().replace("'", "''")
    return f"'{projjson}'"


def _crs_changed(connection: duckdb.DuckDBPyConnection, crs: str) -> bool:
    """Say whether the shapes were declared in another CRS than ``crs``."""
    stored, wanted = connection.execute(
        f"SELECT typeof(shape), typeof(NULL::GEOMETRY({_quoted(crs)})) "  # noqa: S608 - PROJ's own
        "FROM (SELECT 1) LEFT JOIN territory ON false"
    ).fetchall()[0]
    return bool(stored != wanted)

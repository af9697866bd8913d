"""Open a warehouse: its file, its schema, and what an older one lacks."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

import duckdb
from pyproj import CRS

from observatoire.errors import WorkspaceError
from observatoire.errors.translations import refused_by_system
from observatoire.warehouse.connection import MEMORY, Warehouse
from observatoire.warehouse.failures import failure, healthy_copy, is_of_the_file, refuse_path
from observatoire.warehouse.storage.contents import see_loads

#: The form of the file: the newest that every supported DuckDB (1.5 and later) opens, and the first
#: that keeps geometries with their reference system. Without it each engine writes its own.
STORAGE_VERSION = "v1.5.0"


def open_warehouse(path: Path | str, crs: str, ledger: Path | None = None) -> Warehouse:
    """Open, or make, the warehouse at ``path``.

    Parameters
    ----------
    crs : str
        The metric CRS of the workspace, for instance ``"EPSG:5490"``.
    ledger : Path, optional
        The text beside it that keeps the ledger too.

    Raises
    ------
    WorkspaceError
        With the true cause: another program has the file, the disk is full, its journal is cut, it
        was made by another version, it is no warehouse.
    """
    if str(path) != MEMORY:
        refuse_path(Path(path))
        remedy = "Demandez le droit d’y écrire, ou copiez l’espace de travail ailleurs."
        what, folder = "On ne peut pas créer le dossier de l’entrepôt.", Path(path).parent
        with refused_by_system(WorkspaceError, what, folder, remedy):
            folder.mkdir(parents=True, exist_ok=True)
    fresh = str(path) == MEMORY or not Path(path).exists()
    connection = None
    try:
        connection = duckdb.connect(
            str(path), config={"storage_compatibility_version": STORAGE_VERSION}
        )
        _lay_out(connection, crs, fresh=fresh)
    except duckdb.Error as error:
        if connection is not None:
            connection.close()  # let the analyst rename the file
        if is_of_the_file(error):
            raise failure(error, path, ledger) from error
        raise WorkspaceError(
            "Ce fichier DuckDB n’a pas la forme d’un entrepôt de cet observatoire.",
            where=str(path),
            why=f"Le moteur dit : {str(error).splitlines()[0]}",
            remedy=healthy_copy(ledger),
        ) from error
    warehouse = Warehouse(connection, crs, path, ledger)
    if fresh:
        return warehouse
    try:
        with warehouse.transaction():
            see_loads(warehouse)  # those of a warehouse made before they were
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def _lay_out(connection: duckdb.DuckDBPyConnection, crs: str, *, fresh: bool) -> None:
    """Make the tables that lack; those of shapes anew when the workspace's CRS has changed."""
    schema = _schema(crs)
    if not fresh:
        if _is_laid_out(connection, schema):
            return
        _forget_former_forms(connection)
    # In one transaction: else each of its statements waits for the disk.
    connection.execute(f"BEGIN TRANSACTION; {schema}")
    if not fresh and _crs_changed(connection, crs):
        connection.execute("DROP TABLE territory")  # shapes are written at each opening
        connection.execute(schema)
    _sign(connection, schema, fresh=fresh)
    connection.execute("COMMIT")


#: All that the file lays out, as the engine writes it.
_LAID_OUT = """
SELECT string_agg(sql, '' ORDER BY name) FROM (
    SELECT table_name AS name, sql FROM duckdb_tables() WHERE NOT temporary
    UNION ALL
    SELECT view_name, sql FROM duckdb_views() WHERE NOT internal
)
"""


def _is_laid_out(connection: duckdb.DuckDBPyConnection, schema: str) -> bool:
    """Say whether the tables and views are still those that this very schema made."""
    try:
        signed = connection.execute("SELECT signature FROM laid_out").fetchall()
    except duckdb.CatalogException:  # made before it was signed
        return False
    return signed == [(_signature(connection, schema),)]


#: Signatures of new files, by schema: all alike, and the first look at a catalogue takes long.
_SIGNED: dict[str, str] = {}


def _sign(connection: duckdb.DuckDBPyConnection, schema: str, *, fresh: bool) -> None:
    signature = _SIGNED.get(schema) if fresh else None
    if signature is None:
        signature = _signature(connection, schema)
    if fresh:
        _SIGNED[schema] = signature
    else:
        connection.execute("DELETE FROM laid_out")
    connection.execute("INSERT INTO laid_out VALUES (?)", [signature])


def _signature(connection: duckdb.DuckDBPyConnection, schema: str) -> str:
    laid_out = connection.execute(_LAID_OUT).fetchall()
    return hashlib.sha256(f"{schema}{laid_out}".encode()).hexdigest()


#: A column that tables of the first version, which nothing ever filled, did not have.
_SINCE = {"target": "relative", "action": "stage", "note": "readers"}

#: What is only kept to be read again: made anew in any other form than this one.
_KEPT = {
    "kept_decision": {"key": "VARCHAR", "sha256": "VARCHAR", "body": "BLOB"},
    "kept_answer": {
        "id": "BIGINT", "grounds": "VARCHAR", "asked": "VARCHAR", "bytes": "BIGINT", "sha256": "VARCHAR",
        "body": "BLOB",
    },
}  # fmt: skip


def _forget_former_forms(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop registers in the form of the first version, and what another one kept in a form of its own."""
    known = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    # Asked of each table: what lists columns makes the engine lay out all its own views first.
    for table in {*_SINCE, *_KEPT} & {str(name) for (name,) in known}:
        described = connection.execute(f"SELECT * FROM {table} LIMIT 0").description  # noqa: S608 - ours
        columns = {str(name): str(kind) for name, kind, *_ in described or ()}
        if columns != _KEPT[table] if table in _KEPT else _SINCE[table] not in columns:
            connection.execute(f"DROP TABLE {table}")


def _schema(crs: str) -> str:
    text = resources.files("observatoire.warehouse").joinpath("schema.sql").read_text("utf-8")
    return text.replace("{crs}", _quoted(crs))


@cache
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

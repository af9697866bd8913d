"""Open a warehouse: its file, its schema, and what an older one lacks."""

from __future__ import annotations

import os
import re
from importlib import resources
from pathlib import Path

import duckdb
from pyproj import CRS

from observatoire.errors import WorkspaceError
from observatoire.errors.translations import system_words
from observatoire.warehouse.connection import _AGAIN, MEMORY, Warehouse
from observatoire.warehouse.storage.contents import see_loads

#: What the engine, or Windows in its language, says of a file that another program holds.
_LOCKED = re.compile(r"\block\b|already open|(?:another|autre) process", re.IGNORECASE)


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
    if _LOCKED.search(str(error)):
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
        columns = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ?", [table]
        ).fetchall()
        if columns and (column,) not in columns:
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

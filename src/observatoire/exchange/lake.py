"""A lake where several observatories put their packages at once: DuckLake over PostgreSQL.

PostgreSQL keeps the catalogue, Parquet files the figures. Nothing is ever replaced: a new version is
one more deposit, and a deposit is one transaction, which is tried again when others write meanwhile.
"""

from __future__ import annotations

import contextlib
import importlib.util
import random
import tempfile
import time
import uuid
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import duckdb

from observatoire.errors import FileError, ObservatoireError
from observatoire.exchange.federation.members import bring
from observatoire.exchange.federation.verification import check_figures, verify
from observatoire.exchange.publication.figures import SQL_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from observatoire.exchange.federation.verification import Member


#: How many times a deposit is tried while others write.
TRIES = 12

_FOLDER = resources.files("observatoire.exchange") / "lake_sql"
_SQL = {n: (_FOLDER / f"{n}.sql").read_text("utf-8") for n in ("tables", "figures", "last")}

_EXTENSIONS = ("ducklake", "postgres_scanner")


class Lake:
    """Packages of several observatories, put by several writers; a later deposit comes before earlier ones.

    Parameters
    ----------
    catalogue : str
        Where PostgreSQL is, as libpq says it: ``"dbname=observatoires host=…"``.
    folder : path
        Where the Parquet files go, seen by all writers.

    Raises
    ------
    ObservatoireError
        Without the extra ``lake``, or when the catalogue does not answer.
    """

    def __init__(self, catalogue: str, folder: str | Path) -> None:
        self.connection = duckdb.connect()
        place = str(Path(folder).expanduser().resolve()).replace("'", "''")
        try:
            for name in _EXTENSIONS:
                self.connection.execute(f"LOAD '{_extension(name)}'")
            where = catalogue.replace("'", "''")
            attach = f"ATTACH 'ducklake:postgres:{where}' AS lac (DATA_PATH '{place}')"
            self._again(lambda: self.connection.execute(attach))
            self.connection.execute("USE lac")
            columns = ", ".join(f"{name} {kind}" for name, kind in SQL_TYPES.items())
            self._again(lambda: self.connection.execute(_SQL["tables"].format(columns=columns)))
        except BaseException:
            self.connection.close()
            raise

    def __enter__(self) -> Self:
        """Use it in a ``with``."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self.close()

    def add(self, package: str | Path) -> str:
        """Put a package, checked as a federation checks it; the same figures twice change nothing.

        Returns
        -------
        str
            The deposit’s id.

        Raises
        ------
        FileError
            When the package does not pass, or holds figures that an agreement lends: nobody would take
            them back from a lake.
        """
        with tempfile.TemporaryDirectory(prefix="observatoire-") as copies:
            member = verify(bring(str(package), Path(copies)))
            wrong = check_figures([member])
            if wrong:
                raise wrong[member.name]
            terms = [each for found in member.terms.values() for each in found]
            if any(each.audience != "public" or each.ends is not None for each in terms):
                raise FileError(
                    "Ce paquet contient des chiffres prêtés sous convention.",
                    where=str(package),
                    why="Ce qui est déposé reste : rien ne le retirerait à l’échéance.",
                    remedy="Publiez un paquet sans eux (audience « public »), puis déposez-le.",
                )
            return str(self._again(lambda: self._deposit(member)))

    def _deposit(self, member: Member) -> str:
        run = self.connection.execute
        file = member.figures
        digest = next(
            str(each["hash"])
            for each in member.descriptor["resources"]
            if each["path"] == "valeurs.parquet"
        )
        run("BEGIN")
        held = run(
            "SELECT rang, depot, empreinte FROM depots WHERE observatoire = ? ORDER BY rang DESC, depot DESC",
            [member.name],
        ).fetchall()
        if held and held[0][2] == digest:
            run("ROLLBACK")
            return str(held[0][1])
        made = str(uuid.uuid4())
        names = ", ".join(SQL_TYPES)
        run(f"INSERT INTO chiffres SELECT ?, {names} FROM read_parquet(?)", [made, file])  # noqa: S608 - ours
        run(
            "INSERT INTO depots SELECT ?, ?, ?, ?, count(*) FROM read_parquet(?)",
            [member.name, held[0][0] + 1 if held else 1, made, digest, file],
        )
        run("COMMIT")
        return made

    def versions(self) -> pd.DataFrame:
        """List the deposits: whose, which rank among theirs, how many rows."""
        return self.connection.execute(
            "SELECT * FROM depots ORDER BY observatoire, rang, depot"
        ).df()

    def figures(self, indicator: str = "") -> pd.DataFrame:
        """Return the figures that stand, of all observatories, or those of one indicator."""
        text = _SQL["figures"].format(last=_SQL["last"])
        return self.connection.execute(text, {"indicateur": indicator}).df()

    def close(self) -> None:
        """Let go of the catalogue."""
        self.connection.close()

    def _again(self, act: Callable[[], Any]) -> Any:
        """Do an act, again a little later when another writer was there first."""
        for left in reversed(range(TRIES)):
            try:
                return act()
            except duckdb.Error as error:
                with contextlib.suppress(duckdb.Error):  # no transaction was open
                    self.connection.execute("ROLLBACK")
                passing = any(word in str(error).casefold() for word in _PASSING)
                if not left or not passing:
                    raise _unanswered(error) from error
                time.sleep(random.uniform(0.05, 0.4) * (TRIES - left))  # noqa: S311 - no secret
        return None


#: What the engine and the catalogue say when others wrote at the same time.
_PASSING = (
    "conflict",
    "could not serialize",
    "duplicate key",
    "deadlock",
    "retry",
    "already exists",
    "concurrent",
)


def _unanswered(error: duckdb.Error) -> ObservatoireError:
    # The words of the engine may hold a password: the kind of the fault is given, not its text.
    return ObservatoireError(
        "Le lac ne répond pas.",
        why=f"PostgreSQL ou DuckLake a refusé ({type(error).__name__}).",
        remedy="Vérifiez que le serveur tourne, que la base existe, que le dossier des données est bien "
        "celui de ce lac et s’écrit. "
        "Rien n’a été déposé à moitié.",
    )


def _extension(name: str) -> str:
    """Return where an extension lies that was installed with the library: nothing is downloaded."""
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    for folder in spec.submodule_search_locations or () if spec else ():
        file = Path(folder) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
        if file.is_file():
            return str(file).replace("'", "''")
    raise ObservatoireError(
        f"L’extension « {name} » de DuckDB {duckdb.__version__} n’est pas installée.",
        why="Un lac partagé par plusieurs observatoires en a besoin, de la version même de DuckDB.",
        remedy='Installez-la : pip install "observatoire[lake]".',
    )

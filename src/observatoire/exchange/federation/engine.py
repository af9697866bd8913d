"""What answers the questions of a federation: DuckDB over the packages' Parquet, where it lies.

The questions are files of ``questions/``, in the dialect that DuckDB and Spark share; ``spark`` runs
them on the same files for who has a cluster.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Protocol

import duckdb
import pandas as pd

from observatoire.errors import FileError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import reader_words
from observatoire.exchange.publication.figures import VALUE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The columns of a federation's figures: whose they are, then those of the packages.
FIGURE_COLUMNS = ("observatoire", *(french for french, _, _ in VALUE_FIELDS.values()))

_MEMBERS = ["observatoire", "rang", "fichier"]
_LATE = ["observatoire", "indicateur", "periode", "retenu"]
_EMPTIED = ("valeur", "borne_basse", "borne_haute", "plausible_bas", "plausible_haut")


class Engine(Protocol):
    """What runs a question over the figures of the members."""

    def ask(self, question: str, **words: str) -> pd.DataFrame:
        """Return the answer of a question of ``questions/``."""

    def keep(self, name: str, question: str) -> None:
        """Keep the answer of a question under a name, for others to draw on."""

    def close(self) -> None:
        """Let go of what it holds."""


def open_engine(
    name: str, files: Mapping[str, str], kept_back: Sequence[tuple[str, str, str, str]]
) -> Engine:
    """Return an engine over the members' figures.

    Parameters
    ----------
    name : {"duckdb", "spark"}
        Which.
    files : mapping
        The Parquet file of each member, in order of precedence.
    kept_back : sequence of (observatory, indicator, period, reason)
        What agreements do not let out: emptied, with the reason.

    Raises
    ------
    UnknownNameError
        On another name.
    """
    ranked = [(who, rank, file) for rank, (who, file) in enumerate(files.items())]
    members = pd.DataFrame(ranked, columns=_MEMBERS)
    late = pd.DataFrame(list(kept_back), columns=_LATE)
    if name == "duckdb":
        return DuckEngine(members, late)
    if name == "spark":
        from observatoire.exchange.federation.spark import SparkEngine  # noqa: PLC0415 - an extra

        return SparkEngine(members, late)
    raise UnknownNameError(
        f"Aucun moteur ne s’appelle « {name} ».",
        remedy=suggestion(name, ("duckdb", "spark")),
        name=name,
    )


def question_text(name: str) -> str:
    """Return the SQL of a question."""
    folder = resources.files("observatoire.exchange.federation") / "questions"
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


def figures_view(files: str) -> str:
    """Return the SQL of the figures: those of the files, with whose they are, less what is kept back."""
    columns = ",\n       ".join(_column(name) for name in FIGURE_COLUMNS[1:])
    return f"""
SELECT m.observatoire, {columns}
FROM {files} AS v
JOIN membres AS m ON m.fichier = v.fichier
LEFT JOIN retenus AS r
  ON r.observatoire = m.observatoire AND r.indicateur = v.indicateur AND r.periode = v.periode
"""  # noqa: S608 - names of ours


def _column(name: str) -> str:
    emptied = {
        "statut": "'non disponible'",
        "methode": "''",
        "motif": "r.retenu",
        "OBS_STATUS": "'O'",
    }
    if name in _EMPTIED:
        return f"CASE WHEN r.retenu IS NULL THEN v.{name} END AS {name}"
    if name in emptied:
        return f"CASE WHEN r.retenu IS NULL THEN v.{name} ELSE {emptied[name]} END AS {name}"
    return f"v.{name}"


class DuckEngine:
    """DuckDB over Parquet, in memory: nothing is copied before it is asked for."""

    def __init__(self, members: pd.DataFrame, late: pd.DataFrame) -> None:
        self.connection = duckdb.connect()
        for name, frame in (("membres", members), ("retenus", late)):
            self.connection.register(
                "given", frame.astype({c: "str" for c in frame if c != "rang"})
            )
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 - ours
            self.connection.unregister("given")
        files = ", ".join("'" + file.replace("'", "''") + "'" for file in members["fichier"])
        nothing = ", ".join(_nothing(name) for name in ("fichier", *FIGURE_COLUMNS[1:]))
        source = (
            f"(SELECT *, filename AS fichier FROM read_parquet([{files}], filename = true))"  # noqa: S608 - checked files
            if files
            else f"(SELECT {nothing} WHERE false)"
        )
        self.connection.execute(f"CREATE VIEW chiffres AS {figures_view(source)}")

    def ask(self, question: str, **words: str) -> pd.DataFrame:
        """Return the answer of a question of ``questions/``.

        Raises
        ------
        FileError
            When a file can no longer be read.
        """
        try:
            return self.connection.execute(question_text(question), words or None).df()
        except duckdb.Error as error:
            raise FileError(
                "Les chiffres des paquets ne se lisent plus.",
                why=reader_words(error),
                remedy="Relancez la fédération : elle les revérifie.",
            ) from error

    def keep(self, name: str, question: str) -> None:
        """Keep the answer of a question under a name, for others to draw on."""
        text = f"CREATE OR REPLACE TABLE {name} AS {question_text(question)}"
        self.connection.execute(text)

    def close(self) -> None:
        """Let go of the files."""
        self.connection.close()


def _nothing(name: str) -> str:
    kinds = {french: kind for french, kind, _ in VALUE_FIELDS.values()}
    kind = "DOUBLE" if kinds.get(name) == "number" else "VARCHAR"
    return f"CAST(NULL AS {kind}) AS {name}"

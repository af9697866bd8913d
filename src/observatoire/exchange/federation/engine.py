"""What answers the questions of a federation: DuckDB over the packages' Parquet, where it lies.

The questions are files of ``questions/``, in the dialect that DuckDB and Spark share; ``spark`` runs
them on the same files for who has a cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pandas as pd
import pyarrow as pa

from observatoire.errors import FileError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.errors.translations import reader_words
from observatoire.exchange.federation.queries import (
    figures_view,
    known_view,
    question_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from observatoire.exchange.federation.spark import SparkEngine

    #: What runs a question over the figures of the members.
    Engine: TypeAlias = "DuckEngine | SparkEngine"

#: Texts as pandas has them by itself, whatever the version of Arrow.
_TEXTS = {pa.string(): pd.StringDtype(na_value=float("nan"))}

_MEMBERS = ["observatoire", "rang", "fichier"]
_LATE = ["observatoire", "indicateur", "periode", "retenu"]


def open_engine(
    name: str,
    files: Mapping[str, str],
    kept_back: Sequence[tuple[str, str, str, str]],
    former: Mapping[str, str],
) -> Engine:
    """Return an engine over the members' figures.

    Parameters
    ----------
    files : mapping
        The Parquet file of each member, in order of precedence.
    kept_back : sequence of (observatory, indicator, period, reason)
        What agreements do not let out: emptied, with the reason.
    former : mapping
        The Parquet file of each member that left: what it showed is known, and not shown again.
    """
    whose = {**files, **former}
    ranked = [(who, rank, file) for rank, (who, file) in enumerate(whose.items())]
    known = pd.DataFrame(ranked, columns=_MEMBERS)
    members = known.iloc[: len(files)]
    late = pd.DataFrame(list(kept_back), columns=_LATE)
    if name == "duckdb":
        return DuckEngine(members, late, known)
    if name == "spark":
        from observatoire.exchange.federation.spark import SparkEngine  # an extra

        return SparkEngine(members, late, known)
    raise UnknownNameError(
        f"Aucun moteur ne s’appelle « {name} ».",
        remedy=suggestion(name, ("duckdb", "spark")),
        name=name,
    )


class DuckEngine:
    """DuckDB over Parquet, in memory: nothing is copied before it is asked for."""

    def __init__(self, members: pd.DataFrame, late: pd.DataFrame, known: pd.DataFrame) -> None:
        self.connection = duckdb.connect()
        # What a question took is given back after it, rather than kept for the next.
        self.connection.execute(
            "SET allocator_flush_threshold = '1MB'; SET allocator_background_threads = true"
        )
        for name, frame in (("membres", members), ("retenus", late), ("connus", known)):
            self.connection.register(
                "given", frame.astype({c: "str" for c in frame if c != "rang"})
            )
            self.connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 - ours
            self.connection.unregister("given")
        for name, whose, view in (
            ("chiffres", members, figures_view),
            ("donnes", known, known_view),
        ):
            self.connection.execute(f"CREATE VIEW {name} AS {view(_read(whose['fichier']))}")

    def ask(self, question: str, **words: str) -> pd.DataFrame:
        """Return the answer of a question of ``questions/``.

        Raises
        ------
        FileError
            When a file can no longer be read.
        """
        try:
            # Arrow's columns become a frame in a quarter of the time of DuckDB's own.
            asked = self.connection.sql(question_text(question), params=words or None)
            found: pd.DataFrame = asked.to_arrow_table().to_pandas(types_mapper=_TEXTS.get)
        except duckdb.Error as error:
            raise unreadable(error) from error
        return found

    def close(self) -> None:
        """Let go of the files."""
        self.connection.close()


def unreadable(error: Exception) -> FileError:
    """Return what is said of figures that were read before, and no longer are."""
    return FileError(
        "Les chiffres des paquets ne se lisent plus.",
        why=reader_words(error),
        remedy="Relancez la fédération : elle les revérifie.",
    )


def _read(places: Iterable[str]) -> str:
    """Return the SQL of the rows of files, each with its place."""
    files = ", ".join("'" + place.replace("'", "''") + "'" for place in places)
    return f"(SELECT *, filename AS fichier FROM read_parquet([{files}], filename = true))"  # noqa: S608 - checked files

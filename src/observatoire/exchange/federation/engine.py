"""What answers the questions of a federation: DuckDB over the packages' Parquet, where it lies, or Spark.

The questions are files of ``questions/``, in the dialect that the two share; each is put to one view of the files.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import pandas as pd
import pyarrow as pa

from observatoire.errors import FileError, ObservatoireError
from observatoire.errors.arguments import check_known
from observatoire.errors.translations import reader_words
from observatoire.exchange.publication.figures import VALUE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: Texts as pandas has them by itself, whatever the version of Arrow.
_TEXTS = {pa.string(): pd.StringDtype(na_value=float("nan"))}

_MEMBERS = ["observatoire", "rang", "fichier"]
_LATE = ["observatoire", "indicateur", "periode", "retenu"]

#: The columns of a federation's figures: whose they are, then those of the packages.
FIGURE_COLUMNS = ("observatoire", *(french for french, _, _ in VALUE_FIELDS.values()))

_EMPTIED = ("valeur", "borne_basse", "borne_haute", "plausible_bas", "plausible_haut")

#: What agreements keep back, beside the figures of members.
_KEPT_BACK = """
LEFT JOIN retenus AS r
  ON r.observatoire = m.observatoire AND r.indicateur = v.indicateur AND r.periode = v.periode
"""


def question_text(name: str) -> str:
    """Return the SQL of a question."""
    folder = resources.files("observatoire.exchange.federation") / "questions"
    return (folder / f"{name}.sql").read_text(encoding="utf-8")


def known_view(files: str) -> str:
    """Return the SQL of all that members ever showed; ``passe`` says what is no longer: it cannot be unread."""
    columns = ", ".join(f"v.{name}" for name in FIGURE_COLUMNS[1:])
    return f"""
SELECT m.observatoire, {columns}, p.fichier IS NULL OR r.retenu IS NOT NULL AS passe
FROM {files} AS v
JOIN connus AS m ON m.fichier = v.fichier
LEFT JOIN membres AS p ON p.fichier = v.fichier
{_KEPT_BACK}"""  # noqa: S608 - names of ours


def figures_view(files: str) -> str:
    """Return the SQL of the figures: those of the files, with whose they are, less what is kept back."""
    columns = ",\n       ".join(_column(name) for name in FIGURE_COLUMNS[1:])
    return f"""
SELECT m.observatoire, {columns}
FROM {files} AS v
JOIN membres AS m ON m.fichier = v.fichier
{_KEPT_BACK}"""  # noqa: S608 - names of ours


def _column(name: str) -> str:
    emptied = dict.fromkeys(_EMPTIED, "NULL") | {
        "statut": "'non disponible'",
        "methode": "''",
        "motif": "r.retenu",
        "OBS_STATUS": "'O'",
    }
    if name in emptied:
        return f"CASE WHEN r.retenu IS NULL THEN v.{name} ELSE {emptied[name]} END AS {name}"
    return f"v.{name}"


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


class SparkEngine:
    """Spark over the same files, for who has more than one machine; the session is that of the process, if any."""

    def __init__(self, members: pd.DataFrame, late: pd.DataFrame, known: pd.DataFrame) -> None:
        self.session = _session()
        for name, frame in (("membres", members), ("retenus", late), ("connus", known)):
            types = ", ".join(f"{c} {'int' if c == 'rang' else 'string'}" for c in frame)
            rows = [tuple(row) for row in frame.itertuples(index=False, name=None)]
            self.session.createDataFrame(rows, types).createOrReplaceTempView(name)
        figures = self.session.read.parquet(*known["fichier"])
        figures.selectExpr(
            "*", "replace(_metadata.file_path, 'file:', '') AS chemin"
        ).createOrReplaceTempView("fichiers")
        source = "(SELECT *, regexp_replace(chemin, '^/+', '/') AS fichier FROM fichiers)"
        for name, view in (("chiffres", figures_view), ("donnes", known_view)):
            self.session.sql(view(source)).createOrReplaceTempView(name)

    def ask(self, question: str, **words: str) -> pd.DataFrame:
        """Return the answer of a question of ``questions/``."""
        text = re.sub(r"\$(\w+)", r":\1", question_text(question))
        answer: pd.DataFrame = self.session.sql(text, args=words).toPandas()
        return answer

    def close(self) -> None:
        """Leave the session to the process: others may use it."""


def _session() -> Any:
    try:
        from pyspark.sql import SparkSession  # an extra
    except ImportError as error:
        raise ObservatoireError(
            "Spark n’est pas installé.",
            remedy='Installez-le (pip install "observatoire[spark]", avec Java), ou gardez engine="duckdb".',
        ) from error
    session = (
        SparkSession.builder.appName("observatoire")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "8")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    return session


#: What runs a question over the figures of the members.
Engine: TypeAlias = DuckEngine | SparkEngine

_ENGINES: dict[str, type[Engine]] = {"duckdb": DuckEngine, "spark": SparkEngine}


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
    check_known(name, _ENGINES, f"Aucun moteur ne s’appelle « {name} ».")
    whose = {**files, **former}
    ranked = [(who, rank, file) for rank, (who, file) in enumerate(whose.items())]
    known = pd.DataFrame(ranked, columns=_MEMBERS)
    late = pd.DataFrame(list(kept_back), columns=_LATE)
    return _ENGINES[name](known.iloc[: len(files)], late, known)

"""The same questions on Spark, over the same files: for who has more than one machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from observatoire.errors import ObservatoireError
from observatoire.exchange.federation.queries import figures_view, known_view, question_text

if TYPE_CHECKING:
    import pandas as pd


class SparkEngine:
    """Spark over Parquet; the session is that of the process, local where there is none."""

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

"""Parquet files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words
from observatoire.sources.formats.cells import Appearance, CellSheet, Columns, cells_text

if TYPE_CHECKING:
    import pandas as pd


def read_parquet(content: bytes, name: str) -> CellSheet:
    """Return the one sheet of a Parquet file, the names of its columns on its first line.

    Raises
    ------
    UnreadableFileError
        When it is cut, or no such file.
    """
    import pyarrow as pa  # noqa: PLC0415 - only Parquet files need it
    import pyarrow.parquet  # noqa: PLC0415

    try:
        # Without pandas' own notes, what was an index is a column like the others.
        table = pyarrow.parquet.read_table(io.BytesIO(content))
        frame = table.to_pandas(ignore_metadata=True)
    except (OSError, ValueError, pa.ArrowException, NotImplementedError) as error:
        raise UnreadableFileError(
            "Ce fichier Parquet ne s’ouvre pas : il est tronqué ou n’en est pas un.",
            where=name,
            why=reader_words(error),
            remedy="Redemandez-le au producteur.",
        ) from error
    columns: Columns = [
        [str(label), *_cells(frame.iloc[:, rank])] for rank, label in enumerate(frame.columns)
    ]
    return CellSheet("", lambda: (columns, Appearance()))


def _cells(column: pd.Series) -> list[Any]:
    cells: list[Any] = column.astype(object).tolist()
    return cells if column.dtype.kind == "f" else cells_text(cells)

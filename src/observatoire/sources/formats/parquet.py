"""Parquet files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from observatoire.errors import (
    UnreadableFileError,
)
from observatoire.errors.translations import reader_words
from observatoire.sources.formats.cells import (
    cells_text,
)

if TYPE_CHECKING:
    from observatoire.sources.formats.text import Rows


# --- Parquet and dBase ---------------------------------------------------------------------------


def read_parquet(content: bytes, name: str) -> Rows:
    """Return the rows of a Parquet file, the names of its columns first.

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
    names = [str(column) for column in frame.columns]
    columns = [
        cells_text(frame.iloc[:, rank].astype(object).tolist()) for rank in range(len(names))
    ]
    body = [list(row) for row in zip(*columns, strict=True)]
    return list(enumerate([names, *body], 1))

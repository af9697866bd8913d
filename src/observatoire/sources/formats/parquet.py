"""Parquet files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words
from observatoire.sources.formats.cells import Appearance, CellSheet, Columns, cells_text
from observatoire.sources.formats.limits import check_bytes, check_cells

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


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
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content), read_dictionary=_texts(content))
        _check_announced(file.metadata, name, len(content))
        table = file.read()
        _check_repeated(table, name, len(content))
        # Without pandas' own notes, what was an index is a column like the others.
        frame = table.to_pandas(ignore_metadata=True)
    except (OSError, ValueError, pa.ArrowException, NotImplementedError, OverflowError) as error:
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


def _texts(content: bytes) -> list[str]:
    """Return the columns of texts: read once each text, however often it is repeated."""
    import pyarrow.parquet  # noqa: PLC0415 - only Parquet files need it

    schema = pyarrow.parquet.read_schema(io.BytesIO(content))
    return [
        field.name
        for field in schema
        if pyarrow.types.is_string(field.type) or pyarrow.types.is_large_string(field.type)
    ]


def _check_announced(metadata: Any, name: str, packed: int) -> None:
    """Refuse what a file itself says is too large, before anything of it is read."""
    groups = [metadata.row_group(rank) for rank in range(metadata.num_row_groups)]
    columns = [group.column(rank) for group in groups for rank in range(group.num_columns)]
    values = sum(column.num_values for column in columns)
    check_cells(max(values, metadata.num_rows * metadata.num_columns), name, packed)
    check_bytes(sum(column.total_uncompressed_size for column in columns), name, packed)


def _check_repeated(table: pa.Table, name: str, packed: int) -> None:
    """Refuse a file whose few texts, repeated, would be more than memory holds."""
    import pyarrow as pa  # noqa: PLC0415 - only Parquet files need it
    import pyarrow.compute as pc  # noqa: PLC0415

    size = table.nbytes
    for column in table.columns:
        for chunk in column.chunks if pa.types.is_dictionary(column.type) else ():
            lengths = pc.binary_length(chunk.dictionary).take(chunk.indices)
            size += pc.sum(lengths.cast(pa.int64())).as_py() or 0
    check_bytes(size, name, packed)


def _cells(column: pd.Series) -> list[Any]:
    cells: list[Any] = column.astype(object).tolist()
    return cells if column.dtype.kind == "f" else cells_text(cells)

"""Answers kept in the warehouse: computed once, read again while nothing that they rest on has changed."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pandas.api.types import is_float_dtype, is_string_dtype

from observatoire.errors import WorkspaceError
from observatoire.indicators.answer_grounds import answer_grounds
from observatoire.indicators.comparison.gaps import DIFFERENCE_COLUMNS
from observatoire.indicators.computation.table import CELL_COLUMNS
from observatoire.values import Status
from observatoire.warehouse.storage.digests import ANSWERS_REST_ON, content_digest
from observatoire.warehouse.storage.kept_results import find_answer, keep_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from observatoire.indicators.context import Context

#: Where the names that go with an answer stand in its schema.
_NAMES = b"observatoire"

#: What tells a cell from another, and what every cell of an answer says in words and in numbers.
_PLACE = ["zoning", "territory", "indicator", "period"]
_WORDS = ("name", "source", "reason", "method", "origin")
_NUMBERS = sorted({*CELL_COLUMNS} - {*_PLACE, *_WORDS, "status"})

#: What Arrow, or what reads after it, says of bytes that nobody wrote here.
_UNREADABLE = (pa.ArrowException, MemoryError, LookupError, OSError, TypeError, ValueError)


@dataclass(frozen=True)
class Answer:
    """What is computed of a question, before it is made a table.

    ``sources`` are the zonings that its figures are carried from, ``foot`` those of its comparators.
    """

    cells: pd.DataFrame
    differences: pd.DataFrame
    sources: tuple[str, ...]
    foot: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Write it down: its names, then its two frames, as Arrow streams."""
        names = json.dumps({"sources": self.sources, "foot": self.foot})
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        for frame in (self.cells, self.differences):
            table = pa.Table.from_pandas(frame, preserve_index=False)
            table = table.replace_schema_metadata({**table.schema.metadata, _NAMES: names})
            with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
                stream.write_table(table)
        return bytes(sink.getvalue().to_pybytes())

    @classmethod
    def from_bytes(cls, body: bytes) -> Answer:
        """Read what :meth:`to_bytes` wrote.

        Examples
        --------
        >>> cells = pd.DataFrame({"territory": ["Q1"], "value": [1.5]})
        >>> made = Answer(cells, cells.iloc[:0], ("iris-2016",), ())
        >>> read = Answer.from_bytes(made.to_bytes())
        >>> read.cells.equals(cells), len(read.differences), read.sources
        (True, 0, ('iris-2016',))
        """
        reader = pa.BufferReader(body)
        first, second = (pa.ipc.open_stream(reader).read_all() for _ in range(2))
        names = json.loads(first.schema.metadata[_NAMES])
        cells, differences = (_frame(table) for table in (first, second))
        return cls(cells, differences, tuple(names["sources"]), tuple(names["foot"]))

    def is_of(self, codes: Collection[str], zonings: Collection[str]) -> bool:
        """Say whether it is laid out as an answer about these indicators, on zonings that are declared."""
        cells = self.cells
        words = cells[[*_PLACE, *_WORDS]]
        return (
            tuple(self.differences) == DIFFERENCE_COLUMNS
            and all(is_float_dtype(cells[name]) for name in _NUMBERS)
            and all(is_string_dtype(words[name]) for name in words)
            and not words.isna().any(axis=None)
            and set(cells["status"]) <= set(Status)
            and set(cells["indicator"]) == set(codes)
            and {*cells["zoning"], *self.sources, *self.foot} <= set(zonings)
            and not cells.duplicated(_PLACE).any()
        )


def _frame(table: pa.Table) -> pd.DataFrame:
    table.validate(full=True)  # bytes that are not as they were written are refused, never followed
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    # Texts are kept as they would be had the answer been computed here (see ``values.texts_of``).
    texts = [name for name in frame if frame[name].dtype == "str"]
    return frame.astype(dict.fromkeys(texts, pd.StringDtype(na_value=float("nan"))))


class KeptAnswers:
    """The answers of a workspace that are kept in its warehouse.

    Parameters
    ----------
    context : Context
        What answers are made of; its digest, ``grounds``, is taken now.
    """

    def __init__(self, context: Context) -> None:
        self._warehouse = context.warehouse
        # Rows that another handle writes from now on keep nothing.
        self._rows = content_digest(self._warehouse, ANSWERS_REST_ON)
        self.grounds = answer_grounds(context, self._rows)

    def once(
        self, asked: object, make: Callable[[], Answer], fits: Callable[[Answer], bool]
    ) -> Answer:
        """Return the answer to a question that its ``repr`` tells from all others.

        What was kept is computed anew where it is not what was written, or does not fit the question.
        """
        found = self._found(asked)
        with suppress(*_UNREADABLE):
            if found is not None and fits(read := Answer.from_bytes(found)):
                return read
        made = make()
        self._keep(asked, made.to_bytes())
        return made

    def written_once(self, what: str, write: Callable[[], None]) -> None:
        """Write in the warehouse what follows from the same grounds, unless it was written before."""
        if self._found(what) is None:
            write()
            self._keep(what, b"")

    def _found(self, asked: object) -> bytes | None:
        return find_answer(self._warehouse, self.grounds, _digest(asked))

    def _keep(self, asked: object, body: bytes) -> None:
        # Rows that changed meanwhile keep nothing; a full disk only costs time.
        if content_digest(self._warehouse, ANSWERS_REST_ON) == self._rows:
            with suppress(WorkspaceError):
                keep_answer(self._warehouse, self.grounds, _digest(asked), body)


def _digest(asked: object) -> str:
    return hashlib.sha256(repr(asked).encode()).hexdigest()

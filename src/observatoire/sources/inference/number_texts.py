"""The texts of a table that tell how its numbers are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from observatoire.sources.parsers.number_style import NumberStyle

#: So many different cells of a column tell how numbers are written.
_LOOKED = 2000

#: What only a text typed in a cell may hold: a comma, an apostrophe, points between thousands.
_TYPED = re.compile(r"[,'’]|^[^0-9]*[0-9]{1,3}(?:\.[0-9]{3})+(?:[^0-9.]|$)")


def number_keys(writing: NumberStyle) -> dict[str, object]:
    """Return what a ``source.toml`` says of how numbers are written; « ? » is left to decide."""
    thousands = "?" if writing.doubtful else writing.thousands
    return {"decimal": writing.decimal, "thousands": thousands}


def typed_texts(columns: Iterable[pd.Series], *, typed: bool) -> list[str]:
    """Return the texts that may tell how numbers are written.

    In a workbook a number has no writing of its own: only what was typed as a text tells, and a
    number never looks like thousands (see ``formats.ungrouped``).
    """
    texts = [str(text) for cells in columns for text in cells.unique()[:_LOOKED]]
    return [text for text in texts if not typed or _TYPED.search(text)]

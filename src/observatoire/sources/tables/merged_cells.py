"""What a workbook shows as one cell over several rows: filled down on each, or refused for a figure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.sources.parsers.ranges import read_range
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.tables.raw_table import Merged
from observatoire.sources.tables.rejects import NO_REJECT, joined, reject
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Range
    from observatoire.sources.tables.raw_table import RawTable


#: What was meant as a figure: « 12 », « <5 », « 12,5 % », « (12) ».
_FIGURE = re.compile(r"[<>≤≥(]?\s*[+−–-]?\s*[0-9][0-9\s.,'’]*[^\d]{0,12}")


def merged_below(ranges: Iterable[Range], line: int, header: Sequence[str]) -> tuple[Merged, ...]:
    """Return the merged cells that lie below a header.

    Parameters
    ----------
    ranges : iterable of Range
        Those of the sheet.
    line : int
        The last line of the header.
    header : sequence of str
        The names of the columns.

    Examples
    --------
    >>> merged_below([((0, 0), (1, 0)), ((2, 0), (4, 0))], 2, ["Commune", "Quartier"])
    (Merged(columns=('Commune',), first=3, last=5),)
    """
    return tuple(
        Merged(tuple(header[left : right + 1]), top + 1, bottom + 1)
        for (top, left), (bottom, right) in ranges
        if top >= line and header[left : left + 1]
    )


def named_columns(spec: FileSpec) -> list[str]:
    """Return the columns of a file that say where, when and what its figures are."""
    columns = (
        spec.territory, spec.prefix_column, spec.commune_column, spec.period_column,
        spec.part_column, spec.zoning_column, spec.variable_column,
    )  # fmt: skip
    return [name for name in columns if name]


def worded_columns(table: RawTable) -> list[str]:
    """Return the columns with merged cells that hold no figure, or periods."""
    names = dict.fromkeys(
        merged.columns[0] for merged in table.merged if merged.last > merged.first
    )
    columns = [name for name in names if name and name in table.frame]  # several may have no name
    return [name for name in columns if _is_worded(name, table.frame[name])]


def _is_worded(name: str, cells: pd.Series) -> bool:
    texts = map(str.strip, map(str, cells.unique()))
    return signs().is_period(name) or not any(map(_FIGURE.fullmatch, texts))


def complete(table: RawTable, columns: Iterable[str], spec: FileSpec) -> RawTable:
    """Tell again, on each row of a merged cell, what its first row says.

    Only texts that say where, when and what are: a figure over three rows is not each one's.

    Parameters
    ----------
    table : RawTable
        A file's raw rows, and the cells that the workbook declares merged.
    columns : iterable of str
        The columns to complete, none of figures.
    spec : FileSpec
        Its columns. A row that holds no figure is a part of the row above, not a territory.
    """
    if not any(merged.last > merged.first for merged in table.merged):
        return table
    frame, filled = table.frame, dict(table.completed)
    lines = table.lines.tolist()
    for column in dict.fromkeys(filter(None, columns)):
        cells = _filled_down(table, lines, column, spec) if column in frame else {}
        if cells:
            texts = frame[column].tolist()
            for at, text in cells.items():
                texts[at] = text
            frame = frame.assign(**{column: texts}).astype({column: "str"})
            filled[column] = filled.get(column, 0) + len(cells)
    return replace(table, frame=frame, completed=filled)


def _filled_down(table: RawTable, lines: list[int], column: str, spec: FileSpec) -> dict[int, str]:
    """Return the text of each blank cell that a merged one covers, by its rank in the column."""
    rank = {line: at for at, line in enumerate(lines)}
    texts = table.frame[column].astype("str").tolist()
    found: dict[int, str] = {}
    for merged in table.merged:
        if merged.columns[0] != column or merged.first not in rank:
            continue
        text = texts[rank[merged.first]]
        for line in (
            range(merged.first + 1, min(merged.last, lines[-1]) + 1) if text.strip() else ()
        ):
            at = rank.get(line)
            if at is not None and not texts[at].strip():
                found[at] = text
    return _measured(table.frame, found, spec) if column == spec.territory else found


def _measured(frame: pd.DataFrame, found: dict[int, str], spec: FileSpec) -> dict[int, str]:
    """Keep the rows that hold a figure or a sign, or name what they measure, or when."""
    roles = {*spec.role_columns} - {spec.value_column, spec.variable_column, spec.period_column}
    part = frame.iloc[list(found)].astype("str")
    named = [""] * len(part)
    for column in filter(None, (spec.variable_column, spec.period_column)):
        named = [start + text for start, text in zip(named, part.pop(column), strict=True)]
    others = part.loc[:, ~part.columns.isin(list(roles))].to_numpy(object).tolist()
    rows = zip(found.items(), named, others, strict=True)
    return {
        at: text
        for (at, text), name, cells in rows
        if name.strip() or any(map(_is_filled, map(str.strip, cells)))
    }


def _is_filled(cell: str) -> bool:
    if not cell or _FIGURE.fullmatch(cell) or signs().meaning(cell):
        return bool(cell)
    return read_range(cell, Nature.COUNT) is not None  # « moins de 5 »


def filled_down(
    table: RawTable, columns: Collection[str], marks: Collection[str], spec: FileSpec
) -> RawTable:
    """Tell again on each row what the workbook's merged cells say of all."""
    if not table.merged:
        return table
    roles = named_columns(spec)
    table = spread(complete(table, roles, spec), columns, marks)
    filled = {name: count for name, count in table.completed.items() if name in {*roles, *columns}}
    return replace(table, completed=filled)


def spread(table: RawTable, columns: Collection[str], marks: Collection[str]) -> RawTable:
    """Tell a sign (« n.c. ») on each row and column of the merged cell that holds it.

    Parameters
    ----------
    table : RawTable
        A file's raw rows.
    columns : collection of str
        Its columns of figures.
    marks : collection of str
        The signs that stand for no figure.
    """
    lines, filled = table.lines, dict(table.completed)
    for merged in table.merged:
        if merged.columns[0] not in columns or (text := _text(table, merged)) not in marks:
            continue
        here = lines.between(merged.first, merged.last).to_numpy()
        frame = table.frame.copy()
        for column in merged.columns:
            if column in columns:
                blank = here & frame[column].str.strip().eq("").to_numpy()
                frame.loc[blank, column] = text
                filled |= {column: filled.get(column, 0) + int(blank.sum())} if blank.any() else {}
        table = replace(table, frame=frame)
    return replace(table, completed=filled)


def _text(table: RawTable, merged: Merged) -> str:
    """Return what the first cell of a merged one says."""
    if merged.columns[0] not in table.frame:
        return ""
    first = (table.lines == merged.first).to_numpy()
    return str(table.frame.loc[first, merged.columns[0]].iloc[0]).strip() if first.any() else ""


def merged_rejects(
    table: RawTable, rows: pd.DataFrame, columns: Collection[str], marks: Collection[str]
) -> pd.DataFrame:
    """Refuse the rows that share one figure: nobody knows what comes to each.

    Parameters
    ----------
    table : RawTable
        A file's raw rows.
    rows : DataFrame
        One row a row of the file: line, territory_raw, territory.
    columns, marks : collection of str
        See :func:`spread`: signs are no figures.
    """
    found = []
    for merged in table.merged:
        if merged.columns[0] not in columns or (text := _text(table, merged)) in {"", *marks}:
            continue
        covered = rows[
            rows["line"].between(merged.first, merged.last) & (rows["territory_raw"] != "")
        ]
        lines = covered["line"][
            covered["territory"] != ""
        ]  # a total is skipped, whatever it shares
        shared = [name for name in merged.columns if name in columns]
        across = len(shared) > 1 and _FIGURE.fullmatch(text)
        if not len(lines) or not (len(covered) > 1 or across):
            continue
        reason = _reason(text, merged, shared, rows=len(covered))
        raw = covered["territory_raw"].loc[lines.index].where(lines.isna(), text)
        found.append(reject(lines, "merged", reason, raw, merged.columns[0]))
    return joined(*found)


def covered_rejects(
    table: RawTable, rows: pd.DataFrame, columns: Collection[str], territory: str
) -> pd.DataFrame:
    """Refuse the rows that say, under a merged cell, another thing than the one it shows.

    LibreOffice may keep what a merged cell covers, and R does: a reader sees « n.c. » over a figure.

    Parameters
    ----------
    table : RawTable
        A file's raw rows, completed: what is the same on all rows of a merged cell is no doubt.
    rows : DataFrame
        One row a row of the file: line, territory.
    columns : collection of str
        Those that are read: of figures, or that say where, when and what.
    territory : str
        The column of territories: under a merged one, even a total is in doubt.
    """
    rank = {line: at for at, line in enumerate(table.lines.tolist())}
    placed = (rows["territory"] != "").tolist() if table.merged else []
    texts: dict[str, list[str]] = {}
    found = []
    for merged in table.merged:
        shown = _text(table, merged)
        for column in (name for name in merged.columns if name in columns):
            if column not in texts:
                texts[column] = table.frame[column].astype("str").str.strip().tolist()
            for line in range(merged.first, merged.last + 1):
                at = rank.get(line)
                text = "" if at is None else texts[column][at]
                if (
                    at is not None
                    and text not in ("", shown)
                    and (placed[at] or column == territory)
                ):
                    found.append((line, column, text, _covered(text, shown, merged)))
    if not found:
        return NO_REJECT
    lines, names, raw, reasons = (np.array(part, dtype=object) for part in zip(*found, strict=True))
    return reject(lines.astype("int64"), "covered", reasons, raw, pd.Series(names))


def _covered(text: str, shown: str, merged: Merged) -> str:
    over = (
        f"lignes {merged.first} à {merged.last}"
        if merged.last > merged.first
        else f"ligne {merged.first}"
    )
    shows = f"montre « {shown} »" if shown else "ne montre rien"
    return f"« {text} » est écrit sous une cellule fusionnée ({over}) qui {shows} : on ne sait lequel est juste."


def _reason(text: str, merged: Merged, shared: list[str], *, rows: int) -> str:
    over = (
        f"les lignes {merged.first} à {merged.last}"
        if rows > 1
        else f"les colonnes « {shared[0]} » à « {shared[-1]} »"
    )
    return f"« {text} » est dans une cellule fusionnée sur {over} : rien ne dit ce qui revient à chacune."

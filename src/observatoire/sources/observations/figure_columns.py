"""The cells of each variable of a table: which rows and which column hold them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.declarations.writer import key
from observatoire.errors import UnknownColumnError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words
from observatoire.sources.observations.long_format import VariableCells
from observatoire.sources.parsers.number_style import strip_unit, ungroup
from observatoire.sources.parsers.numbers import Numbers, parse_numbers
from observatoire.sources.parsers.vocabulary import fold, signs

if TYPE_CHECKING:
    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source, Variable
    from observatoire.sources.parsers.numbers import Markers
    from observatoire.sources.tables.raw_table import RawTable


def figure_columns(table: RawTable, source: Source, spec: FileSpec) -> list[str]:
    """Return the columns of a table that hold figures.

    Raises
    ------
    UnknownColumnError
        On a column that is no variable of the source, or of no stated period.
    """
    if spec.layout != "long":
        return _wide_variables(table, source, spec)
    if not spec.value_column:
        _check_declared_periods(table, spec)
    return list(spec.value_columns)


def read_figures(
    table: RawTable, columns: list[str], source: Source, spec: FileSpec
) -> list[VariableCells]:
    """Read the cells of each variable as numbers, ranges and signs."""
    # In a workbook or a Parquet file, numbers are typed: no decimal mark was written.
    decimal = spec.decimal if table.separator else ""
    known, thousands, secret = source.variables, spec.thousands, _confidential(table.frame)
    marks = tuple(filter(None, secret.unique()))
    markers, known_marks = source.markers, source.markers.statuses()
    if new := [mark for mark in marks if mark not in known_marks]:
        markers = replace(markers, secret=(*markers.secret, *new))
    parts = []
    valued = [name for name in columns if fold(name) == _OBSERVED]
    for at, variable, column, cells in _cells_of(table, columns, spec):
        hidden = marks and column in (valued or columns)
        raw = cells.where(secret.iloc[at] == "", secret.iloc[at]) if hidden else cells
        numbers = read_cells(raw, known.get(variable), markers, thousands, decimal)
        parts.append(VariableCells(at, variable, column, raw, numbers))
    return parts


#: The figure that SDMX’s attributes are of; where no column is named so, all those of the row are.
_OBSERVED = "obs_value"


def _confidential(frame: pd.DataFrame) -> pd.Series:
    """Return why each row is secret, whatever is written, as a column states it (SDMX); else an empty text."""
    stated = signs().confidential.fullmatch
    name = next((name for name in frame.columns if stated(f"{fold(str(name))}=C")), None)
    if name is None:
        return pd.Series("", frame.index, dtype="str")
    codes = frame[name].str.strip()
    return codes.where(codes.map(lambda code: bool(stated(f"{fold(str(name))}={code}"))), "")


def _cells_of(
    table: RawTable, columns: list[str], spec: FileSpec
) -> list[tuple[np.ndarray, str, str, pd.Series]]:
    """Return the cells of each variable: rows, variable, column, texts."""
    frame = table.frame
    if spec.layout != "long":
        everyone = np.arange(len(frame))
        return [(everyone, spec.columns.get(name, name), name, frame[name]) for name in columns]
    names = frame[spec.variable_column].str.strip()
    groups = names.groupby(names, sort=False).indices
    # The columns of a variable share their rows: a row given twice is reported once.
    chosen = [(str(name), np.sort(at)) for name, at in groups.items()]
    return [(at, name, column, frame[column].iloc[at]) for name, at in chosen for column in columns]


def _wide_variables(table: RawTable, source: Source, spec: FileSpec) -> list[str]:
    known = set(spec.role_columns) | set(spec.ignored)
    names = [str(name) for name in table.frame.columns if name not in known]
    for name in names:
        if not name:
            raise _nameless(table)
        if spec.columns.get(name, name) not in source.variables:
            raise UnknownColumnError(
                f"La colonne « {name} » n’est décrite nulle part.",
                where=table.name,
                why="Sans sa nature (effectif, taux, médiane…), on ne sait pas quoi en faire.",
                remedy=f"Ajoutez une table [variables.{key(name)}] à source.toml, ou « {name} » à "
                f"ignored. {suggestion(name, source.variables, most=0)}".strip(),
                column=name,
            )
    if not names:
        raise UnknownColumnError(
            "Aucune colonne de chiffres dans ce fichier.",
            where=table.name,
            why=f"Colonnes lues : {enumerate_words(list(map(str, table.frame.columns)), most=8)}.",
            remedy="Vérifiez ignored dans source.toml ; pour un chiffre par ligne, layout = "
            '"long", variable_column et value_column.',
        )
    return names


def _check_declared_periods(table: RawTable, spec: FileSpec) -> None:
    """Refuse a column that is neither of a stated period nor skipped: a new year would be lost."""
    known = {*spec.role_columns, *spec.value_columns, *spec.ignored}
    for name in map(str, table.frame.columns):
        if not name and name not in known:
            raise _nameless(table)
        if name not in known:
            raise UnknownColumnError(
                f"On ne sait pas de quelle période est la colonne « {name} ».",
                where=table.name,
                why=f"[files.periods] dit celle de : {enumerate_words(list(spec.periods), most=8)}.",
                remedy=f'Ajoutez-la à [files.periods] dans source.toml ({key(name)} = "2016"), ou à '
                "ignored.",
                column=name,
            )


def _nameless(table: RawTable) -> UnknownColumnError:
    return UnknownColumnError(
        "Une colonne remplie n’a pas de nom.",
        where=table.name,
        why="On ne sait pas ce qu’elle compte.",
        remedy='Nommez-la dans le fichier, ou ajoutez "" à ignored dans source.toml.',
        column="",
    )


def read_cells(
    raw: pd.Series, variable: Variable | None, markers: Markers, thousands: str, decimal: str
) -> Numbers:
    """Read the cells of a variable; its unit, written after a number, is dropped.

    Parameters
    ----------
    raw : Series of str
        The cells.
    variable : Variable or None
        What is declared of the variable; None when nothing is.
    markers : Markers
        The producer's signs.
    thousands, decimal : str
        The marks of its numbers; empty for spaces, and for either mark.
    """
    raw = ungroup(raw, thousands)
    numbers = parse_numbers(raw, markers, decimal, variable.nature if variable else None)
    if variable is None or not variable.unit or not numbers.unreadable.any():
        return numbers
    if variable.unit == "part":
        return _shares(raw, numbers, markers, decimal)
    return parse_numbers(strip_unit(raw, variable.unit), markers, decimal, variable.nature)


def _shares(raw: pd.Series, numbers: Numbers, markers: Markers, decimal: str) -> Numbers:
    """Read « 12,5 % » in a column of shares as 0.125; a range keeps its bounds."""
    lost = numbers.unreadable
    shares = parse_numbers(strip_unit(raw[lost], "%"), markers, decimal)
    percent = raw[lost].str.strip().str.endswith("%")
    good = (shares.value.notna() & percent).to_numpy()
    at = shares.value.index[good]
    value, unreadable, status = numbers.value.copy(), lost.copy(), numbers.status.copy()
    value[at], unreadable[at], status[at] = shares.value[good] / 100, False, shares.status[good]
    return replace(numbers, value=value, unreadable=unreadable, status=status)


def with_figures(size: int, parts: list[VariableCells]) -> np.ndarray:
    """Tell the rows that hold a figure, a range or a sign."""
    figured = np.zeros(size, dtype=bool)
    for part in parts:
        numbers = part.numbers
        value, figure = numbers.value.to_numpy(), ~np.isnan(numbers.low.to_numpy())
        if len(numbers.marker.cat.categories) > 1:
            figure |= (numbers.marker != "").to_numpy()
        written = ~np.isnan(value)
        if (value == 0).any():  # a blank may be declared to be zero
            written &= part.raw.fillna("").str.strip().ne("").to_numpy()
        figured[part.at] |= figure | written
    return figured


def without_figures(figured: np.ndarray, parts: list[VariableCells]) -> np.ndarray:
    """Tell the rows that hold no figure and no sign: nothing at all, or nothing but words."""
    figured = figured.copy()
    for part in parts:
        unread = np.flatnonzero(part.numbers.unreadable.to_numpy())
        if not len(unread):
            continue
        digits = [_is_figure_meant(text) for text in part.raw.iloc[unread]]
        figured[part.at[unread[np.array(digits, dtype=bool)]]] = True
    return ~figured


def _is_figure_meant(text: str) -> bool:
    """Say whether a cell that is no number was meant as one; « Allocataires de 19 à 24 ans » was not."""
    words = len(text.split()) >= 3 and text.strip()[:1].isalpha()  # noqa: PLR2004 - a label
    return any(map(str.isdecimal, text)) and not words

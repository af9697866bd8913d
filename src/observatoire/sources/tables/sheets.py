"""Choose the sheet of a workbook that holds the table, and say which one does when the one declared does not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.errors import (
    EmptyFileError,
    UnknownColumnError,
)
from observatoire.errors.arguments import nearest
from observatoire.french.typography import enumerate_words
from observatoire.sources.formats.text import HEADER_DEPTH
from observatoire.sources.tables.header import check_width, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Range, Rows, TableSheet
    from observatoire.sources.formats.document import Document


#: Rows of a text in which a territory is looked for first: all those of a country's communes or IRIS.
_ROWS = 500_000

#: Rows that are enough to recognise a family: a header is in the first, a few codes below it.
_TOP = HEADER_DEPTH + 50


@dataclass(frozen=True, eq=False)
class SheetView:
    """A sheet and its top; of a text, no more rows are read than ``most``."""

    sheet: TableSheet
    most: int

    @property
    def name(self) -> str:
        """Its name; empty for a text."""
        return self.sheet.name

    @property
    def encoding(self) -> str:
        """The encoding of a text."""
        return self.sheet.encoding

    @property
    def separator(self) -> str:
        """The separator of a text."""
        return self.sheet.separator

    @cached_property
    def top(self) -> Rows:
        """The first rows."""
        return self.sheet.rows(1, _TOP)

    @cached_property
    def rows(self) -> Rows:
        """The rows in which territories are looked for."""
        return self.sheet.rows(1, self.most if self.separator else 0)

    @property
    def merged(self) -> Sequence[Range]:
        """The cells that a workbook shows as one."""
        return self.sheet.appearance.merges


def sheets_of(document: Document, most: int = _ROWS) -> list[SheetView]:
    """Return the tables a file may hold: one for a text, one a sheet for a workbook.

    Raises
    ------
    EmptyFileError, TruncatedFileError, UnreadableFileError
        As :func:`~observatoire.sources.tables.reader.read_table` does.
    """
    shown = [sheet for sheet in document.sheets if not sheet.hidden]
    hidden = [sheet for sheet in document.sheets if sheet.hidden]
    filled = [sheet for sheet in shown if sheet.rows(1, 1)]
    filled = filled or [sheet for sheet in hidden if sheet.rows(1, 1)]
    if not filled:
        raise EmptyFileError(
            "Ce classeur est vide." if document.is_workbook else "Le fichier est vide.",
            where=document.name,
            remedy="Redemandez-le au producteur.",
        )
    views = [SheetView(sheet, most) for sheet in filled]
    if not document.is_workbook:
        check_width(max(len(row) for _, row in views[0].rows), document.name)
    return views


#: So many sheets are named in a message.
_MOST = 12


def choose_sheet(document: Document, spec: FileSpec) -> TableSheet:
    """Return the sheet declared, or the first that holds the territory's column, or the first filled.

    Raises
    ------
    UnknownColumnError
        When there is no such sheet, or it has no such column and another one has.
    EmptyFileError
        When nothing is filled.
    """
    if not document.is_workbook and document.sheets:
        return document.sheets[0]
    if spec.sheet:
        return _declared(document, spec)
    filled = [sheet for sheet in document.sheets if sheet.rows(1, 1)]
    if not filled:
        raise _blank(document)
    return next((sheet for sheet in filled if _names(sheet, spec)), filled[0])


def _blank(document: Document, sheet: str = "") -> EmptyFileError:
    labels = [sheet.name for sheet in document.sheets]
    if not labels:
        return EmptyFileError(
            "Ce classeur n’a aucune feuille.",
            where=document.name,
            remedy="Redemandez-le au producteur.",
        )
    return EmptyFileError(
        f"La feuille « {sheet or labels[0]} » est vide.",
        where=document.name,
        remedy=f'Déclarez la bonne par « sheet = "…" » : {enumerate_words(labels)}.',
    )


def _declared(document: Document, spec: FileSpec) -> TableSheet:
    label, labels = spec.sheet, [sheet.name for sheet in document.sheets]
    if label not in labels:
        near = nearest(label, labels)
        raise UnknownColumnError(
            f"La feuille « {label} » n’existe pas.",
            where=document.name,
            why=f"Feuilles de ce classeur : {_listed(labels)}."
            + (f" Vouliez-vous dire « {near} » ?" if near else ""),
            remedy=f"Corrigez sheet dans source.toml{_hint(_holders(document, spec), spec)}.",
        )
    sheet = document.sheet(label)
    if not sheet.rows(1, 1):
        raise _blank(document, label)
    if not spec.header and not _names(sheet, spec):
        holders = _holders(document, spec)
        if holders:
            raise UnknownColumnError(
                f"La colonne « {spec.territory} » n’est pas dans la feuille « {label} ».",
                where=f"{document.name}, feuille « {label} »",
                why=f"Feuilles de ce classeur : {_listed(labels)}.",
                remedy=f"Corrigez sheet dans source.toml{_hint(holders, spec)}.",
                column=spec.territory,
            )
    return sheet


def _names(sheet: TableSheet, spec: FileSpec) -> bool:
    """Say whether the first rows of a sheet hold the territory's column."""
    return any(spec.territory in map(title, row) for _, row in sheet.rows(1, HEADER_DEPTH))


def _holders(document: Document, spec: FileSpec) -> list[str]:
    """Return the sheets that hold the territory's column."""
    return [sheet.name for sheet in document.sheets if _names(sheet, spec)]


def _hint(holders: list[str], spec: FileSpec) -> str:
    if not holders:
        return ""
    where = f"la colonne « {spec.territory} » est dans {_listed(holders)}"
    return f' : sheet = "{holders[0]}" ({where})' if len(holders) == 1 else f" ({where})"


def _listed(sheets: list[str]) -> str:
    return enumerate_words([f"« {sheet} »" for sheet in sheets], most=_MOST)

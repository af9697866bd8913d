"""Join the short codes of IRIS (four digits) to the code of their commune, which stands beside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.errors import UnknownTerritoryError
from observatoire.sources.formats.text import columns_of
from observatoire.sources.tables.reader import _COMMUNE, _INSIDE, _SHORT, joined_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.sources.tables.sheets import SheetView
    from observatoire.territories.matcher import Matcher

_NAMED = re.compile(r"(?:(?:code|n°|num(?:éro)?)[ _]*)?iris", re.IGNORECASE)

#: So many of the joined codes must be known, and columns are looked at.
_KNOWN, _LOOKED = 0.8, 30


@dataclass(frozen=True)
class Short:
    """Where short codes stand: their zoning, sheet, column, that of their communes, first row."""

    zoning: str
    sheet: SheetView
    column: int
    communes: int
    row: int
    distinct: int


def find_short(sheets: Sequence[SheetView], zonings: Mapping[str, Matcher]) -> Short | None:
    """Return where short codes that make known ones stand, None when they do nowhere."""
    found = [
        short
        for code, matcher in zonings.items()
        if all(len(found_one) == _COMMUNE + _INSIDE for found_one in matcher.names)
        for sheet in sheets
        for short in _in_sheet(sheet, code, matcher)
    ]
    return max(found, key=lambda found_one: found_one.distinct, default=None)


def _in_sheet(sheet: SheetView, zoning: str, matcher: Matcher) -> list[Short]:
    heads = {code[:_COMMUNE] for code in matcher.names}
    columns = _columns(sheet)
    communes = [rank for rank, cells in enumerate(columns) if heads & set(cells)]
    shorts = [rank for rank, cells in enumerate(columns) if any(map(_SHORT.fullmatch, cells))]
    found = []
    for place in communes:
        for column in shorts:
            pairs = zip(columns[place], columns[column], strict=True)
            codes = [
                joined_code(head, short) if head in heads and _SHORT.fullmatch(short) else ""
                for head, short in pairs
            ]
            known = [joined in matcher.names for joined in codes]
            distinct = len({joined for joined, good in zip(codes, known, strict=True) if good})
            if distinct > 1 and sum(known) >= _KNOWN * sum(map(bool, codes)):
                found.append(Short(zoning, sheet, column, place, known.index(True), distinct))
    return found


def _columns(sheet: SheetView) -> list[list[str]]:
    columns = columns_of(sheet.rows, _LOOKED)
    place = {line: at for at, (line, _) in enumerate(sheet.rows)}
    for (top, left), (bottom, _) in sheet.merged:
        text = columns[left][place[top + 1]] if left < len(columns) and top + 1 in place else ""
        for at in filter(None, map(place.get, range(top + 2, bottom + 2))) if text else ():
            columns[left][at] = columns[left][at] or text
    return columns


def unjoined(
    sheets: Sequence[SheetView], zonings: Mapping[str, Matcher], name: str
) -> UnknownTerritoryError | None:
    """Return the error of short codes of IRIS that make no known one, None when there are none."""
    known = {code for matcher in zonings.values() for code in matcher.names}
    heads = {code[:_COMMUNE] for code in known if len(code) == _COMMUNE + _INSIDE}
    for sheet in sheets:
        columns = _columns(sheet)
        for cells in columns:
            title = next((cell for cell in cells if _NAMED.fullmatch(cell)), "")
            below = [text for text in cells if text and text != title]
            if not title or not below or not all(map(_SHORT.fullmatch, below)):
                continue
            place = next((text for text in columns if heads & set(text)), None)
            return _refusal(below[0], place, cells, heads, f"{name}, colonne {title}")
    return None


def _refusal(
    some: str, place: list[str] | None, cells: list[str], heads: set[str], where: str
) -> UnknownTerritoryError:
    why = "Rien à côté ne dit leur commune (un code de cinq chiffres)."
    if place is not None:
        codes = [
            joined_code(head, short)
            for head, short in zip(place, cells, strict=True)
            if head in heads and _SHORT.fullmatch(short)
        ]
        why = f"Joints à leur commune, ils ne sont pas de votre zonage : « {next(iter(codes), some)} »."
    return UnknownTerritoryError(
        f"Les codes d’IRIS de ce fichier sont courts (« {some} »), et ne désignent rien seuls.",
        where=where,
        why=why,
        remedy="Donnez le code entier, à neuf chiffres (972090101), dans une colonne de texte.",
    )

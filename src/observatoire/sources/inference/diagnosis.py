"""Say what a file is when it is no table of the territories observed: a dictionary, another place."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from observatoire.declarations.sentences import refusal
from observatoire.errors import FileError, UnknownTerritoryError
from observatoire.french.typography import enumerate_words, plural
from observatoire.sources.formats.text import HEADER_DEPTH, columns_of
from observatoire.sources.inference.counts_or_codes import counts_or_codes, may_count, postal_codes
from observatoire.sources.inference.short_codes import unjoined
from observatoire.sources.parsers.parts_of_year import is_month
from observatoire.sources.parsers.periods import is_dated
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.places.communes import department_of
from observatoire.sources.places.near_names import Hints, whole_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.errors import ObservatoireError
    from observatoire.sources.formats.cells import Rows
    from observatoire.sources.tables.sheets import SheetView
    from observatoire.territories.matcher import Matcher


#: Where the sentences of these refusals are kept.
_ROOM = "observatoire.sources.inference"

#: Codes looked at in a column, and how many of them must have the form of a level.
_CODES, _MOST_OF = 2000, 0.8

#: A row or a column that names so many territories lays them out.
_FEW = 3

#: Rows and columns in which names ill written are looked for.
_LOOKED, _WIDEST = 40, 60


def dictionary(sheets: Sequence[SheetView], name: str) -> ObservatoireError | None:
    """Return the error of a file that describes columns, or None when it does not."""
    for sheet in sheets:
        for _, row in sheet.rows[:HEADER_DEPTH]:
            if signs().is_dictionary(row):
                names = [cell.strip() for cell in row if cell.strip()]
                named = enumerate_words(names, most=4)
                return refusal(_ROOM, "dictionary", _where(name, sheet), names=named)
    return None


def no_territory(
    sheets: Sequence[SheetView], zonings: Mapping[str, Matcher], name: str
) -> ObservatoireError:
    """Return the error of a file in which no column names a territory observed, and what it is."""
    found = (
        _across(sheets, zonings, name)
        or _timeline(sheets, name)
        or postal_codes(sheets, name)
        or counts_or_codes(sheets, zonings, name)
        or unjoined(sheets, zonings, name)
        or _other_places(sheets, name)
        or dictionary(sheets, name)
        or _prose(sheets, name)
        or _points(sheets, name)
        or _ill_written(sheets, zonings, name)
        or _across(sheets, zonings, name, few=2)
    )
    if found is not None:
        return found
    some = next((next(iter(matcher.names.values()), "") for matcher in zonings.values()), "")
    words = {"sought": enumerate_words(list(zonings), most=8), "seen": _seen(sheets), "some": some}
    return refusal(_ROOM, "no_territory", name, UnknownTerritoryError, **words)


def _ill_written(
    sheets: Sequence[SheetView], zonings: Mapping[str, Matcher], name: str
) -> ObservatoireError | None:
    """Return the error of a column whose names are all unknown, and most of them near known ones."""
    hints = Hints(zonings)
    for sheet in sheets:
        at = header_like(sheet.rows)
        below = [] if at is None else sheet.rows[at + 1 : at + 1 + _LOOKED]
        for cells in columns_of(below, _WIDEST):
            words = {
                text: line
                for text, (line, _) in zip(cells, below, strict=True)
                if any(map(str.isalpha, text))
            }
            for zoning, matcher in zonings.items() if words else ():
                parts = [text for text in words if whole_of(text, matcher)]
                if parts and len(parts) > 1:
                    known = [text for text in words if matcher.matches(text)]
                    return _parts_of(zonings[zoning], parts, known, words, _where(name, sheet))
                alike = [
                    text
                    for text in words
                    if not matcher.matches(text) and hints.alike(zoning, text)
                ]
                if alike and 2 * len(alike) > len(words):
                    near = {text: hints.near(zoning, text) for text in alike}
                    return _misspelt(zoning, near, words, _where(name, sheet))
    return None


def _parts_of(
    matcher: Matcher,
    parts: Sequence[str],
    known: Sequence[str],
    lines: Mapping[str, int],
    where: str,
) -> ObservatoireError:
    """Return the error of rows that are parts of territories: a figure of a part is not that of the whole."""
    examples = [f"« {text} » (ligne {lines[text]})" for text in parts]
    wholes = list(dict.fromkeys(whole_of(text, matcher) for text in parts))
    named = (
        f" Connus : {enumerate_words([f'« {text} »' for text in known], most=6)}." if known else ""
    )
    words = {
        "rows": plural(len(parts), "ligne est une partie", "lignes sont des parties"),
        "examples": enumerate_words(examples, most=_FEW),
        "wholes": enumerate_words([f"« {text} »" for text in wholes], most=6),
        "label": matcher.label,
        "known": named,
    }
    return refusal(_ROOM, "parts_of", where, UnknownTerritoryError, parts=list(parts), **words)


def _timeline(sheets: Sequence[SheetView], name: str) -> ObservatoireError | None:
    """Tell a table of periods in rows and columns: it names no territory at all."""
    for sheet in sheets:
        for at, (line, row) in enumerate(sheet.rows[:HEADER_DEPTH]):
            years = [cell for cell in filled(row)[1:] if is_dated(cell)]
            below = [
                cells[0].strip() for _, cells in sheet.rows[at + 1 : at + 1 + _LOOKED] if cells
            ]
            times = [text for text in below if is_dated(text) or is_month(text)]
            if len(years) >= 2 and below and 2 * len(times) >= len(below):  # noqa: PLR2004 - a series
                words = {
                    "times": enumerate_words(times, most=_FEW),
                    "years": enumerate_words(years, most=_FEW),
                }
                place = f"{_where(name, sheet)}, ligne {line}"
                return refusal(_ROOM, "timeline", place, UnknownTerritoryError, **words)
    return None


def _misspelt(
    zoning: str, near: Mapping[str, str], lines: Mapping[str, int], where: str
) -> ObservatoireError:
    lines_near = [
        f"« {text} » (ligne {lines[text]}) : {hint[:1].lower()}{hint[1:]}"
        for text, hint in near.items()
    ]
    listed = " ".join(lines_near[:_FEW])
    return refusal(_ROOM, "misspelt", where, UnknownTerritoryError, zoning=zoning, near=listed)


def filled(row: Sequence[str]) -> list[str]:
    """Return the cells of a row that are not blank."""
    return [cell.strip() for cell in row if cell.strip()]


def header_like(rows: Rows) -> int | None:
    """Return the row that looks most like names of columns, None when none does.

    Examples
    --------
    >>> header_like([(1, ["Suivi", ""]), (3, ["Secteur", "Aidés"]), (4, ["Nord", "5"])])
    1
    """
    named = [
        (sum(any(map(str.isalpha, cell)) for cell in filled(row)), -at)
        for at, (_, row) in enumerate(rows[:HEADER_DEPTH])
    ]
    most, at = max(named, default=(0, 0))
    return -at if most > 1 else None


def _seen(sheets: Sequence[SheetView]) -> str:
    """Say what was seen of a file: its sheets, and the rows that look most like a header."""
    parts = []
    for sheet in sheets:
        at = header_like(sheet.rows)
        size = plural(len(sheet.rows), "ligne")
        words = ""
        if at is not None:
            line, row = sheet.rows[at]
            words = f", ligne {line} : {enumerate_words(filled(row), most=4)}"
        parts.append(
            f"{f'feuille « {sheet.name} »' if sheet.name else 'le tableau'} ({size}{words})"
        )
    return f"On a vu : {enumerate_words(parts, most=3)}."


def _where(name: str, sheet: SheetView) -> str:
    return f"{name}, feuille « {sheet.name} »" if sheet.name else name


def _across(
    sheets: Sequence[SheetView], zonings: Mapping[str, Matcher], name: str, few: int = _FEW
) -> ObservatoireError | None:
    """Tell territories laid out in columns: a row that names several of them."""
    for sheet in sheets:
        for line, row in sheet.rows[:HEADER_DEPTH]:
            error = across_error(row, zonings, _where(name, sheet), line, few)
            if error is not None:
                return error
    return None


def across_error(
    row: Sequence[str], zonings: Mapping[str, Matcher], where: str, line: int, few: int = _FEW
) -> ObservatoireError | None:
    """Return the error of a table whose territories are in columns, ``few`` at least, or None."""
    for matcher in zonings.values():
        found = {matcher.find(cell): cell.strip() for cell in row if cell.strip()}
        named = [cell for code, cell in found.items() if code]
        if len(named) >= few:
            names = enumerate_words(named, most=3)
            return refusal(_ROOM, "across", f"{where}, ligne {line}", FileError, names=names)
    return None


def _other_places(sheets: Sequence[SheetView], name: str) -> ObservatoireError | None:
    """Tell codes of IRIS, communes or QPV that are of other places."""
    for sheet in sheets:
        body = [row for _, row in sheet.rows[1:_CODES]]
        for column in range(max(map(len, body), default=0)):
            codes = [row[column].strip() for row in body if len(row) > column]
            level = _level([code for code in codes if code])
            # Under a year, and beside columns of the same form, they are counts.
            head = sheet.rows[0][1][column] if column < len(sheet.rows[0][1]) else ""
            if level and not is_dated(head) and not may_count(codes, head):
                header = sheet.rows[0][1]
                title = header[column].strip() if column < len(header) else ""
                where = _where(name, sheet) + (f", colonne {title}" if title else "")
                return other_place(codes, where)
    return None


def _level(codes: list[str]) -> str:
    """Return the one level of which a column's codes have the form."""
    distinct = set(codes)
    count = Counter(level for code in distinct for level in signs().levels_of(code))
    found = [kind for kind in _OF if count[kind] >= max(_FEW, _MOST_OF * len(distinct))]
    # Whole numbers of five digits may be figures: codes do not repeat.
    numeric = found and found[0] in ("commune", "EPCI") and len(distinct) < len(codes)
    return found[0] if found and not numeric else ""


def other_place(codes: Sequence[str], where: str, zonings: Sequence[str] = ()) -> ObservatoireError:
    """Return the error of a file none of whose codes is observed; it says what they cover.

    Parameters
    ----------
    codes : sequence of str
        What its column of territories holds.
    where : str
        The file and the column.
    zonings : sequence of str
        The zonings of its kind, when its family is known.
    """
    of_level = [code for code in dict.fromkeys(codes) if signs().levels_of(code) & set(_OF)]
    level = next((name for name in _OF if of_level and name in signs().levels_of(of_level[0])), "")
    heads = sorted({department_of(code) for code in of_level})
    word = "département" if len(heads) == 1 else "départements"
    covers = f" ; {word} {enumerate_words(heads, most=6)}" if heads and level != "EPCI" else ""
    some = next(iter(of_level or codes), "")
    words = {
        "kind_of": _OF.get(level, ""),
        "read": plural(len(of_level) or len(codes), "code lu", "codes lus"),
        "some": some,
        "covers": covers,
        "sought": f" Zonage cherché : {enumerate_words(list(zonings))}." if zonings else "",
    }
    return refusal(
        _ROOM, "other_place", where, UnknownTerritoryError, zonings=list(zonings), **words
    )


_OF = {"IRIS": " d’IRIS", "QPV": " de QPV", "commune": " de communes", "EPCI": " d’EPCI"}


#: So many rows of a sheet say whether it is a text.
_ENOUGH = 3000


def _prose(sheets: Sequence[SheetView], name: str) -> ObservatoireError | None:
    """Tell a text in paragraphs: hardly a row of more than two cells, and no figure."""
    rows = [row for sheet in sheets for _, row in sheet.rows[:_ENOUGH]]
    filled = [[cell for cell in row if cell.strip()] for row in rows]
    figures = sum(any(cell.strip().isdecimal() for cell in row[1:]) for row in filled)
    if figures > len(rows) / 4 or sum(len(row) > 2 for row in filled) > len(rows) / 4:  # noqa: PLR2004
        return None
    return refusal(_ROOM, "prose", name, FileError)


def _points(sheets: Sequence[SheetView], name: str) -> ObservatoireError | None:
    """Tell rows that are placed by coordinates or by the rank of a tile."""
    for sheet in sheets:
        for _, row in sheet.rows[:HEADER_DEPTH]:
            found = signs().coordinates_of([cell.strip() for cell in row])
            if found:
                place, columns = _where(name, sheet), enumerate_words(found)
                return refusal(_ROOM, "points", place, UnknownTerritoryError, columns=columns)
    return None


def no_figure(
    columns: Sequence[str],
    labels: Sequence[str],
    doubtful: Mapping[str, str],
    where: str,
    territory: str,
) -> ObservatoireError:
    """Return the error of a table of territories without a column of figures.

    Parameters
    ----------
    columns : sequence of str
        The table's columns, the territories' left out.
    labels : sequence of str
        Those that name or place territories.
    doubtful : mapping of str to str
        Columns that hold no figure that can be read, with an example.
    where, territory : str
        The file's name and its column of territories.
    """
    if columns and len(labels) == len(columns):
        listed = enumerate_words([territory, *columns], most=6)
        return refusal(_ROOM, "no_measure", where, columns=listed)
    examples = enumerate_words(
        [f"« {name} » (« {cell} »)" for name, cell in doubtful.items()], most=4
    )
    unread = f" Ne se lisent pas comme des nombres : {examples}." if doubtful else ""
    return refusal(_ROOM, "no_figure", where, territory=territory, unread=unread)

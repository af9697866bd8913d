"""Find the column of a file that names territories observed, and their zoning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.sources.formats.text import columns_of
from observatoire.sources.inference.counts_or_codes import may_count
from observatoire.sources.inference.diagnosis import no_territory
from observatoire.sources.inference.short_codes import find_short, unjoined
from observatoire.sources.parsers.periods import is_dated
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.places.code_repair import restored_code
from observatoire.sources.places.column_texts import ColumnTexts
from observatoire.territories.matcher import code_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.inference.short_codes import Short
    from observatoire.sources.tables.sheets import SheetView
    from observatoire.territories.matcher import Matcher


#: Columns in which a territory is looked for.
_COLUMNS = 60

#: Below this share of the rows, names that match are namesakes.
_NAMESAKES = 0.2

#: Codes without their zero: figures may look like short ones, unless most of a column does.
_LONG, _MOSTLY = 8, 0.5

#: Rows of names, above the first territory: « CODE » over « texte ».
_HEADERS = 3

#: A column of codes holds nothing else: a few cells may be spoilt.
_ALL = 0.9


@dataclass(frozen=True)
class TerritoryColumn:
    """Where territories were found: how many, in which zoning, sheet, column, from which row."""

    score: tuple[float, bool, float]
    zoning: str
    sheet: SheetView
    column: int
    row: int
    communes: int | None = None  # the column of the communes that short codes are joined to
    others: tuple[str, ...] = ()  # sheets that name territories too
    coded: bool = False  # stated by codes, that no namesake bears
    filled: int = 0  # its cells that are not blank, from the first territory on
    distinct: int = 0  # territories that it names


def find_territories(
    sheets: list[SheetView], zonings: Mapping[str, Matcher], preferred: str, name: str
) -> TerritoryColumn:
    """Return where most territories of a zoning are named, by code or by name.

    Raises
    ------
    ObservatoireError
        When no column names any; it says what the file seems to be.
    """
    places = []
    for sheet in sheets:
        # Laid out and spelt once, whatever the zonings.
        columns = [ColumnTexts(cells) for cells in columns_of(sheet.rows, _COLUMNS)]
        for code, matcher in zonings.items():
            places += _places(sheet, columns, code, matcher, preferred)
    best = _best(places, zonings)
    # A column of whole codes needs nothing beside it; short ones tell more surely than names.
    if best is None or not best.coded or best.score[2] < 1 or _repeats(best):
        short = find_short(sheets, zonings)
        if short is not None:
            joined = _joined(short, preferred)
            places.append(joined)
        best = _best(places, zonings)
        if (
            short is not None
            and best is not None
            and not best.coded
            and _tells_as_much(joined, best)
        ):
            best = joined
        if best is None:
            raise no_territory(sheets, zonings, name)
        if best.communes is None and _repeats(best):
            error = unjoined(sheets, zonings, name)
            if error is not None:
                raise error
    rivals = _rivals(best, places, zonings)
    if rivals:
        raise _two_zonings(best, max(rivals, key=_score), zonings, name)
    named = dict.fromkeys(
        place.sheet.name for place in places if place.score[0] > 1 or _alike(place, best)
    )
    return replace(best, others=tuple(name for name in named if name != best.sheet.name))


def _joined(short: Short, preferred: str) -> TerritoryColumn:
    """Return short codes as the whole ones that they make: no namesake bears them."""
    score = (float(short.distinct), short.zoning == preferred, 1.0)
    return TerritoryColumn(
        score, short.zoning, short.sheet, short.column, short.row, short.communes, coded=True
    )


def _tells_as_much(codes: TerritoryColumn, names: TerritoryColumn) -> bool:
    """Say whether short codes place as many rows of a sheet as the names of the same zoning beside them."""
    same = codes.sheet is names.sheet and codes.zoning == names.zoning
    return same and codes.score[0] >= names.score[0]


def _alike(place: TerritoryColumn, best: TerritoryColumn) -> bool:
    """Say whether a sheet that names one territory is laid out as the one read: « Lamentin » beside « FdF »."""
    header = _header_of(place)
    return bool(header) and place.zoning == best.zoning and header == _header_of(best)


def _best(places: list[TerritoryColumn], zonings: Mapping[str, Matcher]) -> TerritoryColumn | None:
    """Return the column that names most territories, or the finer one beside it."""
    best = max(places, key=lambda place: place.score, default=None)
    return best and _by_code(
        _finer(_as_headed(best, places, zonings), places, zonings), places, zonings
    )


def _as_headed(
    best: TerritoryColumn, places: list[TerritoryColumn], zonings: Mapping[str, Matcher]
) -> TerritoryColumn:
    """Return what a column is headed by: « Quartier » names quartiers, though IRIS bear such names too."""
    same = [
        place
        for place in places
        if place.sheet is best.sheet
        and place.column == best.column
        and 2 * place.score[0] >= best.score[0]
        and _says_itself(place, zonings)
    ]
    return best if best in same else max(same, key=lambda place: place.score, default=best)


def _header_of(place: TerritoryColumn) -> str:
    above = [
        row[place.column] for _, row in place.sheet.rows[: place.row] if len(row) > place.column
    ]
    return next((cell.strip() for cell in reversed(above) if cell.strip()), "")


def _finer(
    best: TerritoryColumn, places: list[TerritoryColumn], zonings: Mapping[str, Matcher]
) -> TerritoryColumn:
    """Return the column headed « Quartier » beside that of their communes, however few it names.

    « Quartiers de Fort-de-France » reduces to the name of its commune: the column of communes may
    look like one of such wholes too.
    """
    sets = [
        set(zonings[place_tried.zoning].names)
        for place_tried in places
        if place_tried.sheet is best.sheet
        and place_tried.column == best.column
        and place_tried.score[2] >= best.score[2]  # it names as many of the rows
    ]
    inside = [
        place
        for place in places
        if place.sheet is best.sheet
        and place.column != best.column
        and (towns := set(zonings[place.zoning].communes.values()))
        and any(towns <= names for names in sets)
        and _is_headed(place, zonings[place.zoning].label)
    ]
    return max(inside, key=lambda place: place.score, default=best)


def _by_code(
    best: TerritoryColumn, places: list[TerritoryColumn], zonings: Mapping[str, Matcher]
) -> TerritoryColumn:
    """Return the column of codes beside that of names: an IRIS may bear the name of a quartier.

    Of the same zoning, when no total or title is stated by its name only.
    """
    same = [
        place
        for place in _coded(best, places)
        if place.zoning == best.zoning and place.filled >= best.filled
    ]
    rivals = [] if _says_itself(best, zonings) else _rivals(best, places, zonings)
    return max(same or [rival for rival in rivals if rival.coded], key=_score, default=best)


def _coded(best: TerritoryColumn, places: list[TerritoryColumn]) -> list[TerritoryColumn]:
    """Return the columns of codes that place as many rows as a column of names beside them."""
    if best.coded or best.communes is not None:
        return []
    return [
        place
        for place in places
        if place.coded
        and place.sheet is best.sheet
        and place.column != best.column
        and place.score[0] >= best.score[0]
    ]


def _rivals(
    best: TerritoryColumn, places: list[TerritoryColumn], zonings: Mapping[str, Matcher]
) -> list[TerritoryColumn]:
    """Return those of another zoning, when its territories are parts of communes: coded, or of those named."""
    coded, whole, found = _coded(best, places), set(zonings[best.zoning].names), []
    # « Fort-de-France » beside its code is the commune again, whatever wholes bear its name.
    own = [place.column for place in places if place.zoning == best.zoning]
    for place in places:
        communes = zonings[place.zoning].communes
        parts = bool(communes) and all(code != town for code, town in communes.items())
        beside = place.sheet is best.sheet and place.column not in own
        inside = beside and set(communes.values()) <= whole and place.score[0] >= best.score[0]
        if parts and place.zoning != best.zoning and (place in coded or inside):
            found.append(place)
    return found


def _says_itself(place: TerritoryColumn, zonings: Mapping[str, Matcher]) -> bool:
    return zonings[place.zoning].label.casefold() in _header_of(place).casefold()


def _two_zonings(
    best: TerritoryColumn, rival: TerritoryColumn, zonings: Mapping[str, Matcher], name: str
) -> DescriptorError:
    """Return the error of rows that name a territory, and give the code of one of another kind."""
    columns = [f"« {_header_of(place)} »" for place in (best, rival)]
    labels = [zonings[place.zoning].label for place in (best, rival)]
    return DescriptorError(
        f"Chaque ligne dit deux territoires : colonne {columns[0]} ({labels[0]}), colonne {columns[1]} "
        f"({'code : ' * rival.coded}{labels[1]}).",
        where=f"{name}, feuille « {best.sheet.name} »" if best.sheet.name else name,
        why="On ne sait duquel des deux sont les chiffres.",
        remedy=f'Dites-le : zoning="{best.zoning}" ou zoning="{rival.zoning}" (en ligne de commande, '
        "--zoning) ; ou retirez l’une des deux colonnes.",
    )


def _score(place: TerritoryColumn) -> tuple[float, bool, float]:
    return place.score


def _is_headed(place: TerritoryColumn, label: str) -> bool:
    """Say whether a column is headed by what its territories are called."""
    above = place.sheet.rows[: place.row]
    words = " ".join(row[place.column] for _, row in above if len(row) > place.column)
    return label.casefold() in words.casefold()


def _repeats(place: TerritoryColumn) -> bool:
    """Say whether a column names a territory twice, as that of the communes of many IRIS does."""
    rows = place.sheet.rows[place.row :]
    cells = [row[place.column].strip() for _, row in rows if len(row) > place.column]
    filled = [text for text in cells if text]
    merged = (left == place.column and low > top for (top, left), (low, _) in place.sheet.merged)
    return len(set(filled)) < len(filled) or any(merged)


def _places(
    sheet: SheetView,
    columns: list[ColumnTexts],
    code: str,
    matcher: Matcher,
    preferred: str,
) -> list[TerritoryColumn]:
    found = []
    for column, texts in enumerate(columns):
        cells = texts.cells
        lost = {text: full for text in texts.numbers if (full := restored_code(text, matcher))}
        named = {text: _find(matcher, text) for text in texts.naming(matcher)} | lost
        known = dict.fromkeys(texts.distinct, "") | named
        if not (distinct := len({territory for territory in named.values() if territory})):
            continue
        codes = [known.get(text, "") for text in cells]
        first = next(at for at, territory in enumerate(codes) if territory)
        below = [text for text in cells[first:] if text and not _is_skipped(text)] or cells[first:]
        share = sum(map(bool, codes)) / len(below)
        by_code = any(_is_code(text, matcher) for text in named) or any(
            len(text) >= _LONG for text in lost
        )
        above = [text for text in cells[:first] if text]
        header = next(
            (text for text in reversed(above) if not text.isdecimal() or is_dated(text)), ""
        )
        chance = distinct == 1 and share < _NAMESAKES and not _holds_codes(header, cells)
        other = is_dated(header) or signs().is_postal(header)
        if by_code and (chance or other or not _all_codes(below, matcher)):
            continue  # a count that is the code of one of ours, here and there
        if may_count(known, next(filter(signs().is_place, above[-_HEADERS:]), header)):
            continue
        whole = _names_communes(above, distinct, matcher)
        if not by_code and not whole and share < (_MOSTLY if lost else _NAMESAKES):
            continue  # quartiers of other towns bear the same names; short figures look like codes
        # A column that repeats its territories (« Commune ») is not the one that names the rows.
        weight = distinct * distinct / sum(map(bool, codes))
        coded = all(
            _is_code(text, matcher) or text in lost for text, place in named.items() if place
        )
        filled, score = sum(map(bool, cells[first:])), (weight, code == preferred, share)
        found.append(
            TerritoryColumn(
                score, code, sheet, column, first, coded=coded, filled=filled, distinct=distinct
            )
        )
    return found


def _is_code(text: str, matcher: Matcher) -> bool:
    """Say whether a text is a code, alone or after its vintage, and bears no name."""
    code, name = code_beside(text)
    return text in matcher.names or (code in matcher.names and not name)


def _all_codes(cells: list[str], matcher: Matcher) -> bool:
    """Say whether the numbers of a column all have the form of a code: its counts would not."""
    numbers = {text for text in cells if text.isdecimal()}
    level = signs().levels_of(next(iter(matcher.names), ""))
    short = matcher.width - 1 if matcher.width else 0
    formed = sum(
        text in matcher.names or len(text) == short or _is_formed(text, level) for text in numbers
    )
    return formed >= _ALL * len(numbers)


def _holds_codes(header: str, cells: list[str]) -> bool:
    return not header or signs().is_place(header) or _are_codes(cells)


def _are_codes(cells: list[str]) -> bool:
    """Say whether cells are codes that count nothing: each once, some as no count is (« 01001 », « 2A004 »).

    Examples
    --------
    >>> _are_codes(["id", "01001", "66136", "D66"]), _are_codes(["rev", "17792", "66136", "18617"])
    (True, False)
    """
    filled = [text for text in cells if text]
    formed = [text for text in filled if signs().levels_of(text)]
    sure = any(not text.isdecimal() or text.startswith("0") for text in formed)
    return sure and len(set(filled)) == len(filled) and len(formed) >= _ALL * (len(filled) - 1)


def _is_formed(text: str, level: set[str]) -> bool:
    """Say whether a number has the form of a code of that level, or of one too long for a count."""
    levels = signs().levels_of(text)
    return bool(levels & level) or bool(levels and len(text) >= _LONG)


def _names_communes(above: list[str], distinct: int, matcher: Matcher) -> bool:
    """Say whether a column is known to name communes, though most are none of ours.

    It is headed so, or names all of ours: no namesake does.
    """
    levels = signs().levels_of(next(iter(matcher.names), ""))
    headed = any(
        matcher.label.casefold() in text.casefold() or signs().is_town(text) for text in above
    )
    return "commune" in levels and (headed or distinct == len(matcher.names) > 1)


def _is_skipped(text: str) -> bool:
    return any(map(str.isalpha, text)) and (signs().is_total(text) or signs().is_note(text))


def _find(matcher: Matcher, text: str) -> str:
    """Return the territory a text names; what has no letter is looked for among the codes only."""
    if text in matcher.names:
        return text
    return next(iter(matcher.matches(text)), "") if any(map(str.isalpha, text)) else ""

"""Find the table in a partner's file: its sheet, its header, its territories, its figures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from observatoire.errors import (
    FileError,
    ObservatoireError,
    UnknownTerritoryError,
)
from observatoire.french.typography import enumerate_words
from observatoire.sources.descriptors.file_spec import FileSpec
from observatoire.sources.families.family import Family, recognise, role
from observatoire.sources.formats.text import HEADER_DEPTH
from observatoire.sources.inference.diagnosis import across_error, other_place
from observatoire.sources.inference.territory_column import TerritoryColumn, find_territories
from observatoire.sources.parsers.periods import is_dated
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.sources.places.code_repair import place_of
from observatoire.sources.tables.header import column_letter, title
from observatoire.sources.tables.location import location_at
from observatoire.sources.tables.merged_cells import complete, worded_columns
from observatoire.sources.tables.reader import read_located
from observatoire.sources.tables.sheets import _ROWS, _TOP, sheets_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.formats.cells import Rows
    from observatoire.sources.formats.document import Document
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.sources.tables.sheets import SheetView
    from observatoire.territories.matcher import Matcher


#: What ages name a column by: « 15-24 », « 65+ ».
_AGES = re.compile(r"[0-9]{1,2} ?(?:- ?[0-9]{1,2}|\+)")


@dataclass(frozen=True)
class Found:
    """What was found in a file: the table, the column of its territories, their zoning.

    ``titles`` holds a line for the sheet's name, and for each cell above the table; ``others`` are
    the sheets of the workbook that name territories too, and are not read, ``twins`` those of the same
    columns; ``hidden`` those that nobody sees, and ``hidden_columns`` the columns of the sheet that
    nobody sees; ``labels`` what a row below the names says of each column.
    """

    table: RawTable
    spec: FileSpec
    zoning: str
    family: Family | None
    titles: str
    others: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    hidden_columns: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


# --- A known family ------------------------------------------------------------------------------


def find_family(
    sheets: list[SheetView], families: Mapping[str, Family]
) -> tuple[Family, SheetView, int] | None:
    """Return the family a file is of, the sheet and the row of its header; None for a stranger."""
    best: tuple[int, Family, SheetView, int] | None = None
    for sheet in sheets:
        for at, (_, row) in enumerate(sheet.top[:HEADER_DEPTH]):
            header = [title(cell) for cell in row]
            if len(header) < 2:  # noqa: PLR2004 - a code and a figure
                continue
            fitting = {
                code: family_tried for code, family_tried in families.items()
                if family_tried.recognises(header)
                and (family_tried.kind == "figures" or _only_places(family_tried, header))
                and _codes_fit(family_tried, header, sheet.top[at + 1 : _TOP])
            }  # fmt: skip
            family = recognise(header, fitting)
            if family is None:
                continue
            score = family.recognises(header)
            if best is None or score > best[0]:
                best = (score, family, sheet, at)
    return best[1:] if best else None


def _only_places(family: Family, header: list[str]) -> bool:
    """Say whether a table that seems a list of territories holds nothing else."""
    patterns = [family.territory, family.name, family.commune, *family.required]
    known = [pattern for pattern in patterns if pattern is not None]
    return all(
        signs().is_label(name) or any(pattern.fullmatch(name) for pattern in known)
        for name in header
        if name
    )


def _codes_fit(family: Family, header: list[str], body: Rows) -> bool:
    """Check the form of the codes, where two families have the same columns."""
    if family.codes is None:
        return True
    at = header.index(family.territory_column(header))
    codes = [row[at].strip() for _, row in body[:50] if len(row) > at and row[at].strip()]
    return not codes or sum(bool(family.codes.fullmatch(code)) for code in codes) > len(codes) / 2


# --- A stranger ----------------------------------------------------------------------------------


def names_above(sheet: SheetView, first: int, name: str) -> int:
    """Return the row of column names: the fullest above any territory, the first of those as full.

    Raises
    ------
    FileError
        When nothing above the figures names them.
    """
    wanted = max(2, sum(bool(cell.strip()) for cell in sheet.rows[first][1]) // 2)
    # The names stand in the first rows, or, under a long text, right above the figures.
    for start in sorted({0, max(0, first - HEADER_DEPTH)}):
        at = _names_row(sheet.rows[start : min(first, start + HEADER_DEPTH)], wanted)
        if at is not None:
            return start + at
    raise FileError(
        "Aucune ligne ne nomme les colonnes, au-dessus du premier territoire.",
        where=f"{name}, ligne {sheet.rows[first][0]}",
        why="Sans leur nom, on ne sait pas ce que comptent les chiffres.",
        remedy="Ajoutez une ligne d’en-tête au tableau.",
    )


def _names_row(rows: Rows, wanted: int) -> int | None:
    """Return the row that names as many columns, none of them a figure if that can be."""
    above = [(at, [cell for cell in row if cell.strip()]) for at, (_, row) in enumerate(rows)]
    full = [(at, filled) for at, filled in above if len(filled) >= wanted]
    named = [(at, filled) for at, filled in full if not any(map(_is_figure, filled))]
    if named:
        # Above names of columns, a shorter row groups them, or one that says the same of several.
        return max(named, key=lambda row_found: _naming(*row_found))[0]
    return next(
        (at for at, row_found in full if 2 * sum(map(_is_figure, row_found)) <= len(row_found)),
        None,
    )


def _naming(at: int, names: list[str]) -> tuple[int, int, int, int]:
    """Return how much a row names: most cells, most of them apart; rows of twins complete the one above.

    A row of years says when, not what: « Année ; 2015 ; 2016 » over « Quartier ; Population ; Logements ».
    """
    apart = len(set(names))
    if apart < len(names):
        return len(names), apart, 0, at
    return len(names), apart, -sum(is_dated(cell) or _is_sign(cell) for cell in names), -at


def _is_sign(cell: str) -> bool:
    return bool(signs().meaning(cell))


def _is_figure(cell: str) -> bool:
    text = cell.strip()
    return bool(re.fullmatch(r"[<>≤]?[\d\s.,%+-]+", text)) and not (
        is_dated(cell) or _AGES.fullmatch(text)
    )


def find_table(
    document: Document,
    zonings: Mapping[str, Matcher],
    families: Mapping[str, Family],
    *,
    preferred: str,
    zoning: str = "",
) -> Found:
    """Find the table of a file: of a known family, or by the territories that it names.

    Parameters
    ----------
    document : Document
        The file.
    zonings : mapping of str to Matcher
        The territories known.
    families : mapping of str to Family
        The families known.
    preferred : str
        The zoning that wins when two are named as often.
    zoning : str
        The zoning asked; empty to find it.
    """
    sheets, name = sheets_of(document), document.name
    known = find_family(sheets, families)
    if known is not None:
        family, sheet, at = known
        header = [title(cell) for cell in sheet.top[at][1]]
        spec = _spec(document, sheet, at, family.territory_column(header))
        spec = _family_roles(spec, family, header)
        table = read_located(location_at(document, sheet.sheet, sheet.top, at, spec), spec)
        chosen = zoning or _family_zoning(family, table, spec, zonings, name)
        return Found(table, spec, chosen, family, _titles(sheet, at))
    sought = {zoning: zonings[zoning]} if zoning else zonings
    try:
        place = find_territories(sheets, sought, preferred, name)
    except ObservatoireError:
        if all(len(sheet.rows) < _ROWS for sheet in sheets):
            raise
        place = find_territories(sheets_of(document, 0), sought, preferred, name)
    return _undeclared_table(document, place, sought)


def _undeclared_table(
    document: Document, place: TerritoryColumn, sought: Mapping[str, Matcher]
) -> Found:
    """Cut the table of a stranger where its territories were found."""
    name = document.name
    line, first = place.sheet.rows[place.row]
    across = across_error(first, sought, name, line)
    if across is not None:
        raise across
    try:
        at = names_above(place.sheet, place.row, name)
    except FileError as error:  # two territories in a row that nothing names are laid out too
        raise across_error(first, sought, name, line, few=2) or error from error
    header = [title(cell) for cell in place.sheet.rows[at][1]]
    territory = header[place.column] if place.column < len(header) else ""
    spec = _spec(document, place.sheet, at, territory or column_letter(place.column))
    if place.communes is not None:
        prefix = header[place.communes] if place.communes < len(header) else ""
        spec = replace(spec, prefix_column=prefix or column_letter(place.communes))
    location = location_at(document, place.sheet.sheet, place.sheet.rows, at, spec)
    table = read_located(location, spec)
    if table.merged:
        table = complete(table, worded_columns(table), spec)
    hidden = [sheet.name for sheet in document.sheets if sheet.hidden]
    ranks = place.sheet.sheet.appearance.hidden_columns
    kept = set(map(str, table.frame.columns))
    unshown = [header[rank] for rank in ranks if rank < len(header) and header[rank] in kept]
    titles, labels = _titles(place.sheet, at), _labels(table, place, sought)
    twins = tuple(
        one.name for one in sheets_of(document) if one.name in place.others and _heads(one, header)
    )
    seen = titles, place.others, twins, tuple(hidden), tuple(unshown), labels
    return Found(table, spec, place.zoning, None, *seen)


def _heads(sheet: SheetView, header: list[str]) -> bool:
    """Say whether a sheet names the columns of another as it does."""
    names = list(filter(None, header))
    return any(names == list(filter(None, map(title, row))) for _, row in sheet.top)


def _labels(
    table: RawTable, place: TerritoryColumn, zonings: Mapping[str, Matcher]
) -> dict[str, str]:
    """Return what the first row says of each column, when it explains names written as codes."""
    cells = {str(name): str(cell).strip(" ()[]") for name, cell in table.frame.iloc[0].items()}
    filled = {name: cell for name, cell in cells.items() if name and cell}
    worded = len(filled) > 1 and not any(
        (_is_figure(cell) and not signs().is_unit(cell)) or _is_sign(cell)
        for cell in filled.values()
    )
    known = any(matcher.find(cell) for matcher in zonings.values() for cell in filled.values())
    first = int(table.lines.iloc[0]) < place.sheet.rows[place.row][0]
    explained = {
        # « 2015 » over « Population » is still its year.
        name: f"{name} ({cell})"
        if signs().is_unit(cell)
        or signs().unit_titled(cell)
        or signs().heads.bracketed.search(f"({fold(cell)})")
        else " ".join(filter(None, (cell, is_dated(name) * name)))
        for name, cell in filled.items()
        if not signs().heads.kinds.fullmatch(fold(cell))
    }
    return explained if worded and first and not known else {}


def _titles(sheet: SheetView, at: int) -> str:
    above = (cell for _, row in sheet.rows[:at] for cell in row if cell.strip())
    # Excel's own first line (« sep=; ») is no title.
    texts = (" ".join(cell.split()) for cell in above if not cell.startswith("sep="))
    return "\n".join([sheet.name, *texts])


def _spec(document: Document, sheet: SheetView, at: int, territory: str) -> FileSpec:
    return FileSpec(
        name=document.name,
        layout="wide",
        territory=territory,
        separator=sheet.separator,
        encoding=sheet.encoding,
        sheet=sheet.name,
        header=sheet.rows[at][0],
        member=document.member,
    )


def _family_roles(spec: FileSpec, family: Family, header: list[str]) -> FileSpec:
    return replace(
        spec,
        layout=family.layout,
        period_column=role(family.period.column, header),
        period_form=family.period.form if role(family.period.column, header) else "",
        variable_column=role(family.variable_column, header),
        value_column=role(family.value_column, header),
    )


def _family_zoning(
    family: Family,
    table: RawTable,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    name: str,
) -> str:
    """Return the declared zoning, of the family's kind, that holds most of the file's codes."""
    kinds = family.zoning
    candidates = [code for code in zonings if any(code.split("-")[0] == kind for kind in kinds)]
    if not candidates:
        raise UnknownTerritoryError(
            f"Aucun zonage de ce fichier ({enumerate_words(list(kinds))}) n’est déclaré.",
            where=name,
            why=f"C’est un fichier de la famille « {family.code} ».",
            remedy=f'Ajoutez à observatoire.toml une table [zonings."{kinds[0]}-AAAA"], avec label '
            f"et members. Zonages déclarés : {enumerate_words(list(zonings), most=8)}.",
        )
    codes = table.frame[spec.territory].str.strip().unique().tolist()
    counts = {
        code: sum(bool(place_of(text, zonings[code])) for text in codes) for code in candidates
    }
    best = max(counts, key=counts.__getitem__)
    if not counts[best]:
        raise other_place(list(codes), f"{name}, colonne {spec.territory}", candidates)
    return best

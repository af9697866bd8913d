"""Check the names of a table's columns, and that its rows have as many cells."""

from __future__ import annotations

import re
from collections import Counter
from itertools import dropwhile, pairwise
from typing import TYPE_CHECKING

from observatoire.errors import (
    TruncatedFileError,
    UnknownColumnError,
    UnreadableFileError,
)
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import plural
from observatoire.sources.formats.text import HEADER_DEPTH, SEPARATORS, separator_error
from observatoire.sources.parsers.periods import is_dated
from observatoire.sources.parsers.vocabulary import signs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.formats.cells import Rows


#: The widest table known (all of Insee’s files on a commune) has 2 000: beyond, each costs time for nothing.
MOST_COLUMNS = 2_500

#: A name is looked for among so many columns.
_SUGGESTED = 500


def column_letter(column: int) -> str:
    """Name a column that has no name, as a spreadsheet does.

    Examples
    --------
    >>> column_letter(0), column_letter(27)
    ('colonne A', 'colonne AB')
    """
    letters = ""
    rank = column + 1
    while rank:
        rank, rest = divmod(rank - 1, 26)
        letters = chr(65 + rest) + letters
    return f"colonne {letters}"


#: A figure, which no name of column is; a period is one.
_FIGURE = re.compile(r"(?=.*\d)[<>≤≥]?[\d\s.,%+−-]+")


def title(cell: str) -> str:
    r"""Return the name of a column, on one line.

    Examples
    --------
    >>> title(" Montant\nmoyen ")
    'Montant moyen'
    """
    return re.sub(r"\s*[\r\n]+\s*", " ", cell).strip()


def titles(rows: Rows, at: int, spec: FileSpec) -> tuple[list[str], int]:
    """Return the names of the columns, and the last row that tells them.

    Parameters
    ----------
    rows : Rows
        The first rows of the table.
    at : int
        The row of its names.
    spec : FileSpec
        What is stated of it.
    """
    header = named([title(cell) for cell in rows[at][1]], spec)
    under = completed(header, _near_row(rows, at, 1), spec)
    header = under or header
    nearest, next_one = _near_row(rows, at, -1), _near_row(rows, at, -2)
    header = joined(header, nearest, spec) or joined(header, nearest, spec, next_one) or header
    return header, at + bool(under)


def _near_row(rows: Rows, at: int, step: int) -> list[str]:
    """Return the row right above or below the names of columns, empty when there is none."""
    near_row = at + step
    near = 0 <= near_row < len(rows) and rows[near_row][0] == rows[at][0] + step
    return [title(cell) for cell in rows[near_row][1]] if near else []


def completed(header: list[str], below: list[str], spec: FileSpec) -> list[str]:
    """Name merged columns by the row below: « Aides » over « Foyers » and « Montant ».

    Returns
    -------
    list of str
        The names, the group's first; empty when the row below names nothing that lacks a name.

    Examples
    --------
    >>> from observatoire.sources.descriptors.file_spec import FileSpec
    >>> spec = FileSpec("f.csv", "wide", "Quartier")
    >>> completed(["Quartier", "Aides", "", "Total"], ["", "Foyers", "Montant", ""], spec)
    ['Quartier', 'Aides Foyers', 'Aides Montant', 'Total']
    >>> completed(["Quartier", "Aides", "Aides"], ["", "Foyers", "Montant"], spec)
    ['Quartier', 'Aides Foyers', 'Aides Montant']
    >>> completed(["Quartier", "2015", "2016"], ["", "Foyers", "Aides"], spec)
    ['Quartier', 'Foyers 2015', 'Aides 2016']
    >>> completed(["Quartier", "Aides"], ["", "(nb)"], spec), completed(["Quartier", ""], ["", "5"], spec)
    ([], [])
    """
    below = below + [""] * (len(header) - len(below))
    names_below = [cell for cell in below if cell]
    figures = any(map(_FIGURE.fullmatch, names_below)) and not all(map(is_dated, names_below))
    count = Counter(header)
    unnamed = [
        rank
        for rank, name in enumerate(header)
        if below[rank] and (not name or count[name] > 1 or is_dated(name))
    ]
    if (
        figures
        or any(map(signs().meaning, names_below))  # « s » under « 2015 » is hidden, not a name
        or not unnamed
        or spec.territory not in header
        or below[header.index(spec.territory)]
    ):
        return []
    group, made = "", []
    for name, under in zip(header, below, strict=False):
        group = "" if name == spec.territory else name or group
        made.append(" ".join(sorted(filter(None, (group, under)), key=is_dated)) if under else name)
    kept = [name for name in made if name]
    return made if len(set(kept)) == len(kept) else []


def named(header: list[str], spec: FileSpec) -> list[str]:
    """Name the territory's column when the file leaves it without a name."""
    if spec.territory in header:
        return header
    return [
        spec.territory if not name and spec.territory == column_letter(at) else name
        for at, name in enumerate(header)
    ]


def joined(
    header: list[str], above: list[str], spec: FileSpec, top: Sequence[str] = ()
) -> list[str]:
    """Tell apart columns of one name by what stands above them: « Hommes » under 2015 and 2016.

    Parameters
    ----------
    header : list of str
        The names of the columns.
    above : list of str
        The row above them.
    spec : FileSpec
        What is stated of the table.
    top : sequence of str
        The row above that one, where one row does not tell them apart.

    Returns
    -------
    list of str
        The names, a period last; empty when some are still the same.

    Examples
    --------
    >>> from observatoire.sources.descriptors.file_spec import FileSpec
    >>> spec = FileSpec("f.csv", "wide", "Quartier")
    >>> joined(["Quartier", "H", "F", "H", "F"], ["", "2015", "", "2016", ""], spec)
    ['Quartier', 'H 2015', 'F 2015', 'H 2016', 'F 2016']
    >>> joined(["", "H", "H", "H"], ["", "HLM", "Privé", "HLM"], spec, ["", "2015", "", "2016"])
    ['', 'H HLM 2015', 'H Privé 2015', 'H HLM 2016']
    >>> joined(["Quartier", "Population", "Logements"], ["", "2015", "2016"], spec)
    ['Quartier', 'Population 2015', 'Logements 2016']
    """
    count = Counter(header)
    groups, made = ["", ""], []
    # « Population » twice over « 2011 » and « 2016 »: all columns have two names.
    doubled = len(above) >= len(header) and all(map(bool, above[: len(header)]))
    years = _are_years(above, header)
    for at, name in enumerate(header):
        for rank, row in enumerate((above, top)):
            groups[rank] = " ".join((row[at] if at < len(row) else "").split()) or groups[rank]
        alike = count[name] > 1 or (doubled and is_dated(name)) or (years and is_dated(groups[0]))
        twice = bool(name) and alike and name != spec.territory
        parts = sorted((name, *groups), key=is_dated) if twice else (name,)
        made.append(" ".join(filter(None, parts)))
    return made if max(Counter(filter(None, made)).values(), default=1) == 1 else []


def _are_years(above: Sequence[str], header: Sequence[str]) -> bool:
    """Say whether a row gives its year to each column but the first ones, to as many under each year.

    Examples
    --------
    >>> _are_years(["", "2015", "", "2016", ""], ["Q", "A", "B", "C", "D"])
    True
    >>> _are_years(["", "2015", "2016", ""], ["Q", "A", "B", "C"]), _are_years(["", "2015"], ["Q", "A"])
    (False, False)
    >>> _are_years(["Année", "2015", "2016"], ["Q", "A", "B"]), _are_years(["2015", "2016"], ["Q", "A"])
    (True, False)
    """
    filled = [(at, cell) for at, cell in enumerate(above[: len(header)]) if cell]
    starts = [
        at for at, _ in dropwhile(lambda one: not is_dated(one[1]), filled)
    ]  # « Année » first
    widths = {end - start for start, end in pairwise((*starts, len(header)))}
    years = {above[at].strip() for at in starts}
    dated = all(map(is_dated, years)) and not any(map(is_dated, header))
    return len(years) > 1 and 0 not in starts and len(widths) == 1 and dated


def check_width(width: int, name: str) -> None:
    """Refuse a table of more columns than any of territories has: each costs time to be understood.

    Raises
    ------
    UnreadableFileError
        With how many there are.
    """
    if width > MOST_COLUMNS:
        raise UnreadableFileError(
            f"Ce tableau a {width} colonnes.",
            where=name,
            why=f"Au-delà de {MOST_COLUMNS}, ce n’est pas un tableau de territoires.",
            remedy="Vérifiez le séparateur, mettez les territoires en lignes, ou gardez les colonnes utiles.",
        )


def check_header(
    header: list[str], spec: FileSpec, name: str, separator: str, sheet: str = ""
) -> None:
    """Refuse a header cut in one, without a declared column, or with a name twice.

    Raises
    ------
    SeparatorError, UnknownColumnError, UnreadableFileError
        With what to declare or to mend.
    """
    check_width(len(header), name)
    if separator and len(header) == 1:
        likely = max(SEPARATORS, key=header[0].count)
        raise separator_error(separator, likely if likely in header[0] else "", name)
    names, where = set(header), f"{name}, feuille « {sheet} »" if sheet else name
    for column in (*spec.role_columns, *spec.value_columns):
        if column not in names:
            raise UnknownColumnError(
                f"La colonne « {column} » n’est pas dans le fichier.",
                where=where,
                remedy=suggestion(column, [known for known in header if known][:_SUGGESTED]),
                column=column,
            )
    repeated = sorted(known for known, count in Counter(header).items() if known and count > 1)
    if repeated:
        raise UnknownColumnError(
            f"La colonne « {repeated[0]} » figure deux fois.",
            where=where,
            why="On ne saurait laquelle lire : rien au-dessus de ces noms ne les distingue.",
            remedy="Renommez ou supprimez l’une des deux ; si les noms se lisent sur plusieurs lignes, écrivez-"
            "les entiers sur une seule ; si deux tableaux sont côte à côte, donnez à chacun son propre fichier.",
            column=repeated[0],
        )


def check_widths(body: Rows, header: list[str], name: str) -> None:
    """Refuse a row that has not as many cells as the header.

    Raises
    ------
    TruncatedFileError, UnreadableFileError
        With its line: the last row, cut short, tells of a file cut short.
    """
    for position, (line, row) in enumerate(body):
        if len(row) == len(header):
            continue
        last = position == len(body) - 1
        kind = TruncatedFileError if last and len(row) < len(header) else UnreadableFileError
        raise kind(
            f"Cette ligne a {plural(len(row), 'cellule')} au lieu de {len(header)}.",
            where=f"{name}, ligne {line}",
            why="Le fichier semble coupé avant sa fin."
            if kind is TruncatedFileError
            else "Un séparateur manque ou est en trop : les chiffres glisseraient de colonne.",
            remedy="Redemandez le fichier, ou corrigez cette ligne.",
            line=line,
        )


def find_header(rows: Rows, spec: FileSpec) -> int:
    """Return the row that holds the territory column; title rows above it are skipped.

    When ``header`` is stated, it is that line. When no row holds the column, the first of the widest
    is the one whose columns a message will list.

    Raises
    ------
    UnreadableFileError, UnknownColumnError
        When that line is beyond the table, or has no such column and another one has.
    """
    if spec.header:
        declared = next((at for at, (line, _) in enumerate(rows) if line >= spec.header), None)
        if declared is None:
            raise UnreadableFileError(
                f"L’en-tête est annoncé ligne {spec.header}, et le tableau s’arrête ligne {rows[-1][0]}.",
                where=spec.name,
                remedy="Corrigez header dans source.toml, ou retirez-le : l’en-tête est trouvé.",
            )
        _check_line(rows, declared, spec)
        return declared
    top = [[title(cell) for cell in row] for _, row in rows[:HEADER_DEPTH]]
    holding = [at for at, row in enumerate(top) if spec.territory in row]
    for at in holding:
        # Insee's workbooks have two rows of names; the codes are on the second, next to the figures.
        if set(spec.role_columns) <= set(top[at]) and _is_last_header(top, at, holding):
            return at
    if holding:
        return holding[0]
    return max(range(len(top)), key=lambda at: (sum(map(bool, top[at])), -at))


def _check_line(rows: Rows, declared: int, spec: FileSpec) -> None:
    """Refuse the line declared for the names of columns when they stand on another."""
    line, row = rows[declared]
    actual = next((at for at, cells in rows if spec.territory in map(title, cells)), 0)
    if actual and spec.territory not in map(title, row):
        raise UnknownColumnError(
            f"La colonne « {spec.territory} » est nommée ligne {actual}, et non ligne {line}.",
            where=f"{spec.name}, ligne {line}",
            why="Le tableau a sans doute été déplacé depuis que source.toml est écrit.",
            remedy=f"Corrigez header = {actual} dans source.toml, ou retirez-le : l’en-tête est trouvé.",
            column=spec.territory,
        )


def _is_last_header(top: list[list[str]], at: int, holding: list[int]) -> bool:
    following = at + 1
    return following not in holding or len(set(top[at]) & set(top[following])) == len(set(top[at]))

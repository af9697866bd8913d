"""What may be opened at all: how large a file may unfold, and the errors of one that is too large or damaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words
from observatoire.french.typography import number

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

#: The most bytes that one file may unfold into; and the most that a large one may, so many times
#: its own size, for figures shrink ten or twenty times.
MOST_BYTES, MOST_RATIO, MOST_OF_LARGE = 160_000_000, 16, 800_000_000

#: The most cells that the sheets of a file are opened with: a single figure at the far corner is no
#: table. A large file may have more, for a cell takes a byte at least.
MOST_CELLS, MOST_CELLS_OF_LARGE = 3_000_000, 12_000_000

#: The most cells of words, among those of our territories, in a table that nothing describes.
MOST_WORDS = 500_000


def check_table(content: bytes, name: str, packed: int) -> None:
    """Refuse a text out of an archive that holds more cells than memory does: each takes sixty bytes.

    Raises
    ------
    UnreadableFileError
        With the number found.
    """
    lines = max(content.count(b"\n"), content.count(b"\r"))
    count = lines + max(map(content.count, (b";", b",", b"\t", b"|")))
    if count > max(MOST_CELLS, 2 * packed):
        raise too_many(count, name)


@dataclass
class Room:
    """What is left of the memory for the sheets of a workbook, that may all be of one part."""

    name: str
    packed: int
    cells: int = 0

    def take(self, rows: int, columns: int) -> None:
        """Take the room of a sheet, which costs something even when it is small.

        Raises
        ------
        UnreadableFileError
            When the sheets read so far hold more cells than memory does.
        """
        self.cells += rows * columns + _SHEET
        check_cells(self.cells, self.name, self.packed)


def check_words(columns: Collection[pd.Series], name: str) -> None:
    """Refuse a table of so many cells that are words, each read with care."""
    large = sum(map(len, columns)) > MOST_WORDS
    count = sum(int(cells.str.isalpha().sum()) for cells in columns) if large else 0
    if count > MOST_WORDS:
        what = f"Ce tableau a {number(count, 0)} cellules de mots (« s », « nd »)."
        why = f"Chacune se lit à part, et l’on en lit {number(MOST_WORDS, 0)} au plus."
        raise _too_large(what, name, why)


#: What a sheet costs to look at, in cells: no workbook has a thousand of them.
_SHEET = 3_000


def too_many(count: int, name: str) -> UnreadableFileError:
    """Return the error of a text that holds more cells than memory does."""
    what = f"Ce tableau a au moins {number(count, 0)} cellules : il ne tiendrait pas en mémoire."
    return _too_large(what, name, "C’est peut-être un piège, ou un fichier national.")


def _too_large(what: str, name: str, why: str, or_else: str = "") -> UnreadableFileError:
    remedy = f"N’en gardez que les lignes et les colonnes utiles{or_else}."
    return UnreadableFileError(what, where=name, why=why, remedy=remedy)


def most_cells(packed: int) -> int:
    """Return the most cells that a file of that size may be opened with.

    Examples
    --------
    >>> most_cells(1_000), most_cells(5_000_000), most_cells(900_000_000)
    (3000000, 5000000, 12000000)
    """
    return max(MOST_CELLS, min(packed, MOST_CELLS_OF_LARGE))


def check_cells(count: int, name: str, packed: int, *, blank: bool = False) -> None:
    """Refuse a file whose sheets span more cells than memory holds.

    Parameters
    ----------
    count : int
        The cells that its sheets span.
    name : str
        The file, for the message.
    packed : int
        Its own size.
    blank : bool
        Most of them are blank, as in a workbook with a single figure at the far corner.

    Raises
    ------
    UnreadableFileError
        With the number found.
    """
    most = most_cells(packed)
    if count <= most:
        return
    asked = (
        f"L’ouvrir demanderait {number(count, 0)} cellules ; on en ouvre {number(most, 0)} au plus."
    )
    if not blank:
        raise _too_large(
            "Ce tableau ne tiendrait pas en mémoire.", name, asked, ", ou enregistrez-le en csv"
        )
    raise UnreadableFileError(
        "Une feuille de ce classeur s’étend sur des millions de cellules vides.",
        where=name,
        why=asked,
        remedy="Supprimez la cellule perdue au bout de la feuille (Ctrl+Fin), ou enregistrez le tableau en csv.",
    )


def most_bytes(packed: int) -> int:
    """Return the most bytes that a file of that size may unfold into.

    Examples
    --------
    >>> most_bytes(1_000), most_bytes(20_000_000), most_bytes(900_000_000)
    (160000000, 320000000, 800000000)
    """
    return max(MOST_BYTES, min(MOST_RATIO * packed, MOST_OF_LARGE))


def check_bytes(size: int, name: str, packed: int = 0) -> None:
    """Refuse a file that unfolds into more than memory holds.

    Parameters
    ----------
    size : int
        What it unfolds into.
    name : str
        The file, for the message.
    packed : int
        Its own size.

    Raises
    ------
    UnreadableFileError
        With the size found.
    """
    most = most_bytes(packed)
    if size > most:
        raise UnreadableFileError(
            f"Une fois décompressé, ce fichier dépasserait {most // 1_000_000} Mo.",
            where=name,
            why=f"Il en ferait {number(size / 1_000_000, 0)} : il ne tiendrait pas en mémoire ; "
            "c’est peut-être un piège.",
            remedy="D’un classeur, ne gardez que la feuille utile ; une archive, décompressez-la à la main "
            "et gardez le seul tableau utile.",
        )


def unopened(name: str, error: BaseException) -> UnreadableFileError:
    """Return the error of a workbook that does not open."""
    return UnreadableFileError(
        "Ce classeur ne s’ouvre pas : il est abîmé, coupé, protégé par un mot de passe, ou n’en est pas un.",
        where=name,
        why=reader_words(error),
        remedy="Ouvrez-le dans Excel ou LibreOffice, qui le répare souvent, et enregistrez-le de nouveau ; "
        "s’il ne s’y ouvre pas non plus, redemandez-le au producteur.",
    )

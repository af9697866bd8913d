"""What may be opened at all: how large a file may unfold, and the errors of one that is too large or damaged."""

from __future__ import annotations

from observatoire.errors import UnreadableFileError
from observatoire.errors.translations import reader_words
from observatoire.french.typography import number

#: The most bytes that one file may unfold into.
MOST_BYTES = 160_000_000

#: The most cells that the sheets of a file are opened with: a single figure at the far corner is no table.
MOST_CELLS = 8_000_000


def check_cells(count: int, name: str) -> None:
    """Refuse a file whose sheets span more cells than memory holds.

    Raises
    ------
    UnreadableFileError
        With the number found.
    """
    if count > MOST_CELLS:
        raise UnreadableFileError(
            "Une feuille de ce classeur s’étend sur des millions de cellules vides.",
            where=name,
            why=f"L’ouvrir demanderait {number(count, 0)} cellules ; on en ouvre "
            f"{number(MOST_CELLS, 0)} au plus.",
            remedy="Supprimez la cellule perdue au bout de la feuille (Ctrl+Fin), ou "
            "enregistrez le tableau en csv.",
        )


def check_bytes(size: int, name: str) -> None:
    """Refuse a file that unfolds into more than memory holds.

    Raises
    ------
    UnreadableFileError
        With the size found.
    """
    if size > MOST_BYTES:
        raise UnreadableFileError(
            f"Une fois décompressé, ce fichier dépasserait {MOST_BYTES // 1_000_000} Mo.",
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

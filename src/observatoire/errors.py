"""The errors an analyst can meet: each carries its data and says what to do, in French.

A message has four parts, in this order: *where* (file, line, column, code), *what* is wrong,
*why* it matters, *what to do*. The parts are attributes, so that a program can use them too.
"""

from __future__ import annotations

import difflib
import errno
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ObservatoireError(Exception):
    """Base of every error the library raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, as a French sentence.
    where : str
        File, line, column or code concerned; empty when there is none.
    why : str
        Why it matters.
    remedy : str
        What the analyst can do.
    **data
        Anything a program could want: kept in ``data``.

    Examples
    --------
    >>> str(ObservatoireError("Le fichier est vide.", where="a.csv", remedy="Demandez-le."))
    'a.csv : Le fichier est vide. Demandez-le.'
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        why: str = "",
        remedy: str = "",
        **data: object,
    ) -> None:
        self.what, self.where, self.why, self.remedy = what, where, why, remedy
        self.data = data
        body = " ".join(part for part in (what, why, remedy) if part)
        super().__init__(f"{where} : {body}" if where else body)


class WorkspaceError(ObservatoireError):
    """The folder is not a workspace, or its warehouse cannot be opened."""


class DescriptorError(ObservatoireError):
    """A TOML file (observatoire.toml, source.toml, indicators.toml) says something impossible."""


class LoadError(ObservatoireError):
    """Some sources could not be loaded; the others are. ``data`` holds both, by folder."""


class UnknownNameError(ObservatoireError):
    """A code or a name that nothing bears: territory, zoning, indicator, theme, source, period."""


class FileError(ObservatoireError):
    """A file that cannot be read as the table or layer it should be."""


class EmptyFileError(FileError):
    """The file holds nothing."""


class TruncatedFileError(FileError):
    """The file stops before its end."""


class UnreadableFileError(FileError):
    """The bytes are not those of a format the library reads."""


class UnknownColumnError(FileError):
    """A declared column is not in the file."""


class SeparatorError(FileError):
    """The separator declared, or found, leaves the table in one column."""


class FetchError(FileError):
    """A file that could not be brought from its producer, or is not the one expected."""


class RowError(ObservatoireError):
    """A row that cannot be kept: base of the errors that name a line."""


class UnreadableNumberError(RowError):
    """A cell that is neither a number nor a declared marker."""


class DuplicateKeyError(RowError):
    """Two rows give the same variable of the same territory and period."""


class UnknownTerritoryError(RowError):
    """A territory code or name that the zoning does not hold."""


class GeometryError(ObservatoireError):
    """Base of what can be wrong with a layer."""


class CRSError(GeometryError):
    """A coordinate reference system missing, geographic where metres are needed, or mismatched."""


class InvalidGeometryError(GeometryError):
    """Geometries that are empty, self-crossing, of mixed kinds or repeated."""


class EmptyGeometryError(InvalidGeometryError):
    """A layer, or a territory of it, without geometry, surface or finite coordinates."""


class CrossingGeometryError(InvalidGeometryError):
    """An outline that crosses itself, or folds back: its surface is not defined."""


class MixedGeometryError(InvalidGeometryError):
    """Geometries that are not of the one kind that is asked."""


class RaisedGeometryError(InvalidGeometryError):
    """Geometries in three dimensions."""


class OverlapError(InvalidGeometryError):
    """Territories of one zoning that share ground: what is there would count twice."""


class SchematicGeometryError(GeometryError):
    """A schematic perimeter can be drawn, never measured."""


class NatureError(ObservatoireError):
    """Something was asked of a variable that its nature forbids (a median carried to a union)."""


class PassageError(ObservatoireError):
    """A passage between zonings that cannot be built or applied."""


class SupportError(PassageError):
    """A support that carries nothing, or whose weights are negative or blank."""


class WeightError(PassageError):
    """Weights of a table de passage that are negative, blank, or more than one for a source."""


class RatioError(PassageError):
    """A ratio of densities that is no positive number."""


class SeriesError(ObservatoireError):
    """Two periods that a break of series, or overlapping samples, keeps from being compared."""


class SecrecyError(ObservatoireError):
    """Secrecy cannot be guaranteed: nothing is published on doubt."""


class FormatError(ObservatoireError):
    """A suffix the library cannot write."""


#: What the system says of a failure, for those who do not read its English.
_SYSTEM = {
    errno.ENOENT: "ce dossier ou ce fichier n’existe pas",
    errno.EACCES: "l’accès est refusé",
    errno.EPERM: "l’opération n’est pas permise",
    errno.EEXIST: "un fichier porte déjà ce nom",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.ENOSPC: "le disque est plein",
    errno.EROFS: "le disque ne s’écrit pas",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.EBUSY: "le fichier est ouvert par un autre programme",
    errno.EINVAL: "le nom contient un signe que le système refuse",
    errno.EIO: "le disque ou le réseau ne répond pas",
    errno.ENOTEMPTY: "le dossier n’est pas vide",
    errno.EXDEV: "les deux dossiers sont sur des disques différents",
}


def system_words(error: OSError) -> str:
    """Say in French what the system says of a failure; its own words where we have none.

    Examples
    --------
    >>> system_words(FileNotFoundError(2, "No such file or directory"))
    'ce dossier ou ce fichier n’existe pas'
    """
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)


def names_in(given: Iterable[str] | str, what: str, example: str) -> list[str]:
    """Return the names that an analyst gave, one alone or several.

    Raises
    ------
    UnknownNameError
        On anything that is not text.

    Examples
    --------
    >>> names_in("part_hlm", "indicateurs", ""), names_in(["a", "b"], "indicateurs", "")
    (['part_hlm'], ['a', 'b'])
    """
    if isinstance(given, str):
        return [given]
    try:
        listed: list[object] = list(given)
    except TypeError:
        listed = [given]
    for one in listed:
        if not isinstance(one, str):
            raise UnknownNameError(
                f"On attend des {what}, nommés par du texte, non « {one} ».",
                remedy=f"Par exemple {example}.",
                name=one,
            )
    return [str(one) for one in listed]


def one_name(given: object, what: str, example: str) -> str:
    """Return the one name that an analyst gave.

    Raises
    ------
    UnknownNameError
        On anything that is not text.
    """
    if not isinstance(given, str):
        raise UnknownNameError(
            f"On attend {what}, nommé par du texte, non « {given} ».",
            remedy=f"Par exemple {example}.",
            name=given,
        )
    return given


def one_path(given: object, example: str) -> Path:
    """Return the path that an analyst gave.

    Raises
    ------
    FileError
        On anything that names no file.
    """
    if not isinstance(given, str | Path) or "\0" in str(given):
        raise FileError(
            "Ce n’est pas un chemin.", where=repr(given), remedy=f"Donnez un texte : {example}."
        )
    return Path(given)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like ``word``, or an empty string.

    Examples
    --------
    >>> nearest("treshold", ["threshold", "title"])
    'threshold'
    """
    candidates = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(str(word).casefold(), list(candidates), n=1, cutoff=0.6)
    return candidates[found[0]] if found else ""


def suggestion(word: str, known: Iterable[str], *, most: int = 12) -> str:
    """Return a French sentence that names the nearest known word, or lists what is known.

    With ``most=0`` nothing is listed: the sentence is empty when no known word is near.

    Examples
    --------
    >>> suggestion("habitta", ["habitat", "emploi"])
    'Vouliez-vous dire « habitat » ?'
    >>> suggestion("xyz", ["habitat", "emploi"])
    'Valeurs possibles : habitat, emploi.'
    """
    known = list(known)
    near = nearest(word, known)
    if near:
        return f"Vouliez-vous dire « {near} » ?"
    if not known or not most:
        return ""
    shown = ", ".join(known[:most])
    more = f" et {len(known) - most} autres" if len(known) > most else ""
    return f"Valeurs possibles : {shown}{more}."

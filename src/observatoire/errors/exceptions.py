"""The errors an analyst can meet: each carries its data and says what to do, in French.

A message has four parts, in this order: *where* (file, line, column, code), *what* is wrong,
*why* it matters, *what to do*. The parts are attributes, so that a program can use them too.
"""

from __future__ import annotations

import sys
import traceback
from html import escape


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

    _folded = False

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

    def _render_traceback_(self) -> list[str]:
        """Show a notebook the sentence alone, its traceback folded beside it where HTML is shown.

        A kernel asks twice, to show it and to answer: the traceback is shown once.
        """
        if not self._folded:
            _fold(self)
        self._folded = True
        return [f"{type(self).__name__} : {self}"]


def _fold(error: BaseException) -> None:
    """Put the traceback of an error in a folded block, in a notebook; nothing in a terminal."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None else None
    if running is None or not hasattr(running, "kernel"):
        return
    lines = "".join(traceback.format_exception(error))
    folded = f"<details><summary>Trace complète</summary><pre>{escape(lines)}</pre></details>"
    running.display_pub.publish({"text/html": folded, "text/plain": ""})


class WorkspaceError(ObservatoireError):
    """The folder is not a workspace, or its warehouse cannot be opened."""


class DescriptorError(ObservatoireError):
    """A TOML file (observatoire.toml, source.toml, indicators.toml) says something impossible."""


class LoadError(ObservatoireError):
    """Some sources could not be loaded; the others are. ``data`` holds both, by folder."""


class UnknownNameError(ObservatoireError):
    """A code or a name that nothing bears: territory, zoning, indicator, theme, source, period."""


class UnknownMethodError(UnknownNameError, AttributeError):
    """A method or a function that does not exist; Python still sees an ``AttributeError``."""


class UnknownArgumentError(UnknownNameError, TypeError):
    """An argument that a function does not take, or lacks; Python still sees a ``TypeError``."""


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
    """A territory code or name that the zoning does not have."""


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

"""What is shown: a page that displays itself in a notebook and saves itself by its suffix."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from observatoire.errors import FileError, FormatError
from observatoire.errors.arguments import one_path
from observatoire.errors.translations import system_words, way_out
from observatoire.french.typography import enumerate_words
from observatoire.pages.blocks import Page, Paragraph
from observatoire.swap import new_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from observatoire.pages.blocks import Block, Figure
    from observatoire.secrecy.release.protected_table import ProtectedTable


def cannot_write(path: Path, error: OSError) -> FileError:
    """Return the error to raise when a file cannot be put in its place."""
    if path.is_dir() and isinstance(error, IsADirectoryError | PermissionError | FileExistsError):
        return FileError(
            "Un dossier porte déjà ce nom.", where=str(path), remedy="Choisissez un autre nom."
        )
    return FileError(
        "On ne peut pas écrire ici.",
        where=str(path),
        why=f"Le système dit : {system_words(error)}.",
        remedy=way_out(
            error,
            "Fermez le fichier s’il est ouvert ailleurs, ou choisissez un dossier où vous avez "
            "le droit d’écrire.",
        ),
    )


def write_out(table: ProtectedTable, writers: Mapping[Path, Callable[[Path], None]]) -> list[Path]:
    """Write files through the door: checked first, all of them put in their place or none, then recorded.

    Parameters
    ----------
    table : ProtectedTable
        All the figures that leave.
    writers : mapping
        What writes each file, by where it goes.
    """
    table.check_out(enumerate_words([path.name for path in writers]))

    def recorded(path: Path, draft: Path) -> None:
        writers[path](draft)
        table.keep_out(path.suffix.lower().removeprefix("."), path.name)

    return write_together({path: partial(recorded, path) for path in writers})


def require_apart(paths: Sequence[Path]) -> None:
    """Refuse to write two things at one place.

    Raises
    ------
    FileError
        When two of the paths are of the same file.
    """
    places = [path.resolve() for path in paths]
    for path, place in zip(paths, places, strict=True):
        if places.count(place) > 1:
            raise FileError(
                "Deux des fichiers demandés sont le même.",
                where=str(path),
                why="Le second remplacerait le premier.",
                remedy="Donnez à chacun son nom.",
            )


def write_together(writers: Mapping[Path, Callable[[Path], object]]) -> list[Path]:
    """Write files, all of them put in their place or none.

    Raises
    ------
    FileError
        When a place cannot be written to.
    """
    paths = list(writers)
    with ExitStack() as places:
        for path, write in writers.items():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write(places.enter_context(new_file(path)))
            except OSError as error:
                raise cannot_write(path, error) from error
        try:
            places.close()
        except OSError as error:
            lost = next((p for p in paths if str(p) == error.filename2), paths[0])
            raise cannot_write(lost, error) from error
    return paths


@dataclass(frozen=True, repr=False)
class Sheet:
    """A page made from a protected table: a panel, a map, a profile, an annex.

    ``table`` is the protected table it shows; ``page`` what it looks like.
    """

    page: Page
    table: ProtectedTable
    drawn: Callable[[Axes | None], Axes] | None = field(default=None, kw_only=True, compare=False)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw it on matplotlib axes, in the style of the house.

        Parameters
        ----------
        ax : Axes, optional
            Where; a new figure by default.

        Raises
        ------
        FormatError
            When the page shows more than one drawing holds.
        """
        if self.drawn is None:
            code = next(iter(self.table.indicators), "part_hlm")
            raise FormatError(
                f"« {self.page.title} » montre plus qu’un seul dessin.",
                remedy=f'Tracez un indicateur : o.table("{code}").plot(), o.map("{code}").plot() ou '
                f'o.panel(kind="evolution", indicators=["{code}"]).plot().',
            )
        return self.drawn(ax)

    def __repr__(self) -> str:
        """Say what it shows: a page printed whole would hide the screen."""
        named = f"« {self.page.title} », {self.page.subtitle}".rstrip(", ")
        return f'<{type(self).__name__} {named} : .save("page.html") l’écrit>'

    @property
    def html(self) -> str:
        """The page as one self-contained HTML document."""
        from observatoire.pages.writers.html import render_page  # noqa: PLC0415 - only when written

        return render_page(self.page)

    def save(self, path: str | Path) -> Path:
        """Write the page; the suffix says in which form.

        Parameters
        ----------
        path : str or Path
            ``.html``, ``.pdf``, ``.svg``, ``.png``, ``.xlsx`` or ``.docx``.

        Returns
        -------
        Path
            Where it was written. The file is put in its place in one step, once whole: a failure leaves
            what was there.

        Raises
        ------
        FormatError
            On another suffix.
        FileError
            When the place cannot be written to.
        SecrecyError
            When what it shows, with all that was published, gives a hidden count away: nothing
            is written.
        """
        return self.save_all([one_path(path, '.save("page.html")')])[0]

    def save_all(self, paths: Sequence[Path]) -> list[Path]:
        """Write the page in several forms: all of them, or none; see :meth:`save`.

        Parameters
        ----------
        paths : sequence of Path
            The suffix of each says its form.
        """
        writers = [writer_of(path) for path in paths]
        require_apart(paths)
        return write_out(
            self.table,
            {path: partial(write, self.page) for path, write in zip(paths, writers, strict=True)},
        )

    def _repr_html_(self) -> str:
        from observatoire.pages.isolation import framed  # noqa: PLC0415 - only when shown

        return framed(self.page)


def figure_page(
    table: ProtectedTable,
    figure: Figure,
    date: str,
    place: str,
    drawn: Callable[[Axes | None], Axes] | None = None,
) -> Sheet:
    """Return the page of one drawing; its title is the figure's own, what it says first is read first."""
    first = [Paragraph(note.text) for note in figure.notes if note.label == "Premier rang"]
    rest = tuple(note for note in figure.notes if note.label != "Premier rang")
    blocks: tuple[Block, ...] = (*first, replace(figure, title="", notes=rest))
    page = Page(figure.title, table.zoning_label, blocks, date, place)
    return Sheet(page, table, drawn=drawn)


def writer_of(path: Path, allowed: Sequence[str] | None = None) -> Callable[[Page, Path], None]:
    """Return what writes a file, by its suffix, among those ``allowed``.

    Raises
    ------
    FormatError
        On a suffix that nothing writes.
    """
    known = list(_WRITERS if allowed is None else allowed)
    if path.suffix.lower() not in known:
        what = f"On ne sait pas écrire « {path.suffix} »." if path.suffix else "Le suffixe manque."
        raise FormatError(
            what, where=path.name, remedy=f"Suffixes possibles : {enumerate_words(known)}."
        )
    return _WRITERS[path.suffix.lower()]


def _write(module: str, name: str, page: Page, path: Path) -> None:
    """Write a page by one of the writers, each heavy and loaded when first used."""
    getattr(import_module(f"observatoire.pages.writers.{module}"), name)(page, path)


_WRITERS: Mapping[str, Callable[[Page, Path], None]] = {
    ".html": partial(_write, "html", "save_html"),
    ".pdf": partial(_write, "typst", "save_pdf"),
    ".svg": partial(_write, "typst", "save_sheet"),
    ".png": partial(_write, "typst", "save_sheet"),
    ".xlsx": partial(_write, "excel", "save_workbook"),
    ".docx": partial(_write, "word", "save_word"),
}

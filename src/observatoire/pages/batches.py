"""Several files written one after another: what is done is kept, what is lacking is written."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from observatoire.pages.sheet import cannot_write, writer_of
from observatoire.swap import new_file
from observatoire.territories import simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from observatoire.pages.sheet import Sheet

#: What a folder keeps of the files that it holds: by name, the digest of what each was made of.
KEPT = "fiches.json"

#: Letters of a name of file, at most: Windows counts the whole path.
_LONGEST = 80


def write_profiles(
    sheets: Mapping[str, Callable[[], Sheet]],
    folder: Path,
    form: str,
    progress: Callable[[int, int, str], None],
) -> list[Path]:
    """Write pages as separate files, those that are there and still say the same left as they are.

    Parameters
    ----------
    sheets : mapping
        What makes each page, by title.
    folder : Path
        Where.
    form : str
        The suffix of the files.
    progress : callable
        Given how many are done, how many there are, and which comes.

    Raises
    ------
    FormatError
        On a form that nothing writes.
    FileError
        When the folder cannot be written to; what is done stays, and the next call goes on from there.
    """
    suffix = f".{form.removeprefix('.').lower()}"
    done = _read(folder / KEPT)
    written: list[Path] = []
    for rank, (title, make) in enumerate(sheets.items()):
        path = folder / f"{_file_name(title)}{suffix}"
        if path in written:  # two titles that only differ by their accents
            path = folder / f"{_file_name(title)}-{rank}{suffix}"
        writer_of(path)
        progress(rank, len(sheets), title)
        sheet = make()
        digest = hashlib.sha256(repr((sheet.page, _drawings(sheet))).encode()).hexdigest()
        if done.get(path.name) != digest or not path.is_file():
            sheet.save(path)
            done[path.name] = digest
            _keep(folder / KEPT, done)
        written.append(path)
    progress(len(sheets), len(sheets), "")
    return written


def _drawings(sheet: Sheet) -> list[str]:
    """Return the drawings of a page, which its own text leaves out."""
    figures = [getattr(block, "beside", block) for block in sheet.page.blocks]
    return [figure.svg for figure in figures if hasattr(figure, "svg")]


def _file_name(title: str) -> str:
    """Return a name that any system accepts.

    Examples
    --------
    >>> _file_name("Place d’Armes")
    'place-armes'
    """
    return "-".join(simplify(title).split())[:_LONGEST] or "fiche"


def _read(path: Path) -> dict[str, str]:
    """Return what was kept; nothing where it is lacking or spoilt: files are then written again."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return (
        {str(name): str(digest) for name, digest in kept.items()} if isinstance(kept, dict) else {}
    )


def _keep(path: Path, done: Mapping[str, str]) -> None:
    try:
        with new_file(path) as draft:
            draft.write_text(
                json.dumps(done, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
    except OSError as error:
        raise cannot_write(path, error) from error

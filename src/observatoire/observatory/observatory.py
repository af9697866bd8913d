"""The observatory: it calls the rooms and does no work itself."""

from __future__ import annotations

import shutil
import weakref
from typing import TYPE_CHECKING

from observatoire.errors import WorkspaceError
from observatoire.errors.arguments import one_path
from observatoire.french.calls import in_french
from observatoire.indicators.answer_grounds import library_digest
from observatoire.observatory.deliverables import Deliverables
from observatoire.workspace.kept_demo import borrow_demo, demo_digest, keep_demo
from observatoire.workspace.model import read_workspace
from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from pathlib import Path


@in_french("o")
class Observatory(Deliverables):
    """An open workspace: load, ask, show, publish.

    Made by :func:`observatoire.open` or :func:`observatoire.demo`; close it, or use it in a
    ``with`` block.

    Examples
    --------
    >>> import observatoire as obs
    >>> o = obs.demo()
    >>> t = o.table(["population"], zoning="commune-2016", period=2016)
    >>> [round(value) for value in t.df["value"]]
    [81017, 40175]
    >>> o.close()
    """

    def _repr_html_(self) -> str:
        """Sum the workspace up in a notebook: what it holds, and what is to be renewed."""
        from observatoire.observatory.display import summary_page
        from observatoire.pages.isolation import framed

        return framed(summary_page(self))


def open_observatory(path: str | Path) -> Observatory:
    """Open the workspace in a folder."""
    workspace = read_workspace(one_path(path, 'obs.open("chemin/")'))
    return Observatory(workspace, workspace.warehouse, ledger=workspace.ledger)


def open_demo() -> Observatory:
    """Open the embedded default, loaded: in a copy of its own, removed when it is forgotten."""
    root = embedded_root()
    digest = demo_digest(root, library_digest())
    place, loaded = borrow_demo(digest)
    try:
        observatory = Observatory(read_workspace(root), place, ledger=None)
    except WorkspaceError:
        if not loaded:
            raise
        place.unlink()  # a kept one that is spoilt
        loaded = False
        observatory = Observatory(read_workspace(root), place, ledger=None)
    weakref.finalize(observatory, shutil.rmtree, place.parent, ignore_errors=True)
    if not loaded:
        observatory.load()
        observatory._decision()  # noqa: SLF001 - kept along with what it rests on
        observatory.warehouse.run("CHECKPOINT")
        keep_demo(place, digest)
    return observatory

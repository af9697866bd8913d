"""The observatory: it calls the rooms and does no work itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors.arguments import one_path
from observatoire.observatory.deliverables import Deliverables
from observatoire.observatory.words import in_french, unknown_method
from observatoire.warehouse.connection import MEMORY
from observatoire.workspace.model import read_workspace
from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from pathlib import Path


@in_french
class Observatory(Deliverables):
    """An open workspace: load, ask, show, publish.

    Made by :func:`observatoire.open` or :func:`observatoire.demo`; close it, or use it in a
    ``with`` block.

    Parameters
    ----------
    workspace : Workspace
        What ``observatoire.toml`` declares.
    warehouse : Path or ":memory:"
        The DuckDB file.

    Examples
    --------
    >>> import observatoire as obs
    >>> o = obs.demo()
    >>> t = o.table(["population"], zoning="commune-2016", period=2016)
    >>> [round(value) for value in t.df["value"]]
    [81017, 40175]
    >>> o.close()
    """

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """Answer in French to what does not exist, with the word that does."""
            if name.startswith("_"):
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)
            public = [known for known in dir(type(self)) if not known.startswith("_")]
            raise unknown_method(name, "o", public)


def open_observatory(path: str | Path) -> Observatory:
    """Open the workspace in a folder."""
    workspace = read_workspace(one_path(path, 'obs.open("chemin/")'))
    return Observatory(workspace, workspace.warehouse)


def open_demo() -> Observatory:
    """Open the embedded default in memory, loaded."""
    observatory = Observatory(read_workspace(embedded_root()), MEMORY)
    observatory.load()
    return observatory

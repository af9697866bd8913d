"""Observation territoriale : des fichiers des partenaires à l’annexe d’évaluation.

Examples
--------
>>> import observatoire as obs
>>> o = obs.demo()
>>> o.table(["part_hlm"], period=2016).df.loc[0, ["name", "status"]].tolist()
['Centre-ville', 'aggregated']
>>> o.close()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from observatoire import errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from observatoire.exchange.federation import Federation
    from observatoire.observatory.observatory import Observatory
    from observatoire.observatory.session import Audience
    from observatoire.workspace.town import FoundedTown

__version__ = "0.1.0"

__all__ = [
    "Observatory", "__version__", "demo", "demo_packages", "errors", "federate", "init", "open", "style",
]  # fmt: skip


def open(path: str | Path) -> Observatory:  # noqa: A001 - the word users know
    """Open a workspace: a folder with ``observatoire.toml``, ``data/`` and ``geo/``.

    Parameters
    ----------
    path : str or Path
        The folder. Its warehouse is made when there is none.

    Raises
    ------
    WorkspaceError
        When the folder is no workspace, or another program holds its warehouse.
    """
    from observatoire.observatory.observatory import open_observatory

    return open_observatory(path)


def demo() -> Observatory:
    """Open the embedded default: the 28 quartiers, real figures, schematic map; in memory."""
    from observatoire.observatory.observatory import open_demo

    return open_demo()


def init(
    folder: str | Path,
    *,
    layers: Sequence[str | Path] | str | Path = (),
    iris: str | Path | None = None,
    commune: str = "",
    empty: bool = False,
) -> FoundedTown:
    """Make a workspace: the embedded default to alter, another town's, or one to fill in.

    Parameters
    ----------
    folder : str or Path
        Made when absent; nothing that is there is overwritten.
    layers : path or sequence of paths, optional
        Outlines of another town: its quartiers, and those of IRIS and communes if they are there.
    iris : str or Path, optional
        Outlines of the IRIS, or Insee's reference table of them (xlsx, csv).
    commune : str, optional
        Insee's code, « 66136 »; without it, the communes in which the quartiers lie.
    empty : bool
        Models to fill in, without the default nor any outline.

    Returns
    -------
    FoundedTown
        Its ``root``, what was ``kept`` of the outlines, what is ``lacking``.

    Raises
    ------
    WorkspaceError
        When the folder is a workspace already, or nothing is given to observe.
    UnknownTerritoryError
        When no outline lies in the commune.
    """
    from pathlib import Path

    from observatoire.sources.tables.member_list import read_members
    from observatoire.territories.layers.reader import LAYER_SUFFIXES
    from observatoire.workspace.scaffold import create_blank, create_workspace
    from observatoire.workspace.town import FoundedTown, create_town

    place = Path(folder)
    paths = [Path(each) for each in ([layers] if isinstance(layers, str | Path) else layers)]
    table = Path(iris) if iris and Path(iris).suffix.lower() not in LAYER_SUFFIXES else None
    paths += [Path(iris)] if iris and table is None else []
    if paths or table or commune:
        return create_town(place, commune, paths, read_members(table) if table else None)
    return FoundedTown(create_blank(place) if empty else create_workspace(place), (), ())


def federate(
    packages: Sequence[str | Path] | str | Path,
    *,
    audience: Audience = "interne",
    engine: str = "duckdb",
) -> Federation:
    """Read several published packages as one, each checked before anything of it is believed.

    Parameters
    ----------
    packages : sequence of paths, or path
        Folders written by ``o.publish``, their ``.zip``, or the address of one or the other, in
        order of precedence; or a ``federation.toml`` that names them.
    audience : {"interne", "partenaires", "public"}
        For whom: what an agreement keeps for a narrower circle, or what has ended since a package
        was made, is left out with the reason.
    engine : {"duckdb", "spark"}
        What answers; Spark is the extra ``spark``.

    Returns
    -------
    Federation
        Of the packages that passed; ``.rejected()`` lists the others, with the reason.
    """
    from observatoire.exchange.federation import federate as read

    return read(packages, audience=audience, engine=engine)


def demo_packages(folder: str | Path = "observatoires-exemples") -> list[Path]:
    """Publish three invented observatories that disagree on purpose, to try a federation.

    Parameters
    ----------
    folder : str or Path, optional
        Where their workspaces and their packages are made.

    Returns
    -------
    list of Path
        The three packages; every page of them says that its figures are invented.
    """
    from pathlib import Path

    from observatoire.workspace.scaffold import create_federation

    root = Path(folder)
    packages = []
    for workspace in create_federation(root / "observatoires"):
        with open(workspace) as o:
            o.load()
            packages.append(o.publish(root / f"paquet-{workspace.name}"))
    return packages


def style() -> AbstractContextManager[None]:
    """Return the style of the house for matplotlib: ``with obs.style(): …``."""
    from observatoire.pages.axes import house_style

    return house_style()


def __dir__() -> list[str]:
    """Offer the public names to whoever completes by Tab."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import what is heavy when it is first asked for."""
    if name == "Observatory":
        from observatoire.observatory.observatory import Observatory

        return Observatory
    if name.startswith("_") or _is_module(name):
        message = f"module 'observatoire' has no attribute {name!r}"
        raise AttributeError(message)
    from observatoire.french.calls import unknown_method

    raise unknown_method(name, "obs", [known for known in __all__ if not known.startswith("_")])


def _is_module(name: str) -> bool:
    """Say whether a name is that of a room, which Python asks for before it imports it."""
    from importlib.util import find_spec

    return find_spec(f"{__name__}.{name}") is not None

"""Found a workspace elsewhere: the national part of the default, and what is left to fill in."""

from __future__ import annotations

import re
import shutil
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.errors import WorkspaceError
from observatoire.errors.translations import refused_by_system
from observatoire.french.typography import of_name
from observatoire.workspace.model import WORKSPACE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

#: Sources under this licence are national: any town can obtain its own rows of them.
OPEN_LICENCE = "Licence Ouverte"

#: Where the descriptors of national sources wait for the files of the new place.
SOURCE_MODELS = "modeles/sources"

_CATALOGUE = "indicators.toml"

#: The source of the default that holds incomes by IRIS, of the family « filosofi ».
_INCOMES = "filosofi-disponible"


def create_blank(folder: Path) -> Path:
    """Make a workspace that observes another place: models to fill in, no figure, no territory.

    Parameters
    ----------
    folder : Path
        Made when absent.

    Returns
    -------
    Path
        The folder, absolute: ``observatoire.toml`` to complete, the catalogue of what national
        sources give, and the descriptors of these sources in ``modeles/sources``.

    Raises
    ------
    WorkspaceError
        When the folder is a workspace already, or cannot be written to.
    """
    folder = folder.expanduser().resolve()
    _check_free(folder, WORKSPACE_FILE, _CATALOGUE, "modeles")
    with _creation(folder):
        _fill(folder, embedded_root())
    return folder


def _fill(folder: Path, origin: Path) -> None:
    for empty in ("geo", "data/raw"):
        (folder / empty).mkdir(parents=True, exist_ok=True)
    models = origin / "modeles"
    shutil.copytree(models / "programmation", folder / "modeles" / "programmation")
    sources = dict(_national(origin))
    for code, descriptor in sources.items():
        place = folder / SOURCE_MODELS / code
        place.mkdir(parents=True)
        shutil.copyfile(descriptor, place / descriptor.name)
    text = (origin / _CATALOGUE).read_text(encoding="utf-8")
    place_name = tomllib.loads((origin / WORKSPACE_FILE).read_text(encoding="utf-8"))["workspace"]
    kept = national_catalogue(text, frozenset(sources), str(place_name["place"]))
    (folder / _CATALOGUE).write_text(kept, encoding="utf-8")
    shutil.copyfile(models / "espace" / WORKSPACE_FILE, folder / WORKSPACE_FILE)
    point_registers(folder, "qpv-2015")


def point_registers(folder: Path, zoning: str) -> None:
    """Make the registers to fill in speak of the zoning that the workspace observes."""
    path = folder / "modeles/programmation/source.toml"
    text = re.sub(
        r'(?m)^zoning = "[^"]*"', f'zoning = "{zoning}"', path.read_text(encoding="utf-8")
    )
    path.write_text(text, encoding="utf-8")


def _national(origin: Path) -> Iterator[tuple[str, Path]]:
    for descriptor in sorted((origin / "data" / "raw").glob("*/source.toml")):
        if OPEN_LICENCE in str(tomllib.loads(descriptor.read_text(encoding="utf-8"))["licence"]):
            yield descriptor.parent.name, descriptor


def national_catalogue(text: str, sources: frozenset[str], place: str) -> str:
    """Return a catalogue without the indicators that other sources give, nor a place's name.

    Parameters
    ----------
    sources : frozenset of str
        Codes of the sources whose indicators stay; those that wait for a source stay too.
    place : str
        Left out of whom to ask: « ARS Martinique » is another ARS elsewhere.
    """
    blocks = re.split(r"(?m)^(?=\[)", text)
    dropped = set()
    kept = []
    for block in blocks:
        name = re.match(r"\[indicators\.(\w+)\]", block)
        indicator = tomllib.loads(block)["indicators"][name[1]] if name else {}
        if name and indicator.get("sources") and not set(indicator["sources"]) <= sources:
            dropped.add(name[1])
        else:
            kept.append(block)
    listed = "|".join(sorted(dropped)) or "(?!)"
    body = re.sub(rf'(?m)^ *"(?:{listed})",\n', "", "".join(kept))
    body = re.sub(rf'"(?:{listed})",? ?', "", body)
    # Elsewhere a file of incomes lies in a folder of any name: its family feeds the same indicators.
    body = re.sub(rf'(?m)^(sources = \[.*"{_INCOMES}".*\])$', r'\1\nfamilies = ["filosofi"]', body)
    return re.sub(rf"(?m)^(ask = .*?)(?: de la| du| de)? {re.escape(place)}\b", r"\1", body)


#: What the embedded default is made of.
EMBEDDED_PARTS = ("geo", "data/raw", "modeles", "indicators.toml", "watch.toml", WORKSPACE_FILE)


def embedded_root() -> Path:
    """Return the folder of the embedded default: in the wheel, or the repository it is built from.

    Raises
    ------
    WorkspaceError
        When neither is there (a broken installation).
    """
    packaged = Path(str(resources.files("observatoire"))) / "embedded"
    repository = Path(__file__).resolve().parents[3]
    for folder in (packaged, repository):
        if (folder / WORKSPACE_FILE).is_file():
            return folder
    raise WorkspaceError(
        "L’exemple embarqué est introuvable : l’installation est incomplète.",
        remedy="Réinstallez la bibliothèque (pip install --force-reinstall observatoire).",
    )


def create_workspace(folder: Path) -> Path:
    """Copy the embedded default into a folder, as a workspace to alter.

    Parameters
    ----------
    folder : Path
        Made when absent. Nothing that is already there is overwritten.

    Returns
    -------
    Path
        The folder, absolute.
    """
    folder = folder.expanduser().resolve()
    _check_free(folder, WORKSPACE_FILE)
    origin = embedded_root()
    with _creation(folder):
        for part in EMBEDDED_PARTS:
            target = folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (origin / part).is_dir():
                shutil.copytree(origin / part, target, dirs_exist_ok=False)
            else:
                shutil.copyfile(origin / part, target)
    return folder


#: Where three invented observatories stand, that disagree on purpose.
_FEDERATION = "modeles/federation"


def create_federation(folder: Path) -> list[Path]:
    """Copy the three invented observatories of the example of a federation, each a workspace.

    Parameters
    ----------
    folder : Path
        Made when absent; one folder an observatory is made in it.

    Returns
    -------
    list of Path
        Their folders, absolute, in order of name.

    Raises
    ------
    WorkspaceError
        When one is there already, or the folder cannot be written to.
    """
    folder = folder.expanduser().resolve()
    origin = embedded_root() / _FEDERATION
    given = [each for each in sorted(origin.iterdir()) if each.is_dir()]
    with _creation(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for each in given:
            shutil.copytree(each, folder / each.name)
    return [folder / each.name for each in given]


def _check_free(folder: Path, *names: str) -> None:
    for name in names:
        if (folder / name).exists():
            raise WorkspaceError(
                f"Ce dossier contient déjà « {name} ».",
                where=str(folder),
                remedy="Choisissez un autre dossier : rien n’est écrasé.",
            )


def _creation(folder: Path) -> AbstractContextManager[None]:
    """Write a workspace in a block, or say that it cannot be there."""
    what = "On ne peut pas créer l’espace de travail ici."
    remedy = "Choisissez un dossier vide où vous avez le droit d’écrire."
    return refused_by_system(WorkspaceError, what, folder, remedy)


GUIDE_FILE = "LISEZMOI.md"


def write_guide(
    root: Path, title: str, zoning: str, kept: Sequence[str], lacking: Sequence[str]
) -> Path:
    """Write the guide of a new workspace.

    Parameters
    ----------
    kept, lacking : sequence of str
        What it holds, what is not there.
    """
    path = root / GUIDE_FILE
    model = embedded_root() / "modeles/espace" / GUIDE_FILE
    text = model.read_text(encoding="utf-8").format(
        of_title=of_name(title), zoning=zoning, kept=_listed(kept), lacking=_listed(lacking)
    )
    path.write_text(text, encoding="utf-8")
    return path


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}." for line in lines)

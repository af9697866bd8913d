"""The versions of a package: a correction is a new one, the former stays whole beside it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.errors import FileError
from observatoire.exchange.publication.descriptor import PACKAGE_FILE, fingerprint
from observatoire.exchange.publication.figures import FIGURE_KEY, NUMBERS
from observatoire.french.typography import plural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: Where the former versions of a package stand, in its folder.
FORMER = "versions"

_FIRST = "1.0.0"

#: What makes two versions the same: a date alone makes no new one.
_COMPARED = ("valeurs.parquet", "indicateurs.csv", "passages.csv", "zones.parquet", "secret.json")


def former_descriptor(folder: Path) -> dict[str, Any]:
    """Return the descriptor of the package that stands in a folder, empty when none does.

    Raises
    ------
    FileError
        When it does not read: what stands there must not vanish.
    """
    path = folder / PACKAGE_FILE
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return dict(found) if isinstance(found["resources"], list) else {}
    except (ValueError, LookupError, TypeError) as error:
        raise FileError(
            "Le paquet qui est là ne se lit pas : il n’est pas remplacé.",
            where=str(path),
            remedy="Publiez dans un autre dossier.",
        ) from error


def same_content(former: Mapping[str, Any], contents: Mapping[str, bytes]) -> bool:
    """Say whether a package announces just these files."""
    before = _announced(former)
    return all(before.get(file) == fingerprint(contents[file]) for file in _COMPARED)


def intact(former: Mapping[str, Any], folder: Path) -> bool:
    """Say whether the files of a package are those that it announces."""
    return all(
        (folder / file).is_file() and fingerprint((folder / file).read_bytes()) == expected
        for file, expected in _announced(former).items()
    )


def _announced(former: Mapping[str, Any]) -> dict[str, str]:
    return {str(each["path"]): str(each["hash"]) for each in former.get("resources", [])}


def versions_after(
    former: Mapping[str, Any], folder: Path, figures: pd.DataFrame, date: str, note: str
) -> list[dict[str, Any]]:
    """Return the versions of a package, the new one last, with what it changes.

    Parameters
    ----------
    former : mapping
        Descriptor of the version that stands in ``folder``, empty for a first one.
    note : str
        Why, in the words of who publishes; what changed is counted in any case.
    """
    if not former:
        return [{"version": _FIRST, "date": date, "note": note or "Première publication."}]
    past = list(former.get("historique", [])) or [
        {
            "version": str(former.get("version", _FIRST)),
            "date": former.get("created", ""),
            "note": "",
        }
    ]
    major, minor = str(past[-1]["version"]).split(".")[:2]
    counted = _changes(folder, figures)
    return [
        *past,
        {
            "version": f"{major}.{int(minor) + 1}.0",
            "date": date,
            "note": f"{note} {counted}".strip(),
        },
    ]


def _changes(folder: Path, figures: pd.DataFrame) -> str:
    """Count in French what a version revises, adds and withdraws."""
    path = folder / "valeurs.parquet"
    if not path.is_file():
        return ""
    shown = ["statut", *NUMBERS]
    before = pd.read_parquet(path).reindex(columns=[*FIGURE_KEY, *shown])
    both = before.merge(figures[[*FIGURE_KEY, *shown]], on=FIGURE_KEY, how="outer", indicator=True)
    side = both["_merge"].astype("str")
    revised = side == "both"
    same = pd.Series(data=True, index=both.index)
    for name in shown:
        old, new = both[f"{name}_x"], both[f"{name}_y"]
        same &= (old == new) | (old.isna() & new.isna())
    counts = (
        (int((revised & ~same).sum()), "chiffre révisé", "chiffres révisés"),
        (int((side == "right_only").sum()), "ajouté", "ajoutés"),
        (int((side == "left_only").sum()), "retiré", "retirés"),
    )
    changes = [plural(number, one, many) for number, one, many in counts if number]
    return f"{', '.join(changes)}." if changes else "Aucun chiffre ne change."


def last_version(folder: Path) -> str:
    """Say which version of a package stands in a folder, and what it changed."""
    last = former_descriptor(folder)["historique"][-1]
    return f"Version {last['version']} : {last['note']}"


def still_readable(folder: Path) -> dict[str, int]:
    """Count, by former version that a package keeps, the figures it shows that are shown no more.

    Nothing is overwritten: what was withdrawn, or hidden since, stays readable there.

    Returns
    -------
    dict
        By version, those that have none left out.
    """
    now = _shown(folder)
    former = sorted((folder / FORMER).iterdir()) if (folder / FORMER).is_dir() else ()
    counts = {place.name: len(_shown(place) - now) for place in former}
    return {version: count for version, count in counts.items() if count}


def _shown(folder: Path) -> set[tuple[str, ...]]:
    """Return where the figures stand that a version shows, if only by bounds."""
    path = folder / "valeurs.parquet"
    if not path.is_file():
        return set()
    figures = pd.read_parquet(path).reindex(columns=[*FIGURE_KEY, *NUMBERS])
    numbers = [name for name in NUMBERS if name != "couverture"]
    shown = figures[figures[numbers].notna().any(axis=1)]
    return set(shown[FIGURE_KEY].itertuples(index=False, name=None))


def keep_former(folder: Path, made: Path, former: Mapping[str, Any]) -> None:
    """Copy into a draft the version that stands in a folder, and those before it."""
    if (folder / FORMER).is_dir():
        shutil.copytree(folder / FORMER, made / FORMER)
    if not former:
        return
    place = made / FORMER / str(former.get("version", _FIRST))
    place.mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        if path.is_file():
            shutil.copy2(path, place / path.name)

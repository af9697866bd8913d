"""Several observatories as one: read their packages, check them, keep who says what."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import (
    DuplicateKeyError,
    FileError,
    TruncatedFileError,
    UnknownNameError,
)
from observatoire.errors.arguments import one_name, one_path, suggestion
from observatoire.exchange.agreements import Column, read_terms
from observatoire.exchange.figures import (
    NUMBERS,
    VALUE_FIELDS,
    read_definitions,
    read_figures,
)
from observatoire.exchange.package import PACKAGE_FILE
from observatoire.secrecy.release.agreements import require_known, sift
from observatoire.sources.descriptors.agreement import current_day
from observatoire.swap import recover
from observatoire.values import Status

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.sources.descriptors.agreement import Agreement


@dataclass(frozen=True)
class Federation:
    """Figures of several observatories; each row says whose it is.

    ``df`` has the French columns of the packages, with ``observatoire`` first; ``indicators``
    the definitions, one row an indicator and observatory. ``warnings`` say what agreements keep
    back, and for whom the rest is.
    """

    observatories: tuple[str, ...]
    df: pd.DataFrame = field(repr=False)
    indicators: pd.DataFrame = field(repr=False)
    warnings: tuple[str, ...] = field(repr=False, default=())

    def common(self) -> list[str]:
        """Return the indicators that every observatory gives with the same definition."""
        same = self.indicators.groupby("indicateur").agg(
            observatoires=("observatoire", "nunique"), definitions=("definition", "nunique")
        )
        whole = same["observatoires"] == len(self.observatories)
        return sorted(same.index[whole & (same["definitions"] == 1)])

    def table(self, indicator: str) -> pd.DataFrame:
        """Return the figures of one indicator, all observatories together.

        Raises
        ------
        UnknownNameError
            When no package gives it.
        """
        known = sorted(set(self.df["indicateur"]))
        code = one_name(indicator, "un indicateur", 'f.table("part_hlm")')
        if code not in known:
            raise UnknownNameError(
                f"Aucun paquet ne donne « {code} ».", remedy=suggestion(code, known), name=code
            )
        return self.df[self.df["indicateur"] == code].reset_index(drop=True)


def federate(
    packages: Sequence[str | Path], *, audience: str = "interne", date: dt.date | None = None
) -> Federation:
    """Read packages as one.

    Parameters
    ----------
    packages : sequence of paths
        Folders written by ``o.publish``.
    audience : {"interne", "partenaires", "public"}
        For whom: a figure that an agreement keeps for a narrower circle is left out.
    date : date, optional
        The day on which agreements are looked at, today by default: what has ended since the
        package was made is left out, with the reason.

    Raises
    ------
    UnknownNameError
        On an unknown audience.
    FileError
        When a folder is no package, or a file is not the one its descriptor names by its SHA-256.
    DuplicateKeyError
        When two packages bear the same name.
    """
    require_known(audience)
    found: dict[str, _Package] = {}
    for path in [packages] if isinstance(packages, str | Path) else packages:
        folder = one_path(path, 'obs.federate(["paquet-a/", "paquet-b/"])')
        package = _read_package(folder)
        if package.name in found:
            raise DuplicateKeyError(
                f"Deux paquets s’appellent « {package.name} ».",
                where=str(folder),
                remedy="Donnez à chacun son nom : on doit savoir qui dit quoi.",
            )
        found[package.name] = package
    columns = ["observatoire", *(french for french, _, _ in VALUE_FIELDS.values())]
    lent: dict[tuple[str, ...], list[Agreement]] = {
        (package.name, *column): agreements
        for package in found.values()
        for column, agreements in package.terms.items()
    }
    frame = _united(package.figures for package in found.values()).reindex(columns=columns)
    allowed, warnings = _withheld(frame, lent, date or current_day(), audience)
    definitions = _united(package.definitions for package in found.values())
    return Federation(tuple(found), allowed, definitions, warnings)


@dataclass(frozen=True)
class _Package:
    """One package, read: its name, its agreements, its figures and definitions."""

    name: str
    terms: dict[Column, list[Agreement]]
    figures: pd.DataFrame
    definitions: pd.DataFrame


def _read_package(folder: Path) -> _Package:
    name, terms = _check(folder)
    whose = {"observatoire": name}
    figures = read_figures(folder / "valeurs.csv").assign(**whose)
    definitions = read_definitions(folder / "indicateurs.csv").assign(**whose)
    return _Package(name, terms, figures, definitions)


def _united(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    found = list(frames)
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _withheld(
    frame: pd.DataFrame,
    lent: Mapping[tuple[str, ...], Sequence[Agreement]],
    date: dt.date,
    audience: str,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Empty the figures that the agreements of their packages no longer let out, and say why."""
    keys = list(frame[["observatoire", "indicateur", "periode"]].itertuples(index=False, name=None))
    found = sift(keys, lent, date, audience)
    reasons = pd.Series(found.reasons, index=frame.index, dtype=object)
    back = reasons != ""
    frame.loc[back, [name for name in NUMBERS if name != "couverture"]] = float("nan")
    frame.loc[back, "statut"] = Status.MISSING.label
    frame.loc[back, "methode"] = ""
    frame.loc[back, "motif"] = reasons[back]
    return frame, found.warnings


def _check(folder: Path) -> tuple[str, dict[Column, list[Agreement]]]:
    recover(folder)  # a publication killed while it replaced this package
    path = folder / PACKAGE_FILE
    if not path.is_file():
        raise FileError(
            f"Ce dossier ne contient pas de « {PACKAGE_FILE} » : ce n’est pas un paquet.",
            where=str(folder),
            remedy="Indiquez un dossier écrit par o.publish(…).",
        )
    try:
        descriptor = json.loads(path.read_text(encoding="utf-8"))
        name = str(descriptor["name"])
        resources = [(str(r["path"]), str(r["hash"])) for r in descriptor["resources"]]
        terms = read_terms(descriptor)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FileError("Le descripteur du paquet ne se lit pas.", where=str(path)) from error
    for needed in ("valeurs.csv", "indicateurs.csv"):
        if needed not in dict(resources):
            raise FileError(f"Le descripteur n’annonce pas « {needed} ».", where=str(path))
    for file, announced in resources:
        try:
            target = (folder / file).resolve()
        except (ValueError, OSError) as error:  # a null byte, a loop of links
            raise FileError(
                "Le descripteur nomme un fichier impossible.", where=str(path)
            ) from error
        if folder.resolve() not in target.parents:
            raise FileError("Le descripteur nomme un fichier hors du paquet.", where=file)
        if not target.is_file():
            raise FileError("Fichier annoncé mais absent.", where=f"{folder.name}/{file}")
        found = f"sha256:{hashlib.sha256(target.read_bytes()).hexdigest()}"
        if found != announced:
            raise TruncatedFileError(
                "Ce fichier n’est pas celui que le paquet annonce (empreinte différente).",
                where=f"{folder.name}/{file}",
                why="Il a été modifié ou coupé depuis sa publication.",
                remedy="Redemandez le paquet entier.",
            )
    return name, terms

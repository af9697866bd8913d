"""Write a Data Package: figures, zones and definitions, each with its SHA-256."""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from observatoire.errors import FileError
from observatoire.exchange.agreements import written_terms
from observatoire.exchange.figures import VALUE_FIELDS, write_table
from observatoire.pages.sheet import cannot_write
from observatoire.secrecy.release.agreements import require_audience
from observatoire.secrecy.release.protected_table import admit
from observatoire.swap import new_folder
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


PACKAGE_FILE = "datapackage.json"

#: What goes with the descriptor.
FILES = ("valeurs.csv", "valeurs.parquet", "indicateurs.csv", "zones.gpkg")


def write_package(
    table: ProtectedTable,
    folder: Path,
    *,
    name: str,
    title: str,
    sources: Sequence[Mapping[str, Any]],
    date: str,
    audience: str = "public",
) -> Path:
    """Write a package in a folder, wholly or not at all.

    Parameters
    ----------
    table : ProtectedTable
        What to publish; nothing else gets in.
    folder : Path
        Where; a package already there is replaced.
    name, title, date : str
        What the descriptor says.
    sources : sequence of mapping
        ``title``, ``producer`` and ``licence`` of each source.
    audience : {"public", "partenaires"}
        For whom; a table with figures kept for a narrower circle is refused.

    Returns
    -------
    Path
        The folder, as an absolute path: ``datapackage.json``, ``valeurs.csv``,
        ``valeurs.parquet``, ``zones.gpkg``, ``indicateurs.csv``.
    """
    admit(table)
    require_audience(table, audience)
    table.check_out(folder.name)
    folder = folder.resolve()
    _check_replaceable(folder)
    try:
        return _put(table, folder, name, title, sources, date)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _put(
    table: ProtectedTable,
    folder: Path,
    name: str,
    title: str,
    sources: Sequence[Mapping[str, Any]],
    date: str,
) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(folder) as made:
        _write_values(table, made)
        _write_indicators(table, made)
        _write_zones(table, made)
        descriptor = _descriptor(made, name, title, sources, date, table)
        text = json.dumps(descriptor, ensure_ascii=False, indent=2)
        (made / PACKAGE_FILE).write_text(text + "\n", encoding="utf-8")
        table.keep_out("paquet", folder.name)
    return folder


def _check_replaceable(folder: Path) -> None:
    """Refuse to replace anything but a package: a folder of sources must not vanish."""
    if not folder.exists():
        return
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    if present - {PACKAGE_FILE, *FILES}:
        raise FileError(
            "Ce dossier contient autre chose qu’un paquet : il n’est pas remplacé.",
            where=str(folder),
            remedy="Indiquez un dossier nouveau, vide, ou écrit par o.publish(…).",
        )


def _write_values(table: ProtectedTable, folder: Path) -> None:
    names = {column: french for column, (french, _, _) in VALUE_FIELDS.items()}
    frame = table.df[list(names)].rename(columns=names)
    frame["statut"] = [Status(status).label for status in frame["statut"]]
    write_table(frame, folder / "valeurs.csv")
    frame.to_parquet(folder / "valeurs.parquet", index=False)


def _write_indicators(table: ProtectedTable, folder: Path) -> None:
    frame = pd.DataFrame([_definition(i) for i in table.indicators.values()])
    write_table(frame, folder / "indicateurs.csv")


def _definition(indicator: Indicator) -> dict[str, str]:
    return {
        "indicateur": indicator.code,
        "libelle": indicator.label,
        "thematique": indicator.theme,
        "definition": indicator.definition,
        "champ": indicator.universe,
        "unite": indicator.unit,
        "nature": indicator.nature.label,
        "sens": indicator.polarity_label,
        "precautions": " ".join(indicator.caveats),
    }


def _write_zones(table: ProtectedTable, folder: Path) -> None:
    once = table.gdf.drop_duplicates(["zoning", "territory"])
    zones = gpd.GeoDataFrame(
        {
            "zonage": once["zoning"],
            "territoire": once["territory"],
            "nom": once["name"],
            "perimetre": [
                "officiel" if official else "schématique" for official in once["official"]
            ],
        },
        geometry=once.geometry,
        crs=once.crs,
    )
    content = io.BytesIO()  # a full disk is then said by the system, not by GDAL
    zones.to_file(content, layer="zones", driver="GPKG")
    (folder / "zones.gpkg").write_bytes(content.getvalue())


def _descriptor(
    folder: Path,
    name: str,
    title: str,
    sources: Sequence[Mapping[str, Any]],
    date: str,
    table: ProtectedTable,
) -> dict[str, Any]:
    terms, sentences = written_terms(table)
    return {
        "profile": "data-package",
        "name": name,
        "title": title,
        "created": date,
        "version": "1.0.0",
        "licenses": _licences(sources),
        "sources": [
            {"title": f"{s['producer']}, {s['title']}", "licence": str(s["licence"])}
            for s in sources
        ],
        "avertissements": [*table.warnings, *sentences],
        "conventions": terms,
        "secret": dict(table.hidden),
        "certificat_secret": table.record.to_dict(),
        "resources": [
            _resource(folder, "valeurs", "valeurs.csv", _value_schema()),
            _resource(folder, "valeurs-parquet", "valeurs.parquet", None),
            _resource(folder, "indicateurs", "indicateurs.csv", _indicator_schema(folder)),
            _resource(folder, "zones", "zones.gpkg", None),
        ],
    }


def _licences(sources: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """List the licences of the sources: the package is under all of them, each for its figures."""
    titles = [title for title, _ in Counter(str(s["licence"]) for s in sources).most_common()]
    return [
        {"name": "etalab-2.0" if "Licence Ouverte 2.0" in title else "other", "title": title}
        for title in titles
    ]


def _resource(folder: Path, name: str, file: str, schema: dict[str, Any] | None) -> dict[str, Any]:
    content = (folder / file).read_bytes()
    resource: dict[str, Any] = {
        "name": name,
        "path": file,
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if schema is not None:
        resource |= {
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": schema,
        }
    else:  # read as a file: its columns are typed inside, or are those of a layer
        resource["type"] = "file"
    return resource


def _value_schema() -> dict[str, Any]:
    return {
        "fields": [
            {"name": french, "type": kind, "description": description}
            for french, kind, description in VALUE_FIELDS.values()
        ],
        "primaryKey": ["zonage", "territoire", "indicateur"],
        "missingValues": [""],
    }


def _indicator_schema(folder: Path) -> dict[str, Any]:
    header = (folder / "indicateurs.csv").read_text(encoding="utf-8").splitlines()[0]
    return {
        "fields": [{"name": name, "type": "string"} for name in header.split(",")],
        "primaryKey": ["indicateur"],
        "missingValues": [""],
    }

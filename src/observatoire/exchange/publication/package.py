"""Write a Data Package: figures, zones, definitions and the record of secrecy, each with its SHA-256."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.errors import FileError
from observatoire.exchange.publication.catalogue_entry import catalogue_entry
from observatoire.exchange.publication.descriptor import (
    PACKAGE_FILE,
    RESOURCES,
    Publication,
    describe,
)
from observatoire.exchange.publication.figures import (
    PASSAGE_COLUMNS,
    parquet_bytes,
    published_figures,
    table_bytes,
)
from observatoire.exchange.publication.series import series_words
from observatoire.exchange.publication.versions import (
    FORMER,
    former_descriptor,
    intact,
    keep_former,
    same_content,
    versions_after,
)
from observatoire.exchange.publication.zones import zone_files
from observatoire.pages.sheet import cannot_write
from observatoire.secrecy.release.agreements import require_audience
from observatoire.secrecy.release.protected_table import admit
from observatoire.swap import new_folder
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


CATALOGUE = "catalogue.jsonld"

#: What goes with the descriptor.
FILES = (*(each["path"] for each in RESOURCES), CATALOGUE)


def write_package(
    table: ProtectedTable,
    folder: Path,
    about: Publication,
    *,
    passages: pd.DataFrame | None = None,
    audience: str = "public",
) -> Path:
    """Write a package in a folder, wholly or not at all.

    Parameters
    ----------
    table : ProtectedTable
        What to publish, with its companions (other periods); nothing else gets in.
    folder : Path
        Where. A package already there is never overwritten: when something changed, it goes whole
        into ``versions/`` and the new one says what changed; when nothing did, it stays as it is.
    about : Publication
        What the package says of itself.
    passages : DataFrame, optional
        Links between its zonings, as :func:`~observatoire.exchange.publication.zones.passage_table` gives them.
    audience : {"public", "partenaires"}
        For whom; a table with figures kept for a narrower circle is refused.

    Returns
    -------
    Path
        The folder, as an absolute path: ``datapackage.json`` and the files of :data:`FILES`.

    Raises
    ------
    FileError
        When the folder holds something else than a package, or cannot be written.
    SecrecyError
        When it would give a hidden count away.
    """
    admit(table)
    for each in (table, *table.companions):
        require_audience(each, audience)
    table.check_out(folder.name)
    folder = folder.resolve()
    require_replaceable(folder)
    links = pd.DataFrame(columns=list(PASSAGE_COLUMNS)) if passages is None else passages
    try:
        return _put(table, folder, about, links)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _put(table: ProtectedTable, folder: Path, about: Publication, links: pd.DataFrame) -> Path:
    """Write a package into its folder; one that says the same and is intact is left as it is."""
    former = former_descriptor(folder)
    every = (table, *table.companions)
    figures = published_figures(pd.concat([each.df for each in every], ignore_index=True))
    producers = {str(each["source"]): str(each["producer"]) for each in about.sources}
    definitions = pd.DataFrame(
        [
            _definition(i, producers) | series_words(about.courses.get(i.code))
            for i in table.indicators.values()
        ]
    )
    tables = {"valeurs": figures, "indicateurs": definitions, "passages": links}
    contents = {
        **{f"{name}.csv": table_bytes(frame) for name, frame in tables.items()},
        "valeurs.parquet": parquet_bytes(figures),
        **zone_files(every),
        "secret.json": _json(_secrecy(every)),
    }
    same = bool(former) and same_content(former, contents)
    if same and intact(former, folder):
        table.keep_out("paquet", folder.name)
        return folder
    history = (
        former["historique"]
        if same
        else versions_after(former, folder, figures, about.date, about.note)
    )
    stated = describe(contents, table, about, history, tables)
    years = sorted(period[:4] for period in figures["periode"] if period) or [about.date[:4]]
    entry = catalogue_entry(stated, about, (years[0], years[-1]))
    contents |= {CATALOGUE: _json(entry), PACKAGE_FILE: _json(stated)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with new_folder(folder) as draft:
        for name, content in contents.items():
            (draft / name).write_bytes(content)
        keep_former(folder, draft, {} if same else former)
        table.keep_out("paquet", folder.name)
    return folder


def require_replaceable(folder: Path) -> None:
    """Refuse to replace anything but a package: a folder of sources must not vanish.

    Raises
    ------
    FileError
        When the folder holds something else than a package, or is a file.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FileError(
            "C’est un fichier : il n’est pas remplacé par un paquet, qui est un dossier.",
            where=str(folder),
            remedy="Donnez le nom d’un dossier, par exemple « paquet-2026 ».",
        )
    present = {path.name for path in folder.iterdir()}
    if present - {PACKAGE_FILE, FORMER, *FILES}:
        raise FileError(
            "Ce dossier contient autre chose qu’un paquet : il n’est pas remplacé.",
            where=str(folder),
            remedy="Indiquez un dossier nouveau, vide, ou écrit par o.publish(…).",
        )


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _definition(indicator: Indicator, producers: Mapping[str, str]) -> dict[str, str]:
    """Return the row of ``indicateurs.csv`` that defines an indicator."""
    whose = producers.get(indicator.sources[0], indicator.sources[0]) if indicator.sources else ""
    return {
        "indicateur": indicator.code,
        "libelle": indicator.label,
        "thematique": indicator.theme,
        "definition": indicator.definition,
        "champ": indicator.universe,
        "unite": indicator.unit,
        "decimales": str(indicator.decimals),
        "nature": indicator.nature.label,
        "sens": indicator.polarity_label,
        "producteur": whose,
        "numerateur": " ".join(indicator.numerator),
        "denominateur": " ".join(indicator.denominator),
        "precautions": " ".join(indicator.caveats),
    }


def _secrecy(tables: Sequence[ProtectedTable]) -> dict[str, Any]:
    """Return the record of secrecy: the proof, what is hidden, and under which threshold."""
    cells = pd.concat([each.cells for each in tables], ignore_index=True)
    guarded = cells[cells["threshold"] > 0].groupby(["indicator", "period"])["threshold"]
    return {
        "certificat": tables[0].record.to_dict(),
        "cases_masquees": int((cells["status"] == str(Status.SECRET)).sum()),
        "seuils": [
            {"indicateur": row["indicator"], "periode": row["period"], "seuil": row["threshold"]}
            for row in records(guarded.max().reset_index())
        ],
    }

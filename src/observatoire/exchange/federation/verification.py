"""Check a package before anything of it is believed: its descriptor, its files, its figures."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
from pyarrow import parquet

from observatoire.declarations.secrecy_rules import PARTNER_THRESHOLD
from observatoire.errors import FileError, TruncatedFileError
from observatoire.errors.translations import reader_words
from observatoire.exchange.agreements import read_terms
from observatoire.exchange.federation.engine import question_text
from observatoire.exchange.federation.members import inside, named_files, read_descriptor
from observatoire.exchange.publication.descriptor import FORMAT, PACKAGE_FILE
from observatoire.exchange.publication.figures import (
    PASSAGE_COLUMNS,
    PLACE_COLUMNS,
    SQL_TYPES,
    TYPES,
    data_rows,
    read_definitions,
    read_package_rows,
)
from observatoire.french.typography import NO_BREAK, enumerate_words
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pyarrow.parquet import FileMetaData

    from observatoire.exchange.agreements import Column
    from observatoire.sources.descriptors.agreement import Agreement
    from observatoire.values import Record

NEEDED = (
    *("valeurs.parquet", "valeurs.csv", "indicateurs.csv", "zones.parquet"),
    *("passages.csv", "secret.json"),
)

_AGAIN = "Redemandez le paquet entier à qui l’a publié."

#: Bytes that a figure may weigh once unpacked: a name, a reason, a source. Below a floor, no matter.
_HEAVIEST_ROW, _FLOOR = 4096, 64_000_000

#: Packages, and figures, that are looked at together: memory is that of a lot, however many there are.
_LOT, _LOT_ROWS = 8, 1_000_000

#: Letters of the name of a package.
_LONGEST_NAME = 200

#: Threshold beyond which a number of a package is none.
_HIGHEST_FLOOR = 1e6

#: Variables that an indicator may add up: the longest of ours has thirty.
_MOST_VARIABLES = 300

_UNREADABLE = "Les chiffres du paquet ne se lisent pas."
_USELESS = "On ne saurait ni les comparer, ni les montrer."

_KINDS = {"number": "DOUBLE", "string": "BYTE_ARRAY"}
_TEXTS = [name for name, kind in TYPES.items() if kind == "string"]
_LABELS = [status.label for status in Status]
_VALUED = [status.label for status in Status if status.has_value]
_BARE = [s.label for s in (Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE)]


@dataclass(frozen=True)
class Member:
    """A package that was checked: its name, its folder, what its descriptor says.

    ``earlier_of`` is the member of which it is a former version, ``place`` where it was given,
    ``stamp`` what its figures were when they were checked.
    """

    name: str
    folder: Path
    descriptor: Mapping[str, Any] = field(repr=False)
    terms: Mapping[Column, Sequence[Agreement]] = field(repr=False)
    definitions: Sequence[Mapping[str, str]] = field(repr=False)
    links: Sequence[Mapping[str, str]] = field(repr=False)
    thresholds: Mapping[Column, float] = field(repr=False)
    default_threshold: float = PARTNER_THRESHOLD
    earlier_of: str = ""
    place: str = ""
    stamp: tuple[int, ...] = ()

    def floor(self, indicator: str, period: str) -> float:
        """Return under which count an indicator is hidden: as the package says, else the default."""
        return self.thresholds.get((indicator, period)) or self.default_threshold

    @property
    def figures(self) -> str:
        """Where its figures are, for the engine."""
        return str(self.folder / "valeurs.parquet")

    @property
    def changed(self) -> bool:
        """Whether its figures are no longer those that were checked."""
        path = self.folder / "valeurs.parquet"
        return not path.is_file() or self.stamp != _stamp(path)


def _stamp(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def verify(folder: Path) -> Member:
    """Check one package but for its figures: descriptor, sums, licence, version, sizes, types.

    Raises
    ------
    FileError
        With what is wrong, and what to ask of whom.
    """
    found = read_descriptor(folder)
    name = _name(found)
    _check_head(found, name)
    figures = folder / "valeurs.parquet"
    stamp = _stamp(figures) if figures.is_file() else ()
    _check_sums(folder, found)
    for needed in NEEDED:
        if needed not in named_files(found):
            what = f"Le descripteur n’annonce pas « {needed} »."
            raise _wrong(name, what, file=PACKAGE_FILE)
    try:
        terms = read_terms(found)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        what = "Les conventions du paquet ne se lisent pas."
        raise _wrong(name, what, file=PACKAGE_FILE) from error
    _check_figure_columns(figures, name)
    _check_columns(folder / "zones.parquet", name, dict.fromkeys(PLACE_COLUMNS, "string"))
    definitions = read_definitions(folder / "indicateurs.csv")
    _check_terms(definitions, name)
    return Member(
        name,
        folder,
        found,
        terms,
        definitions=definitions,
        links=read_package_rows(folder / "passages.csv", PASSAGE_COLUMNS),
        thresholds=_thresholds(folder / "secret.json", name),
        stamp=stamp,
    )


def _thresholds(path: Path, name: str) -> dict[Column, float]:
    """Read under which count each indicator is hidden, by period."""
    found: dict[Column, float] = {}
    try:
        for each in json.loads(path.read_text("utf-8"))["seuils"]:
            key = (str(each["indicateur"]), str(each["periode"]))
            # Of two for one figure, the stricter.
            found[key] = max(found.get(key, 0.0), _floor(each["seuil"]))
    except (ValueError, LookupError, TypeError, RecursionError, AttributeError) as error:
        why = "On ne saurait ce que les paquets dévoilent ensemble."
        raise _wrong(
            name, "Les seuils de secret du paquet ne se lisent pas.", why, path.name
        ) from error
    return found


def _check_terms(definitions: Sequence[Mapping[str, str]], name: str) -> None:
    """Refuse an indicator that adds up more variables than any does."""
    for row in definitions:
        for side in ("numerateur", "denominateur"):
            if row[side].count(" ") >= _MOST_VARIABLES:
                what = f"« {row['indicateur'][:80]} » y additionne plus de {_MOST_VARIABLES} variables."
                why = "Chacune serait à chercher dans tous les paquets : l’ordinateur n’y suffirait pas."
                raise _wrong(name, what, why, "indicateurs.csv")


def _floor(given: object) -> float:
    floor = float(str(given))
    if not 0 <= floor <= _HIGHEST_FLOOR:
        raise ValueError(given)
    return floor


def _name(descriptor: Mapping[str, Any]) -> str:
    name = descriptor.get("name")
    given = name.strip() if isinstance(name, str) else ""
    if not given:
        what, why = "Le paquet n’a pas de nom.", "On ne saurait qui parle."
    elif not given.isprintable():
        what = "Le nom du paquet contient des signes qui ne s’écrivent pas."
        why = "Deux noms que rien ne distingue à la lecture en seraient deux."
    elif len(given) > _LONGEST_NAME:
        what = f"Le nom du paquet a plus de {_LONGEST_NAME} lettres."
        why = "Chaque ligne de chaque page le porterait."
    else:
        return given
    raise FileError(what, where=PACKAGE_FILE, why=why, remedy=_AGAIN)


def _check_head(descriptor: Mapping[str, Any], name: str) -> None:
    about = descriptor.get("observatoire")
    version = about.get("format") if isinstance(about, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError(
            "Ce paquet ne dit pas de quelle version de nos paquets il est.",
            where=name,
            remedy="Demandez-le publié par une version récente d’observatoire.",
        )
    if version > FORMAT:
        raise FileError(
            f"Ce paquet est de la version {version} ; on sait lire jusqu’à la {FORMAT}.",
            where=name,
            remedy="Mettez observatoire à jour, puis recommencez.",
        )
    if not _licensed(descriptor.get("licenses")):
        raise FileError(
            "Ce paquet n’a pas de licence.",
            where=name,
            why="Sans elle, personne ne peut rediffuser ses chiffres.",
            remedy="Demandez sous quelle licence il est publié.",
        )


def _licensed(licences: object) -> bool:
    """Say whether licences are given, and each by its name or its address."""
    return (
        isinstance(licences, list)
        and bool(licences)
        and all(
            isinstance(each, dict)
            and any(isinstance(w := each.get(n), str) and w.strip() for n in ("name", "path"))
            for each in licences
        )
    )


def _check_sums(folder: Path, descriptor: Record) -> None:
    files = named_files(descriptor)
    announced = [str(each.get("hash", "")) for each in descriptor["resources"]]
    for file, expected in zip(files, announced, strict=True):
        target, where = inside(folder, file), f"{folder.name}/{file}"
        if not target.is_file():
            missing = "Le paquet annonce ce fichier, et il n’y est pas."
            raise FileError(missing, where=where, remedy=_AGAIN)
        with target.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if f"sha256:{found}" != expected:
            raise TruncatedFileError(
                "Ce fichier n’est pas celui que le paquet annonce (empreinte différente).",
                where=where,
                why="Il a été modifié ou coupé depuis sa publication.",
                remedy=_AGAIN,
            )


def _check_columns(path: Path, name: str, columns: Mapping[str, str]) -> FileMetaData:
    """Check columns, types and weight from the foot of a file, before anything of it is unpacked."""
    try:
        foot = parquet.read_metadata(path)
    except (OSError, ValueError) as error:  # pyarrow's own are among these
        what = "Ce fichier du paquet ne se lit pas."
        raise _wrong(name, what, reader_words(error), path.name) from error
    found = [foot.schema.column(k) for k in range(len(foot.schema))]
    kinds = {each.path: each.physical_type for each in found}
    lacking = [column for column in columns if column not in kinds]
    if lacking:
        raise _wrong(name, f"Colonnes absentes : {enumerate_words(lacking)}.", file=path.name)
    for column, kind in columns.items():
        if kinds[column] != _KINDS[kind]:
            due = "des nombres" if kind == "number" else "des textes"
            what = f"La colonne « {column} » ne contient pas {due}."
            raise _wrong(name, what, _USELESS, path.name)
    for rank in range(foot.num_row_groups):
        group = foot.row_group(rank)
        for k in range(group.num_columns):
            if group.column(k).total_uncompressed_size > max(
                _FLOOR, _HEAVIEST_ROW * group.num_rows
            ):
                what = f"La colonne « {group.column(k).path_in_schema} » est démesurée."
                raise _wrong(name, what, "Elle remplirait la mémoire.", path.name)
    return foot


def _check_figure_columns(path: Path, name: str) -> None:
    """Check those of the figures, among which none is unknown: it would stand for another, or say of whom."""
    foot = _check_columns(path, name, TYPES)
    more = sorted({foot.schema.column(k).path for k in range(len(foot.schema))} - set(TYPES))
    if more or len(foot.schema) > len(TYPES):
        what = f"Colonnes que le format n’a pas{NO_BREAK}: {enumerate_words(more, most=3)}."
        raise _wrong(name, what if more else "Une colonne y est deux fois.", _USELESS)


def check_figures(members: Sequence[Member]) -> dict[str, FileError]:
    """Check the figures of members by lots, then one by one where that cannot be.

    Parameters
    ----------
    members : sequence of Member
        Already verified, but for their figures.

    Returns
    -------
    dict
        The error of each member whose figures contradict themselves, its csv or its definitions.
    """
    lots = _lots(members)
    with duckdb.connect() as engine:  # one for all lots: it keeps its threads and its memory
        # Outlines are none of its business: a map leaves out those that cannot be read.
        engine.execute("SET enable_geoparquet_conversion = false")
        return {name: found for lot in lots for name, found in _lot_faults(engine, lot).items()}


def _lots(members: Sequence[Member]) -> list[list[Member]]:
    """Part members into lots; one with more figures than a lot may have makes its own."""
    lots: list[list[Member]] = [[]]
    held = 0
    for member in members:
        rows = parquet.read_metadata(member.figures).num_rows
        if len(lots[-1]) == _LOT or held + rows > _LOT_ROWS:
            lots.append([])
            held = 0
        lots[-1].append(member)
        held += rows
    return [lot for lot in lots if lot]


def _lot_faults(
    engine: duckdb.DuckDBPyConnection, members: Sequence[Member]
) -> dict[str, FileError]:
    try:
        return _faults(engine, members)
    except duckdb.Error as error:
        if len(members) == 1:
            name = members[0].name
            return {name: _wrong(name, _UNREADABLE, reader_words(error))}
        apart = [_lot_faults(engine, [each]) for each in members]
        return {name: found for each in apart for name, found in each.items()}


def _faults(engine: duckdb.DuckDBPyConnection, members: Sequence[Member]) -> dict[str, FileError]:
    """Look at the figures of packages together; the first fault of each is enough."""
    files = [member.figures for member in members]
    zones = [str(member.folder / "zones.parquet") for member in members]
    given = {"files": files, "labels": _LABELS, "bare": _BARE, "valued": _VALUED}
    looked = engine.execute(question_text("figure_faults"), given).df().set_index("filename")
    placed = engine.execute(question_text("unplaced"), {"files": files, "zones": zones})
    strays = {str(folder): str(place) for folder, place in placed.fetchall()}
    copies = _copied(engine, members)
    found: dict[str, FileError] = {}
    for member in members:
        if member.figures not in looked.index:
            found[member.name] = _wrong(member.name, "Ce paquet ne contient aucun chiffre.")
            continue
        row = looked.loc[member.figures].to_dict()
        row["copie"] = copies.get(member.name) != (row["lignes"], row["somme"])
        row["ailleurs"] = strays.get(str(member.folder), "")
        known = {row["indicateur"] for row in member.definitions}
        row["indefini"] = ", ".join(sorted(set(row["indicateurs"]) - known)[:3])
        faults = (fault for fault in _FAULTS if not pd.isna(row[fault[0]]) and row[fault[0]])
        for name, what, why in faults:
            found.setdefault(member.name, _wrong(member.name, what.format(row[name]), why))
    return found


def _copied(engine: duckdb.DuckDBPyConnection, members: Sequence[Member]) -> dict[str, Any]:
    """Count and sum the csv of packages; nothing for one that is not even a table of figures."""
    files = {str(member.folder / "valeurs.csv"): member.name for member in members}
    try:
        given = {"files": list(files), "types": SQL_TYPES, "texts": _TEXTS}
        found = engine.execute(question_text("csv_sum"), given).fetchall()
    except duckdb.Error:
        if len(members) == 1:
            return {}
        return {name: sums for each in members for name, sums in _copied(engine, [each]).items()}
    return {files[path]: (rows, total) for path, rows, total in found}


#: What may be wrong with the figures of a package, by the column of ``figure_faults.sql`` that says so.
_FAULTS = [
    (row["colonne"], row["quoi"], row["pourquoi"])
    for row in data_rows(__package__, "questions/figure_faults.csv")
]


def _wrong(name: str, what: str, why: str = "", file: str = "valeurs.parquet") -> FileError:
    return FileError(what, where=f"{name}/{file}", why=why, remedy=_AGAIN)

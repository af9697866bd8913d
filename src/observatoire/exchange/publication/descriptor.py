"""The descriptor of a package: a Data Package of the second version of the standard."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observatoire.exchange.agreements import written_terms
from observatoire.exchange.publication.figures import FIGURE_KEY, VALUE_FIELDS, data_rows
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from observatoire.panels.drawings.bearings import Course
    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.workspace.model import PublicationTerms

PACKAGE_FILE = "datapackage.json"

#: Version of what a package holds: a reader refuses those after the one it knows.
FORMAT = 2

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_OPEN_LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

#: The files of a package and what each is; the figures come twice.
RESOURCES = data_rows(__package__, "resources.csv")

#: Why a cell of figures may be empty.
_EMPTY = [{"value": "", "label": "sans valeur : voir « statut » et « motif »"}]


@dataclass(frozen=True)
class Publication:
    """What a package says of itself: whose it is, from what, when, and why this version.

    ``zonings`` and ``themes`` are what its codes are called; ``courses`` which dates of an indicator
    compare.
    """

    name: str
    title: str
    terms: PublicationTerms
    sources: Sequence[Mapping[str, Any]]
    date: str
    note: str = ""
    publisher: str = ""
    zonings: Mapping[str, str] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)


def describe(
    contents: Mapping[str, bytes],
    table: ProtectedTable,
    about: Publication,
    history: Sequence[Mapping[str, Any]],
    tables: Mapping[str, pd.DataFrame],
) -> dict[str, Any]:
    """Return the descriptor of a package.

    Parameters
    ----------
    contents : mapping
        Its files, all but the descriptor and the catalogue's entry.
    about : Publication
        What the package says of itself.
    history : sequence of mapping
        Its versions, the first one first: ``version``, ``date``, ``note``.
    tables : mapping
        What each csv holds, by its name.
    """
    every = (table, *table.companions)
    terms, sentences = written_terms({k: v for each in every for k, v in each.agreements.items()})
    contributor = {"title": about.publisher, "roles": ["publisher"], "email": about.terms.email}
    optional = {
        "description": about.terms.description,
        "homepage": about.terms.address,
        "keywords": list(about.terms.keywords),
    }
    return {
        "$schema": _PROFILE,
        "name": about.name,
        "title": about.title,
        **{key: value for key, value in optional.items() if value},
        "version": history[-1]["version"],
        "created": about.date,
        "licenses": licences(about.sources),
        "contributors": [{key: value for key, value in contributor.items() if value}],
        "sources": [
            {"title": f"{s['producer']}, {s['title']}", "licence": str(s["licence"])}
            for s in about.sources
        ],
        "observatoire": {
            "format": FORMAT,
            "zonage": table.zoning,
            "public": table.audience,
            "zonages": dict(about.zonings),
            "thematiques": dict(about.themes),
        },
        "historique": list(history),
        "avertissements": [*table.warnings, *sentences],
        "conventions": terms,
        "secret": dict(table.hidden),
        "certificat_secret": table.record.to_dict(),
        "resources": [
            (_table if each["type"] else _file)(contents[each["path"]], each, tables)
            for each in RESOURCES
        ],
    }


def licences(sources: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """List the licences of the sources: the package is under all of them, each for its figures."""
    titles = [title for title, _ in Counter(str(s["licence"]) for s in sources).most_common()]
    return [
        {"name": "etalab-2.0", "path": _OPEN_LICENCE, "title": title}
        if "Licence Ouverte 2.0" in title
        else {"name": "other", "title": title}
        for title in titles
    ]


def fingerprint(content: bytes) -> str:
    """Return the SHA-256 of a file as a descriptor writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _file(content: bytes, said: Mapping[str, str], _: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    file = said["path"]
    resource: dict[str, Any] = {
        "name": file.replace(".", "-"),
        **{name: said[name] for name in ("path", "title", "mediatype")},
    }
    if not file.endswith(".parquet"):  # frictionless cannot count the bytes of those
        resource |= {"bytes": len(content)}
    return resource | {"hash": fingerprint(content)}


def _table(
    content: bytes, said: Mapping[str, str], tables: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    stem, _, suffix = said["path"].partition(".")
    resource = _file(content, said, tables) | {
        "name": stem if suffix == "csv" else said["path"].replace(".", "-"),
        "type": "table",
        "format": suffix,
        "schema": value_schema() if stem == "valeurs" else _text_schema(tables[stem]),
    }
    return resource | ({"encoding": "utf-8"} if suffix == "csv" else {})


def value_schema() -> dict[str, Any]:
    """Return the Table Schema of the figures."""
    fields: list[dict[str, Any]] = [
        {"name": french, "type": kind, "description": description}
        for french, kind, description in VALUE_FIELDS.values()
    ]
    for each in fields:
        if each["name"] == "statut":
            each["categories"] = [{"value": s.label, "label": s.meaning} for s in Status]
    return {
        "fields": fields,
        "primaryKey": FIGURE_KEY,
        "missingValues": _EMPTY,
    }


def _text_schema(frame: pd.DataFrame) -> dict[str, Any]:
    keys = [["indicateur"]] if "indicateur" in frame else []
    return {
        "fields": [
            {"name": name, "type": "number" if frame[name].dtype.kind == "f" else "string"}
            for name in frame.columns
        ],
        **({"primaryKey": keys[0]} if keys else {}),
        "missingValues": [{"value": "", "label": "non précisé"}],
    }

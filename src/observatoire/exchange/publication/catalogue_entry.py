"""The entry of a package in open data catalogues: DCAT-AP, as JSON-LD."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.exchange.publication.descriptor import Publication


_AUTHORITY = "http://publications.europa.eu/resource/authority"

#: The prefixes of an entry, the European list of rhythms, that of the types of files.
_DCAT = json.loads((resources.files(__package__) / "dcat.json").read_text("utf-8"))


def catalogue_entry(
    descriptor: Mapping[str, Any], about: Publication, span: tuple[str, str]
) -> dict[str, Any]:
    """Return the DCAT-AP description of a package.

    Parameters
    ----------
    descriptor : mapping
        Its descriptor, resources and sums included.
    about : Publication
        What it says of itself; without an address, its links are relative to the catalogue.
    span : tuple of str
        The first and the last year of its figures.
    """
    base = about.terms.address
    base = f"{base.rstrip('/')}/" if base else ""
    publisher = {"@type": "foaf:Agent", "foaf:name": about.publisher}
    dataset: dict[str, Any] = {
        "@id": f"{base}{about.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": about.name,
        "dct:title": _french(about.title),
        "dct:description": _french(about.terms.description or about.title),
        "dct:publisher": publisher,
        "dct:language": {"@id": f"{_AUTHORITY}/language/FRA"},
        "dct:accrualPeriodicity": {
            "@id": f"{_AUTHORITY}/frequency/{_DCAT['frequencies'][about.terms.frequency]}"
        },
        "dct:issued": _instant(descriptor["historique"][0]["date"]),
        "dct:modified": _instant(about.date),
        "dcat:theme": {"@id": f"{_AUTHORITY}/data-theme/SOCI"},
        "dcat:keyword": [_french(word) for word in about.terms.keywords],
        "dcat:version": descriptor["version"],
        "dct:temporal": _years(*span),
        "dcat:distribution": [
            _distribution(resource, base, descriptor["licenses"])
            for resource in descriptor["resources"]
        ],
    }
    dataset |= _contact(about)
    return {
        "@context": _DCAT["context"],
        "@id": f"{base}catalogue.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _french(about.title),
        "dct:description": _french(about.terms.description or about.title),
        "dct:publisher": publisher,
        "dcat:dataset": [dataset],
    }


def _years(first: str, last: str) -> dict[str, Any]:
    years = {"dcat:startDate": first, "dcat:endDate": last}
    return {"@type": "dct:PeriodOfTime"} | {
        name: {"@type": "xsd:gYear", "@value": year} for name, year in years.items()
    }


def _contact(about: Publication) -> dict[str, Any]:
    if not about.terms.email:
        return {}
    return {
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": about.publisher,
            "vcard:hasEmail": {"@id": f"mailto:{about.terms.email}"},
        }
    }


def _french(text: str) -> dict[str, str]:
    return {"@language": "fr", "@value": text}


def _instant(text: str) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": text}


def _distribution(
    resource: Mapping[str, Any], base: str, licences: list[dict[str, str]]
) -> dict[str, Any]:
    """Return one file of a package as DCAT describes it."""
    address = {"@id": f"{base}{resource['path']}"}
    entry = {
        "@type": "dcat:Distribution",
        "dct:title": _french(resource["title"]),
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dct:format": {
            "@id": f"{_AUTHORITY}/file-type/{_DCAT['file_types'][resource['mediatype']]}"
        },
        "dcat:mediaType": {
            "@id": f"http://www.iana.org/assignments/media-types/{resource['mediatype']}"
        },
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {
                "@type": "xsd:hexBinary",
                "@value": resource["hash"].removeprefix("sha256:"),
            },
        },
    } | _rights(licences)
    if "bytes" in resource:
        entry["dcat:byteSize"] = {
            "@type": "xsd:nonNegativeInteger",
            "@value": str(resource["bytes"]),
        }
    return entry


def _rights(licences: list[dict[str, str]]) -> dict[str, Any]:
    """Return under which licence a file is: DCAT-AP admits one, and of several a statement that names them."""
    titles = [licence["title"] for licence in licences]
    if len(licences) > 1:
        said = _french(f"Chaque chiffre est sous la licence de sa source : {' ; '.join(titles)}.")
        return {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": said}}
    named = [
        {"@id": each["path"]} if "path" in each else {"dct:title": _french(each["title"])}
        for each in licences
    ]
    return {"dct:license": [{"@type": "dct:LicenseDocument", **each} for each in named]}

"""The command that writes the JSON Schema of a file, so that an editor completes and checks it."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Annotated

from observatoire.cli.console import Output, argument, command, say
from observatoire.errors import FileError
from observatoire.errors.arguments import check_known
from observatoire.errors.translations import refused_by_system

#: By name: the file, what it describes, the class that declares it. One line a file.
SCHEMAS = {
    "source": ("source.toml", "Une source et ses fichiers", "sources.descriptors.source:Source"),
    "observatoire": (
        *("observatoire.toml", "L’espace de travail"),
        "workspace.model:WorkspaceDeclaration",
    ),
    "indicators": (
        *("indicators.toml", "Le catalogue des indicateurs"),
        "indicators.definitions.catalogue:Catalogue",
    ),
    "annex": ("annex.toml", "Ce que l’annexe montre, et sa couverture", "annex.choice:AnnexChoice"),
    "federation": (
        *("federation.toml", "Les membres d’une fédération"),
        "exchange.federation.terms:FederationTerms",
    ),
}


def schema_of(name: str) -> dict[str, object]:
    """Return the JSON Schema of a file that an analyst writes.

    Examples
    --------
    >>> schema_of("source")["title"]
    'source.toml'
    """
    from observatoire.declarations.reader import json_schema

    check_known(name, SCHEMAS, f"Aucun schéma ne s’appelle « {name} ».")
    file, text, place = SCHEMAS[name]
    module, _, model = place.partition(":")
    declared = getattr(import_module(f"observatoire.{module}"), model)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**head, "title": file, "description": f"{text}.", **json_schema(declared)}


@command()
def schema(
    name: Annotated[str, argument("NOM", f"Lequel : {', '.join(SCHEMAS)}.")],
    output: Output = None,
) -> None:
    """Écrit le schéma JSON d’un fichier TOML : un éditeur complète et vérifie ce qu’on y écrit."""
    found = schema_of(name)
    if output is None:
        plain = "utf" not in (sys.stdout.encoding or "").casefold()
        say(json.dumps(found, ensure_ascii=plain, indent=2))
        return
    remedy = "Écrivez-le ailleurs, par --output."
    with refused_by_system(FileError, "Le schéma ne s’écrit pas.", output, remedy):
        output.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    say(f"Écrit : {output}")

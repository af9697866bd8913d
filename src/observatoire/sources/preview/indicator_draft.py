"""Indicators that a table could feed, as blocks of ``indicators.toml`` to complete."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from observatoire.declarations.writer import key, value
from observatoire.sources.descriptors.source import slug

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from observatoire.sources.descriptors.source import Source

#: The blocks stand beside the « source.toml » until somebody completes and copies them.
BLOCKS_NAME = "indicateurs-a-completer.toml"

#: How the name of a column gives a unit that pages print apart.
_UNIT_SIGNS = {"": "", "euros": "(€)"}

_HEAD = """\
# Écrit par observatoire preview : un indicateur par variable, à compléter et à copier dans indicators.toml.
# « theme » n’est jamais deviné : remplacez « … » par l’un de ceux du catalogue ({themes}),
# ou par le vôtre, déclaré dans indicators.toml : [themes.CODE], avec son label.
# Relisez libellé, nature, unité et définition, ôtez ce qui ne sert pas ; tout est vérifié à l’ouverture.
"""


def indicator_blocks(
    source: Source, doubts: Mapping[str, str], indicators: Collection[str], themes: Sequence[str]
) -> str:
    """Return the blocks of the indicators that the variables of a source could be.

    Parameters
    ----------
    source : Source
        As its preview understands it.
    doubts : mapping of str
        What is doubtful of a variable, by code.
    indicators, themes : collection of str
        The codes that the catalogue has already.
    """
    listed = ", ".join(themes) or "aucun encore : ajoutez [themes.CODE]"
    parts = [_HEAD.format(themes=listed)]
    taken = set(indicators)
    for code, variable in source.variables.items():
        name = _free(slug(code).replace("-", "_"), taken)
        sign = _UNIT_SIGNS.get(variable.unit, f"({variable.unit})")
        label = variable.label.removesuffix(sign).rstrip()
        additive = variable.nature.additive
        named = f"{source.family}:{code}" if source.family else code
        lines = {
            "label": label,
            "theme": "…",
            "nature": str(variable.nature),
            "unit": variable.unit,
            "definition": f"{label}.",
            "universe": variable.universe or "à préciser",
        }
        remarks = {"theme": f"à choisir : {listed}", "nature": doubts.get(code, "")}
        body = [f"[indicators.{key(name)}]"]
        for each, text in lines.items():
            comment = f"  # {remarks[each]}" if remarks.get(each) else ""
            body.append(f"{each} = {value(text)}{comment}")
        body += [] if source.family else [f"sources = [{value(source.code)}]"]
        body.append(f"numerator = [{value(named)}]" if additive else f"variable = {value(named)}")
        parts.append("\n".join(body) + "\n")
    return "\n".join(parts)


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no other block, nor the catalogue, has."""
    found = next(
        each for at in count(1) if (each := name if at == 1 else f"{name}_{at}") not in taken
    )
    taken.add(found)
    return found

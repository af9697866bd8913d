"""What ``[secrecy]`` of a workspace names must exist: a word spelt wrong would protect nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.errors.arguments import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection

    from observatoire.declarations.secrecy_rules import Known
    from observatoire.indicators.context import Context
    from observatoire.secrecy.primary.known_figures import Base, KnownFigures


_FILE = "observatoire.toml"


def check_declared(context: Context) -> None:
    """Check that the sources, variables and territories that the workspace's rules name are there.

    A source that has its folder and is not loaded yet is known; its variables are not asked for.

    Raises
    ------
    DescriptorError
        With the nearest name.
    """
    strictness = context.workspace.secrecy
    loaded = set(context.secrecy_rules)
    known = loaded | {folder.name for folder in context.workspace.source_folders()}
    for source in strictness.by_source:
        _require(source, known, f"[secrecy.sources.{source}]", "la source")
    for each in strictness.known:
        _check_known(context, each, known, loaded)


def _check_known(
    context: Context, declared: Known, sources: Collection[str], loaded: Collection[str]
) -> None:
    where = "[[secrecy.known]]"
    pairs = [(declared.source, declared.variable)]
    if declared.at_most:
        above, _, variable = declared.at_most.partition("/")
        pairs.append((above, variable))
    for source, variable in pairs:
        _require(source, sources, where, "la source")
        if source in loaded:
            rows = context.warehouse.rows("SELECT code FROM variable WHERE source = ?", [source])
            variables = [str(code) for (code,) in rows]
            _require(variable, variables, f"{where}, source « {source} »", "la variable")
    names = context.workspace.zonings if not declared.zoning else (declared.zoning,)
    members = (
        {code for zoning in names for code in context.names(zoning)} if declared.territories else ()
    )
    for code in declared.territories:
        _require(code, members, where, "le territoire")


def _require(word: str, known: Collection[str], where: str, what: str) -> None:
    if word not in known:
        raise DescriptorError(
            f"On ne connaît pas {what} « {word} ».",
            where=f"{_FILE}, {where}",
            why="Une règle mal écrite ne protégerait rien.",
            remedy=suggestion(word, sorted(known)),
            name=word,
        )


def check_bound(known: KnownFigures, declared: Known, base: Base) -> None:
    """Refuse a bound that would have a figure that its producer hides taken for large.

    Raises
    ------
    DescriptorError
        That names the figure.
    """
    low, threshold = declared.low, known.threshold(base)
    if low is None or not known.guarded(base) or not 0 < threshold <= low:
        return
    if math.isnan(known.value(base)):
        raise DescriptorError(
            f"« low = {low:g} » dit que {base.label}, que son producteur masque, atteint le seuil "
            f"({threshold:g}).",
            where=f"{_FILE}, [[secrecy.known]]",
            why="Il ne serait plus protégé : un espace de travail peut être plus strict que la "
            "source, jamais moins.",
            remedy="Retirez cette borne, ou écrivez-en une sous le seuil.",
            name=base.label,
        )

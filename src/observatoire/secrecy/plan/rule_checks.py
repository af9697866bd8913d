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
    from observatoire.secrecy.plan.holdings import Base, Holdings


_FILE = "observatoire.toml"


def check_declared(desk: Context) -> None:
    """Check that the sources, variables and territories that the workspace's rules name are there.

    A source that has its folder and is not loaded yet is known; its variables are not asked for.

    Raises
    ------
    DescriptorError
        With the nearest name.
    """
    strictness = desk.workspace.secrecy
    loaded = set(desk.secrecy_rules)
    known = loaded | {folder.name for folder in desk.workspace.source_folders()}
    for source in strictness.by_source:
        _require(source, known, f"[secrecy.sources.{source}]", "la source")
    for each in strictness.known:
        _check_known(desk, each, known, loaded)


def _check_known(
    desk: Context, told: Known, sources: Collection[str], loaded: Collection[str]
) -> None:
    where = "[[secrecy.known]]"
    pairs = [(told.source, told.variable)]
    if told.at_most:
        above, _, variable = told.at_most.partition("/")
        pairs.append((above, variable))
    for source, variable in pairs:
        _require(source, sources, where, "la source")
        if source in loaded:
            rows = desk.warehouse.rows("SELECT code FROM variable WHERE source = ?", [source])
            held = [str(code) for (code,) in rows]
            _require(variable, held, f"{where}, source « {source} »", "la variable")
    names = desk.workspace.zonings if not told.zoning else (told.zoning,)
    members = {code for zoning in names for code in desk.names(zoning)} if told.territories else ()
    for code in told.territories:
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


def check_bound(holdings: Holdings, known: Known, base: Base) -> None:
    """Refuse a bound that would have a figure hidden by its producer held for large.

    Raises
    ------
    DescriptorError
        That names the figure.
    """
    low, threshold = known.low, holdings.threshold(base)
    if low is None or not holdings.guarded(base) or not 0 < threshold <= low:
        return
    if math.isnan(holdings.value(base)):
        raise DescriptorError(
            f"« low = {low:g} » dit que {base.label}, que son producteur masque, atteint le seuil "
            f"({threshold:g}).",
            where=f"{_FILE}, [[secrecy.known]]",
            why="Il ne serait plus protégé : un espace de travail peut être plus strict que la "
            "source, jamais moins.",
            remedy="Retirez cette borne, ou écrivez-en une sous le seuil.",
            name=base.label,
        )

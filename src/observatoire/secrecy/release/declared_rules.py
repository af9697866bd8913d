"""Whether the rules that answers rest on are still those that the workspace's files declare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.errors import SecrecyError
from observatoire.sources.descriptors.source import DESCRIPTOR_NAME, read_source
from observatoire.warehouse.storage.agreements import read_agreements
from observatoire.workspace.model import WORKSPACE_FILE, read_workspace

if TYPE_CHECKING:
    from observatoire.warehouse import Warehouse
    from observatoire.workspace.model import Workspace


def require_declared(warehouse: Warehouse, workspace: Workspace) -> None:
    """Refuse to let anything out by rules that a file has changed since they were read or loaded.

    Raises
    ------
    SecrecyError
        That names the file, and says how to have it read again.
    """
    if not (workspace.root / WORKSPACE_FILE).is_file():
        return  # what is only tried has no file that could change
    if read_workspace(workspace.root).secrecy != workspace.secrecy:
        raise _changed(
            WORKSPACE_FILE, "[secrecy]", "Rouvrez l’espace de travail : o = obs.open(…)."
        )
    rules = dict(warehouse.rows("SELECT source, rule FROM secrecy_rule"))
    agreements = read_agreements(warehouse)
    loaded = {
        (warehouse.home / str(folder)).resolve(): str(code)
        for code, folder in warehouse.rows("SELECT code, folder FROM source WHERE folder != ''")
    }
    for folder in workspace.source_folders():
        code = loaded.get(folder.resolve())
        if code is None or code not in rules:
            continue
        declared = read_source(folder)
        name = f"data/raw/{folder.name}/{DESCRIPTOR_NAME}"
        if declared.secrecy.to_json() != rules[code]:
            raise _changed(name, "[secrecy]", _LOAD)
        # Its threshold is part of the rule.
        terms = declared.convention and replace(
            declared.convention, threshold=0.0, threshold_kind=""
        )
        if terms != agreements.get(code):
            raise _changed(name, "[convention]", _LOAD)


_LOAD = "Rechargez la source : o.load(), ou « observatoire load »."


def _changed(name: str, table: str, remedy: str) -> SecrecyError:
    return SecrecyError(
        f"La règle {table} a changé depuis qu’elle a été lue.",
        where=name,
        why="Ce qui sort obéirait à une règle qui n’est plus la vôtre ; une publication ne se reprend pas.",
        remedy=f"{remedy} Puis recommencez.",
        file=name,
    )

"""The decision of a plan, kept in the warehouse: read again while nothing that it rests on has changed.

It rests on what answers rest on (``indicators/answer_grounds.py``), and on what left already. Any doubt (another
key, a byte wrong, a full disk) and the plan is made anew.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from observatoire.errors import WorkspaceError
from observatoire.indicators.answer_grounds import answer_grounds
from observatoire.secrecy.release.decision import Decision
from observatoire.warehouse.storage.digests import RECORD, content_digest
from observatoire.warehouse.storage.kept_results import find_decision, keep_decision

if TYPE_CHECKING:
    from collections.abc import Callable

    from observatoire.indicators.context import Context


def grounds(context: Context, answers: str = "") -> str:
    """Return a digest of all that the plan of a workspace rests on.

    ``answers`` is the digest of what answers rest on, where it was taken already.
    """
    record = content_digest(context.warehouse, RECORD)
    return hashlib.sha256(f"{answers or answer_grounds(context)} {record}".encode()).hexdigest()


def kept_decision(context: Context, key: str) -> Decision | None:
    """Return what was decided on these grounds, None where it has to be decided anew."""
    text = find_decision(context.warehouse, key)
    return None if text is None else Decision.from_json(text)


def keep(context: Context, decision: Decision, holds: Callable[[str], bool]) -> None:
    """Keep a decision under the grounds of now, if ``holds`` says so of them: nothing moves meanwhile."""
    for recipe in context.workspace.passages:
        if recipe.method:  # a passage that is measured for the first time is stored on its own
            context.measured(recipe)
    with suppress(WorkspaceError), context.warehouse.transaction():  # a full disk only costs time
        now = grounds(context)
        if holds(now):
            keep_decision(context.warehouse, now, decision.to_json())

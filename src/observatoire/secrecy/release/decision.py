"""What the plan of a workspace decided: all that an output asks of it, without the system that proves it.

It can be written down and read again in an instant; the system is made anew for an audit.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from observatoire.secrecy.plan.record import Record
from observatoire.secrecy.primary.sensitive_cells import COMPLEMENTARY

if TYPE_CHECKING:
    from observatoire.secrecy.plan.plan import Key, SecrecyPlan


class DecidedCell(NamedTuple):
    """Why a cell is hidden, empty when it may be shown; its numbers; the sums that it tells, as JSON."""

    cause: str
    numbers: tuple[float, ...]
    recipes: str


@dataclass(frozen=True, eq=False)
class Decision:
    """Which cells may be shown, why the others may not, and what each tells once shown.

    ``unsaid`` are the indicators of which nobody declares of how many they speak.
    """

    cells: dict[Key, DecidedCell]
    record: Record = field(default_factory=Record)
    unsaid: frozenset[str] = frozenset()

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The indicators that something was decided of."""
        return frozenset(key[2] for key in self.cells)

    def cause(self, key: Key) -> str:
        """Return why a cell is hidden, empty when it may be shown."""
        return self.cells[key].cause

    def recipes(self, key: Key) -> str:
        """Return the sums that a cell discloses, as the ledger writes them."""
        return self.cells[key].recipes if key in self.cells else "[]"

    def to_json(self) -> str:
        """Write it down."""
        return json.dumps(
            {
                "cells": [[*key, *cell] for key, cell in self.cells.items()],
                "record": asdict(self.record),
                "unsaid": sorted(self.unsaid),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """Read what :meth:`to_json` wrote.

        Examples
        --------
        >>> made = Decision({("z", "t", "i", "2016"): DecidedCell("", (1.0,), "[]")})
        >>> Decision.from_json(made.to_json()).cells == made.cells
        True
        """
        read = json.loads(text)
        cells: dict[Key, DecidedCell] = {
            (str(zoning), str(territory), str(indicator), str(period)): DecidedCell(
                str(cause), tuple(map(float, numbers)), str(recipes)
            )
            for zoning, territory, indicator, period, cause, numbers, recipes in read["cells"]
        }
        return cls(cells, Record(**read["record"]), frozenset(read.get("unsaid", ())))


def decision_of(plan: SecrecyPlan) -> Decision:
    """Return what a plan decided; of a cell that is never shown, no sum is kept."""
    cells = {}
    for key, cell in plan.cells.items():
        cause = plan.cause(key)
        shown = cause in ("", COMPLEMENTARY)
        recipes = json.dumps(plan.recipes(key)) if shown else "[]"
        cells[key] = DecidedCell(cause, cell.numbers, recipes)
    return Decision(cells, plan.record, plan.unsaid)

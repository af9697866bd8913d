"""The output check: nothing is written before it is checked, nothing written is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from observatoire.declarations.fields import answered
from observatoire.errors import SecrecyError
from observatoire.secrecy.plan.disclosures import same
from observatoire.secrecy.primary.sensitive_cells import COMPLEMENTARY, key_of
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from observatoire.secrecy.plan.plan import Key, SecrecyPlan
    from observatoire.secrecy.release.decision import Decision
    from observatoire.sources.descriptors.agreement import Agreement
    from observatoire.warehouse import Warehouse


#: What the plan computes of a cell; ``low`` and ``high`` may hold what sampling adds.
_COMPUTED = ("value", "passage_low", "passage_high")


class Ledger(Protocol):
    """What keeps the memory of publications."""

    def keep(self, kind: str, name: str, cells: pd.DataFrame, decision: Decision) -> None:
        """Write down what was published."""


@dataclass(frozen=True, eq=False)
class OutputCheck:
    """Checks what is about to leave against what the workspace may show now.

    ``decision`` returns what holds at this moment, decided anew when figures, rules or publications
    have changed; ``plan`` the system that proves it, made when a table of before is weighed.
    ``declared``, asked once before, refuses when a file declares other rules than those that were
    read of it; ``ended`` says why agreements no longer let figures out, empty while they do.
    """

    decision: Callable[[], Decision]
    plan: Callable[[], SecrecyPlan]
    ledger: Ledger
    undescribed: Callable[[], Mapping[str, str]] = dict
    declared: Callable[[], None] = lambda: None
    ended: Callable[[Sequence[Agreement]], str] = lambda _: ""

    def check(
        self,
        cells: pd.DataFrame,
        where: str,
        sources: Sequence[str] = (),
        agreements: Sequence[Agreement] = (),
    ) -> None:
        """Refuse cells that may no longer be shown, or whose source is not described.

        Raises
        ------
        SecrecyError
            That names the cells, and the sums that would give a hidden count away.
        """
        if why := self.ended(agreements):
            raise SecrecyError(why, where=where, remedy="Refaites le tableau, puis enregistrez-le.")
        decision, undescribed = self.decision(), self.undescribed()
        for source in sources:
            if source in undescribed:
                raise _undescribed(source, undescribed[source], where)
        shown = cells[cells[["value", "low", "high"]].notna().any(axis=1)]
        keys = []
        for row in records(shown[shown["indicator"].isin(sorted(decision.guarded))]):
            key = key_of(row)
            now = decision.cells[key].numbers if key in decision.cells else ()
            if not now or not same(now, tuple(float(row[name]) for name in _COMPUTED)):
                raise _stale(key, where)
            cause = decision.cause(key)
            if cause and cause != COMPLEMENTARY:
                raise _forbidden(key, cause, where)
            keys.append(key)
        if any(map(decision.cause, keys)):
            self._weigh(keys, where)

    def _weigh(self, keys: list[Key], where: str) -> None:
        """Refuse a table of before when, with all that is shown now, it gives a count away."""
        from observatoire.secrecy.plan.joint_audit import refuse_unsafe  # noqa: PLC0415 - solvers

        plan = self.plan()
        extra = {label for key in keys if plan.cause(key) for label in plan.cells[key].labels}
        refuse_unsafe(plan, extra, where)

    def keep(self, cells: pd.DataFrame, kind: str, name: str) -> None:
        """Write down in the ledger what has left."""
        self.ledger.keep(kind, name, cells, self.decision())
        self.decision()  # what follows it changes nothing to it: kept along with what left


def undescribed(warehouse: Warehouse) -> dict[str, str]:
    """Return what lacks in the description of sources: who counted, under which licence."""
    lacking = {}
    for code, producer, licence in warehouse.rows("SELECT code, producer, licence FROM source"):
        keys = {"producer": producer, "licence": licence}
        blank = [key for key, text in keys.items() if not answered(str(text))]
        if blank:
            lacking[str(code)] = " et ".join(blank)
    return lacking


def _undescribed(source: str, keys: str, where: str) -> SecrecyError:
    return SecrecyError(
        f"La source « {source} » n’est pas décrite : il reste à préciser {keys}.",
        where=where,
        why="On ne saurait ni qui a compté, ni sous quelles conditions ces chiffres ont été confiés.",
        remedy=f"Complétez {keys} dans data/raw/{source}/source.toml, rechargez, puis recommencez.",
        source=source,
    )


def _stale(key: tuple[str, str, str, str], where: str) -> SecrecyError:
    return SecrecyError(
        f"Le tableau montre {key[2]} de {key[1]} ({key[0]}, {key[3]}), que les données chargées "
        "ne donnent plus.",
        where=where,
        why="Ce qui sort est vérifié sur les chiffres d’aujourd’hui.",
        remedy="Refaites le tableau, puis enregistrez-le.",
        cell=key,
    )


def _forbidden(key: tuple[str, str, str, str], cause: str, where: str) -> SecrecyError:
    return SecrecyError(
        f"Le tableau montre {key[2]} de {key[1]} ({key[0]}, {key[3]}), qui ne peut plus l’être : "
        f"{cause}.",
        where=where,
        why="Les chiffres ou la règle de secret ont changé depuis que ce tableau a été fait.",
        remedy="Refaites le tableau, puis enregistrez-le.",
        cell=key,
    )

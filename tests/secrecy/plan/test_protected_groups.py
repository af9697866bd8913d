"""What is only supposed goes where the others deny it; what is declared stays, and is refused as it is."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from observatoire.errors import SecrecyError
from observatoire.secrecy.plan import protected_groups
from observatoire.secrecy.plan.protected_groups import protect_group
from observatoire.secrecy.plan.workspace_system import Group, Supposed
from observatoire.secrecy.suppression.relations import Part

AMOUNTS = {"total": 10.0, "a": 4.0, "b": 6.0, "c": math.nan, "rate": 9.0}


def group_of(*relations: tuple[str, list[Part]]) -> Any:
    """Make the relations of a few cells, ``c`` not known."""
    assembly = SimpleNamespace(
        amounts=AMOUNTS, low={}, high={}, nonzero=set(), relations=list(relations)
    )
    return Group(assembly, list(AMOUNTS), list(relations))  # type: ignore[arg-type]


def sum_of(total: str, *parts: str, supposed: bool = False) -> tuple[str, list[Part]]:
    made = [Part(part, 1.0) for part in parts]
    return total, Supposed(made) if supposed else made


TRUE = sum_of("total", "a", "b")
OPEN = sum_of("total", "a", "c", supposed=True)  # c may be six
FALSE = sum_of("total", "rate", "a", "c", supposed=True)  # 9 and 4 pass 10, whatever c is


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse all that holds the false sum."""

    def protect(group: Any, _: object) -> str:
        if any(relation == FALSE for relation in group.relations):
            raise SecrecyError("Ces sommes se contredisent.")
        return "protégé"

    monkeypatch.setattr(protected_groups, "_protect", protect)


@pytest.mark.usefixtures("refusing")
def test_a_supposed_sum_that_others_deny_goes_and_no_other() -> None:
    group = group_of(TRUE, OPEN, FALSE)
    assert protect_group(group, {}) == "protégé"
    assert group.relations == group.assembly.relations == [TRUE, OPEN]


@pytest.mark.usefixtures("refusing")
def test_a_declared_sum_that_others_deny_is_refused_as_it_is() -> None:
    declared = (FALSE[0], [*FALSE[1]])
    group = group_of(TRUE, OPEN, declared)
    with pytest.raises(SecrecyError, match="contredisent"):
        protect_group(group, {})
    assert group.relations == [TRUE, OPEN, declared]

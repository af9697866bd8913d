"""What is only supposed goes where the others deny it; what is declared stays, and is refused as it is."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from attacker import SOURCE, write

import observatoire as obs
from observatoire.errors import SecrecyError
from observatoire.secrecy.plan import protected_groups
from observatoire.secrecy.plan.protected_groups import protect_group
from observatoire.secrecy.plan.workspace_system import Group, Supposed
from observatoire.secrecy.suppression.relations import Part

if TYPE_CHECKING:
    from pathlib import Path

AMOUNTS = {"total": 10.0, "a": 4.0, "b": 6.0, "c": math.nan, "rate": 9.0}


def group_of(*relations: tuple[str, list[Part]]) -> Any:
    """Make the relations of a few cells, ``c`` not known."""
    assembly = SimpleNamespace(
        amounts=AMOUNTS, bases={}, low={}, high={}, nonzero=set(), relations=list(relations)
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
    with pytest.raises(SecrecyError, match="vraies ensemble") as caught:
        protect_group(group, {})
    # 9 and 4 pass 10, whatever the others say: those two sums alone.
    assert "total = rate + a + c" in str(caught.value)
    assert "total = a + c" not in str(caught.value)
    assert group.relations == [TRUE, OPEN, declared]


def test_what_contradicts_itself_names_its_files(tmp_path: Path) -> None:
    more = '[[secrecy.sums]]\ntotal = "tout"\nparts = ["aidA", "aidB"]\n'
    source = SOURCE.replace("[variables.aidA]", f"{more}[variables.aidA]")
    source += '[variables.tout]\nlabel = "Tout"\nnature = "count"\n'
    given = {"aidA": ("s", 30), "aidB": ("s", 40), "aidT": (100, 70), "tout": (120, 70)}
    rows = [
        f"iris-2016;{code};2016;{variable};{number}"
        for variable, numbers in given.items()
        for code, number in zip(("i1", "i2"), numbers, strict=True)
    ]
    with obs.open(write(tmp_path, rows, source=source)) as o:
        o.load()
        with pytest.raises(SecrecyError, match=r"aides \(aides\.csv\)") as caught:
            o.table("aidA")
    for total in ("aidT", "tout"):
        assert f"{total} de i1 (iris-2016, 2016 ; aides) = aidA de i1" in str(caught.value)
    assert " de i2 " not in str(caught.value)

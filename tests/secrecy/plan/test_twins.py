"""Of two workspaces that show the same and hide otherwise, nothing that leaves tells which is which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attacks import kind_of
from effort import EVERY, seeds
from twin_workspaces import differences, twins

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = seeds((3,), (3,), 40)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_leaves_depends_on_nothing_but_what_tables_show(tmp_path: Path, seed: int) -> None:
    found = twins(tmp_path, seed, **kind_of(seed))
    if found is None:
        assert EVERY, "the seeds of every day have a twin"
        pytest.skip("all that is shown leaves but one")
    first, second, moved = found
    assert (moved != 0).any()
    assert list(differences(first, second)) == []

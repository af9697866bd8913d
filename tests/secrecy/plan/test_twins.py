"""Of two workspaces that show the same and hide otherwise, nothing that leaves tells which is which."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from attacks import kind_of
from twin_workspaces import differences, twins

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(40) if os.environ.get("OBSERVATOIRE_DEEP") else (3,)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_leaves_depends_on_nothing_but_what_tables_show(tmp_path: Path, seed: int) -> None:
    found = twins(tmp_path, seed, **kind_of(seed))
    if found is None:
        assert os.environ.get("OBSERVATOIRE_DEEP"), "the seeds of every day have a twin"
        pytest.skip("all that is shown leaves but one")
    first, second, moved = found
    assert (moved != 0).any()
    assert list(differences(first, second)) == []

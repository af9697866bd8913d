"""An attacker of our own, by whole-number programs over all that a federation shows, finds no hidden count."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from federation_attacks import attack_federation

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = range(60) if os.environ.get("OBSERVATOIRE_DEEP") else (2, 6, 7, 11)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_attacker_who_reads_all_doors_finds_no_hidden_count(tmp_path: Path, seed: int) -> None:
    found = attack_federation(tmp_path, seed)
    assert found.hidden
    assert not found.refused
    assert found.narrow == []
    assert found.same + found.besides < found.shown  # something is left to read


@pytest.mark.parametrize("seed", range(31) if os.environ.get("OBSERVATOIRE_DEEP") else (2, 5))
def test_an_attacker_who_knows_what_bare_rates_are_out_of_finds_no_hidden_count(
    tmp_path: Path, seed: int
) -> None:
    found = attack_federation(tmp_path, seed, bare=True)
    assert found.hidden
    assert not found.refused
    assert found.narrow == []
    assert found.same + found.besides < found.shown

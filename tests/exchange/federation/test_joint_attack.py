"""An attacker of our own, by whole-number programs over all that a federation shows, finds no hidden count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from effort import seeds
from federation_attacks import attack_federation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", seeds((2, 7, 11), (2, 6, 7, 11), 60))
def test_an_attacker_who_reads_all_doors_finds_no_hidden_count(tmp_path: Path, seed: int) -> None:
    found = attack_federation(tmp_path, seed)
    assert found.hidden
    assert not found.refused
    assert found.narrow == []
    assert found.same + found.besides < found.shown  # something is left to read


@pytest.mark.parametrize("seed", seeds((5,), (2, 5), 31))
def test_an_attacker_who_knows_what_bare_rates_are_out_of_finds_no_hidden_count(
    tmp_path: Path, seed: int
) -> None:
    found = attack_federation(tmp_path, seed, bare=True)
    assert found.hidden
    assert not found.refused
    assert found.narrow == []
    assert found.same + found.besides < found.shown

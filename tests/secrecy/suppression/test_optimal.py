"""The proved optimum is that of a program written from scratch, for another solver."""

from __future__ import annotations

import numpy as np
import pytest
from tables_of_cells import SHAPES, compact_optimum, table

from observatoire.secrecy import protection
from observatoire.secrecy.suppression.cell_system import build_system
from observatoire.secrecy.suppression.costs import default_costs


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "three_way"])
@pytest.mark.parametrize("seed", range(4))
def test_cost_is_the_least_possible(shape: str, seed: int) -> None:
    cells, relations = table(np.random.default_rng(seed), shape)
    if not ((cells > 0) & (cells < 11)).any():
        pytest.skip("nothing to protect")
    system = build_system(cells, relations)
    costs = dict(zip(system.labels, default_costs(system), strict=True))
    record = protection(cells, relations, 11)
    assert record.cost == pytest.approx(compact_optimum(cells, relations, 11, costs), rel=1e-5)
    assert record.bound == pytest.approx(record.cost, rel=1e-5)

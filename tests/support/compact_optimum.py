"""The least cost of hiding, by one whole-number program: the oracle of the library’s own."""

import numpy as np
from scipy import optimize
from tables_of_cells import equations


def compact_optimum(cells, relations, threshold: float, costs: dict) -> float:  # noqa: ANN001
    """Write every pair of tables of every sensitive cell in one mixed integer program."""
    labels = list(cells.index)
    rows, _ = equations(cells, labels, relations)
    counts, size, most = cells.to_numpy(), len(labels), float(cells.sum()) + 50.0
    under = np.flatnonzero((counts > 0) & (counts < threshold))
    free = (counts > 0) & (counts >= threshold)
    width = size * (1 + 2 * len(under))
    blocks, low, high = [], [], []

    def add(block: np.ndarray, least: float, greatest: float) -> None:
        blocks.append(block)
        low.append(least)
        high.append(greatest)

    for rank, cell in enumerate(under):
        starts = [size * (1 + 2 * rank), size * (2 + 2 * rank)]
        for start in starts:
            for row in rows:
                block = np.zeros(width)
                block[start : start + size] = row
                add(block, 0, 0)
            for column in range(size):
                for side, room in ((1.0, most), (-1.0, max(counts[column] - 1, 0.0))):
                    block = np.zeros(width)
                    block[start + column], block[column] = side, -room
                    add(block, -np.inf, 0)
        block = np.zeros(width)
        block[starts[0] + cell], block[starts[1] + cell] = 1.0, -1.0
        add(block, threshold, np.inf)
    price = np.zeros(width)
    price[:size] = [costs[label] if free[column] else 0 for column, label in enumerate(labels)]
    least, greatest = np.full(width, -np.inf), np.full(width, np.inf)
    least[:size], greatest[:size] = 0, 1
    least[under] = 1
    greatest[:size][counts == 0] = 0
    answer = optimize.milp(
        price,
        constraints=optimize.LinearConstraint(np.array(blocks), low, high),
        bounds=optimize.Bounds(least, greatest),
        integrality=np.arange(width) < size,
        options={"mip_rel_gap": 0.0},
    )
    assert answer.status == 0
    return answer.fun

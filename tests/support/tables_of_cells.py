"""Random tables of several shapes, and independent opinions on what an attacker can work out."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from scipy import optimize

SHAPES = ("two_way", "hierarchical", "cut_zonings", "linked", "three_way", "years")


def series(values: dict) -> pd.Series:
    index = pd.Index(list(values), tupleize_cols=False)
    return pd.Series(list(values.values()), index=index, dtype=float)


def counts(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw counts with zeros, singletons, small and large ones."""
    kinds = rng.choice(5, size=shape, p=[0.12, 0.13, 0.3, 0.35, 0.1])
    draws = [
        np.zeros(shape),
        np.ones(shape),
        rng.integers(1, 11, shape),
        rng.integers(11, 60, shape),
        rng.integers(60, 900, shape),
    ]
    return np.choose(kinds, draws).astype(float)


def table(rng: np.random.Generator, shape: str) -> tuple[pd.Series, list]:
    """Draw one table: cells and relations."""
    return {
        "two_way": two_way,
        "hierarchical": hierarchical,
        "cut_zonings": cut_zonings,
        "linked": linked,
        "three_way": three_way,
        "years": years,
    }[shape](rng)


def margins(inner: np.ndarray, name: str = "") -> tuple[dict, list]:
    """Add every margin to an array, whatever its number of dimensions."""
    cells, relations = {}, []
    axes = [[*range(size), "T"] for size in inner.shape]
    for place in itertools.product(*axes):
        picked = tuple(slice(None) if step == "T" else step for step in place)
        cells[name, *place] = float(inner[picked].sum())
        for axis, step in enumerate(place):
            if step == "T":
                parts = [
                    (name, *place[:axis], other, *place[axis + 1 :])
                    for other in range(inner.shape[axis])
                ]
                relations.append(((name, *place), parts))
    return cells, relations


def two_way(rng: np.random.Generator) -> tuple[pd.Series, list]:
    cells, relations = margins(counts(rng, (rng.integers(2, 6), rng.integers(2, 6))))
    return series(cells), relations


def three_way(rng: np.random.Generator) -> tuple[pd.Series, list]:
    cells, relations = margins(counts(rng, (2, rng.integers(2, 4), rng.integers(2, 4))))
    return series(cells), relations


def hierarchical(rng: np.random.Generator) -> tuple[pd.Series, list]:
    """Quartiers in communes in a whole, one to five quartiers a commune."""
    cells, relations, communes = {}, [], []
    for commune in range(rng.integers(2, 5)):
        inner = counts(rng, (rng.integers(1, 6),))
        parts = [f"q{commune}.{rank}" for rank in range(len(inner))]
        cells.update(zip(parts, inner, strict=True))
        cells[f"c{commune}"] = inner.sum()
        relations.append((f"c{commune}", parts))
        communes.append(f"c{commune}")
    cells["whole"] = sum(cells[commune] for commune in communes)
    relations.append(("whole", communes))
    return series(cells), relations


def cut_zonings(rng: np.random.Generator) -> tuple[pd.Series, list]:
    """Three zonings over the same published pieces, none nested in another."""
    size = int(rng.integers(4, 10))
    inner = counts(rng, (size,))
    cells = {f"p{piece}": inner[piece] for piece in range(size)}
    relations = []
    for zoning in range(3):
        owner = rng.integers(0, 3, size)
        for zone in np.unique(owner):
            members = [f"p{piece}" for piece in np.flatnonzero(owner == zone)]
            cells[f"z{zoning}.{zone}"] = inner[owner == zone].sum()
            relations.append((f"z{zoning}.{zone}", members))
    return series(cells), relations


def linked(rng: np.random.Generator) -> tuple[pd.Series, list]:
    """Two tables of the same territories: age by sex apart, their totals in common."""
    rows = int(rng.integers(2, 4))
    inner = counts(rng, (rows, 2, 3))
    first, ties = margins(inner.sum(axis=2), "sex")
    second, more = margins(inner.sum(axis=1), "age")
    same = [(("sex", row, "T"), [("age", row, "T")]) for row in [*range(rows), "T"]]
    return series(first | second), ties + more + same


def years(rng: np.random.Generator) -> tuple[pd.Series, list]:
    """Two categories over three years and their three-year sum: one publication, then the next."""
    cells, relations = margins(counts(rng, (3, 3)), "year")
    return series(cells), relations


def equations(cells: pd.Series, hidden: list, relations: list) -> tuple[np.ndarray, np.ndarray]:
    """Write what an attacker knows of the hidden cells, from scratch."""
    place = {label: column for column, label in enumerate(hidden)}
    shown = {label: value for label, value in cells.items() if label not in place}
    rows, sides = [], []
    for total, parts in relations:
        row, side = np.zeros(len(hidden)), 0.0
        for label, weight in [(total, -1.0), *((part, 1.0) for part in parts)]:
            if label in place:
                row[place[label]] += weight
            else:
                side -= weight * shown[label]
        rows.append(row)
        sides.append(side)
    return np.array(rows).reshape(-1, len(hidden)), np.array(sides)


def least_hidden(cells: pd.Series, hidden: list) -> float:
    """Return what anybody knows of a hidden count: zeros being shown, it is at least one."""
    return float(all(cells[label] > 0 for label in hidden))


def whole_interval(cells: pd.Series, hidden: list, relations: list, label: object) -> tuple:
    """Bound one hidden cell over whole numbers, by scipy's own solver."""
    rows, sides = equations(cells, hidden, relations)
    cost = np.zeros(len(hidden))
    cost[hidden.index(label)] = 1.0
    known = {
        "constraints": optimize.LinearConstraint(rows, sides, sides) if len(rows) else (),
        "bounds": optimize.Bounds(least_hidden(cells, hidden), np.inf),
        "integrality": np.ones(len(hidden)),
    }
    low, high = optimize.milp(cost, **known), optimize.milp(-cost, **known)
    assert low.status == 0
    return round(low.fun), round(-high.fun) if high.status == 0 else np.inf


def peer_interval(cells: pd.Series, hidden: list, relations: list, label: object) -> tuple:
    """Bound one hidden cell over real numbers, by scipy's own solver."""
    rows, sides = equations(cells, hidden, relations)
    cost = np.zeros(len(hidden))
    cost[hidden.index(label)] = 1.0
    known = {"A_eq": rows, "b_eq": sides} if len(rows) else {}
    known["bounds"] = (least_hidden(cells, hidden), None)
    low = optimize.linprog(cost, **known, method="highs-ds")
    high = optimize.linprog(-cost, **known, method="highs-ipm")
    assert low.status == 0
    assert high.status in (0, 3)
    return low.fun, -high.fun if high.status == 0 else np.inf


def enumerated(cells: pd.Series, hidden: list, relations: list, most: int) -> dict:
    """Bound hidden cells by trying every whole table."""
    rows, sides = equations(cells, hidden, relations)
    values = range(int(least_hidden(cells, hidden)), most + 1)
    grid = np.array(list(itertools.product(values, repeat=len(hidden))))
    possible = grid[(np.abs(grid @ rows.T - sides) < 1e-9).all(axis=1)]
    return {
        label: (possible[:, column].min(), possible[:, column].max())
        for column, label in enumerate(hidden)
    }


def shuffled(rng: np.random.Generator, cells: pd.Series, relations: list) -> tuple:
    """Write the same table in another order."""
    turned = [
        (total, [parts[place] for place in rng.permutation(len(parts))])
        for total, parts in (relations[place] for place in rng.permutation(len(relations)))
    ]
    return cells.iloc[rng.permutation(len(cells))], turned


def compact_optimum(cells, relations, threshold: float, costs: dict) -> float:  # noqa: ANN001
    """Return the least cost of hiding, every pair of tables of every sensitive cell in one program: the oracle."""
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

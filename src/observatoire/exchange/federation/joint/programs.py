"""What an attacker who counts by ones draws from all that is shown: a whole-number program a piece."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import highspy as highspy_untyped
import numpy as np
from scipy import sparse

from observatoire.secrecy.suppression.linear_programs import quiet_solver

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure, Fact, Piece

highspy: Any = highspy_untyped

#: Nodes of each search; what it has not reached by then is held impossible, on the safe side.
_NODES = 100

#: What it takes to lay out a program, and to begin a search over whole numbers, in steps of the simplex.
_LAID, _BEGUN = 10, 20

#: By how much a row may be missed by rounding, and what is left of a fact that contradicts the others.
_MARGIN, _BROKEN = 1e-6, 1e-5

#: By how much an interval may miss its floor by rounding.
_SLACK = 1e-5

_FEASIBLE = 2


def given_away(
    made: Exposure,
    hidden: Iterable[CountedCell] | None = None,
    without: Collection[CountedCell] = (),
) -> set[CountedCell]:
    """Return the hidden counts that can be worked out, or bounded under their floor.

    Parameters
    ----------
    made : Exposure
        What is shown and hidden.
    hidden : iterable of CountedCell, optional
        Those to look at; all by default.
    without : collection of CountedCell
        Figures that are not shown after all.
    """
    found: set[CountedCell] = set()
    left = dict.fromkeys(sorted(made.hidden if hidden is None else hidden))
    while left:
        piece = made.piece(next(iter(left)), without)
        wanted = [cell for cell in piece.cells if left.pop(cell, cell) is None]
        if not piece.facts:
            continue
        if made.spent(piece):
            made.unproven |= {*wanted}
            found |= {*wanted}
            continue
        for search in worlds(made, piece, without):
            found |= _narrow(search, wanted)
    return found


def worlds(
    made: Exposure, piece: Piece, without: Collection[CountedCell] = ()
) -> list[TableSearch]:
    """Return what is looked for in a piece; where its guesses contradict each other, with each of them alone.

    A false guess would have facts that are true left out for it. Those that the other facts deny are left
    out, unless they all are: then somebody is wrong, and nobody knows who.
    """
    whole = TableSearch(made, piece, without)
    guesses = sorted({fact.guess for fact in piece.facts if fact.guess is not None})
    if len(guesses) <= 1 or whole.met:
        return [whole]
    pieces = (
        piece._replace(facts=[fact for fact in piece.facts if fact.guess in (None, guess)])
        for guess in guesses
    )
    alone = (TableSearch(made, each, without) for each in pieces)
    return [search for search in alone if search.met] or [whole]


def _narrow(search: TableSearch, wanted: list[CountedCell]) -> set[CountedCell]:
    """Return the counts that are bounded too well, whoever is believed where members differ."""
    made, piece, without = search.made, search.piece, search.without
    found: set[CountedCell] = set()
    rivals = {
        who for cell in piece.cells if cell not in without for who in made.given.get(cell, ())
    }
    for believed in ("", *sorted(rivals)):
        trusting = TableSearch(made, piece, without, believed) if believed else search
        for cell in wanted:
            if made.spent(piece):
                made.unproven |= {cell} - found
                found.add(cell)
            elif cell not in found and trusting.narrow(cell):
                found.add(cell)
    return found


class TableSearch:
    """Finds how far apart whole tables that fit all facts leave a count."""

    def __init__(
        self, made: Exposure, piece: Piece, without: Collection[CountedCell], believed: str = ""
    ) -> None:
        self.made, self.piece, self.without = made, piece, without
        self.facts = piece.facts
        self.place = {cell: rank for rank, cell in enumerate(piece.cells)}
        self.whole = np.array([cell.quantity not in made.fractional for cell in piece.cells])
        self.amounts = [cell.quantity in made.amounts for cell in piece.cells]
        ends = [_ends(made, cell, without, believed) for cell in piece.cells]
        self.lower, self.upper = (np.array(side, dtype=float) for side in zip(*ends, strict=True))
        self.rows = [self._row(fact, without) for fact in piece.facts]
        self.seen_low = np.full(len(ends), math.inf)
        self.seen_high = np.full(len(ends), -math.inf)
        self._lay()
        self._solve(self.plain, _LAID)
        self._broken = self.plain.getModelStatus() == highspy.HighsModelStatus.kInfeasible

    @property
    def met(self) -> bool:
        """Whether a whole table is met that fits all facts."""
        return not self._broken and self._run()

    def narrow(self, cell: CountedCell) -> bool:
        """Say whether a count is bounded under its floor: no wide enough pair of tables fits."""
        rank, floor = self.place[cell], self.made.floors[cell]
        if self._enough(rank, floor):
            return False
        low, high = (self._end(rank, sign)[0] for sign in (1.0, -1.0))
        if not self._wide(rank, floor, low, high):
            return True
        if self.seen_low[rank] > low + _SLACK and not self._least(rank):
            self._relax()
            if not self._least(rank):
                return True
        least = self.seen_low[rank]
        aim = max(least + self._asked(rank, floor, least), floor) - _MARGIN
        if aim <= self.upper[rank] and not self._enough(rank, floor):
            for solver in (self.plain, self.solver):
                solver.changeColBounds(rank, max(aim, self.lower[rank]), self.upper[rank])
            self._run()
            for solver in (self.plain, self.solver):
                solver.changeColBounds(rank, self.lower[rank], self.upper[rank])
        return not self._enough(rank, floor)

    def binding(self, cell: CountedCell) -> list[Fact]:
        """Return the facts that bound a count, over real numbers; the nearest first."""
        rank = self.place[cell]
        duals = sum(np.abs(self._end(rank, sign)[1]) for sign in (1.0, -1.0))
        return [self.facts[k] for k in np.flatnonzero(duals > _MARGIN)]

    def _end(self, rank: int, sign: float) -> tuple[float, Any]:
        """Return the least, or the greatest, that real numbers leave a count, and what each row weighs in it."""
        if self._broken:
            self._relax(whole=False)
        self.plain.changeColCost(rank, sign)
        self._solve(self.plain)
        self.plain.changeColCost(rank, 0.0)
        if self.plain.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return -sign * math.inf, np.zeros(len(self.rows))
        found = self.plain.getSolution()
        self._kept(found.col_value)
        return float(found.col_value[rank]), np.array(found.row_dual)

    def _least(self, rank: int) -> bool:
        self.solver.changeColCost(rank, 1.0)
        met = self._searched()
        self.solver.changeColCost(rank, 0.0)
        return met

    def _enough(self, rank: int, floor: float) -> bool:
        return self._wide(rank, floor, self.seen_low[rank], self.seen_high[rank])

    def _wide(self, rank: int, floor: float, low: float, high: float) -> bool:
        return bool(high - low >= self._asked(rank, floor, low) - _SLACK and high >= floor - _SLACK)

    def _asked(self, rank: int, floor: float, low: float) -> float:
        """Return how wide the interval of a count must be; of an amount, as wide as it is high besides."""
        return max(floor, low) if self.amounts[rank] else floor

    def _run(self) -> bool:
        """Find any table: the one of real numbers where it is whole, or else a whole one."""
        self._solve(self.plain)
        optimal = self.plain.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return (optimal and self._kept(self.plain.getSolution().col_value)) or self._searched()

    def _searched(self) -> bool:
        self._solve(self.solver, _BEGUN)
        met = self.solver.getInfo().primal_solution_status == _FEASIBLE
        return met and self._kept(self.solver.getSolution().col_value, sure=True)

    def _solve(self, solver: Any, begun: int = 1) -> None:
        solver.run()
        work = (begun + solver.getInfo().simplex_iteration_count) * len(self.rows)
        self.made.spend(self.piece.cells[0], work)

    def _kept(self, found: Sequence[float], *, sure: bool = False) -> bool:
        """Keep a table, if it is whole and fits."""
        table = np.array(found)
        table = np.where(self.whole, np.round(table), table)
        if not sure:
            sums = self._matrix @ table
            if (sums < self._low).any() or (sums > self._high).any():
                return False
        self.seen_low = np.minimum(self.seen_low, table)
        self.seen_high = np.maximum(self.seen_high, table)
        return True

    def _row(
        self, fact: Fact, without: Collection[CountedCell]
    ) -> tuple[dict[int, float], float, float]:
        known, line = 0.0, {}
        for cell, weight in fact.weights.items():
            if cell in self.place:
                line[self.place[cell]] = weight
            else:
                known += weight * (self.made.value(cell, without) or 0.0)
        margin = _MARGIN * max(1.0, 1e-3 * abs(known))
        return line, fact.low - known - margin, fact.high - known + margin

    def _relax(self, *, whole: bool = True) -> None:
        """Leave out the facts that contradict the others: the least of them, whoever is wrong."""
        slack, self._broken = self._solver(slack=True, whole=whole), False
        self._solve(slack, _BEGUN)
        kept = np.zeros(len(self.rows), dtype=bool)
        if slack.getInfo().primal_solution_status == _FEASIBLE:
            over = np.array(slack.getSolution().col_value[len(self.place) :])
            kept = over.reshape(-1, 2).max(axis=1) <= _BROKEN
        self.rows = [row for row, sure in zip(self.rows, kept, strict=True) if sure]
        self.facts = [fact for fact, sure in zip(self.facts, kept, strict=True) if sure]
        self._lay()

    def _lay(self) -> None:
        """Put rows into matrices and programs."""
        lines = [line for line, _, _ in self.rows]
        ends = np.array([row[1:] for row in self.rows]).reshape(-1, 2)
        self._low, self._high = ends[:, 0], ends[:, 1]
        starts = np.cumsum([0, *map(len, lines)])
        ranks = np.array([rank for line in lines for rank in line], dtype=np.int32)
        weights = np.array([by for line in lines for by in line.values()], dtype=float)
        shape = (len(lines), len(self.place))
        self._matrix = sparse.csr_array((weights, ranks, starts), shape=shape)
        self.plain, self.solver = self._solver(whole=False), self._solver()

    def _solver(self, *, whole: bool = True, slack: bool = False) -> Any:
        """Return the program; with slack, each row may be missed, at a cost."""
        count, extra = len(self.place), 2 * len(self.rows) * slack
        matrix = self._matrix
        if slack:
            missed = sparse.kron(sparse.eye_array(len(self.rows)), np.array([[1.0, -1.0]]))
            matrix = sparse.csr_array(sparse.hstack([matrix, missed], format="csr"))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = count + extra, len(self.rows)
        model.col_cost_ = np.concatenate([np.zeros(count), np.ones(extra)])
        model.col_lower_ = np.concatenate([self.lower, np.zeros(extra)])
        model.col_upper_ = np.concatenate([self.upper, np.full(extra, math.inf)])
        if whole and self.whole.any():
            kinds = highspy.HighsVarType
            model.integrality_ = [
                *(kinds.kInteger if each else kinds.kContinuous for each in self.whole),
                *[kinds.kContinuous] * extra,
            ]
        model.row_lower_, model.row_upper_ = self._low, self._high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
        model.a_matrix_.value_ = matrix.data
        solver = quiet_solver(mip_rel_gap=0.0, mip_max_nodes=_NODES)
        solver.passModel(model)
        return solver


def _ends(
    made: Exposure, cell: CountedCell, without: Collection[CountedCell], believed: str
) -> tuple[float, float]:
    """Return between what an unknown count stands by itself.

    Zeros being shown, what is hidden is at least one. What members say differently is between the least
    and the greatest of it, or what the one who is believed says.
    """
    whole = cell.quantity not in made.fractional
    given = made.given.get(cell, {})
    if not given:
        sure = whole and cell in made.hiding and cell not in made.implied
        return float(sure), math.inf
    if cell in without:
        return (1.0 if whole and min(given.values()) >= 1 else 0.0), math.inf
    known = [given[believed]] if believed in given else list(given.values())
    low, high = min(known), max(known)
    return (math.floor(low), math.ceil(high)) if whole else (low, high)


#: Figures that are tried, one after the other, as the one to withhold.
_TRIED = 12


def withheld_for(
    made: Exposure, cell: CountedCell, without: Collection[CountedCell] = ()
) -> list[CountedCell] | None:
    """Return what to withhold besides so that a count is safe; nothing where nothing suffices.

    The nearest figures are tried one by one; where none is enough, the nearest is withheld, and so on.
    """
    more: list[CountedCell] = []
    while given_away(made, [cell], known := {*without, *more}):
        piece = made.piece(cell, known)
        if made.spent(piece):  # nothing more is proven of it: all that bears on it is withheld
            near = made.near(piece.facts, known)
            if not near:
                return more
            more += near
            continue
        near = [one for one in _near(made, cell, known) if one != cell]
        if not near:
            return None
        enough = (one for one in near[:_TRIED] if not given_away(made, [cell], {*known, one}))
        more.append(next(enough, near[0]))
    return spared(made, [cell], more, without)


def _near(made: Exposure, cell: CountedCell, without: Collection[CountedCell]) -> list[CountedCell]:
    """Return the figures that bound a count, the nearest first; then the others that bear on it."""
    piece = made.piece(cell, without)
    searches = worlds(made, piece, without)
    telling = [each for each in searches if each.narrow(cell)] if len(searches) > 1 else searches
    binding = [fact for each in telling for fact in each.binding(cell)]
    return list(dict.fromkeys([*made.near(binding, without), *made.near(piece.facts, without)]))


def spared(
    made: Exposure,
    hidden: Collection[CountedCell],
    withheld: list[CountedCell],
    without: Collection[CountedCell] = (),
) -> list[CountedCell]:
    """Return what of some figures must be withheld, the last first being shown again where all stays safe."""
    kept = list(withheld)
    for one in reversed(withheld):
        left = {*without, *kept} - {one}
        touched = made.bears_on(one, {*left, one}).intersection(hidden)
        if not given_away(made, touched, left):
            kept.remove(one)
    return kept

"""Linear programs over hidden cells: a model built once, solved again from where it was.

Everything is written in deviations from the true cells, so that zero is always a solution and no
program is infeasible unless the data contradict themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy as highspy_untyped
import numpy as np

from observatoire.errors import SecrecyError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

highspy: Any = highspy_untyped

#: Name and version of the solver, as the certificate prints it.
SOLVER = f"HiGHS {highspy.Highs().version()}"

#: Iterations of the simplex after which a program is given up, and nothing is published.
ITERATION_LIMIT = 1_000_000

_UNBOUNDED = (
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


@dataclass(frozen=True, slots=True)
class Solution:
    """What a program answered: ``point`` is a solution, or a ray when it is unbounded."""

    value: float
    point: NDArray[np.float64]
    bounded: bool


class Program:
    """A linear program whose objective or bounds change between two solves.

    Parameters
    ----------
    matrix : scipy.sparse array
        Rows by columns.
    rows : tuple of arrays
        Least and greatest activity of each row.
    columns : tuple of arrays
        Least and greatest value of each column.
    cost : array, optional
        Costs to minimise; nil when left out.

    Examples
    --------
    >>> import numpy as np; from scipy import sparse
    >>> program = Program(sparse.csr_array([[1.0, 1.0]]), ([7.0], [7.0]), ([0, 0], [9.0, 9.0]))
    >>> program.extreme(0, maximise=True).value, program.extreme(0, maximise=False).value
    (7.0, 0.0)
    """

    def __init__(
        self,
        matrix: sparse.csr_array | sparse.coo_array,
        rows: tuple[Any, Any],
        columns: tuple[Any, Any],
        cost: NDArray[np.float64] | None = None,
    ) -> None:
        model = highspy.HighsLp()
        by_column = matrix.tocsc()
        model.num_row_, model.num_col_ = by_column.shape
        model.row_lower_, model.row_upper_ = (np.asarray(side, dtype=float) for side in rows)
        model.col_lower_, model.col_upper_ = (np.asarray(side, dtype=float) for side in columns)
        model.col_cost_ = np.zeros(by_column.shape[1]) if cost is None else cost
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = by_column.indptr
        model.a_matrix_.index_ = by_column.indices
        model.a_matrix_.value_ = by_column.data
        self.solved = 0
        self._transposed = matrix.T
        self._solver = highspy.Highs()
        for option, setting in {
            "output_flag": False,
            "presolve": "off",
            "solver": "simplex",
            "threads": 1,
            "simplex_iteration_limit": ITERATION_LIMIT,
        }.items():
            self._solver.setOptionValue(option, setting)
        self._solver.passModel(model)

    def extreme(self, column: int, *, maximise: bool) -> Solution:
        """Find the greatest or the least value of one column."""
        sign = -1.0 if maximise else 1.0
        self._solver.changeColCost(column, sign)
        solution = self.minimise()
        self._solver.changeColCost(column, 0.0)
        value = sign * solution.value if solution.bounded else -sign * np.inf
        return Solution(value, solution.point, solution.bounded)

    def recost(self, cost: NDArray[np.float64]) -> None:
        """Change every cost."""
        columns = np.arange(len(cost), dtype=np.int32)
        self._solver.changeColsCost(len(cost), columns, cost)

    def minimise(self) -> Solution:
        """Solve for the current costs; raise when the solver proves nothing."""
        self._solver.run()
        self.solved += 1
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            point = np.asarray(self._solver.getSolution().col_value)
            return Solution(self._solver.getInfo().objective_function_value, point, bounded=True)
        if status in _UNBOUNDED:
            _, found, ray = self._solver.getPrimalRay()
            return Solution(-np.inf, np.asarray(ray) if found else np.empty(0), bounded=False)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise InfeasibleError
        raise SecrecyError(
            f"Le solveur s’est arrêté sans conclure ({self._solver.modelStatusToString(status)}).",
            where=SOLVER,
            why="Sans preuve que le secret tient, rien n’est publié.",
            remedy="Vérifiez l’ordre de grandeur des cellules et des poids, ou découpez la table.",
            solver_status=str(status),
        )

    def rebound(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Change the bounds of every column."""
        columns = np.arange(len(low), dtype=np.int32)
        self._solver.changeColsBounds(len(low), columns, low, high)

    def priced(self) -> NDArray[np.float64]:
        """Value each column at the prices that the last optimum gives to the rows."""
        prices: NDArray[np.float64] = self._transposed @ self._solver.getSolution().row_dual
        return prices


class InfeasibleError(Exception):
    """No point satisfies the rows: the caller knows what that means, and says so in French."""

"""Linear programs over hidden cells: a model built once, solved again from where it was.

Everything is written in deviations from the true cells, so that zero is always a solution and no
program is infeasible unless the data contradict themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import highspy as highspy_untyped
import numpy as np

from observatoire.errors import SecrecyError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    Sides: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64]]


highspy: Any = highspy_untyped

#: Iterations of the simplex after which a program is given up, and nothing is published.
ITERATION_LIMIT = 1_000_000

_DECIDED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
UNBOUNDED = (
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class _SilentHighs(highspy.Highs):  # type: ignore[misc]
    """HiGHS, silent before its first action: since 1.16 making one prints a banner."""

    def enableCallbacks(self) -> None:  # noqa: N802, the name is the library's
        """Silence the solver, then let callbacks be set, which is what printed."""
        self.silent()
        super().enableCallbacks()


def quiet_solver(**options: object) -> Any:
    """Return a solver of one thread that prints nothing, whatever its version."""
    solver = _SilentHighs()
    for option, setting in {
        "output_flag": False,
        "log_to_console": False,
        "threads": 1,
        **options,
    }.items():
        solver.setOptionValue(option, setting)
    return solver


#: Name and version of the solver, as the certificate prints it.
SOLVER = f"HiGHS {quiet_solver().version()}"


def simplex() -> Any:
    """Return the solver of linear programs."""
    return quiet_solver(presolve="off", solver="simplex", simplex_iteration_limit=ITERATION_LIMIT)


class InfeasibleError(SecrecyError):
    """No point satisfies the rows."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Some columns of a matrix, by column, without the rows they leave empty.

    Thousands of small programs are cut out of one matrix: plain arrays are cut ten times faster
    than sparse ones.
    """

    starts: NDArray[np.integer[Any]]
    rows: NDArray[np.integer[Any]]
    weights: NDArray[np.float64]
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self.height, len(self.starts) - 1

    @classmethod
    def of(cls, matrix: sparse.csc_array, columns: NDArray[np.integer[Any]]) -> Coefficients:
        """Cut columns out of a matrix."""
        first = matrix.indptr[columns]
        lengths = matrix.indptr[columns + 1] - first
        starts = np.concatenate([[0], np.cumsum(lengths)])
        entries = np.repeat(first - starts[:-1], lengths) + np.arange(starts[-1])
        rows = matrix.indices[entries]
        present = np.zeros(matrix.shape[0], dtype=bool)
        present[rows] = True
        rank = np.cumsum(present, dtype=np.int32) - 1
        return cls(
            starts.astype(np.int32),
            rank[rows].astype(np.int32),
            matrix.data[entries],
            int(present.sum()),
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
    matrix : Coefficients
        Rows by columns.
    rows : tuple of arrays
        Least and greatest activity of each row.
    columns : tuple of arrays
        Least and greatest value of each column.
    solver : Highs, optional
        That of a program which is done with, from :func:`simplex`: making one takes as long as a
        small program.
    cost, whole : array, optional
        Cost of each column, and which are whole: nothing, and none, by default.

    Examples
    --------
    >>> import numpy as np; from scipy import sparse
    >>> line = Coefficients.of(sparse.csc_array([[1.0, 1.0]]), np.array([0, 1]))
    >>> seven, nine = np.array([7.0]), np.array([9.0, 9.0])
    >>> program = Program(line, (seven, seven), (0 * nine, nine))
    >>> program.extreme(0, maximise=True).value, program.extreme(0, maximise=False).value
    (7.0, 0.0)
    """

    def __init__(
        self,
        matrix: Coefficients,
        rows: Sides,
        columns: Sides,
        solver: Any = None,
        cost: Any = 0.0,
        whole: Any = False,  # noqa: FBT002 - or which columns are
    ) -> None:
        self._matrix = matrix
        self._solver = solver or simplex()
        height, width = matrix.shape
        # Plain arrays, which the solver takes as they are: a model filled field by field is as long
        # to make as a small program is to solve. The last says which columns are whole.
        self._solver.passModel(
            width,
            height,
            len(matrix.rows),
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.broadcast_to(cost, width).astype(float),
            *columns,
            *rows,
            matrix.starts,
            matrix.rows,
            matrix.weights,
            np.broadcast_to(whole, width).astype(np.int32),
        )

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
        status = self._run()
        if status == highspy.HighsModelStatus.kOptimal:
            point = np.asarray(self._solver.getSolution().col_value)
            return Solution(self._solver.getObjectiveValue(), point, bounded=True)
        if status in UNBOUNDED:
            _, found, ray = self._solver.getPrimalRay()
            return Solution(-np.inf, np.asarray(ray) if found else np.empty(0), bounded=False)
        if status == highspy.HighsModelStatus.kInfeasible:
            raise InfeasibleError(
                "Aucun tableau ne satisfait toutes les relations.",
                where=SOLVER,
                why="Des relations qui se contredisent rendent le calcul du secret faux.",
                remedy="Vérifiez les totaux et les bornes.",
            )
        raise SecrecyError(
            f"Le solveur s’est arrêté sans conclure ({self._solver.modelStatusToString(status)}).",
            where=SOLVER,
            why="Sans preuve que le secret tient, rien n’est publié.",
            remedy="Vérifiez l’ordre de grandeur des cellules et des poids, ou découpez la table.",
            solver_status=str(status),
        )

    def _run(self) -> object:
        """Solve from the last basis; should rounding lead that astray, once more from nothing."""
        self._solver.run()
        status = self._solver.getModelStatus()
        if status in (*UNBOUNDED, *_DECIDED):
            return status
        self._solver.clearSolver()
        self._solver.run()
        return self._solver.getModelStatus()

    def rebound(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> None:
        """Change the bounds of every column."""
        columns = np.arange(len(low), dtype=np.int32)
        self._solver.changeColsBounds(len(low), columns, low, high)

    def prices(self) -> NDArray[np.float64]:
        """Return the price of each row at the last optimum: nothing for those that do not bind."""
        return np.asarray(self._solver.getSolution().row_dual)

    def priced(self) -> NDArray[np.float64]:
        """Value each column at the prices that the last optimum gives to the rows."""
        prices = self.prices()
        matrix = self._matrix
        worth = matrix.weights * prices[matrix.rows]
        column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.starts))
        total: NDArray[np.float64] = np.bincount(column, worth, matrix.shape[1]).astype(float)
        return total

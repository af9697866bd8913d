"""The intervals are those an attacker finds: two other solvers and brute force agree."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import pandas as pd
import pytest
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from tables_of_cells import (
    SHAPES,
    enumerated,
    equations,
    margins,
    peer_interval,
    series,
    table,
    whole_interval,
)

from observatoire.errors import SecrecyError
from observatoire.secrecy import Part, audit
from observatoire.secrecy.suppression.linear_programs import Coefficients, Program


def hide(cells: pd.Series, hidden: list) -> pd.Series:
    marks = ["secret" if label in hidden else "observed" for label in cells.index]
    return pd.Series(marks, index=cells.index)


def hide_inner(cells: pd.Series) -> pd.Series:
    return hide(cells, [label for label in cells.index if "T" not in label])


def draw_hidden(rng: np.random.Generator, cells: pd.Series, share: float) -> list:
    return [label for label in cells.index if rng.random() < share]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=cases(15), deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.1, 0.9))
def test_intervals_agree_with_scipy(shape: str, seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    cells, relations = table(rng, shape)
    hidden = draw_hidden(rng, cells, share)
    found = audit(cells, hide(cells, hidden), relations, threshold=11)
    assert list(found.index) == hidden
    asked = [0 < cells[label] < 11 for label in hidden]
    assert found["sensitive"].tolist() == asked
    for label, row in found.iterrows():
        least, most = peer_interval(cells, hidden, relations, label)
        low, high = whole_interval(cells, hidden, relations, label)
        assert least - 1e-5 <= row["low"] <= low
        assert high <= row["high"] <= most + 1e-5
        assert row["safe"] == (not row["sensitive"] or (high - low >= 11 and high >= 11))


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=cases(15), deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_cell_that_rank_recovers_is_recoverable(shape: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells, relations = table(rng, shape)
    hidden = draw_hidden(rng, cells, 0.4)
    found = audit(cells, hide(cells, hidden), relations)
    rows, _ = equations(cells, hidden, relations)
    full = np.linalg.matrix_rank(rows) if rows.size else 0
    for place, recoverable in enumerate(found["recoverable"]):
        by_rank = (
            rows.size
            and np.linalg.matrix_rank(np.vstack([rows, np.eye(len(hidden))[place]])) == full
        )
        assert recoverable or not by_rank
        assert not recoverable or found["width"].iloc[place] <= 1e-6


@pytest.mark.parametrize("seed", range(16))
def test_brute_force_agrees_on_tiny_whole_tables(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inner = rng.integers(0, 4, (2, 3)).astype(float)
    cells = {(r, c): inner[r, c] for r in range(2) for c in range(3)}
    cells |= {("T", c): inner[:, c].sum() for c in range(3)}
    cells |= {(r, "T"): inner[r].sum() for r in range(2)}
    relations = [(("T", c), [(0, c), (1, c)]) for c in range(3)]
    relations += [((r, "T"), [(r, c) for c in range(3)]) for r in range(2)]
    whole = series(cells)
    hidden = [label for label in cells if "T" not in label and rng.random() < 0.85]
    expected = enumerated(whole, hidden, relations, most=9)
    found = audit(whole, hide(whole, hidden), relations)
    for label, low, high in zip(found.index, found["low"], found["high"], strict=True):
        assert (low, high) == pytest.approx(expected[label], abs=1e-6)


def test_values_of_hidden_cells_are_not_needed() -> None:
    rng = np.random.default_rng(8)
    for shape in SHAPES * 4:
        cells, relations = table(rng, shape)
        hidden = draw_hidden(rng, cells[cells > 0], 0.5)
        known = audit(cells, hide(cells, hidden), relations)
        masked = cells.where(~cells.index.isin(hidden))
        unknown = audit(masked, hide(cells, hidden), relations)
        pd.testing.assert_frame_equal(known, unknown, atol=1e-5, check_exact=False)


def test_a_cell_alone_is_recovered() -> None:
    cells = series({f"q{rank}": 20 + rank for rank in range(28)} | {"commune": 938})
    relations = [("commune", [f"q{rank}" for rank in range(28)])]
    found = audit(cells, hide(cells, ["q7"]), relations, threshold=11)
    assert found.loc["q7", ["low", "high", "recoverable"]].tolist() == [27, 27, True]


def test_safe_alone_and_unsafe_beside_another() -> None:
    cells = series({"commune": 60, "a": 5, "b": 15, "c": 40, "zus": 45})
    nested, zus = ("commune", ["a", "b", "c"]), ("zus", ["a", "c"])
    statuses = hide(cells, ["a", "b"])
    assert audit(cells, statuses, [nested], threshold=11)["safe"].all()
    joint = audit(cells, statuses, [nested, zus], threshold=11)
    assert joint.loc["a", "recoverable"]
    assert not joint.loc["a", "safe"]


def test_singletons_in_a_row_are_all_found() -> None:
    """Zeros being shown, each is at least one: three that make three are one each."""
    cells = series({"T": 103, "a": 1, "b": 1, "c": 1, "d": 100})
    found = audit(cells, hide(cells, ["a", "b", "c"]), [("T", list("abcd"))], threshold=11)
    assert found["recoverable"].all()
    zeros = audit(cells, hide(cells, ["a", "b", "c"]), [("T", list("abcd"))], hide_zero=True)
    assert zeros["width"].tolist() == [3, 3, 3]
    assert not found["safe"].any()


def test_total_recomputed_without_the_hidden_cells_gives_them_away() -> None:
    cells = series({"T": 100, "a": 5, "b": 25, "c": 70, "T shown": 70})
    relations = [("T", ["a", "b", "c"]), ("T shown", ["c"])]
    found = audit(cells, hide(cells, ["T", "a", "b"]), relations, threshold=11)
    assert found["safe"].all()
    recomputed = series({"T": 95, "a": 5, "b": 25, "c": 70})
    with pytest.raises(SecrecyError, match="diffèrent de 5,00"):
        audit(recomputed, hide(recomputed, ["a"]), [("T", ["a", "b", "c"])])


def test_a_year_from_a_total_over_years() -> None:
    cells = series({"2010-2012": 40, "2010": 15, "2011": 4, "2012": 21})
    found = audit(cells, hide(cells, ["2011"]), [("2010-2012", ["2010", "2011", "2012"])])
    assert found["recoverable"].all()


def test_a_sum_of_zero_gives_its_parts_away() -> None:
    cells = series({"T": 0, "a": 0, "b": 0})
    found = audit(cells, hide(cells, ["a", "b"]), [("T", ["a", "b"])])
    assert found["recoverable"].tolist() == [True, True]


def test_a_rate_times_its_denominator() -> None:
    cells = series({"unemployed": 5, "active": 40})
    shown = hide(cells, ["unemployed"])
    found = audit(cells, shown, [("unemployed", [Part("active", 0.125)])])
    assert found["recoverable"].all()


def test_bounds_of_an_attacker_narrow_the_interval() -> None:
    cells = series({"T": 60, "a": 5, "b": 15, "c": 40})
    relations = [("T", ["a", "b", "c"])]
    bounds = pd.DataFrame({"low": [12.0], "high": [np.nan]}, index=["b"])
    found = audit(cells, hide(cells, ["a", "b"]), relations, threshold=11, bounds=bounds)
    assert found.loc["a", ["low", "high"]].tolist() == [1, 8]
    assert not found.loc["a", "safe"]


def test_reaching_the_threshold_is_not_enough() -> None:
    """Between 7 and 13, the cell may be above 11, but is known to within six."""
    cells = series({"T": 20, "a": 8, "b": 12})
    bounds = pd.DataFrame({"low": [7], "high": [13]}, index=["b"])
    found = audit(cells, hide(cells, ["a", "b"]), [("T", ["a", "b"])], threshold=11, bounds=bounds)
    assert found.loc["a", ["low", "high"]].tolist() == [7, 13]
    assert not found.loc["a", "safe"]


def test_interval_of_a_balance_must_reach_the_threshold() -> None:
    """Wide enough, but all of it below the threshold: proved small, hence not safe."""
    cells = series({"gap": 2, "a": 30, "b": 28})
    bounds = pd.DataFrame({"low": [-20], "high": [8]}, index=["gap"])
    relations = [("gap", ["a", Part("b", -1)])]
    found = audit(cells, hide(cells, ["gap", "a"]), relations, threshold=11, bounds=bounds)
    assert found.loc["gap", ["low", "high"]].tolist() == [-20, 8]
    assert not found.loc["gap", "safe"]


def test_nothing_bounds_a_cell_in_no_relation() -> None:
    cells = series({"alone": 5})
    found = audit(cells, hide(cells, ["alone"]), [], threshold=11)
    assert found.loc["alone", ["low", "high", "safe"]].tolist() == [1, np.inf, True]


def test_nothing_hidden_is_an_empty_report() -> None:
    found = audit(series({"a": 5}), hide(series({"a": 5}), []), [], threshold=11)
    assert found.empty
    assert "safe" in found


def test_what_a_producer_hides_is_sensitive_whatever_its_size() -> None:
    cells = series({"T": 100, "a": np.nan, "b": 40})
    found = audit(cells, hide(cells, ["a"]), [("T", ["a", "b"])], threshold=11)
    assert found.loc["a", ["low", "sensitive", "safe"]].tolist() == [60, True, False]
    found = audit(cells, hide(cells, ["a"]), [("T", ["a", "b"])], threshold=11, absent=["a"])
    assert found.loc["a", ["low", "sensitive", "safe"]].tolist() == [60, False, True]


def test_a_cube_whose_halves_are_no_people() -> None:
    """Over real numbers each cell may be a half; over whole ones, only one table is left."""
    inner = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]]], dtype=float) * 1 + 1
    cells, relations = margins(inner)
    whole = series(cells)
    hidden = [label for label in cells if "T" not in label]
    found = audit(whole, hide(whole, hidden), relations, threshold=2)
    for label, row in found.iterrows():
        low, high = whole_interval(whole, hidden, relations, label)
        assert row["safe"] == (not row["sensitive"] or (high - low >= 2 and high >= 2))


def test_solver_that_gives_up_publishes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, relations = table(np.random.default_rng(5), "three_way")
    monkeypatch.setattr("observatoire.secrecy.suppression.linear_programs.ITERATION_LIMIT", 0)
    with pytest.raises(SecrecyError, match="sans conclure"):
        audit(cells, hide_inner(cells), relations)


class Astray:
    """A solver that concludes nothing until it is asked to forget its last basis."""

    def __init__(self, solver: Any) -> None:
        self.solver, self.astray = solver, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.solver, name)

    def clearSolver(self) -> None:  # noqa: N802 - the name HiGHS gives it
        self.astray = False
        self.solver.clearSolver()

    def getModelStatus(self) -> Any:  # noqa: N802
        lost = highspy.HighsModelStatus.kUnknown
        return lost if self.astray else self.solver.getModelStatus()


def test_solver_astray_is_started_again() -> None:
    line = Coefficients.of(sparse.csc_array([[1.0, 1.0]]), np.array([0, 1]))
    seven, nine = np.array([7.0]), np.array([9.0, 9.0])
    program = Program(line, (seven, seven), (0 * nine, nine))
    program._solver = Astray(program._solver)
    assert program.extreme(0, maximise=True).value == 7


@pytest.mark.parametrize(
    ("status", "said"),
    [("hidden", "Statut inconnu"), ("observed", "son effectif manque")],
)
def test_impossible_statuses(status: str, said: str) -> None:
    cells = series({"T": 100, "a": np.nan, "b": 40})
    statuses = pd.Series({"T": "observed", "a": status, "b": "secret"})
    with pytest.raises(SecrecyError, match=said):
        audit(cells, statuses, [("T", ["a", "b"])])


def test_statuses_of_other_cells() -> None:
    cells = series({"a": 1, "b": 2})
    with pytest.raises(SecrecyError, match="« b » n’y figure pas"):
        audit(cells, pd.Series({"a": "secret"}), [])
    with pytest.raises(SecrecyError, match="Cellule inconnue : « c »"):
        audit(cells, pd.Series({"a": "secret", "b": "secret", "c": "secret"}), [])
    twice = pd.Series(["secret"] * 3, index=["a", "a", "b"])
    with pytest.raises(SecrecyError, match="plusieurs fois"):
        audit(cells, twice, [])

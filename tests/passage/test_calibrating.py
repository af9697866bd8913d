from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire import passage
from observatoire.errors import PassageError, UnknownNameError

LINKS = pd.DataFrame(
    {
        "source": ["a", "a", "b", "b"],
        "target": ["X", "Y", "X", "Y"],
        "weight": [0.5, 0.5, 0.5, 0.5],
    }
)
P = passage.from_table(LINKS)
COUNTS = pd.DataFrame({"pop": [10.0, 20.0]}, index=["a", "b"])


def by_target(table: Any) -> Any:
    return table.set_index("target")


def test_a_published_total_is_kept_and_its_neighbours_follow() -> None:
    out = by_target(P.apply(COUNTS, totals=pd.Series({"X": 18.0})))
    assert out.loc["X", ["value", "low", "high", "status"]].tolist() == [
        18.0,
        18.0,
        18.0,
        "observed",
    ]
    assert out.value["Y"] == pytest.approx(12.0)
    # Nothing is outside, so that what X does not hold is in Y.
    assert out.loc["Y", ["low", "high"]].tolist() == pytest.approx([12.0, 12.0])


def test_bounds_tighten_from_source_to_source() -> None:
    links = pd.DataFrame({"source": ["a", "a"], "target": ["X", "Y"], "weight": [0.5, 0.5]})
    out = by_target(
        passage.from_table(links).apply(
            pd.DataFrame({"pop": [10.0]}, index=["a"]), totals=pd.Series({"X": 7.0})
        )
    )
    assert out.loc["Y", ["value", "low", "high"]].tolist() == pytest.approx([3.0, 3.0, 3.0])


def test_what_may_be_outside_keeps_the_floor_down() -> None:
    links = pd.DataFrame({"source": ["a", "a"], "target": ["X", "Y"], "weight": [0.4, 0.4]})
    out = by_target(
        passage.from_table(links).apply(
            pd.DataFrame({"pop": [10.0]}, index=["a"]), totals=pd.Series({"X": 7.0})
        )
    )
    assert out.loc["Y", ["low", "high"]].tolist() == pytest.approx([0.0, 3.0])


def test_a_total_that_the_sources_contradict_is_kept_and_said() -> None:
    out = by_target(P.apply(COUNTS, totals=pd.Series({"X": 99.0})))
    assert out.value["X"] == 99.0
    assert "encadrement" in out.reason["X"]
    assert out.loc["Y", ["low", "high"]].tolist() == [0.0, 30.0]


def test_totals_by_variable() -> None:
    counts = COUNTS.assign(dwellings=[5.0, 6.0])
    out = P.apply(counts, totals=pd.DataFrame({"pop": {"X": 18.0}}))
    kept = out.set_index(["target", "variable"])
    assert kept.status["X", "pop"] == "observed"
    assert kept.value["X", "dwellings"] == 5.5
    named = P.apply(counts, totals=pd.Series({"X": 3.0}, name="dwellings"))
    assert named.set_index(["target", "variable"]).value["X", "dwellings"] == 3.0


def test_bad_totals_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Z"):
        P.apply(COUNTS, totals=pd.Series({"Z": 1.0}))
    with pytest.raises(PassageError, match="X"):
        P.apply(COUNTS, totals=pd.Series({"X": -1.0}))
    with pytest.raises(UnknownNameError, match="autre"):
        P.apply(COUNTS, totals=pd.DataFrame({"autre": {"X": 1.0}}))
    with pytest.raises(PassageError, match="taux"):
        P.apply(COUNTS, nature="rate", totals=pd.Series({"X": 1.0}))


def test_a_calibrated_passage_restores_totals_and_carries_other_variables() -> None:
    p = P.calibrate(COUNTS["pop"].rename("pop"), pd.Series({"X": 18.0}))
    assert p.method == "table de passage + calage"
    assert p.parameters["calibrated_on"] == "pop"
    assert by_target(p.apply(COUNTS)).value["X"] == pytest.approx(18.0)
    assert by_target(p.apply(COUNTS * 2)).value["X"] == pytest.approx(36.0)
    assert p.verify(COUNTS).balanced.all()
    assert (P.weights.weight == 0.5).all()


def test_totals_out_of_reach_are_named() -> None:
    p = P.calibrate(COUNTS["pop"], pd.Series({"X": 99.0}))
    assert "X" in p.remarks[-1]
    assert p.verify(COUNTS).balanced.all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_truth_is_within_the_tightened_bounds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes, targets = [f"s{k}" for k in range(5)], [f"T{j}" for j in range(4)]
    truth, weight = rng.dirichlet(np.ones(4), 5), rng.dirichlet(np.ones(4), 5)
    rows = [(c, t, weight[k, j]) for k, c in enumerate(codes) for j, t in enumerate(targets)]
    p = passage.from_table(pd.DataFrame(rows, columns=["source", "target", "weight"]))
    counts = pd.DataFrame({"v": rng.uniform(1, 50, 5)}, index=codes)
    real = truth.T @ counts["v"].to_numpy()
    known = pd.Series(real[:2], index=targets[:2])
    loose, tight = by_target(p.apply(counts)), by_target(p.apply(counts, totals=known))
    np.testing.assert_allclose(tight.value[targets[:2]], real[:2])
    others = targets[2:]
    assert (tight.low[others] <= real[2:] + 1e-9).all()
    assert (real[2:] <= tight.high[others] + 1e-9).all()
    assert (tight.low >= loose.low - 1e-9).all()
    assert (tight.high <= loose.high + 1e-9).all()
    assert tight.value.sum() == pytest.approx(counts["v"].sum(), rel=1e-6)

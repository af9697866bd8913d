from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import CRS, squares
from scipy.optimize import linprog

from observatoire import passage
from observatoire.errors import ObservatoireError, PassageError, UnknownNameError

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


@settings(max_examples=cases(25), deadline=None)
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


def test_totals_that_all_refuse_a_source_leave_it_where_it_was() -> None:
    p = P.calibrate(COUNTS["pop"], pd.Series({"X": 0.0, "Y": 0.0}))
    assert p.outside.tolist() == pytest.approx([0.0, 0.0])
    assert "X et Y" in p.remarks[-1]
    assert p.verify(COUNTS).balanced.all()


def test_a_total_that_holds_hidden_people_does_not_move_the_others() -> None:
    p = P.calibrate(COUNTS["pop"].where(COUNTS["pop"] > 10), pd.Series({"X": 25.0}))
    assert p.weights.weight.tolist() == P.weights.weight.tolist()
    assert "faute de sources connues" in p.remarks[-1]


def test_calibrating_takes_what_analysts_have() -> None:
    expected = P.calibrate(COUNTS["pop"], pd.Series({"X": 18.0})).weights
    for counts, totals in (
        (COUNTS, {"X": 18}),
        (COUNTS["pop"].astype(object), pd.DataFrame({"known": {"X": 18}})),
    ):
        pd.testing.assert_frame_equal(P.calibrate(counts, totals).weights, expected)
    out = by_target(P.apply(COUNTS, totals={"X": 18.0}))
    assert out.status["X"] == "observed"


@pytest.mark.parametrize(
    ("counts", "word"),
    [
        (pd.Series({"zz": 1.0}), "« a »"),
        (pd.Series([1.0, 2.0]), "texte"),
        (pd.Series([1.0, 2.0], index=["a", "a"]), "revient"),
        (pd.Series({"a": "s", "b": "1"}), "nombres"),
        (pd.Series({"a": -1.0, "b": 2.0}), "négatif"),
        (COUNTS.assign(more=1.0), "une seule colonne"),
    ],
)
def test_bad_counts_are_refused(counts: Any, word: str) -> None:
    with pytest.raises(ObservatoireError, match=word):
        P.calibrate(counts, pd.Series({"X": 18.0}))


def test_a_balance_is_not_brought_to_a_total() -> None:
    with pytest.raises(PassageError, match="solde"):
        P.apply(COUNTS - 15.0, nature="amount", totals={"X": 3.0})


def test_a_source_known_within_bounds_tightens_no_more_than_them() -> None:
    links = pd.DataFrame({"source": ["a", "a"], "target": ["X", "Y"], "weight": [0.5, 0.5]})
    pop = pd.DataFrame({"pop": [10.0]}, index=["a"])
    out = by_target(
        passage.from_table(links).apply(pop, low=pop - 5, high=pop + 5, totals={"X": 3.0})
    )
    assert out.loc["Y", ["low", "high"]].tolist() == pytest.approx([2.0, 12.0])


def test_the_uncovered_part_of_a_target_may_hold_its_total() -> None:
    source = squares((0, 0, 20, 10), codes=["a"])
    target = squares((-10, 0, 10, 10), (10, 0, 20, 10), codes=["X", "Y"])
    pop = pd.DataFrame({"pop": [50.0]}, index=["a"])
    out = by_target(passage.by_area(source, target).apply(pop, totals={"X": 20.0}))
    # X is covered by half: its twenty may all live where no source is, or all in a.
    assert out.loc["Y", ["low", "high"]].tolist() == pytest.approx([30.0, 50.0])


def test_a_support_does_not_close_a_source() -> None:
    source = squares((0, 0, 30, 10), codes=["a"])
    target = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["X", "Y"])
    doors = gpd.GeoDataFrame({"ind": [1.0, 1.0]}, geometry=shapely.points([5, 15], [5, 5]), crs=CRS)
    p = passage.by_support(source, target, doors)
    assert p.outside.tolist() == [0.0]
    pop = pd.DataFrame({"pop": [50.0]}, index=["a"])
    for same in (p, passage.from_table(p.to_frame()), p.calibrate(pop["pop"], {"X": 25.0})):
        out = by_target(same.apply(pop, totals={"X": 20.0}))
        # A third of the source lies outside: the support says that nobody lives there, not we.
        assert out.loc["Y", ["low", "high"]].tolist() == pytest.approx([0.0, 30.0])


def least_and_most(problem: dict[str, Any], cost: Any) -> tuple[float, float]:
    """Solve for the smallest and largest of a sum, exactly."""
    ends = [linprog(sign * cost, **problem).fun for sign in (1, -1)]
    return ends[0], -ends[1]


@settings(max_examples=cases(30), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_tightened_bounds_hold_against_a_linear_programme(seed: int) -> None:
    """Hidden and bounded sources, targets covered in part, sources that lie partly outside."""
    rng = np.random.default_rng(seed)
    count, targets = 4, ["T0", "T1", "T2"]
    codes = [f"s{k}" for k in range(count)]
    met = rng.random((count, 3)) < 0.6
    met[~met.any(axis=1), 0] = True
    inside, full = rng.random(count) < 0.6, rng.random(3) < 0.7
    weight = met / met.sum(axis=1, keepdims=True) * np.where(inside, 1.0, 0.8)[:, None]
    i, j = np.nonzero(met)
    share = np.where(full, 1.0, 0.9)[j] / met.sum(axis=0)[j]
    names = {"source": np.take(codes, i), "target": np.take(targets, j)}
    p = passage.from_table(
        pd.DataFrame({**names, "weight": weight[i, j], "share": share}), targets=targets
    )
    truth = rng.integers(0, 90, count).astype(float)
    real = rng.random((count, 3)) * met
    real /= real.sum(axis=1, keepdims=True) + np.where(inside, 0.0, rng.random(count))[:, None]
    total = truth @ real + np.where(full, 0.0, rng.uniform(0, 30, 3))
    hidden, wide = rng.random(count) < 0.2, rng.random(count) < 0.4
    low, high = np.where(wide, truth * 0.8, truth), np.where(wide, truth * 1.3, truth)
    known = pd.Series(total, index=targets)[(rng.random(3) < 0.6) & met.any(axis=0)]

    def column(numbers: Any) -> Any:
        return pd.DataFrame({"v": numbers}, index=codes)

    out = by_target(
        p.apply(
            column(np.where(hidden, np.nan, truth)),
            low=column(low),
            high=column(high),
            totals=known,
        )
    )
    size = len(i) + count + 3
    by_source = np.zeros((count, size))
    by_source[i, np.arange(len(i))] = 1.0
    by_source[np.arange(count), len(i) + np.arange(count)] = 1.0
    by_total = np.zeros((3, size))
    by_total[j, np.arange(len(i))] = 1.0
    only = by_total.copy()
    by_total[np.arange(3), len(i) + count + np.arange(3)] = 1.0
    published = [targets.index(code) for code in known.index]
    outside = [(0, 0 if shut else None) for shut in (*inside, *full)]
    problem = {
        "A_ub": np.vstack([by_source, -by_source]),
        "b_ub": np.concatenate([high, -low]),
        "A_eq": by_total[published] if published else None,
        "b_eq": total[published] if published else None,
        "bounds": [(0, None)] * len(i) + outside,
    }
    for k, code in enumerate(targets):
        if out.status[code] in {"observed", "missing"}:
            continue
        least, most = least_and_most(problem, only[k])
        assert out.low[code] <= least + 1e-6 * (1 + least)
        if full[k]:
            assert out.high[code] >= most - 1e-6 * (1 + most)
        else:  # what its part without a source counts is added to it, and known of nobody
            assert np.isnan(out.high[code])

import copy
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import grid, mesh, squares

from observatoire import passage
from observatoire.errors import PassageError, UnknownNameError


def pockets(count: int, seed: int = 0) -> Any:
    """Sources of several sizes, each with a target that takes some part of it."""
    rng = np.random.default_rng(seed)
    sides = rng.uniform(100, 900, count)
    west = np.arange(count) * 1000.0
    parts = rng.uniform(0.1, 0.8, count)
    codes = [f"{k:03d}" for k in range(count)]
    source = squares(*[(w, 0, w + s, s) for w, s in zip(west, sides, strict=True)], codes=codes)
    target = squares(
        *[(w, 0, w + s * p, s) for w, s, p in zip(west, sides, parts, strict=True)],
        codes=[f"q{c}" for c in codes],
    )
    people = pd.Series(rng.uniform(500, 3000, count), index=codes)
    return source, target, people, sides, parts


def published(people: Any, parts: Any, ratio: float) -> Any:
    share = ratio * parts / (ratio * parts + 1 - parts)
    return pd.Series(people.to_numpy() * share, index=[f"q{c}" for c in people.index])


def test_a_ratio_of_one_is_plain_area() -> None:
    source, target = mesh(6, 6, 1), mesh(3, 3, 2, side=800, prefix="t")
    even, plain = passage.by_density(source, target, 1.0), passage.by_area(source, target)
    np.testing.assert_allclose(even.weights.weight, plain.weights.weight, rtol=1e-12)


def test_ratios_may_differ_by_target() -> None:
    source = squares((0, 0, 30, 10), codes=["i"])
    target = squares((0, 0, 10, 10), (10, 0, 20, 10), codes=["q", "r"])
    p = passage.by_density(source, target, pd.Series({"q": 3.0, "r": 1.0}))
    assert p.weights.weight.tolist() == pytest.approx([0.6, 0.2])
    assert p.parameters["ratio"] == {"q": 3.0, "r": 1.0}


@settings(max_examples=cases(15), deadline=None)
@given(seed=st.integers(0, 10**6), ratio=st.floats(0.01, 100))
def test_mass_is_conserved_and_bounds_hold(seed: int, ratio: float) -> None:
    source, target = grid(6, 6), mesh(3, 3, seed, side=800, prefix="t")
    counts = pd.DataFrame({"v": np.random.default_rng(seed).uniform(0, 9, 36)}, index=source.index)
    p = passage.by_density(source, target, ratio)
    assert p.verify(counts).balanced.all()
    table = p.apply(counts)
    assert ((table.low <= table.value) & (table.value <= table.high)).all()


@pytest.mark.parametrize("ratio", [0.0, -1.0, np.nan, np.inf])
def test_a_ratio_must_be_a_positive_number(ratio: float) -> None:
    with pytest.raises(PassageError, match="rapport de densité"):
        passage.by_density(grid(2, 2), squares((0, 0, 700, 700)), ratio)


def test_a_ratio_by_target_must_have_them_all() -> None:
    with pytest.raises(PassageError, match="c000"):
        passage.by_density(grid(2, 2), squares((0, 0, 700, 700)), pd.Series({"other": 1.0}))
    with pytest.raises(PassageError, match="c000"):
        passage.by_density(grid(2, 2), squares((0, 0, 700, 700)), pd.Series({"c000": 0.0}))


@pytest.mark.parametrize("count", [6, 40])
def test_the_ratio_that_made_the_totals_is_found(count: int) -> None:
    source, target, people, _, parts = pockets(count)
    fit = passage.fit_density(source, target, people, published(people, parts, 3.2))
    assert float(fit) == pytest.approx(3.2, rel=1e-3)
    assert len(fit.used) == count
    assert fit.names == ()
    assert fit.median_error < 1e-3
    assert f"{count}" in fit.sentence
    assert f"{fit:.1f}" == "3.2"


def test_a_ratio_that_varies_with_the_source_is_found() -> None:
    source, target, people, sides, parts = pockets(60)
    ratio = 4 * (sides / np.exp(np.log(sides).mean())) ** 1.2
    known = published(people, parts, ratio)
    fit = passage.fit_density(source, target, people, known)
    assert "surface" in fit.names
    assert fit.median_error < 0.03
    carried = passage.by_density(source, target, fit)
    table = carried.apply(people.to_frame("pop")).set_index("target")
    assert (table.value / known - 1).abs().median() < 0.03
    assert carried.parameters["learnt_on"] == 60


def test_covariates_are_learnt_from_and_asked_for_again() -> None:
    source, target, people, _, parts = pockets(60, seed=1)
    flats = pd.DataFrame({"flats": np.random.default_rng(5).uniform(0, 1, 60)}, index=people.index)
    known = published(people, parts, 3 * np.exp(2 * flats["flats"].to_numpy()))
    fit = passage.fit_density(source, target, people, known, covariates=flats)
    assert "flats" in fit.names
    p = passage.by_density(source, target, fit, covariates=flats)
    table = p.apply(people.to_frame("pop")).set_index("target")
    assert (table.value / known - 1).abs().median() < 0.05
    with pytest.raises(UnknownNameError, match="flats"):
        passage.by_density(source, target, fit)
    with pytest.raises(PassageError, match="003"):
        passage.by_density(source, target, fit, covariates=flats.drop("003"))


def test_noise_is_not_learnt() -> None:
    source, target, people, _, parts = pockets(60, seed=2)
    noise = pd.DataFrame({"noise": np.random.default_rng(6).normal(size=60)}, index=people.index)
    known = published(people, parts, 3.2) * np.exp(np.random.default_rng(7).normal(0, 0.1, 60))
    fit = passage.fit_density(source, target, people, known, covariates=noise)
    assert float(fit) == pytest.approx(3.2, rel=0.15)
    assert fit.median_error < 0.12


def test_what_teaches_nothing_is_left_out() -> None:
    source, target, people, _, parts = pockets(8)
    known = published(people, parts, 3.2)
    hidden = people.copy()
    hidden["000"] = np.nan
    fit = passage.fit_density(source, target, hidden, known.drop("q001"))
    assert set(fit.used) == {f"q{k:03d}" for k in range(2, 8)}


def test_too_few_territories_is_an_error() -> None:
    source, target, people, _, parts = pockets(6)
    known = published(people, parts, 3.2)
    with pytest.raises(PassageError, match="territoire"):
        passage.fit_density(source, target, people, known.iloc[:1])
    with pytest.raises(PassageError, match="q000"):
        passage.fit_density(source, target, people, -known)
    with pytest.raises(PassageError, match="texte"):
        passage.fit_density(source, target, people.reset_index(drop=True), known)


def test_a_ratio_by_target_may_be_a_mapping() -> None:
    source, target = squares((0, 0, 40, 10)), squares((0, 0, 10, 10), codes=["q"])
    for ratio in ({"q": 3}, pd.Series({"q": 3.0, "r": 1.0}), np.float32(3), 3):
        assert passage.by_density(source, target, ratio).weights.weight.tolist() == [0.5]


@pytest.mark.parametrize("ratio", [None, "trois", "3", [3.0], True, pd.Series({"q": "3"})])
def test_a_ratio_that_is_no_number_is_refused(ratio: Any) -> None:
    source, target = squares((0, 0, 40, 10)), squares((0, 0, 10, 10), codes=["q"])
    with pytest.raises(PassageError, match="nombre"):
        passage.by_density(source, target, ratio)


def test_learning_takes_what_analysts_have() -> None:
    source, target, people, _, parts = pockets(4)
    known = published(people, parts, 3.2)
    expected = float(passage.fit_density(source, target, people, known))
    for counts, totals in (
        (people.to_frame("pop"), known.to_frame("pop")),
        (people.to_dict(), known.to_dict()),
        (people.astype(object), known.astype(object)),
    ):
        assert float(passage.fit_density(source, target, counts, totals)) == expected
    with pytest.raises(PassageError, match="nombres"):
        passage.fit_density(source, target, people.astype(str), known)
    words = pd.DataFrame({"flats": "beaucoup"}, index=people.index)
    with pytest.raises(PassageError, match="flats"):
        passage.fit_density(source, target, people, known, covariates=words)


def pickled(fit: Any) -> Any:
    return pickle.loads(pickle.dumps(fit))  # noqa: S301 - its own bytes


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_what_was_learnt_can_be_kept(copied: Any) -> None:
    source, target, people, _, parts = pockets(4)
    fit = passage.fit_density(source, target, people, published(people, parts, 3.2))
    again = copied(fit)
    assert (float(again), again.sentence) == (float(fit), fit.sentence)
    pd.testing.assert_series_equal(again.held_out, fit.held_out)
    expected = passage.by_density(source, target, fit).weights
    pd.testing.assert_frame_equal(passage.by_density(source, target, again).weights, expected)

"""Each value is in the class that its label says, whatever the method."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from observatoire.errors import UnknownNameError
from observatoire.french.typography import NARROW, round_half_up
from observatoire.maps.classes import SCHEMES, classify, nice_sizes, size_label
from observatoire.pages.tokens import tokens

NAN = float("nan")

numbers = st.lists(st.floats(-1e5, 1e5, allow_nan=False), min_size=1, max_size=49)


def value(text: str) -> float:
    return float(text.replace(NARROW, "").replace("−", "-").replace(",", "."))


@given(numbers, st.integers(0, 2), st.sampled_from(sorted(SCHEMES)), st.integers(3, 5))
def test_each_value_as_printed_is_in_the_class_its_label_says(
    values: list[float], decimals: int, scheme: str, k: int
) -> None:
    cut = classify(values, decimals, scheme, k)
    assert cut is not None
    spans = [[value(end) for end in label.split(" à ")] for label in cut.labels()]
    for number in values:
        shown = round_half_up(number, decimals)
        span = spans[cut.rank(number)]
        assert span[0] <= shown + 1e-9
        assert shown - 1e-9 <= span[-1]
    assert sum(cut.counts(values)) == len(values)


@given(numbers, st.integers(0, 2), st.sampled_from(sorted(SCHEMES)), st.integers(3, 5))
def test_classes_do_not_overlap_are_few_and_have_each_a_colour(
    values: list[float], decimals: int, scheme: str, k: int
) -> None:
    cut = classify(values, decimals, scheme, k)
    assert cut is not None
    assert 1 <= len(cut) <= 5
    assert list(cut.upper) == sorted(set(cut.upper))
    assert len(tokens().classes(len(cut))) == len(cut)


def test_no_value_makes_no_class() -> None:
    assert classify([], 1) is None
    assert classify([NAN], 1) is None
    found = classify([5.0, NAN], 1)
    assert found is not None
    assert found.labels() == ["5,0"]


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_all_equal_make_one_class(scheme: str) -> None:
    found = classify([7.0] * 12, 0, scheme)
    assert found is not None
    assert found.labels() == ["7"]


def test_three_values_are_not_cut_in_four() -> None:
    found = classify([1.0, 2.0, 3.0], 0, "jenks", 4)
    assert found is not None
    assert len(found) == 1


def test_methods_cut_as_they_say() -> None:
    values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 100.0]
    quantile, equal = (classify(values, 0, scheme, 4) for scheme in ("quantile", "equal"))
    assert quantile is not None
    assert equal is not None
    assert quantile.counts(values) == [2, 2, 2, 2]
    assert equal.upper == (25, 50, 75, 100)
    assert equal.counts(values) == [7, 0, 0, 1]


#: What mapclassify calls each way.
ORACLES = {
    "quantile": "Quantiles", "equal": "EqualInterval", "pretty": "PrettyBreaks", "jenks": "FisherJenks",
}  # fmt: skip


def oracle(scheme: str, values: np.ndarray, k: int) -> np.ndarray:
    """Return the classes of mapclassify, imported here: it takes a second, and each worker collects."""
    import mapclassify

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: np.ndarray = getattr(mapclassify, ORACLES[scheme])(values, k=k).bins
    return found


sevenths = st.lists(st.integers(-300, 300).map(lambda n: n / 7), min_size=8, max_size=40)


@pytest.mark.parametrize("scheme", ["quantile", "equal", "pretty"])
@given(values=sevenths, k=st.integers(2, 5))
def test_classes_are_those_of_mapclassify(scheme: str, values: list[float], k: int) -> None:
    array = np.array(values)
    assume(len(np.unique(array)) >= k)
    assert SCHEMES[scheme](array, k) == pytest.approx(oracle(scheme, array, k), abs=1e-9)


def spread(values: np.ndarray, bins: np.ndarray) -> float:
    """Sum of squares within the classes."""
    ranks = np.searchsorted(bins, values)
    return float(sum(values[ranks == rank].var() * (ranks == rank).sum() for rank in set(ranks)))


@given(values=sevenths, k=st.integers(2, 5))
def test_natural_classes_are_as_homogeneous_as_those_of_mapclassify(
    values: list[float], k: int
) -> None:
    array = np.array(values)
    assume(len(np.unique(array)) >= k)
    theirs, ours = oracle("jenks", array, k), SCHEMES["jenks"](array, k)
    assert len(ours) == k
    assert spread(array, ours) <= spread(array, theirs) * (1 + 1e-5) + 1e-9  # it counts in 32 bits


def test_natural_classes_of_a_published_example() -> None:
    """Jenks of the crimes of Columbus, as mapclassify's own documentation gives them."""
    import mapclassify

    found = SCHEMES["jenks"](np.array(mapclassify.load_example()), 5)
    assert found.round(2).tolist() == [75.29, 192.05, 370.5, 722.85, 4111.45]


def test_negative_rates_have_true_labels() -> None:
    found = classify([-3.2, -3.1, 0.0, 0.1, 4.4, 4.5], 1, "jenks", 3)
    assert found is not None
    assert found.labels() == ["−3,2 à −3,1", "−3,0 à 0,1", "0,2 à 4,5"]


def test_bounds_given_are_the_ends_of_classes() -> None:
    found = classify([3.0, 10.0, 10.4, 31.0], 0, [10, 30])
    assert found is not None
    assert found.labels() == ["3 à 10", "11 à 30", "31"]
    assert found.counts([3.0, 10.0, 10.4, 31.0]) == [3, 0, 1]


def test_bounds_above_all_values_leave_classes_empty() -> None:
    found = classify([1.0, 2.0], 0, [10, 20])
    assert found is not None
    assert found.counts([1.0, 2.0]) == [2, 0, 0]


@pytest.mark.parametrize(
    ("classes", "k", "words"),
    [
        ("jenk", 4, ["« jenk »", "Vouliez-vous dire « jenks »"]),
        ("jenks", 2, ["2 classes", "de trois à cinq"]),
        ("quantile", 9, ["9 classes"]),
        ([], 4, ["Ces bornes"]),
        ([10, 10], 4, ["10, 10", "croissantes"]),
        ([30, 20], 4, ["croissantes"]),
        ([1, 2, 3, 4, 5], 4, ["une à 4 bornes"]),
        ([1, NAN], 4, ["Ces bornes"]),
    ],
)
def test_what_makes_no_classes_is_a_sentence(
    classes: str | list[float], k: int, words: list[str]
) -> None:
    with pytest.raises(UnknownNameError) as caught:
        classify([1.0, 2.0], 0, classes, k)
    for part in words:
        assert part in str(caught.value)
    assert caught.value.remedy


@given(st.floats(1, 1e7))
def test_legend_sizes_are_round_and_none_is_above_the_largest(largest: float) -> None:
    sizes = nice_sizes(largest)
    assert sizes
    assert largest / 5 < sizes[0] <= largest
    assert all(size >= 1 for size in sizes)
    assert all(float(f"{size:.0e}") == pytest.approx(size) for size in sizes)


def test_a_size_has_its_unit() -> None:
    assert size_label(5000, "habitants") == f"5{NARROW}000 habitants"
    assert size_label(50, "%") == f"50{NARROW}%"
    assert nice_sizes(0) == ()


@pytest.mark.parametrize("given", [[], ["a"], [None], [3, "vingt"]])
def test_bounds_that_are_no_numbers_are_a_sentence(given: list[object]) -> None:
    with pytest.raises(UnknownNameError, match="ne font pas des classes"):
        classify([1.0, 2.0], 1, given)  # type: ignore[arg-type]

from typing import Any

import numpy as np
import pytest
import shapely
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from layers_made import star

from observatoire.passage.geometry.corners import rings_of, seen_from_within


@settings(max_examples=cases(50), deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_seen_whole_is_valid_for_the_engine(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shift = rng.uniform(0, 2_000_000, 2)
    found = [shapely.Polygon(rng.uniform(0, 9, (int(rng.integers(3, 9)), 2)) + shift)] * 3
    found += [star(rng, int(rng.integers(3, 60)), tuple(shift), 5.0) for _ in range(5)]
    seen = seen_from_within(np.asarray(found), least=4)
    assert shapely.is_valid(np.asarray(found))[seen].all()


def test_what_is_not_sure_is_left_to_the_engine() -> None:
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    twice = shapely.Polygon([*[(0, 0), (2, 0), (2, 2), (0, 2)] * 2, (0, 0)])
    pentagram = shapely.Polygon(
        [(np.cos(4 * np.pi * k / 5), np.sin(4 * np.pi * k / 5)) for k in range(5)]
    )
    repeated = shapely.Polygon([(0, 0), (2, 0), (2, 0), (2, 2), (0, 2)])
    holed = shapely.box(0, 0, 9, 9).difference(shapely.box(1, 1, 2, 2))
    double = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(0.5, 0, 2, 1)])
    odd: list[Any] = [bow, twice, pentagram, repeated, holed, double, shapely.Polygon()]
    assert not seen_from_within(np.asarray(odd), least=4).any()


def test_rings_gone_through_a_few_at_a_time_are_seen_as_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    found = np.asarray([*(star(rng, k, (0.0, 0.0), 5.0) for k in range(4, 12)), bow])
    together = seen_from_within(found, least=4)
    monkeypatch.setattr("observatoire.passage.geometry.corners._AT_ONCE", 10)
    assert seen_from_within(found, least=4).tolist() == together.tolist()
    assert together.any()
    assert not together[-1]


def test_both_ways_of_walking_a_circle_are_seen() -> None:
    circle = shapely.Point(690_000, 1_590_000).buffer(50)
    assert seen_from_within(np.asarray([circle, circle.reverse()]), least=4).all()


def test_turns_say_where_the_inside_is_whichever_way_a_ring_is_walked() -> None:
    holed = shapely.box(0, 0, 9, 9).difference(shapely.box(1, 1, 2, 2))
    rings = rings_of(np.asarray([holed.normalize(), holed.normalize().reverse()]))
    assert rings.owner.tolist() == [0, 0, 1, 1]
    x, y = rings.points.T
    # A hole walked as its shell is has the inside on the other side.
    assert (rings.turns(x, y)[0] * rings.turns(x, y)[2]) == -1

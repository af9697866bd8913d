"""No label lies on another, nor leaves its box; one that can stay where it is stays."""

from __future__ import annotations

import itertools

from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st

from observatoire.maps.labels import Label, place_labels


def overlap(one: Label, other: Label) -> bool:
    near = [abs(a - b) for a, b in zip(one.at, other.at, strict=True)]
    room = [(a + b) / 2 for a, b in zip(one.size, other.size, strict=True)]
    return near[0] < room[0] - 1e-9 and near[1] < room[1] - 1e-9


@settings(max_examples=cases(40), deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 350), st.floats(-50, 350)), max_size=60))
def test_labels_never_overlap_nor_leave_their_box(anchors: list[tuple[float, float]]) -> None:
    labels = place_labels([str(i) for i in range(len(anchors))], anchors, (0, 0, 300, 300))
    assert [label.text for label in labels] == [str(i) for i in range(len(anchors))]
    assert not any(overlap(a, b) for a, b in itertools.combinations(labels, 2))
    for label in labels:
        assert label.size[0] / 2 - 1e-6 <= label.at[0] <= 300 - label.size[0] / 2 + 1e-6
        assert label.size[1] / 2 - 1e-6 <= label.at[1] <= 300 - label.size[1] / 2 + 1e-6


def test_a_label_far_from_any_room_still_finds_some() -> None:
    labels = place_labels(["1"] * 40, [(0.0, 0.0)] * 40, (500, 500, 90, 110))
    assert not any(overlap(a, b) for a, b in itertools.combinations(labels, 2))


def test_no_line_runs_through_another_text() -> None:
    """Under the name above it, « B » had its line drawn through it."""
    name = Label("A long name", (50.0, 120.0), (90.0, 13.0), (50.0, 120.0))
    taken = Label("", (50.0, 91.5), (98.0, 43.0), (50.0, 91.5))
    (label,) = place_labels(["B"], [(50.0, 100.0)], (0, 0, 100, 200), around=[name, taken])
    assert label.moved
    assert label.at[1] < 70.0, "under the name there is room nearer"


def test_a_label_stays_where_it_is_when_it_can() -> None:
    (label,) = place_labels(["12"], [(40.0, 30.0)], (0, 0, 100, 100))
    assert label.at == (40.0, 30.0)
    assert not label.moved

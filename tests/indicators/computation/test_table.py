"""The least count behind a figure, by row and by column."""

from __future__ import annotations

import numpy as np

from observatoire.indicators.computation.table import least_count, least_counts


def test_the_least_counts_of_columns_are_those_of_their_rows() -> None:
    drawn = np.random.default_rng(3).choice([0.0, 4.0, 7.5, -2.0, np.inf, np.nan], (200, 3))
    expected = [least_count(*row) for row in drawn.tolist()]
    np.testing.assert_array_equal(least_counts(*drawn.T), expected)

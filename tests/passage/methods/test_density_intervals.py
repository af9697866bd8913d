"""What a density carries has the intervals that places left out taught, within its sharp bounds."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from observatoire import passage


@pytest.fixture(scope="module")
def town() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series, pd.Series]:
    """Sixty sources in a row, each with a neighbourhood three times as dense, give or take."""
    rng = np.random.default_rng(1)
    west = np.arange(60) * 40.0
    wide = rng.uniform(6, 20, 60)
    codes = [f"{k:02d}" for k in range(60)]
    source = gpd.GeoDataFrame(geometry=shapely.box(west, 0, west + 40, 10), index=codes, crs=5490)
    target = gpd.GeoDataFrame(geometry=shapely.box(west, 0, west + wide, 10), index=codes, crs=5490)
    people = pd.Series(rng.uniform(800, 3000, 60), index=codes, name="pop")
    dense = 3 * np.exp(rng.normal(0, 0.3, 60))
    truth = people * wide * dense / (wide * dense + 40 - wide)
    return source, target, people, truth


def test_intervals_hold_places_that_did_not_teach(town: tuple) -> None:
    source, target, people, truth = town
    taught, unseen = truth.iloc[:45], truth.iloc[45:]
    fit = passage.fit_density(source, target, people, taught)
    assert len(fit.ends) == 4
    carried = passage.by_density(source, target, fit)
    table = carried.apply(people).set_index("target").loc[unseen.index]
    assert (table["low"] <= table["pi95_low"]).all()
    assert (table["pi95_low"] < table["pi80_low"]).all()
    assert (table["pi80_low"] < table["value"]).all()
    assert (table["value"] < table["pi80_high"]).all()
    assert (table["pi95_high"] <= table["high"]).all()
    wide = (unseen >= table["pi95_low"]) & (unseen <= table["pi95_high"])
    assert wide.mean() >= 0.85
    again = passage.from_table(carried.to_frame()).apply(people).set_index("target")
    assert again["pi80_low"].equals(carried.apply(people).set_index("target")["pi80_low"])


def test_nothing_is_foretold_of_what_was_not_learnt(town: tuple) -> None:
    source, target, people, truth = town
    fit = passage.fit_density(source, target, people, truth)
    table = passage.by_density(source, target, fit).apply(people.rename("logements sociaux"))
    assert "pi80_low" not in table or table["pi80_low"].isna().all()
    few = passage.fit_density(source, target, people, truth.iloc[:6])
    assert few.ends == ()
    assert "pi80_low" not in passage.by_density(source, target, few).apply(people)

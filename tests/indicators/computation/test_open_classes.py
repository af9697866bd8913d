"""A class with one bound (« 20 et plus »): what a table says of it, and when it says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, build_place

import observatoire

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

CATALOGUE = """\
[themes.social]
label = "Social"

[indicators.aides]
label = "Aidés"
short = "Aidés"
theme = "social"
unit = "personnes"
decimals = 0
nature = "count"
sources = ["src"]
numerator = ["A"]
universe = "Habitants"
polarity = "neutral"
definition = "Aidés."
"""

SOURCE = """\
title = "Aidés"
producer = "CCAS"
licence = "Convention"
zoning = "quartier-2007"
absence = "non transmis"

[[files]]
name = "a.csv"
territory = "Quartier"
period = "2016"

[secrecy]
threshold = 11
unit = "personnes"
rule = "Convention."

[variables.A]
label = "Aidés"
nature = "count"
unit = "personnes"
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = build_place(tmp_path)
    made.write("indicators.toml", CATALOGUE)
    made.write("data/raw/src/source.toml", SOURCE)
    text = "Quartier;A\nCentre et Terres;120\nFour à Chaux;20 et plus\nPlace d’Armes;\n"
    made.write("data/raw/src/a.csv", text)
    return made


def cells_of(place: Place) -> pd.DataFrame:
    with observatoire.open(place.root) as o:
        return o.table(["aides"], period=2016).df.set_index("territory")


def test_a_table_gives_the_floor_as_the_reason_and_no_bound(place: Place) -> None:
    cells = cells_of(place)
    assert cells["status"].to_dict() == {"Q1": "observed", "Q2": "missing", "Q3": "missing"}
    assert cells["reason"].to_dict() == {
        "Q1": "",
        "Q2": "Au moins 20, sans plafond.",
        "Q3": "Non transmis.",
    }
    assert cells.loc["Q2", ["value", "low", "high"]].isna().all()


def test_a_floor_below_the_threshold_tells_nothing(place: Place) -> None:
    place.replace("data/raw/src/a.csv", "20 et plus", "10 et plus")
    cell = cells_of(place).loc["Q2"]
    assert cell["status"] == "secret"
    assert "10" not in f"{cell['reason']} {cell['method']}"

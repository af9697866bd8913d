"""A commune that the census counts whole has no sampling error: its own file says how many live there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import town

import observatoire as obs
from observatoire.indicators import effective_share, wilson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKSPACE = """\
[workspace]
name = "Essai"
main_zoning = "commune-2016"
crs = "EPSG:5490"
series = "series.toml"

[zonings."commune-2016"]
label = "Communes"
singular = "commune"
members = "geo/communes.csv"
"""

SOURCE = """\
title = "Recensement"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "commune-2016"

[[files]]
name = "rp.csv"
separator = ";"
territory = "COM"
period_column = "AN"

[precision]
method = "census"
fraction = 0.4
complementary_whole = 0.25
whole_below = 10000
complementary_below = 2000
inhabitants = ["POP"]

[variables.POP]
label = "Population"
nature = "count"
unit = "habitants"

[variables.ACT]
label = "Actifs"
nature = "count"
unit = "habitants"

[variables.CHOM]
label = "Chômeurs"
nature = "count"
unit = "habitants"

[variables.CAD]
label = "Cadres"
nature = "count"
unit = "habitants"
exploitation = "complémentaire"
"""

CATALOGUE = """
[indicators.cadres]
label = "Part des cadres"
theme = "t"
nature = "rate"
unit = "%"
definition = "Part."
universe = "Actifs"
sources = ["rp"]
numerator = ["CAD"]
denominator = ["ACT"]
"""

#: The small one is under 10 000 inhabitants at both dates, the grown one at the first only; of the
#: last nobody says how many live there.
FIGURES = """\
COM;AN;POP;ACT;CHOM;CAD
97201;2011;6000;2000;600;100
97201;2016;6000;2000;500;100
97202;2011;9999;4000;1600;400
97202;2016;10000;4000;1000;400
97203;2011;80000;30000;6000;3000
97203;2016;80000;30000;6000;3000
97204;2011;;2000;500;100
97204;2016;;2000;500;100
"""


@pytest.fixture
def o(tmp_path: Path) -> Iterator[Any]:
    codes = ("97201", "97202", "97203", "97204")
    files = {
        "observatoire.toml": WORKSPACE,
        "indicators.toml": town.CATALOGUE + CATALOGUE,
        "series.toml": "",
        "geo/communes.csv": "code;nom;commune\n" + "".join(f"{c};Ville {c};{c}\n" for c in codes),
        "data/raw/rp/source.toml": SOURCE,
        "data/raw/rp/rp.csv": FIGURES,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    opened = obs.open(tmp_path)
    yield opened
    opened.close()


def cells(o: Any, code: str, period: int, **options: Any) -> Any:
    return o.table(code, period=period, **options).cells.set_index("territory")


def test_who_is_drawn_and_who_is_counted(o: Any) -> None:
    precisions = [dict(cells(o, "part", year)["precision"]) for year in (2011, 2016)]
    assert precisions == [
        {"97201": "exhaustive", "97202": grown, "97203": "census", "97204": "census"}
        for grown in ("exhaustive", "census")
    ]
    assert cells(o, "part", 2016).loc["97201", ["sampling_low", "wide_low"]].isna().all()


def test_forms_coded_in_part_are_drawn_even_there(o: Any) -> None:
    found = cells(o, "cadres", 2016)
    worth = 2000 * effective_share(0.25)
    low, high = wilson(0.05 * worth, worth)
    assert found.loc["97201", "precision"] == "census"
    assert list(found.loc["97201", ["low", "high"]]) == pytest.approx([100 * low, 100 * high])


def test_what_is_counted_is_certain_beside_what_is_drawn(o: Any) -> None:
    """Ville 97201 has 25 % for a fact; Ville 97203 has 20 % of a draw, whose interval is the gap's."""
    table = o.table("part", period=2016, compare=["Ville 97203", "Ville 97202"])
    cell = table.cells.set_index("territory").loc["97203"]
    gaps = table.differences.set_index(["territory", "against"])
    gap = gaps.loc["97201", "97203"]
    assert list(gap[["low", "high"]]) == pytest.approx([25 - cell["high"], 25 - cell["low"]])
    assert (gap["verdict"], gap["reason"]) == ("nettement moins favorable", "")
    assert gaps.loc["97201", "97202"]["verdict"] == "pas de différence nette"


def test_a_change_from_a_count_to_a_draw(o: Any) -> None:
    found = o.trend("part", 2011, 2016).df.set_index("territory")
    drawn = cells(o, "part", 2016).loc["97202"]
    assert found.loc["97201", "verdict"] == "amélioration constatée"
    assert found.loc["97202", "verdict"] == "nette amélioration"
    assert list(found.loc["97202", ["low", "high"]]) == pytest.approx(
        [drawn["low"] - 40, drawn["high"] - 40]
    )


def test_a_limit_without_inhabitants_is_refused(o: Any, tmp_path: Path) -> None:
    path = tmp_path / "data/raw/rp/source.toml"
    path.write_text(
        SOURCE.replace('inhabitants = ["POP"]\n', "").replace("complementary_below = 2000\n", ""),
        encoding="utf-8",
    )
    with pytest.raises(obs.errors.DescriptorError, match=r"whole_below.*inhabitants"):
        o.load()

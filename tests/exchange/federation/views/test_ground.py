"""Panels and maps of a federation: whose each figure is, what may stand beside it, what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from packages_made import package

import observatoire as obs
from observatoire.errors import GeometryError, UnknownNameError
from observatoire.pages.blocks import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Q = [("q", f"Q{k}", "cas", "2016", 10.0 * k, "observé") for k in (1, 2)]


def drawn(x: float, crs: int = 5490) -> Callable[[Path], None]:
    """Give the zones of a package squares side by side, from a place on."""

    def spoil(folder: Path) -> None:
        zones = gpd.read_parquet(folder / "zones.parquet").to_crs(5490)
        zones.geometry = [
            shapely.box(x + k, 1.6e6, x + k + 1, 1.6e6 + 1) for k in range(len(zones))
        ]
        zones.assign(perimetre="officiel").to_crs(crs).to_parquet(folder / "zones.parquet")

    return spoil


def cells(sheet: Any) -> dict[str, Any]:
    return {row["territory"]: row for row in sheet.table.df.to_dict("records")}


def test_each_figure_is_the_first_member_s_and_says_so(tmp_path: Path) -> None:
    first = package(tmp_path / "a", [Q[0]], title="Observatoire A")
    other = [("q", "Q1", "cas", "2016", 99.0, "observé"), Q[1]]
    f = obs.federate([first, package(tmp_path / "b", other, title="Observatoire B")])
    sheet = f.panel("emploi")
    found = cells(sheet)
    assert [found[q]["value"] for q in ("Q1", "Q2")] == [10.0, 20.0]
    assert "Observatoire A" in found["Q1"]["source"]
    assert "Observatoire B" in found["Q2"]["source"]
    (grid, *_) = sheet.page.blocks
    assert [row.label for row in grid.rows if row.kind == "group"] == [
        "Observatoire A",
        "Observatoire B",
    ]
    assert "plusieurs observatoires répondent pour 1" in sheet.html
    assert sheet.save(tmp_path / "tableau.xlsx").stat().st_size


def test_a_figure_that_may_not_stand_beside_is_left_out_with_the_reason(tmp_path: Path) -> None:
    persons = {"cas": {"unite": "ménages"}}
    f = obs.federate(
        [package(tmp_path / "a", [Q[0]]), package(tmp_path / "b", [Q[1]], definitions=persons)]
    )
    found = cells(f.panel("emploi"))
    assert found["Q2"]["status"] == "missing"
    assert "unités" in found["Q2"]["reason"]
    assert found["Q1"]["value"] == 10.0


def test_what_one_hides_and_what_would_find_it_are_not_shown(tmp_path: Path) -> None:
    links = "".join(f"q,Q{k},c,LAM,1.0,proche,oui,table\n" for k in (1, 2))
    hides = [("q", "Q1", "cas", "2016", None, "secret")]
    f = obs.federate(
        [
            package(tmp_path / "a", hides, links=links, thresholds={("cas", "2016"): 11.0}),
            package(tmp_path / "b", [Q[1]], links=links),
            package(tmp_path / "c", [("c", "LAM", "cas", "2016", 25.0, "observé")], links=links),
        ]
    )
    sheet = f.panel("emploi", zoning="q")
    assert {row["status"] for row in cells(sheet).values()} == {"secret"}
    assert "dévoileraient" in sheet.html
    assert "25" not in [cell.text for row in sheet.page.blocks[0].rows for cell in row.cells]


def test_marks_bounds_and_intervals_are_those_of_the_packages(tmp_path: Path) -> None:
    def intervals(folder: Path) -> None:
        import pandas as pd

        frame = pd.read_parquet(folder / "valeurs.parquet")
        frame[["borne_basse", "borne_haute"]] = [[8.0, 12.0], [15.0, 25.0], [1.0, 4.0]]
        frame["precision"] = ["sondage", "inconnue", "inconnue"]
        frame.to_parquet(folder / "valeurs.parquet", index=False)
        frame.to_csv(folder / "valeurs.csv", index=False)

    rows = [
        ("q", "Q1", "cas", "2016", 10.0, "observé"),
        ("q", "Q2", "cas", "2016", 20.0, "estimé"),
        ("q", "Q3", "cas", "2016", None, "encadré"),
        ("q", "Q4", "autres", "2016", 1.0, "observé"),
    ]
    made = package(tmp_path / "a", rows[:3], spoil=intervals)
    f = obs.federate([made, package(tmp_path / "b", rows[3:])])
    sheet = f.panel(indicators=["cas"])
    texts = {row.label: row.cells[0].text for row in sheet.page.blocks[0].rows if row.cells}
    assert texts == {"Q1": "10", "Q2": "20\u202fe", "Q3": "[1\u202f; 4]", "Q4": "n.d."}
    found = cells(sheet)
    assert [found["Q1"][n] for n in ("sampling_low", "sampling_high")] == [8.0, 12.0]
    assert [found["Q2"][n] for n in ("passage_low", "passage_high")] == [15.0, 25.0]
    assert found["Q2"]["sampling_low"] != found["Q2"]["sampling_low"]


@pytest.mark.parametrize("crs", [5490, 4326])
def test_a_map_is_drawn_on_the_zones_of_the_packages(tmp_path: Path, crs: int) -> None:
    near = package(tmp_path / "a", Q, spoil=drawn(7e5, crs), title="A")
    far = [(*row[:1], f"R{rank}", *row[2:]) for rank, row in enumerate(Q)]
    other = package(tmp_path / "b", far, spoil=drawn(7.1e5), title="B")
    sheet = obs.federate([near, other]).map("cas")
    (figure,) = (block for block in sheet.page.blocks if isinstance(block, Figure))
    assert figure.svg.count("<circle") >= 4
    assert ">A</text>" in figure.svg  # apart: a frame each
    assert sheet.save(tmp_path / "carte.svg").stat().st_size


def test_members_of_one_ground_share_a_frame(tmp_path: Path) -> None:
    made = [
        package(tmp_path / n, [row], spoil=drawn(7e5), title=n)
        for n, row in zip("ab", Q, strict=True)
    ]
    sheet = obs.federate(made).map("cas", kind="both")
    (figure,) = (block for block in sheet.page.blocks if isinstance(block, Figure))
    assert ">a</text>" not in figure.svg


def test_without_zones_a_map_says_what_to_ask_for(tmp_path: Path) -> None:
    with pytest.raises(GeometryError, match=r"zones\.parquet"):
        obs.federate([package(tmp_path / "a", Q)]).map("cas")


@pytest.mark.parametrize(
    ("rows", "zoning", "period"),
    [
        ([Q, [("c", "L", "cas", "2016", 9.0, "observé")]], "q", "2016"),
        ([[Q[0], ("q", "Q1", "cas", "2017", 1.0, "observé")], [Q[1]]], "q", "2016"),
        ([[Q[0]], [("q", "Q2", "autres", "2015", 1.0, "observé")]], "q", "2016"),
    ],
)  # fmt: skip
def test_any_federation_has_a_panel(
    tmp_path: Path, rows: Sequence[Sequence[Any]], zoning: str, period: str
) -> None:
    """Members of two zonings, of other periods, without a common indicator."""
    made = [package(tmp_path / f"m{k}", some) for k, some in enumerate(rows)]
    table = obs.federate(made).panel().table
    assert table.zoning == zoning
    assert set(table.df.query("indicator == 'cas'")["period"]) == {period}


@pytest.mark.parametrize(
    "asked",
    [{"theme": "emplois"}, {"indicators": ["ca"]}, {"zoning": "r"}, {"period": 2012}],
)
def test_what_nobody_gives_is_refused(tmp_path: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(UnknownNameError):
        obs.federate([package(tmp_path / "a", Q)]).panel(**asked)

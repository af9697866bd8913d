"""Perimeters of one vintage are not taken for those of another that bears the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely import box

from observatoire.territories import Matcher
from observatoire.territories.layers.namesakes import outdone

if TYPE_CHECKING:
    from built_workspace import Place

KNOWN = {
    "qpv-2015": Matcher({"QP972001": "Dillon", "QP972002": "Canal Alaric"}),
    "qpv-2024": Matcher(
        {"QN97201M": "Dillon", "QN97202M": "Canal Alaric", "QN97203M": "Volga Plage"}
    ),
    "commune-2016": Matcher({"97209": "Fort-de-France", "97213": "Le Lamentin"}),
    "quartier-2007": Matcher({"1": "Dillon", "2": "Volga Plage"}),
}


def layer(**columns: list[str]) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = [box(704000 + 500 * at, 1614000, 704500 + 500 * at, 1614500) for at in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:5490")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # The codes of 2015, the names of both vintages.
        (
            {"code_qp": ["QP972001", "QP972002"], "nom_qp": ["Dillon", "Canal Alaric"]},
            {"qpv-2024", "quartier-2007"},
        ),
        # No code at all: names are what there is.
        ({"nom": ["Dillon", "Volga Plage"]}, set()),
        # The code of the commune where each lies is not that of a namesake.
        ({"insee_com": ["97209", "97209"], "nom": ["Dillon", "Canal Alaric"]}, set()),
        # Most rows bear names that the zoning of the codes does not know.
        (
            {"code": ["QP972001", "", ""], "nom": ["Dillon", "Canal Alaric", "Volga Plage"]},
            set(),
        ),
    ],
)
def test_codes_tell_the_vintage(columns: dict[str, list[str]], expected: set[str]) -> None:
    assert outdone([layer(**columns)], KNOWN) == expected


@pytest.mark.parametrize(
    ("vintage", "codes"),
    [("qpv-2015", ["QP972001", "QP972002"]), ("qpv-2024", ["QN97201M", "QN97202M"])],
)
def test_the_outlines_of_a_vintage_of_qpv_load_without_a_line(
    place: Place, vintage: str, codes: list[str]
) -> None:
    for zoning in ("qpv-2015", "qpv-2024"):
        place.toml(
            '[zonings."quartier-2007"]',
            f'[zonings."{zoning}"]\nlabel = "QPV"\nsingular = "QPV"\n'
            f'members = "geo/{zoning}.csv"\n\n[zonings."quartier-2007"]',
        )
        lines = [f"{code};{name};97209" for code, name in KNOWN[zoning].names.items()]
        place.write(f"geo/{zoning}.csv", "\n".join(["code;nom;commune", *lines, ""]))
    path = place.root / "QP.gpkg"
    layer(code_qp=codes, lib_qp=["Dillon", "Canal Alaric"], insee_com=["97209"] * 2).to_file(path)
    report = place.load_layer(place.warehouse(), path)
    file = report.files[0]
    assert (file.observations, file.outlines) == (0, report.kept)
    assert "contours" in str(report)
    assert (report.source, report.kept) == (vintage, 2)


def test_a_layer_of_all_france_is_read_by_its_codes(place: Place) -> None:
    """Many quartiers of France are called alike: theirs is not the code of ours."""
    place.toml(
        '[zonings."quartier-2007"]',
        '[zonings."qpv-2015"]\nlabel = "QPV"\nsingular = "QPV"\nmembers = "geo/qpv.csv"\n\n'
        '[zonings."quartier-2007"]',
    )
    lines = [f"{code};{name};97209" for code, name in KNOWN["qpv-2015"].names.items()]
    place.write("geo/qpv.csv", "\n".join(["code;nom;commune", *lines, ""]))
    path = place.root / "QP.gpkg"
    layer(
        lib_qp=["Dillon", "Canal Alaric", "Dillon", "Centre"],
        code_qp=["QP972001", "QP972002", "QP001001", "QP002002"],
    ).to_file(path)
    report = place.load_layer(place.warehouse(), path)
    assert (report.source, report.kept, report.rejected) == ("qpv-2015", 2, 2)
    assert "colonne code_qp" in report.notices[0]

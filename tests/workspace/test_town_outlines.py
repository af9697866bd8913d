"""A town founded from outlines that are drawn here: its own quartiers, with or without IRIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from built_workspace import plain, says
from shapely.geometry import Polygon, box

import observatoire as obs
from observatoire.errors import (
    CRSError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableFileError,
    WorkspaceError,
)

if TYPE_CHECKING:
    from pathlib import Path

X, Y, SIDE = 700_000, 6_600_000, 1_000

#: Two communes side by side: « Hautefont » of four IRIS, « Voisine » of two.
IRIS = {
    "999010101": (0, 0), "999010102": (1, 0), "999010103": (0, 1), "999010104": (1, 1),
    "999020101": (2, 0), "999020102": (2, 1),
}  # fmt: skip


def square(column: float, row: float, side: float = 1.0) -> Polygon:
    return box(
        X + column * SIDE, Y + row * SIDE, X + (column + side) * SIDE, Y + (row + side) * SIDE
    )


def layer(path: Path, columns: dict[str, list[str]], shapes: list[Polygon]) -> Path:
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:2154").to_file(path)
    return path


@pytest.fixture
def quartiers(tmp_path: Path) -> Path:
    shapes = [square(0.1, 0.1, 0.5), square(1.3, 0.8, 0.68)]
    return layer(tmp_path / "contours.gpkg", {"nom": ["La Gare", "Le Pont"]}, shapes)


@pytest.fixture
def iris(tmp_path: Path) -> Path:
    columns = {
        "code_iris": list(IRIS),
        "nom_iris": [f"Secteur {rank}" for rank in range(1, 7)],
        "nom_commune": ["Hautefont"] * 4 + ["Voisine"] * 2,
    }
    return layer(tmp_path / "iris.gpkg", columns, [square(*at) for at in IRIS.values()])


def test_own_outlines_and_iris_make_members_links_communes_and_the_land_around(
    tmp_path: Path, quartiers: Path, iris: Path
) -> None:
    made = obs.init(tmp_path / "ville", layers=quartiers, iris=iris)
    assert "1 commune : Hautefont" in plain(" ".join(made.kept))
    assert "les communes voisines" in made.kept[-1]
    with obs.open(made.root) as o:
        assert o.zonings().set_index("zoning")["territories"].to_dict() == {
            "commune": 1, "iris": 4, "quartier": 2,
        }  # fmt: skip
        assert o.territories()["commune"].unique().tolist() == ["99901"]
        weights = o.passage("iris", "quartier").to_frame()
        assert weights.query("target == 'T01'")["weight"].round(4).tolist() == [0.25]
        population = made.root / "data/suivi.csv"
        rows = [f"{code};{100 * rank}" for rank, code in enumerate(list(IRIS)[:4], 1)]
        population.write_text("\n".join(["IRIS;P16_POP", *rows]) + "\n", encoding="utf-8")
        o.load(population, period="2016")
        drawn = o.map("population").html
        o.annex(made.root / "gare.html", quartier="La Gare", theme="population", length="court")
    assert drawn.count('fill="var(--land)"') >= 3  # Hautefont, and two communes of land
    assert 'fill="var(--sea)"' in drawn  # beyond the land that is given, the sea
    guide = (made.root / "LISEZMOI.md").read_text(encoding="utf-8")
    assert guide.startswith("# Observatoire de Hautefont\n")
    assert "observatoire panel population" in guide
    assert all(line in guide for line in (*made.kept, *made.lacking))


def test_outlines_alone_make_a_workspace_that_says_what_it_lacks(
    tmp_path: Path, quartiers: Path
) -> None:
    made = obs.init(tmp_path / "ville", layers=quartiers)
    assert [line.partition(" (")[0].partition(" :")[0] for line in made.lacking] == [
        "les contours des IRIS", "les communes", "les communes voisines",
        "les carreaux de 200 m", "vos objectifs, actions et notes",
    ]  # fmt: skip
    table = tmp_path / "suivi.csv"
    table.write_text("Quartier;Allocataires\nLa Gare;40\nLe Pont;60\n", encoding="utf-8")
    catalogue = made.root / "indicators.toml"
    text = catalogue.read_text(encoding="utf-8")
    block = """
[indicators.allocataires]
label = "Allocataires"
theme = "population"
nature = "count"
unit = "personnes"
definition = "Allocataires."
universe = "Allocataires"
sources = ["suivi"]
numerator = ["Allocataires"]
"""
    catalogue.write_text(text + block, encoding="utf-8")
    with obs.open(made.root) as o:
        assert o.zonings()["zoning"].tolist() == ["quartier"]
        assert o.load(table, period="2020").kept == 2
        drawn = o.map("allocataires").html
    assert "La Gare" in drawn
    assert 'fill="#f7fafc"' not in drawn  # nothing says that the sea is around


def test_insee_s_table_gives_the_iris_and_the_name_of_their_commune(
    tmp_path: Path, quartiers: Path, iris: Path
) -> None:
    head = ["CODE_IRIS", "LIB_IRIS", "TYP_IRIS", "GRD_QUART", "DEPCOM", "LIBCOM"]
    rows = [[code, f"Nom {code[-2:]}", "H", "9990101", code[:5], "Hautefont"] for code in IRIS]
    book, text = tmp_path / "reference_IRIS_geo2016.xlsx", tmp_path / "reference.csv"
    title = pd.DataFrame([["Table d’appartenance géographique des IRIS", *[""] * 5], head, *rows])
    title.to_excel(book, header=False, index=False, engine="xlsxwriter")
    pd.DataFrame(rows, columns=head).to_csv(text, sep=";", index=False)
    for rank, table in enumerate((book, text)):
        made = obs.init(tmp_path / f"ville-{rank}", layers=[quartiers, iris], iris=table)
        with obs.open(made.root) as o:
            names = o.territories("iris")["name"].tolist()
            assert names == ["Nom 01", "Nom 02", "Nom 03", "Nom 04"]
            assert o.territories("commune")["name"].tolist() == ["Hautefont"]
    pd.DataFrame({"a": ["1"]}).to_csv(text, index=False)
    with pytest.raises(UnreadableFileError) as caught:
        obs.init(tmp_path / "autre", layers=[quartiers], iris=text)
    says(caught.value, "CODE_IRIS")


def test_what_cannot_be_observed_is_said(tmp_path: Path, quartiers: Path, iris: Path) -> None:
    nameless = layer(tmp_path / "muet.gpkg", {"x": ["a", "a"]}, [square(0, 0), square(1, 1)])
    far = layer(tmp_path / "loin.gpkg", {"nom": ["Ailleurs"]}, [square(50, 50)])
    nowhere = tmp_path / "nulle-part.gpkg"
    gpd.GeoDataFrame({"nom": ["a"]}, geometry=[square(0, 0)]).to_file(nowhere, engine="pyogrio")
    faults = [
        ({"layers": nameless}, UnknownColumnError, ["Aucune colonne ne nomme", "« x »", "« nom »"]),
        ({"layers": [quartiers, far]}, WorkspaceError, ["contours.gpkg", "loin.gpkg"]),
        ({"layers": [far, iris]}, UnknownTerritoryError, ["Aucun contour", "loin.gpkg"]),
        ({"layers": nowhere}, CRSError, ["système de coordonnées", "nulle-part.gpkg"]),
        ({"commune": "99901"}, WorkspaceError, ["--from contours.gpkg"]),
        (
            {"layers": [quartiers, iris], "commune": "13055"},
            UnknownTerritoryError,
            ["Hautefont (99"],
        ),
        (
            {"layers": [quartiers, iris], "commune": "hautefont"},
            UnknownTerritoryError,
            ["--commune 99"],
        ),
    ]
    for options, kind, said in faults:
        with pytest.raises(kind) as caught:
            obs.init(tmp_path / "refus", **options)  # type: ignore[arg-type]
        says(caught.value, *said)
        assert not (tmp_path / "refus").exists()

"""Supports: Insee's cells from their identifiers, layers, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from built_workspace import says

from observatoire.errors import (
    CRSError,
    FileError,
    UnknownColumnError,
    UnreadableFileError,
    UnreadableNumberError,
)
from observatoire.territories.layers.supports import read_support_file

if TYPE_CHECKING:
    from pathlib import Path

CELLS = """\
idcar_200m,i_est_200,ind
CRS5490RES200mN1613000E708000,0,12.5
CRS5490RES200mN1613000E708200,1,7
"""


def written(folder: Path, text: str, name: str = "carreaux.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_cells_are_squares_at_the_corner_their_identifier_tells(tmp_path: Path) -> None:
    cells = read_support_file(written(tmp_path, CELLS), "EPSG:5490", "ind")
    assert cells.geometry.iloc[0].equals(shapely.box(708000, 1613000, 708200, 1613200))
    assert cells["ind"].tolist() == [12.5, 7.0]
    assert cells["i_est_200"].tolist() == [0, 1]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_weight_is_written_with_a_comma_or_groups(tmp_path: Path, separator: str) -> None:
    text = (
        CELLS.replace(",", separator)
        .replace("12.5", "12,5")
        .replace(f"{separator}7", f"{separator}1 234,5")
    )
    cells = read_support_file(written(tmp_path, text), "EPSG:5490", "ind")
    assert cells["ind"].tolist() == [12.5, 1234.5]


@pytest.mark.parametrize("bad", ["s", "12 5", "1,2,3", "inf", "douze"])
def test_a_weight_that_is_no_number_is_said_with_its_line(tmp_path: Path, bad: str) -> None:
    text = CELLS.replace(",", ";").replace(";7", f";{bad}")
    with pytest.raises(UnreadableNumberError) as caught:
        read_support_file(written(tmp_path, text), "EPSG:5490", "ind")
    says(caught.value, f"« {bad} »", "carreaux.csv, ligne 3, colonne ind", "1 cellule")


def test_a_blank_weight_stays_one(tmp_path: Path) -> None:
    text = CELLS.replace(",", ";").replace(";7", ";")
    cells = read_support_file(written(tmp_path, text), "EPSG:5490", "ind")
    assert cells["ind"].isna().tolist() == [False, True]


def test_a_weight_of_a_layer_that_is_no_number_is_said_with_its_rank(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"logements": ["3", "x"]}, geometry=shapely.points([7e5, 7e5], [16e5] * 2), crs=5490
    )
    points.to_file(tmp_path / "adresses.gpkg")
    with pytest.raises(UnreadableNumberError, match="objet 2"):
        read_support_file(tmp_path / "adresses.gpkg", "EPSG:5490", "logements")


def test_cells_are_carried_to_the_workspace_system(tmp_path: Path) -> None:
    moved = read_support_file(written(tmp_path, CELLS), "EPSG:32620", "ind")
    assert moved.crs.to_epsg() == 32620
    assert moved.geometry.area.sum() == pytest.approx(2 * 200**2, rel=1e-3)


def test_a_layer_is_read_with_its_weight(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame(
        {"logements": ["3", "4"]},
        geometry=shapely.points([708000, 708100], [1613000] * 2),
        crs=5490,
    )
    path = tmp_path / "adresses.gpkg"
    points.to_file(path)
    assert read_support_file(path, "EPSG:5490", "logements")["logements"].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("text", "weight", "error", "named"),
    [
        (CELLS, "indd", UnknownColumnError, "« ind »"),
        ("a,b\n1,2\n", "b", UnknownColumnError, "identifiants de carreaux"),
        (
            CELLS + "CRS2975RES200mN1613000E708200,1,7\n",
            "ind",
            CRSError,
            "plusieurs systèmes",
        ),
    ],
)
def test_what_is_no_support_is_refused(
    tmp_path: Path, text: str, weight: str, error: type[Exception], named: str
) -> None:
    with pytest.raises(error, match=named):
        read_support_file(written(tmp_path, text), "EPSG:5490", weight)


def test_an_absent_or_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="n’existe pas"):
        read_support_file(tmp_path / "rien.gpkg", "EPSG:5490", "ind")
    with pytest.raises(UnreadableFileError):
        read_support_file(written(tmp_path, "pas une couche", "x.gpkg"), "EPSG:5490", "ind")


def test_a_layer_without_system_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sans.gpkg"
    gpd.GeoDataFrame({"ind": [1.0]}, geometry=shapely.points([[1, 1]])).to_file(path)
    with pytest.raises(CRSError, match="ne dit pas"):
        read_support_file(path, "EPSG:5490", "ind")


def test_real_cells_are_read_and_hold_the_people_of_the_town(real: Path) -> None:
    path = real / "martinique" / "carreaux" / "filosofi2019_carreaux_200m_fdf_derived.csv"
    cells = read_support_file(path, "EPSG:5490", "ind")
    assert len(cells) == 1331
    assert cells.geometry.area.tolist() == pytest.approx([40000.0] * 1331)
    assert cells["ind"].min() > 0


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", UnreadableFileError),
        (b"idcar\n\xff\xfe\n", UnreadableFileError),
        (b'a,b\n"x,1\n', UnreadableFileError),
        (b"idcar,ind\nCRS999999RES200mN1613000E708000,1\n", CRSError),
        (b"idcar,ind\nCRS5490RES200mN99999999999999999999E708000,1\n", UnknownColumnError),
    ],
)
def test_a_spoilt_csv_of_cells_is_a_sentence(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "carreaux.csv"
    path.write_bytes(content)
    with pytest.raises(error):
        read_support_file(path, "EPSG:5490", "ind")

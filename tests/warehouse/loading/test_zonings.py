"""Zonings that stand as they were drawn are not written again; whatever else makes them be written."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from built_workspace import Place

from observatoire.warehouse.loading import zonings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.warehouse import Warehouse

ROWS = "SELECT * FROM zoning JOIN territory ON zoning.code = zoning ORDER BY ALL"


def rows(warehouse: Warehouse) -> list[tuple[str, ...]]:
    return [tuple(map(repr, row)) for row in warehouse.rows(ROWS)]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the times that perimeters are written."""
    times: list[int] = []
    store = zonings.store_perimeters

    def counted(*given: object) -> None:
        times.append(1)
        store(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(zonings, "store_perimeters", counted)
    return times


def test_what_stands_is_not_written_again_nor_in_a_copied_folder(
    place: Place, tmp_path: Path, written: list[int]
) -> None:
    first = rows(place.warehouse())
    place.close()
    assert rows(place.warehouse()) == first
    place.close()
    copied = Place(tmp_path.parent / "copie")
    shutil.copytree(place.root, copied.root, dirs_exist_ok=True)
    assert rows(copied.warehouse()) == first
    copied.close()
    assert len(written) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda place: place.toml('label = "IRIS"', 'label = "Les IRIS"'),
        lambda place: place.replace("geo/iris.csv", "Centre Ville", "Centre"),
        lambda place: place.replace("geo/contours.csv", "97209;1;-61.10", "97209;1;-61.11"),
        lambda place: place.replace("geo/liens.csv", "972090103;Q2", "972090103;Q1"),
        lambda place: place.toml("EPSG:5490", "EPSG:32620"),
    ],
)
def test_what_is_declared_otherwise_is_written(
    place: Place, written: list[int], change: Callable[[Place], object]
) -> None:
    first = rows(place.warehouse())
    place.close()
    change(place)
    assert rows(place.warehouse()) != first
    assert len(written) == 2


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE territory SET name = 'Autre nom' WHERE code = '972090101'",
        "DELETE FROM territory WHERE zoning = 'iris-2016'",
        "UPDATE zoning SET label = 'Autre' WHERE code = 'iris-2016'",
        "DELETE FROM drawn_from",
    ],
)
def test_rows_that_changed_are_written_as_they_are_declared(
    place: Place, written: list[int], spoilt: str
) -> None:
    warehouse = place.warehouse()
    first = rows(warehouse)
    warehouse.run(spoilt)
    place.close()
    assert rows(place.warehouse()) == first
    assert len(written) == 2


def test_another_version_draws_again(
    place: Place, written: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.warehouse()
    place.close()
    monkeypatch.setattr(zonings, "_drawing_version", lambda: "another")
    place.warehouse()
    assert len(written) == 2

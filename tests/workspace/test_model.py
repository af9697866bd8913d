"""A workspace is read whole, and refused whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, says

from observatoire.errors import CRSError, UnknownNameError, WorkspaceError
from observatoire.workspace.model import read_workspace
from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from pathlib import Path


def test_paths_are_absolute_and_sources_sorted(place: Place) -> None:
    place.write("data/raw/abc/source.toml", "")
    place.write("data/raw/sans/rien.csv", "")
    workspace = place.workspace
    assert workspace.warehouse == place.root / "data/processed/observatoire.duckdb"
    assert [folder.name for folder in workspace.source_folders()] == ["abc", "src"]
    assert workspace.zoning("iris-2016").members.is_file()
    assert workspace.zoning("iris-2016").vintage == "2016"
    assert workspace.usual == ("commune",)
    assert workspace.comparators["commune"].zoning == "commune-2016"


def test_folder_without_a_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError) as caught:
        read_workspace(tmp_path)
    says(caught.value, str(tmp_path), "observatoire init")


def test_an_unknown_zoning_gives_the_nearest(place: Place) -> None:
    with pytest.raises(UnknownNameError) as caught:
        place.workspace.zoning("iris-2015")
    says(caught.value, "iris-2015", "« iris-2016 »")


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:999999", "Fort-Desaix", ""])
def test_crs_of_the_workspace_is_in_metres(place: Place, crs: str) -> None:
    place.toml("EPSG:5490", crs)
    with pytest.raises(CRSError) as caught:
        _ = place.workspace
    says(caught.value, "observatoire.toml", "EPSG:5490")


def test_embedded_workspace_is_whole() -> None:
    workspace = read_workspace(embedded_root())
    assert workspace.main_zoning == "quartier-cucs-2007"
    assert workspace.catalogue.is_file()
    assert len(workspace.source_folders()) >= 7
    assert workspace.warnings

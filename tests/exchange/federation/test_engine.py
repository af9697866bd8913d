"""What answers the questions: named, and refused with a sentence when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import says
from packages_made import package

import observatoire as obs
from observatoire.errors import FileError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path


def test_an_engine_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        obs.federate(package(tmp_path / "a"), engine="duckbd")
    says(caught.value, "duckbd", "duckdb")


def test_a_package_that_goes_away_once_opened_is_a_sentence(tmp_path: Path) -> None:
    folder = package(tmp_path / "a")
    f = obs.federate(folder)
    (folder / "valeurs.parquet").unlink()
    for ask in (f.values, f.inventory, f.conflicts):
        with pytest.raises(FileError) as caught:
            ask()
        says(caught.value, "Relancez la fédération")

"""What the tests share: a small workspace, and the real files beside the repository."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.doctest import DoctestModule
from built_workspace import Place, build_place
from effort import PROFILE, cases
from hypothesis import HealthCheck, settings
from made_once import clear

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from observatoire.warehouse import Warehouse

settings.register_profile(
    PROFILE,
    deadline=None,
    max_examples=cases(30),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    database=None,
)
settings.load_profile(PROFILE)


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()
    clear(config)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Look for no example in what tests say of themselves: only the library's are run."""
    return [found for found in (yield) if not isinstance(found, DoctestModule)]


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()
    clear(config)


def pytest_collection_finish() -> None:
    """Leave to the collector what tests make: going over modules and items again takes minutes."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Give a small workspace of two communes, four IRIS and three quartiers."""
    made = build_place(tmp_path)
    yield made
    made.close()


@pytest.fixture
def warehouse(place: Place) -> Warehouse:
    """Give the zonings of the small workspace in a warehouse where nothing is loaded."""
    return place.empty_warehouse()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real files, beside the repository; skip where it is absent."""
    declared = os.environ.get("OBSERVATOIRE_SHARED")
    above = [parent / "shared" for parent in Path(__file__).resolve().parents]
    for folder in [Path(declared)] if declared else above:
        if (folder / "data" / "README.md").is_file():
            return folder
    pytest.skip("les fichiers réels (../shared) ne sont pas là : test sauté")


@pytest.fixture(scope="session")
def real(shared: Path) -> Path:
    """Give the folder of producers' real files."""
    return shared / "data"


@pytest.fixture(scope="session")
def carried(shared: Path) -> Path:
    """Give the folder of the figures that the project's own tables carry."""
    if not (shared / "figures" / "iris_valeurs.csv").is_file():
        pytest.skip("les chiffres relevés (../shared/figures) ne sont pas là : test sauté")
    return shared / "figures"

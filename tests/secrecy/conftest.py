"""Two workspaces that differ only by numbers nobody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import secrecy_workspace

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    with obs.open(secrecy_workspace.loaded_workspace(tmp_path_factory.mktemp("secret"))) as o:
        yield o


@pytest.fixture(scope="session")
def package(kept: Observatory, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what the first of them publishes."""
    return kept.publish(tmp_path_factory.mktemp("paquet") / "paquet")


@pytest.fixture(scope="session")
def otherwise(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    folder = tmp_path_factory.mktemp("autrement")
    with obs.open(secrecy_workspace.loaded_workspace(folder, otherwise=True)) as o:
        yield o

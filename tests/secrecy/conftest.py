"""Two workspaces that differ only by numbers nobody may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import secrecy_workspace

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.observatory.observatory import Observatory


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    folder = secrecy_workspace.write_workspace(tmp_path_factory.mktemp("secret"))
    with obs.open(folder) as observatory:
        observatory.load()
        yield observatory


@pytest.fixture(scope="session")
def otherwise(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    folder = tmp_path_factory.mktemp("autrement")
    with obs.open(secrecy_workspace.write_workspace(folder, otherwise=True)) as observatory:
        observatory.load()
        yield observatory

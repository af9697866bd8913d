"""What a notebook shows of an error."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from observatoire.errors import FileError

if TYPE_CHECKING:
    import pytest


def test_a_kernel_that_asks_twice_shows_the_traceback_once(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    shell = SimpleNamespace(kernel=object(), display_pub=SimpleNamespace(publish=shown.append))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    for error in (FileError("Le fichier est vide."), FileError("Un autre.")):
        for _ in range(2):
            assert error._render_traceback_() == [f"FileError : {error}"]
    assert len(shown) == 2, "one an error"
    assert "Trace complète" in shown[0]["text/html"]

"""Examples of docstrings read one loaded default, which the tests of a worker share."""

from __future__ import annotations

import pytest
from demo import lend


@pytest.fixture(autouse=True)
def _shared_default(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    test = getattr(request.node, "dtest", None)
    if test is not None and any("demo()" in example.source for example in test.examples):
        lend(monkeypatch)

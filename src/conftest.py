"""Examples of docstrings read what the tests of a worker share: a loaded default, published examples."""

from __future__ import annotations

import pytest
from demo import lend, lend_packages
from made_once import clear


@pytest.fixture(autouse=True)
def _shared_default(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    test = getattr(request.node, "dtest", None)
    said = "".join(example.source for example in test.examples) if test is not None else ""
    if "demo()" in said:
        lend(monkeypatch)
    if "demo_packages(" in said:
        lend_packages(monkeypatch)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing of the run."""
    clear(config)

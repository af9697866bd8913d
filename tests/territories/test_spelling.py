"""The words of totals, in any writing."""

from __future__ import annotations

import pytest

from observatoire.territories.spelling import is_total


@pytest.mark.parametrize(
    "text",
    [
        "Total",
        "SOUS-TOTAL Nord",
        "Ensemble des quartiers",
        "Moyenne",
        "Non localisés",
        "hors  zone",
    ],
)
def test_totals(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize("text", ["", "Totalgaz", "Grand Ensemblier", "Le total", "Dillon", "12"])
def test_no_totals(text: str) -> None:
    assert not is_total(text)

"""What an annex says of the workspace that it is of."""

from __future__ import annotations

import pytest

from observatoire.observatory.annexes import _answered


@pytest.mark.parametrize("draft", ["", "à préciser", "À préciser ", "…"])
def test_a_draft_that_nobody_has_filled_in_is_not_printed(draft: str) -> None:
    assert _answered(draft) == ""
    assert _answered("Ville de Perpignan") == "Ville de Perpignan"

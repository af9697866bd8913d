"""Fields of declarations: what is stated, and what is only drafted."""

from __future__ import annotations

import pytest

from observatoire.declarations.fields import answered


@pytest.mark.parametrize("draft", ["", "à préciser", "À préciser ", "…"])
def test_a_draft_that_nobody_has_filled_in_is_not_printed(draft: str) -> None:
    assert answered(draft) == ""
    assert answered("Ville de Perpignan") == "Ville de Perpignan"

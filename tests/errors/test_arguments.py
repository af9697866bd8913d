"""A path that no disk can hold is a sentence, before the system is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from built_workspace import says

import observatoire as obs
from observatoire.errors import FileError
from observatoire.errors.arguments import one_path


@pytest.mark.parametrize("given", ["a" * 255, "é" * 127, Path("a/b" * 200)])
def test_a_name_that_a_disk_takes_is_a_path(given: str | Path) -> None:
    assert one_path(given, "") == Path(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a" * 256, "si long"),
        ("é" * 128, "si long"),
        (f"data/{'a' * 300}/x.csv", "si long"),
        ("a\0b", "Ce n’est pas un chemin"),
        (3, "Ce n’est pas un chemin"),
        (None, "Ce n’est pas un chemin"),
    ],
)
def test_what_names_no_file_is_a_sentence(given: object, said: str) -> None:
    with pytest.raises(FileError) as refusal:
        one_path(given, 'obs.open("chemin/")')
    says(refusal.value, said, 'obs.open("chemin/")')


def test_a_workspace_is_not_looked_for_under_such_a_name() -> None:
    with pytest.raises(FileError, match="si long"):
        obs.open("é" * 300)

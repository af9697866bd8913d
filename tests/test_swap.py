"""What is made takes its place in one step; what a kill left is swept at the next call."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from observatoire import swap
from observatoire.swap import locked, new_file, new_folder, recover

if TYPE_CHECKING:
    from pathlib import Path

MAKERS = {"a.txt": new_file, "paquet": new_folder}


def fill(draft: Path, text: str) -> None:
    (draft / "a" if draft.is_dir() else draft).write_text(text)


def content(place: Path) -> str:
    return (place / "a" if place.is_dir() else place).read_text()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed(place: Path, where: str) -> None:
    """Have a process die by itself while it makes a place anew: in the block, or at an exchange."""
    code = f"""
import os, sys
from pathlib import Path
from observatoire import swap
place = Path(sys.argv[1])
if "{where}" == "between":
    swap._swapped = lambda *_: False
    moved = Path.rename
    def rename(self, target):
        if ".brouillon" in self.name: os._exit(9)
        return moved(self, target)
    Path.rename = rename
maker = swap.new_folder if "{place.suffix}" == "" else swap.new_file
with maker(place) as draft:
    (draft / "a" if draft.is_dir() else draft).write_text("part")
    if "{where}" == "block": os._exit(9)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(place)], check=False, env=dict(os.environ)
    )
    assert done.returncode == 9


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("name", MAKERS)
def test_what_is_made_takes_the_place_of_the_former(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, *, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(swap, "_swapped", lambda *_: False)
    for text in ("first", "second"):
        with MAKERS[name](tmp_path / name) as draft:
            fill(draft, text)
        assert content(tmp_path / name) == text
        assert names(tmp_path) == [name]


@pytest.mark.parametrize("name", MAKERS)
def test_an_error_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    with MAKERS[name](tmp_path / name) as draft:
        fill(draft, "first")

    def spoil() -> None:
        with MAKERS[name](tmp_path / name) as draft:
            fill(draft, "second")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours
        spoil()
    assert content(tmp_path / name) == "first"
    assert names(tmp_path) == [name]


def test_a_folder_that_cannot_take_its_place_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "paquet"
    with new_folder(place) as draft:
        fill(draft, "first")
    monkeypatch.setattr(swap, "_swapped", lambda *_: False)
    rename = type(place).rename

    def refuse(path: Path, target: Path) -> Path:
        if ".brouillon" in path.name:
            raise OSError
        return rename(path, target)

    monkeypatch.setattr(type(place), "rename", refuse)
    with pytest.raises(OSError), new_folder(place) as draft:  # noqa: PT011
        fill(draft, "second")
    assert content(place) == "first"


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("then", ["the same", "autre"])
def test_what_a_kill_left_is_swept_at_the_next_call(tmp_path: Path, name: str, then: str) -> None:
    with MAKERS[name](tmp_path / name) as draft:
        fill(draft, "first")
    killed(tmp_path / name, "block")
    assert content(tmp_path / name) == "first"
    assert len(names(tmp_path)) > 1
    with MAKERS[name](tmp_path / (name if then == "the same" else then)) as draft:
        fill(draft, "next")
    assert [left for left in names(tmp_path) if left.startswith(".")] == []


@pytest.mark.parametrize("who", ["reader", "writer"])
def test_a_folder_that_a_kill_left_moved_aside_is_put_back(tmp_path: Path, who: str) -> None:
    place = tmp_path / "paquet"
    with new_folder(place) as draft:
        fill(draft, "first")
    killed(place, "between")
    assert not place.exists()
    with new_file(tmp_path / "other.txt") as draft:  # sweeps, but not the only copy
        fill(draft, "x")
    if who == "reader":
        recover(place)
        assert content(place) == "first"
    else:
        with new_folder(place) as draft:
            assert content(place) == "first"
            fill(draft, "second")
        assert content(place) == "second"
        assert names(tmp_path) == ["other.txt", "paquet"]


def test_drafts_of_the_living_are_left_alone(tmp_path: Path) -> None:
    with new_file(tmp_path / "a.txt") as mine:
        fill(mine, "mine")
        with new_file(tmp_path / "b.txt") as other:
            fill(other, "other")
        assert mine.is_file()
        with pytest.raises(OSError, match=r"[Bb]usy"), locked(tmp_path / ".a.txt.verrou"):
            pass
    assert names(tmp_path) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("name", ["é" * 110 + ".txt", "[a]*?" + "b" * 200])
def test_names_as_long_as_the_system_takes(tmp_path: Path, name: str) -> None:
    with new_file(tmp_path / name) as draft:
        assert draft.name.endswith((tmp_path / name).suffix)
        fill(draft, "x")
    assert names(tmp_path) == [name]

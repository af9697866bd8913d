"""The default that is kept loaded: one a place, for a warehouse remembers where its files come from."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from observatoire.workspace.kept_demo import demo_digest
from observatoire.workspace.scaffold import create_blank

if TYPE_CHECKING:
    from pathlib import Path


def test_two_copies_of_one_default_are_not_each_other_s(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    create_blank(one)
    for name in ("data", "geo", "modeles"):
        (one / name).mkdir(exist_ok=True)
    for name in ("indicators.toml", "watch.toml", "observatoire.toml"):
        (one / name).touch()
    shutil.copytree(one, other)
    assert demo_digest(one, "x") != demo_digest(other, "x")
    assert demo_digest(one, "x") == demo_digest(tmp_path / "b" / ".." / "a", "x")
    assert demo_digest(one, "x") != demo_digest(one, "y")
    (one / "indicators.toml").write_text("[themes]", "utf-8")
    changed = demo_digest(one, "x")
    (one / "indicators.toml").write_text("", "utf-8")
    assert demo_digest(one, "x") != changed

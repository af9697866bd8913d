"""An answer is made once, as long as its memo lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from observatoire.memo import Memo, read_once

if TYPE_CHECKING:
    from pathlib import Path


def test_an_answer_is_made_once_and_by_its_key() -> None:
    memo, made = Memo(), []
    for key in (("a", 1), ("a", 1), ("a", 2), ("b", 1)):
        memo.once(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == [("a", 1), ("a", 2), ("b", 1)]  # None is an answer, too
    assert Memo().once(("a", 1), lambda: "anew") == "anew"


def test_a_table_is_read_once_for_the_same_bytes_wherever_they_are(tmp_path: Path) -> None:
    read: list[str] = []

    @read_once
    def table(path: Path) -> pd.DataFrame:
        read.append(path.name)
        if not path.is_file():
            raise FileNotFoundError(path.name)
        return pd.DataFrame({"code": path.read_text("utf-8").split()})

    for name in ("a", "b"):
        (tmp_path / name).write_text("x y", "utf-8")
        frame = table(tmp_path / name)
        assert frame["code"].tolist() == ["x", "y"]
        frame["code"] = ""  # each has its own
    (tmp_path / "a").write_text("x z", "utf-8")
    assert table(tmp_path / "a")["code"].tolist() == ["x", "z"]
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            table(tmp_path / "c")
    assert read == ["a", "a", "c", "c"]

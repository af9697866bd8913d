"""An answer is made once, as long as its memo lives."""

from __future__ import annotations

from observatoire.memo import Memo


def test_an_answer_is_made_once_and_by_its_key() -> None:
    memo, made = Memo(), []
    for key in (("a", 1), ("a", 1), ("a", 2), ("b", 1)):
        memo.once(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == [("a", 1), ("a", 2), ("b", 1)]  # None is an answer, too
    assert Memo().once(("a", 1), lambda: "anew") == "anew"

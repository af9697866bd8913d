"""Profiles as separate files: what is done is kept, what changed or lacks is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import demo
import pytest

from observatoire.errors import FormatError
from observatoire.pages.batches import write_profiles
from observatoire.pages.blocks import Page, Paragraph
from observatoire.pages.sheet import Sheet

if TYPE_CHECKING:
    from pathlib import Path


def sheet(text: str) -> Sheet:
    table = demo.demo().table("population", zoning="commune-2016")
    return Sheet(Page(text, "", (Paragraph(text),)), table)


def test_a_call_goes_on_from_where_the_last_one_stopped(tmp_path: Path) -> None:
    shares: list[tuple[int, int]] = []

    def stop(done: int, total: int, _: str) -> None:
        shares.append((done, total))
        if done == 1 and len(shares) == 2:
            raise KeyboardInterrupt

    sheets = {"Un": lambda: sheet("un"), "L’autre": lambda: sheet("autre")}
    with pytest.raises(KeyboardInterrupt):
        write_profiles(sheets, tmp_path, "html", stop)
    first = (tmp_path / "un.html").stat().st_mtime_ns
    made = write_profiles(sheets, tmp_path, ".html", stop)
    assert [path.name for path in made] == ["un.html", "autre.html"]
    assert (tmp_path / "un.html").stat().st_mtime_ns == first
    assert shares[-1] == (2, 2)
    write_profiles({"Un": lambda: sheet("un, corrigé")}, tmp_path, "html", lambda *_: None)
    assert "corrigé" in (tmp_path / "un.html").read_text("utf-8")


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="pdf"):
        write_profiles({"Un": lambda: sheet("un")}, tmp_path, "odt", lambda *_: None)

"""A note that is not public reaches no page, no annex, no package, whatever the writer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from evaluation_workspace import CONFIDENTIAL, NOTES, PARTNERS, PUBLIC, loaded_workspace
from pages_read import text_of

import observatoire as obs
from observatoire.errors import SecrecyError, UnknownNameError
from observatoire.pages.sheet import _WRITERS, Sheet
from observatoire.panels.watch import Local, notes_blocks
from observatoire.secrecy.release.public_notes import (
    PublicNotes,
    admit_notes,
    notes_for,
    public_notes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

HIDDEN = (CONFIDENTIAL, PARTNERS, "Zéphirin", "expulsions")


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    with obs.open(loaded_workspace(tmp_path_factory.mktemp("notes"))) as o:
        yield o


@pytest.fixture(scope="module")
def sheets(noted: Observatory) -> dict[str, Sheet]:
    pages: list[Sheet] = []
    write = Sheet.save_all
    Sheet.save_all = lambda self, paths: pages.append(self) or paths  # type: ignore[method-assign]
    try:
        noted.annex(["annexe.html", "annexe.xlsx"])
    finally:
        Sheet.save_all = write  # type: ignore[method-assign]
    return {
        "annex": pages[0],
        "profile": noted.profile("FDF01"),
        "evaluation": noted.evaluate(2007, 2012),
        "watch": noted.watch(),
    }


def readable(path: Path) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text_of(path))


@pytest.mark.parametrize("name", ["annex", "profile", "evaluation", "watch"])
def test_no_page_holds_what_is_not_public(sheets: dict[str, Sheet], name: str) -> None:
    """What every writer writes, PDF and images too, is the page and nothing else."""
    printed = repr(sheets[name].page)
    assert PUBLIC in printed
    for hidden in HIDDEN:
        assert hidden not in printed


@pytest.mark.parametrize("suffix", [s for s in _WRITERS if s not in (".png", ".pdf")])
@pytest.mark.parametrize("name", ["profile", "evaluation", "watch"])
def test_no_writer_writes_it(
    sheets: dict[str, Sheet], tmp_path: Path, name: str, suffix: str
) -> None:
    text = readable(sheets[name].save(tmp_path / f"{name}{suffix}"))
    if suffix != ".svg":  # letters are drawn there
        assert PUBLIC in text
    for hidden in HIDDEN:
        assert hidden not in text


def test_no_annex_holds_it(sheets: dict[str, Sheet], tmp_path: Path) -> None:
    for suffix in (".html", ".docx", ".xlsx"):
        text = readable(sheets["annex"].save(tmp_path / f"annexe{suffix}"))
        # A workbook gives figures, and no note at all.
        assert (PUBLIC in text) == (suffix != ".xlsx")
        for hidden in HIDDEN:
            assert hidden not in text


def test_no_frame_of_a_page_holds_it(sheets: dict[str, Sheet]) -> None:
    found: Any = sheets["evaluation"]
    watch: Any = sheets["watch"]
    for frame in (found.df, found.objectives, found.moments, found.actions, watch.df, watch.notes):
        for hidden in HIDDEN:
            assert hidden not in frame.to_csv()
    assert list(watch.notes["text"]) == [PUBLIC]


def test_no_package_holds_it(noted: Observatory, tmp_path: Path) -> None:
    folder = noted.publish(tmp_path / "paquet")
    for path in folder.iterdir():
        content = path.read_bytes()
        for hidden in HIDDEN:
            assert hidden.encode() not in content, path.name


def test_a_page_is_the_same_with_and_without_a_confidential_note(
    noted: Observatory, tmp_path: Path
) -> None:
    folder = loaded_workspace(tmp_path / "sans")
    lines = [
        line for line in NOTES.splitlines() if not line.endswith(("confidentiel", "partenaires"))
    ]
    (folder / "data/raw/programme/notes.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    with obs.open(folder) as other:
        other.load()
        assert other.profile("FDF01").page == noted.profile("FDF01").page
        assert other.watch().page == noted.watch().page


def test_readers_see_their_rank_and_below(noted: Observatory) -> None:
    assert list(noted.notes()["text"]) == [PUBLIC]
    assert set(noted.notes("partenaires")["text"]) == {PUBLIC, PARTNERS}
    assert CONFIDENTIAL in set(noted.notes("confidentiel")["text"])
    with pytest.raises(UnknownNameError, match="confidentiel"):
        noted.notes("confidentielle")


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "zoning": "q",
            "territory": "a",
            "text": ["oui", "non"],
            "readers": ["public", "confidentiel"],
        }
    )


def test_nobody_makes_public_notes_by_hand() -> None:
    with pytest.raises(SecrecyError, match="lecteurs"):
        PublicNotes(frame(), 0)
    kept = public_notes(frame())
    assert list(kept.rows["text"]) == ["oui"]
    assert kept.withheld == 1
    assert len(kept.of("q", "a")) == 1


def test_pages_take_nothing_but_public_notes() -> None:
    raw: Any = frame()
    for show in (
        lambda: admit_notes(raw),
        lambda: notes_blocks(raw),
        lambda: Local(raw, raw, raw, {}, "q").blocks("a"),
    ):
        with pytest.raises(SecrecyError, match="lecteurs"):
            show()


def test_an_unknown_rank_shows_nothing() -> None:
    assert len(notes_for(frame().assign(readers="Public"), "confidentiel")) == 0

"""An answer that is kept saves time, and is never one that would not be computed now."""

from __future__ import annotations

import hashlib
import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from kept_workspace import lay, rewrite, run, spoil, words_asked

import observatoire as obs
from observatoire.errors import WorkspaceError
from observatoire.indicators import answer_grounds, kept_answers, query
from observatoire.indicators.kept_answers import Answer, KeptAnswers
from observatoire.values import texts_of
from observatoire.warehouse.storage import digests, kept_results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

COUNTS = {"i1": 90, "i2": 44, "i3": 57, "i4": 60, "i5": 70, "i6": 80, "i7": 33, "i8": 50, "i9": 44}
KEPT = "SELECT count(*) FROM kept_answer"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace that is loaded, and whose answer is kept."""
    folder = lay(tmp_path_factory.mktemp("answered"), COUNTS)
    with obs.open(folder) as o:
        o.load()
        shown(o)
    return folder


@pytest.fixture
def copy(answered: Path, tmp_path: Path) -> Path:
    return shutil.copytree(answered, tmp_path / "copy")


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note each answer that is computed."""
    found: list[object] = []
    compute = query._compute

    def noted(*given: object) -> Answer:
        found.append(given[1])
        return compute(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(query, "_compute", noted)
    return found


def shown(o: Observatory) -> pd.DataFrame:
    return o.table("aidA", "quartier-2007", 2016, compare=["zus"]).cells


def test_another_opening_reads_what_was_computed(copy: Path, computed: list[object]) -> None:
    with obs.open(copy) as o:
        read = shown(o)
        assert computed == []
        o.warehouse.run("DELETE FROM kept_answer")
        made = shown(o)
    assert len(computed) == 1
    pd.testing.assert_frame_equal(read, made)


def test_what_is_read_has_the_names_that_go_with_it(copy: Path, computed: list[object]) -> None:
    with obs.open(copy) as o:
        read = o.table("aidA", "quartier-2007", 2016, compare=["zus"])
        o.warehouse.run("DELETE FROM kept_answer")
        made = o.table("aidA", "quartier-2007", 2016, compare=["zus"])
    assert len(computed) == 1
    assert (read.comparators, read.words, read.warnings) == (
        made.comparators,
        made.words,
        made.warnings,
    )
    assert read.comparators == ("zus-1996",)
    assert made.differences is not None
    pd.testing.assert_frame_equal(read.differences, made.differences)


def corrected(folder: Path) -> None:
    lay(folder, COUNTS | {"i1": 71})
    with obs.open(folder) as o:
        o.load()


CHANGES = {
    "a figure is corrected": corrected,
    "a figure is changed under the library": run(
        "UPDATE observation SET value = 71 WHERE value = 90"
    ),
    "a link moves an IRIS": rewrite("geo/liens.csv", "i3;q2;proche", "i3;q1;proche"),
    "a territory has another name": rewrite("geo/m-quartier-2007.csv", "q1;", "q1;Neuf "),
    "a definition changes": rewrite(
        "indicators.toml", 'label = "aidA"\n', 'label = "aidA"\ndecimals = 1\n'
    ),
    "the workspace is stricter": rewrite(
        "observatoire.toml", "[comparators.zus]", "[secrecy]\nthreshold = 40\n[comparators.zus]"
    ),
    "a byte of it is wrong": spoil("kept_answer"),
    "it is no longer there": run("DELETE FROM kept_answer"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_it_is_computed_anew(
    copy: Path, computed: list[object], change: Callable[[Path], None]
) -> None:
    change(copy)
    computed.clear()
    with obs.open(copy) as o:
        now = shown(o)
        assert computed, "served from before"
        assert o.warehouse.rows("SELECT count(DISTINCT grounds) FROM kept_answer") == [(1,)]
        o.warehouse.run("DELETE FROM kept_answer")
    with obs.open(copy) as o:
        pd.testing.assert_frame_equal(now, shown(o))


QUESTIONS: dict[str, Callable[[Observatory], object]] = {
    "a zoning": lambda o: o.table("aidA", "iris-2016", 2016, compare=["zus"]),
    "no comparator": lambda o: o.table("aidA", "quartier-2007", 2016),
    "some territories": lambda o: o.table(
        "aidA", "quartier-2007", 2016, compare=["zus"], territories=["q1"]
    ),
    "the latest period": lambda o: o.table("aidA", "quartier-2007", compare=["zus"]),
    "a precision": lambda o: o.table(
        "aidA", "quartier-2007", 2016, compare=["zus"], precision="all"
    ),
}


@pytest.mark.parametrize(
    ("ask", "new"),
    [(ask, name != "the latest period") for name, ask in QUESTIONS.items()],
    ids=QUESTIONS,
)
def test_each_question_has_its_own_answer(
    copy: Path, computed: list[object], ask: Callable[[Observatory], object], *, new: bool
) -> None:
    """A period that is the latest is the same question, asked or not."""
    with obs.open(copy) as o:
        ask(o)
    assert len(computed) == new


def test_another_version_of_the_library_computes_anew(
    copy: Path, computed: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_grounds, "library_digest", lambda: "another")
    with obs.open(copy) as o:
        shown(o)
    assert len(computed) == 1


def test_rows_that_change_while_it_is_computed_keep_nothing(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = query._compute

    def meanwhile(*given: object) -> Answer:
        made = compute(*given)  # type: ignore[arg-type]
        o.warehouse.run("UPDATE observation SET value = 71 WHERE value = 90")
        return made

    monkeypatch.setattr(query, "_compute", meanwhile)
    with obs.open(copy) as o:
        o.warehouse.run("DELETE FROM kept_answer")
        shown(o)
        assert o.warehouse.rows(KEPT) == [(0,)]


def test_a_full_disk_only_costs_time(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise WorkspaceError("Le disque est plein.")

    with obs.open(copy) as o:
        before = shown(o)
        o.warehouse.run("DELETE FROM kept_answer")
        monkeypatch.setattr(kept_answers, "keep_answer", full)
        pd.testing.assert_frame_equal(before, shown(o))
        assert o.warehouse.rows(KEPT) == [(0,)]


def cells_where(**columns: object) -> Callable[[Answer], Answer]:
    return lambda kept: replace(kept, cells=kept.cells.assign(**columns))


FORGED: dict[str, Callable[[Answer], Answer]] = {
    "a status of no list": cells_where(status="zzz"),
    "no status": cells_where(status=None),
    "no source": cells_where(source=None),
    "numbers in words": cells_where(value="beaucoup"),
    "another indicator": cells_where(indicator="part"),
    "another zoning": cells_where(zoning="pays"),
    "a column less": lambda kept: replace(kept, cells=kept.cells.drop(columns="value")),
    "each cell twice": lambda kept: replace(kept, cells=pd.concat([kept.cells, kept.cells])),
    "no cell": lambda kept: replace(kept, cells=kept.cells.iloc[:0]),
    "no difference": lambda kept: replace(kept, differences=kept.cells),
    "sources of no list": lambda kept: replace(kept, sources=("pays",)),
}


def test_bytes_that_nobody_wrote_here_are_computed_anew(copy: Path, computed: list[object]) -> None:
    """Sealed as ours are: who edits a warehouse can do that too."""
    with obs.open(copy) as o:
        before = shown(o)
        ((asked, body),) = o.warehouse.rows("SELECT asked, body FROM kept_answer")
        kept, chance = Answer.from_bytes(body), random.Random(1)  # noqa: S311 - the same bytes each time
        bodies = [b"", bytes(100), body[:300], body[: len(body) // 2]]
        bodies += [forge(kept).to_bytes() for forge in FORGED.values()]
        for at in (chance.randrange(len(body)) for _ in range(12)):
            spoilt = bytearray(body)
            spoilt[at] ^= 0xFF
            bodies.append(bytes(spoilt))
        for rank, spoilt in enumerate(bodies):
            computed.clear()
            o.warehouse.run(
                "UPDATE kept_answer SET body = ?, sha256 = ?",
                [spoilt, hashlib.sha256(asked.encode() + spoilt).hexdigest()],
            )
            pd.testing.assert_frame_equal(before, shown(o))
            assert len(computed) == 1 or rank >= 4 + len(FORGED)


@pytest.mark.parametrize("table", ["kept_answer", "kept_decision"])
def test_what_another_version_kept_in_its_own_form_is_dropped(
    copy: Path, computed: list[object], table: str
) -> None:
    with obs.open(copy) as o:
        before = shown(o)
        o.warehouse.run(f"DROP TABLE {table}")
        o.warehouse.run(f"CREATE TABLE {table} (id BIGINT, body VARCHAR)")
    with obs.open(copy) as o:
        pd.testing.assert_frame_equal(before, shown(o))
        assert o.warehouse.rows(KEPT) == [(1,)]
    assert len(computed) == (table == "kept_answer")


def test_the_oldest_make_room(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with obs.open(copy) as o:
        ((first, size),) = o.warehouse.rows("SELECT asked, bytes FROM kept_answer")
        monkeypatch.setattr(kept_results, "MOST_BYTES", 3 * size)
        for code in ("q1", "q2", "q3"):
            o.table("aidA", "quartier-2007", 2016, territories=[code])
            kept = o.warehouse.rows("SELECT asked, bytes FROM kept_answer ORDER BY id")
            assert sum(bytes_ for _, bytes_ in kept) <= 3 * size
        assert first not in {asked for asked, _ in kept}
        assert len(kept) >= 2


def test_what_is_written_once_is_not_written_again_until_a_row_changes(copy: Path) -> None:
    written: list[int] = []
    with obs.open(copy) as o:
        for _ in range(2):
            KeptAnswers(o._context).written_once("a thing", lambda: written.append(1))
        assert len(written) == 1
        o.warehouse.run("UPDATE observation SET value = 71 WHERE value = 90")
        KeptAnswers(o._context).written_once("a thing", lambda: written.append(1))
    assert len(written) == 2


def test_the_passages_listed_are_there_for_whoever_opens_next(copy: Path) -> None:
    with obs.open(copy) as o:
        first = o.passages()
    with obs.open(copy) as o:
        pd.testing.assert_frame_equal(o.passages(), first)
    assert len(first) > 0


def test_texts_are_kept_as_where_they_are_read() -> None:
    cells = pd.DataFrame({"territory": ["q1", None], "value": [1.5, float("nan")]})
    body = Answer(cells, cells.iloc[:0], (), ("zus-1996",)).to_bytes()
    with texts_of(()):
        read = Answer.from_bytes(body)
        assert read.cells["territory"].dtype.storage == "python"
    pd.testing.assert_frame_equal(read.cells, cells, check_dtype=False, check_column_type=False)
    assert list(read.differences) == list(cells)
    assert read.foot == ("zus-1996",)


def test_an_answer_reads_no_table_that_its_key_leaves_out(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with obs.open(copy) as o:
        context = o._context
        zus = o.workspace.comparators["zus"]
        words, tables = words_asked(
            o,
            monkeypatch,
            lambda: query.answer(context, ["aidA"], "quartier-2007", compare=[zus]),
        )
    # What measured passages weigh is made of the other tables, and said by those who make them;
    # what a load holds is made of its figures.
    derived = {"passage", "passage_weight", "seen_place"}
    assert words & tables <= {*digests.ANSWERS_REST_ON, *derived}
    assert {"territory", "source"} <= words

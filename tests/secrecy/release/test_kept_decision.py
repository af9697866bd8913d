"""A kept decision saves time, and is never a way to show what the plan would not show now."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from attacker import CATALOGUE
from kept_workspace import SIMPLE, lay, rewrite, run, spoil, words_asked

import observatoire as obs
from observatoire.errors import SecrecyError
from observatoire.indicators import answer_grounds
from observatoire.secrecy.plan import plan as plans
from observatoire.secrecy.release import kept_decision
from observatoire.warehouse.storage import digests, kept_results

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

#: Only i2 is under the threshold; with i3 it makes q2.
PLAIN = {"i1": 90, "i2": 4, "i3": 57, "i4": 60, "i5": 70, "i6": 80, "i7": 33, "i8": 50, "i9": 44}
#: Made of the other tables: what measured passages weigh is said by those who make them.
DERIVED = ("passage", "passage_weight")
ZONINGS = ("iris-2016", "quartier-2007", "commune-2016", "zus-1996")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a workspace that is loaded, and what it may show decided and kept."""
    folder = lay(tmp_path_factory.mktemp("decided"), PLAIN)
    with obs.open(folder) as o:
        o.load()
        o.table("aidA")
    return folder


@pytest.fixture
def copy(decided: Path, tmp_path: Path) -> Path:
    return shutil.copytree(decided, tmp_path / "copy")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note each plan that is made."""
    plans_made: list[object] = []
    make = plans.make_plan

    def noted(*given: object) -> plans.SecrecyPlan:
        plans_made.append(given)
        return make(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(plans, "make_plan", noted)
    return plans_made


def shown(o: Observatory) -> dict[tuple[str, str], str]:
    frames = [o.table("aidA", zoning, 2016).main for zoning in ZONINGS]
    return {
        (row.zoning, row.territory): repr(row.value)
        for frame in frames
        for row in frame[frame["status"] != "secret"].itertuples()
    }


def test_a_copied_folder_is_answered_without_a_plan(copy: Path, made: list[object]) -> None:
    with obs.open(copy) as o:
        cells = shown(o)
    assert made == []
    assert ("iris-2016", "i2") not in cells
    assert cells["iris-2016", "i1"] == "90.0"


def test_another_process_rests_on_the_same_grounds(decided: Path) -> None:
    """Nothing of the key changes with the order of sets, or with the process."""
    asked = (
        "import sys, observatoire as obs\n"
        "from observatoire.secrecy.release.kept_decision import grounds\n"
        "with obs.open(sys.argv[1]) as o: print(grounds(o._context))"
    )
    run = [sys.executable, "-c", asked, str(decided)]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    with obs.open(decided) as o:
        assert printed.strip() == o.warehouse.rows("SELECT key FROM kept_decision")[0][0]


def load(change: Callable[[Path], object]) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        change(folder)
        with obs.open(folder) as o:
            o.load()

    return changed


def family(folder: Path) -> None:
    known = resources.files("observatoire.sources.families") / "base-ic-activite.toml"
    (folder / "families").mkdir()
    (folder / "families/base-ic-activite.toml").write_bytes(known.read_bytes() + b"\n")


CHANGES = {
    "a figure is corrected": load(lambda folder: lay(folder, PLAIN | {"i1": 7})),
    "the source raises its threshold": load(
        rewrite("data/raw/aides/source.toml", "threshold = 11", "threshold = 40")
    ),
    "the workspace raises it": rewrite(
        "observatoire.toml", "[comparators.zus]", "[secrecy]\nthreshold = 40\n[comparators.zus]"
    ),
    "somebody knows a bound": rewrite(
        "observatoire.toml",
        "[comparators.zus]",
        '[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"\nterritories = ["i3"]\nhigh = 60\n'
        "[comparators.zus]",
    ),
    "a link moves an IRIS": rewrite("geo/liens.csv", "i3;q2;proche", "i3;q1;proche"),
    "a family of files is its own": family,
    "a definition changes": rewrite(
        "indicators.toml", 'label = "aidA"\n', 'label = "aidA"\ndecimals = 1\n'
    ),
    "a figure is changed under the library": run(
        "UPDATE observation SET value = 5 WHERE value = 90"
    ),
    "something else left": run(
        "INSERT INTO published_cell VALUES (1, 'iris-2016', 'i3', 'aidA', '2016', 57, 57, 57, "
        """'observed', '[[["aides", "aidA", "iris-2016", "i3", "2016", 1.0], ["=", 57.0]]]')"""
    ),
    "a byte of it is wrong": spoil("kept_decision"),
    "it is another’s, under this key": run("UPDATE kept_decision SET sha256 = repeat('0', 64)"),
    "it is no longer there": run("DELETE FROM kept_decision"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changes_it_is_decided_anew(
    copy: Path, made: list[object], change: Callable[[Path], None]
) -> None:
    change(copy)
    made.clear()
    with obs.open(copy) as o:
        cells = shown(o)
        assert made, "served from before"
    with obs.open(copy) as o:
        o.warehouse.run("DELETE FROM kept_decision")
        assert cells == shown(o)


@pytest.mark.parametrize("model", ["", 'model = "part"\n'], ids=["without", "with"])
def test_what_the_workspace_learnt_is_part_of_the_grounds_of_a_model(
    copy: Path, made: list[object], model: str
) -> None:
    linked = 'file = "geo/liens.csv"\n'
    rewrite("observatoire.toml", linked, linked + model)(copy)
    learnt = resources.files("observatoire.passage") / "calibration.toml"
    (copy / "calibration.toml").write_bytes(learnt.read_bytes())
    with obs.open(copy) as o:
        shown(o)
    made.clear()
    rewrite("calibration.toml", "center = 0.3386", "center = 0.9")(copy)
    with obs.open(copy) as o:
        shown(o)
    assert len(made) == bool(model)


def test_another_version_of_the_library_decides_anew(
    copy: Path, made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_grounds, "library_digest", lambda: "another")
    with obs.open(copy) as o:
        shown(o)
    assert len(made) == 1


def test_what_was_opened_before_a_rule_changed_is_not_kept_for_after(
    copy: Path, made: list[object]
) -> None:
    """The rules that an open workspace has read are not those of its file by now."""
    with obs.open(copy) as o:
        o.warehouse.run("DELETE FROM kept_decision")
        CHANGES["the workspace raises it"](copy)
        assert ("iris-2016", "i7") in shown(o)
    with obs.open(copy) as o:
        assert ("iris-2016", "i7") not in shown(o)
    assert len(made) == 2


def test_links_read_before_their_table_changed_are_not_kept_for_after(copy: Path) -> None:
    with obs.open(copy) as o:
        o.warehouse.run("DELETE FROM kept_decision")
        o.passages()
        CHANGES["a link moves an IRIS"](copy)
        first = o.table("aidA", "quartier-2007", 2016).main.set_index("territory")["status"]
    with obs.open(copy) as o:
        after = shown(o)
        o.warehouse.run("DELETE FROM kept_decision")
    with obs.open(copy) as o:
        assert after == shown(o)
        then = o.table("aidA", "quartier-2007", 2016).main.set_index("territory")["status"]
    # Figures and decision of one table rest on the same links.
    assert first.to_dict() == then.to_dict()
    assert first["q2"] == "secret"


def test_a_crash_while_it_is_kept_leaves_the_workspace_sound(
    copy: Path, made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    CHANGES["the workspace raises it"](copy)
    with monkeypatch.context() as broken, obs.open(copy) as o:
        broken.setattr(kept_results, "seal", lambda *_: 1 / 0)
        broken.setattr(kept_decision, "kept_decision", lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            shown(o)
    with obs.open(copy) as o:
        assert o.warehouse.rows("SELECT count(*) FROM kept_decision") == [(1,)]  # that of before
        assert ("iris-2016", "i7") not in shown(o)
    assert len(made) == 2


def test_what_leaves_as_decided_does_not_make_the_next_process_decide(
    copy: Path, made: list[object], tmp_path: Path
) -> None:
    with obs.open(copy) as o:
        o.panel(indicators=["aidA"], zoning="iris-2016").save(tmp_path / "p.html")
        assert o.warehouse.rows("SELECT count(*) > 0 FROM published_cell") == [(True,)]
    with obs.open(copy) as o:
        cells = shown(o)
    assert made == []
    with obs.open(copy) as o:
        o.warehouse.run("DELETE FROM kept_decision")
        assert cells == shown(o)


def test_what_leaves_again_and_shows_nothing_new_makes_no_process_decide(
    copy: Path, made: list[object]
) -> None:
    """An annex is written ten times in an afternoon: each is a publication, none changes what may be shown."""
    for _ in range(3):
        with obs.open(copy) as o:
            o.map("aidA", zoning="iris-2016").save(copy / "carte.svg")
    assert made == []


def test_the_kept_decision_tells_the_ledger_the_same_sums(copy: Path) -> None:
    with obs.open(copy) as o:
        decision, plan = o._decision(), o._plan()
        assert decision.cells.keys() == plan.cells.keys()
        for key in plan.cells:
            assert decision.cause(key) == plan.cause(key)
            if not plan.cause(key):
                assert repr(plan.recipes(key)).replace("'", '"') == decision.recipes(key)


def test_a_plan_reads_no_table_that_its_key_leaves_out(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with obs.open(copy) as o:
        context, earlier = o._context, o._ledger.cells
        words, tables = words_asked(o, monkeypatch, lambda: plans.make_plan(context, earlier()))
    assert words & tables <= {*digests.ANSWERS_REST_ON, *digests.RECORD, *DERIVED}
    views = {"current_observation", "current_content", "publication_load", "wanted"}
    assert words <= {*tables, *views, "leaving", "SELECT", "incoming", "duckdb_tables"}
    assert {"published_cell", "territory", "source"} <= words


def test_nothing_guarded_keeps_nothing(tmp_path: Path) -> None:
    open_to_all = SIMPLE.replace("Convention", "Licence Ouverte 2.0")
    source = open_to_all.replace("threshold = 11", "threshold = 0")
    with obs.open(lay(tmp_path, PLAIN, source, catalogue=CATALOGUE)) as o:
        o.load()
        assert ("iris-2016", "i2") in shown(o)
        assert o.warehouse.rows("SELECT count(*) FROM kept_decision") == [(0,)]


# --- rules that files have changed since -------------------------------------------------------------


@pytest.mark.parametrize("change", ["the workspace raises it", "the source raises its threshold"])
def test_nothing_leaves_by_a_rule_that_its_file_has_changed(copy: Path, change: str) -> None:
    """The file is edited while the notebook is open; i7 would have gone out under the rule of before."""
    edits = {
        "the source raises its threshold": rewrite(
            "data/raw/aides/source.toml", "threshold = 11", "threshold = 40"
        )
    }
    with obs.open(copy) as o:
        panel = o.panel(indicators=["aidA"], zoning="iris-2016")
        edits.get(change, CHANGES[change])(copy)
        for write_out in (
            lambda: panel.save(copy / "p.html"),
            lambda: o.publish(copy / "paquet"),
            lambda: o.annex(copy / "a.html"),
        ):
            with pytest.raises(SecrecyError, match="a changé depuis"):
                write_out()
        assert not {"p.html", "paquet", "a.html"} & {path.name for path in copy.iterdir()}
    with obs.open(copy) as o:
        o.load()
        assert ("iris-2016", "i7") not in shown(o)
        o.panel(indicators=["aidA"], zoning="iris-2016").save(copy / "p.html")


def test_an_agreement_that_ends_sooner_is_loaded_before_anything_leaves(copy: Path) -> None:
    source = copy / "data/raw/aides/source.toml"
    lent = """[convention]\npartner = "la Caf"\naudience = "public"\nsigned = 2020-01-01\nuntil = 2099-12-31\n"""
    source.write_text(source.read_text("utf-8").replace("[secrecy]", f"{lent}[secrecy]"), "utf-8")
    with obs.open(copy) as o:
        o.load()
        o.panel(indicators=["aidA"], zoning="iris-2016").save(copy / "p.html")
        rewrite("data/raw/aides/source.toml", "2099-12-31", "2021-12-31")(copy)
        with pytest.raises(SecrecyError, match=r"\[convention\]"):
            o.publish(copy / "paquet")

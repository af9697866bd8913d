"""Everything a workspace shows, taken together: nobody works a small count out of it."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from attacker import (
    CATALOGUE,
    SOURCE,
    Attacker,
    everything_shown,
    write,
    write_random,
)
from attacks import SEEDS, TRAILS, attack_sequence, attack_tables
from built_workspace import says
from effort import PROFILE

import observatoire as obs
from observatoire.declarations.reader import build, toml_table
from observatoire.declarations.secrecy_rules import Rule, Strictness
from observatoire.errors import DescriptorError, SecrecyError
from observatoire.french.nouns import Noun
from observatoire.indicators.computation.figures import Figures
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.secrecy.release.audit_report import sentences_of_audit
from observatoire.secrecy.suppression import optimal
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.observatory.observatory import Observatory

SIMPLE = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]

#: Nine IRIS: only i2 is under the threshold.
PLAIN = {"i1": 90, "i2": 4, "i3": 57, "i4": 60, "i5": 70, "i6": 80, "i7": 33, "i8": 50, "i9": 44}


COUNTED = Indicator(
    "aidA",
    "x",
    "x",
    "aides",
    Nature.COUNT,
    "",
    0,
    "neutral",
    "x",
    "x",
    ("aides",),
    numerator=("aidA",),
)


def rows_of(
    values: Mapping[str, object],
    variable: str = "aidA",
    zoning: str = "iris-2016",
    when: str = "2016",
) -> list[str]:
    return [f"{zoning};{code};{when};{variable};{value}" for code, value in values.items()]


def opened(folder: Path, rows: list[str], **options: str) -> Observatory:
    o = obs.open(write(folder, rows, **{"source": SIMPLE, **options}))
    o.load()
    return o


def hidden(o: Observatory, zoning: str, indicator: str = "aidA", when: str = "2016") -> set[str]:
    frame = o.table(indicator, zoning, when).main
    return set(frame.loc[frame["status"] == "secret", "territory"])


# --- an attacker written apart ------------------------------------------------------------------


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up the search for the cheapest choice sooner, by default: it is no less safe."""
    if PROFILE == "fast":
        monkeypatch.setattr(optimal, "WORK", 200)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("seed", SEEDS)
def test_an_attacker_who_reads_all_that_is_shown_finds_no_small_count(
    tmp_path: Path, seed: int
) -> None:
    """Two zonings cut by a third, categories, rates, communes; the producer hides some too."""
    found = attack_tables(tmp_path / "o", seed, paged=seed == 0)
    assert found.narrow == []
    assert found.safe
    assert found.hidden
    assert found.share < 0.8


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("seed", TRAILS)
def test_an_attacker_who_keeps_three_publications_finds_no_small_count(
    tmp_path: Path, seed: int
) -> None:
    """Figures are corrected, the rule is tightened, the folder and the variables are renamed."""
    assert attack_sequence(tmp_path, seed).narrow == []


def test_the_attacker_would_find_what_a_lazy_door_lets_out(tmp_path: Path) -> None:
    """The same attacker, given primary secrecy alone, does find small counts."""
    with opened(tmp_path, rows_of(PLAIN)) as o:
        shown = everything_shown(o)
        cells = pd.MultiIndex.from_product([("aidA", "aidB", "aidT"), PLAIN, ["2016"]])
        lazy = [
            {"zoning": "quartier-2007", "territory": "q2", "indicator": "aidA", "value": 61.0},
            {"zoning": "iris-2016", "territory": "i3", "indicator": "aidA", "value": 57.0},
        ]
        frame = pd.DataFrame(lazy).assign(low=np.nan, high=np.nan, status="aggregated", period=2016)
        attacker = Attacker(cells)
        attacker.add_sums(cells)
        attacker.read_all(frame)
        assert attacker.interval([("aidA", "i2", "2016")]) == pytest.approx((4, 4))
        assert hidden(o, "iris-2016") == {"i2", "i3"}
        assert "q2" not in set(shown.loc[shown["status"] == "secret", "territory"])


# --- traps ---------------------------------------------------------------------------------------


def test_one_hidden_quartier_and_its_commune(tmp_path: Path) -> None:
    """Communes given by the producer, quartiers too: the one hidden would be what is left."""
    quartiers = {"q1": 40, "q2": 6, "q3": 30, "q4": 50, "q5": 20}
    rows = rows_of(quartiers, zoning="quartier-2007")
    rows += rows_of({"c1": 76, "c2": 70}, zoning="commune-2016")
    with opened(tmp_path, rows) as o:
        found = hidden(o, "quartier-2007")
        assert "q2" in found
        assert len(found) == 2  # and one more: which, the ZUS that hold q2 decide
        assert not hidden(o, "commune-2016")
        assert o.audit()["safe"].all()
        assert o.table("aidA", "commune-2016").df["value"].tolist() == [76, 70]


def test_a_zus_and_the_quartiers_that_make_it(tmp_path: Path) -> None:
    quartiers = {"q1": 40, "q2": 6, "q3": 30, "q4": 50, "q5": 20}
    with opened(tmp_path, rows_of(quartiers, zoning="quartier-2007")) as o:
        assert hidden(o, "quartier-2007") == {"q1", "q2", "q3"} or hidden(o, "zus-1996")
        report = o.audit()
        assert report["safe"].all()


def test_categories_and_their_total(tmp_path: Path) -> None:
    """The category that nobody asks for is found by difference: it is guarded all the same."""
    rows = rows_of({"i1": 90}) + rows_of({"i1": 5}, "aidB") + rows_of({"i1": 95}, "aidT")
    with opened(tmp_path / "a", rows, source=SOURCE) as o:
        covered = {code: hidden(o, "iris-2016", code) for code in ("aidA", "aidB", "aidT", "part")}
        assert covered["aidB"] == {"i1"}
        assert covered["part"] == {"i1"}
        assert len(covered["aidA"]) + len(covered["aidT"]) == 1
    bare = CATALOGUE[: CATALOGUE.index("[indicators.part]")]
    with opened(tmp_path / "b", rows, catalogue=bare) as o:  # neither sum nor rate ties them
        assert not hidden(o, "iris-2016", "aidA")


def test_periods_that_are_sums(tmp_path: Path) -> None:
    rows = rows_of({"i1": 100}, when="2016")
    rows += rows_of({"i1": 6}, when="2016-S1") + rows_of({"i1": 94}, when="2016-S2")
    adds = SIMPLE.replace("threshold = 11", "threshold = 11\nadditive_periods = true")
    with opened(tmp_path / "flow", rows, source=adds) as o:
        covered = [when for when in ("2016", "2016-S2") if hidden(o, "iris-2016", when=when)]
        assert len(covered) == 1
    with opened(tmp_path / "stock", rows) as o:
        assert not hidden(o, "iris-2016", when="2016")
        assert hidden(o, "iris-2016", when="2016-S1") == {"i1"}


def test_what_the_producer_hides_is_not_given_back(tmp_path: Path) -> None:
    """The commune's total less eight IRIS is the ninth, which the producer hides."""
    rows = rows_of({**PLAIN, "i2": "s"}) + rows_of({"c1": 281, "c2": 207}, zoning="commune-2016")
    with opened(tmp_path, rows) as o:
        assert hidden(o, "iris-2016") > {"i2"}
        assert o.audit()["safe"].all()


def test_open_figures_hide_nothing_more(tmp_path: Path) -> None:
    """Given to all by their producer: nothing can be taken back, and nothing is lost."""
    rows = rows_of({**PLAIN, "i2": "s"}) + rows_of({"c1": 281, "c2": 207}, zoning="commune-2016")
    public = SIMPLE.replace("threshold = 11", 'threshold = 11\ndiffusion = "public"')
    with opened(tmp_path, rows, source=public) as o:
        assert hidden(o, "iris-2016") == {"i2"}
        report = o.audit()
        assert report.loc[~report["safe"], "already_public"].all()
        assert "i2" in set(report.loc[~report["safe"], "territory"])
        sentences = " ".join(sentences_of_audit(report))
        assert "public avant" in sentences
        assert any("public" in sentence for sentence in o._plan().record.sentences())


def test_a_bound_somebody_knows(tmp_path: Path) -> None:
    known = '\n[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"\nterritories = ["i3"]\nlow = 55\nhigh = 60\n'
    with opened(tmp_path / "a", rows_of(PLAIN)) as o:
        assert hidden(o, "iris-2016") == {"i2", "i3"}
    with opened(tmp_path / "b", rows_of(PLAIN), more=known) as o:
        assert hidden(o, "quartier-2007") | hidden(o, "zus-1996")
        assert o.audit()["safe"].all()


def test_a_share_never_exceeds_its_whole(tmp_path: Path) -> None:
    """Wholes of 12 and 20 shown beside a sum of 30: the first part is between 10 and 12."""
    rows = rows_of({"i2": 10, "i3": 20}) + rows_of({"i2": 12, "i3": 20}, "aidT")
    with opened(tmp_path, rows) as o:
        covered = {
            (zoning, code): hidden(o, zoning, code)
            for zoning, code in (
                ("iris-2016", "aidA"),
                ("iris-2016", "aidT"),
                ("quartier-2007", "aidA"),
            )
        }
        assert "i2" in covered["iris-2016", "aidA"]
        assert "i2" in covered["iris-2016", "aidT"] or "q2" in covered["quartier-2007", "aidA"]
        assert o.audit()["safe"].all()


def test_headlines_are_never_hidden_to_protect_others(tmp_path: Path) -> None:
    rows = rows_of({"q1": 400, "q2": 6, "q3": 300}, zoning="quartier-2007")
    rows += rows_of({"c1": 706}, zoning="commune-2016")
    with opened(tmp_path, rows, more='\n[secrecy]\nheadlines = ["commune-2016"]\n') as o:
        assert not hidden(o, "commune-2016")
        assert len(hidden(o, "quartier-2007")) == 2


def test_parts_above_their_total_are_refused(tmp_path: Path) -> None:
    rows = rows_of(PLAIN) + rows_of({"c1": 280}, zoning="commune-2016")
    with opened(tmp_path, rows) as o, pytest.raises(SecrecyError) as caught:
        o.table("aidA", "iris-2016")
    says(caught.value, "Les parties et le total diffèrent de 1", "aidA de c1", "tolerance")


def test_a_gap_declared_by_the_producer_is_admitted(tmp_path: Path) -> None:
    rows = rows_of(PLAIN) + rows_of({"c1": 280}, zoning="commune-2016")
    source = SIMPLE.replace("threshold = 11", "threshold = 11\ntolerance = 2")
    with opened(tmp_path, rows, source=source) as o:
        assert hidden(o, "iris-2016") == {"i2", "i3"}


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"), [("threshold = 5", "11"), ("zero = false", "true"), ("successive = 1", "3")]
)
def test_a_workspace_may_be_stricter_never_looser(tmp_path: Path, asked: str, said: str) -> None:
    source = SIMPLE.replace("threshold = 11", "threshold = 11\nzero = true\nsuccessive = 3")
    more = f"\n[secrecy.sources.aides]\n{asked}\n"
    with opened(tmp_path, rows_of(PLAIN), source=source, more=more) as o:
        with pytest.raises(DescriptorError) as caught:
            o.table("aidA", "iris-2016")
        says(caught.value, "jamais moins", "aides", said, asked.split(maxsplit=1)[0])


def test_a_workspace_may_ask_for_more(tmp_path: Path) -> None:
    more = "\n[secrecy.sources.aides]\nthreshold = 35\n"
    with opened(tmp_path, rows_of(PLAIN), more=more) as o:
        assert hidden(o, "iris-2016") >= {"i2", "i7"}


def test_dated_thresholds(tmp_path: Path) -> None:
    dated = '[[secrecy.dated]]\nto = "2011"\nthreshold = 3\n[variables.aidA]'
    source = SIMPLE.replace("[variables.aidA]", dated)
    rows = rows_of(PLAIN, when="2011") + rows_of(PLAIN)
    with opened(tmp_path, rows, source=source) as o:
        assert not hidden(o, "iris-2016", when="2011")
        assert "i2" in hidden(o, "iris-2016")


def test_zero_is_hidden_where_the_source_says_so(tmp_path: Path) -> None:
    source = SIMPLE.replace("threshold = 11", "threshold = 11\nzero = true")
    with opened(tmp_path / "a", rows_of({"i1": 0, "i4": 70})) as o:
        assert not hidden(o, "iris-2016")
    with opened(tmp_path / "b", rows_of({"i1": 0, "i4": 70}), source=source) as o:
        assert hidden(o, "iris-2016") == {"i1"}
        assert "q1" in hidden(o, "quartier-2007")


def test_three_years_in_a_row(tmp_path: Path) -> None:
    """Recorded crime: shown where each of three years in a row has enough facts."""
    source = SIMPLE.replace("threshold = 11", 'threshold = 6\nkind = "facts"\nsuccessive = 3', 1)
    source = source.replace('kind = "people"\n', "")
    rows = []
    for year, first, second in (("2013", 9, 9), ("2014", 8, 9), ("2015", 7, 2), ("2016", 9, 9)):
        rows += rows_of({"i1": first, "i4": second}, when=year)
    with opened(tmp_path, rows, source=source) as o:
        for year in ("2013", "2014", "2015", "2016"):
            assert hidden(o, "iris-2016", when=year) == {"i4"}


def test_a_distribution_needs_enough_people(tmp_path: Path) -> None:
    source = SIMPLE.replace(
        "[variables.aidA]",
        '[[secrecy.conditions]]\nvariables = ["med"]\nbasis = "aidT"\nat_least = 2000\n'
        '[variables.med]\nlabel = "Médiane"\nnature = "median"\n[variables.aidA]',
    )
    catalogue = CATALOGUE + (
        '[indicators.med]\nlabel = "Médiane"\ntheme = "aides"\nnature = "median"\n'
        'definition = "x"\nuniverse = "x"\nsources = ["aides"]\nvariable = "med"\n'
    )
    rows = rows_of({"i1": 15000, "i4": 16000, "i8": 17000}, "med")
    rows += rows_of({"i1": 1999, "i4": 2000}, "aidT")
    with opened(tmp_path, rows, source=source, catalogue=catalogue) as o:
        assert hidden(o, "iris-2016", "med") == {"i1", "i8"}  # of i8 nobody knows how many
        assert hidden(o, "quartier-2007", "med") == {"q1"}
        assert (
            o.table("med", "iris-2016").hidden["sous une condition de diffusion de la source"] == 2
        )


def test_one_enterprise_that_weighs_too_much(tmp_path: Path) -> None:
    source = SIMPLE.replace(
        "[variables.aidA]",
        '[secrecy.dominance]\nshare = 85\nlargest = { aidA = "aidB" }\nunits = "aidT"\n[variables.aidA]',
    ).replace("threshold = 11", "threshold = 0")
    rows = rows_of({"i1": 1000, "i4": 1000, "i8": 1000})
    rows += rows_of({"i1": 860, "i4": 400, "i8": 100}, "aidB")
    rows += rows_of({"i1": 9, "i4": 9, "i8": 2}, "aidT")
    catalogue = CATALOGUE[: CATALOGUE.index("[indicators.part]")]
    with opened(tmp_path, rows, source=source, catalogue=catalogue) as o:
        assert hidden(o, "iris-2016") == {"i1", "i8"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("threshold = -1", "négatif"),
        ('kind = "maisons"', "maisons"),
        ('diffusion = "secrète"', "secrète"),
        ("successive = 0", "successive"),
        ("tresholds = 3", "threshold"),
        ('[[secrecy.sums]]\ntotal = "aidT"\nparts = ["aidT"]', "distincte"),
        ('[[secrecy.sums]]\ntotal = "aidT"\nparts = ["aidC"]', "aidC"),
        ('[[secrecy.conditions]]\nvariables = ["aidA"]\nbasis = "nul"\nat_least = 3', "nul"),
        ("[[secrecy.dated]]\nthreshold = 3", "de quand"),
        ('[[secrecy.dated]]\nfrom = "hier"\nthreshold = 3', "une période s’écrit"),
        (
            '[[secrecy.dated]]\nto = "2012"\nthreshold = 3\n[[secrecy.dated]]\nfrom = "2011"\nthreshold = 4',
            "recouvrent",
        ),
        ('[secrecy.dominance]\nshare = 120\nlargest = { aidA = "aidB" }', "pourcentage"),
    ],
)
def test_rules_that_cannot_be(tmp_path: Path, line: str, said: str) -> None:
    from observatoire.sources import read_source

    source = SIMPLE.replace('threshold = 11\nkind = "people"\n', f"{line}\n")
    folder = write(tmp_path, rows_of(PLAIN), source=source) / "data/raw/aides"
    with pytest.raises(DescriptorError, match=said):
        read_source(folder)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[secrecy]\nheadlines = ["communes"]', "communes"),
        ('[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"', "borne connue"),
        (
            '[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"\nat_most = "aidT"',
            "source/variable",
        ),
        ("[secrecy]\nthreshold = -3", "négatif"),
    ],
)
def test_strictness_that_cannot_be(tmp_path: Path, more: str, said: str) -> None:
    folder = write(tmp_path, rows_of(PLAIN), more=f"\n{more}\n")
    with pytest.raises(obs.errors.ObservatoireError, match=said):
        obs.open(folder)


# --- the ledger and the door ----------------------------------------------------------------------


def test_one_publication_less_the_next_gives_nothing_away(tmp_path: Path) -> None:
    """The ZUS loses a quartier between two publications: the difference would tell it."""
    quartiers = {"q1": 40, "q2": 6, "q3": 30, "q4": 50, "q5": 20}
    rows = rows_of(quartiers, zoning="quartier-2007")
    folder = write(tmp_path, rows, source=SIMPLE)
    links = folder / "geo" / "zus.csv"
    links.write_text("source;target;link\nq1;z1;proche\nq2;z1;proche\nq4;z3;proche\n", "utf-8")
    with obs.open(folder) as o:
        o.load()
        first = o.table("aidA", "zus-1996").df.set_index("territory")
        assert first.at["z1", "value"] == 46
        o.publish(tmp_path / "paquet")
        assert len(o.publications()) == 1
    links.write_text(
        "source;target;link\nq1;z1;proche\nq2;z1;proche\nq3;z1;proche\nq3;z2;proche\nq4;z3;proche\n",
        "utf-8",
    )
    with obs.open(folder) as o:  # z1 now holds q3 too: 76 less 46 is q3, and q1 is what is left
        assert o.audit()["safe"].all()
        second = o.table("aidA", "zus-1996").df.set_index("territory")
        quartier = o.table("aidA", "quartier-2007").df.set_index("territory")
        shown = {code for code in ("q1", "q2") if not math.isnan(quartier.at[code, "value"])}
        assert not shown
        assert second.at["z1", "value"] in (76, None) or math.isnan(second.at["z1", "value"])


def test_the_ledger_holds_what_is_shown_and_nothing_else(tmp_path: Path) -> None:
    values = {**PLAIN, "i2": 7.3191}
    with opened(tmp_path / "o", rows_of(values)) as o:
        o.panel("aides", zoning="iris-2016").save(tmp_path / "p.html")
        kept = o.warehouse.frame("SELECT * FROM published_cell")
        assert set(kept.loc[kept["indicator"] == "aidA", "territory"]) >= {"i1", "i4"}
        assert not {"i2", "i3"} & set(kept.loc[kept["zoning"] == "iris-2016", "territory"])
        assert "7.3191" not in kept.to_csv()
        assert "57.0" not in kept.to_csv()
        published = o.publications()
        assert published["kind"].tolist() == ["html"]
        assert published["hidden"].tolist() == [2]
        assert len(published["digest"][0]) == 64
        o.panel("aides", zoning="iris-2016").save(tmp_path / "p.html")
        assert o.publications()["new_cells"].tolist()[1] == 0


def test_what_was_published_before_is_said_and_not_mended(tmp_path: Path) -> None:
    """A count published under a laxer rule stays public; the rest is protected all the same."""
    lax = SIMPLE.replace("threshold = 11", "threshold = 3")
    folder = write(tmp_path, rows_of(PLAIN), source=lax)
    with obs.open(folder) as o:
        o.load()
        assert not hidden(o, "iris-2016")
        o.panel("aides", zoning="iris-2016").save(tmp_path / "p.html")
    write(tmp_path, rows_of(PLAIN), source=SIMPLE)
    with obs.open(folder) as o:
        o.load()
        assert hidden(o, "iris-2016") == {"i2"}
        assert o._plan().record.exposed == 1


def test_a_page_made_before_the_rule_changed_is_refused(tmp_path: Path) -> None:
    lax = SIMPLE.replace("threshold = 11", "threshold = 3")
    folder = write(tmp_path, rows_of(PLAIN), source=lax)
    with obs.open(folder) as o:
        o.load()
        sheet = o.panel("aides", zoning="iris-2016")
        (folder / "data/raw/aides/source.toml").write_text(SIMPLE, "utf-8")
        o.load()
        with pytest.raises(SecrecyError) as caught:
            sheet.save(tmp_path / "p.html")
        says(caught.value, "i2", "ne peut plus", "p.html")
        assert not (tmp_path / "p.html").exists()
        assert o.publications().empty


def test_figures_that_changed_since_the_page_was_made_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, rows_of(PLAIN), source=SIMPLE)
    with obs.open(folder) as o:
        o.load()
        sheet = o.panel("aides", zoning="iris-2016")
        write(tmp_path, rows_of({**PLAIN, "i1": 91}), source=SIMPLE)
        o.load()
        with pytest.raises(SecrecyError, match="Refaites le tableau"):
            sheet.save(tmp_path / "p.html")


def test_the_door_names_the_cells_and_the_sums_that_tell_them(tmp_path: Path) -> None:
    """A page that shows i3 beside the quartier: i2 is what is left."""
    from observatoire.secrecy.plan.joint_audit import refuse_unsafe

    with opened(tmp_path, rows_of(PLAIN)) as o:
        plan = o._plan()
        label = plan.cells["iris-2016", "i3", "aidA", "2016"].labels[0]
        with pytest.raises(SecrecyError) as caught:
            refuse_unsafe(plan, {label}, "p.html")
    says(caught.value, "aidA de i2", "aidA de q2", "Refaites ce tableau")
    assert "4" not in str(caught.value).replace("2016", "")


def test_a_solver_that_gives_up_publishes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from observatoire.secrecy.suppression import linear_programs as programs

    monkeypatch.setattr(programs, "ITERATION_LIMIT", 0)
    rng = np.random.default_rng(1)
    write_random(tmp_path / "o", rng)
    with obs.open(tmp_path / "o") as o:
        o.load()
        with pytest.raises(SecrecyError, match="sans conclure"):
            o.publish(tmp_path / "paquet")
    assert not (tmp_path / "paquet").exists()


def test_row_order_changes_nothing(tmp_path: Path) -> None:
    rows = rows_of({**PLAIN, "i6": 3, "i8": 9}) + rows_of(
        {"c1": 281, "c2": 150}, zoning="commune-2016"
    )
    with opened(tmp_path / "a", rows) as one, opened(tmp_path / "b", rows[::-1]) as other:
        first, second = (everything_shown(o).reset_index(drop=True) for o in (one, other))
    pd.testing.assert_frame_equal(first, second)


def test_the_page_for_a_data_protection_officer_shows_rules_that_hold(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/secret.md").read_text("utf-8")
    rules, workspace = re.findall(r"^```toml\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    path = tmp_path / "source.toml"
    path.write_text(rules, "utf-8")
    rule = build(path, toml_table(path)["secrecy"], Rule)
    assert rule.at("2010").threshold == 10
    assert rule.dominance is not None
    assert Rule.from_json(rule.to_json()) == rule
    path.write_text(workspace, "utf-8")
    strict = build(path, toml_table(path)["secrecy"], Strictness)
    assert strict.applied("caf", rule).threshold == 20
    assert strict.known[0].at_most == "insee-rp2016/P16_POP"


def test_estimated_cells_tell_their_weighted_sum() -> None:
    """A measured passage: 0.7 of i3 and all of i2 is a sum like another, and so are its bounds."""
    from observatoire.indicators.routes.routes import Route, route_of
    from observatoire.passage import from_table
    from observatoire.secrecy.plan.disclosures import Discloser
    from observatoire.secrecy.primary.known_figures import Base, KnownFigure, KnownFigures

    weights = pd.DataFrame(
        {
            "source": ["i2", "i3"],
            "target": ["z", "z"],
            "weight": [1.0, 0.7],
            "low": [1, 0.2],
            "high": [1, 0.9],
        }
    )
    made: Route = route_of("iris-2016", from_table(weights), Noun("IRIS"), "area", "x")
    bases = {code: Base("aides", "aidA", "iris-2016", code, "2016") for code in ("i2", "i3")}
    figures = {bases["i2"]: KnownFigure(40, 40, 40), bases["i3"]: KnownFigure(100, 100, 100)}
    known = KnownFigures(figures, {"aides": Rule(11)})
    values = np.array([[40.0], [100.0]])
    texts = np.array([["observed"], ["observed"]], dtype=object)
    places, keys = ("i2", "i3"), {("aides", "aidA", "2016"): 0}
    laid = Figures("iris-2016", places, keys, values, values, values, texts, texts)
    discloser = Discloser(known, {"iris-2016": laid}, "z", [made], "2016")
    row = {
        "territory": "z", "origin": "0", "status": "estimated",
        "value": 110.0, "low": 60.0, "high": 130.0,
    }  # fmt: skip
    disclosure = discloser.disclosure(row, COUNTED)
    assert [{base.territory: w for base, w in each.terms} for each in disclosure.sums] == [
        {"i2": 1.0, "i3": 0.7},
        {"i2": 1.0, "i3": 0.2},
        {"i2": 1.0, "i3": 0.9},
    ]
    # A number that is no sum of them is held to tell every figure.
    disclosure = discloser.disclosure({**row, "value": 111.0}, COUNTED)
    assert [each.alone for each in disclosure.sums] == [bases["i2"], bases["i3"]]

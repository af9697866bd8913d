"""What everybody knows: hidden is at least one, people are whole, and all that was ever published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from attacker import CATALOGUE, SOURCE, published, write, write_source

import observatoire as obs
from observatoire.errors import SecrecyError
from observatoire.secrecy.primary.sensitive_cells import (
    COMPLEMENTARY,
    OURS,
    PRIMARY,
    printed,
    public_causes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

SIMPLE = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]
PLAIN = {"i1": 90, "i2": 4, "i3": 57, "i4": 60, "i5": 70, "i6": 80, "i7": 33, "i8": 50, "i9": 44}


def rows_of(
    values: Mapping[str, object], variable: str = "aidA", zoning: str = "iris-2016"
) -> list[str]:
    return [f"{zoning};{code};2016;{variable};{value}" for code, value in values.items()]


def loaded(folder: Path, rows: list[str], **options: str) -> Observatory:
    o = obs.open(write(folder, rows, **{"source": SIMPLE, **options}))
    o.load()
    return o


def statuses(o: Observatory, zoning: str, indicator: str = "aidA") -> dict[str, str]:
    frame = o.table(indicator, zoning, 2016).main
    return dict(zip(frame["territory"], frame["status"], strict=True))


# --- rates ---------------------------------------------------------------------------------------


def test_a_rate_beside_its_hidden_counts_is_hidden(tmp_path: Path) -> None:
    """55,2 % of at most 34 is 16 of 29 and nothing else: what is left of 34 is the hidden 5."""
    rows = rows_of({"i2": 16, "i3": 3}) + rows_of({"i2": 29, "i3": 5}, "aidT")
    rows += rows_of({"i2": 13, "i3": 2}, "aidB")
    with loaded(tmp_path, rows) as o:
        counts, rates = statuses(o, "iris-2016", "aidT"), statuses(o, "iris-2016", "part")
        assert counts["i2"] == counts["i3"] == "secret"
        assert rates["i2"] == rates["i3"] == "secret"
        assert o.audit()["safe"].all()


def test_what_leaves_has_the_digits_of_a_page(tmp_path: Path) -> None:
    rows = rows_of({"i1": 100, "i8": 16}) + rows_of({"i1": 300, "i8": 290}, "aidT")
    with loaded(tmp_path, rows) as o:
        shown = o.table("part", "iris-2016").df.set_index("territory")
        assert shown.loc["i1", "value"] == 33.3
        assert shown.loc["i1", ["low", "high"]].isna().all()  # of unknown precision: no bound
        package = published(o.publish(tmp_path / "paquet"))
        rates = package.loc[package["indicator"] == "part", ["value", "low", "high"]]
        assert rates.notna().any(axis=None)
        assert np.allclose(rates, rates.round(1), equal_nan=True)


def test_bounds_are_rounded_outwards() -> None:
    assert printed((33.3333, 21.26, 48.71), 1) == (33.3, 21.2, 48.8)
    assert printed((33.3, 33.3, 33.3), 1) == (33.3, 33.3, 33.3)


# --- causes --------------------------------------------------------------------------------------


def test_causes_are_not_counted_apart(tmp_path: Path) -> None:
    """Two « under the threshold » of 5 that make 8, none complementary: both would be 4."""
    assert public_causes([PRIMARY, PRIMARY]) == public_causes([PRIMARY, COMPLEMENTARY])
    with loaded(tmp_path, rows_of({"i2": 4, "i3": 4, "i1": 90})) as o:
        table = o.table("aidA", "iris-2016")
        assert set(table.hidden) == {"masqué par le producteur", OURS}
        assert OURS in o._plan().record.to_dict()["cases_masquees"]


# --- what a producer hides -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [4, 480])
def test_an_equal_parent_does_not_give_back_what_a_producer_hides(
    tmp_path: Path, size: int
) -> None:
    """A commune that counts its only IRIS with people: its figure is that of the hidden one."""
    rows = rows_of(dict.fromkeys(("i6", "i7", "i8"), 0) | {"i9": "s"})
    rows += rows_of({"c2": size}, zoning="commune-2016")
    with loaded(tmp_path, rows) as o:
        assert statuses(o, "commune-2016")["c2"] == "secret"
        assert o.audit()["safe"].all()


def test_a_rate_of_a_hidden_count_is_secret(tmp_path: Path) -> None:
    rows = rows_of({"i1": 40, "i2": "s"}) + rows_of({"i1": "s", "i2": 60}, "aidT")
    with loaded(tmp_path, rows) as o:
        cells = o.table("part", "iris-2016").main.set_index("territory")
        assert cells.loc[["i1", "i2"], "status"].tolist() == ["secret", "secret"]
        assert "dénominateur" not in " ".join(cells.loc[["i1", "i2"], "reason"])


# --- partners ------------------------------------------------------------------------------------

UNRULED = SIMPLE.replace('threshold = 11\nkind = "people"\n', "")


def test_a_partner_without_a_rule_obeys_the_default_threshold(tmp_path: Path) -> None:
    assert "[secrecy]\n[variables" in UNRULED
    with loaded(tmp_path / "a", rows_of(PLAIN | {"i2": 3}), source=UNRULED) as o:
        assert statuses(o, "iris-2016")["i2"] == "secret"
        text = o.annex(tmp_path / "a.html").read_text("utf-8")
        assert "seuil par défaut" in text
    more = "\n[secrecy]\npartner_threshold = 3\n"
    with loaded(tmp_path / "b", rows_of(PLAIN), source=UNRULED, more=more) as o:
        assert statuses(o, "iris-2016")["i2"] == "observed"
    opened = UNRULED.replace("Convention", "Licence Ouverte 2.0")
    with loaded(tmp_path / "c", rows_of(PLAIN | {"i2": 3}), source=opened) as o:
        assert statuses(o, "iris-2016")["i2"] == "observed"


@pytest.mark.parametrize("key", ["producer", "licence"])
def test_nothing_that_is_not_described_leaves(tmp_path: Path, key: str) -> None:
    written = {"producer": 'producer = "Caf"', "licence": 'licence = "Convention"'}[key]
    source = SIMPLE.replace(written, f'{key} = "à préciser"')
    with loaded(tmp_path, rows_of(PLAIN), source=source) as o:
        assert o.table("aidA", "iris-2016").df["value"].notna().any()
        for leave in (o.publish, lambda path: o.annex(path / "a.html")):
            with pytest.raises(SecrecyError, match=f"« aides ».*{key}"):
                leave(tmp_path / "sortie")
        with pytest.raises(SecrecyError, match="à préciser"):
            o.panel(indicators=["aidA"], zoning="iris-2016").save(tmp_path / "p.html")
        assert o.publications().empty


# --- memory --------------------------------------------------------------------------------------


def leave(folder: Path, values: Mapping[str, object], step: int, source: str = SIMPLE) -> set[str]:
    """Load and publish a version; return the IRIS, quartiers and communes that it hides."""
    with loaded(folder, rows_of(values), source=source) as o:
        hidden = {
            code
            for zoning in ("iris-2016", "quartier-2007", "commune-2016")
            for code, status in statuses(o, zoning).items()
            if status == "secret"
        }
        o.panel(indicators=["aidA"], zoning="iris-2016").save(folder / f"{step}.html")
        o.publish(folder / f"paquet-{step}")
        assert o.audit()["safe"].all()
    return hidden


def test_a_figure_that_did_not_change_is_one_unknown(tmp_path: Path) -> None:
    """(31, 91, 56), (31, 91, 45), (7, 91, 45): 91 left with the first, what it made with the second."""
    versions = [(31, 91, 56), (31, 91, 45), (7, 91, 45)]
    hidden = [
        leave(tmp_path, dict(zip(("i6", "i7", "i8"), version, strict=True)) | {"i9": 60}, step)
        for step, version in enumerate(versions)
    ]
    assert hidden[:2] == [set(), set()]
    assert {"i6", "q4", "c2"} <= hidden[2]


def test_a_zero_is_hidden_or_what_is_hidden_is_at_least_one(tmp_path: Path) -> None:
    """Eleven, a headline, is ten and one: were no zero hidden, each would be of one to ten."""
    counts = {"c1": (10, 1), "c2": (400, 300)}
    rows = [
        row
        for rank, variable in enumerate(("aidA", "aidB"))
        for row in rows_of(
            {code: pair[rank] for code, pair in counts.items()}, variable, "commune-2016"
        )
    ]
    rows += rows_of({code: sum(pair) for code, pair in counts.items()}, "aidT", "commune-2016")
    headline = '\n[secrecy]\nheadlines = ["commune-2016"]\n'
    with loaded(tmp_path, rows, source=SOURCE, more=headline) as o:
        assert o.audit()["safe"].all()


def test_what_was_not_guarded_is_remembered_when_it_is(tmp_path: Path) -> None:
    """A count left under no rule; the rule comes, and a correction: the total of the time is known."""
    free = SIMPLE.replace("threshold = 11", 'threshold = 0\nrule = "Diffusé tel quel."')
    leave(tmp_path, PLAIN | {"i2": 40}, 0, free)
    assert {"i2", "q2", "c1"} <= leave(tmp_path, PLAIN, 1)


def test_a_clock_that_changes_zone_changes_nothing(tmp_path: Path) -> None:
    with loaded(tmp_path, rows_of(PLAIN)) as o:
        o.warehouse.run("SET TimeZone = 'Pacific/Auckland'")
        o.panel(indicators=["aidA"], zoning="iris-2016").save(tmp_path / "p.html")
        o.publish(tmp_path / "paquet")
    with loaded(tmp_path, rows_of(PLAIN | {"i1": 7})) as o:
        o.warehouse.run("SET TimeZone = 'America/Martinique'")
        assert {"i1": "secret"}.items() <= statuses(o, "iris-2016").items()
        assert statuses(o, "quartier-2007")["q1"] == "secret"
        assert statuses(o, "commune-2016")["c1"] == "secret"


def test_a_panel_of_another_handle_is_refused_once_figures_have_changed(tmp_path: Path) -> None:
    folder = write(tmp_path, rows_of(PLAIN), source=SIMPLE)
    with obs.open(folder) as first, obs.open(folder) as second:
        first.load()
        sheet = first.panel(indicators=["aidA"], zoning="iris-2016")
        write(tmp_path, rows_of(PLAIN | {"i1": 5}), source=SIMPLE)
        second.load()
        with pytest.raises(SecrecyError, match="Refaites le tableau"):
            sheet.save(tmp_path / "p.html")
        assert statuses(first, "iris-2016")["i1"] == "secret"


# --- two sources ---------------------------------------------------------------------------------


def apart(folder: Path, communes: Mapping[str, object]) -> Observatory:
    catalogue = CATALOGUE.replace('sources = ["aides"]', 'sources = ["aides", "communes"]')
    second = SIMPLE.replace('zoning = "iris-2016"', 'zoning = "commune-2016"')
    write_source(folder, "communes", rows_of(communes, zoning="commune-2016"), second)
    return loaded(folder, rows_of(PLAIN), catalogue=catalogue)


def test_one_variable_of_two_sources_is_one_quantity(tmp_path: Path) -> None:
    """Communes come from another source: what they leave beside the IRIS shown is the hidden one."""
    with apart(tmp_path, {"c1": 281, "c2": 207}) as o:
        hidden = [code for code, status in statuses(o, "iris-2016").items() if status == "secret"]
        assert hidden == ["i2", "i3"] or statuses(o, "commune-2016")["c1"] == "secret"
        labels = {
            str(part.label) for _, parts in o._plan().assembly.relations for part in parts
        } | {str(total) for total, _ in o._plan().assembly.relations}
        assert any("c1" in label and "communes" in label for label in labels)
        assert o.audit()["safe"].all()


def test_two_sources_that_differ_are_refused(tmp_path: Path) -> None:
    rows = pd.Series(PLAIN)
    least = float(rows[:5].sum()) - 40
    with apart(tmp_path, {"c1": least}) as o, pytest.raises(SecrecyError, match="diffèrent"):
        o.table("aidA", "commune-2016")


def test_the_same_figures_under_another_name_are_one_quantity(tmp_path: Path) -> None:
    """Another code, « 2016-T4 » for 2016: a reader sees that they agree, and reads what one hides in the other."""
    counts = {"i1": 90, "i2": 4, "i3": 57, "i4": 60, "i5": 70}
    total = ["commune-2016;c1;{when};{name};281"]
    rows = []
    for name, when, by_producer in (
        ("aidA", "2016", ""),
        ("aidA", "2016-T4", ""),
        ("aidB", "2016", "i5"),
    ):
        given = {code: "s" if code == by_producer else value for code, value in counts.items()}
        rows += [f"iris-2016;{code};{when};{name};{value}" for code, value in given.items()]
        rows += [each.format(when=when, name=name) for each in total]
    simple = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]
    with obs.open(write(tmp_path, rows, source=simple)) as o:
        o.load()
        hidden = []
        for name, when in (("aidA", "2016"), ("aidA", "2016-T4"), ("aidB", "2016")):
            frame = o.table(name, "iris-2016", when).df
            hidden.append(set(frame.loc[frame["status"] == "secret", "territory"]))
        assert hidden[0] == hidden[1] == hidden[2] >= {"i2", "i5"}
        assert o.audit()["safe"].all()

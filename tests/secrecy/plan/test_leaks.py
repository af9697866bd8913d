"""Attacks that succeeded once: by the certificate, a correction, a misspelt rule, a lower bound."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from attacker import SOURCE, write
from secrecy_workspace import loaded_workspace
from tables_of_cells import table

import observatoire as obs
from observatoire.declarations.secrecy_rules import Rule, Strictness
from observatoire.errors import DescriptorError
from observatoire.indicators import wilson
from observatoire.secrecy import audit, protection
from observatoire.secrecy.suppression import optimal as optimum

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

SIMPLE = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]

#: Only i2 is under the threshold; with i3 it makes q2.
PLAIN = {"i1": 90, "i2": 4, "i3": 57, "i4": 60, "i5": 70, "i6": 80, "i7": 33, "i8": 50, "i9": 44}

ZONINGS = ("iris-2016", "quartier-2007", "commune-2016", "zus-1996")


def opened(
    folder: Path, values: Mapping[str, object], source: str = SIMPLE, more: str = ""
) -> Observatory:
    rows = [f"iris-2016;{code};2016;aidA;{value}" for code, value in values.items()]
    o = obs.open(write(folder, rows, source=source, more=more))
    o.load()
    return o


def hidden(o: Observatory) -> set[str]:
    frames = [o.table("aidA", zoning, 2016).main for zoning in ZONINGS]
    return {code for f in frames for code in f.loc[f["status"] == "secret", "territory"]}


def publish_all(o: Observatory, folder: Path) -> None:
    for zoning in ZONINGS:
        o.panel(indicators=["aidA"], zoning=zoning).save(folder / f"{zoning}.html")


# --- the certificate -----------------------------------------------------------------------------


def certificate(folder: Path, i2: int, i3: int) -> dict[str, object]:
    with opened(folder, PLAIN | {"i2": i2, "i3": i3}) as o:
        assert hidden(o) == {"i2", "i3"}
        descriptor = json.loads((o.publish(folder / "p") / "datapackage.json").read_text("utf-8"))
        return dict(descriptor["certificat_secret"])


def test_a_certificate_says_nothing_of_the_hidden_sizes(tmp_path: Path) -> None:
    """It gave the cost to six digits, which is 10 + 10 log2(1 + i3): i3, hence i2, by the sum."""
    first, second = (certificate(tmp_path / str(n), n, 61 - n) for n in (4, 9))
    assert first == second
    assert (
        first["intervalle_le_plus_etroit"] == 59.0
    )  # 61 less the two ones that the cells count at least
    # What hiding costs, and by how much the least, are made of the hidden sizes.
    assert not any("cout" in key or "cost" in key for key in first)


def test_the_annex_gives_no_digest_of_a_file_that_holds_secrets(tmp_path: Path) -> None:
    """Nine small counts tried in turn: the file whose digest fits tells the hidden one."""
    with opened(tmp_path, PLAIN) as o:
        text = o.annex(tmp_path / "a.html").read_text("utf-8")
        digests = [str(each) for each in o.loads()["sha256"]]
    assert "aides.csv (empreinte gardée par le secret)" in text
    assert not any(each[:8] in text for each in digests)


def test_the_printed_width_does_not_tell_which_cell_is_small() -> None:
    """Of two hidden pairs, the one that holds the small cell must not be given away by the width."""
    for small in ("a", "c"):
        values = {"a": 12.0, "b": 8.0, "c": 12.0, "d": 18.0, "T": 20.0, "U": 30.0}
        values |= {"a": 9.0, "b": 11.0} if small == "a" else {"b": 8.0}
        values |= {"c": 9.0, "d": 21.0} if small == "c" else {}
        cells = obs_series(values)
        relations = [("T", ["a", "b"]), ("U", ["c", "d"])]
        found = protection(cells, relations, 11, already_hidden=["a", "b", "c", "d"])
        assert found.floor == 18.0


def obs_series(values: Mapping[str, float]) -> pd.Series:
    return pd.Series(values)


# --- corrections ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_corrected_figure_is_not_held_for_published(tmp_path: Path, *, rebuilt: bool) -> None:
    """i1 was published at 90; corrected to 7, it is a secret that everything else gives away.

    A warehouse that is rebuilt knows it of the ledger's text alone.
    """
    with opened(tmp_path, PLAIN) as o:
        publish_all(o, tmp_path)
    if rebuilt:
        shutil.rmtree(tmp_path / "data/processed")
    with opened(tmp_path, PLAIN | {"i1": 7}) as o:
        # All the others are out already: only the sums that hold i1 can still be kept.
        assert {"i1", "q1", "c1", "z1"} <= hidden(o)
        assert o.audit()["safe"].all()
        publish_all(o, tmp_path)


def test_a_headline_that_gives_a_correction_away_is_withheld_alone(tmp_path: Path) -> None:
    """It refused every table of the workspace; c2, which tells nothing of i1, stays shown."""
    more = '\n[secrecy]\nheadlines = ["commune-2016"]\n'
    with opened(tmp_path, PLAIN, more=more) as o:
        assert o._plan().record.withheld == 0
        publish_all(o, tmp_path)
    with opened(tmp_path, PLAIN | {"i1": 7}, more=more) as o:
        assert {"i1", "c1"} <= hidden(o)
        assert "c2" not in hidden(o)
        assert o.audit()["safe"].all()
        assert "total de tête est masqué aussi" in " ".join(o._plan().record.sentences())
        publish_all(o, tmp_path)


def test_what_was_published_of_other_figures_still_counts_after_a_correction(
    tmp_path: Path,
) -> None:
    """q2 = i2 + i3 left at 61, i3 is corrected: the new q2 and the old one do not give i2."""
    with opened(tmp_path, PLAIN) as o:
        publish_all(o, tmp_path)
    with opened(tmp_path, PLAIN | {"i3": 30}) as o:
        assert hidden(o) == {"i2", "i3"}
        publish_all(o, tmp_path)
        labels = set(o._plan().assembly.amounts)
        assert any(label.startswith("aidA de i3") and "chargement" in label for label in labels)


@pytest.mark.parametrize("rebuilt", [False, True])
def test_a_territory_that_a_file_no_longer_gives_is_not_forgotten(
    tmp_path: Path, *, rebuilt: bool
) -> None:
    """c1 less what left of i1, and the others shown, would be the four of i5."""
    given = {"i1": 40, "i2": 60, "i3": 70, "i4": 20, "i5": 4}
    total = ["commune-2016;c1;2016;aidA;194"]
    shown: dict[str, float] = {}
    for kept in (given, {code: number for code, number in given.items() if code != "i1"}):
        rows = [f"iris-2016;{code};2016;aidA;{number}" for code, number in kept.items()]
        with obs.open(write(tmp_path, rows + total, source=SIMPLE)) as o:
            o.load()
            for zoning in ("iris-2016", "commune-2016"):
                o.map("aidA", zoning=zoning).save(tmp_path / "carte.html")
                frame = o.table("aidA", zoning).df.set_index("territory")["value"].dropna()
                shown |= frame.to_dict()
        if rebuilt:
            shutil.rmtree(tmp_path / "data/processed")
    assert not {"i1", "i2", "i3", "i4", "c1"} <= shown.keys()


def test_a_rate_that_prints_the_same_says_nothing_of_what_was_corrected(tmp_path: Path) -> None:
    """z2 holds a part of i4 and a hundred thousand others: « 90,0 % » before and after."""
    given = {"i1": (500, 400), "i2": (90_000, 10_000), "i3": (700, 300), "i4": (20, 38)}
    others = {f"i{rank}": (300 + rank, 200) for rank in range(5, 10)}
    for counts in (given, given | {"i4": (4, 38)}):
        rows = [
            f"iris-2016;{code};2016;{variable};{value}"
            for code, (a, b) in (counts | others).items()
            for variable, value in (("aidA", a), ("aidB", b), ("aidT", a + b))
        ]
        with obs.open(write(tmp_path, rows)) as o:
            o.load()
            shown = o.table(["aidA", "aidB", "aidT"], "iris-2016").df
            assert not o._plan().assembly.exposed
            o.publish(tmp_path / "paquet")
    of_i4 = shown.loc[(shown["territory"] == "i4") & shown["value"].notna(), "indicator"]
    assert len(of_i4) < 2


def test_sums_of_the_time_tie_the_old_figures(tmp_path: Path) -> None:
    """Communes are the producer's: c1 of the time less the others of the time would give i2."""
    communes = {"c1": 281, "c2": 207}
    lines = [f"commune-2016;{code};2016;aidA;{value}" for code, value in communes.items()]
    rows = [f"iris-2016;{code};2016;aidA;{value}" for code, value in PLAIN.items()]
    with obs.open(write(tmp_path, [*rows, *lines], source=SIMPLE)) as o:
        o.load()
        publish_all(o, tmp_path)
    rows[0], lines[0] = "iris-2016;i1;2016;aidA;7", "commune-2016;c1;2016;aidA;198"
    with obs.open(write(tmp_path, [*rows, *lines], source=SIMPLE)) as o:
        o.load()
        sums = [
            (str(total), {part.label for part in parts})
            for total, parts in o._plan().assembly.relations
            if "chargement" in str(total)
        ]
        assert any("c1" in total and any("i2" in p for p in parts) for total, parts in sums)
        # i2 and i3 stay hidden; the old commune and the old i1 say no more than q2 did.
        assert {"i1", "i2", "i3", "c1"} <= hidden(o)
        assert o.audit()["safe"].all()


def test_what_is_public_brackets_a_cell_and_nothing_more_may_narrow_it() -> None:
    """Everybody knows that a is at most 9: that is past mending, but not that it is 1."""
    cells = obs_series({"T": 60.0, "a": 1.0, "b": 15.0, "c": 44.0})
    bounds = pd.DataFrame({"high": [9.0]}, index=["a"])
    found = protection(
        cells, [("T", ["a", "b", "c"])], 11, bounds=bounds, headlines=["T"], past_mending=True
    )
    assert found.exposed == ("a",)
    assert found.causes.to_dict() == {"a": "primaire", "b": "complémentaire"}
    measured = audit(cells, found.statuses, [("T", ["a", "b", "c"])], bounds=bounds)
    assert measured.loc["a", ["low", "high"]].tolist() == [1, 9]
    assert np.isinf(found.floor) or found.floor >= 11


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("[secrecy.sources.aide]\nthreshold = 20\n", "source « aide ».*« aides »"),
        ('[[secrecy.known]]\nsource = "ade"\nvariable = "aidA"\nhigh = 50\n', "source « ade »"),
        ('[[secrecy.known]]\nsource = "aides"\nvariable = "aid"\nhigh = 50\n', "variable « aid »"),
        (
            '[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"\nat_most = "aides/tout"\n',
            "variable « tout »",
        ),
        (
            '[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"\nterritories = ["i22"]\nlow = 1\n',
            "territoire « i22 »",
        ),
    ],
)
def test_a_rule_that_names_nothing_is_refused(tmp_path: Path, more: str, said: str) -> None:
    with opened(tmp_path, PLAIN, more=more) as o, pytest.raises(DescriptorError, match=said):
        o.table("aidA")


def test_a_known_bound_does_not_unprotect_what_the_producer_hides(tmp_path: Path) -> None:
    more = (
        '[[secrecy.known]]\nsource = "aides"\nvariable = "aidA"\nterritories = ["i2"]\nlow = 50\n'
    )
    with opened(tmp_path, PLAIN | {"i2": "s"}, more=more) as o:
        with pytest.raises(DescriptorError, match="jamais moins") as caught:
            o.table("aidA")
        assert "i2" in str(caught.value)
    with opened(tmp_path, PLAIN | {"i2": "s"}, more=more.replace("50", "3")) as o:
        assert "i2" in hidden(o)


def test_a_dated_rule_ends_after_it_starts(tmp_path: Path) -> None:
    dated = '[[secrecy.dated]]\nfrom = "2017"\nto = "2011"\nthreshold = 5\n'
    source = SIMPLE.replace("[variables.aidA]", f"{dated}[variables.aidA]")
    with pytest.raises(DescriptorError, match="ne précède pas"):
        opened(tmp_path, PLAIN, source=source)


@pytest.mark.parametrize("asked", [{"zero": True}, {"successive": 3}, {"threshold": 12.0}])
def test_whatever_is_stricter_is_guarded(asked: dict[str, object]) -> None:
    """Figures that everybody holds guard nothing: a stricter rule must not rest on them."""
    rule = Rule(11.0, diffusion="public")
    assert Strictness(by_source={"caf": asked}).applied("caf", rule).diffusion == "restricted"
    assert Strictness(by_source={"caf": {}}).applied("caf", rule).diffusion == "public"


def test_pages_of_a_sampled_guarded_source_can_be_saved(tmp_path: Path) -> None:
    """Intervals of sampling are no figure of the plan: the door held them for stale."""
    source = SIMPLE.replace(
        "[secrecy]", '[precision]\nmethod = "census"\nfraction = 0.4\n[secrecy]'
    )
    with opened(tmp_path, PLAIN, source=source) as o:
        shown = o.table("aidA", "iris-2016", 2016).df
        assert (shown["high"] > shown["value"]).any()
        publish_all(o, tmp_path)
        assert len(o.publications()) == len(ZONINGS)


def test_the_interval_of_a_guarded_count_does_not_tell_its_whole(tmp_path: Path) -> None:
    drawn = '[precision]\nmethod = "census"\nfraction = 0.4\n'
    whole = '[precision.wholes."aidA"]\namong = ["aidA", "aidB"]\ndispersion = 0\n'
    rows = [
        f"iris-2016;{code};2016;{name};{value}"
        for code, value in PLAIN.items()
        for name, value in (("aidA", value), ("aidB", value + 40))
    ]
    found = {}
    for threshold in ("0", "11"):
        for given in ("", whole):
            source = SIMPLE.replace("[secrecy]", f"{drawn}{given}[secrecy]")
            source = source.replace("threshold = 11", f'threshold = {threshold}\nrule = "x"')
            assert f"threshold = {threshold}" in source
            with obs.open(write(tmp_path / threshold / str(len(given)), rows, source=source)) as o:
                o.load()
                shown = o.table("aidA", "iris-2016", 2016).df
            found[threshold, given] = shown["high"].to_list()
    assert found["11", ""] == pytest.approx(found["11", whole], nan_ok=True)
    assert found["0", ""] != pytest.approx(found["0", whole], nan_ok=True)


# --- the search for the cheapest choice ----------------------------------------------------------


def test_a_search_that_is_given_up_still_protects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(optimum, "WORK", 0)
    for seed in range(4):
        cells, relations = table(np.random.default_rng(seed), "three_way")
        found = protection(cells, relations, 11)
        assert found.narrowest >= 11 - 1e-6
        assert found.bound is not None
        assert found.bound <= found.cost * (1 + 1e-6)


def test_a_part_above_its_whole_looks_like_any_hidden_share(tmp_path: Path) -> None:
    # « The numerator passes the denominator » would say that i2 has at least twenty.
    rows = [
        f"iris-2016;{code};2016;{name};{value}"
        for code, value in (PLAIN | {"i8": 5}).items()
        for name, value in (("aidA", value), ("aidT", 20 if code == "i2" else value + 40))
    ]
    rows[rows.index("iris-2016;i2;2016;aidA;4")] = "iris-2016;i2;2016;aidA;31"
    with obs.open(write(tmp_path, rows, source=SIMPLE)) as o:
        o.load()
        cells = o.table("part", "iris-2016", 2016).main.set_index("territory")
    assert cells.loc["i2", "status"] == "secret"
    assert "dépasse" not in " ".join(cells["reason"])
    assert cells.loc["i4", "value"] == pytest.approx(60.0)


RATE = """
title = "Taux de suivi"
producer = "Essai"
licence = "Licence Ouverte 2.0"
zoning = "quartier-cucs-2007"

[[files]]
name = "taux.csv"
separator = ";"
territory = "quartier"
period = "2016"

[variables.taux]
label = "Taux de suivi"
nature = "rate"
unit = "%"
"""

SIZED = """
[indicators.taux_suivi]
label = "Taux de suivi"
short = "Suivi"
theme = "sante"
nature = "rate"
unit = "%"
definition = "Taux publié sans ses effectifs."
universe = "Habitants"
sources = ["essai-taux"]
variable = "taux"
precision = "wilson"
size = { source = "essai-cas", period = "2016", variables = ["vus"] }
"""


@pytest.mark.parametrize(
    ("threshold", "ends", "precision"),
    [(0, "", "wilson"), (11, "", "inconnue"), (0, "until = 2020-01-01", "missing")],
)
def test_the_interval_of_a_bare_rate_does_not_tell_its_size(
    tmp_path: Path, threshold: int, ends: str, precision: str
) -> None:
    folder = loaded_workspace(tmp_path / "t")
    raw = folder / "data" / "raw"
    cas = raw / "essai-cas" / "source.toml"
    text = cas.read_text("utf-8").replace("threshold = 11", f"threshold = {threshold}")
    lent = f'\n[convention]\npartner = "la Caf"\naudience = "public"\n{ends}\n' if ends else ""
    cas.write_text(text + lent, "utf-8")
    (raw / "essai-taux").mkdir()
    (raw / "essai-taux" / "source.toml").write_text(RATE, "utf-8")
    (raw / "essai-taux" / "taux.csv").write_text("quartier;taux\nFDF01;40\nFDF02;30\n", "utf-8")
    catalogue = folder / "indicators.toml"
    catalogue.write_text(catalogue.read_text("utf-8") + SIZED, "utf-8")
    with obs.open(folder) as o:
        o.load()
        table = o.table("taux_suivi", compare=["quartiers", "Dillon"])
        row = table.df.set_index("territory").loc["FDF01"]
        widths = ["low", "high", "sampling_low", "sampling_high"]
        if precision == "wilson":
            low, high = wilson(0.4 * 137, 137)  # whoever inverts it finds the 137
            assert row[["sampling_low", "sampling_high"]].tolist() == pytest.approx(
                [100 * float(low), 100 * float(high)]
            )
            return
        assert set(row[widths].dropna()) <= {40.0}  # nothing around the rate itself
        assert table.cells["base"].isna().all()
        assert table.differences[["low", "high"]].isna().all(axis=None)
        assert row["status"] == "missing" if ends else row["precision"] == precision
        assert "échue" in row["reason"] if ends else row["value"] == 40

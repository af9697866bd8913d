"""What is lent and counts nobody (averages, rates, amounts) speaks of people: few of them are not shown."""

from __future__ import annotations

import shutil
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from attacker import write, write_source
from effort import PROFILE
from lent_levels import LENT, LENT_CATALOGUE, LEVELS, LevelsAttacker, write_lent

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

SEEDS = range(40) if PROFILE != "fast" else (8, 21)

PEOPLE = {"i1": 90, "i2": 4, "i3": 57, "i4": 60, "i7": 33, "i8": 50}


def rows_of(variable: str, values: dict[str, float], zoning: str = "iris-2016") -> list[str]:
    return [f"{zoning};{code};2016;{variable};{value}" for code, value in values.items()]


#: i2 has four people; of the thirty-three of i7 four are aided, of the fifty of i8 all but four.
GIVEN = [
    *rows_of("aidA", PEOPLE),
    *rows_of("med", dict.fromkeys(PEOPLE, 900.0)),
    *rows_of("moy", dict.fromkeys(PEOPLE, 900.0)),
    *rows_of("eur", {code: 900.0 * people for code, people in PEOPLE.items()}),
    *rows_of("tx", dict.fromkeys(PEOPLE, 40.0) | {"i7": 12.1, "i8": 92.0}),
]


def opened(folder: Path, rows: list[str], source: str = LENT, more: str = "") -> Observatory:
    o = obs.open(write(folder, rows, source=source, catalogue=LENT_CATALOGUE + more))
    o.load()
    return o


def hidden(o: Observatory, indicator: str, zoning: str = "iris-2016") -> set[str]:
    frame = o.table(indicator, zoning).df
    return set(frame.loc[frame["status"] == "secret", "territory"])


def test_figures_of_few_people_are_hidden_whatever_they_say(tmp_path: Path) -> None:
    with opened(tmp_path, GIVEN) as o:
        assert hidden(o, "med") == hidden(o, "moy") == hidden(o, "eur") == {"i2", "i3"}
        assert hidden(o, "tx") >= {"i2", "i3", "i7", "i8"}
        assert "q2" in hidden(o, "med", "quartier-2007")  # made of i2 and i3, between the two
        assert "q2" not in hidden(o, "eur", "quartier-2007")  # of sixty-one people


def test_what_a_producer_gives_to_all_is_left_as_it_is(tmp_path: Path) -> None:
    source = LENT.replace("threshold = 11", 'threshold = 11\ndiffusion = "public"')
    with opened(tmp_path, GIVEN, source) as o:
        assert not any(hidden(o, code) for code in LEVELS)


def test_of_how_many_is_asked_when_loading_and_when_auditing(tmp_path: Path) -> None:
    """Once a source: with several counts each is judged, with none nothing is."""
    more = '[variables.few]\nlabel = "few"\nnature = "count"\n'
    rows = [*GIVEN, *rows_of("few", dict.fromkeys(PEOPLE, 3))]
    bare = [row for row in GIVEN if ";med;" in row]
    said = '[[secrecy.conditions]]\nvariables = ["med", "moy"]\nbasis = "aidA"\nat_least = 11\n[variables'
    for name, given, source, heard in (
        ("several", rows, LENT + more, "chaque effectif de la même source"),
        ("none", bare, LENT, "on ne peut juger"),
        ("one", GIVEN, LENT, ""),
        ("declared", rows, LENT.replace("[variables", said, 1) + more, ""),
    ):
        with obs.open(write(tmp_path / name, given, source=source, catalogue=LENT_CATALOGUE)) as o:
            (report,) = o.load()
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                o.audit()
        for sentences in (report.notices, [str(each.message) for each in warned]):
            words = " ".join(each for each in sentences if "rien ne dit sur combien" in each)
            assert ("« med »" in words and "size de l’indicateur" in words) == bool(heard)
            assert heard in words


def test_a_condition_says_which_count_is_the_universe(tmp_path: Path) -> None:
    """Any count of the source may be it; an analyst who knows says so, and the others are not judged."""
    more = '[variables.few]\nlabel = "few"\nnature = "count"\n'
    rows = [*GIVEN, *rows_of("few", dict.fromkeys(PEOPLE, 3))]
    said = '[[secrecy.conditions]]\nvariables = ["med", "moy"]\nbasis = "aidA"\nat_least = 11\n[variables'
    with opened(tmp_path / "a", rows, LENT + more) as o:
        assert hidden(o, "med") == set(PEOPLE)
    with opened(tmp_path / "b", rows, LENT.replace("[variables", said, 1) + more) as o:
        assert hidden(o, "med") == {"i2", "i3"}


def test_a_count_that_the_figures_deny_is_not_judged(tmp_path: Path) -> None:
    """« 46,3 % » are of forty-one people at least, and four complaints are no part of a whole number of them."""
    people = {"i1": 4000, "i2": 3100, "i3": 2700, "i6": 3900, "i7": 8, "i8": 2500, "i9": 3300}
    shares = {"i1": 46.3, "i2": 38.3, "i3": 41.9, "i6": 57.3, "i7": 37.5, "i8": 61.7, "i9": 44.1}
    more = '[variables.few]\nlabel = "few"\nnature = "count"\n'
    rows = [*rows_of("aidA", people), *rows_of("tx", shares)]
    complaints = rows_of("few", dict.fromkeys(people, 4))
    with opened(tmp_path / "a", [*rows, *complaints], LENT + more) as o:
        assert (
            hidden(o, "tx") == hidden(o, "aidA") == {"i6", "i7"}
        )  # eight people, and one to protect them
        assert not o.table("tx", "iris-2016").df["reason"].str.contains("À déclarer").any()
    with opened(tmp_path / "b", [*rows_of("tx", shares), *complaints], LENT + more) as o:
        assert hidden(o, "tx") == set(
            people
        )  # nobody gives its people: complaints may stand for them


def test_averages_say_of_whom_an_amount_is(tmp_path: Path) -> None:
    """An amount shared out among people is theirs; a median says nothing of it, and the page asks."""
    more = '[variables.few]\nlabel = "few"\nnature = "count"\n'
    rows = [*GIVEN, *rows_of("few", dict.fromkeys(PEOPLE, 3))]
    with opened(tmp_path, rows, LENT + more) as o:
        assert hidden(o, "moy") == hidden(o, "eur") == {"i2", "i3"}
        assert hidden(o, "med") == set(PEOPLE)
        reasons = o.table(["med", "moy"], "iris-2016").df.groupby("indicator")["reason"].unique()
        assert any("[[secrecy.conditions]] basis" in each for each in reasons["med"])
        assert not any("[[secrecy.conditions]] basis" in each for each in reasons["moy"])


def test_a_rate_whose_denominator_is_counted_elsewhere(tmp_path: Path) -> None:
    """A source of rates alone: ``size`` says that a census tells of how many; communes give no rest away."""
    rates = LENT.replace('[variables.aidA]\nlabel = "aidA"\nnature = "count"\n', "")
    sized = LENT_CATALOGUE.replace(
        'sources = ["aides"]\nnumerator', "expected = true\n" + 'sources = ["aides"]\nnumerator', 1
    ).replace(
        'variable = "tx"\n',
        'variable = "tx"\nsize = { source = "recensement", variables = ["pop"], period = "2016" }\n',
    )
    census = LENT[: LENT.index("[secrecy]")].replace("Convention", "Licence ouverte")
    people = {"i6": 100, "i7": 33, "i8": 50, "i9": 100}
    rows = [
        *rows_of("tx", {"i6": 40.0, "i7": 12.1, "i8": 40.0, "i9": 50.0}),
        *rows_of("tx", {"c2": 40.6}, "commune-2016"),
    ]
    write(tmp_path, rows, source=rates, catalogue=sized)
    counted = [*rows_of("pop", people), *rows_of("pop", {"c2": 283}, "commune-2016")]
    census += '[variables.pop]\nlabel = "pop"\nnature = "count"\n'
    write_source(tmp_path, "recensement", counted, census)
    with obs.open(tmp_path) as o:
        o.load()
        found = hidden(o, "tx") | hidden(o, "tx", "commune-2016")
        assert "i7" in found
        assert len(found) > 1  # or else the four of i7 are what the commune has besides the others
        assert o.audit()["safe"].all()


def test_a_lent_rate_keeps_the_digits_of_pages(tmp_path: Path) -> None:
    """Thirteen digits of a rate give its two counts."""
    rows = [*rows_of("aidA", {"i1": 29}), *rows_of("tx", {"i1": 1600 / 29})]
    with opened(tmp_path, rows) as o:
        assert o.table("tx", "iris-2016").df["value"].max() == 55.2
        page = tmp_path / "tableau.html"
        o.panel(indicators=["tx"], zoning="iris-2016").save(
            page
        )  # what leaves is what was decided on
        assert "55,2" in page.read_text("utf-8")


def rate_sheet(places: Iterable[str], rates: dict[str, float]) -> list[str]:
    """Two hundred people in each place; what rates say of them."""
    people = [*rows_of("aidA", dict.fromkeys(places, 200)), "commune-2016;c2;2016;aidA;800"]
    return [*people, *rows_of("tx", rates), "commune-2016;c2;2016;tx;%s"]


@pytest.mark.parametrize(
    ("second", "rebuilt", "name"),
    [({"i6": 20}, True, "tx"), ({"i9": None}, False, "tx"), ({"i6": 20}, False, "part")],
    ids=["corrected", "withdrawn", "corrected under another name"],
)
def test_what_rates_gave_is_not_forgotten(
    tmp_path: Path,
    second: dict[str, int | None],
    rebuilt: bool,  # noqa: FBT001
    name: str,
) -> None:
    """The commune of the first publication less its IRIS shown then, and another shown since, would be i7."""
    numerators: dict[str, int | None] = {"i6": 40, "i7": 4, "i8": 30, "i9": 60}
    shown = []
    for then, rate in ((numerators, "tx"), (numerators | second, name)):
        rates = {code: k / 2 for code, k in then.items() if k is not None}
        total = sum(k if k is not None else 60 for k in then.values()) / 8
        rows = [row.replace("%s", str(total)) for row in rate_sheet(then, rates)]
        rows = [row.replace(";tx;", f";{rate};") for row in rows]
        source = LENT.replace("[variables.tx]", f"[variables.{rate}]")
        catalogue = LENT_CATALOGUE.replace('variable = "tx"', f'variable = "{rate}"')
        with obs.open(write(tmp_path, rows, source=source, catalogue=catalogue)) as o:
            o.load()
            for zoning in ("iris-2016", "commune-2016"):
                o.map("tx", zoning=zoning).save(tmp_path / "carte.html")
            frame = o.table("tx", "iris-2016").df.set_index("territory")["value"].dropna()
            shown.append(set(frame.index))
            assert o.audit()["safe"].all()
        if rebuilt:
            shutil.rmtree(tmp_path / "data/processed")
    assert "i7" not in shown[0] | shown[1]
    assert len({"i6", "i8", "i9"} - (shown[0] | shown[1])) > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_finds_few_people_nor_what_they_receive(tmp_path: Path, seed: int) -> None:
    true = write_lent(tmp_path, np.random.default_rng(seed))
    with obs.open(tmp_path) as o:
        o.load()
        places = ("iris-2016", "quartier-2007", "zus-1996", "commune-2016")
        shown = pd.concat([o.table(["aidA", *LEVELS], zoning).df for zoning in places])
        assert o.audit()["safe"].all()
    attacker = LevelsAttacker(shown)
    assert not attacker.loose  # no level is shown of people whose number is hidden
    assert not list(attacker.narrow(true))


def test_what_leaves_says_nothing_of_the_levels_of_few_people(tmp_path: Path) -> None:
    """Two workspaces that differ in what is hidden alone write the same bytes."""
    changed = {
        "med": {"i2": 5000.0, "i3": 100.0},
        "moy": {"i2": 50.0},
        "tx": {"i2": 75.0, "i7": 9.1},
    }
    left = []
    for name, others in (("a", {}), ("b", changed)):
        rows = []
        for row in GIVEN:
            zoning, code, when, variable, value = row.split(";")
            rows.append(
                f"{zoning};{code};{when};{variable};{others.get(variable, {}).get(code, value)}"
            )
        with opened(tmp_path / name / "essai", rows) as o:
            page = tmp_path / f"{name}.html"
            texts = []
            for view in (o.panel("aides"), o.map("moy", zoning="iris-2016")):
                view.save(page)
                texts.append(page.read_text("utf-8"))
            left.append(
                [*texts, o.table(list(LEVELS), "quartier-2007", compare=["commune"]).df.to_csv()]
            )
    assert left[0] == left[1]


@pytest.mark.parametrize("share", [10.0, 90.0])
def test_counts_that_a_rate_is_not_out_of_do_not_stop_everything(
    tmp_path: Path, share: float
) -> None:
    """The commune’s rate gives less than its IRIS, or more than they hold, of what it is not out of."""
    people = {"i1": 90, "i3": 57, "i4": 60, "i5": 30}
    rates = dict.fromkeys(("i1", "i3", "i4"), 40.0)
    rows = [*rows_of("aidA", people), *rows_of("tx", rates)]
    rows += [
        *rows_of("aidA", {"c1": 237}, "commune-2016"),
        *rows_of("tx", {"c1": share}, "commune-2016"),
    ]
    with opened(tmp_path, rows) as o:
        assert "c1" not in hidden(o, "aidA", "commune-2016")

"""What is lent and counts nobody (averages, rates, amounts) speaks of people: few of them are not told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from attacker import write, write_source
from effort import PROFILE
from lent_levels import LENT, LENT_CATALOGUE, LEVELS, LevelsAttacker, write_lent

import observatoire as obs

if TYPE_CHECKING:
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


def test_a_condition_says_which_count_is_the_universe(tmp_path: Path) -> None:
    """Any count of the source may be it; an analyst who knows says so, and the others are not judged."""
    more = '[variables.few]\nlabel = "few"\nnature = "count"\n'
    rows = [*GIVEN, *rows_of("few", dict.fromkeys(PEOPLE, 3))]
    said = '[[secrecy.conditions]]\nvariables = ["med", "moy"]\nbasis = "aidA"\nat_least = 11\n[variables'
    with opened(tmp_path / "a", rows, LENT + more) as o:
        assert hidden(o, "med") == set(PEOPLE)
    with opened(tmp_path / "b", rows, LENT.replace("[variables", said, 1) + more) as o:
        assert hidden(o, "med") == {"i2", "i3"}


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
        o.map("tx", zoning="iris-2016").save(tmp_path / "carte.svg")  # it is compared so printed


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

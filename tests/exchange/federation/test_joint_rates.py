"""What rates tell of counts that nobody gives: bare rates beside the counts of other members, hidden rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attacker
import numpy as np
import pandas as pd
import pytest
from packages_made import package

import observatoire as obs
from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure, Fact
from observatoire.exchange.federation.joint.programs import given_away

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from observatoire.exchange.federation import Federation

    Row = tuple[Any, ...]

RATE = {"nature": "taux", "unite": "%", "decimales": "1"}
STATED = {**RATE, "numerateur": "AIDES", "denominateur": "FOYERS"}
WORDS = {"taux": RATE, "pop": {"numerateur": "FOYERS"}}
LINKS = "".join(f"q,Q{k},c,LAM,1.0,proche,oui,table\n" for k in (1, 2))


def shown(indicator: str, **values: float | None) -> list[Row]:
    """Return figures of quartiers Q1, Q2 and of their commune; one without a value is hidden."""
    return [
        ("c" if place == "LAM" else "q", place, indicator, "2016", value,
         "secret" if value is None else "observé")
        for place, value in values.items()
    ]  # fmt: skip


def federation(
    tmp_path: Path,
    *members: Sequence[Row],
    words: dict[str, dict[str, str]] | None = None,
    links: str = LINKS,
) -> Federation:
    """Federate members; the first one says the rates' threshold."""
    tmp_path.mkdir(exist_ok=True)
    return obs.federate(
        [
            package(
                tmp_path / f"m{rank}",
                rows,
                links=links,
                thresholds={("taux", "2016"): 11.0, ("pop", "2016"): 11.0, ("cas", "2016"): 11.0},
                definitions=words or WORDS,
            )
            for rank, rows in enumerate(members)
        ]
    )


def dark(f: Federation) -> set[tuple[str, str]]:
    """Return the territory and the indicator of what no package hides and the federation does."""
    raw = f.engine.ask("figures_of", indicateur="")
    gone = (f.df["statut"] == "secret") & (raw["statut"] != "secret")
    return set(f.df.loc[gone, ["territoire", "indicateur"]].itertuples(index=False, name=None))


LENT = shown("taux", Q1=20.0, Q2=None)
TOTAL = shown("taux", LAM=11.0)
PEOPLE = shown("pop", Q1=200.0, Q2=200.0, LAM=400.0)


@pytest.mark.parametrize(
    "members",
    [
        ([*LENT, *PEOPLE[:2]], [*TOTAL, *PEOPLE[2:]]),
        (LENT, TOTAL, PEOPLE),
        ([*LENT, *PEOPLE[:2]], TOTAL),  # the total of people is their sum
    ],
)
def test_a_bare_rate_and_its_total_elsewhere_do_not_give_a_part(
    tmp_path: Path, members: tuple[list[Row], ...]
) -> None:
    """« 11,0 % » of 400 are 44, less « 20,0 % » of 200, which are 40: the 4 that are hidden."""
    f = federation(tmp_path, *members)
    (found,) = {(r["territoire"], r["periode"], r["seul"]) for r in f.audit().to_dict("records")}
    assert found == ("Q2", "2016", "non")
    assert len(dark(f)) == 1
    assert dark(f) < {("LAM", "taux"), ("Q1", "taux")}  # one rate, and no count
    for frame in (f.values(), f.table("taux")):
        kept = frame[(frame["indicateur"] == "taux") & (frame["statut"] != "secret")]
        assert len(kept) == 1


def test_what_is_left_is_the_same_whatever_is_asked_first(tmp_path: Path) -> None:
    found = []
    for rank, order in enumerate((("pop", "taux"), ("taux", "pop"))):
        f = federation(tmp_path / str(rank), [*LENT, *PEOPLE[:2]], [*TOTAL, *PEOPLE[2:]])
        tables = {code: f.table(code).to_dict("records") for code in order}
        found.append([tables[code] for code in sorted(tables)])
        assert dark(f)
    assert repr(found[0]) == repr(found[1])


def test_rates_of_many_people_give_nothing_away(tmp_path: Path) -> None:
    """« 20,0 % » of 40 000 are from 7 980 to 8 020: of what is left nobody knows forty."""
    people = shown("pop", Q1=40_000.0, Q2=40_000.0, LAM=80_000.0)
    f = federation(tmp_path, [*LENT, *people[:2]], [*TOTAL, *people[2:]])
    assert f.audit().empty
    assert dark(f) == set()


def test_what_is_left_of_a_hidden_rate_is_as_few_as_its_numerator(tmp_path: Path) -> None:
    """« 98,0 % » of 400 are 392, of which Q1 has 195: all but three of the 200 of Q2."""
    rates = [shown("taux", Q1=97.5, Q2=None), shown("taux", LAM=98.0)]
    assert dark(federation(tmp_path, *rates, PEOPLE))


def test_rates_do_not_give_the_hidden_count_they_are_out_of(tmp_path: Path) -> None:
    """Out of 300 in Q2: (11 - 10) / (20 - 11) of it are in Q1, thirty-three, though no total is given."""
    hides = shown("pop", Q1=None, Q2=300.0)
    rates = shown("taux", Q1=20.0, Q2=10.0, LAM=11.0)
    f = federation(tmp_path, hides, rates)
    assert {r["indicateur"] for r in f.audit().to_dict("records")} >= {"pop"}
    assert {code for _, code in dark(f)} == {"taux"}


def test_a_count_that_the_rates_deny_is_not_what_they_are_out_of(tmp_path: Path) -> None:
    """No number of people is « 20,3 % » of 200, nor « 11,7 % » of 400."""
    f = federation(tmp_path, shown("taux", Q1=20.3, Q2=None), shown("taux", LAM=11.7), PEOPLE)
    assert f.audit().empty
    assert dark(f) == set()


def test_a_count_that_is_none_where_a_rate_is_shown_is_not_what_it_is_out_of(
    tmp_path: Path,
) -> None:
    """Nothing is « 20 % » of no shop: the hidden rate is not of the few shops there are."""
    shops = shown("pop", Q1=0.0, LAM=9.0)
    f = federation(tmp_path, [*LENT, *shops], shown("taux", LAM=22.2))
    assert f.audit().empty
    assert dark(f) == set()


def test_a_rate_may_be_out_of_the_sum_of_two_counts_that_nobody_gives(tmp_path: Path) -> None:
    """« 45,8 % » of 26 others and of no more than 26 besides: 22 of 48, and no other. « 83,3 % » is of neither."""
    words = {
        "taux": RATE,
        "uns": {"numerateur": "UN"},
        "autres": {"numerateur": "AUTRE"},
        "pop": WORDS["pop"],
    }
    floors = {("uns", "2016"): 11.0}
    one = package(
        tmp_path / "a",
        [*shown("uns", Q1=None, Q2=None, LAM=26.0, Q3=20.0), *shown("autres", Q1=26.0, Q3=4.0)],
        links=LINKS, thresholds=floors, definitions=words,
    )  # fmt: skip
    two = package(tmp_path / "b", shown("taux", Q1=45.8, Q3=83.3), definitions=words)
    f = obs.federate([one, two])
    assert {r["indicateur"] for r in f.audit().to_dict("records")} >= {"uns"}
    assert dark(f) == {("Q1", "taux")}


def test_a_hidden_rate_hides_the_numerator_that_nobody_counts(tmp_path: Path) -> None:
    """The same with stated terms: 44 less 40, and no package gives a numerator."""
    words = {"taux": STATED, "pop": WORDS["pop"]}
    f = federation(
        tmp_path, [*LENT, *PEOPLE[:2]], [*TOTAL, *PEOPLE[2:]], words=words
    )  # fmt: skip
    assert not f.audit().empty
    assert dark(f)


def test_terms_that_one_member_states_are_those_of_the_bare_rate_of_another(tmp_path: Path) -> None:
    """Two per cent of 200 are the four cases that the first hides."""
    one = package(
        tmp_path / "a",
        [*shown("cas", Q1=None), *shown("taux", Q2=20.0)],
        thresholds={("cas", "2016"): 11.0},
        definitions={"cas": {"numerateur": "AIDES"}, "taux": STATED},
    )
    rows = [*shown("taux", Q1=2.0), *shown("pop", Q1=200.0)]
    f = obs.federate([one, package(tmp_path / "b", rows, definitions=WORDS)])
    assert not f.audit().empty
    assert dark(f) <= {("Q1", "taux"), ("Q1", "pop")}
    assert dark(f)


def test_what_figures_show_to_be_the_numerator_is_it(tmp_path: Path) -> None:
    """In four sizes the rate is of cases to people: in the fifth it tells the hidden cases."""
    people = dict(
        zip(("Q1", "Q2", "Q3", "Q4", "Q5"), (200.0, 310.0, 420.0, 530.0, 640.0), strict=True)
    )
    cases = {"Q1": None, "Q2": 31.0, "Q3": 84.0, "Q4": 159.0, "Q5": 256.0}
    rates = {"Q1": 2.0, "Q2": 10.0, "Q3": 20.0, "Q4": 30.0, "Q5": 40.0}
    words = {**WORDS, "cas": {}}
    f = federation(
        tmp_path, shown("cas", **cases), shown("taux", **rates), shown("pop", **people),
        words=words, links="",
    )  # fmt: skip
    assert {(r["territoire"], r["indicateur"]) for r in f.audit().to_dict("records")} == {
        ("Q1", "cas")
    }
    assert dark(f) == {("Q1", "taux")}


#: Cases, people and their rate where all are shown: the rate can be of nothing else.
PROOF = {
    "cas": {"Q3": 31.0, "Q4": 84.0, "Q5": 159.0, "Q6": 256.0},
    "pop": {"Q3": 310.0, "Q4": 420.0, "Q5": 530.0, "Q6": 640.0},
    "taux": {"Q3": 10.0, "Q4": 20.0, "Q5": 30.0, "Q6": 40.0},
}


@pytest.mark.parametrize("terms", [STATED, RATE])
def test_a_part_is_no_more_than_its_whole_where_no_rate_is_given(
    tmp_path: Path, terms: dict[str, str]
) -> None:
    """57 cases in Q1, in Q2 no more than its 7 people: from 57 to 64 in all, be the terms stated or seen."""
    words = {"taux": terms, "pop": WORDS["pop"], "cas": {"numerateur": "AIDES"}}
    cases = shown("cas", LAM=None, Q1=57.0, **PROOF["cas"])
    people = [*shown("pop", Q2=7.0, **PROOF["pop"]), *shown("taux", **PROOF["taux"])]
    f = federation(tmp_path, cases, people, words=words)
    assert [(r["territoire"], r["indicateur"]) for r in f.audit().to_dict("records")] == [
        ("LAM", "cas")
    ]
    assert dark(f) in ({("Q1", "cas")}, {("Q2", "pop")})


def test_a_numerator_that_nobody_counts_is_no_more_than_its_whole(tmp_path: Path) -> None:
    """« 28,5 % » of 200 are 57, those of Q2 no more than its 7: from 57 to 64 in all, where the rate is hidden."""
    f = federation(
        tmp_path, [*shown("taux", LAM=None)], shown("taux", Q1=28.5),
        shown("pop", Q1=200.0, Q2=7.0, LAM=207.0),
    )  # fmt: skip
    assert not f.audit().empty
    assert dark(f) == {("Q1", "taux")}


def test_a_hidden_mean_is_not_found_by_the_mean_of_all(tmp_path: Path) -> None:
    """Of 400 at 1 000 euros, 380 have 1 040: the twenty others have 240."""
    words = {"taux": {"nature": "moyenne", "unite": "euros", "decimales": "0"}, "pop": WORDS["pop"]}
    people = shown("pop", Q1=380.0, Q2=20.0, LAM=400.0)
    means = [shown("taux", Q1=1040.0, Q2=None), shown("taux", LAM=1000.0)]
    assert dark(federation(tmp_path, *means, people, words=words))


def test_a_hidden_amount_is_not_bounded_closely(tmp_path: Path) -> None:
    """Twelve euros more or less hide nothing of fifty thousand."""
    words = {
        "cas": {"nature": "montant", "unite": "euros", "numerateur": "EUR"},
        "taux": {"nature": "moyenne", "unite": "euros", "numerateur": "EUR", "denominateur": "FOYERS"},
        "pop": WORDS["pop"],
    }  # fmt: skip
    f = federation(
        tmp_path,
        shown("cas", Q1=None),
        [*shown("taux", Q1=241.3), *shown("pop", Q1=207.0)],
        words=words,
    )
    assert not f.audit().empty
    assert dark(f)


def test_a_false_guess_has_no_true_fact_left_out() -> None:
    """Of 26, one guess says 22 and leaves the four that are hidden; no whole number is what the other says."""
    hidden, other, whole = (CountedCell(name, "q", "Q1", "2016") for name in ("cas", "x", "y"))
    true, false = ("taux", "pop"), ("taux", "foyers")
    made = Exposure(
        hiding={hidden: {"a"}},
        floors={hidden: 11.0},
        facts=[
            Fact({hidden: 1.0, other: 1.0}, 26.0, 26.0),
            Fact({other: 0.1}, 2.2, 2.2, guess=true),
            Fact({other: 10.0, whole: -10.0}, 5.0, 5.0, guess=false),
            Fact({whole: 10.0}, 50.0, 50.0, guess=false),
        ],
    )
    assert given_away(made) == {hidden}


@pytest.mark.parametrize("seed", [0, 1])
def test_a_package_alone_loses_nothing(tmp_path: Path, seed: int) -> None:
    """Its own plan proved it: a rate is hidden there for another's sake than that of a count it bounds."""
    attacker.write_random(tmp_path, np.random.default_rng(seed))
    with obs.open(tmp_path) as o:
        o.load()
        o.publish(tmp_path / "paquet")
    alone = obs.federate([tmp_path / "paquet"])
    given = pd.read_csv(tmp_path / "paquet/valeurs.csv")["statut"]
    assert alone.audit().empty
    assert sorted(alone.df["statut"].astype(str)) == sorted(given)


def test_what_is_seen_not_to_be_of_few_is_not_what_a_hidden_rate_hides(tmp_path: Path) -> None:
    """Women are shown by another, and many: the rate is hidden for the men's sake, of whom there are four."""
    words = {
        "taux": {**RATE, "numerateur": "HOMMES", "denominateur": "FEMMES HOMMES"},
        "cas": {"numerateur": "HOMMES"},
        "dames": {"numerateur": "FEMMES"},
    }
    hides = [*shown("taux", Q1=None), *shown("cas", Q2=30.0)]
    f = federation(tmp_path, hides, shown("dames", Q1=40.0), words=words)
    assert f.audit().empty
    assert dark(f) == set()
    f = federation(tmp_path / "few", hides, shown("dames", Q1=3.0), words=words)
    assert dark(f) == {("Q1", "dames")}

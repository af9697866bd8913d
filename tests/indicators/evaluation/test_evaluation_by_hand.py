"""An evaluation of a sampled town, every figure of it worked out again by other means."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest
from scipy import stats
from town import CATALOGUE, write_town

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

MORE = {
    "indicators.toml": CATALOGUE
    + """
[indicators.chomeurs]
label = "Chômeurs"
theme = "t"
nature = "count"
unit = "personnes"
decimals = 0
polarity = "lower_is_better"
definition = "Chômeurs."
universe = "Population"
sources = ["rp"]
numerator = ["CHOM"]
""",
    "data/raw/contrat/source.toml": """\
title = "Contrat"
producer = "Ville"
licence = "Interne"
zoning = "secteur-2020"

[[files]]
name = "objectifs.csv"
register = "objectives"

[[files]]
name = "actions.csv"
register = "actions"
""",
    "data/raw/contrat/objectifs.csv": """\
code;orientation;objectif;zonage;perimetre;indicateur;depart;reference;cible;variation;echeance
TAUX;Emploi;Vingt pour cent;;M;part;2011;;15;;2016
ECRIT;Emploi;Départ du texte;;M;part;2011;30,0;15;;2016
AUTRE;Emploi;Départ d’un autre texte;;M;part;2011;28;14;;2016
LOI;Emploi;Un tiers en moins;;M;chomeurs;2011;;;-33,333333;2014
PRES;Emploi;Cible au milieu du bruit;;M;part;2011;;29;;2016
VILLE;Emploi;La ville elle-même;ville-2020;V;part;2011;;10;;2016
LIBRE;Emploi;Sans date de départ;;M;part;;;10;;2016
""",
    "data/raw/contrat/actions.csv": """\
annee;intitule;zonage;perimetre;thematique;type;etape;montant_etat;montant_ville
2011;Enveloppe;ville-2020;V;;Enveloppe;engagé;700000;700000
2012;Enveloppe;ville-2020;V;;Enveloppe;engagé;700000;
2012;Chantier;;M;t;Action;engagé;90000;10000
2012;Chantier;;M;t;Action;versé;80000;
2013;Atelier;;M;t;Action;engagé;4000;
2013;Bus;ville-2020;V;t;Action;versé;;500
""",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    folder: Path = tmp_path_factory.mktemp("town")
    with obs.open(write_town(folder, more=MORE)) as o:
        o.load()
        yield o


@pytest.fixture(scope="module")
def found(town: Observatory) -> Any:
    return town.evaluate(2011, 2016)


def score(cases: float, people: float) -> tuple[float, float, float]:
    """Return a rate and the roots of Wilson's definition; one person is worth f / (1 - f)."""
    p, n, z2 = cases / people, people * 0.4 / 0.6, stats.norm.ppf(0.975) ** 2
    a, b, c = 1 + z2 / n, -(2 * p + z2 / n), p * p
    root = math.sqrt(b * b - 4 * a * c)
    return 100 * p, 100 * (-b - root) / (2 * a), 100 * (-b + root) / (2 * a)


def gap(inside: float) -> tuple[float, float, float]:
    """Return the gap of the sector to its town, of which it is one ninth."""
    (p, low, high), (q, below, above) = score(inside, 1000), score(inside + 800, 9000)

    def side(part: float, whole: float) -> float:
        return math.sqrt(part**2 + max(whole, part / 9) ** 2 - 2 / 9 * part**2)

    return p - q, p - q - side(p - low, above - q), p - q + side(high - p, q - below)


def test_gaps_at_both_dates_and_their_move(found: Any) -> None:
    row = found.df.set_index(["territory", "indicator"]).loc[("M", "part")]
    first, last = gap(300), gap(200)
    for name, truth in (("gap_start", first), ("gap_end", last)):
        figure = [row[name], row[f"{name}_low"], row[f"{name}_high"]]
        assert figure == pytest.approx(list(truth), abs=1e-9)
    move = last[0] - first[0]
    low = move - math.hypot(last[0] - last[1], first[2] - first[0])
    high = move + math.hypot(last[2] - last[0], first[0] - first[1])
    assert [row[f"move{end}"] for end in ("", "_low", "_high")] == pytest.approx([move, low, high])
    assert high < 0
    assert (row["convergence"], row["verdict"]) == ("rattrapage", "nette amélioration")
    for name, inside in (("value_start", 300), ("value_end", 200)):
        figure = [row[name], row[f"{name}_low"], row[f"{name}_high"]]
        assert figure == pytest.approx(list(score(inside, 1000)))


def test_an_evaluation_says_the_same_of_a_gap_as_a_table(town: Observatory, found: Any) -> None:
    differences = town.table("part", period=2016, compare=["ville"]).differences
    assert differences is not None
    row, same = found.df.iloc[0], differences.iloc[0]
    assert [row["gap_end_low"], row["gap_end_high"]] == pytest.approx([same["low"], same["high"]])


def way(start: tuple[float, ...], end: tuple[float, ...], goal: float) -> tuple[float, ...]:
    """Return the share of the way, each figure moved to its ends in turn."""

    def share(s: float, e: float) -> float:
        return 100 * (e - s) / (goal - s)

    point = share(start[0], end[0])
    ways = [[share(s, end[0]) for s in start], [share(start[0], e) for e in end]]
    low = point - math.hypot(*(point - min(each) for each in ways))
    return point, low, point + math.hypot(*(max(each) - point for each in ways))


@pytest.mark.parametrize(
    ("code", "start", "goal"),
    [
        ("TAUX", score(300, 1000), 15),
        ("ECRIT", score(300, 1000), 15),  # the text rounds the figure: it is the same one
        ("AUTRE", (28.0,), 14),  # a text that says another has no sampling error
    ],
)
def test_the_share_of_a_target_and_what_it_leaves_open(
    found: Any, code: str, start: tuple[float, ...], goal: float
) -> None:
    row = found.objectives.set_index("code").loc[code]
    truth = way(start, score(200, 1000), goal)
    share = [row["reached"], row["reached_low"], row["reached_high"]]
    assert share == pytest.approx(list(truth))
    assert [row["low"], row["high"]] == pytest.approx(list(score(200, 1000)[1:]))
    assert row["due_reached"] == row["reached"]


def test_a_third_less_is_counted_from_the_baseline_and_at_its_due_date(found: Any) -> None:
    row = found.objectives.set_index("code").loc["LOI"]
    assert row["goal"] == pytest.approx(200, abs=1e-4)
    assert row["reached"] == pytest.approx(100, abs=1e-3)
    assert row["reached_high"] - row["reached_low"] > 60  # counts that small are unsure
    assert (row["end"], row["due_period"]) == ("2016", "")
    assert math.isnan(row["due_reached"])  # nothing was counted between 2011 and 2014


def test_a_target_inside_the_noise_has_no_bounds_and_says_so(found: Any) -> None:
    row = found.objectives.set_index("code").loc["PRES"]
    assert row["reached"] == pytest.approx(1000)
    assert math.isnan(row["reached_low"])
    assert "dans l’intervalle du départ" in row["lacking"]


def test_nothing_is_compared_with_itself_nor_from_no_date(found: Any) -> None:
    rows = found.objectives.set_index("code")
    assert rows.loc["VILLE", "comparator"] == ""
    assert math.isnan(rows.loc["VILLE", "gap_end"])
    assert rows.loc["VILLE", "lacking"] == ""
    assert rows.loc["LIBRE", "value"] == pytest.approx(20)
    assert "année à fixer" in rows.loc["LIBRE", "lacking"]


def test_what_comes_after_the_due_date_is_no_end_of_cycle(found: Any) -> None:
    moments = found.moments[found.moments["code"] == "LOI"]
    assert list(moments["moment"]) == ["départ", "après l’échéance"]


def test_the_page_prints_every_interval(found: Any) -> None:
    said = found.html.replace("\u00a0", " ").replace("\u202f", " ")
    row = found.df.set_index("indicator").loc["part"]
    for name in ("gap_start", "gap_end", "move"):
        low, high = (f"{row[f'{name}_{end}']:.1f}".replace(".", ",") for end in ("low", "high"))
        assert f"[{low} ; {high}]".replace("-", "−") in said
    low, high = (round(v) for v in way(score(300, 1000), score(200, 1000), 15)[1:])
    assert f"67 % du chemin [{low} ; {high}]" in said
    assert "Ce qui ne peut être jugé" not in said  # nothing is left unjudged: no empty table
    assert "À savoir" not in said


def test_envelopes_commitments_and_payments_are_never_added_up(town: Observatory) -> None:
    done = town._inquiry("interne").programming()
    money = done.money.set_index(["year", "funder"])
    assert list(money.loc[("2012", "etat"), ["promised", "committed", "spent"]]) == [
        700_000,
        90_000,
        80_000,
    ]
    assert money[["promised", "committed", "spent"]].sum().tolist() == [2_100_000, 104_000, 80_500]
    wide = done.perimeters.iloc[0]
    # One payment reported does not stand for all that was promised.
    assert (wide["promised"], wide["spent"]) == (2_100_000, 500)
    place = done.places.iloc[0]
    assert place["amount"] == 84_000  # paid to the one, committed to the other
    said = town.evaluate(2011, 2016).html.replace("\u202f", " ").replace("\u00a0", " ")
    assert re.search(
        r"Crédits promis : 2 100 000 € \(20\d\d-20\d\d\) ; engagés pour des actions : 104 000 € \(",
        said,
    )
    assert "11,4" in said  # 80 000 of 700 000: the only line that tells both

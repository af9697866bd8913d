"""What the producer asks not to comment gets no verdict anywhere: gaps, trends, objectives, watch, ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import town

import observatoire as obs
from observatoire.indicators.comparison.gaps import NO_COMMENT
from observatoire.indicators.precision.sampling_error import TOO_SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MORE = {
    "watch.toml": """\
[watch.haut]
indicator = "part"
above = 15

[watch.baisse]
indicator = "part"
fall = 5
""",
    "data/raw/prog/source.toml": """\
title = "Convention"
producer = "Ville"
licence = "Aucune"
zoning = "secteur-2020"

[[files]]
name = "objectifs.csv"
register = "objectives"
""",
    "data/raw/prog/objectifs.csv": """\
code;orientation;objectif;perimetre;indicateur;depart;cible;echeance;partenaire
A;Un;Baisser;M;part;2011;15;2016;Ville
""",
}


def opened(folder: Path, below: int) -> Any:
    """Open the town whose unemployed were coded from some of the forms: 1 000 active in a sector."""
    source = town.SOURCE.replace(
        "fraction = 0.4\n",
        f'fraction = 0.4\ncomplementary_below = {below}\ninhabitants = ["ACT"]\n',
    ).replace('label = "Chômeurs"\n', 'label = "Chômeurs"\nexploitation = "complémentaire"\n')
    return obs.open(town.write_town(folder, source, more=MORE))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Any]:
    o = opened(tmp_path, 2000)
    yield o
    o.close()


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Any]:
    o = opened(tmp_path, 1000)
    yield o
    o.close()


def test_an_evaluation_says_why_it_does_not_judge(small: Any) -> None:
    found = small.evaluate(2011, 2016)
    (row,) = found.df.to_dict("records")
    (aim,) = found.objectives.to_dict("records")
    assert (row["verdict"], row["convergence"]) == ("non jugé", "indéterminé")
    assert row["reason"] == aim["lacking"] == NO_COMMENT
    assert (aim["verdict"], aim["convergence"]) == ("non jugé", "indéterminé")


def test_the_same_figures_are_judged_where_there_are_enough(large: Any) -> None:
    found = large.evaluate(2011, 2016)
    (row,) = found.df.to_dict("records")
    assert (row["verdict"], row["convergence"]) == ("nette amélioration", "rattrapage")
    assert found.objectives["lacking"].tolist() == [""]
    assert large.watch().df["signal"].tolist() == ["franchi"]


def test_a_signal_is_to_be_confirmed(small: Any) -> None:
    assert small.watch().df["signal"].tolist() == ["à confirmer"]


def test_no_place_is_given_among_ranks(small: Any, tmp_path: Path) -> None:
    found = small.inequality("part", period=2016, zoning="iris-2016")
    assert set(found.df["place"]) == {TOO_SMALL}
    found.save(tmp_path / "inegalites.html")
    page = (tmp_path / "inegalites.html").read_text(encoding="utf-8")
    assert "aucun avec certitude" in page


def test_a_change_is_watched_in_the_latest_series(large: Any) -> None:
    """From 30 to 20 % before the break of 2018, then 20 and 20 %: nothing falls any more."""
    assert list(large.watch().df["watch"]) == ["haut"]

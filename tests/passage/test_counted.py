"""Weights made of people place people: what counts something else is bounded, and said."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from layers_made import CRS, squares

from observatoire import passage
from observatoire.passage.counted import kind_of

IRIS = squares((0, 0, 20, 10), (20, 0, 30, 10), codes=["cut", "whole"])
QUARTIERS = squares((0, 0, 5, 10), (20, 0, 30, 10), codes=["part", "all"])
CELLS = gpd.GeoDataFrame(
    {"ind": [3.0, 1.0, 9.0], "log_soc": [9.0, 1.0, 9.0], "n": [1.0, 1.0, 1.0]},
    geometry=shapely.points([2, 15, 25], [5, 5, 5]),
    crs=CRS,
)
BY_PEOPLE = passage.by_support(IRIS, QUARTIERS, CELLS)
COUNTS = pd.DataFrame({"v": [40.0, 7.0]}, index=["cut", "whole"])


def cells_of(table: pd.DataFrame) -> Any:
    return table.set_index("target").loc[["part", "all"]]


@pytest.mark.parametrize(
    "about",
    [
        {"unit": "logements sociaux"},
        {"unit": "logements", "universe": "Parc des bailleurs"},
        {"counts": "ménages pauvres"},
        {"unit": "personnes", "universe": "Population sous le seuil de pauvreté"},
        {"unit": "euros"},
    ],
)
def test_what_is_not_people_is_bounded_where_people_share_it(about: Any) -> None:
    found = cells_of(BY_PEOPLE.apply(COUNTS, about=about))
    assert found.status.tolist() == ["bounded", "aggregated"]  # a whole source carries anything
    assert np.isnan(found.value["part"])
    assert found.loc["part", ["low", "high"]].tolist() == [0.0, 40.0]
    assert "la population" in found.reason["part"]
    assert found.value["all"] == 7.0


@pytest.mark.parametrize("name", ["hlm", "logements_sociaux", "men_pauv", "emplois"])
def test_a_name_says_what_is_counted(name: str) -> None:
    found = cells_of(BY_PEOPLE.apply(COUNTS.rename(columns={"v": name})))
    assert found.status["part"] == "bounded"


@pytest.mark.parametrize("about", [{"unit": "habitants"}, {"universe": "Femmes de 15 ans et plus"}])
def test_people_are_carried_by_people(about: Any) -> None:
    found = cells_of(BY_PEOPLE.apply(COUNTS, about=about))
    assert found.value["part"] == 30.0
    assert found.reason["part"] == ""


def test_what_nothing_says_is_shared_and_it_is_said() -> None:
    found = cells_of(BY_PEOPLE.apply(COUNTS))
    assert found.value["part"] == 30.0
    assert "Partagé comme la population" in found.reason["part"]
    assert found.reason["all"] == ""


def test_each_kind_has_its_own_support() -> None:
    about = {"unit": "logements sociaux"}
    own = passage.by_support(IRIS, QUARTIERS, CELLS, "log_soc")
    assert cells_of(own.apply(COUNTS, about=about)).value["part"] == 36.0
    declared = passage.by_support(IRIS, QUARTIERS, CELLS, "n", carries="logements HLM")
    assert cells_of(declared.apply(COUNTS, about=about)).value["part"] == 20.0
    unknown = passage.by_support(IRIS, QUARTIERS, CELLS, "n")
    assert cells_of(unknown.apply(COUNTS, about=about)).value["part"] == 20.0


def test_a_poverty_rate_is_not_made_of_weights_of_people() -> None:
    poor = pd.DataFrame({"taux de pauvreté": [10.0, 2.0]}, index=COUNTS.index)
    people = pd.DataFrame({"taux de pauvreté": [40.0, 7.0]}, index=COUNTS.index)
    found = cells_of(BY_PEOPLE.apply_ratio(poor, people, share=True, about={"unit": "%"}))
    assert found.status.tolist() == ["bounded", "aggregated"]
    assert found.loc["part", ["low", "high"]].tolist() == [0.0, 100.0]
    assert found.value["all"] == pytest.approx(200 / 7)
    women = pd.DataFrame({"part des femmes": [20.0, 2.0]}, index=COUNTS.index)
    about = {"unit": "%", "counts": "personnes"}
    shares = BY_PEOPLE.apply_ratio(women, women * 2, share=True, about=about)
    assert cells_of(shares).value["part"] == 50.0


def test_a_ratio_of_densities_is_about_people_unless_it_says_otherwise() -> None:
    about = {"unit": "logements sociaux"}
    assert cells_of(passage.by_density(IRIS, QUARTIERS, 3).apply(COUNTS, about=about)).status[
        "part"
    ] == ("bounded")
    own = passage.by_density(IRIS, QUARTIERS, 3, carries="logements sociaux")
    assert cells_of(own.apply(COUNTS, about=about)).value["part"] == 20.0


def test_a_ratio_carries_what_it_was_learnt_on() -> None:
    iris = squares((0, 0, 40, 10), (40, 0, 80, 10), codes=["i", "j"])
    places = squares((0, 0, 10, 10), (40, 0, 50, 10), codes=["q", "r"])
    hlm = pd.Series({"i": 100.0, "j": 60.0}, name="logements_sociaux")
    fit = passage.fit_density(iris, places, hlm, pd.Series({"q": 50.0, "r": 30.0}))
    assert fit.carries == "social_dwellings"
    p = passage.by_density(iris, places, fit)
    assert (p.apply(hlm).status == "estimated").all()
    assert (p.apply(hlm.rename("population")).status == "bounded").all()


def test_calibrated_weights_carry_what_they_were_brought_to() -> None:
    p = passage.by_area(IRIS, QUARTIERS).calibrate(
        COUNTS["v"].rename("logements_sociaux"), pd.Series({"part": 25.0})
    )
    found = cells_of(p.apply(COUNTS, about={"unit": "logements sociaux"}))
    assert found.value["part"] == pytest.approx(25.0)
    assert cells_of(p.apply(COUNTS, about={"unit": "habitants"})).status["part"] == "bounded"


def test_what_weights_carry_comes_back_from_their_table() -> None:
    kept = passage.from_table(BY_PEOPLE.to_frame())
    assert cells_of(kept.apply(COUNTS, about={"unit": "logements"})).status["part"] == "bounded"
    assert kept.coverage.to_dict() == BY_PEOPLE.coverage.to_dict()


def test_area_carries_nothing_in_particular() -> None:
    found = cells_of(passage.by_area(IRIS, QUARTIERS).apply(COUNTS, about={"unit": "logements"}))
    assert found.value["part"] == 10.0
    assert found.reason["part"] == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("base des revenus déclarés", "money"),
        ("catégories sociales", ""),
        ("habitants des logements sociaux", "social_dwellings"),
        ("P16_RP_HLML", "social_dwellings"),
        ("allocataires du RSA", "poor"),
        ("Population des ménages", "people"),
        ("pièces", ""),
    ],
)
def test_the_first_word_decides_but_for_social_and_poor(text: str, kind: str) -> None:
    assert kind_of(text) == kind

"""Periods in the names of columns, in titles, in the names of files."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from built_workspace import Place, dump, plain, says
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import DescriptorError
from observatoire.sources.parsers.periods import (
    MONTHS,
    is_dated,
    period_mentions,
    without_period,
)
from observatoire.sources.parsers.stated_periods import name_period, title_period
from observatoire.values import is_period
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from observatoire.warehouse import Warehouse


def stored(warehouse: Warehouse) -> dict[tuple[str, str], float]:
    """Return what the quartier Q2 has, by variable and period."""
    rows = warehouse.rows(
        "SELECT variable, period, value FROM current_observation WHERE territory = 'Q2'"
    )
    return {(str(variable), str(period)): value for variable, period, value in rows}


def table(*names: str) -> str:
    """Make up figures: 1, 2, 3… for the first quartier."""
    cells = [";".join(str(at + first) for at in range(len(names))) for first in (1, 11)]
    return f"Quartier;{';'.join(names)}\nFour à Chaux;{cells[0]}\nPlace d’Armes;{cells[1]}\n"


@pytest.mark.parametrize(
    ("first", "second", "variable", "periods"),
    [
        ("T1 2016", "T2 2016", "suivi", ("2016-T1", "2016-T2")),
        ("2016-T1", "2016T2", "suivi", ("2016-T1", "2016-T2")),
        ("1T2016", "4T 2016", "suivi", ("2016-T1", "2016-T4")),
        ("1er trimestre 2016", "2ème trimestre 2016", "suivi", ("2016-T1", "2016-T2")),
        ("Aidés au 3e trim. 2016", "Aidés au 4e trim. 2016", "Aidés", ("2016-T3", "2016-T4")),
        ("Trimestre 1 2016", "Trimestre 2 2016", "suivi", ("2016-T1", "2016-T2")),
        ("2016 – 1er trimestre", "2016 – 2e trimestre", "suivi", ("2016-T1", "2016-T2")),
        ("1er semestre 2016", "2nd semestre 2016", "suivi", ("2016-S1", "2016-S2")),
        ("S1 2016", "S2 2016", "suivi", ("2016-S1", "2016-S2")),
        ("janvier 2016", "Février 2016", "suivi", ("2016-01", "2016-02")),
        ("Aidés janv. 2016", "Aidés déc. 2016", "Aidés", ("2016-01", "2016-12")),
        ("janv-15", "déc-16", "suivi", ("2015-01", "2016-12")),
        ("01/2016", "02/2016", "suivi", ("2016-01", "2016-02")),
        ("2016-01", "2016-02", "suivi", ("2016-01", "2016-02")),
        ("31/12/2015", "31.12.2016", "suivi", ("2015-12", "2016-12")),
        ("31/12/2015", "30/06/2016", "suivi", ("2015-12", "2016-06")),
        ("Aidés au 1er janvier 2015", "Aidés 1 janvier 2016", "Aidés", ("2015-01", "2016-01")),
        ("2015 (p)", "2016 (1)", "suivi", ("2015", "2016")),
        ("Aidés 2015 (p)", "Aidés 2016*", "Aidés", ("2015", "2016")),
        ("Année 2015", "Année 2016", "suivi", ("2015", "2016")),
        ("Aidés 2015", "Aidés T1 2016", "Aidés", ("2015", "2016-T1")),
    ],
)  # fmt: skip
def test_names_of_columns_that_differ_by_their_period_are_one_variable(
    place: Place,
    warehouse: Warehouse,
    first: str,
    second: str,
    variable: str,
    periods: tuple[str, str],
) -> None:
    path = place.write("suivi.csv", table(first, second))
    load_file(warehouse, place.workspace, path)
    expected = {(variable, periods[0]): 1, (variable, periods[1]): 2}
    assert stored(warehouse) == expected
    written = preview_file(place.workspace, path).write()
    load_source(warehouse, place.workspace, written.parent)
    assert stored(warehouse) == expected


def test_a_provisional_year_is_said(place: Place, warehouse: Warehouse) -> None:
    path = place.write("suivi.csv", table("2015", "2016 (p)", "2017p", "2018 (r)"))
    said = (
        "Chiffres dits « provisoire » par le nom de leur colonne : « 2016 (p) » et « 2017p ».",
        "Chiffres dits « révisé » par le nom de leur colonne : « 2018 (r) ».",
    )
    shown = plain(preview_file(place.workspace, path))
    notices = plain(" ".join(load_file(warehouse, place.workspace, path).notices))
    assert all(one in shown and one in notices for one in said)


@pytest.mark.parametrize(
    "names",
    [
        ("Moyenne 2014-2015", "2016"),
        ("2014-2015", "2016"),
        ("2015", "2016", "Cumul 2015/2016"),
        ("Moyenne 2014 à 2016",),
    ],
)
def test_a_column_of_several_years_is_of_none(
    place: Place, warehouse: Warehouse, names: tuple[str, ...]
) -> None:
    before = dump(warehouse)
    path = place.write("suivi-2016.csv", table(*names))
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    spanning = next(name for name in names if len(name) > 7)
    says(caught.value, f"« {spanning} »", "plusieurs années", "[files.periods]")
    assert dump(warehouse) == before
    assert f'"{spanning}"' in preview_file(place.workspace, path).toml


def test_changes_and_classes_of_years_are_no_periods(place: Place, warehouse: Warehouse) -> None:
    names = ("2015", "2016", "Évolution 2015-2016", "Construits de 1971 à 1990")
    path = place.write("suivi.csv", table(*names))
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "2015", "n’est que de cette colonne", "[files.periods]")
    load_file(warehouse, place.workspace, path, LoadOptions(period="2016"))
    assert {("suivi", "2015"), ("suivi", "2016")} < set(stored(warehouse))
    assert stored(warehouse)["Évolution 2015-2016", "2016"] == 3
    assert stored(warehouse)["Construits de 1971 à 1990", "2016"] == 4


@pytest.mark.parametrize(
    "names",
    [
        ("Nés en 1990", "Nés en 2000"),
        ("Construits avant 1990", "Construits entre 1990 et 2000"),
        ("Depuis 2010", "Avant le 1er janvier 2010"),
    ],
)
def test_the_year_of_a_class_is_no_period(
    place: Place, warehouse: Warehouse, names: tuple[str, str]
) -> None:
    load_file(warehouse, place.workspace, place.write("parc-2016.csv", table(*names)))
    assert stored(warehouse) == {(names[0], "2016"): 1, (names[1], "2016"): 2}


def test_groups_of_years_over_quarters_give_no_name(place: Place, warehouse: Warehouse) -> None:
    rows = ";2015;;2016;\nQuartier;T1;T2;T1;T2\nFour à Chaux;1;2;3;4\nPlace d’Armes;5;6;7;8\n"
    load_file(warehouse, place.workspace, place.write("suivi.csv", rows))
    periods = ("2015-T1", "2015-T2", "2016-T1", "2016-T2")
    assert stored(warehouse) == {("suivi", one): at for at, one in enumerate(periods, 1)}


def test_the_total_beside_quarters_is_of_their_year(place: Place, warehouse: Warehouse) -> None:
    names = ("T1 2016", "T2 2016", "T3 2016", "T4 2016", "Total")
    load_file(warehouse, place.workspace, place.write("suivi.csv", table(*names)))
    assert stored(warehouse)["Total", "2016"] == 5
    assert stored(warehouse)["suivi", "2016-T4"] == 4


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Logements sociaux", ("T1 2016", "T2 2016")),
        ("", ("Appartements T1 2016", "Appartements T2 2016")),
        ("", ("T1 2016", "T2 2016", "T5 2016")),
    ],
)
def test_sizes_of_flats_of_a_year_are_no_quarters(
    place: Place, warehouse: Warehouse, title: str, names: tuple[str, ...]
) -> None:
    path = place.write("suivi.csv", (f"{title};\n" if title else "") + table(*names))
    load_file(warehouse, place.workspace, path)
    assert set(stored(warehouse)) == {(name, "2016") for name in names}


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Allocataires au 31/12/2016", "2016-12"),
        ("Situation au 31 décembre 2016", "2016-12"),
        ("Population au 1er janvier 2016", "2016-01"),
        ("Aidés du 1er janvier au 31 décembre 2016", "2016"),
        ("Demandeurs d’emploi, 2e trimestre 2016", "2016-T2"),
        ("Aidés en mars 2016", "2016-03"),
        ("Année 2016", "2016"),
        ("Données 2016, éditées en mars 2017", ""),
        ("Be\u0301ne\u0301ficiaires au 31/12/2016", "2016-12"),
    ],
)
def test_the_period_of_a_title(title: str, period: str) -> None:
    assert title_period(title).period == period


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("defm_2011_T2", "2011-T2"),
        ("caf-2016-03", "2016-03"),
        ("suivi 2016 (p)", "2016"),
        ("contrat-2015", ""),
        ("2012 à 2014", ""),
    ],
)
def test_the_period_of_the_name_of_a_file(name: str, period: str) -> None:
    assert name_period(name).period == period


def test_a_lone_column_of_a_day_is_of_its_month(place: Place, warehouse: Warehouse) -> None:
    load_file(warehouse, place.workspace, place.write("a.csv", table("Aidés au 31/12/2016")))
    assert set(stored(warehouse)) == {("Aidés au 31/12/2016", "2016-12")}


@pytest.mark.parametrize(
    "text", ["12", "P15_POP2064", "mai", "T1", "65 ans", "sem. 12", "1 234", "12/2064"]
)
def test_what_is_no_period(text: str) -> None:
    assert period_mentions(text) == []
    assert not is_dated(text)


_YEARS = st.integers(1950, 2049)


@given(
    st.sampled_from(MONTHS),
    _YEARS,
    st.sampled_from(["{} {}", "Aidés {} {}", "{}-{}", "{}. {} (p)"]),
)
def test_months_of_any_year(month: str, year: int, form: str) -> None:
    [found] = period_mentions(form.format(month, year))
    assert found.period == f"{year}-{MONTHS.index(month) + 1:02d}"


@given(st.text("0123456789TtSs -/._(p)*ersmaijnv", max_size=20))
def test_whatever_is_said_is_a_period_that_stands_there(text: str) -> None:
    found = period_mentions(text)
    assert all(is_period(one.period) for one in found)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert isinstance(without_period(text), str)

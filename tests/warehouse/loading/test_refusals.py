"""What refuses a load refuses it before it begins; what is no file is waited for no more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from built_workspace import dump

import observatoire as obs
from observatoire.errors import DescriptorError, FileError

if TYPE_CHECKING:
    from built_workspace import Place

SERIES = """
[series.population]
label = "Population"
spans = [{ from = "2006", to = "2022", numerator = ["POP"] }]
"""

CATALOGUE = """
[themes.population]
label = "Population"

[indicators.population]
label = "Population"
short = "Population"
theme = "population"
nature = "count"
unit = "habitants"
definition = "Nombre d’habitants."
universe = "Population"
sources = ["src"]
series = "population"
"""


def test_a_workspace_without_a_catalogue_loads_and_is_checked(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    with obs.open(place.root) as o:
        report = o.load("data/raw/src")
        assert report.files[0].rows_kept == 4
        assert o.checks().by_level["erreur"] == 1


def test_an_indicator_that_follows_a_series_does_not_stop_a_load(place: Place) -> None:
    place.toml("[workspace]\n", '[workspace]\nseries = "series.toml"\n')
    place.write("series.toml", SERIES)
    place.write("indicators.toml", CATALOGUE)
    with obs.open(place.root) as o:
        assert o.load("data/raw/src").files[0].rows_kept == 4


def test_a_wrong_catalogue_refuses_a_load_before_it_begins(place: Place) -> None:
    place.write("indicators.toml", "[indicators.x]\nlabel = 3\n")
    with obs.open(place.root) as o:
        before = dump(o.warehouse)
        with pytest.raises(DescriptorError):
            o.load("data/raw/src")
        assert dump(o.warehouse) == before


@pytest.mark.parametrize("name", ["a.csv", "a.zip", "a.geojson", "a.xlsx"])
def test_a_pipe_is_not_waited_for(place: Place, name: str) -> None:
    os.mkfifo(place.root / name)
    with obs.open(place.root) as o, pytest.raises(FileError) as caught:
        o.load(name)
    assert name in str(caught.value)


@pytest.mark.parametrize("path", ["/dev/zero", "x" * 5000 + ".csv", "boucle.csv"])
def test_what_is_no_file_is_a_sentence(place: Place, path: str) -> None:
    (place.root / "boucle.csv").symlink_to(place.root / "boucle.csv")
    with obs.open(place.root) as o:
        for ask in (o.load, o.preview):
            with pytest.raises(FileError):
                ask(path)


@pytest.mark.parametrize("encoding", ["idna", "undefined", "hex", "rot13"])
def test_an_encoding_that_is_none_is_a_sentence(place: Place, encoding: str) -> None:
    place.source_toml('period = "2016"', f'period = "2016"\nencoding = "{encoding}"')
    with pytest.raises(FileError, match=r"encodage|octets"):
        place.load(place.empty_warehouse())


def test_an_encoding_that_holds_a_control_sign_is_refused_where_it_is_declared(
    place: Place,
) -> None:
    place.source_toml('period = "2016"', 'period = "2016"\nencoding = "\\u0000"')
    with pytest.raises(DescriptorError, match=r"U\+0000"):
        place.load(place.empty_warehouse())


def test_two_columns_without_a_name_are_left_aside(place: Place) -> None:
    path = place.write("depot/a.csv", "IRIS;POP;;\n972090101;5;x;1\n972090102;6;y;2\n")
    with obs.open(place.root) as o:
        assert o.load(path, period="2016").files[0].rows_kept == 2


def test_the_largest_numbers_do_not_stop_the_checks(place: Place) -> None:
    path = place.write(
        "depot/a.csv", "IRIS;POP\n972090101;1e308\n972090102;1e308\n972090103;1e308\n"
    )
    with obs.open(place.root) as o:
        assert o.load(path, period="2016").files[0].rows_kept == 3

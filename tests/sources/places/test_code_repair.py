"""A leading zero lost comes back where the list allows it, with a notice, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import observatoire
from observatoire.errors import UnknownTerritoryError
from observatoire.sources.places.code_repair import restored_code
from observatoire.territories import Matcher
from observatoire.warehouse.checks.runner import CheckInputs, run_checks

if TYPE_CHECKING:
    from built_workspace import Place

NOTHING = CheckInputs()

AIN = Matcher({"010040101": "Pérouses", "010040102": "Longeray"}, "IRIS")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("10040101", "010040101"),
        ("010040101", ""),  # nothing to restore
        ("10040999", ""),  # names no IRIS with its zero either
        ("0040101", ""),  # two digits short
        ("1004010A", ""),
        ("١٠٠٤٠١٠١", ""),  # digits, but no spreadsheet of ours
        ("10040101.0", "010040101"),
        ("010040101,00", "010040101"),
        ('="010040101"', "010040101"),
        ("10040101.5", ""),
        ("010040101.0.0", ""),
        ("Pérouses", ""),
        ("", ""),
    ],
)
def test_only_what_the_list_knows_is_restored(raw: str, code: str) -> None:
    assert restored_code(raw, AIN) == code


def test_a_code_that_names_something_as_it_is_stays() -> None:
    both = Matcher({"1004": "Quartier", "01004": "Commune"})
    assert restored_code("1004", both) == ""


def test_codes_of_several_lengths_are_not_guessed() -> None:
    assert restored_code("1004", Matcher({"01004": "a", "010": "b"})) == ""


@given(st.text(alphabet='0123456789.,="', max_size=14))
def test_what_is_restored_is_a_member_that_was_written_otherwise(raw: str) -> None:
    code = restored_code(raw, AIN)
    assert not code or (code in AIN.names and code != raw)


@given(
    st.sampled_from(sorted(AIN.names)), st.booleans(), st.sampled_from(["{}.0", "{},000", '="{}"'])
)
def test_a_code_comes_back_from_every_dress(code: str, zero: bool, dress: str) -> None:  # noqa: FBT001
    assert restored_code(dress.format(code if zero else code[1:]), AIN) == code


def ain(place: Place) -> None:
    place.write(
        "geo/iris.csv",
        "code;nom;commune;lon;lat\n010040101;Pérouses;01004;5.35;45.95\n"
        "010040102;Longeray;01004;5.36;45.96\n",
    )
    place.write("geo/communes.csv", "code;nom;commune\n01004;Ambérieu-en-Bugey;01004\n")
    place.write(
        "geo/contours.csv",
        "code;sommet;lon;lat\n01004;1;5.3;45.9\n01004;2;5.3;46\n01004;3;5.4;46\n01004;4;5.4;45.9\n",
    )
    place.write("geo/quartiers.csv", "code;nom;commune\nQ1;Centre;01004\n")
    place.write("geo/liens.csv", "source;target;link\n010040101;Q1;proche\n")
    place.toml("EPSG:5490", "EPSG:2154")


def test_a_file_that_lost_its_zeros_is_loaded_and_says_so(place: Place) -> None:
    ain(place)
    place.csv("IRIS;LIBIRIS;POP;TAUX\n10040101;x;10;1\n010040102;y;20;2\n")
    warehouse = place.empty_warehouse()
    report = place.load(warehouse)
    assert (report.rows_read, report.rows_kept, report.rows_rejected) == (2, 2, 0)
    assert "1\u00a0code rétabli, qu’un tableur avait pris pour des nombres" in str(report)
    assert warehouse.rows("SELECT line, raw, code FROM restored") == [(2, "10040101", "010040101")]
    found = run_checks(warehouse, place.workspace, NOTHING)
    assert found.df[["check", "level", "line", "territory"]].to_numpy().tolist() == [
        ["zeros-perdus", "remarque", 2, "010040101"]
    ]


def test_the_same_territory_with_and_without_its_zero_is_a_duplicate(place: Place) -> None:
    ain(place)
    place.csv("IRIS;LIBIRIS;POP;TAUX\n10040101;x;10;1\n010040101;y;20;2\n")
    with pytest.raises(Exception, match="seconde fois"):
        place.load(place.empty_warehouse())


def test_an_unknown_code_stays_a_fault(place: Place) -> None:
    ain(place)
    place.csv("IRIS;LIBIRIS;POP;TAUX\n010049999;x;10;1\n")
    with pytest.raises(UnknownTerritoryError):
        place.load(place.empty_warehouse())


def test_a_partners_table_that_lost_its_zeros_is_found_without_a_descriptor(place: Place) -> None:
    ain(place)
    path = place.write("recus/aides-2015.csv", "IRIS;Ménages\n10040101;10\n10040102;20\n")
    with observatoire.open(place.root) as o:
        seen = str(o.preview(path)).replace("\u00a0", " ")
        assert "Reconnus : 2 par leur code." in seen
        assert "rétablis : 10040101 → 010040101 et 10040102 → 010040102." in seen
        report = o.load(path)
        assert (report.rows_read, report.rows_kept) == (2, 2)
        assert "Codes changés par un tableur, rétablis (2)" in str(report)


def test_figures_of_four_digits_are_not_taken_for_communes(place: Place) -> None:
    ain(place)
    path = place.write(
        "recus/aides-2015.csv", "Nombre;IRIS;Autre\n1004;010040101;3\n1207;010040102;4\n"
    )
    with observatoire.open(place.root) as o:
        assert o.preview(path).source.files[0].territory == "IRIS"

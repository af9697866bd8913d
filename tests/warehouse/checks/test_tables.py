"""Of the tables of checked.sql, those that are not laid out would hold nothing, and nothing reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from demo import workspace

import observatoire as obs
from observatoire.warehouse.checks import runner
from observatoire.warehouse.checks.definitions import LAID_OUT, read_checks
from observatoire.warehouse.checks.runner import CheckInputs, run_checks
from observatoire.warehouse.checks.tables import (
    drop,
    lay_out,
    named,
    statements,
    vacant,
)
from observatoire.warehouse.storage.grid_cells import cut_cells

if TYPE_CHECKING:
    from pathlib import Path

    from built_workspace import Place

    from observatoire.warehouse import Warehouse
    from observatoire.warehouse.checks.definitions import Check
    from observatoire.workspace.model import Workspace

TOTALS = """\
title = "Communes"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "commune-2016"

[[files]]
name = "communes.csv"
territory = "COM"
period = "2016"

[variables.POP]
label = "Population"
nature = "count"
"""


def none_of(warehouse: Warehouse, space: Workspace, inputs: CheckInputs) -> set[str]:
    """Return the tables held to be vacant, once it is seen that each of them is."""
    given = runner._given(space, inputs, cut_cells(warehouse, space))
    found = vacant(warehouse, given)
    with warehouse.transaction():
        lay_out(warehouse, given, list(statements()))
        for table in found:
            assert warehouse.rows(f"SELECT * FROM {table}") == [], table  # noqa: S608 - our own names
        drop(warehouse, list(statements()))
    assert not warehouse.rows("SELECT table_name FROM duckdb_tables() WHERE temporary")
    return found


def test_one_file_of_one_period_has_neither_series_nor_sums(place: Place) -> None:
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    found = none_of(warehouse, place.workspace, CheckInputs())
    assert found == {"sequel", "addend", "share", "cell", "total"}


def test_what_the_default_holds_is_laid_out(tmp_path: Path) -> None:
    with obs.open(workspace(tmp_path)) as o:
        assert none_of(o.warehouse, o.workspace, o._check_inputs()) <= {"cell", "addend"}


def test_the_same_count_of_a_commune_and_of_its_parts_is_a_total(place: Place) -> None:
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    place.write("data/raw/src/source.toml", TOTALS)
    place.write("data/raw/src/communes.csv", "COM;POP\n97209;3235\n97213;350\n")
    place.load(warehouse)
    assert "total" not in none_of(warehouse, place.workspace, CheckInputs())


@pytest.mark.parametrize("check", read_checks(), ids=lambda check: check.name)
def test_a_predicate_alone_is_given_all_that_it_reads(
    place: Place, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "vacant", lambda *_: set())
    monkeypatch.setattr(runner, "_idle", lambda *_: set())
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    assert run_checks(warehouse, place.workspace, CheckInputs(), [check]).df.empty


def test_every_table_that_may_be_read_is_made_by_a_statement() -> None:
    assert set(LAID_OUT) <= set(statements())
    assert [made for text in statements().values() for _, made in named(text)] == list(statements())


def test_the_same_is_found_when_every_table_is_laid_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.csv("IRIS;LIBIRIS;POP;TAUX\n972090101;x;1;127\n972090102;x;2;s\n972130101;x;3;20\n")
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    few = run_checks(warehouse, place.workspace, CheckInputs()).df
    monkeypatch.setattr(runner, "vacant", lambda *_: set())
    monkeypatch.setattr(runner, "_laid", lambda _: list(statements()))
    assert run_checks(warehouse, place.workspace, CheckInputs()).df.equals(few)
    assert "taux-hors-bornes" in set(few["check"])

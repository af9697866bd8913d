"""The ledger is also a text beside the warehouse, from which it is rebuilt; each completes the other."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest
from built_workspace import says

from observatoire.errors import WorkspaceError
from observatoire.warehouse import Warehouse, open_warehouse
from observatoire.warehouse.storage.ledger_text import append, reconcile, recorded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Ledger:
    """A warehouse that a test opens, publishes from, closes and loses."""

    def __init__(self, root: Path) -> None:
        self.path, self.text = root / "o.duckdb", root / "data/registre.jsonl"
        self.warehouse: Warehouse | None = None

    def open(self) -> tuple[Warehouse, tuple[str, ...]]:
        self.close()
        self.warehouse = open_warehouse(self.path, "EPSG:5490", self.text)
        return self.warehouse, reconcile(self.warehouse)

    def close(self) -> None:
        if self.warehouse is not None:
            self.warehouse.close()

    def publish(self, name: str, *, fail: bool = False) -> None:
        warehouse = self.warehouse
        assert warehouse is not None
        with recorded(warehouse), warehouse.transaction():
            number = warehouse.next_number("publication_id")
            warehouse.insert_row(
                "publication", id=number, stamp=dt.datetime(2026, 1, number, 10, 30, 0, 123456),  # noqa: DTZ001
                kind="paquet", name=name, digest=name * 3, shown=2, hidden=1,
            )  # fmt: skip
            for territory, value in (("Q1", 12.1), ("Q2", None)):
                warehouse.insert_row(
                    "published_cell", publication=number, zoning="quartier", territory=territory,
                    indicator="pop", period="2016", value=value, low=1 / 3, high=None,
                    status="observed", recipe='[["a", 0.1]]',
                )  # fmt: skip
            append(warehouse, number)
            if fail:
                raise KeyboardInterrupt

    def rows(self) -> list[tuple[object, ...]]:
        assert self.warehouse is not None
        return self.warehouse.rows(
            "SELECT * FROM publication AS p JOIN published_cell AS c ON c.publication = p.id ORDER BY ALL"
        )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path)
    made.open()
    yield made
    made.close()


def test_a_workspace_that_published_nothing_has_no_text(ledger: Ledger) -> None:
    assert ledger.open()[1] == ()
    assert not ledger.text.exists()


def test_a_new_warehouse_takes_its_ledger_from_the_text(ledger: Ledger) -> None:
    ledger.warehouse.run("SELECT nextval('load_id') FROM range(7)")
    ledger.warehouse.run(
        "INSERT INTO load VALUES (7, 'a', 'b', 'c', '', now()::TIMESTAMP, 1, 1, 0, NULL)"
    )
    for name in ("a", "b"):
        ledger.publish(name)
    before, text = ledger.rows(), ledger.text.read_bytes()
    ledger.close()
    ledger.path.unlink()
    warehouse, notices = ledger.open()
    assert ledger.rows() == before
    assert len(notices) == 1
    assert "2\u00a0publications" in notices[0]
    assert ledger.text.read_bytes() == text
    assert warehouse.next_number("load_id") > 7  # what is loaded now is after what was published
    ledger.publish("c")
    assert ledger.open()[1] == ()
    assert len(ledger.text.read_text().splitlines()) == 3


@pytest.mark.parametrize("made_before", [True, False])
def test_a_warehouse_without_its_text_writes_it(ledger: Ledger, *, made_before: bool) -> None:
    ledger.publish("a")
    text = ledger.text.read_bytes()
    ledger.text.unlink()
    if made_before:  # by a version that wrote none
        ledger.warehouse.run("DROP TABLE ledger_text")
    _, notices = ledger.open()
    assert len(notices) == (0 if made_before else 1)
    assert ledger.text.read_bytes() == text


def test_each_of_the_two_completes_the_other(ledger: Ledger) -> None:
    ledger.publish("a")
    ledger.close()
    old = ledger.path.read_bytes()
    ledger.open()
    ledger.publish("b")
    text = ledger.text.read_bytes()
    ledger.close()
    ledger.path.write_bytes(old)  # an older copy is put back, and publishes something else
    ledger.text.write_bytes(text.splitlines(keepends=True)[0])
    ledger.open()
    ledger.publish("c")
    ledger.close()
    ledger.text.write_bytes(text)
    warehouse, notices = ledger.open()
    assert len(notices) == 2
    names = warehouse.rows("SELECT name FROM publication ORDER BY name")
    assert names == [("a",), ("b",), ("c",)]
    assert warehouse.rows("SELECT count(DISTINCT id) FROM publication") == [(3,)]
    written = [
        json.loads(line)["publication"]["name"] for line in ledger.text.read_text().splitlines()
    ]
    assert sorted(written) == ["a", "b", "c"]
    assert ledger.open()[1] == ()


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_a_line_cut_by_a_kill_is_forgotten(ledger: Ledger, kept: int) -> None:
    ledger.publish("a")
    text = ledger.text.read_bytes()
    ledger.text.write_bytes(text + text.replace(b'"a"', b'"z"')[:kept])
    warehouse, notices = ledger.open()
    assert notices == ()
    assert ledger.text.read_bytes() == text
    assert warehouse.rows("SELECT count(*) FROM publication") == [(1,)]


@pytest.mark.parametrize(("old", "new"), [(b"12.1", b"13.1"), (b'"numero"', b'"nombre"')])
def test_an_altered_line_is_mended_from_the_warehouse_or_refused(
    ledger: Ledger, old: bytes, new: bytes
) -> None:
    for name in ("a", "b"):
        ledger.publish(name)
    text = ledger.text.read_bytes()
    altered = text.replace(old, new, 1)
    assert altered != text
    ledger.text.write_bytes(altered)
    ledger.open()
    assert sorted(ledger.text.read_bytes().splitlines()) == sorted(text.splitlines())
    assert ledger.text.with_name("registre.abime.jsonl").read_bytes() == altered
    ledger.close()
    ledger.text.write_bytes(altered)
    ledger.path.unlink()
    with pytest.raises(WorkspaceError) as caught:
        ledger.open()
    says(caught.value, "ligne 1", "registre.jsonl", "copie saine")


def test_a_publication_that_is_not_kept_leaves_no_line(ledger: Ledger) -> None:
    ledger.publish("a")
    text = ledger.text.read_bytes()
    with pytest.raises(KeyboardInterrupt):
        ledger.publish("b", fail=True)
    assert ledger.text.read_bytes() == text
    assert ledger.open()[1] == ()


@pytest.mark.parametrize("first", [True, False])
def test_nothing_is_published_that_the_text_cannot_keep(ledger: Ledger, *, first: bool) -> None:
    if not first:
        ledger.publish("a")
        ledger.text.unlink()
        ledger.text.mkdir()
    else:
        ledger.text.parent.write_text("")  # a file where the folder should be
    with pytest.raises(WorkspaceError) as caught:
        ledger.publish("b")
    says(caught.value, "registre", "rien n’est publié")
    assert ledger.warehouse.rows("SELECT count(*) FROM publication") == [(0 if first else 1,)]

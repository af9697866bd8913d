"""The JSON Schemas: what an editor accepts is what the library accepts, and is said in French."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from built_workspace import says
from jsonschema import Draft202012Validator

from observatoire.cli.main import main
from observatoire.cli.schema import SCHEMAS, schema_of
from observatoire.declarations.reader import build
from observatoire.errors import DescriptorError, ObservatoireError, UnknownNameError
from observatoire.indicators.definitions.catalogue import Catalogue
from observatoire.sources.descriptors.source import Source
from observatoire.workspace.model import WorkspaceDeclaration

ROOT = Path(__file__).parents[2]

FILES = {
    "source": sorted(ROOT.glob("data/raw/*/source.toml")),
    "observatoire": [ROOT / "observatoire.toml"],
    "indicators": [ROOT / "indicators.toml"],
    "federation": [Path(__file__).with_name("examples") / "federation.toml"],
    "annex": [Path(__file__).with_name("examples") / "annex.toml"],
}


def plain(value: Any) -> Any:
    """Return TOML as JSON holds it: a day is a text."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def table_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = plain(tomllib.loads(path.read_text("utf-8")))
    return found


def nodes(schema: Any) -> Any:
    if isinstance(schema, dict):
        yield schema
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from nodes(inner)


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, paths in FILES.items() for path in paths]
)
def test_the_files_of_the_default_follow_their_schema(name: str, path: Path) -> None:
    Draft202012Validator(schema_of(name)).validate(table_of(path))


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_unknown_key_follows_none(name: str) -> None:
    table = table_of(FILES[name][0])
    validator = Draft202012Validator(schema_of(name))
    tables = (node for node in nodes(table) if isinstance(node, dict) and node is not table)
    inner = next(tables, table)
    inner = inner if name != "indicators" else next(iter(inner.values()))
    for holder in (table, inner):
        holder["inconnue"] = 1
        assert [error.validator for error in validator.iter_errors(table)]
        del holder["inconnue"]
    assert validator.is_valid(table)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_says_in_french_what_it_is(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    parts: Any = schema.get("$defs", {})
    for part in (schema, *parts.values()):
        for key, described in part.get("properties", {}).items():
            assert described.get("description", "").endswith((".", "?")), key
            assert "title" not in described, key


@pytest.mark.parametrize(
    ("name", "model", "values", "context"),
    [
        ("source", Source, {"folder": ROOT, "sha256": ""}, {}),
        ("observatoire", WorkspaceDeclaration, {}, {"root": ROOT}),
        ("indicators", Catalogue, {}, {}),
    ],
)
def test_whatever_is_written_for_a_key_the_fault_is_a_french_sentence(
    name: str, model: type, values: dict[str, object], context: dict[str, object]
) -> None:
    """No type of error of pydantic is without its sentence: every key, every kind of value."""
    wrong = [-1, float("nan"), True, "", "x", [], [1], {"x": 1}, [{"x": 1}],
             dt.date(2026, 1, 1), dt.time(1)]  # fmt: skip
    tried: set[str] = set()
    for path in FILES[name][:3]:
        whole = tomllib.loads(path.read_text("utf-8"))
        for head in ("themes", "indicators"):
            whole |= {head: dict(list(whole[head].items())[-4:])} if head in whole else {}
        for table in [node for node in nodes(whole) if isinstance(node, dict)]:
            for key in set(table) - tried:
                tried.add(key)
                kept = table[key]
                for value in wrong:
                    table[key] = value
                    try:
                        build(path, whole, model, context, **values)
                    except ObservatoireError as error:
                        assert "should" not in str(error)  # noqa: PT017
                        assert error.what.endswith((".", "?")), str(error)  # noqa: PT017
                table[key] = kept
    assert len(tried) > 15
    with pytest.raises(DescriptorError):
        build(FILES[name][0], {"inconnue": 1}, model, context, **values)


def test_the_command_writes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "source.json"
    monkeypatch.setattr("sys.argv", ["observatoire", "schema", "source", "--output", str(path)])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert json.loads(path.read_text("utf-8"))["title"] == "source.toml"
    monkeypatch.setattr("sys.argv", ["observatoire", "schema", "observatoire"])
    capsys.readouterr()
    with pytest.raises(SystemExit, match="0"):
        main()
    assert json.loads(capsys.readouterr().out)["title"] == "observatoire.toml"


def test_a_name_that_is_none_gives_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as refusal:
        schema_of("sources")
    says(refusal.value, "« sources »", "« source »")

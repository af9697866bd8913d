"""The documentation: all that is public stands in a page, its code runs, its links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import observatoire
from observatoire import errors
from observatoire.cli import console
from observatoire.cli import main as cli
from observatoire.cli.schema import SCHEMAS, schema_of
from observatoire.exchange.federation import Federation
from observatoire.indicators.definitions.catalogue import read_catalogue
from observatoire.observatory.observatory import Observatory
from observatoire.sources.families.family import read_families
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "docs" / "site"
WRITTEN = sorted(
    path.relative_to(SITE).as_posix()
    for path in [*SITE.glob("*.md"), *SITE.glob("tutoriel/*.md"), *SITE.glob("explication/*.md")]
    if path.name not in {"secret.md", "glossary.md"}  # copies, made at each build
)


def read(page: str) -> str:
    return (SITE / page).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made() -> Any:
    spec = importlib.util.spec_from_file_location("made_pages", SITE / "made_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(made: Any) -> dict[str, str]:
    """Every page of the site, those that are made too."""
    generated = {**dict(made.guide_pages()), **dict(made.reference_pages())}
    return {**{page: read(page) for page in WRITTEN}, **generated}


def keys_of(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from node["properties"]
        for value in node.values():
            yield from keys_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys_of(value)


def public_names() -> Iterator[tuple[str, str]]:
    yield from (
        ("nom", f"observatoire.{name}") for name in observatoire.__all__ if name != "errors"
    )
    for cls, called in ((Observatory, "o"), (Federation, "f")):
        for name in dir(cls):
            if not name.startswith("_"):
                yield "méthode", f"{called}.{name}"
    for room in ("passage", "secrecy", "indicators"):
        module = importlib.import_module(f"observatoire.{room}")
        yield from (("fonction", f"{room}.{name}") for name in module.__all__)
    yield from (("erreur", f"## {name}") for name in errors.__all__ if name.endswith("Error"))
    for registered in cli.app.registered_commands:
        assert registered.callback is not None
        yield "commande", f"## observatoire {registered.name or registered.callback.__name__}"  # type: ignore[attr-defined]
    catalogue = read_catalogue(ROOT / "indicators.toml")
    yield from (("indicateur", f"`{indicator.code}`") for indicator in catalogue)
    yield from (("famille", f"`{code}`") for code in read_families())
    yield from (("statut", f"`{each.value}`") for each in (*Status, *Nature))
    for name in SCHEMAS:
        yield from (("clé", key) for key in keys_of(schema_of(name)))


def test_all_that_is_public_stands_in_a_page(pages: dict[str, str]) -> None:
    whole = "\n".join(pages.values())
    keys = set(re.findall(r"[\w.*\[\]]*?([\w-]+)`", pages["reference/cles.md"]))
    lacking = [
        name
        for kind, name in public_names()
        if (name not in keys if kind == "clé" else name.replace("observatoire.__version__", "obs.__version__")
            .replace("observatoire.Observatory", "obs.Observatory") not in whole)
    ]  # fmt: skip
    assert not lacking


def test_every_part_of_the_guide_is_a_page_under_a_shelf(made: Any, pages: dict[str, str]) -> None:
    listed = [part for parts in made.guide_shelves().values() for part in parts]
    assert listed == list(made.guide_parts())
    assert all(f"guide/{made.slug(part)}.md" in pages for part in listed)


def test_links_lead_to_a_page_and_pictures_exist(made: Any, pages: dict[str, str]) -> None:
    known = {*pages, "secret.md", "glossary.md"}
    for page, text in pages.items():
        for link in re.findall(r"\]\(([^)#:\s]+)\)", text):
            target = Path(*_joined(Path(page).parent, link))
            if target.suffix == ".svg":
                assert (made.DOCS / "galerie" / target.name).is_file(), (page, link)
            else:
                assert target.as_posix() in known, (page, link)


def _joined(folder: Path, link: str) -> list[str]:
    parts = list(folder.parts)
    for part in Path(link).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return parts


@pytest.mark.parametrize("page", [page for page in WRITTEN if "```python" in read(page)])
def test_python_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of a page are one story: each goes on from what the one before left."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"(?ms)^```python\n(.*?)^```", read(page)):
        exec(compile(block, page, "exec"), names)  # noqa: S102 - our own pages


def test_commands_of_the_tutorial_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(console.out, "width", 200)
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", read("tutoriel/premiere-annexe.md"))
    lines = [line for block in blocks for line in block.splitlines()]
    for line in lines:
        words = line.split()
        if words[0] == "cd":
            monkeypatch.chdir(Path.cwd() / words[1])
        elif words[0] == "observatoire":
            monkeypatch.setattr("sys.argv", words)
            with pytest.raises(SystemExit) as stop:
                cli.main()
            assert not stop.value.code, (line, capsys.readouterr().err)
    written = sorted(path.name for path in (tmp_path / "essai/data/processed").glob("*.*"))
    assert {"annexe.html", "carte-part_hlm.html", "tableau-habitat.html"} <= set(written)

"""The README, the guide and the architecture say what is: their blocks run, their names exist."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest
from demo import lend, lend_packages

import observatoire
from observatoire.cli.main import app
from observatoire.observatory.observatory import Observatory
from observatoire.values import Status

ROOT = Path(__file__).resolve().parents[1]
OTHER_PAGES = ("bench/README.md", "docs/architecture.md", "CONTRIBUTING.md")
#: Lines of a page that one reads without turning it.
ONE_PAGE = 70
PAGES = ("README.md", "LISEZMOI.md", "docs/guide.md")


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_python_blocks_run(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lend(monkeypatch)
    lend_packages(monkeypatch)
    found = blocks(page, "python")
    assert found, f"{page} shows no Python"
    for block in found:
        exec(compile(block, page, "exec"), {})  # noqa: S102 - our own pages


@pytest.mark.parametrize("block", blocks("docs/guide.md", "toml"))
def test_toml_blocks_are_toml(block: str) -> None:
    assert tomllib.loads(block)


def test_guide_names_every_command_and_every_public_method() -> None:
    guide = (ROOT / "docs/guide.md").read_text(encoding="utf-8")
    shown = (ROOT / "README.md").read_text(encoding="utf-8") + guide
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    for command in commands:
        assert f"observatoire {command}" in guide
    methods = [name for name, _ in inspect.getmembers(Observatory, inspect.isfunction)]
    for method in (name for name in methods if not name.startswith("_") and name != "close"):
        assert f"o.{method}(" in shown, method


def test_guide_leads_to_each_of_its_parts() -> None:
    guide = (ROOT / "docs/guide.md").read_text(encoding="utf-8")
    parts = re.findall(r"^## (.+)$", guide, flags=re.MULTILINE)
    links = re.findall(r"\[([^]]+)\]\(#([^)]+)\)", guide)
    assert [name for name, _ in links] == parts
    for name, anchor in links:  # as Markdown pages make anchors of headings
        assert anchor == re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-")


def test_guide_source_example_is_a_valid_descriptor(tmp_path: Path) -> None:
    from observatoire.sources import read_source

    example = next(block for block in blocks("docs/guide.md", "toml") if block.startswith("title"))
    folder = tmp_path / "ma-source"
    folder.mkdir()
    (folder / "source.toml").write_text(example, encoding="utf-8")
    source = read_source(folder)
    assert source.secrecy.threshold == 5
    assert source.variables["ALLOC"].nature.additive


def test_architecture_names_every_room_on_one_page() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "observatoire"
    rooms = {p.name for p in package.iterdir() if p.is_dir() and (p / "__init__.py").is_file()}
    for room in rooms:
        assert f"`{room}/`" in text, room
    assert len(text.splitlines()) <= ONE_PAGE


def test_decisions_are_dated_titled_and_name_files_that_are() -> None:
    """A decision that names a module which moved since sends its reader nowhere."""
    folders = (ROOT, ROOT / "src" / "observatoire")
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert len(decisions) > 40
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        date = re.match(r"(\d{4}-\d\d-\d\d)-[a-z0-9-]+$", path.stem)
        assert date, path.name
        assert re.match(rf"# .+\n\n\*{date[1]}\*\n\n\S", text), path.name
        if path.stem.endswith("naming-table"):
            continue
        for name in re.findall(r"`([a-z_]+/[\w/.]+)`", text):
            assert any((folder / name).exists() for folder in folders), f"{path.name}: {name}"


def test_every_module_of_a_room_is_named_by_its_room() -> None:
    """The docstring of a package is the page that a newcomer reads first."""
    unnamed = []
    for init in (ROOT / "src" / "observatoire").glob("*/**/__init__.py"):
        docstring = ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))) or ""
        modules = {p.stem for p in init.parent.glob("*.py")} - {"__init__"}
        rooms = {p.parent.name for p in init.parent.glob("*/__init__.py")}
        unnamed += [
            f"{init.parent.name}/{name}"
            for name in sorted(modules | rooms)
            if f"``{name}``" not in docstring
        ]
    assert not unnamed


def test_the_glossary_names_every_status() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    for status in Status:
        assert f"| `{status.value}` |" in text
        assert f"| {status.label} |" in text


def test_versions_agree() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert declared["version"] == observatoire.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {observatoire.__version__}" in changelog


def test_no_address_or_machine_path_is_committed() -> None:
    constraints = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in constraints
    assert all("==" in line for line in constraints.splitlines() if line and line[0] != "#")


@pytest.mark.parametrize("page", [*PAGES, *OTHER_PAGES])
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((ROOT / page).parent / link).exists(), link


def test_the_guide_followed_to_the_letter_survives_a_share_above_its_whole(tmp_path: Path) -> None:
    """More people helped than counted in one IRIS: that share alone is not given, with the reason."""
    from observatoire.workspace.scaffold import create_workspace

    root = create_workspace(tmp_path / "espace")
    written = blocks("docs/guide.md", "toml")
    folder = root / "data/raw/ma-source"
    folder.mkdir()
    source = next(block for block in written if block.startswith("title"))
    (folder / "source.toml").write_text(source, encoding="utf-8")
    codes = (root / "geo/iris-2016.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [f"{row.split(';')[0]};x;{9000 if rank == 1 else 40}" for rank, row in enumerate(codes)]
    text = "\n".join(["IRIS;LIBIRIS;ALLOC", *rows])
    (folder / "allocataires-2016.csv").write_text(text + "\n", encoding="utf-8")
    with (root / "indicators.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write("\n" + next(b for b in written if b.startswith("[indicators.part_alloc")))
    with observatoire.open(root) as o:
        o.load("data/raw/insee-rp2016")
        o.load("data/raw/ma-source")
        table = o.table("part_allocataires", compare=["commune"])
        cells = table.df.set_index("name")
        assert cells["status"]["Terres-Sainville"] == "missing"
        assert "dépasse le dénominateur" in cells["reason"]["Terres-Sainville"]
        assert 0 < cells["value"]["Centre-ville"] < 10
        assert 0 < cells["value"]["Fort-de-France"] < 50
        own = o.table("part_allocataires", zoning="iris-2016").df.set_index("territory")
        assert "dépasse le dénominateur" in own["reason"]["972090102"]
        o.audit()
        assert o.map("part_allocataires").html

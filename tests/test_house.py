"""The customs of the house, counted over the tree: a wrong one fails here and says where."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "observatoire"

MOST_MODULES = 12
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40

#: Nouns of the field that end like a gerund; the last qualifies sums.
NOUNS = {
    "clipping",
    "encoding",
    "loading",
    "sampling",
    "spelling",
    "zoning",
    "disclosing",
}

MODULES = {
    ".".join(("observatoire", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in PACKAGE.rglob("*.py")
}


@cache
def trees() -> dict[str, ast.Module]:
    """Return what each module says, parsed by the worker that runs these tests and no other."""
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports_of(name: str) -> set[str]:
    """Return the modules that a module imports, those for its types and inside functions counted."""
    found = set()
    for node in ast.walk(trees()[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {module for module in found if module in MODULES}


def circle_among_children(package: str, imports: dict[str, set[str]]) -> list[str]:
    """Return a circle of imports among the children of a package, an empty list if there is none."""
    prefix = f"{package}."
    depth = package.count(".") + 1
    arrows: dict[str, set[str]] = defaultdict(set)
    for name, targets in imports.items():
        if name.startswith(prefix):
            child = name.split(".")[depth]
            others = {target.split(".")[depth] for target in targets if target.startswith(prefix)}
            arrows[child] |= others - {child}
    try:
        tuple(TopologicalSorter(arrows).static_order())
    except CycleError as error:
        return [str(module) for module in error.args[1]]
    return []


def gerunds(names: list[str]) -> list[str]:
    """Return the names that say what is being done, not what is there."""
    words = ((name, set(name.lstrip("_").split("_")) - NOUNS) for name in names)
    return [name for name, parts in words if any(part.endswith("ing") for part in parts)]


def repeated(definitions: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the class names that several modules define."""
    modules = defaultdict(list)
    for class_name, module in definitions:
        modules[class_name].append(module)
    return {name: where for name, where in modules.items() if len(where) > 1}


def test_no_circle_at_any_level() -> None:
    packages = {name.removesuffix(".__init__") for name in MODULES if name.endswith(".__init__")}
    imports = {name: imports_of(name) for name in MODULES}
    circles = {package: circle_among_children(package, imports) for package in packages}
    assert {package: circle for package, circle in circles.items() if circle} == {}


def test_folders_hold_few_modules() -> None:
    sizes: dict[str, int] = defaultdict(int)
    for path in MODULES.values():
        sizes[str(path.parent.relative_to(PACKAGE))] += path.name != "__init__.py"
    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_modules_are_short() -> None:
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()
    }
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_functions_are_short() -> None:
    """Lines of the body; what the docstring says of parameters does not count."""
    long = {}
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
                if lines > MOST_LINES_OF_A_FUNCTION:
                    long[f"{name}.{node.name}"] = lines
    assert long == {}


def test_modules_are_named_by_nouns() -> None:
    names = [name.rpartition(".")[2] for name in MODULES]
    names += [path.name for path in PACKAGE.rglob("*") if path.is_dir()]
    assert gerunds(names) == []


def test_a_class_name_is_used_once() -> None:
    definitions = [
        (node.name, name)
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    assert repeated(definitions) == {}


@pytest.mark.parametrize("package", ["a", "a.b"])
def test_a_circle_is_seen_at_its_level(package: str) -> None:
    """The counts above would be of no use if they counted nothing."""
    imports = {f"{package}.x.one": {f"{package}.y"}, f"{package}.y": {f"{package}.x.two"}}
    assert set(circle_among_children(package, imports)) == {"x", "y"}
    assert circle_among_children(package, {f"{package}.x": {f"{package}.y"}}) == []


def test_a_gerund_and_a_repeated_class_are_seen() -> None:
    assert gerunds(["zoning", "merging", "row_placing", "matcher"]) == ["merging", "row_placing"]
    assert repeated([("Plan", "a"), ("Plan", "b"), ("Sheet", "a")]) == {"Plan": ["a", "b"]}

"""Pages that nobody writes twice: the guide cut into pages, the reference read from the code and the data."""

from __future__ import annotations

import inspect
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from observatoire import errors
from observatoire.cli.main import app
from observatoire.cli.schema import SCHEMAS, schema_of
from observatoire.exchange.federation import Federation
from observatoire.indicators.definitions.catalogue import read_catalogue
from observatoire.observatory.observatory import Observatory
from observatoire.pages.sheet import Sheet
from observatoire.secrecy.release.protected_table import ProtectedTable
from observatoire.sources.families.family import read_families
from observatoire.territories.spelling import unaccented
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent

#: Folders of the pages that are made, emptied and written anew at each build.
MADE = ("guide", "reference", "images")

#: What an analyst meets of the library: each object, and how its page calls it.
OBJECTS: Mapping[str, tuple[str, type]] = {
    "o": ("L’observatoire, ce que rendent obs.open et obs.demo", Observatory),
    "t": ("Un tableau protégé, ce que rend o.table", ProtectedTable),
    "feuille": ("Une page, ce que rendent o.panel, o.map, o.profile…", Sheet),
    "f": ("Une fédération, ce que rend obs.federate", Federation),
}

#: Rooms whose functions work on plain frames, without a workspace.
ROOMS = ("passage", "secrecy", "indicators")


def slug(title: str) -> str:
    """Return the name of a page."""
    return re.sub(r"[^a-z0-9]+", "-", unaccented(title).lower()).strip("-")


def guide_parts() -> dict[str, str]:
    """Return the parts of the guide, by title."""
    text = (DOCS / "guide.md").read_text(encoding="utf-8")
    found = re.split(r"(?m)^## (.+)$", text)
    return dict(zip(found[1::2], found[2::2], strict=True))


def guide_shelves() -> dict[str, list[str]]:
    """Return the titles of the parts, by the line of the guide's own contents that leads to them."""
    text = (DOCS / "guide.md").read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^\| ([^|\[]+) \| (\[.+\]\(#.+\)) \|$", text)
    return {shelf.strip(): re.findall(r"\[([^]]+)\]\(#", links) for shelf, links in lines}


def guide_pages() -> Iterator[tuple[str, str]]:
    """Give the guide as pages: headings go up one level, links follow."""
    parts = guide_parts()
    shelves = guide_shelves()
    menu = [slug(shelf) for shelf in shelves]
    yield "guide/index.md", "# Comment faire\n\n" + _toctree(menu).replace("depth: 1", "depth: 2")
    for shelf, listed in shelves.items():
        names = [slug(part) for part in listed]
        yield f"guide/{slug(shelf)}.md", f"# {shelf}\n\n" + _toctree(names)
    for part, body in parts.items():
        raised = re.sub(r"(?m)^##(#+ )", r"#\1", body).replace("](secret.md)", "](../secret.md)")
        raised = raised.replace("](galerie/", "](../images/")
        yield f"guide/{slug(part)}.md", f"# {part}\n{raised}"


def reference_pages() -> Iterator[tuple[str, str]]:
    """Give the pages that are read from the code and the data."""
    made = {
        "python": _python_page(), "passage-secrecy": _rooms_page(), "commandes": _commands_page(),
        "indicateurs": _indicators_page(), "familles": _families_page(),
        "statuts": _statuses_page(), "erreurs": _errors_page(), "cles": _keys_page(),
    }  # fmt: skip
    yield "reference/index.md", "# Référence\n\n" + _toctree(list(made))
    for name, text in made.items():
        yield f"reference/{name}.md", text


def write_pages(site: Path) -> list[Path]:
    """Write every page that is made, and copy the pictures; return where they are."""
    for folder in MADE:
        shutil.rmtree(site / folder, ignore_errors=True)
        (site / folder).mkdir()
    for picture in (DOCS / "galerie").glob("*.svg"):
        shutil.copyfile(picture, site / "images" / picture.name)
    written = []
    copies = [
        (f"{name}.md", (DOCS / f"{name}.md").read_text("utf-8")) for name in ("secret", "glossary")
    ]
    for name, text in [*guide_pages(), *reference_pages(), *copies]:
        (site / name).write_text(text, encoding="utf-8")
        written.append(site / name)
    return written


def _toctree(names: list[str]) -> str:
    return "```{toctree}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [heads, ["---"] * len(heads), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _rst(*lines: str) -> str:
    return "```{eval-rst}\n" + "\n".join(lines) + "\n```\n"


def public_methods(cls: type) -> list[str]:
    """Return the names that a class offers, in order."""
    return [name for name, _ in inspect.getmembers(cls) if not name.startswith("_")]


_IN_ENGLISH = "*Les noms de la bibliothèque et leur documentation sont en anglais ; ses messages, en français.*\n"


def _python_page() -> str:
    import observatoire

    parts = ["# En Python\n", _IN_ENGLISH, "## import observatoire as obs\n"]
    functions = [name for name in observatoire.__all__ if name in vars(observatoire)]
    callables = [name for name in functions if inspect.isfunction(getattr(observatoire, name))]
    parts += [_rst(f".. autofunction:: observatoire.{name}") for name in callables]
    parts.append(
        "`obs.errors` : voir [les erreurs](erreurs.md). `obs.Observatory`, `obs.__version__`.\n"
    )
    for called, (title, cls) in OBJECTS.items():
        place = f"{cls.__module__}.{cls.__name__}"
        parts.append(f"## {title}\n")
        for name in public_methods(cls):
            found = inspect.getattr_static(cls, name)
            kind = (
                "method"
                if callable(found)
                else "property"
                if isinstance(found, property)
                else "attribute"
            )
            if kind == "attribute":
                parts.append(f"`{called}.{name}`\n")
            else:
                parts += [f"### {called}.{name}\n", _rst(f".. auto{kind}:: {place}.{name}")]
    return "\n".join(parts)


def _rooms_page() -> str:
    parts = ["# Sans espace de travail : passage, secrecy, indicators\n", _IN_ENGLISH]
    for room in ROOMS:
        module = import_module(f"observatoire.{room}")
        parts.append(f"## observatoire.{room}\n")
        for name in module.__all__:
            found = getattr(module, name)
            kind = "class" if inspect.isclass(found) else "function"
            members = [":members:"] if kind == "class" and name in {"Passage", "DensityFit"} else []
            directive = f".. auto{kind}:: {found.__module__}.{found.__name__}"
            parts += [
                f"### {room}.{name}\n",
                _rst(directive, *(f"   {option}" for option in members)),
            ]
    return "\n".join(parts)


def _commands_page() -> str:
    parts = ["# La ligne de commande\n"]
    for registered in app.registered_commands:
        call: Any = registered.callback
        name = registered.name or call.__name__
        parts += [f"## observatoire {name}\n", f"{inspect.getdoc(call)}\n"]
        rows = []
        for parameter in inspect.signature(call, eval_str=True).parameters.values():
            info = next(iter(getattr(parameter.annotation, "__metadata__", ())), None)
            if info is None:
                continue
            # Typer keeps the first name of an option where a default would stand.
            told = (
                [info.default, *(info.param_decls or ())] if isinstance(info.default, str) else []
            )
            words = [*told, *([info.metavar] if info.metavar else [])]
            rows.append([" ".join(f"`{each}`" for each in words), info.help or ""])
        parts.append(_table(["mot", "ce qu’il dit"], rows))
    return "\n".join(parts)


def _indicators_page() -> str:
    catalogue = read_catalogue(ROOT / "indicators.toml")
    parts = [
        "# Le catalogue des indicateurs\n",
        "Ceux de l’exemple embarqué. Chez vous, `o.indicators()` dit les vôtres, et ce qui manque à chacun.\n",
    ]
    for theme in catalogue.themes.values():
        parts += [f"## {theme.label}\n", f"Thématique `{theme.code}`.\n"]
        rows = [
            [f"`{each.code}`", each.label, each.unit, Nature(each.nature).value, each.definition]
            for each in catalogue.of_theme(theme.code)
        ]
        parts.append(_table(["code", "libellé", "unité", "nature", "définition"], rows))
    return "\n".join(parts)


def _families_page() -> str:
    rows = [
        [
            f"`{each.code}`",
            each.title.replace("{period}", "…"),
            each.producer,
            ", ".join(each.zoning),
        ]
        for each in read_families().values()
    ]
    return (
        "# Les familles de fichiers connues\n\nUn fichier de l’une d’elles se charge tel quel, sans rien écrire "
        "([le guide](../guide/les-familles-de-fichiers-connues.md)).\n\n"
        + _table(["famille", "ce que c’est", "producteur", "zonage"], rows)
    )


def _statuses_page() -> str:
    rows = [
        [f"`{each.value}`", each.label, f"`{each.mark}`" if each.mark else "", each.meaning]
        for each in Status
    ]
    natures = [
        [f"`{each.value}`", "oui" if each.additive else "non", "oui" if each.passable else "non"]
        for each in Nature
    ]
    return (
        "# Statuts et natures\n\n## Ce que l’on peut dire d’un chiffre\n\n"
        + _table(["statut", "nom", "signe", "ce qu’il veut dire"], rows)
        + "\nCaché, absent et zéro sont trois choses différentes, et le restent jusqu’à la page imprimée.\n\n"
        "## Ce que l’on peut faire d’une variable\n\n"
        + _table(["nature", "s’additionne", "passe d’un zonage à l’autre"], natures)
    )


def _errors_page() -> str:
    parts = [
        "# Les erreurs\n",
        "Chacune dit quoi, où, pourquoi et que faire ; toutes sont des `obs.errors.ObservatoireError`.\n",
        _IN_ENGLISH,
    ]
    for name in sorted(errors.__all__):
        found = getattr(errors, name)
        if inspect.isclass(found):
            parts += [f"## {name}\n", f"{(inspect.getdoc(found) or '').splitlines()[0]}\n"]
    return "\n".join(parts)


def _keys_page() -> str:
    parts = [
        "# Les clés des fichiers TOML\n",
        "Les mêmes que celles que vérifient le chargement et `observatoire schema`.\n",
    ]
    for name in SCHEMAS:
        schema = schema_of(name)
        parts += [f"## {schema['title']}\n", f"{schema['description']}\n"]
        parts.append(
            _table(["clé", "ce qu’elle dit", "valeurs"], list(_keys(schema, schema, "", ())))
        )
    return "\n".join(parts)


def _keys(
    node: Mapping[str, Any], whole: Mapping[str, Any], path: str, seen: tuple[str, ...]
) -> Iterator[list[str]]:
    """Give the keys of a schema, each with the tables that hold it."""
    node, seen = _followed(node, whole, seen)
    if node is None:
        return
    for key, its in node.get("properties", {}).items():
        here = f"{path}.{key}" if path else key
        values = ", ".join(f"`{value}`" for value in _choices(its, whole))
        yield [f"`{here}`", its.get("description", ""), values]
        yield from _keys(its, whole, here, seen)
    for branch in ("items", "additionalProperties"):
        if isinstance(node.get(branch), dict):
            yield from _keys(
                node[branch], whole, path + (".*" if branch != "items" else "[]"), seen
            )
    for each in (*node.get("anyOf", ()), *node.get("allOf", ())):
        yield from _keys(each, whole, path, seen)


def _followed(
    node: Mapping[str, Any], whole: Mapping[str, Any], seen: tuple[str, ...]
) -> tuple[Mapping[str, Any] | None, tuple[str, ...]]:
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    if not reference:
        return node, seen
    if reference in seen:
        return None, seen
    return whole["$defs"][reference], (*seen, reference)


def _choices(node: Mapping[str, Any], whole: Mapping[str, Any]) -> list[str]:
    found, _ = _followed(node, whole, ())
    return [str(value) for value in (found or {}).get("enum", []) if value != ""]

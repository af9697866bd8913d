"""Read a TOML file into what a class declares; every fault is a French sentence with its line."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from observatoire.declarations.faults import first_fault
from observatoire.declarations.fields import given
from observatoire.errors import DescriptorError
from observatoire.french.typography import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


#: How tomllib begins its message on a line that it can read but not keep; ours, and what to do.
_TOML_FAULTS = (
    (
        "Cannot declare",
        "Cette table est déjà déclarée plus haut.",
        "Réunissez les deux sous un seul titre ; si elle se répète, doublez partout ses crochets.",
    ),
    (
        "Cannot overwrite",
        "Ce nom est déjà écrit plus haut, dans la même table.",
        "Gardez l’une des deux lignes.",
    ),
    (
        "Unescaped",
        "Entre guillemets, une barre oblique inverse (\\) ne s’écrit pas seule.",
        "Mettez ce texte entre apostrophes ('…') : elle y est prise telle quelle.",
    ),
)

T = TypeVar("T")


def read(
    path: Path, model: type[T], context: Mapping[str, object] | None = None, **values: object
) -> T:
    """Read a TOML file into what a class declares.

    Parameters
    ----------
    model : type
        A class made by :func:`~observatoire.declarations.fields.declared`.
    context : mapping, optional
        What its checks need to know (``root``: the folder that paths start from).
    **values
        Fields that the file does not write (``Annotated[…, called(given("folder"))]``).

    Raises
    ------
    DescriptorError
        On a file that is no TOML, an unknown key (with the nearest right one), a key that lacks, a
        value of the wrong kind or out of its list; the message names the line.
    """
    return build(path, toml_table(path), model, context, **values)


def build(
    path: Path,
    table: Mapping[str, Any],
    model: type[T],
    context: Mapping[str, object] | None = None,
    **values: object,
) -> T:
    """Make what a class declares out of a table already read: see :func:`read`."""
    whole = {**table, **{given(name): value for name, value in values.items()}}
    try:
        declaration: T = TypeAdapter(model).validate_python(
            whole, by_alias=True, by_name=False, context=context or {}
        )
    except ValidationError as error:
        schema = json_schema(model)  # type: ignore[arg-type] # mypy holds no class for hashable
        raise first_fault(error.errors(include_url=False), path, schema) from None
    return declaration


@cache  # a fault asks for it each time, and a class never changes; nobody writes in it
def json_schema(model: type) -> dict[str, Any]:
    """Return the JSON Schema of a TOML file, as an editor reads it: what it shows is in French."""
    schema = TypeAdapter(model).json_schema(by_alias=True)
    for part in (schema, *schema.get("$defs", {}).values()):
        part.pop("description", None)  # our docstrings, in English
        for table in (part, *part.get("properties", {}).values()):
            table.pop("title", None)  # made from the names of fields
            if isinstance(table.get("default"), dict):
                del table["default"]  # a table left out
    return schema


def packaged(package: str, name: str) -> Path:
    """Return the path of a TOML file of the library."""
    return Path(str(resources.files(package).joinpath(name)))


def toml_table(path: Path) -> dict[str, Any]:
    """Read a TOML file as plain tables.

    Raises
    ------
    DescriptorError
        If the file is absent, is not UTF-8, or is not TOML; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        table = deepcopy(_parsed(text))
    except FileNotFoundError as error:
        raise DescriptorError(
            "Le fichier n’existe pas.",
            where=str(path),
            remedy="Créez-le, ou lancez « observatoire init » dans le dossier.",
        ) from error
    except (OSError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "trop de crochets emboîtés"
        raise DescriptorError(
            "Le fichier ne se laisse pas lire.",
            where=str(path),
            why=f"Le système dit : {reason or error}.",
            remedy="Demandez le droit de le lire, ou écrivez-le plus simplement.",
        ) from error
    except UnicodeDecodeError as error:
        raise DescriptorError(
            "Le fichier n’est pas en UTF-8.",
            where=path.name,
            remedy="Enregistrez-le en UTF-8 (Bloc-notes : Enregistrer sous, Encodage UTF-8).",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, str(error)) from error
    _check_signs([path.parent.name, *_texts(table)], text, path)
    return table


@lru_cache(maxsize=64)  # each opening and each load reads the catalogue again
def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


#: What no page can write, and what turns or cuts a text without being seen.
_UNPRINTABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff{MARKS}]")


def _texts(value: object) -> Iterator[str]:
    """Go through the names and the texts of a table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value:
            yield from _texts(each)
            if isinstance(value, dict):
                yield from _texts(value[each])


def _check_signs(texts: list[str], written: str, path: Path) -> None:
    """Refuse a text, or the name of the folder, that holds what does not print."""
    found = _UNPRINTABLE.search("".join(texts))
    if found is None:
        return
    sign, shown = found[0], next(each for each in texts if found[0] in each)
    escaped = f"\\u{ord(sign):04x}"
    lines = [
        at
        for at, line in enumerate(written.split("\n"), 1)
        if sign in line or escaped in line.lower()
    ]
    raise DescriptorError(
        f"« {_UNPRINTABLE.sub('�', shown)} » contient un signe qui ne s’imprime pas (U+{ord(sign):04X}).",
        where=f"{path.name}, ligne {lines[0]}" if lines else f"dossier de {path.name}",
        why="Aucune page ne peut l’écrire, ou il y retournerait ce qui suit.",
        remedy="Retapez ce texte à la main, plutôt que de le coller.",
    )


def _not_toml(path: Path, message: str) -> DescriptorError:
    line = re.search(r"line (\d+)", message)
    number = int(line[1]) if line else _last_line(path)
    what = (
        "Cette ligne n’est pas du TOML." if line else "Le fichier s’arrête au milieu d’une valeur."
    )
    known = next((fault[1:] for fault in _TOML_FAULTS if message.startswith(fault[0])), None)
    usual = what, "Vérifiez les guillemets et les crochets de cette ligne et des précédentes."
    fault_here, remedy = known or usual
    where = f"{path.name}, ligne {number}"
    return DescriptorError(fault_here, where=where, why=_written(path, number), remedy=remedy)


def _last_line(path: Path) -> int:
    """Return the last line where anything is written."""
    return len(path.read_text(encoding="utf-8-sig").rstrip().splitlines())


def _written(path: Path, line: int) -> str:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return f"On y lit « {lines[line - 1].strip()} »." if 0 < line <= len(lines) else ""

"""What pydantic finds wrong in a TOML table, put into French with its file, its line and its key."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from observatoire.errors import DescriptorError
from observatoire.errors.arguments import nearest, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

Loc = tuple[str | int, ...]

#: What is expected, by the type of an error of pydantic.
_EXPECTED = {
    "string_type": "un texte entre guillemets",
    "path_type": "un texte entre guillemets",
    "pattern_type": "un texte entre guillemets",
    "bool_type": "true ou false",
    "int_type": "un nombre entier",
    "float_type": "un nombre",
    "tuple_type": "une liste entre crochets",
    "dict_type": "une table",
    "mapping_type": "une table",
    "dataclass_type": "une table",
}

#: The same, by the type of a key in the JSON Schema.
_KINDS = {
    "string": _EXPECTED["string_type"],
    "boolean": _EXPECTED["bool_type"],
    "integer": _EXPECTED["int_type"],
    "number": _EXPECTED["float_type"],
    "array": _EXPECTED["tuple_type"],
    "object": _EXPECTED["dict_type"],
}

#: Lists that are longer or shorter than they may be.
_LENGTHS = ("too_long", "too_short")

#: A default made from another field, which is at fault itself: nothing more to say.
_ECHOES = ("default_factory_not_called",)


def first_fault(
    errors: list[ErrorDetails], path: Path, schema: Mapping[str, Any]
) -> DescriptorError:
    """Return in French the first of the errors that pydantic found in a file.

    Parameters
    ----------
    schema : mapping
        JSON Schema of what the file may hold: which keys there are, and of what kind.
    """
    error = next(error for error in errors if error["type"] not in _ECHOES)
    context: dict[str, Any] = error.get("ctx", {})
    place = (*error["loc"], *context.get("at", ()))
    at = _At(path, place, schema)
    value, kind = error["input"], error["type"]
    if kind == "fault":
        return DescriptorError(
            context["what"], where=at.table, why=context["why"], remedy=context["remedy"]
        )
    if kind in _LENGTHS or (kind == "missing" and isinstance(place[-1], int)):
        return at.refuse(_wrong_length(at))
    if kind == "missing":
        return _missing(at, value)
    if kind == "unexpected_keyword_argument":
        return _unknown(at)
    if kind in ("literal_error", "enum", "word"):
        choices = context["choices"] if kind == "word" else filter(None, at.schema["enum"])
        return _not_among(at, str(context.get("value", value)), list(choices))
    return at.refuse(context["reason"] if kind == "refused" else _unfit(at, kind, value))


def _unfit(at: _At, kind: str, value: object) -> str:
    if kind == "finite_number":
        return f"« {value} » n’est pas un nombre fini"
    if at.listed == "string":
        return "on attend une liste de textes"
    if at.listed == "object":
        doubled = f"[[{at.key}]]"
        whole = isinstance(value, dict) and kind == "tuple_type"
        return f"on attend des {'crochets doublés,' if whole else 'tables'} {doubled}"
    found = "" if isinstance(value, list | dict) else f", et non « {value} »"
    expected = _EXPECTED.get(kind) or _KINDS.get(str(at.schema.get("type")), "une autre valeur")
    return f"on attend {expected}{found}"


def _wrong_length(at: _At) -> str:
    count = at.list_schema.get("maxItems", at.list_schema.get("minItems"))
    return "elle n’a pas le bon nombre d’éléments" if count is None else f"il en faut {count}"


def _missing(at: _At, table: object) -> DescriptorError:
    """Return the error of a key that lacks: perhaps one written is that key, ill spelt."""
    written = [name for name in table if name not in at.keys] if isinstance(table, dict) else []
    near = nearest(at.key, [name for name in written if not name.startswith("<")])
    kind = at.schema.get("type", "string")
    added = f"table [{at.key}]" if kind == "object" else f"ligne « {at.key} = … »"
    remedy = f"Ajoutez une {added}."
    if near:
        line = at.line(near)
        shown = f" (ligne {line})" if line else ""
        remedy = f"Est-ce la clé « {near} »{shown}, mal écrite ? Écrivez « {at.key} = … »."
    return DescriptorError(
        f"La clé « {at.key} » manque.",
        where=at.table_above,
        why=f"On attend {_KINDS[kind]}.",
        remedy=remedy,
        key=at.key,
    )


def _unknown(at: _At) -> DescriptorError:
    return DescriptorError(
        f"La clé « {at.key} » n’existe pas.",
        where=at.where,
        why="Une clé inconnue serait ignorée sans bruit.",
        remedy=suggestion(at.key, at.keys),
        key=at.key,
    )


def _not_among(at: _At, value: str, choices: list[str]) -> DescriptorError:
    return DescriptorError(
        f"« {value} » n’est pas une valeur possible de « {at.key} ».",
        where=at.where,
        remedy=suggestion(value, choices),
        key=at.key,
    )


class _At:
    """A place of a file: its table, its key, and what the schema says of them."""

    def __init__(self, path: Path, loc: Loc, schema: Mapping[str, Any]) -> None:
        self.path, self.root = path, schema
        self.names = [step for step in loc if isinstance(step, str)]
        self.schema = self._schema(loc)
        self.keys = sorted(self._schema(loc[:-1]).get("properties", ()))
        self.whole = self.schema.get("type") == "object"
        self.table_rank = _rank(loc)
        while loc and isinstance(loc[-1], int):
            loc = loc[:-1]
        self.rank = _rank(loc)
        self.list_schema = self._schema(loc)
        self.listed = str(_branch(self._schema(loc).get("items", {}), schema).get("type", ""))

    @property
    def key(self) -> str:
        """The key at fault."""
        return self.names[-1] if self.names else ""

    @property
    def where(self) -> str:
        """File and line of the key, or its table where it has no line."""
        line = line_of(self.path, ".".join(self.names[:-1]), self.rank, self.key)
        return f"{self.path.name}, ligne {line}" if line else self.table_above

    @property
    def table_above(self) -> str:
        """File and table that hold the key."""
        return self._table(self.names[:-1], self.rank)

    @property
    def table(self) -> str:
        """File and table: the place itself, or what holds it when it is a key."""
        return self._table(self.names, self.table_rank) if self.whole else self.table_above

    def line(self, key: str) -> int:
        """Return the line of another key of the same table."""
        return line_of(self.path, ".".join(self.names[:-1]), self.rank, key)

    def refuse(self, reason: str) -> DescriptorError:
        """Return the error of a value that does not do."""
        return DescriptorError(
            f"La valeur de « {self.key} » ne convient pas : {reason}.",
            where=self.where,
            remedy="Corrigez cette ligne.",
            key=self.key,
        )

    def _table(self, names: list[str], rank: int) -> str:
        if not names:
            return self.path.name
        line = line_of(self.path, ".".join(names[:-1]), rank, names[-1])
        file = f"{self.path.name}, ligne {line}" if line else self.path.name
        return f"{file}, [{'.'.join(names)}]"

    def _schema(self, loc: Loc) -> Mapping[str, Any]:
        node = _branch(self.root, self.root)
        for step in loc:
            if isinstance(step, int):
                inner = node.get("items")
            else:
                inner = node.get("properties", {}).get(step) or node.get("additionalProperties")
            node = _branch(inner if isinstance(inner, dict) else {}, self.root)
        return node


def _rank(loc: Loc) -> int:
    """Return which table of an array is meant, the first where there is none."""
    return next((step for step in reversed(loc) if isinstance(step, int)), 0)


def _branch(node: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of a schema, its reference followed, and the fullest of what it may be."""
    if "$ref" in node:
        return _branch(root["$defs"][str(node["$ref"]).rsplit("/", 1)[-1]], root)
    if "anyOf" in node:
        branches = [branch for branch in node["anyOf"] if branch.get("type") != "null"]
        return _branch(branches[-1], root)
    return node


_HEADER = re.compile(r"\s*\[(\[?)([^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w-]+)\s*[=.]""")


def line_of(path: Path, place: str, rank: int, key: str) -> int:
    """Return the line where a key of a table is written, or 0.

    A sub-table counts as a key of the table that holds it; in an array of tables, ``rank`` says
    which one is meant.
    """
    if not path.is_file():
        return 0
    current, at = "", 0
    headers: Counter[str] = Counter()
    wanted = f"{place}.{key}" if place else key
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if header := _HEADER.fullmatch(line):
            current = ".".join(part.strip().strip("\"'") for part in header[2].split("."))
            at = headers[current] if header[1] else 0
            headers[current] += 1
            if at == (rank if header[1] else 0) and f"{current}.".startswith(f"{wanted}."):
                return number
            continue
        found = _KEY.match(line) if (current, at) == (place, rank) else None
        if found and found[1].strip("\"'") == key:
            return number
    if not place:
        return 0
    parent, _, last = place.rpartition(".")
    return line_of(path, parent, rank, last)  # a table written on one line, inside its parent

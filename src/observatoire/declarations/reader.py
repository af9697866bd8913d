"""Read a TOML declaration strictly: a key misspelt is told, with the nearest right one."""

from __future__ import annotations

import math
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from observatoire.declarations.faults import first_fault
from observatoire.declarations.fields import given
from observatoire.declarations.lines import line_of
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import nearest, suggestion
from observatoire.french.typography import ordinal

if TYPE_CHECKING:
    from collections.abc import Mapping


_KIND_NAMES = {
    str: "un texte entre guillemets",
    bool: "true ou false",
    int: "un nombre entier",
    float: "un nombre",
    list: "une liste entre crochets",
    dict: "une table",
}

#: How tomllib begins what it says of a line that it can read but not keep; what to say, and to do.
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


class Declaration:
    """One TOML table being read; every key is taken once, and :meth:`close` tells the others.

    Parameters
    ----------
    path : Path
        The file, named in messages.
    table : dict
        The table as :mod:`tomllib` reads it.
    place : str
        Name of the table inside the file, as it is written between brackets.
    rank : int
        Position of the table among those of that name (``[[files]]``), from 0.

    Examples
    --------
    >>> from pathlib import Path
    >>> d = Declaration(Path("source.toml"), {"title": "RP", "licnece": "LO"})
    >>> d.text("title"), d.text("licence", "")
    ('RP', '')
    >>> d.close()
    Traceback (most recent call last):
    ...
    observatoire.errors.exceptions.DescriptorError: source.toml : La clé « licnece » n’existe pas. ...
    """

    def __init__(self, path: Path, table: dict[str, Any], place: str = "", rank: int = 0) -> None:
        self.path, self.table, self.place, self.rank = path, table, place, rank
        self._known: list[str] = []

    @property
    def where(self) -> str:
        """File and table, as a message names them."""
        if not self.place:
            return self.path.name
        parent, _, last = self.place.rpartition(".")
        line = line_of(self.path, parent, self.rank, last)
        told = f"{self.path.name}, ligne {line}" if line else self.path.name
        return f"{told}, [{self.place}]"

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return a key's value, checked to be of ``kind``; without a default it is required."""
        self._known.append(key)
        if key not in self.table:
            if default is not None:
                return default
            raise DescriptorError(
                f"La clé « {key} » manque.",
                where=self.where,
                why=f"On attend {_KIND_NAMES[kind]}.",
                remedy=self._misspelt(key) or f"Ajoutez une ligne « {key} = … ».",
                key=key,
            )
        value = self.table[key]
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)  # type: ignore[return-value]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            found = "" if isinstance(value, list | dict) else f", et non « {value} »"
            raise self.refuse(key, f"on attend {_KIND_NAMES[kind]}{found}")
        if isinstance(value, float) and not math.isfinite(value):
            # A threshold that is « nan » is below and above nothing: it would protect nobody.
            raise self.refuse(key, f"« {value} » n’est pas un nombre fini")
        return value

    def text(self, key: str, default: str | None = None, *, choices: tuple[str, ...] = ()) -> str:
        """Return a text, checked to be among ``choices`` when there are any."""
        value = self.take(key, str, default)
        if choices and value not in choices and value != default:
            raise DescriptorError(
                f"« {value} » n’est pas une valeur possible de « {key} ».",
                where=self._where_key(key),
                remedy=suggestion(value, choices),
                key=key,
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is absent; a lone text counts as one."""
        self._known.append(key)
        value = self.table.get(key, [])
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise self.refuse(key, "on attend une liste de textes")
        return tuple(items)

    def pattern(self, key: str, text: str | None = None) -> re.Pattern[str]:
        """Return a regular expression that ignores case: ``text``, or what ``key`` holds."""
        told = self.text(key) if text is None else text
        if not told:
            raise self.refuse(key, "un motif vide ne reconnaît rien")
        try:
            return re.compile(told, re.IGNORECASE)
        except re.error as error:
            at = "" if error.pos is None else f" (au {ordinal(error.pos + 1)} caractère)"
            raise self.refuse(key, f"« {told} » n’est pas une expression régulière{at}") from error

    def patterns(self, key: str) -> tuple[re.Pattern[str], ...]:
        """Return a list of regular expressions, empty when the key is absent."""
        return tuple(self.pattern(key, text) for text in self.texts(key))

    def child(self, key: str) -> Declaration:
        """Return a sub-table, empty when absent."""
        return Declaration(self.path, self.take(key, dict, {}), self._inside(key), self.rank)

    def children(self, key: str = "") -> dict[str, Declaration]:
        """Return the named tables below ``key`` (or below this table)."""
        table = self.take(key, dict, {}) if key else self.table
        if not key:
            self._known.extend(table)
        for name, value in table.items():
            if not isinstance(value, dict):
                raise self.refuse(name, "on attend une table")
        return {
            name: Declaration(self.path, value, self._inside(f"{key}.{name}" if key else name))
            for name, value in table.items()
        }

    def array(self, key: str) -> list[Declaration]:
        """Return an array of tables (``[[key]]``), empty when absent."""
        if isinstance(self.table.get(key), dict):
            raise self.refuse(key, f"on attend des crochets doublés, [[{key}]]")
        items = self.take(key, list, [])
        if not all(isinstance(item, dict) for item in items):
            raise self.refuse(key, f"on attend des tables [[{key}]]")
        inside = self._inside(key)
        return [Declaration(self.path, item, inside, rank) for rank, item in enumerate(items)]

    def refuse(self, key: str, reason: str) -> DescriptorError:
        """Return the error to raise on the value of ``key``."""
        return DescriptorError(
            f"La valeur de « {key} » ne convient pas : {reason}.",
            where=self._where_key(key),
            remedy="Corrigez cette ligne.",
            key=key,
        )

    def close(self) -> None:
        """Raise on the first key that nobody took.

        Raises
        ------
        DescriptorError
            With the nearest right key.
        """
        for key in self.table:
            if key not in self._known:
                raise DescriptorError(
                    f"La clé « {key} » n’existe pas.",
                    where=self._where_key(key),
                    why="Une clé inconnue serait ignorée sans bruit.",
                    remedy=suggestion(key, sorted(set(self._known))),
                    key=key,
                )

    def _misspelt(self, key: str) -> str:
        """Say which key of the table could be ``key``, ill written."""
        near = nearest(key, [told for told in self.table if told not in self._known])
        if not near:
            return ""
        line = line_of(self.path, self.place, self.rank, near)
        at = f" (ligne {line})" if line else ""
        return f"Est-ce la clé « {near} »{at}, mal écrite ? Écrivez « {key} = … »."

    def _inside(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _where_key(self, key: str) -> str:
        line = line_of(self.path, self.place, self.rank, key)
        return f"{self.path.name}, ligne {line}" if line else self.where


def read(
    path: Path, model: type[T], context: Mapping[str, object] | None = None, **values: object
) -> T:
    """Read a TOML file into what a class declares.

    Parameters
    ----------
    path : Path
        The file.
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
        made: T = TypeAdapter(model).validate_python(
            whole, by_alias=True, by_name=False, context=context or {}
        )
    except ValidationError as error:
        raise first_fault(error.errors(include_url=False), path, json_schema(model)) from None
    return made


def json_schema(model: type) -> dict[str, Any]:
    """Return the JSON Schema of a TOML file, as an editor reads it."""
    return TypeAdapter(model).json_schema(by_alias=True)


def packaged(package: str, name: str) -> Path:
    """Return the path of a TOML file of the library."""
    return Path(str(resources.files(package).joinpath(name)))


def read_toml(path: Path) -> Declaration:
    """Open a TOML file as a declaration."""
    return Declaration(path, toml_table(path))


def toml_table(path: Path) -> dict[str, Any]:
    """Read a TOML file as plain tables.

    Raises
    ------
    DescriptorError
        If the file is absent, is not UTF-8, or is not TOML; the message names the line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DescriptorError(
            "Le fichier n’existe pas.",
            where=str(path),
            remedy="Créez-le, ou lancez « observatoire init » dans le dossier.",
        ) from error
    except (OSError, RecursionError) as error:
        told = error.strerror if isinstance(error, OSError) else "trop de crochets emboîtés"
        raise DescriptorError(
            "Le fichier ne se laisse pas lire.",
            where=str(path),
            why=f"Le système dit : {told or error}.",
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


def _not_toml(path: Path, told: str) -> DescriptorError:
    line = re.search(r"line (\d+)", told)
    number = int(line[1]) if line else _last_line(path)
    what = (
        "Cette ligne n’est pas du TOML." if line else "Le fichier s’arrête au milieu d’une valeur."
    )
    known = next((fault[1:] for fault in _TOML_FAULTS if told.startswith(fault[0])), None)
    usual = what, "Vérifiez les guillemets et les crochets de cette ligne et des précédentes."
    said, remedy = known or usual
    where = f"{path.name}, ligne {number}"
    return DescriptorError(said, where=where, why=_written(path, number), remedy=remedy)


def _last_line(path: Path) -> int:
    """Return the last line where anything is written."""
    return len(path.read_text(encoding="utf-8-sig").rstrip().splitlines())


def _written(path: Path, line: int) -> str:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return f"On y lit « {lines[line - 1].strip()} »." if 0 < line <= len(lines) else ""

"""The checks: named SQL predicates held as data, each with its level and its French sentence."""

from __future__ import annotations

import json
import math
import string
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import duckdb
from pydantic import AfterValidator, ValidationInfo, model_validator

from observatoire.declarations.fields import (
    Code,
    Flag,
    Named,
    called,
    declared,
    fault,
    given,
    refuse,
)
from observatoire.declarations.reader import build, packaged, read, toml_table
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import check_known, suggestion
from observatoire.french.typography import enumerate_words, number
from observatoire.warehouse.checks.batches import BATCHED

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.warehouse.connection import Warehouse


CHECKS_FILE = "checks.toml"

#: What every predicate gives of a row that fails.
ROW_COLUMNS = ("source", "load", "line", "zoning", "territory", "variable", "period", "value")

#: How DuckDB's Python names the kinds of columns that hold numbers, or nothing at all.
_NUMBERS = (
    "NUMBER", "NULL", "INTEGER", "BIGINT", "HUGEINT", "SMALLINT", "TINYINT", "UTINYINT",
    "USMALLINT", "UINTEGER", "UBIGINT", "DOUBLE", "FLOAT", "DECIMAL", '"NULL"',
)  # fmt: skip

#: The tables of checked.sql.
LAID_OUT = (
    "content", "given", "place", "division", "figure", "masked", "total", "share", "era", "sequel",
    "pace", "addend", "addition", "noun", "cell",
)  # fmt: skip

#: What a predicate may read: the tables of checked.sql, its batch, then those of the warehouse.
READABLE = (
    *LAID_OUT,
    *BATCHED,
    "zoning", "territory", "source", "variable", "load", "observation", "reject", "restored",
    "convention", "target", "action", "note", "current_observation",
)  # fmt: skip

#: Functions that look out of the warehouse, or change something in it.
_OUTSIDE = ("getenv", "current_setting", "nextval", "write_log", "getvariable", "setseed")

#: Functions that make rows out of nothing but their arguments.
_ROW_FUNCTIONS = ("unnest", "generate_series", "range")


def _numbers_only(parameters: Mapping[str, Any]) -> Mapping[str, float]:
    for name, value in parameters.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise refuse(f"« {name} » doit être un nombre")
    return {name: float(value) for name, value in parameters.items()}


@declared
class Check:
    """One predicate: the rows it returns are the ones that fail.

    ``origin`` names its file, which is the library's or a workspace's (not ``ours``). ``batched``
    is the table that it reads batch by batch, if any. ``off`` drops the library's check of that name.
    """

    name: Code
    title: str
    level: Literal["remarque", "alerte", "erreur"]
    message: str
    sql: Annotated[str, AfterValidator(lambda sql: sql.strip().rstrip(";"))]
    remedy: str = ""
    parameters: Annotated[Mapping[str, Any], AfterValidator(_numbers_only)] = field(
        default_factory=dict
    )
    batched: Annotated[Literal["", "change", "tally"], called("lot")] = ""
    off: Flag = False
    origin: Annotated[str, called(given("origin"))] = ""
    ours: Annotated[bool, called(given("ours"))] = True

    @model_validator(mode="after")
    def _is_sound(self, info: ValidationInfo) -> Check:
        if info.context is None:  # made by code, not read
            return self
        check = replace(self, **info.context)
        if not check.ours:  # the library's own pass the same in its tests
            _check_select(check)
        return check

    def refusal(self, what: str, *, why: str = "", remedy: str = "") -> DescriptorError:
        """Return the error of this check, where it is written."""
        return DescriptorError(what, where=self.origin, why=why, remedy=remedy)

    def sentence(self, row: Mapping[str, Any]) -> str:
        """Return the sentence of one failing row, its numbers as French readers expect them."""
        return self.message.format(**{key: _written(value) for key, value in row.items()})


@declared
class CheckFile:
    """What ``checks.toml`` declares."""

    checks: Named[Check] = field(default_factory=dict)


def read_checks(folder: Path | None = None) -> tuple[Check, ...]:
    """Return the checks of the library, then those that a workspace adds or puts in their place.

    Parameters
    ----------
    folder : Path, optional
        The workspace's folder; its ``checks.toml`` is read when there is one. A check of the same
        name replaces the library's, and ``off = true`` drops it.

    Raises
    ------
    DescriptorError
        On an unknown key or level, a predicate that is no single SELECT, or reads something else
        than the warehouse.

    Examples
    --------
    >>> [check.level for check in read_checks() if check.name == "taux-hors-bornes"]
    ['erreur']
    """
    checks = dict(_ours())
    added = folder / CHECKS_FILE if folder else None
    if added is not None and added.is_file():
        table = toml_table(added)
        for name in _turned_off(table):
            what = f"On ne peut pas éteindre « {name} » : aucun contrôle ne porte ce nom."
            where = f"{CHECKS_FILE}, [checks.{name}]"
            check_known(name, checks, what, where=where, error=DescriptorError)
            del checks[name], table["checks"][name]
        origin = {"origin": CHECKS_FILE, "ours": False}
        checks |= build(added, table, CheckFile, origin).checks
    return tuple(checks.values())


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, Check]:
    origin = {"origin": CHECKS_FILE, "ours": True}
    return read(packaged("observatoire.warehouse.checks", CHECKS_FILE), CheckFile, origin).checks


def _turned_off(table: dict[str, Any]) -> list[str]:
    tables = table.get("checks")
    if not isinstance(tables, dict):
        return []
    return [
        name
        for name, check in tables.items()
        if isinstance(check, dict) and check.get("off") is True
    ]


def _check_select(check: Check) -> None:
    """Refuse what is no single SELECT over the warehouse: a check looks, and changes nothing."""
    try:
        statements = duckdb.extract_statements(check.sql)
    except duckdb.Error as error:
        raise broken(check, error) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise refuse("on attend une seule requête SELECT, qui ne modifie rien", "sql")
    asked, given = statements[0].named_parameters, set(check.parameters)
    if asked != given:
        wrong = sorted(asked ^ given)
        raise refuse(
            f"le SQL et parameters ne nomment pas les mêmes seuils ({enumerate_words(wrong)})",
            "parameters",
        )
    tree = _tree(check.sql)
    names = {*READABLE, *_common_tables(tree)}
    tables = list(_read_tables(tree))
    if (set(tables) & set(BATCHED)) != ({check.batched} - {""}):
        raise refuse(
            "c’est la table vue par lots que le SQL lit, change ou tally, et elle seule", "lot"
        )
    for name in tables:
        if name not in names:
            raise fault(
                f"Le contrôle « {check.name} » lit « {name} ».",
                why="Un contrôle ne lit que l’entrepôt : ni fichier, ni réseau.",
                remedy=suggestion(name, sorted(names), most=len(READABLE)),
            )


@lru_cache(maxsize=256)
def _tree(sql: str) -> Any:
    """Return what DuckDB's parser makes of a SELECT."""
    with duckdb.connect() as parser:
        found = parser.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    return json.loads(found[0]) if found else {}


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)


def _common_tables(tree: Any) -> Iterator[str]:
    for node in _nodes(tree):
        for entry in (node.get("cte_map") or {}).get("map", ()):
            name = str(entry["key"])
            if name.isidentifier():  # where it does not reach, another name would be read as a file
                yield name


def _read_tables(tree: Any) -> Iterator[str]:
    for node in _nodes(tree):
        if node.get("type") == "BASE_TABLE":
            whole = (node.get("catalog_name"), node.get("schema_name"), node.get("table_name"))
            yield ".".join(part for part in whole if part)
        if node.get("type") == "TABLE_FUNCTION":
            name = str((node.get("function") or {}).get("function_name"))
            if name not in _ROW_FUNCTIONS:
                yield f"{name}()"
        if node.get("type") == "SHOW_REF":
            yield "DESCRIBE, SUMMARIZE"
        if node.get("class") == "FUNCTION" and node.get("function_name") in _OUTSIDE:
            yield f"{node['function_name']}()"


def check_columns(warehouse: Warehouse, check: Check) -> None:
    """Refuse a predicate that the warehouse cannot run, or that does not give what it must.

    Call it once the tables of ``checked.sql`` are there.

    Raises
    ------
    DescriptorError
        With what DuckDB says, the column that lacks, or the one the message names for nothing.
    """
    try:
        given = warehouse.connection.execute(
            f"SELECT * FROM ({check.sql}\n) LIMIT 0",  # noqa: S608 - read and checked above
            dict(check.parameters) or None,
        ).description
    except duckdb.Error as error:
        raise broken(check, error) from error
    columns = [column[0] for column in given]
    kinds = {column[0]: str(column[1]) for column in given}
    for column in ("load", "line", "value"):
        if kinds.get(column, "NUMBER").partition("(")[0] not in _NUMBERS:
            raise unnumbered(check, f"« {column} » est de la sorte {kinds[column]}")
    for column in ROW_COLUMNS:
        if column not in columns:
            raise check.refusal(
                f"Le contrôle « {check.name} » ne rend pas la colonne « {column} ».",
                remedy=f"Un contrôle rend au moins {enumerate_words(list(ROW_COLUMNS))} ; "
                "NULL où il n’y a rien à dire.",
            )
    for column in _fields(check):
        if column not in columns:
            raise check.refusal(
                f"Le message du contrôle « {check.name} » nomme {{{column}}}, que son SQL ne rend pas.",
                remedy=suggestion(column, columns, most=20),
            )


def unnumbered(check: Check, why: object) -> DescriptorError:
    """Return the error of a predicate whose load, line or value is no number."""
    return check.refusal(
        f"Dans le contrôle « {check.name} », load, line et value ne sont pas tous des nombres.",
        why=f"Le moteur dit : {why}.",
        remedy="load et line sont ceux de figure ; value est un nombre, ou NULL::DOUBLE.",
    )


def _fields(check: Check) -> list[str]:
    try:
        parts = list(string.Formatter().parse(check.message))
    except ValueError as error:
        raise check.refusal(
            f"Le message du contrôle « {check.name} » a une accolade de trop ou de moins.",
            remedy="Une colonne s’écrit {colonne} ; doublez les autres accolades.",
        ) from error
    for _, column, form, conversion in parts:
        if form or conversion:
            raise check.refusal(
                f"Le message du contrôle « {check.name} » met en forme {{{column}}}.",
                remedy="Écrivez {colonne} sans rien d’autre : les nombres sont écrits à la française.",
            )
    return [column for _, column, _, _ in parts if column is not None]


def broken(check: Check, error: duckdb.Error) -> DescriptorError:
    """Return the error to raise on a predicate that DuckDB refuses."""
    return check.refusal(
        f"Le SQL du contrôle « {check.name} » ne passe pas.",
        why=f"Le moteur dit : {str(error).splitlines()[0]}",
        remedy="Corrigez-le, ou éteignez le contrôle par off = true ; les chiffres chargés sont gardés.",
    )


def endless(check: Check, why: str) -> DescriptorError:
    """Return the error to raise on a predicate that does not end, or finds everything."""
    return check.refusal(
        f"Le contrôle « {check.name} » {why}.",
        why="Un contrôle désigne quelques lignes, sans retenir l’analyste.",
        remedy="Corrigez-le, ou éteignez-le par off = true ; les chiffres chargés sont gardés.",
    )


def _written(value: Any) -> str:
    r"""Write a value of a row: two decimals at most, and none when there are none.

    Examples
    --------
    >>> _written(1234.5), _written(7.0), _written("Dillon"), _written(None), _written(True)
    ('1\u202f234,5', '7', 'Dillon', '', 'oui')
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one thing unequal to itself
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        if math.isinf(value):
            return "un nombre sans fin"
        text = number(float(value), 2)
        return text.rstrip("0").rstrip(",") if "," in text else text
    return str(value)

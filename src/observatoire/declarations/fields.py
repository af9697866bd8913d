"""What a TOML table may hold, as types: the field of a class is the only declaration of its key.

A class made by :func:`declared` is a frozen dataclass that checks what it is given and knows no other
key than its fields. The kinds of values below say how a key is written; what they refuse is put into
French, with its line, by :mod:`observatoire.declarations.reader`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    model_validator,
)
from pydantic.dataclasses import dataclass
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from observatoire.french.typography import ordinal
from observatoire.values import PERIOD_FORMS, is_period

T = TypeVar("T")

#: In Python a field goes by its name; in TOML by its alias, where it has one (``from`` is no name).
_CONFIG = ConfigDict(
    extra="forbid", allow_inf_nan=False, validate_by_name=True, validate_by_alias=False
)

#: What a draft writes where somebody has to answer.
_BLANKS = ("", "à préciser", "à compléter", "?", "…")


def answered(text: str) -> str:
    """Return what somebody stated; a draft that nobody has filled in is not printed."""
    return "" if text.strip().casefold() in _BLANKS else text


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def declared(cls: type[T]) -> type[T]:
    """Make of a class the declaration of a TOML table: frozen, checked, closed to other keys.

    Examples
    --------
    >>> @declared
    ... class Step:
    ...     title: str
    ...     rank: Count = 0
    >>> Step("Départ")
    Step(title='Départ', rank=0)
    """
    return cast("type[T]", dataclass(frozen=True, config=_CONFIG)(cls))


def refuse(reason: str, *at: str) -> PydanticCustomError:
    """Return the error of a value that does not do; ``at`` leads from the table to its key."""
    return PydanticCustomError("refused", "refused", {"reason": reason, "at": at})


def fault(what: str, *at: str, why: str = "", remedy: str = "") -> PydanticCustomError:
    """Return the error of a whole table, in its own words."""
    parts = {"what": what, "why": why, "remedy": remedy, "at": at}
    return PydanticCustomError("fault", "fault", parts)


def not_among(value: str, choices: tuple[str, ...], *at: str) -> PydanticCustomError:
    """Return the error of a word that is none of those possible."""
    return PydanticCustomError("word", "word", {"choices": choices, "at": at, "value": value})


def lacking(key: str) -> PydanticCustomError:
    """Return the error of a key that this table cannot do without."""
    return PydanticCustomError("missing", "missing", {"at": (key,)})


def on_reading(check: Callable[[T], None]) -> Any:
    """Make of a method the check of a whole table, once each of its keys has been.

    It runs on what a file says, not on what code makes of it (``replace``, a value kept by the
    warehouse): a file made before a check was added still opens.
    """

    def run(table: T, info: ValidationInfo) -> T:
        if info.context is not None:
            check(table)
        return table

    return model_validator(mode="after")(run)


def as_written(model: type) -> Any:
    """Return the kind of a table that is checked as another is, and kept as it is written."""

    def keep(table: object, check: Callable[[object], object]) -> object:
        check(table)
        return table

    return GetPydanticSchema(
        lambda _, schema_of: core_schema.no_info_wrap_validator_function(keep, schema_of(model))
    )


def called(key: str) -> Any:
    """Return what gives a field another name in TOML than in Python."""
    return Field(validation_alias=key)


def doc(text: str, **options: Any) -> Any:
    """Return what an editor shows of a key: a French sentence, which goes into the JSON Schema."""
    return Field(description=text, **options)


def given(name: str) -> str:
    """Return the alias of what is no key of the file: its folder, the name of a table."""
    return f"<{name}>"


#: The name of a table (``[variables.CODE]``), which the table itself does not write.
Code = Annotated[SkipJsonSchema[str], Field(validation_alias=given("code"))]

Flag = StrictBool
Count = StrictInt
Number = StrictFloat


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


#: A list of texts; a single one counts as a list.
Texts = Annotated[
    tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])
]


def _with_codes(value: object) -> object:
    if not isinstance(value, dict):
        return value
    alias = given("code")
    return {
        code: {**table, alias: code} if isinstance(table, dict) else table
        for code, table in value.items()
    }


#: Tables by name, each of which has its name for ``code``.
Named = Annotated[Mapping[str, T], BeforeValidator(_with_codes)]


def _pattern(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not value:
        raise refuse("un motif vide ne reconnaît rien")
    try:
        return re.compile(value, re.IGNORECASE)
    except re.error as error:
        at = "" if error.pos is None else f" (au {ordinal(error.pos + 1)} caractère)"
        raise refuse(f"« {value} » n’est pas une expression régulière{at}") from error


def _patterns(value: object) -> object:
    items = _one_or_more(value)
    return tuple(map(_pattern, items)) if isinstance(items, list | tuple) else items


#: Regular expressions that ignore case.
Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern, json_schema_input_type=str)]
MaybePattern = Annotated[
    re.Pattern[str] | None,
    BeforeValidator(
        lambda value: None if value == "" else _pattern(value), json_schema_input_type=str
    ),
]
Patterns = Annotated[
    tuple[re.Pattern[str], ...],
    BeforeValidator(_patterns, json_schema_input_type=str | list[str]),
]


def checked(fits: Callable[[Any], bool], reason: str) -> AfterValidator:
    """Return the check of a value that is refused for one reason, which may quote it as « {} »."""

    def check(value: Any) -> Any:
        if not fits(value):
            raise refuse(reason.format(value))
        return value

    return AfterValidator(check)


Period = Annotated[str, checked(is_period, f"on attend une période ({PERIOD_FORMS})")]
#: As it is checked where it may be left out, or is one of many.
MaybePeriod = Annotated[
    str,
    checked(lambda value: not value or is_period(value), f"une période s’écrit {PERIOD_FORMS}"),
]


def _inside_root(value: object, info: ValidationInfo) -> object:
    if isinstance(value, str):
        return info.context["root"] / value if value and info.context else None
    return value


#: A path, written from the folder of the workspace.
RootedPath = Annotated[Path, BeforeValidator(_inside_root, json_schema_input_type=str)]
MaybePath = Annotated[Path | None, BeforeValidator(_inside_root, json_schema_input_type=str)]

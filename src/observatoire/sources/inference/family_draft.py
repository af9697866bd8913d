"""What a ``source.toml`` would say of a file of a known family."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from observatoire.sources.inference.draft import SourceDraft
from observatoire.sources.inference.number_texts import number_keys, typed_texts
from observatoire.sources.inference.table_periods import (
    Statement,
    TablePeriods,
    agree,
    column_statement,
    rows_conflict,
)
from observatoire.sources.parsers.number_style import NumberStyle, writing_of
from observatoire.sources.parsers.numbers import Markers
from observatoire.sources.parsers.stated_periods import name_period, title_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.families.family import Family
    from observatoire.sources.inference.table_finder import Found


def family_plan(found: Found, asked: str) -> SourceDraft:
    """Return what a ``source.toml`` would say of a file of a known family, of the period asked if any."""
    family, spec, header = found.family, found.spec, [str(c) for c in found.table.frame.columns]
    assert family is not None  # noqa: S101 - the caller has checked
    roles = set(spec.role_columns)
    when = _family_periods(found, header, asked)
    if spec.layout == "long":
        names, apart = sorted(found.table.frame[spec.variable_column].str.strip().unique()), []
    else:
        names = [name for name in header if name not in roles]
        apart = [name for name in names if not name or family.measure(name) is None]
    variables = _family_variables(family, names)
    columns = {name: one for name in variables if (one := family.dateless(name)) != name}
    measured = [spec.value_column] if spec.layout == "long" else list(variables)
    writing = _family_writing(found, measured)
    for name, stem in columns.items():
        variables.setdefault(stem, variables[name])
        del variables[name]
    return SourceDraft(
        head=_family_head(
            family, found.zoning, "" if spec.period_column else str(when.file["period"])
        ),
        file=_family_file(spec, when.file, columns) | number_keys(writing) | {"ignored": apart},
        markers=_written(family.markers),
        secrecy=asdict(family.secrecy),
        precision=dict(family.precision),
        variables=variables,
        undescribed=[name for name in apart if not family.is_ignored(name)],
        columns=columns,
        conflict=when.conflict,
        candidates=when.candidates,
        writing=writing,
    )


def _family_file(
    spec: FileSpec, stated: Mapping[str, object], columns: Mapping[str, str]
) -> dict[str, object]:
    """Return what a ``source.toml`` says of a file whose columns a family knows."""
    return {
        **stated,
        "columns": columns,
        "period_column": spec.period_column,
        "period_form": spec.period_form,
        "variable_column": spec.variable_column,
        "value_column": spec.value_column,
    }


def _family_head(family: Family, zoning: str, period: str) -> dict[str, object]:
    """Return what a family says of its producer, as a ``source.toml`` writes it."""
    return {
        "family": family.code,
        "title": _family_title(family, period),
        "producer": family.producer,
        "licence": family.licence,
        "page": family.page,
        "zoning": zoning,
        "absence": family.absence,
        "caveats": list(family.caveats),
    }


def _written(markers: Markers) -> dict[str, object]:
    """Return the signs of a family as a ``source.toml`` writes them, those that say something."""
    usual = asdict(Markers()) | {"blank": ""}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(markers).items()
        if value != usual[key]
    }


def _family_periods(found: Found, header: list[str], asked: str) -> TablePeriods:
    """Return the periods that a family's columns, titles or file state, and what contradicts them."""
    family, table, spec = found.family, found.table, found.spec
    assert family is not None  # noqa: S101 - the caller has checked
    own = family.periods_of(header)
    years = sorted(set(own.values()))
    named = name_period(table.path.stem)
    around = (
        Statement(asked, "ce que vous dites")
        if asked
        else Statement(named.period, "le nom du fichier")
    )
    conflict = None
    if own and not any(agree(one, around.period) for one in years):
        first = next(iter(own))
        conflict = around, column_statement(first, own[first])
    elif own and not asked and (labelled := _labelled(found, own)):
        conflict = column_statement(next(iter(own)), years[0]), labelled
    elif spec.period_column:
        conflict = rows_conflict(found, [], spec.period_column, asked, short=False)
    if len(years) > 1:
        file: dict[str, object] = {"period": asked or f"{years[0]}-{years[-1]}", "periods": own}
        return TablePeriods(file, conflict=conflict)
    period = asked or family.period_of(header, found.titles, table.path.stem + table.member)
    titled = (one for line in found.titles.split("\n") for one in title_period(line).candidates)
    return TablePeriods(
        {"period": period}, candidates=(*named.candidates, *titled), conflict=conflict
    )


def _labelled(found: Found, own: Mapping[str, str]) -> Statement | None:
    """Return what titles, and labels under codes, say of another year than all the codes: « Ménages 2011 »."""
    below = [str(found.table.frame[name].iloc[0]) for name in own]
    lines = [line for line in (*found.titles.split("\n"), *below) if any(map(str.isalpha, line))]
    readings = [(line, title_period(line)) for line in lines]
    stated = [(line, read.period) for line, read in readings]
    cited = [(line, one.period) for line, read in readings for one in read.candidates if one.weak]
    said = [Statement(period, f"« {line[:60]} »") for line, period in stated + cited if period]
    agreed = any(agree(one.period, year) for one in said for year in own.values())
    return None if agreed or not said else said[0]


def _family_title(family: Family, period: str) -> str:
    """Return the title of a family's file, without what the period leaves empty."""
    title = " ".join(family.title.replace("{period}", period).split())
    return title if not period else re.sub(r"\s+([,)])", r"\1", title)


def _family_variables(family: Family, names: Iterable[str]) -> dict[str, dict[str, object]]:
    measures = {name: family.measure(name) for name in names if name}
    return {
        name: {
            "label": family.label(name),
            "nature": str(measure.nature),
            "unit": measure.unit,
            "universe": measure.universe,
            "exploitation": measure.exploitation,
        }
        for name, measure in measures.items()
        if measure is not None
    }


def _family_writing(found: Found, columns: list[str]) -> NumberStyle:
    """Return how a family writes its numbers: as it says, or as the file does when it is one's own."""
    family, frame = found.family, found.table.frame
    assert family is not None  # noqa: S101 - the caller has checked
    if family.decimal or family.thousands or not family.own:
        return NumberStyle(family.thousands, family.decimal)
    texts = (frame[name].str.strip() for name in columns)
    return writing_of(typed_texts(texts, typed=not found.table.separator))

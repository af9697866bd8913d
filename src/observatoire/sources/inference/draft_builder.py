"""Say what the columns of a table are: the ``source.toml`` that a file would have."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.inference.column_types import Measured, measure
from observatoire.sources.inference.draft import SourceDraft
from observatoire.sources.inference.long_layout import dated_columns, long_roles
from observatoire.sources.inference.table_periods import TablePeriods, dated
from observatoire.sources.parsers.number_style import NumberStyle, writing_of
from observatoire.sources.parsers.numbers import Markers
from observatoire.sources.parsers.periods import is_dated, of_its_year, read_periods
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.places.code_repair import place_of
from observatoire.sources.places.communes import commune_column
from observatoire.territories.spelling import simplify
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.families.family import Family
    from observatoire.sources.inference.table_finder import Found
    from observatoire.territories.matcher import Matcher


#: So many different cells of a column tell how numbers are written.
_LOOKED = 2000

#: What only a text typed in a cell may hold: a comma, an apostrophe, points between thousands.
_TYPED = re.compile(r"[,'’]|^[^0-9]*[0-9]{1,3}(?:\.[0-9]{3})+(?:[^0-9.]|$)")

#: The number of an EPCI; so many rows of the same number make a class, not a measure.
_EPCI, _FEW = "2[0-9]{8}", 4


def plan_of(found: Found, period: str, zonings: Mapping[str, Matcher]) -> SourceDraft:
    """Return what a ``source.toml`` would say of a table.

    Parameters
    ----------
    found : Found
        The table.
    period : str
        The period asked; empty to find it.
    zonings : mapping of str to Matcher
        The territories known.
    """
    matcher = zonings[found.zoning]
    town = commune_column(found.table.frame, found.spec.territory, matcher, zonings)
    found = replace(found, spec=replace(found.spec, commune_column=town))
    plan = _family_plan(found) if found.family else _undeclared_plan(found, matcher)
    spec = found.spec
    chosen = plan.file.get("period_column") or period or plan.file.get("period", "")
    plan.file = {
        "name": spec.name,
        "layout": spec.layout,
        "territory": spec.territory,
        "prefix_column": spec.prefix_column,
        "commune_column": spec.commune_column,
        "separator": spec.separator,
        "encoding": spec.encoding.removesuffix("-sig"),
        "sheet": spec.sheet,
        "member": spec.member,
        "header": spec.header,
        **plan.file,
        "period": "" if plan.file.get("period_column") else chosen,
    }
    own = plan.file.get("periods")
    plan.sheets = {name: str(chosen) if own else of_its_year(name) or "…" for name in found.others}
    return plan


def _family_plan(found: Found) -> SourceDraft:
    family, spec, header = found.family, found.spec, [str(c) for c in found.table.frame.columns]
    assert family is not None  # noqa: S101 - the caller has checked
    roles = set(spec.role_columns)
    period = family.period_of(header, found.titles, found.table.path.stem + found.table.member)
    if spec.layout == "long":
        names, apart = sorted(found.table.frame[spec.variable_column].str.strip().unique()), []
    else:
        names = [name for name in header if name not in roles]
        apart = [name for name in names if not name or family.measure(name) is None]
    variables = _family_variables(family, names)
    measured = [spec.value_column] if spec.layout == "long" else list(variables)
    writing = _family_writing(found, measured)
    return SourceDraft(
        head={
            "title": _family_title(family, "" if spec.period_column else period),
            "producer": family.producer,
            "licence": family.licence,
            "page": family.page,
            "zoning": found.zoning,
            "absence": family.absence,
            "caveats": list(family.caveats),
        },
        file={
            "period": period,
            "period_column": spec.period_column,
            "period_form": spec.period_form,
            "variable_column": spec.variable_column,
            "value_column": spec.value_column,
            **_number_keys(writing),
            "ignored": apart,
        },
        markers=_written(family.markers),
        secrecy=asdict(family.secrecy),
        precision=dict(family.precision),
        variables=variables,
        undescribed=[name for name in apart if not family.is_ignored(name)],
        writing=writing,
    )


def _written(markers: Markers) -> dict[str, object]:
    """Return the signs of a family as a ``source.toml`` writes them, those that say something."""
    usual = asdict(Markers()) | {"blank": ""}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(markers).items()
        if value != usual[key]
    }


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


def _number_keys(writing: NumberStyle) -> dict[str, object]:
    """Return what a ``source.toml`` says of how numbers are written; « ? » is left to decide."""
    thousands = "?" if writing.doubtful else writing.thousands
    return {"decimal": writing.decimal, "thousands": thousands}


def _family_writing(found: Found, columns: list[str]) -> NumberStyle:
    """Return how a family writes its numbers: as it says, or as the file does when it is one's own."""
    family, frame = found.family, found.table.frame
    assert family is not None  # noqa: S101 - the caller has checked
    if family.decimal or family.thousands or not family.own:
        return NumberStyle(family.thousands, family.decimal)
    texts = (frame[name].str.strip() for name in columns)
    return writing_of(_cells(texts, typed=not found.table.separator))


def _undeclared_plan(found: Found, matcher: Matcher) -> SourceDraft:
    frame, spec, plan = found.table.frame, found.spec, SourceDraft()
    named = frame[spec.territory].str.strip()
    placed = frame[named.isin([text for text in named.unique() if place_of(text, matcher)])]
    kept, period_column, period_form = _deal(plan, placed, spec, matcher)
    plan.writing = writing_of(_cells(kept.values(), typed=not found.table.separator))
    measured = _figures(plan, kept)
    plan.mixed = next(
        (
            (name, measure_found.mixed)
            for name, measure_found in measured.items()
            if measure_found.mixed
        ),
        None,
    )
    plan.words = {name: str(cells.iloc[0]) for name, cells in kept.items() if name not in measured}
    when = dated(found, list(measured), period_column)
    plan.called, plan.spanning = when.called, when.spanning
    long = long_roles(found, placed, kept, list(measured), when)
    if long:
        values = (
            [long["value_column"]] if "value_column" in long else dated_columns([*measured], when)
        )
        measured = {name: measured[name] for name in values}
        _name_by_rows(plan, found, long, [kept[name] for name in values])
    else:
        _name_by_columns(plan, found, measured, kept, when)
    plan.head = {
        "title": _title(found),
        "producer": "à préciser",
        "licence": "à préciser",
        "zoning": found.zoning,
        "absence": "non transmis par le partenaire",
    }
    roles = {*spec.role_columns, period_column, *measured, *long.values()} - {""}
    others = [column for column in map(str, frame.columns) if column not in roles]
    plan.file = {
        **when.file,
        **long,
        "period_form": period_form,
        "columns": plan.columns,
        **_number_keys(plan.writing),
        "ignored": [] if "value_column" in long else others,
    }
    return plan


def _deal(
    plan: SourceDraft, placed: pd.DataFrame, spec: FileSpec, matcher: Matcher
) -> tuple[dict[str, pd.Series], str, str]:
    """Set apart the columns that say where and when; return what the others hold, and when is stated."""
    kept: dict[str, pd.Series] = {}
    period_column = period_form = ""
    for at, name in enumerate(map(str, placed.columns)):
        if name and name in (spec.territory, spec.commune_column):
            continue
        cells = placed.iloc[:, at].str.strip()
        filled = cells[cells != ""]
        plan.unnamed = plan.unnamed or (not name and _holds_figures(filled, at))
        form = _period_form(name, filled)
        if form is not None:
            period_column, period_form = period_column or name, period_form or form
        elif (
            not name or filled.empty or _names_place(name, filled, placed[spec.territory], matcher)
        ):
            # Several columns may have no name: nothing tells them apart.
            plan.labels += [] if name in plan.labels else [name]
        else:
            kept[name] = filled
    return kept, period_column, period_form


def _figures(plan: SourceDraft, kept: dict[str, pd.Series]) -> dict[str, Measured]:
    """Return the columns of figures; where all hold one same number they only name the rows."""
    measures = {name: measure(name, cells, plan.writing) for name, cells in kept.items()}
    measured = {name: found for name, found in measures.items() if found}
    if not all(_constant(kept[name]) for name in measured):
        return measured
    plan.labels += list(measured)
    for name in measured:
        del kept[name]
    return {}


def _cells(columns: Iterable[pd.Series], *, typed: bool) -> list[str]:
    """Return the texts that may tell how numbers are written.

    In a workbook a number has no writing of its own: only what was typed as a text tells, and a
    number never looks like thousands (see ``formats.ungrouped``).
    """
    texts = [str(text) for cells in columns for text in cells.unique()[:_LOOKED]]
    return [text for text in texts if not typed or _TYPED.search(text)]


def _add(plan: SourceDraft, variable: str, measured: Measured) -> None:
    plan.variables[variable] = measured.declaration
    if measured.small:
        plan.small = plan.small or (variable, measured.small)
    if measured.doubt:
        plan.doubts[variable] = measured.doubt
    for sign in measured.signs:
        kind = signs().meaning(sign)
        known = plan.markers.setdefault(kind, [])
        if isinstance(known, list) and sign not in known:
            known.append(sign)


def _name_by_columns(
    plan: SourceDraft,
    found: Found,
    measured: dict[str, Measured],
    kept: dict[str, pd.Series],
    when: TablePeriods,
) -> None:
    """Name variables after their columns; columns that differ by their period only are one."""
    groups: dict[str, list[str]] = {}
    for name in measured:
        stem = when.stems.get(name, name)
        groups.setdefault(stem or _title(found), []).append(name)
    for variable, names in groups.items():
        if len(names) == 1:
            _add(plan, names[0], measured[names[0]])
            continue
        whole = measure(variable, pd.concat([kept[name] for name in names]), plan.writing)
        _add(plan, variable, whole or measured[names[0]])
        plan.mixed = plan.mixed or _mixed_group(variable, whole, names, measured, kept)
        plan.columns |= dict.fromkeys(names, variable)


def _mixed_group(
    variable: str,
    whole: Measured | None,
    names: list[str],
    measured: dict[str, Measured],
    kept: dict[str, pd.Series],
) -> tuple[str, str] | None:
    """Return a share of a variable whose other columns are in per cent, None when there is none."""
    if whole is not None and whole.mixed:
        return variable, whole.mixed
    units = {name: measured[name].declaration["unit"] for name in names}
    share = next((name for name, unit in units.items() if unit == "part"), "")
    return (share, str(kept[share].iloc[0])) if share and "%" in units.values() else None


def _name_by_rows(
    plan: SourceDraft, found: Found, long: dict[str, str], columns: list[pd.Series]
) -> None:
    told_of = found.table.frame[long["variable_column"]].str.strip()
    filled, plan.mixed = pd.concat(columns), None  # a share may stand under a percentage
    for variable in dict.fromkeys(told_of):
        cells = filled[(told_of.loc[filled.index] == variable).to_numpy()]
        measured = measure(variable, cells if len(cells) else filled, plan.writing)
        if variable and measured is not None:
            near = next(
                (known for known in plan.variables if simplify(known) == simplify(variable)), ""
            )
            _add(plan, variable, measured)
            if near:
                plan.doubts[variable] = f"ne diffère de « {near} » que par l’écriture"
            plan.mixed = plan.mixed or ((variable, measured.mixed) if measured.mixed else None)


def _period_form(name: str, filled: pd.Series) -> str | None:
    """Return how a column of periods writes them, None when it is no such column."""
    if not name or not signs().is_period(name) or filled.empty:
        return None
    for form in ("", "date"):
        if read_periods(filled, form).map(is_period).all():
            return form
    return None


def _names_place(name: str, filled: pd.Series, territory: pd.Series, matcher: Matcher) -> bool:
    """Say whether a column names or places territories: by its title, or by what it holds."""
    texts = filled.unique()
    label = signs().is_label(name) and not signs().is_indicator(name)
    if label or all(map(matcher.find, texts)):
        return True
    if filled.str.fullmatch(_EPCI).all() or all(map(_is_code, texts)):
        return True
    whole = territory.str.strip().loc[filled.index]
    pairs = zip(whole, filled, strict=True)
    return all(len(text) > 1 and code != text and code.startswith(text) for code, text in pairs)


def _holds_figures(filled: pd.Series, at: int) -> bool:
    """Say whether a column without a name holds figures; the first one numbers the rows."""
    return at > 0 and bool(pd.to_numeric(filled, errors="coerce").notna().any())


def _is_code(text: str) -> bool:
    return any(map(str.isalpha, text)) and bool(signs().levels_of(text))


def _constant(cells: pd.Series) -> bool:
    """Say whether a column has one whole number in all its rows: a class or a rank, no figure."""
    same = len(cells) >= _FEW and bool((cells == cells.iloc[0]).all())
    return same and cells.iloc[0].strip("0") != ""


def _title(found: Found) -> str:
    lines = found.titles.removeprefix(found.table.sheet).split("\n")
    words = " ".join(line for line in lines if line and not is_dated(line))[:120].strip()
    return words or found.table.path.stem.replace("_", " ").replace("-", " ")

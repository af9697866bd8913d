"""Say what the columns of a table are: the ``source.toml`` that a file would have."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.formats.limits import check_words
from observatoire.sources.inference.column_types import (
    UNKNOWN_UNIT,
    Measured,
    doubtful_share,
    measure_under,
)
from observatoire.sources.inference.counts_or_codes import is_running, names_place
from observatoire.sources.inference.draft import SourceDraft, unstated_natures
from observatoire.sources.inference.family_draft import family_plan
from observatoire.sources.inference.long_layout import (
    column_of_periods,
    dated_columns,
    dimensions,
    long_roles,
)
from observatoire.sources.inference.number_texts import number_keys, typed_texts
from observatoire.sources.inference.table_periods import TablePeriods, dated, split_rank
from observatoire.sources.parsers.number_style import writing_of
from observatoire.sources.parsers.parts_of_year import are_parts, finest
from observatoire.sources.parsers.periods import is_dated, read_periods
from observatoire.sources.parsers.stated_periods import name_period
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.sources.places.code_repair import place_of
from observatoire.sources.places.column_texts import column_cells
from observatoire.sources.places.communes import commune_column
from observatoire.territories.spelling import simplify
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.inference.table_finder import Found
    from observatoire.territories.matcher import Matcher


#: What the name of a sheet is when it says nothing of its figures.
_PLAIN_SHEET = re.compile("feuil|sheet|tab|donn|data|export|page|base|.*[0-9]{2}")

#: What a column says of the rows that leave nobody out, and of figures as they are, at Insee's.
_WHOLES = ("_T", "0")

#: A unit is not written in more ways.
_UNITS = 5


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
    plan = family_plan(found, period) if found.family else _undeclared_plan(found, matcher, period)
    spec = found.spec
    chosen = plan.file.get("period_column") or plan.file.get("period", "")
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
    plan.sheets = {
        name: str(chosen) if own else name_period(name).period or "…" for name in found.others
    }
    return plan


def _undeclared_plan(found: Found, matcher: Matcher, asked: str) -> SourceDraft:
    frame, spec, plan = found.table.frame, found.spec, SourceDraft()
    placed = _placed_rows(found, matcher)
    kept, ranked = _deal(plan, placed, spec, matcher)
    period_column = column_of_periods(plan, found, asked)
    check_words(kept.values(), found.table.name)
    only = [name for name in kept if signs().value_columns.fullmatch(fold(name))] or list(kept)
    measured = _measures(plan, found, kept, only)
    words = [name for name in kept if name not in measured]
    plan.words = {name: str(kept[name].iloc[0]) for name in words}
    when = dated(found, list(measured), period_column, ranked, asked)
    plan.called, plan.spanning = when.called, when.spanning
    plan.candidates, plan.conflict = when.candidates, when.conflict
    when.file.update(plan.file)
    long = long_roles(found, placed, kept, list(measured), when)
    plan.dimensions = dimensions(found, placed, words, len(measured), long, when)
    if long:
        series = dated_columns([*measured], when)
        values = [long["value_column"]] if "value_column" in long else series
        own = when.file.get("periods")
        if isinstance(own, dict):
            when.file["periods"] = {name: own[name] for name in values if name in own}
        measured = {name: measured[name] for name in values}
        _name_by_rows(plan, found, long, [kept[name] for name in values], _units(plan, kept))
    else:
        measured |= _in_stated_unit(plan, measured, kept)
        _name_by_columns(plan, found, measured, kept, when)
    if only != list(kept):
        _complete_labels(plan, [kept[name] for name in words if name not in long.values()])
    plan.head = {**_unstated_head(found), "caveats": unstated_natures(plan.doubts)}
    roles = {*spec.role_columns, *map(str, plan.file.values()), *measured, *long.values()} - {""}
    others = [column for column in map(str, frame.columns) if column not in roles]
    plan.file = {
        **when.file,
        **long,
        "columns": plan.columns,
        **number_keys(plan.writing),
        "ignored": [] if "value_column" in long else others,
    }
    return plan


def _placed_rows(found: Found, matcher: Matcher) -> pd.DataFrame:
    """Return the rows of territories that are known."""
    named = found.table.frame[found.spec.territory].str.strip()
    known = [text for text in named.unique() if place_of(text, matcher)]
    return found.table.frame[named.isin(known)]


def _measures(
    plan: SourceDraft, found: Found, kept: dict[str, pd.Series], only: list[str]
) -> dict[str, Measured]:
    """Return what the columns of figures measure; how the table writes them is stated in the draft."""
    # How numbers are written is seen on all the rows, not on those of our territories alone.
    more = max(map(len, kept.values()), default=0) < len(found.table.frame)
    whole = (found.table.frame[name] for name in kept) if more else ()
    texts = typed_texts(chain(kept.values(), whole), typed=not found.table.separator)
    plan.writing = writing_of(texts)
    # A name over those of several columns is theirs, and says nothing of the others.
    heads = tuple(f"{line} " for line in found.titles.split("\n"))
    lines = [head for head in heads if not any(name.startswith(head) for name in kept)]
    units = {unit for line in lines if (unit := signs().unit_titled(line))}
    plan.titled_unit = units.pop() if len(units) == 1 else ""
    measures = {name: _measured(found, name, kept[name], plan) for name in only}
    measured = {name: measure for name, measure in measures.items() if measure is not None}
    plan.mixed = next(((name, one.mixed) for name, one in measured.items() if one.mixed), None)
    short = (name for name in measured if signs().short_parts.fullmatch(fold(name)))
    powers = (name for name, cells in kept.items() if _multiplies(name, cells))
    plan.short_part = next(chain(short, powers), "")
    return measured


def _multiplies(name: str, cells: pd.Series) -> bool:
    """Say whether a column tells by which power of ten other figures are to be multiplied: 0 changes none."""
    return signs().multipliers.fullmatch(fold(name)) is not None and {*cells} != {"0"}


def _complete_labels(plan: SourceDraft, described: Iterable[pd.Series]) -> None:
    """Add to the label of figures what their rows all say of them: « POP (Y_GE75) »; « _T » is the whole."""
    alike = [str(cells.iloc[0]) for cells in described if len(cells.unique()) == 1]
    stated = ", ".join(text for text in alike if text not in _WHOLES)
    for declaration in plan.variables.values() if stated else ():
        declaration["label"] = f"{declaration['label']} ({stated})"


def _unstated_head(found: Found) -> dict[str, object]:
    """Return the head of a draft whose producer and licence nobody stated."""
    return {
        "title": _title(found),
        "producer": "à préciser",
        "licence": "à préciser",
        "zoning": found.zoning,
        "absence": "non transmis par le partenaire",
    }


def _deal(
    plan: SourceDraft, placed: pd.DataFrame, spec: FileSpec, matcher: Matcher
) -> tuple[dict[str, pd.Series], dict[str, str]]:
    """Set apart the columns that say where and when, the latter stated in the draft; return what the others hold.

    « year0 » gives its period to « value0 »: the second thing returned.
    """
    territory = placed[spec.territory].str.strip()
    kept: dict[str, pd.Series] = {}
    ranked: dict[str, str] = {}
    for at, (name, texts) in enumerate(
        zip(map(str, placed.columns), column_cells(placed), strict=True)
    ):
        if name and name in (spec.territory, spec.commune_column):
            continue
        filled = _filled(texts, placed.index)
        plan.unnamed |= not name and at > 0 and _holds_figures(filled)
        form = _period_form(name, filled)
        dated_above = "period_column" in plan.file
        if (form is None or dated_above) and name and are_parts(name, filled):
            plan.file["part_column"] = finest(str(plan.file.get("part_column", "")), name)
        elif form is not None:
            plan.file |= {} if dated_above else {"period_column": name, "period_form": form}
        elif (rank := _rank_dated(name, filled)) is not None:
            ranked |= rank
            plan.labels += [name]
        elif not name or filled.empty or names_place(name, filled, territory, matcher):
            # Several columns may have no name: nothing tells them apart.
            plan.labels += [] if name in plan.labels else [name]
            plan.numbered += [name] if _may_count(name, filled) else []
        else:
            kept[name] = filled
    aside: list[str] = []
    while pair := signs().coordinates_of([name for name in kept if name not in aside]):
        aside += pair
    running = [
        name
        for name, cells in kept.items()
        if signs().nature(name) is None and is_running(cells, len(placed))
    ]
    plan.labels += aside + running
    plan.numbered += running
    left = {*aside, *running}
    return {name: cells for name, cells in kept.items() if name not in left}, ranked


def _may_count(name: str, filled: pd.Series) -> bool:
    """Say whether numbers taken for ranks or codes might be counts: nothing but their place or a word says so."""
    stated = signs().is_label(name) and not signs().ranks.fullmatch(fold(name))
    return not stated and not filled.empty and bool(filled.str.isdecimal().all())


def _filled(texts: list[str], index: pd.Index) -> pd.Series:
    """Return the cells of a column that are not blank."""
    kept = [bool(text) for text in texts]
    return pd.Series(list(filter(None, texts)), index=index[kept], dtype="str")


def _rank_dated(name: str, filled: pd.Series) -> dict[str, str] | None:
    """Return the period of a rank that « year0 » gives, empty when its rows differ; None for another column."""
    stem, rank = split_rank(name)
    if not rank or not signs().is_period(stem) or filled.empty:
        return None
    periods = set(read_periods(filled))
    period = periods.pop() if len(periods) == 1 else ""
    return {rank: period} if is_period(period) else {}


def _read(plan: SourceDraft, name: str, cells: pd.Series) -> Measured | None:
    return measure_under(name, cells, plan.writing, plan.titled_unit)


def _measured(found: Found, name: str, cells: pd.Series, plan: SourceDraft) -> Measured | None:
    """Return what a column measures, as its label below the header says it when there is one."""
    label = found.labels.get(name, name)
    measured = _read(plan, label, cells)
    if measured is None or label == name or measured.declaration["unit"] not in ("", UNKNOWN_UNIT):
        return measured
    headed = _read(plan, name, cells)
    # « Part (%) » over « PART » states the unit, and « Revenu médian » over « rev » the nature.
    stated = headed is not None and headed.declaration["unit"] not in ("", UNKNOWN_UNIT)
    if headed is None or not (stated or (measured.doubt and not headed.doubt)):
        return measured
    return replace(headed, declaration={**headed.declaration, "label": " ".join(label.split())})


def _add(plan: SourceDraft, variable: str, measured: Measured) -> None:
    plan.variables[variable] = measured.declaration
    if measured.contrary and not plan.beyond:
        plan.beyond = variable, measured.contrary
    if measured.share and not plan.share:
        plan.share = measured.share[0], variable, measured.share[1]
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
        whole = _read(plan, variable, pd.concat([kept[name] for name in names]))
        _add(plan, variable, whole or measured[names[0]])
        if whole is not None and whole.mixed:
            plan.mixed = plan.mixed or (variable, whole.mixed)
        elif found_share := doubtful_share({name: (measured[name], kept[name]) for name in names}):
            plan.share = plan.share or ("small", *found_share)
        plan.columns |= dict.fromkeys(names, variable)


def _units(plan: SourceDraft, kept: Mapping[str, pd.Series]) -> pd.Series | None:
    """Return the column that states the unit of each row, None when none does."""
    name = next((name for name in plan.words if signs().unit_columns.fullmatch(fold(name))), "")
    if not plan.words.pop(name, ""):
        return None
    plan.unit_column = name
    return kept[name]


def _in_stated_unit(
    plan: SourceDraft, measured: Mapping[str, Measured], kept: Mapping[str, pd.Series]
) -> dict[str, Measured]:
    """Return the one column of figures in the unit that each row states; of several, which one is not said."""
    units = _units(plan, kept) if len(measured) == 1 else None
    name = next(iter(measured), "")
    found = None if units is None else _united(plan, name, kept[name], units)
    return {} if found is None else {name: found}


def _united(
    plan: SourceDraft, variable: str, cells: pd.Series, units: pd.Series | None
) -> Measured | None:
    """Return what cells measure, in the unit that their rows state; two units of one variable are said."""
    stated = [] if units is None else units.loc[units.index.isin(cells.index)].unique().tolist()
    if not stated:
        return _read(plan, variable, cells)
    several = len(stated) > _UNITS
    readings = [
        _read(plan, f"{variable} ({unit})", cells) for unit in stated[: 1 if several else _UNITS]
    ]
    kinds = {one and (one.declaration["nature"], one.declaration["unit"]) for one in readings}
    if several or len(kinds) > 1:
        plan.units = plan.units or (variable, *map(str, stated[:_UNITS]))
    one = readings[0]
    return one and replace(one, declaration={**one.declaration, "label": variable})


def _name_by_rows(
    plan: SourceDraft,
    found: Found,
    long: dict[str, str],
    columns: list[pd.Series],
    units: pd.Series | None,
) -> None:
    variable_names = found.table.frame[long["variable_column"]].str.strip()
    filled, plan.mixed = pd.concat(columns), None  # a share may stand under a percentage
    for variable in dict.fromkeys(variable_names):
        cells = filled[(variable_names.loc[filled.index] == variable).to_numpy()]
        measured = _united(plan, variable, cells if len(cells) else filled, units)
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


def _title(found: Found) -> str:
    lines = found.titles.removeprefix(found.table.sheet).split("\n")
    words = " · ".join(line for line in lines if line and not is_dated(line))[:120].strip(" ·")
    # A sheet named « Naissances » says what it counts, « Feuil1 » does not.
    sheet = "" if _PLAIN_SHEET.match(fold(found.table.sheet)) else found.table.sheet.strip()
    return words or sheet or found.table.path.stem.replace("_", " ").replace("-", " ")


def _holds_figures(filled: pd.Series) -> bool:
    return bool(pd.to_numeric(filled, errors="coerce").notna().any())

"""When the figures of a table are of: where it is stated, and, where it is not, what to ask about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from observatoire.sources.parsers.parts_of_year import bare_parts, part_period, parts_of_year
from observatoire.sources.parsers.periods import last_day, period_mentions, read_periods
from observatoire.sources.parsers.spans_of_years import (
    are_steps,
    ends_of_change,
    paired_years,
    relative_columns,
    span_of_change,
)
from observatoire.sources.parsers.stated_periods import (
    DATED,
    GEOGRAPHY,
    NOTED,
    SEVERAL,
    TWO_DIGITS,
    UNTIL,
    Candidate,
    Reading,
    column_readings,
    name_period,
    title_period,
)
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.sources.places.column_texts import column_cells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd

    from observatoire.sources.inference.table_finder import Found
    from observatoire.sources.tables.raw_table import RawTable


#: A day, as the cells of a column of dates write it.
_DAY = re.compile(r"[0-9]{1,4}[-/. ]\w{1,9}[-/. ][0-9]{1,4}(?: .*)?")

#: A code that ends with digits and is of no age: « alloc17 », not « pop18 » nor « Cas de covid-19 ».
_WORDED = re.compile(
    r"pop\.|population|"
    r"(?!.*(?<![a-z])(?:age|pop|fem|hom|ens|tranche|moins|plus|jeune|mineur|enfant)[a-z]*_?$)[^ -]*[a-z]{2}_?"
)

#: The end of a name before two digits that may be a year on columns of several names.
_STEM = re.compile(r"[^\W\d_]{3}[ _'’-]{0,2}$")

#: A change beside so many years is from the one to the other.
_TWO_YEARS = 2

#: Rows at the end of a table among which its notes stand.
_NOTES = 12


class Statement(NamedTuple):
    """A period, where it is stated, in words, and the refusal of a file of which another place denies it."""

    period: str
    where: str
    denied: str = "disagreement"


def column_statement(name: str, period: str) -> Statement:
    """Return what a column says of itself, which nothing else unsays."""
    return Statement(period, f"la colonne « {name} »", "own_disagreement")


@dataclass(frozen=True)
class TablePeriods:
    """When the figures of a table are of, and where that is stated.

    ``file`` is what a ``source.toml`` would say of it. ``stems`` are the names of the columns that
    state their own period, without it; ``called`` what follows it (« provisoire »). ``spanning`` is a
    column of several years among others, or of a quarter or a size, whose period nobody states.
    ``candidates`` are periods that only stand in a name or a title, ``conflict`` two places that disagree.
    """

    file: dict[str, object]
    stems: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    spanning: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    conflict: tuple[Statement, Statement] | None = None


def dated(
    found: Found,
    names: list[str],
    period_column: str,
    ranked: Mapping[str, str],
    asked: str = "",
) -> TablePeriods:
    """Return when the figures of a table are of: what is asked, a column, names of columns, of the file, titles.

    Parameters
    ----------
    found : Found
        The table.
    names : list of str
        Its columns of figures.
    period_column : str
        The column that gives the period of each row; empty when none does.
    ranked : mapping of str to str
        The periods that columns give to others of the same rank: « year0 » to « value0 ».
    asked : str
        The period that the caller gives; empty to find it.
    """
    places = (found.table.path.stem, found.table.member, found.titles)
    # « T1 2016 » is a quarter, unless the table is one of flats.
    short = not any(map(signs().flats.search, (*places, *map(str, found.table.frame.columns))))
    bare = bare_parts(names) if short and not asked else []
    if period_column:
        spanning = (*bare, *relative_columns(names))
        conflict = rows_conflict(found, names, period_column, asked, short=short)
        return TablePeriods({"period_column": period_column}, spanning=spanning, conflict=conflict)
    around, candidates, conflict = _around(found, short=short)
    readings = _readings(found, names, short=short)
    readings |= {name: reading for name in names if (reading := _ranked(name, ranked)) is not None}
    own = {name: reading.period for name, reading in readings.items() if reading.period}
    base = asked or around.period
    if not own:
        named = parts_of_year(names, base).items()
        readings |= {name: Reading(part, stem=stem) for name, (part, stem) in named}
        own = {name: reading.period for name, reading in readings.items() if reading.period}
    candidates += tuple(one for reading in readings.values() for one in reading.candidates)
    candidates += _zoned(map(str, found.table.frame.columns)) + _stamped(found.table.frame)
    candidates += (*_partial(own, names), *_two_digits(names, own))
    file, clash = _file_periods(own, names, Statement(base, around.where), asked=asked)
    contrary = _contrary(candidates, str(file.get("period", "")), around)
    return TablePeriods(
        file,
        {name: readings[name].stem if readings[name].period else "" for name in own},
        {name: reading.call for name, reading in readings.items() if reading.call},
        (*_spanning(names, own, base[:4], asked), *(one for one in bare if one not in own)),
        candidates,
        clash or (None if asked or len(own) == len(names) else conflict or contrary),
    )


def dated_rows(found: Found, column: str) -> list[str]:
    """Return the periods of rows; days are of their months."""
    rows = read_periods(read_periods(found.table.frame[column]), "date")
    return [row for row in rows.unique() if row]


def rows_conflict(
    found: Found, names: Sequence[str], column: str, asked: str, *, short: bool
) -> tuple[Statement, Statement] | None:
    """Return the periods of rows, and the place that contradicts them: a column of figures, or what is above."""
    rows = dated_rows(found, column)
    for name, reading in _readings(found, names, short=short).items():
        row = next((row for row in rows if not agree(row, reading.period)), "")
        if row:
            own = column_statement(name, reading.period)
            return column_statement(column, row), own
    above = Statement(asked, "ce que vous dites") if asked else _around(found, short=short)[0]
    # A school year is of both its years.
    contrary = [row for row in rows if not agree(row, above.period) and row[5:] != above.period]
    if contrary and (asked or len(contrary) == len(rows)):
        return above, Statement(
            contrary[0], f"les lignes, colonne « {column} »", "rows_disagreement"
        )
    return None


def _readings(found: Found, names: Sequence[str], *, short: bool) -> dict[str, Reading]:
    """Return what each column says of a period; its label tells what the digits of a code are."""
    labels = {name: found.labels[name] for name in names if name in found.labels}
    plain = column_readings([name for name in names if name not in labels], short=short)
    labelled = column_readings(list(labels.values()), short=short)
    return {name: labelled[labels[name]] if name in labels else plain[name] for name in names}


def _ranked(name: str, ranked: Mapping[str, str]) -> Reading | None:
    """Return what « year0 » says of « value0 », None when no column gives it a period."""
    stem, rank = split_rank(name)
    period = ranked.get(rank, "") if rank and stem else ""
    return Reading(period, stem=stem) if period else None


def split_rank(name: str) -> tuple[str, str]:
    """Return a name without the rank that ends it, and that rank.

    Examples
    --------
    >>> split_rank("value0"), split_rank("Année 2"), split_rank("Allocataires")
    (('value', '0'), ('Année', '2'), ('Allocataires', ''))
    """
    parts = re.fullmatch(r"(.*?[^0-9_ ])[ _]*([0-9]{1,2})", name.strip())
    return (parts[1], parts[2]) if parts else (name, "")


def _file_periods(
    own: Mapping[str, str],
    names: Sequence[str],
    base: Statement,
    *,
    asked: str,
) -> tuple[dict[str, object], tuple[Statement, Statement] | None]:
    """Return the period of a file and of its columns, and what contradicts it."""
    years = sorted(set(own.values()))
    if not own:
        return {"period": base.period}, None
    changes = [name for name in names if name not in own and _is_change(name)]
    told = Statement(asked, "ce que vous dites")
    undated = len(own) + len(changes) < len(names)
    around = base if not (asked or undated) else Statement("", "")
    if not any(agree(one, around.period) for one in years):
        return {"period": ""}, (around, column_statement(list(own)[-1], years[-1]))
    if len(years) == 1 and len(own) == len(names):
        column = column_statement(next(iter(own)), years[0])
        clash = None if agree(column.period, asked) else (told, column)
        # The most exact of those stated: « 2016 » heads a column, « au 31 mars 2016 » the table.
        return {"period": asked or max(column.period, around.period, key=len)}, clash
    within = {year for period in years for year in (period[:4], last_day(period)[:4])}
    span = "-".join(dict.fromkeys((years[0][:4], max(last_day(one)[:4] for one in years))))
    whole = span if len(within) > 1 or not changes else ""
    # Three months and their total: the year that the file says is not of that total.
    parts = {*years} - within if undated and not asked and len(within) == 1 else set()
    stated = base.period or (min(within) if parts else "")
    period = (stated if _are_whole(parts) else "") or ("" if undated else whole)
    clash = None
    if asked and not undated and not any(agree(one, asked) for one in years):
        clash = told, column_statement(*next(iter(own.items())))
    return {"period": period, "periods": dict(own)}, clash


def _are_whole(parts: set[str]) -> bool:
    """Say whether parts of a year are all of it, or none at all."""
    kinds = {part[5:6] if part[5:6] in "TS" else "" for part in parts}
    return all(len(parts) == {"T": 4, "S": 2}.get(kind, 12) for kind in kinds)


def agree(first: str, second: str) -> bool:
    """Say whether two periods may be one: the same, one within the other, or one of them not known.

    Examples
    --------
    >>> agree("2016", "2016-T1"), agree("2016", ""), agree("2016", "2015")
    (True, True, False)
    """
    return first.startswith(second) or second.startswith(first)


def _partial(own: Mapping[str, str], names: Sequence[str]) -> tuple[Candidate, ...]:
    """Return the periods that columns state of themselves, when others have none."""
    silent = next((name for name in names if name not in own), "")
    why = f"elle n’est que de cette colonne, et « {silent} » n’en dit aucune"
    some = next(iter(own.items()), None) if silent else None
    return (Candidate(some[1], some[0], why, weak=False),) if some else ()


def _two_digits(names: Sequence[str], own: Collection[str]) -> Iterable[Candidate]:
    """Give the years that may end columns on two digits: « rsa18 » and « rsa19 », « NBMEN17 » and « NBPERS17 ».

    A ladder that goes beyond any year (« age25 », « age30 »), or ranks from 0 or 1 on, are none.
    """
    ended = [
        (parts[1], parts[2], name)
        for name in names
        if (parts := re.fullmatch(r"(.*[^\W\d_][ ._'’-]{0,2})([0-9]{2})", name.strip()))
    ]
    silent = [one for one in ended if one[2] not in own]
    series: dict[str, set[str]] = {}
    for stem, digits, _ in silent:
        series.setdefault(stem, set()).add(digits)
    lone = len(series) == 1 and _WORDED.fullmatch(fold(next(iter(series)))) is not None
    for stem, digits, name in silent:
        steps = series[stem]
        several = (lone or len(steps) > 1) and min(steps) > "01" and max(steps) < "30"
        alike = {other for other, same, _ in ended if same == digits and _STEM.search(other)}
        if several or ("01" < digits < "30" and len(alike) > 1 and stem in alike):
            yield Candidate(f"20{digits}", name, TWO_DIGITS)


def _around(
    found: Found, *, short: bool
) -> tuple[Statement, tuple[Candidate, ...], tuple[Statement, Statement] | None]:
    """Return the period that the names of the file and of its sheet and the titles state, and what is not."""
    table, titles = found.table, found.titles.removeprefix(found.table.sheet).split("\n")
    texts = [
        (name_period(table.path.stem, short=short), "le nom du fichier"),
        (name_period(table.member, short=short), "le nom dans l’archive"),
        (name_period(table.sheet, short=short), "le nom de la feuille"),
        *(
            (title_period(line, short=short), f"le titre « {line[:60]} »")
            for line in titles
            if line
        ),
    ]
    stated = [Statement(reading.period, where) for reading, where in texts if reading.period]
    candidates = tuple(one for reading, _ in texts for one in reading.candidates)
    if not stated:
        return Statement("", ""), candidates + _noted(table, short=short), None
    best = stated[0]
    for text in (table.path.stem, table.sheet, *titles):
        if signs().gathered.fullmatch(fold(text.replace("_", " "))):
            until = Candidate(best.period, text, UNTIL, weak=False)
            return Statement("", ""), (*candidates, until), None
    for other in stated[1:]:
        # The name of a sheet that disagrees has a refusal of its own, which says how to read it.
        if not agree(best.period, other.period) and "feuille" not in other.where:
            return best, candidates, (best, other)
        if other.period.startswith(best.period):
            best = other
    for line in titles:
        part = part_period(line, best.period[:4], short=short)
        if part and not agree(part, best.period):
            return best, candidates, (best, Statement(part, f"le titre « {line[:60]} »"))
    if re.fullmatch("[0-9]{4}", best.period):
        parts = [part_period(text, best.period, short=short) for text in (table.path.stem, *titles)]
        part = next(filter(None, parts), "")
        best = Statement(part or best.period, best.where)
    return best, candidates, None


def _noted(table: RawTable, *, short: bool) -> tuple[Candidate, ...]:
    """Return the periods that the notes below a table say: asked, never taken."""
    last = table.frame.iloc[-_NOTES:].astype("str").to_numpy(object).tolist()
    cells = (next(filter(None, map(str.strip, row)), "") for row in last)
    found: list[Candidate] = []
    for note in (*map(str, table.skipped["raw"]), *filter(signs().is_note, cells)):
        reading = title_period(re.sub(r"(?i)^\s*sources? ?:", "", note), short=short)
        stated = [Candidate(reading.period, note, NOTED)] if reading.period else []
        found += [one._replace(weak=False) for one in (*stated, *reading.candidates)]
    return tuple(found)


def _contrary(
    candidates: Sequence[Candidate], period: str, around: Statement
) -> tuple[Statement, Statement] | None:
    """Return the first period that may be that of the figures, and is not the one stated elsewhere."""
    for candidate in candidates:
        if candidate.weak and period and not agree(candidate.period[:4], period[:4]):
            # Not stated there: why it is asked goes with it.
            place = Statement(candidate.period, f"« {candidate.text[:60]} » : {candidate.why}")
            return Statement(period, around.where or "les colonnes"), place
    return None


def _zoned(names: Iterable[str]) -> tuple[Candidate, ...]:
    """Return the vintages of geographies that name columns of codes: « DENS2020 »."""
    return tuple(
        Candidate(mention.period, name, GEOGRAPHY, weak=False)
        for name in names
        if signs().zoned.fullmatch(fold(name))
        for mention in period_mentions(name)
    )


def _stamped(frame: pd.DataFrame) -> tuple[Candidate, ...]:
    """Return the periods that columns of dates hold which are not of the figures: « date_extraction »."""
    found: list[Candidate] = []
    for name, cells in zip(map(str, frame.columns), column_cells(frame.iloc[:_NOTES]), strict=True):
        why = signs().mention(name) or (DATED if signs().dates.fullmatch(fold(name)) else "")
        if not (why or all(map(_DAY.fullmatch, cells))):
            continue
        mentions = [one for cell in cells for one in period_mentions(cell)]
        days = len(mentions) == len(cells) and all(one.day for one in mentions)
        if mentions and (why or days):
            found.append(Candidate(mentions[0].period, name, why or DATED, weak=False))
    return tuple(found)


def _spanning(
    names: Sequence[str], own: Mapping[str, str], year: str, asked: str
) -> tuple[str, ...]:
    """Return the columns that are of several years, of which none may be given to their figures."""
    # A ladder of years of construction is of the year that the caller gives.
    others = () if asked and are_steps(names) else names
    means = (name for name in others if name not in own and _spans(name, asked))
    spans = (name for name in names if not asked and span_of_change(name))
    # « Évolution » beside three years is of the first to the last, or of the last two.
    several = not asked and len({period[:4] for period in own.values()}) > _TWO_YEARS
    changes = (name for name in names if several and name not in own and _is_change(name))
    pairs = () if asked else paired_years([name for name in names if name not in own], year)
    return tuple(dict.fromkeys(chain(means, spans, changes, pairs, relative_columns(names, own))))


def _spans(name: str, asked: str) -> bool:
    """Say whether a name is of several years: « 2014-2015 », « Moyenne 2014-2015 », « Naissances 2010 à 2014 »."""
    years = [one.period for one in column_readings([name])[name].candidates if one.why == SEVERAL]
    years += ends_of_change(name)
    return len(years) > 1 and not (asked and any(agree(asked, year) for year in years))


def _is_change(name: str) -> bool:
    """Say whether a column is the change between the others: « evol_pct » beside two years."""
    return signs().is_change(name) and not period_mentions(name)

"""Why a file that nothing describes is refused, in words that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import enumerate_words
from observatoire.sources.inference.diagnosis import no_figure
from observatoire.sources.inference.table_periods import agree
from observatoire.sources.parsers.periods import read_periods
from observatoire.sources.parsers.stated_periods import (
    CITED,
    MIDDLE,
    NOTED,
    RANKED,
    UNTIL,
    name_period,
)
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.sources.places.code_repair import place_of
from observatoire.sources.places.communes import (
    contrary_column,
    is_wide,
    level_of,
    named,
    ours,
    town_titled,
)
from observatoire.sources.places.unplaced_rows import OTHER_COMMUNE
from observatoire.sources.preview.column_refusals import garbled, refused, unclear_figures
from observatoire.sources.tables.header import column_letter
from observatoire.territories.spelling import simplify
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.errors import ObservatoireError
    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.inference.table_finder import Found
    from observatoire.sources.inference.table_periods import Statement
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.territories.matcher import Matcher


#: Why a candidate is not taken, though it may well be the period.
_POSSIBLE = (CITED, MIDDLE, NOTED, RANKED)

#: What says whether a territory has a school or a bureau, and names none.
_FLAGS = ("oui", "non")

#: So many candidates are named in one question.
_CITED = 4


def other_town(
    found: Found, towns: Matcher, zonings: Mapping[str, Matcher], commune_column: str
) -> ObservatoireError | None:
    """Refuse a table that names its territories, under a title of a commune that is none of theirs.

    Its « Centre-ville » is not ours. Codes bear no namesake, and a column of communes tells better.

    Parameters
    ----------
    found : Found
        The table.
    towns : Matcher
        The communes observed.
    zonings : mapping of str to Matcher
        The territories known.
    commune_column : str
        The column that tells the commune of each row, if any does.
    """
    matcher = zonings[found.zoning]
    parts = any(code != town for code, town in matcher.communes.items())
    if not parts or not named(towns) or commune_column:
        return None
    texts = found.table.frame[found.spec.territory].str.strip().unique()
    named_rows = [text for text in texts if text not in matcher.names and matcher.matches(text)]
    for title in found.titles.split("\n") if named_rows else ():
        name = town_titled(title)
        code = ours(name, towns)
        if name and not code and not any(known.matches(name) for known in zonings.values()):
            words = {"title": " ".join(title.split())[:80], "town": name, "row": named_rows[0]}
            return refused("other_town", _place(found), **words)
        strange = code and _strange(named_rows, code, matcher)
        if strange and not _names_other([found.titles, *texts], code, towns):
            words = {
                "title": " ".join(title.split())[:80],
                "town": towns.names[code],
                "row": strange,
            }
            return refused("strange_row", _place(found), **words)
    return None


def _strange(rows: Iterable[str], town: str, matcher: Matcher) -> str:
    """Return the first row of which no bearer lies in a commune, an empty text when all may."""
    homes = {
        text: {matcher.communes.get(code, town) for code in matcher.matches(text)} for text in rows
    }
    return next((text for text, codes in homes.items() if town not in codes), "")


def _names_other(texts: Iterable[str], town: str, towns: Matcher) -> bool:
    """Say whether titles or rows name another commune of ours: « Ville de Fort-de-France et Le Lamentin »."""
    others = [f" {simplify(name)} " for code, name in towns.names.items() if code != town]
    texts_plain = [f" {simplify(text)} " for text in texts]
    return any(name in text for name in others for text in texts_plain)


def _place(found: Found) -> str:
    """Return where a table stands: its file and its sheet."""
    sheet = f", feuille « {found.table.sheet} »" if found.table.sheet else ""
    return f"{found.table.name}{sheet}"


def missing_answer(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Return what is still to be answered before the file can be loaded."""
    name, where = found.table.name, found.spec.territory
    if (unread := garbled(found, plan)) is not None:
        return unread
    if not plan.variables:
        placed = {
            where,
            plan.file.get("commune_column"),
        }  # who says the commune measures nothing either
        columns = [str(column) for column in found.table.frame.columns if column not in placed]
        return no_figure(columns, plan.labels, plan.words, name, where)
    unclear = unclear_figures(found, plan)
    if unclear is not None:
        return unclear
    if plan.conflict is not None:
        return _disagreement(found, *plan.conflict)
    if not plan.file.get("period") and not plan.file.get("period_column"):
        return _undated(found, plan)
    return None


def _undated(found: Found, plan: SourceDraft) -> ObservatoireError:
    """Ask the period of a file, each one that stands in it named, with why it is not taken."""
    seen = {(one.period, one.text): one for one in plan.candidates}
    cited = [
        f"« {one.period} » se lit dans « {' '.join(one.text.split())[:60]} » : {one.why}."
        for one in list(seen.values())[:_CITED]
    ]
    columns = any(one.text in (*plan.variables, *plan.columns) for one in plan.candidates)
    until = next((one.period[:4] for one in plan.candidates if one.why == UNTIL), "")
    return refused(
        "undated_months" if until else "undated_columns" if columns else "undated",
        found.table.name,
        year=until,
        name=found.table.name,
        cited=" ".join(cited)
        or "Ni le nom du fichier, ni son titre, ni ses colonnes ne le disent.",
        period=next((one.period for one in plan.candidates if one.why in _POSSIBLE), "2016"),
        candidates=[one.period for one in seen.values()],
    )


def _disagreement(found: Found, first: Statement, second: Statement) -> ObservatoireError:
    """Refuse a file of which two places say two periods."""
    return refused(
        second.denied,
        found.table.name,
        first=first.period,
        there=first.where,
        second=second.period,
        here=second.where,
        candidates=[first.period, second.period],
    )


def _two_periods(found: Found, plan: SourceDraft, asked: str) -> ObservatoireError | None:
    """Refuse a sheet whose name says another period than the one its figures would be given."""
    sheet, read = found.spec.sheet, str(plan.file.get("period", ""))
    own = read_periods(pd.Series([sheet]))[0]
    own = own if is_period(own) or asked else name_period(sheet).period
    known = found.family is not None or bool(plan.file.get("periods"))
    if known or not read or not is_period(own) or own.startswith(read) or read.startswith(own):
        return None
    origin = "Vous dites" if asked else "Le nom du fichier, ou son titre, dit"
    return refused("sheet_period", _place(found), sheet=sheet, period=read, own=own, origin=origin)


def _other_sheet(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Refuse a sheet of no period (« Anciens ») beside one that says the period of the file."""
    sheet, period = found.spec.sheet, str(plan.file.get("period", ""))
    dated_sheet = next(
        (name for name in found.others if period and name_period(name).period == period), ""
    )
    if not dated_sheet or name_period(sheet).period or plan.file.get("periods"):
        return None
    return refused("other_sheet", _place(found), sheet=sheet, other=dated_sheet, period=period)


def _twin_sheets(found: Found, asked: str) -> ObservatoireError | None:
    """Refuse a sheet beside others of the same columns, unless its name says a period of its own."""
    sheet, others = found.spec.sheet, {name_period(name).period for name in found.twins}
    own = name_period(sheet).period
    if not found.twins or (own and own not in others and agree(own, asked)):
        return None
    names = enumerate_words([f"« {name} »" for name in (sheet, *found.twins)], most=_CITED)
    return refused("twin_sheets", found.table.name, sheet=sheet, names=names)


def _some_towns(
    found: Found, parsed: Parsed, zonings: Mapping[str, Matcher]
) -> ObservatoireError | None:
    """Refuse communes by their names alone, some of ours among others: one may be a namesake elsewhere.

    « Le Lamentin » is in Guadeloupe too. Nothing is asked of a table that names all of ours, says their codes or
    their department, or has a title that does.
    """
    matcher, frame, own = zonings[found.zoning], found.table.frame, found.spec.territory
    placed = set(parsed.cells["territory"].astype("str"))
    others = parsed.rejects.loc[parsed.rejects["reason"] == OTHER_COMMUNE, "raw"]
    lacking = [name for code, name in matcher.names.items() if code not in placed]
    beside = [name for name in map(str, frame.columns) if name != own and signs().is_place(name)]
    coded = frame[own].str.strip().isin(list(matcher.names)).any()
    if (
        found.family
        or not parsed.faults.empty
        or others.empty
        or not placed
        or not lacking
        or beside
        or coded
    ):
        return None
    said = f" {simplify(f'{found.table.path.stem} {found.titles}')} "
    wide = (name for one in zonings.values() if is_wide(one) for name in one.names.values())
    if any(f" {simplify(name)} " in said for name in wide):
        return None
    ours_named = enumerate_words([f"« {matcher.names[code]} »" for code in sorted(placed)], most=3)
    return refused(
        "some_towns",
        found.table.name,
        ours=ours_named,
        other=others.iloc[0],
        lacking=lacking[0],
        zoning=found.zoning,
    )


def _side_by_side(
    found: Found, plan: SourceDraft, zonings: Mapping[str, Matcher]
) -> ObservatoireError | None:
    """Refuse figures of two territories, of a row and of its column, and rows that name two."""
    frame, own, matcher = found.table.frame, found.spec.territory, zonings[found.zoning]
    for one in zonings.values() if not found.family else ():
        crossed = [name for name in plan.variables if one.find(name)]
        if len(crossed) > 1:
            rows = enumerate_words([f"« {text} »" for text in frame[own].unique()], most=2)
            columns = enumerate_words([f"« {name} »" for name in crossed], most=2)
            return refused("crossed", found.table.name, first=rows, second=columns)
    apart = None if found.family else contrary_column(frame, own, matcher, zonings)
    if apart is None:
        return None
    rank, at = apart
    texts = [str(cells.iloc[at]).strip() for cells in (frame[own], frame.iloc[:, rank])]
    column = frame.columns[rank] or column_letter(rank)
    known = any(one.find(texts[1]) for one in zonings.values())
    return refused(
        "two_territories" if known else "homonym",
        f"{found.table.name}, ligne {found.table.lines.iloc[at]}",
        first=texts[0],
        own=own,
        second=texts[1],
        column=column,
    )


def _other_level(found: Found, zonings: Mapping[str, Matcher]) -> ObservatoireError | None:
    """Refuse names under what is no level of theirs: « Fort-de-France » under « Arrondissement »."""
    own, matcher = found.spec.territory, zonings[found.zoning]
    titled = signs().levels_titled.match(fold(own)) is not None
    texts = found.table.frame[own].str.strip()
    if (
        not titled
        or matcher.label.casefold() in own.casefold()
        or texts.isin([*matcher.names]).any()
    ):
        return None
    text = next(text for text in texts if matcher.matches(text))
    words = {"own": own, "zoning": found.zoning, "text": text, "label": matcher.label}
    return refused("other_level", found.table.name, **words)


def _parts(
    found: Found, plan: SourceDraft, parsed: Parsed, zonings: Mapping[str, Matcher]
) -> ObservatoireError | None:
    """Refuse rows that another column says to be of a part of their territory: a school, a quartier."""
    matcher, own = zonings[found.zoning], found.table.frame[found.spec.territory].str.strip()
    level = level_of(matcher)
    aside = [name for name in (*plan.labels, *plan.words) if signs().is_part_of(name, level)]
    known = found.family or signs().is_part_of(matcher.label, "") or not aside
    # A territory said twice is a fault that its line tells better, unless a code is cut in two.
    if known or not (parsed.faults.empty or is_wide(matcher)):
        return None
    whose = own.map({text: place_of(text, matcher) for text in own.unique()})
    for name in aside if not plan.file.get("variable_column") else ():
        cells = found.table.frame[name].str.strip()
        told = (cells != "") & ~cells.map(fold).isin(_FLAGS)
        apart = (whose != "") & told & (cells.map(matcher.find) != whose)
        if apart.any():
            at = int(apart.to_numpy().argmax())
            words = {"part": cells.iloc[at], "whole": own.iloc[at]}
            line = f"{found.table.name}, ligne {found.table.lines.iloc[at]}"
            return refused("part", line, column=name, **words)
    return None

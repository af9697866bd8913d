"""What a column of a file that nothing describes is asked: of which period, in which unit, of whom."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.declarations.sentences import refusal
from observatoire.declarations.writer import key
from observatoire.french.typography import enumerate_words, number
from observatoire.sources.parsers.parts_of_year import is_bare_part
from observatoire.sources.parsers.spans_of_years import are_steps
from observatoire.sources.parsers.vocabulary import fold, signs

if TYPE_CHECKING:
    from observatoire.errors import ObservatoireError
    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.inference.table_finder import Found


def refused(table: str, place: str, /, **words: object) -> ObservatoireError:
    """Return the refusal that ``refusals.toml`` words under a name."""
    return refusal("observatoire.sources.preview", table, place, **words)


#: UTF-8 read as Latin-1, Windows, a Mac or DOS writes, a mark of order among letters, a letter lost; letters of
#: Windows, of a Mac or of DOS read as another’s, that no French word has inside it (« BÈnÈficiaires »).
_GARBLED = re.compile(
    r"Ã[^A-Za-z]|Â[°²«»\xa0]|[Åâ][\x80-\x9f€“’‚]|Ô[éÇ]|ï»¿|√[©®¨†ß]|[├┬┼]|\ufffd|[a-z][ÈËÍÁÙÓÚÞÛÌÒ‚Š‡Žˆ]|\w[ÈËÍÁÙÓÚÞÛÌÒ‚Š‡Žˆ](?=[a-z])"
)


def garbled(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Refuse names whose accents are lost: they would be kept as they are."""
    frame = found.table.frame
    names = (*frame.columns, *plan.variables, *found.titles.split("\n"))
    text = next(
        (text for text in (*names, *frame[found.spec.territory].unique()) if _GARBLED.search(text)),
        "",
    )
    return refused("garbled", found.table.name, text=" ".join(text.split())[:60]) if text else None


def unclear_figures(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Refuse figures of which the writing, the unit or what they count reads in two ways."""
    if plan.writing.doubtful:
        return _two_readings(found, plan.writing.doubtful)
    if plan.mixed is not None or plan.units or plan.beyond:
        return _two_units(found, plan)
    if plan.dimensions or plan.short_part:
        return _unclear_rows(found, plan)
    return None if found.family else _stated_secret(found, plan)


def _stated_secret(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Refuse rows that a column of the producer's own says secret: of which of their figures, nothing tells."""
    stated = signs().stated_secret.fullmatch
    counted = [name for name in plan.variables if stated(f"{fold(name)}=1")]
    for name in filter(
        found.table.frame.columns.__contains__, (*plan.labels, *plan.words, *counted)
    ):
        for text in found.table.frame[name].str.strip().unique() if name else ():
            if stated(f"{fold(name)}={fold(text)}"):
                return refused("stated_secret", found.table.name, column=name, text=text)
    return None


def spanning(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Refuse a column of several years among others: « Moyenne 2014-2015 » is of neither; one named « T1 »."""
    name = next(iter(_spanned(plan)), "")
    if not name:
        return None
    kind = "spanning"
    if signs().relatives.fullmatch(fold(name)):
        kind = "relative_year"
    elif signs().gathered.fullmatch(fold(name)):
        kind = "gathered"
    elif is_bare_part(name):
        kind = "bare_part"
    built = _STEPS if are_steps([*plan.variables, *plan.columns]) else ""
    return refused(kind, found.table.name, name=name, key=key(name), built=built)


def asked_period(plan: SourceDraft) -> SourceDraft | None:
    """Return a draft that asks the period of each column of several years: as written, it is not loaded."""
    own, asked = plan.file.get("periods", {}), dict.fromkeys(_spanned(plan), "?")
    if not asked or plan.file.get("period_column") or not isinstance(own, dict):
        return None
    return replace(plan, file={**plan.file, "periods": {**own, **asked}})


def _spanned(plan: SourceDraft) -> list[str]:
    """Return the columns of several years that are of figures."""
    return [name for name in plan.spanning if name in (*plan.variables, *plan.columns)]


def small_share(found: Found, plan: SourceDraft) -> ObservatoireError | None:
    """Refuse a number far below the percentages of its variable, which may be a share."""
    if plan.share is None:
        return None
    kind, variable, text = plan.share
    return refused(kind, f"{found.table.name}, « {variable} »", text=text)


_STEPS = ", ou si ces années sont celles de ce que l’on compte (la construction, l’arrivée)"


def _two_readings(found: Found, text: str) -> ObservatoireError:
    mark = "." if "." in text else ","
    whole, rest = text.split(mark)
    own = (
        f" Pour toute la famille, dites-le dans families/{found.family.code}.toml."
        if found.family
        else ""
    )
    words = {"text": text, "grouped": number(int(whole + rest)), "decimal": f"{whole},{rest}"}
    return refused("two_readings", found.table.name, **words, mark=mark, family=own)


def _two_units(found: Found, plan: SourceDraft) -> ObservatoireError:
    """Refuse a variable of which numbers are, or may be, in two units."""
    if plan.beyond and plan.mixed is None and not plan.units:
        name, unit = plan.beyond
        money = "euro" in unit or "€" in unit
        what = "un montant" if money else "une part ou une mesure"
        where = f"{found.table.name}, colonne {name}"
        return refused("beyond", where, unit=unit, name=name, what=what)
    if plan.mixed is None:
        units = enumerate_words([f"« {unit} »" for unit in plan.units[1:]], most=4)
        return refused("units", found.table.name, name=plan.units[0], units=units)
    name, text = plan.mixed
    place = "indicateur" if plan.file.get("variable_column") else "colonne"
    return refused("mixed", f"{found.table.name}, {place} {name}", text=text)


def _unclear_rows(found: Found, plan: SourceDraft) -> ObservatoireError:
    """Refuse rows that several columns tell apart, or of weeks and days, of which no period is kept."""
    if plan.short_part:
        multiplied = signs().multipliers.fullmatch(fold(plan.short_part))
        kind = "multiplied" if multiplied else "short_part"
        return refused(kind, found.table.name, column=plan.short_part)
    names, figures = (
        enumerate_words([f"« {name} »" for name in listed], most=4)
        for listed in (plan.dimensions, plan.variables)
    )
    kind = "one_dimension" if len(plan.dimensions) == 1 else "dimensions"
    return refused(kind, found.table.name, names=names, figures=figures)

"""Periods that a text states as its own, and those that only stand in it: read the first, ask of the second."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from observatoire.sources.parsers.periods import (
    FIRST_DAY,
    PeriodMention,
    interval_start,
    period_mentions,
    without_period,
    year_of,
)
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

#: Four digits of a column are a year from this one on: before, they are ages or a span (« 1924 »).
_FIRST_YEAR = 1950

#: What leads, in a title, to the period of its figures.
_LEADS = re.compile(
    r"(?:^|[^a-z])(?:au|en|a fin|fin|pour|annees?|exercice|periode|millesime|situation|date de reference)"
    r"(?: (?:l['’]annee|l['’]exercice|l['’]an|de l['’]annee|du|de|le|la|mois|fin))*[ :=]*$"
)

#: What may follow the period of a column: its unit, a bracket.
_UNIT = re.compile(
    r"[\s)\]_.*-]*(?:[\[(](?:en )?(?:%|‰|€|k€|m€|euros?|nb|nombre|effectifs?|ha|km.)[)\]])?\s*"
)

_FOUR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
#: Two years on two digits, or one on four and one on two, in the name of a change; ages are followed by « ans ».
_PAIR = re.compile(
    r"(?<![0-9])(?:(?:19|20)?[0-9]{2} ?[-–/_] ?[0-9]{2}|[0-9]{2} (?:a|et) [0-9]{2})(?![0-9]|[ _]*ans)"
)
_QUARTER = re.compile(r"-[TS]")

#: Two pairs of digits of a name: two years, or two ages; and those that no span of censuses has.
_TWO = re.compile(r"(?<![0-9])([0-9]{2})[-–/_ ]?([0-9]{2})(?![0-9]|[ _]*ans)")
_AGES = range(30, 62)

#: A step of a ladder at the end of a name: « tp60_30 », « tp60_40_49 ».
_STEP = re.compile(r"_([0-9]{2})(?:_[0-9]{2})?$")

#: A word of ages before four digits: « age_2024 » is of 20 to 24.
_AGE = re.compile(r"(?:^|[^a-z])(?:ages?|tranches?(?: d['’]ages?)?|trage|ageq[0-9]*)[ _.-]*$")

#: The last step of a ladder of ages.
_OPEN = re.compile(r"(?<![0-9])[0-9]{2} ?(?:p|plus|\+|et plus)(?![a-z0-9])")

#: A rank or a month, before a year and what it is of: « 10-2016-aides ».
_RANKED = re.compile(r"\s*[0-9]{1,2}[-/](?=[0-9]{4}(?![0-9])\W*\w)")

#: A word of a name: « iris2020 » is a geography wherever it stands, « iris 2020 » may be figures by IRIS.
_WORD = re.compile(r"[^\W_]+")

#: A date without signs: « export_20230405 ».
_COMPACT = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
)

#: The first or a last day of a month, as a date is written: figures are of it.
_TURN = re.compile(r"^(?:0?1|2[89]|3[01])(?![0-9])|[-_/](?:01|2[89]|3[01])$")

#: What stands in a bracket before a year.
_OPENED = re.compile(r"[\[(]([^)\]]*)$")

SPAN = "ces chiffres sont deux années, d’un changement de l’une à l’autre"
MIDDLE = "elle est au milieu d’un nom"
LADDER = "ces chiffres sont un intervalle (âges, années), comme ceux des colonnes voisines"
AGED = "ces chiffres sont deux âges"
GLUED = "ces chiffres peuvent être deux âges ou deux années"
RANKED = "ces chiffres peuvent être un mois, ou un numéro devant une année"
NOTED = "une note sous le tableau la dit, et non son titre"
GEOGRAPHY = "c’est le millésime d’une géographie"
DAY = "un jour dans un nom de fichier est souvent celui de son envoi"
UNTIL = "c’est la fin d’un intervalle : les chiffres sont de plusieurs mois, ou de plusieurs années"
CITED = "le texte la cite, sans dire que les chiffres en sont"


class Candidate(NamedTuple):
    """A period that a text holds and does not state: where it stands, and why it is not taken.

    ``weak`` ones would be contradicted by another period; the others are known to be something else.
    """

    period: str
    text: str
    why: str
    weak: bool = True


@dataclass(frozen=True)
class Reading:
    """What a text says of a period: the one it states, if any, and those that only stand in it."""

    period: str = ""
    call: str = ""
    stem: str = ""
    year: str = ""  # its period where it stands alone: a last day of December is of its year
    candidates: tuple[Candidate, ...] = ()


def _known_reason(text: str, mention: PeriodMention, mentions: Sequence[PeriodMention]) -> str:
    """Return what a mention is when words say that it is no period of figures, or an empty text."""
    if any(
        word.start() <= mention.start < word.end() and signs().zoned.fullmatch(fold(word[0]))
        for word in _WORD.finditer(text)
    ):
        return GEOGRAPHY
    at = mentions.index(mention)
    before = text[mentions[at - 1].end if at else 0 : mention.start]
    after = text[mention.end : mentions[at + 1].start if at + 1 < len(mentions) else None]
    start = interval_start(before)
    # From the first to the last day of a year is the year.
    if start and not (start == FIRST_DAY and mention.day and "-" not in year_end(mention, text)):
        return UNTIL
    near = before if re.search(r"[^\W\d_]", before) else after
    dated = f"{near} {text[mention.start : mention.end]}"
    plain = f" {fold(re.sub(r'[_-]', ' ', dated))} "
    return next((why for why, words in signs().mentions.items() if words.search(plain)), "")


def year_end(mention: PeriodMention, text: str) -> str:
    """Return the period of a mention: a figure of the first or the last day of a year is of the year.

    Examples
    --------
    >>> text = "Aidés au 31/12/2016"
    >>> year_end(period_mentions(text)[0], text)
    '2016'
    """
    written = fold(text[mention.start : mention.end])
    turn = mention.period[5:] in ("12", "01") and re.match(r"(?:31|0?1)(?![0-9])", written)
    return mention.period[:4] if mention.day and turn else mention.period


def name_period(name: str, *, short: bool = True) -> Reading:
    """Return the period that the name of a file or of a sheet states.

    Examples
    --------
    >>> name_period("caf-2016").period, name_period("mise-en-ligne-2023").candidates[0].period
    ('2016', '2023')
    >>> name_period("suivi-2016-05-12").period, name_period("suivi-30-06-2016").period
    ('', '2016-06')
    """
    text = unicodedata.normalize("NFC", name)
    mentions = period_mentions(text, short=short)
    taken: dict[str, PeriodMention] = {}
    candidates = []
    for mention in mentions:
        why = _known_reason(text, mention, mentions)
        glued = text[mention.end : mention.end + 1].isalnum()
        ranked = mention.start == 0 and _RANKED.match(text) is not None
        why = why or (DAY if _is_sent(text, mention) else "")
        if why or glued or ranked:
            reason = why or (RANKED if ranked else MIDDLE)
            candidates.append(Candidate(mention.period, name, reason, not why))
        else:
            taken[year_end(mention, text)] = mention
    for year, month in _COMPACT.findall(text):
        candidates.append(Candidate(f"{year}-{month}", name, DAY, weak=False))
    return _single(name, taken, candidates)


def _is_sent(text: str, mention: PeriodMention) -> bool:
    """Say whether a day of a name is neither led to (« au 15 mars 2016 ») nor one that ends or starts a month."""
    written = fold(text[mention.start : mention.end])
    led = _LEADS.search(fold(re.sub(r"[_-]", " ", text[: mention.start])))
    return mention.day and not led and _TURN.search(written) is None


def title_period(title: str, *, short: bool = True) -> Reading:
    """Return the period that a title states: « au 31 mars 2011 », « en 2016 », or nothing else than one.

    Examples
    --------
    >>> title_period("Demandeurs d’emploi au 31 mars 2011").period, title_period("Année 2016").period
    ('2011-03', '2016')
    >>> title_period("Contrat de ville 2015").period, title_period("Mise en ligne le 31/03/2023").period
    ('', '')
    """
    text = unicodedata.normalize("NFC", title)
    mentions = period_mentions(text, short=short)
    taken: dict[str, PeriodMention] = {}
    candidates = []
    for mention in mentions:
        why = _known_reason(text, mention, mentions)
        before = fold(text[: mention.start])
        alone = not re.search(r"\w", text[: mention.start] + text[mention.end :])
        stated = alone or _LEADS.search(before) or _QUARTER.search(mention.period)
        if why or not stated:
            candidates.append(Candidate(mention.period, title, why or CITED, not why))
        else:
            taken[year_end(mention, text)] = mention
    return _single(title, taken, candidates)


def _single(text: str, taken: dict[str, PeriodMention], candidates: Iterable[Candidate]) -> Reading:
    """Return the one period that is stated; several are candidates all."""
    if len(taken) != 1:
        several = [Candidate(period, text, "ce n’est pas la seule", weak=False) for period in taken]
        return Reading(candidates=(*several, *candidates))
    ((period, mention),) = taken.items()
    return Reading(period, mention.call, candidates=tuple(candidates))


# --- Columns ---------------------------------------------------------------------------------------


def column_readings(names: Sequence[str], *, short: bool = True) -> dict[str, Reading]:
    """Return what each name of column says of a period: a whole name, or what ends it, states one.

    Parameters
    ----------
    names : sequence of str
        Columns of figures.
    short : bool
        See :func:`~observatoire.sources.parsers.periods.period_mentions`.

    Examples
    --------
    >>> found = column_readings(["pop_2013", "DEC_PIMP20", "xp2024h", "xp2539h"])
    >>> [(one.period, one.stem) for one in found.values()]
    [('2013', 'pop'), ('2020', 'DEC_PIMP'), ('', ''), ('', '')]
    >>> [one.period for one in column_readings(["tp60_30", "tp60_40_49", "tp6021", "med_15"]).values()]
    ['', '', '2021', '2015']
    """
    ladders, series, aged = _ladders(names), _series(names), _aged(names)
    return {
        name: _column(
            name,
            ladder=_shape(name) in ladders or _STEP.sub("", fold(name)) in aged,
            series=_shape(name) in series,
            short=short,
        )
        for name in names
    }


def _aged(names: Iterable[str]) -> set[str]:
    """Return the stems of a ladder of ages: « tp60_30 » beside « tp60_40_49 » is of no year 2030."""
    steps = [(step, fold(name)) for name in names if (step := _STEP.search(fold(name)))]
    return {_STEP.sub("", name) for step, name in steps if int(step[1]) >= _AGES.start}


def _shape(name: str) -> str:
    return _FOUR.sub("####", name.casefold())


def _ladders(names: Iterable[str]) -> set[str]:
    """Return the shapes of names whose four digits cannot all be years: « pop_2024 » beside « pop_2529 »."""
    return {
        _shape(name) for name in names for digits in _FOUR.findall(name) if not _is_year(digits)
    }


def _series(names: Iterable[str]) -> set[str]:
    """Return the shapes of names whose four digits begin alike: « ls2021 », « ls2022 », no ages do."""
    starts: dict[str, set[str]] = {}
    for name in names:
        starts.setdefault(_shape(name), set()).update(_FOUR.findall(name))
    return {
        shape
        for shape, found in starts.items()
        if len(found) > len({digits[:2] for digits in found})
    }


def _is_year(digits: str) -> bool:
    return digits[:2] in ("19", "20") and _FIRST_YEAR <= int(digits) < _FIRST_YEAR + 100


def _column(name: str, *, ladder: bool, series: bool, short: bool) -> Reading:
    vintage = next((m for form in signs().vintages if (m := form.fullmatch(fold(name)))), None)
    if vintage is not None and not (ladder and _STEP.search(fold(name))):
        # « P16_POP » keeps its name, which indicators call « PYY_POP »; what ends with its vintage loses it.
        ends = vintage.end(1) == len(name)
        stem = name[: vintage.start(1)].rstrip("_") if ends else name
        return Reading(year_of(vintage[1]), stem=stem, year=year_of(vintage[1]))
    if span := span_of_change(name):
        return Reading(candidates=(Candidate(span, name, SPAN, weak=False),))
    text = unicodedata.normalize("NFC", name)
    mentions = period_mentions(text, short=short)
    reasons = {mention: _known_reason(text, mention, mentions) for mention in mentions}
    known = tuple(
        Candidate(one.period, name, why, weak=False) for one, why in reasons.items() if why
    )
    stated = [mention for mention, why in reasons.items() if not why]
    if len({mention.period for mention in stated}) != 1:
        span = "-".join(mention.period for mention in mentions)
        changed = signs().is_change(text) and is_period(span) and not known
        return Reading(span, stem=name, year=span) if changed else Reading(candidates=known)
    mention = stated[0]
    doubt = _doubt(text, mention, end=stated[-1].end, ladder=ladder)
    if doubt and not (series and doubt in (AGED, GLUED)):
        weak = doubt not in (LADDER, CITED, AGED)
        return Reading(candidates=(Candidate(mention.period, name, doubt, weak), *known))
    stem = without_period(name, short=short)
    return Reading(mention.period, mention.call, stem, year_end(mention, text))


def span_of_change(name: str) -> str:
    """Return the four digits of a change from a year to another, each on two digits, or an empty text.

    Examples
    --------
    >>> span_of_change("evol_pop_1922"), span_of_change("pop_1922"), span_of_change("Évolution 2021")
    ('1922', '', '')
    >>> span_of_change("var_9906"), span_of_change("Évolution 19-22 (%)"), span_of_change("Évol. des 15-24 ans")
    ('9906', '19-22', '')
    """
    if not signs().is_change(name):
        return ""
    if pair := _PAIR.search(fold(name)):
        return pair[0]
    digits = _FOUR.findall(name)
    if len(digits) != 1 or _full(digits[0][:2]) >= _full(digits[0][2:]):
        return ""
    compact = " " not in name.strip()
    return digits[0] if compact or not _is_year(digits[0]) else ""


def paired_years(names: Sequence[str], year: str = "") -> list[str]:
    """Return the names of which two pairs of digits may be two years: « emploi_1217 » beside « emploi_1722 ».

    A ladder of ages starts from 0, ends with « 65P », or goes through years that no figure is of yet: beyond the
    year of their file, where it is stated.

    Examples
    --------
    >>> paired_years(["emploi_1217", "emploi_1722"]), paired_years(["pop_0014", "pop_1529", "pop_3044"])
    (['emploi_1217', 'emploi_1722'], [])
    >>> paired_years(["pop_6875", "pop_7582"]), paired_years(["pop_6579", "pop_8089"]), paired_years(["pop_1524"])
    (['pop_6875', 'pop_7582'], [], [])
    """
    series: dict[str, dict[str, tuple[str, str]]] = {}
    open_ended = {_OPEN.sub("####", fold(name)) for name in names}
    for name in names:
        pairs, shape = _TWO.findall(fold(name)), _TWO.sub("####", fold(name))
        if len(pairs) == 1 and shape not in open_ended:
            series.setdefault(shape, {})[name] = pairs[0]
    return [name for group in series.values() if _are_spans(group.values(), year) for name in group]


def _are_spans(pairs: Collection[tuple[str, str]], year: str) -> bool:
    """Say whether pairs of digits may all be a year and a later one: they follow each other, or are all past."""
    starts, ends = zip(*pairs, strict=True)
    halves = {int(digits) for digits in (*starts, *ends)}
    beyond = year and max(map(_full, ends)) > int(year)
    if len(pairs) == 1 or halves & set(_AGES) or beyond:
        return False
    past = max(halves) < _AGES.start and "00" not in starts
    return all(_full(start) < _full(end) for start, end in pairs) and bool(
        past or set(starts) & set(ends)
    )


def _full(digits: str) -> int:
    """Return the year of two digits: « 99 » comes before « 06 »."""
    return int(digits) + (1900 if int(digits) >= _FIRST_YEAR % 100 else 2000)


def _doubt(text: str, mention: PeriodMention, *, end: int, ladder: bool) -> str:
    """Return why a period that stands in the name of a column is not taken, or an empty text."""
    plain_year = text[mention.start : mention.end] == mention.period
    if plain_year and ladder:
        return LADDER
    two = mention.period[:2] < mention.period[2:4]
    if plain_year and two and _AGE.search(fold(text[: mention.start])):
        return AGED
    opened = _OPENED.search(fold(text[: mention.start]))
    if opened and opened[1] and not _LEADS.match(opened[1]):
        return CITED  # « Revenu médian (euros 2015) », « Ouvriers (PCS 2003) »
    if _UNIT.fullmatch(fold(text[end:])) is None:
        return MIDDLE
    glued = text[max(mention.start - 1, 0) : mention.start].isalpha()
    return GLUED if plain_year and glued and two else ""

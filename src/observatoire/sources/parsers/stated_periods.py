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
    shortened,
    without_period,
    year_of,
)
from observatoire.sources.parsers.spans_of_years import AGES, FOUR, is_year, span_of_change
from observatoire.sources.parsers.vocabulary import fold, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: What leads, in a title, to the period of its figures.
_LEADS = re.compile(
    r"(?:^|[^a-z])(?:au|en|a fin|fin|pour|annees?|exercice|periode|millesime|situation|date de reference)"
    r"(?: (?:l['’]annee|l['’]exercice|l['’]an|de l['’]annee|du|de|le|la|mois|fin))*[ :=]*$"
)

#: What may follow the period of a column: its unit, a bracket.
_UNIT = re.compile(
    r"[\s)\]_.*-]*(?:[\[(](?:en )?(?:%|‰|€|k€|m€|euros?|nb|nombre|effectifs?|ha|km.)[)\]])?\s*"
)

#: Who is counted at each age: « F1824 » beside « H2030 » is one ladder.
_SEX = re.compile(
    r"(?<![a-z])(?:[fhm]|fem(?:mes?)?|hom(?:mes?)?|filles?|garcons?)(?=[_ -]?[0-9]{4})"
)

#: The rank of the digits of a ladder of two digits, which are any.
_ANY = -1

_QUARTER = re.compile(r"-[TS]")

#: A step of a ladder at the end of a name: « tp60_30 », « tp60_40_49 ».
_STEP = re.compile(r"_([0-9]{2})(?:_[0-9]{2})?$")

#: A word of ages before four digits: « age_2024 » is of 20 to 24.
_AGE = re.compile(r"(?:^|[^a-z])(?:ages?|tranches?(?: d['’]ages?)?|trage|ageq[0-9]*)[ _.-]*$")

#: A rank or a month, before a year and what it is of: « 10-2016-aides ».
_RANKED = re.compile(r"\s*[0-9]{1,2}[-/](?=[0-9]{4}(?![0-9])\W*\w)")

#: Two digits that may be a month, before a year: « caf_12_2020 ».
_MONTHED = re.compile(r"(?<![0-9])(?:0[1-9]|1[0-2])[_. ]$")

#: A word of a name: « iris2020 » is a geography wherever it stands, « iris 2020 » may be figures by IRIS.
_WORD = re.compile(r"[^\W_]+")

#: A date or a month without signs: « export_20230405 », « defm_201312 ».
_COMPACT = re.compile(
    r"(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])?(?![0-9])"
)

#: The first or a last day of a month, as a date is written: figures are of it.
_TURN = re.compile(r"^(?:0?1|2[89]|3[01])(?![0-9])|[-_/](?:01|2[89]|3[01])$")

#: A bracket at the end of a name that cites a year known to be something else: « (géographie 2021) ».
_CITING = re.compile(r"\s*[\[(][^)\]]*[0-9]{4}[)\]]\s*$")

#: What makes of a year one end of an interval, and what is of the things counted, whatever the year of the count.
_BETWEEN = re.compile(r"(?<!nes )(?<!ees )(?<!its )(?<!tes )(?<!ves )\bentre $")

#: A date whose year is on two digits: « 04/11/22 », « 3 mars 22 »; and « 11/22 », after what is a date alone.
_SHORT_DATE = re.compile(
    r"(?<![0-9/.,-])(?:0?[1-9]|[12][0-9]|3[01])(?:(?P<s>[-/. ])(?P<m>0?[1-9]|1[0-2])(?P=s)"
    r"|(?:er)? (?P<w>[a-z]{3,9})\.? )(?P<y>[0-4][0-9])(?![0-9/.,-]|%| [0-9])"
)
_SHORT_MONTH = re.compile(r"(?<![0-9/.,-])(?P<m>0?[1-9]|1[0-2])[-/.](?P<y>[0-4][0-9])(?![0-9/.,-])")

#: What stands in a bracket before a year.
_OPENED = re.compile(r"[\[(]([^)\]]*)$")

SPAN = "ces chiffres sont deux années, ou un changement de l’une à l’autre"
MIDDLE = "elle est au milieu d’un nom"
LADDER = "ces chiffres sont un intervalle (âges, années), comme ceux des colonnes voisines"
AGED = "ces chiffres sont deux âges"
GLUED = "ces chiffres peuvent être deux âges ou deux années"
RANKED = "ces chiffres peuvent être un mois, ou un numéro devant une année"
NOTED = "une note sous le tableau la dit, et non son titre"
GEOGRAPHY = "c’est le millésime d’une géographie"
TWO_DIGITS = "ces deux chiffres peuvent être une année"
SIX = "ces six chiffres peuvent être une année et un mois"
DAY = "un jour dans un nom de fichier est souvent celui de son envoi"
SEVERAL = "ce n’est pas la seule"
BOUND = "c’est le début ou la fin de ce dont il parle (« avant », « depuis », « entre »)"
UNTIL = "c’est la fin d’un intervalle : les chiffres sont de plusieurs mois, ou de plusieurs années"
DATED = "ses cellules sont des dates, de quoi la colonne ne le dit pas"
SHORT = "son année n’est écrite que sur deux chiffres"
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
    if interval_start(before) and not _ends_year(text, mention):
        return UNTIL
    near = before if re.search(r"[^\W\d_]", before) else after
    dated = f"{near} {text[mention.start : mention.end]}"
    return signs().mention(dated)


def _ends_year(text: str, mention: PeriodMention) -> bool:
    """Say whether a period goes from the first to the last day of a year: it is the year."""
    last = mention.day and mention.period.endswith("-12")
    return last and interval_start(text[: mention.start]) == FIRST_DAY


def _period(text: str, mention: PeriodMention) -> str:
    """Return the period that a mention states: a day is of its month, wherever it stands.

    Examples
    --------
    >>> texts = ("Aidés au 31/12/2016", "Du 1er janvier au 31 décembre 2016")
    >>> [_period(text, period_mentions(text)[0]) for text in texts]
    ['2016-12', '2016']
    """
    return mention.period[:4] if _ends_year(text, mention) else mention.period


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
        ranked |= _MONTHED.search(text[: mention.start]) is not None
        why = why or (DAY if _is_sent(text, mention) else "")
        if why or glued or ranked:
            reason = why or (RANKED if ranked else MIDDLE)
            candidates.append(Candidate(mention.period, name, reason, not why))
        else:
            taken[_period(text, mention)] = mention
    return _single(name, taken, (*candidates, *_compact(name)))


def _compact(text: str) -> tuple[Candidate, ...]:
    """Return the dates and the months that digits without signs may be: asked, never taken."""
    return tuple(
        Candidate(f"{year}-{month}", text, DAY if day else SIX, weak=False)
        for year, month, day in _COMPACT.findall(text)
    )


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
            taken[_period(text, mention)] = mention
    dates = () if mentions else _short_dates(text)
    return _single(title, taken, (*candidates, *dates, *_bounds(text, mentions, title)))


def _short_dates(text: str) -> tuple[Candidate, ...]:
    """Return the dates of a title whose year is on two digits: named in the question, never taken.

    Examples
    --------
    >>> [one.period for one in _short_dates("Édité le 04/11/22")], _short_dates("Aidés de 12.5 à 13.20")
    (['2022-11'], ())
    >>> _short_dates("Aidés au 31/12/19")[0].weak, _short_dates("maj 11/22")[0].period
    (True, '2022-11')
    """
    plain = fold(text)
    known = signs().mention(plain)
    found = list(_SHORT_DATE.finditer(plain)) or (known and list(_SHORT_MONTH.finditer(plain)))
    candidates = []
    for date in found or ():
        month = int(date["m"] or 0) or shortened(date.groupdict().get("w") or "")
        if month:
            weak = not known and _LEADS.search(plain[: date.start()]) is not None
            period = f"{year_of(date['y'])}-{month:02d}"
            candidates.append(Candidate(period, text, known or SHORT, weak))
    return tuple(candidates)


def _bounds(text: str, mentions: Sequence[PeriodMention], written: str) -> tuple[Candidate, ...]:
    """Return the years of a text that words make bounds: they are named in the question, never taken."""
    return tuple(
        Candidate(
            found[0], written, BOUND, weak=bool(_BETWEEN.search(fold(text[: found.start()]) + " "))
        )
        for found in FOUR.finditer(text)
        if is_year(found[0]) and not any(one.start <= found.start() < one.end for one in mentions)
    )


def _single(text: str, taken: dict[str, PeriodMention], candidates: Iterable[Candidate]) -> Reading:
    """Return the one period that is stated; several are candidates all."""
    if len(taken) != 1:
        several = [Candidate(period, text, SEVERAL, weak=False) for period in taken]
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
    ladders, series = _ladders(names), _series(names)
    # A ladder of ages: « tp60_30 » beside « tp60_40_49 » is of no year 2030.
    steps = [(step, fold(name)) for name in names if (step := _STEP.search(fold(name)))]
    aged = {_STEP.sub("", name) for step, name in steps if int(step[1]) >= AGES.start}
    return {
        name: _column(
            name,
            ladder={_ANY}
            if _STEP.sub("", fold(name)) in aged
            else ladders.get(_shape(name), set()),
            series=_shape(name) in series,
            short=short,
        )
        for name in names
    }


def _shape(name: str) -> str:
    return FOUR.sub("####", _SEX.sub("?", fold(name)))


def _ladders(names: Iterable[str]) -> dict[str, set[int]]:
    """Return which four digits of the names of a shape cannot all be years: « pop_2024 » beside « pop_2529 ».

    Examples
    --------
    >>> _ladders(["pop_2024", "pop_2529"]), _ladders(["age1524_2012", "age2064_2012"])
    ({'pop_####': {0}}, {'age####_####': {0}})
    """
    found: dict[str, set[int]] = {}
    for name in names:
        for at, digits in enumerate(FOUR.findall(name)):
            if not is_year(digits):
                found.setdefault(_shape(name), set()).add(at)
    return found


def _series(names: Iterable[str]) -> set[str]:
    """Return the shapes of names whose four digits begin alike: « ls2021 », « ls2022 », no ages do."""
    starts: dict[str, set[str]] = {}
    for name in names:
        starts.setdefault(_shape(name), set()).update(FOUR.findall(name))
    return {
        shape
        for shape, found in starts.items()
        if len(found) > len({digits[:2] for digits in found})
    }


def _column(name: str, *, ladder: set[int], series: bool, short: bool) -> Reading:
    vintage = next((m for form in signs().vintages if (m := form.fullmatch(fold(name)))), None)
    if vintage is not None and not (ladder and _STEP.search(fold(name))):
        # « P16_POP » keeps its name, which indicators call « PYY_POP »; what ends with its vintage loses it.
        ends = vintage.end(1) == len(name)
        stem = name[: vintage.start(1)].rstrip("_") if ends else name
        return Reading(year_of(vintage[1]), stem=stem)
    if span := span_of_change(name):
        return Reading(candidates=(Candidate(span, name, SPAN, weak=False),))
    text = unicodedata.normalize("NFC", name)
    mentions = period_mentions(text, short=short)
    reasons = {mention: _known_reason(text, mention, mentions) for mention in mentions}
    known = tuple(
        Candidate(one.period, name, why, weak=False) for one, why in reasons.items() if why
    )
    stated = [mention for mention, why in reasons.items() if not why]
    stated = [one for one in stated if _rank(text, one) not in ladder] or stated
    if len({mention.period for mention in stated}) != 1:
        several = tuple(Candidate(one.period, name, SEVERAL, weak=False) for one in stated)
        several += _bounds(text, mentions, name) + _compact(name)
        return Reading(candidates=several + known)
    mention = stated[0]
    step = bool(ladder & {_ANY, _rank(text, mention)})
    after = _CITING.sub("", text[stated[-1].end :]) if known else text[stated[-1].end :]
    doubt = _doubt(text, mention, after, ladder=step)
    if doubt and not (series and doubt in (AGED, GLUED)):
        weak = doubt not in (LADDER, AGED)
        return Reading(candidates=(Candidate(mention.period, name, doubt, weak), *known))
    stem = without_period(name, short=short)
    return Reading(_period(text, mention), mention.call, stem)


def _rank(text: str, mention: PeriodMention) -> int:
    """Return how many groups of four digits stand before a period."""
    return len(FOUR.findall(text[: mention.start]))


def _doubt(text: str, mention: PeriodMention, after: str, *, ladder: bool) -> str:
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
    if _UNIT.fullmatch(fold(after)) is None:
        return MIDDLE
    glued = text[max(mention.start - 1, 0) : mention.start].isalpha()
    return GLUED if plain_year and glued and two else ""

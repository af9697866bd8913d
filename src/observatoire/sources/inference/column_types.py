"""Say what a stranger's column measures: its nature, its unit, how its numbers are written."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.formats.cells import UNCOMPUTED
from observatoire.sources.parsers.number_style import strip_unit, ungroup
from observatoire.sources.parsers.numbers import Markers, parse_numbers
from observatoire.sources.parsers.periods import without_period
from observatoire.sources.parsers.ranges import read_range
from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.parsers.number_style import NumberStyle


#: A column is one of figures when half its cells are numbers, or were meant as numbers.
_HALF = 0.5

#: What is written for the unit of a rate that nothing states.
UNKNOWN_UNIT = "à préciser"

#: The unit of a rate, as the name of its column states it.
_RATES = {
    r"‰|(?:pour|p\.) ?mille|(?:pour|\bp\.?|/) ?1[ .]?000\b": "‰",
    r"(?:pour|\bp\.?|/) ?10[ .]?000\b": "pour 10 000",
    r"(?:pour|\bp\.?|/) ?100(?:[ .]?000| ?k)\b": "pour 100 000",
    r"(?<![0-9])(?<![0-9] )%|\bpct\b|pourcent|(?:pour|\bp\.) ?cent\b|\bp\. ?100\b(?! ?000)": "%",
}

#: Columns of one variable that may hold shares beside percentages, by their nature and unit.
_SHARED = [{(str(Nature.RATE), unit)} for unit in (UNKNOWN_UNIT, "%")]

#: So many times below the others, and so near them once times a hundred, a number may be a share.
_FAR, _ALIKE = 10, 3

#: The unit of an amount, as the name of its column tells it.
_MONEY = {
    r"milliard": "milliards d’euros",
    r"million|\bm€|\bm ?euros|_meur(?:os?)?$": "millions d’euros",
    r"millier|\bk€|\bk ?euros|_keur(?:os?)?$": "milliers d’euros",
    r"centaine": "centaines d’euros",
    r"dizaine": "dizaines d’euros",
    "€|euro|_eur$": "euros",
}

#: People of an age: « F1519 », « pop75p »; any other letter before a digit is of a code (« D9 », a decile).
_AGED = re.compile(
    r"(?:^|.*[_ ])(?:[fhmptg]|pop|fem(?:mes?)?|hom(?:mes?)?|ages?|ens)_?[0-9]{2}(?:_?[0-9]{2}|p|plus)"
)

#: Classes of ages, where no cell is a number: « Moins de 25 ans », « 25 ans et plus ».
_AGE = re.compile(r"\bans\b")

#: A part of a whole is at most this, in its unit.
_WHOLE = {"%": 100}

#: Units of what is measured, in which nothing is counted.
_MEASURES = re.compile("m²|m2|ha|hectares|km²|km2|km|[km]wh|minutes|jours|mois|tonnes")

#: The unit of a mean or a median within its name: « Quotient familial moyen en euros ».
_IN_MONEY = re.compile(
    r"\ben (?:[km]?€|(?:(?:milliers|millions) d['’] ?)?euros?)(?! ?/)|(?<![0-9])[_ ][km]?eur(?:os?)?$"
)

#: A measure's unit at the end of its name: « Ancienneté médiane en mois ».
_MEASURED_IN = re.compile(
    r"\ben (ans|annees|mois|semaines|jours|heures|minutes|m²|m2|m3|ha|hectares|km²|km2|km|metres|tonnes|kwh|mwh)$"
)

#: A unit that multiplies its numbers: what has none beside it may be in another.
_SCALED = re.compile(r"[kKmM](?:€|e|euros?)?|(?:milliers|millions)\b.*")

#: What programs write of a number that is not known.
_NO_FIGURES = (-99, -999, -9999, -99999)

#: What ticks a box or is a class, and hides a figure in a column whose name says that it holds some.
_TICKS = {"x", "X", "c", "C", "*"}

_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_UNIT = re.compile(r"[<>≤≥]?\s*[+−–-]?[0-9][0-9\s.,'’]*\s?(%|‰|[€$]|[^\W\d_][^\d]{0,11})")
_ATTEMPT = re.compile(r"[<>≤≥(]?\s*[+−–-]?\s*[0-9][0-9\s.,'’]*[^\d]{0,12}(?:\([0-9a-z]\))?")


@dataclass(frozen=True)
class Measured:
    """What a column measures: its table in ``source.toml``, what is doubtful, the signs it holds.

    ``mixed`` is a share without a sign among percentages, which reads in two ways; ``share`` a number that may
    be one, where nothing is written after any, after why it may; ``contrary`` the unit of the title, which it
    cannot be in.
    """

    declaration: dict[str, object]
    doubt: str
    signs: tuple[str, ...]
    mixed: str = ""
    share: tuple[str, str] | None = None
    contrary: str = ""


def measure(name: str, filled: pd.Series, writing: NumberStyle) -> Measured | None:
    """Return what a column of figures measures, None when it is no such column.

    Parameters
    ----------
    name : str
        Its title.
    filled : Series of str
        Its cells that are not blank.
    writing : NumberStyle
        How the table writes its numbers.

    Examples
    --------
    >>> from observatoire.sources.parsers.number_style import NumberStyle
    >>> measure("Revenu médian", pd.Series(["12 345 €", "11 000 €"]), NumberStyle()).declaration
    {'label': 'Revenu médian', 'nature': 'median', 'unit': '€'}
    >>> measure("Commentaire", pd.Series(["vu", "à revoir"]), NumberStyle()) is None
    True
    """
    texts = [str(text) for text in filled.unique()]
    if are_ranked(texts) and signs().nature(name) is not Nature.COUNT:
        return None
    words = [text for text in texts if not _PLAIN.fullmatch(text)]
    if texts and not words and not writing.thousands:
        values = pd.Series([float(text.replace(",", ".")) for text in texts])
        return _declared(name, texts, values)
    found = [text for text in words if signs().meaning(text)]
    # In « 10 et plus », a class, « et plus » is no unit.
    bare = {text for text in words if "%" not in text and read_range(text, Nature.COUNT)}
    others = [text for text in words if not signs().meaning(text) and text not in bare]
    unit = _unit_of(others, len(texts) - len(words))
    stripped = strip_unit(ungroup(pd.Series(texts, dtype="str"), writing.thousands), unit)
    numbers = parse_numbers(stripped, Markers(secret=tuple(found)), nature=Nature.COUNT)
    figures = numbers.value.notna() | numbers.low.notna()
    pairs = zip(texts, figures, strict=True)
    meant = [read or text == UNCOMPUTED or bool(_ATTEMPT.fullmatch(text)) for text, read in pairs]
    tried = pd.Series(meant, dtype=bool)
    banded = numbers.low.notna().any() and signs().aged.fullmatch(fold(name))
    banded = banded or (numbers.value.isna().all() and _AGE.search(" ".join(texts)))
    if banded or not (tried.any() or _is_hidden(name, texts)):
        return None
    if (tried | (numbers.marker != "")).mean() < _HALF:
        return None
    ranged = bool(numbers.low.notna().any())
    measured = _declared(name, texts, numbers.value, unit, ranged=ranged)
    rated = signs().nature(name) is not None or bool(_rate_unit(name))
    mixed = _mixed(texts, numbers.value, rated=rated) if unit == "%" else ""
    return replace(measured, signs=tuple(found), mixed=mixed)


def _is_hidden(name: str, texts: list[str]) -> bool:
    """Say whether a column is one of figures that its producer hides, all of them.

    Examples
    --------
    >>> _is_hidden("Expulsions", ["s", "nd"]), _is_hidden("ZFU", ["x"]), _is_hidden("CONF_STATUS", ["C"])
    (True, False, False)
    """
    kinds = {signs().meaning(text) for text in texts}
    ticked = not {*texts} - _TICKS and signs().nature(name) is None
    said = (f"{fold(name)}={text}" for text in texts)
    stated = any(
        signs().stated_secret.fullmatch(fold(one)) or signs().confidential.fullmatch(one)
        for one in said
    )
    return "secret" in kinds and "" not in kinds and not ticked and not stated


def are_ranked(texts: list[str]) -> bool:
    """Say whether numbers are those of things, all of one width by their zeros: they count nothing.

    Examples
    --------
    >>> are_ranked(["0012", "0113"]), are_ranked(["012", "20"]), are_ranked(["0,5"]), are_ranked(["0", "1"])
    (True, False, False, False)
    """
    led = any(text[:1] == "0" and text.isdecimal() for text in texts)
    return led and len(set(map(len, texts))) == 1 < len(texts[0]) and "".join(texts).isdecimal()


def _declared(
    name: str, texts: list[str], values: pd.Series, unit: str = "", *, ranged: bool = False
) -> Measured:
    """Return what numbers measure by their name, the unit written after them, their form."""
    rated = unit in _RATES.values() or bool(_rate_unit(name))
    nature, doubt = _nature(name, values.dropna(), rated=rated, ranged=ranged)
    unit_written = _unit_of_name(name, nature, unit)
    label = " ".join(name.split())
    rated = nature is Nature.RATE and unit_written in ("%", UNKNOWN_UNIT)
    per_cent = unit_written == "%" != unit and not signs().is_change(name)
    share = _share(texts, values, per_cent=per_cent) if rated else None
    declaration: dict[str, object] = {"label": label, "nature": str(nature), "unit": unit_written}
    return Measured(declaration, doubt, (), share=share)


def measure_under(name: str, filled: pd.Series, writing: NumberStyle, unit: str) -> Measured | None:
    """Return what a column measures under a title that states the unit of its table; see :func:`measure`.

    What its name or its cells state is not changed by it.

    Examples
    --------
    >>> from observatoire.sources.parsers.number_style import NumberStyle
    >>> found = measure_under("Femmes", pd.Series(["52", "48"]), NumberStyle(), "%")
    >>> found.declaration, measure_under("Femmes", pd.Series(["520"]), NumberStyle(), "%").contrary
    ({'label': 'Femmes', 'nature': 'rate', 'unit': '%'}, '%')
    """
    measured = measure(name, filled, writing)
    if not unit or measured is None or measured.declaration["unit"] not in ("", UNKNOWN_UNIT):
        return measured
    unit = _rate_unit(unit) or unit
    counted = measured.declaration["nature"] == Nature.COUNT
    rated = unit in _RATES.values()
    money = "euro" in unit or "€" in unit
    if (
        _MEASURES.fullmatch(unit) and counted
    ):  # « Logements » under « En m² »: how many, or how wide
        return replace(measured, contrary=unit if measured.doubt else "")
    if _MEASURES.fullmatch(unit) or (counted and not rated and not money):
        return replace(measured, declaration={**measured.declaration, "unit": unit})
    # « Ménages » under « En euros »: people, or what they earn.
    people = money and signs().heads.counted_things.match(fold(name.replace("_", " "))) is not None
    # « Population » under « Taux pour mille habitants »: any count is below a thousand somewhere.
    things = people or (rated and unit not in _WHOLE)
    if counted and (things or not measured.doubt):
        return replace(measured, contrary=unit if rated or measured.doubt else "")
    if not rated and signs().heads.dimensions.match(fold(name)):
        return measured  # no age is in euros, whatever the title says of the others
    return _again_in(unit, measured, name, filled, writing)


def _again_in(
    unit: str, measured: Measured, name: str, filled: pd.Series, writing: NumberStyle
) -> Measured:
    """Return what a column measures once the unit of its title is written in its name."""
    again = measure(f"{name} (en {unit})", filled, writing)
    beyond = unit in _WHOLE and parse_numbers(filled, Markers(), ",").value.max() > _WHOLE[unit]
    # A change may well be of more than a hundred per cent.
    if again is None or (beyond and not signs().is_change(name)):
        return replace(measured, contrary=unit)
    return replace(again, declaration={**again.declaration, "label": measured.declaration["label"]})


def doubtful_share(columns: Mapping[str, tuple[Measured, pd.Series]]) -> tuple[str, str] | None:
    """Return a column of shares whose fellows are in per cent, with one; stated once, the unit is of all.

    Examples
    --------
    >>> from observatoire.sources.parsers.number_style import NumberStyle
    >>> cells = {"part_2011": pd.Series(["0,2"]), "part_2016": pd.Series(["14,4"])}
    >>> measured = {name: measure(name, one, NumberStyle()) for name, one in cells.items()}
    >>> doubtful_share({name: (one, cells[name]) for name, one in measured.items() if one})
    ('part_2011', '0,2')
    """
    stated = [one.declaration for one, _ in columns.values()]
    if {(one["nature"], one["unit"]) for one in stated} not in _SHARED:
        return None
    highest = {
        name: parse_numbers(cells, Markers(), ",").value.max()
        for name, (_, cells) in columns.items()
    }
    share = next((name for name, most in highest.items() if most <= 1), "")
    doubtful = share and max(highest.values()) >= _FAR * highest[share]
    return (share, str(columns[share][1].iloc[0])) if doubtful else None


def _mixed(texts: list[str], values: pd.Series, *, rated: bool) -> str:
    """Return a number without a sign among percentages: a share (0.25), or any where the name states no nature."""
    unmarked = [
        value for text, value in zip(texts, values, strict=True) if "%" not in text and value > 0
    ]
    shown = [value for text, value in zip(texts, values, strict=True) if "%" in text]
    doubtful = unmarked and shown and (not rated or max(unmarked) <= 1)
    return (
        next(text for text, v in zip(texts, values, strict=True) if v == unmarked[0])
        if doubtful
        else ""
    )


def _share(
    texts: list[str], values: pd.Series, *, per_cent: bool = False
) -> tuple[str, str] | None:
    """Return a number that may be a share, and why: far below the percentages beside it, or none is beyond one.

    Examples
    --------
    >>> _share(["0,11", "26", "25"], pd.Series([0.11, 26, 25]))
    ('small', '0,11')
    >>> _share(["0,8", "12,4", "13,5"], pd.Series([0.8, 12.4, 13.5]), per_cent=True)
    >>> _share(["0", "0,32"], pd.Series([0, 0.32]), per_cent=True)
    ('fraction', '0,32')
    """
    shares, others = values[(values > 0) & (values <= 1)], values[values > 1]
    if shares.empty or others.min() < _FAR * shares.max():
        return None
    if others.empty:
        whole = per_cent and not (values < 0).any()
        return ("fraction", texts[shares.index[0]]) if whole else None
    near = shares[(100 * shares).between(others.min() / _ALIKE, others.max() * _ALIKE)]
    return next((("small", texts[at]) for at in near.index if "%" not in texts[at]), None)


def _unit_of(texts: list[str], unmarked: int) -> str:
    """Return the one unit written after the numbers of a column, ``bare`` of which have none."""
    found = Counter(match[1].strip() for text in texts if (match := _UNIT.fullmatch(text)))
    if "%" in found:
        return "%"
    whole = [text for text in texts if text[-1:].isdecimal() or _UNIT.fullmatch(text)]
    unit = next(iter(found), "")
    # « 600 » beside « 12 k€ » may be so many euros, or so many thousands.
    scaled = _SCALED.fullmatch(unit) is not None and len(whole) + unmarked > found[unit]
    # « 25 ans et plus » is a class, and no 25 in « ans et plus ».
    scaled = scaled or unit.endswith(("plus", "moins"))
    single = len(found) == 1 and 2 * found[unit] > len(whole) + unmarked and not scaled
    return unit if single and unit != "e" and not signs().call(unit) else ""


def _nature(name: str, values: pd.Series, *, rated: bool, ranged: bool) -> tuple[Nature, str]:
    nature = signs().nature(name) or (Nature.RATE if rated else None)
    if nature is None and ranged:
        nature = Nature.COUNT  # « <5 » is written of people, not of an index
    if nature is not None:
        return nature, ""
    # « -999 » is no figure: the count that it stands in is refused for it.
    figures = values[~values.isin(_NO_FIGURES)].to_numpy()
    whole = bool((figures == figures.round()).all() and (figures >= 0).all() and len(figures))
    if _scale(name) and (figures >= 0).all():
        return Nature.COUNT, "nature à vérifier"
    # « Littoral » of zeros and ones may say yes or no, and « Écoles » count one.
    whole = whole and set(figures) != {0.0, 1.0}
    # « Éloignement (km) », « bud_keur »: what has such a unit is measured.
    plain = fold(name)
    if any(form.search(plain) for form in (signs().heads.bracketed, _IN_MONEY, _MEASURED_IN)):
        whole = False
    stem = without_period(name)  # « T1 » before or after a year is a quarter, no code
    coded = re.search(r"[A-Za-z][0-9]", stem) and not _AGED.fullmatch(fold(name))
    if whole and not coded and not signs().is_magnitude(name):
        return Nature.COUNT, "nature à vérifier"
    return Nature.INDEX, "nature à préciser : count, amount, rate, median, mean ou index"


def _rate_unit(name: str) -> str:
    """Return the unit of a rate that the name of its column states, or an empty text.

    Examples
    --------
    >>> [_rate_unit(name) for name in ("taux_pour_mille", "Taux (pour 10 000 hab.)", "agri_pct_2016", "Taux")]
    ['‰', 'pour 10 000', '%', '']
    """
    plain = fold(name.replace("_", " "))
    return next((unit for words, unit in _RATES.items() if re.search(words, plain)), "")


def _scale(name: str) -> str:
    """Return the thousands or the millions in which the name of a column says that it counts.

    Examples
    --------
    >>> [_scale(name) for name in ("Effectifs en milliers", "Ménages (x 1 000)", "Milliers d’euros", "Part")]
    ['milliers', 'milliers', '', '']
    """
    found = signs().heads.scaled.search(fold(name.replace("_", " ")))
    if found is None:
        return ""
    return found[1] or ("centaines" if found["hundreds"] else "milliers")


def _unit_of_name(name: str, nature: Nature, unit: str) -> str:
    """Return the unit written after the numbers, or stated by the name; never one that their size suggests."""
    if unit or nature is Nature.COUNT:
        return unit or _scale(name)
    if nature is Nature.RATE:
        return _rate_unit(name) or UNKNOWN_UNIT
    money = (words for form, words in _MONEY.items() if re.search(form, name.casefold()))
    if nature is Nature.AMOUNT:
        return next(money, UNKNOWN_UNIT)
    # « Loyer moyen (€/m²) », « Évolution (%) »: what stands in brackets at the end is their unit, as written.
    stated = signs().heads.bracketed.search(fold(name)) or _MEASURED_IN.search(fold(name.strip()))
    if stated is None:
        written = next(money, "") if _IN_MONEY.search(fold(name)) else ""
        bare = UNKNOWN_UNIT if re.match("(?:taux|tx)[ _]", fold(name)) else ""
        return written or (_rate_unit(name) or bare if nature is Nature.INDEX else "")
    whole = "" if "/" in stated[1] else next(money, "")
    written = re.sub(r"[\s)\]]+$", "", name)[-len(stated[1]) :]
    as_written = written if fold(written) == stated[1] else stated[1]
    return _rate_unit(stated[0]) or whole or as_written

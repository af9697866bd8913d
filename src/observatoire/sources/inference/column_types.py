"""Say what a stranger's column measures: its nature, its unit, how its numbers are written."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.parsers.number_style import strip_unit, ungroup
from observatoire.sources.parsers.numbers import Markers, parse_numbers
from observatoire.sources.parsers.ranges import read_range
from observatoire.sources.parsers.vocabulary import signs
from observatoire.values import Nature

if TYPE_CHECKING:
    from observatoire.sources.parsers.number_style import NumberStyle


#: A column is one of figures when half its cells are numbers, or were meant as numbers.
_HALF = 0.5

#: A share is at most one: beyond, a rate is written in per cent.
_SHARE = 1.5

#: So many times below the others, and so near them once times a hundred, a number may be a share.
_FAR, _ALIKE = 10, 3

#: The unit of an amount, as the name of its column tells it.
_MONEY = {
    r"million|\bm€|\bm ?euros": "millions d’euros",
    r"millier|\bk€|\bk ?euros": "milliers d’euros",
    "€|euro|montant": "euros",
}

_PLAIN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
_UNIT = re.compile(r"[<>≤≥]?\s*[+−–-]?[0-9][0-9\s.,'’]*\s?(%|[€$]|[^\W\d_][^\d]{0,11})")
_ATTEMPT = re.compile(r"[<>≤≥(]?\s*[+−–-]?\s*[0-9][0-9\s.,'’]*[^\d]{0,12}(?:\([0-9a-z]\))?")


@dataclass(frozen=True)
class Measured:
    """What a column measures: its table in ``source.toml``, what is doubtful, the signs it holds.

    ``mixed`` is a share without a sign among percentages, which reads in two ways; ``small`` a number that may
    be one, where nothing is written after any.
    """

    declaration: dict[str, object]
    doubt: str
    signs: tuple[str, ...]
    mixed: str = ""
    small: str = ""


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
    words = [text for text in texts if not _PLAIN.fullmatch(text)]
    found = [text for text in words if signs().meaning(text)]
    others = [text for text in words if not signs().meaning(text) and not _is_bare_range(text)]
    unit = _unit_of(others, len(texts) - len(words))
    stripped = strip_unit(ungroup(pd.Series(texts, dtype="str"), writing.thousands), unit)
    numbers = parse_numbers(stripped, Markers(secret=tuple(found)), nature=Nature.COUNT)
    figures = numbers.value.notna() | numbers.low.notna()
    pairs = zip(texts, figures, strict=True)
    tried = pd.Series([read or bool(_ATTEMPT.fullmatch(text)) for text, read in pairs], dtype=bool)
    if not tried.any() or (tried | (numbers.marker != "")).mean() < _HALF:
        return None
    percent = unit == "%" or "%" in name
    values = numbers.value.dropna()
    mixed = _mixed(texts, numbers.value) if unit == "%" else ""
    nature, doubt = _nature(name, values, percent=percent, ranged=bool(numbers.low.notna().any()))
    unit_written = _unit_of_name(name, nature, unit, values, percent=percent)
    label = " ".join(name.split())
    small = _small(texts, numbers.value) if nature is Nature.RATE and unit_written == "%" else ""
    return Measured(
        {"label": label, "nature": str(nature), "unit": unit_written},
        doubt,
        tuple(found),
        mixed,
        small,
    )


def _is_bare_range(text: str) -> bool:
    """Say whether a text is a class without a unit: in « 10 et plus », « et plus » is none."""
    return "%" not in text and read_range(text, Nature.COUNT) is not None


def _mixed(texts: list[str], values: pd.Series) -> str:
    """Return a share without a sign (0.25) that stands among percentages (25 %): which is meant is not stated."""
    unmarked = [
        value for text, value in zip(texts, values, strict=True) if "%" not in text and value > 0
    ]
    shown = [value for text, value in zip(texts, values, strict=True) if "%" in text]
    doubtful = unmarked and shown and max(unmarked) <= 1
    return (
        next(text for text, v in zip(texts, values, strict=True) if v == unmarked[0])
        if doubtful
        else ""
    )


def _small(texts: list[str], values: pd.Series) -> str:
    """Return a number far below the percentages of its column, and among them once times a hundred.

    Examples
    --------
    >>> _small(["0,11", "26", "25"], pd.Series([0.11, 26, 25]))
    '0,11'
    >>> _small(["0,8", "12,4", "13,5"], pd.Series([0.8, 12.4, 13.5]))
    ''
    """
    shares, others = values[(values > 0) & (values <= 1)], values[values > 1]
    if shares.empty or others.empty or others.min() < _FAR * shares.max():
        return ""
    low, high = others.min() / _ALIKE, others.max() * _ALIKE
    pairs = zip(texts, values, strict=True)
    return next(
        (text for text, share in pairs if 0 < share <= 1 and low <= 100 * share <= high), ""
    )


def _unit_of(texts: list[str], unmarked: int) -> str:
    """Return the one unit written after the numbers of a column, ``bare`` of which have none."""
    found = Counter(match[1].strip() for text in texts if (match := _UNIT.fullmatch(text)))
    if "%" in found:
        return "%"
    whole = [text for text in texts if text[-1:].isdecimal() or _UNIT.fullmatch(text)]
    unit = next(iter(found), "")
    single = len(found) == 1 and 2 * found[unit] > len(whole) + unmarked
    return unit if single and unit != "e" and not signs().call(unit) else ""


def _nature(name: str, values: pd.Series, *, percent: bool, ranged: bool) -> tuple[Nature, str]:
    nature = signs().nature(name) or (Nature.RATE if percent else None)
    if nature is None and ranged:
        nature = Nature.COUNT  # « <5 » is written of people, not of an index
    if nature is not None:
        return nature, ""
    whole = bool((values == values.round()).all() and (values >= 0).all())
    if whole and not re.search(r"[A-Za-z][0-9]", name):
        return Nature.COUNT, "nature à vérifier"
    return Nature.INDEX, "nature à préciser : count, amount, rate, median, mean ou index"


def _unit_of_name(name: str, nature: Nature, unit: str, values: pd.Series, *, percent: bool) -> str:
    if nature is Nature.RATE and not (unit and unit != "%"):
        return "%" if percent or bool((values > _SHARE).any()) else "part"
    if not unit and nature is Nature.AMOUNT:
        return next(
            (
                unit_found
                for words, unit_found in _MONEY.items()
                if re.search(words, name.casefold())
            ),
            "",
        )
    return unit

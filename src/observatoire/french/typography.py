"""French typography of numbers: decimal comma, narrow no-break space, real minus sign."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import Literal

#: Signs that turn or cut what follows them, unseen: what is read loses them, what is declared may not
#: hold any.
MARKS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"

NARROW = "\u202f"  # espace fine insécable : milliers, avant % ; : ! ?
NO_BREAK = "\u00a0"
MINUS = "\u2212"


def number(value: float, decimals: int = 0, *, sign: bool = False) -> str:
    r"""Write a number as French readers expect it.

    Parameters
    ----------
    value : float
        The number; NaN is refused, for an absent value has a status and a mark, not a number.
    decimals : int
        Digits after the comma; halves are rounded away from zero, as Insee does.
    sign : bool
        Write the plus sign too (differences).

    Examples
    --------
    >>> number(81017), number(-1234.567, 1), number(0.25, 1, sign=True)
    ('81\u202f017', '\u22121\u202f234,6', '+0,3')
    """
    if math.isnan(value):
        message = "a missing value has a mark, not a number"
        raise ValueError(message)
    scaled = round_half_up(value, decimals)
    text = f"{abs(scaled):,.{decimals}f}".replace(",", NARROW).replace(".", ",")
    if scaled < 0:
        return MINUS + text
    return f"+{text}" if sign and scaled > 0 else text


def round_half_up(value: float, decimals: int = 0) -> float:
    """Round halves away from zero, looking at the number as it is written, not at its binary form.

    Examples
    --------
    >>> round_half_up(2.5), round_half_up(0.125, 2), round_half_up(-0.4)
    (3.0, 0.13, 0.0)
    """
    shifted = (
        float(f"{abs(value)}e{decimals}") if "e" not in f"{value}" else abs(value) * 10**decimals
    )
    rounded = math.floor(shifted + 0.5) / 10**decimals
    return math.copysign(rounded, value) if rounded else 0.0


def with_unit(value: float, unit: str, decimals: int = 0) -> str:
    r"""Write a number followed by its unit, joined by the space French typography asks for.

    Examples
    --------
    >>> with_unit(27.44, "%", 1), with_unit(1200, "euros")
    ('27,4\u202f%', '1\u202f200\xa0euros')
    """
    text = number(value, decimals)
    if not unit:
        return text
    return f"{text}{NARROW if unit == '%' else NO_BREAK}{unit}"


def interval(low: float, high: float, decimals: int = 0) -> str:
    r"""Write an interval between square brackets.

    Examples
    --------
    >>> interval(0, 1234.5, 1)
    '[0,0\u202f; 1\u202f234,5]'
    """
    return f"[{number(low, decimals)}{NARROW}; {number(high, decimals)}]"


def within_bounds(text: str, low: float, high: float, decimals: int = 0) -> str:
    r"""Write a number already written with its interval, which never breaks over two lines.

    Examples
    --------
    >>> within_bounds("+2,0", -0.5, 4.5, 1)
    '+2,0 [−0,5 ; 4,5]'
    """
    return f"{text} {interval(low, high, decimals).replace(' ', NO_BREAK)}"


def spaced(text: str) -> str:
    r"""Make the spaces that go with double punctuation, quotes and % unbreakable.

    Examples
    --------
    >>> spaced("IRIS : « Bourg » ; 8 % ?")
    'IRIS\xa0: «\xa0Bourg\xa0»\u202f; 8\u202f%\u202f?'
    """
    return _NARROW_BEFORE.sub(NARROW, _WIDE_BEFORE.sub(NO_BREAK, _AFTER_QUOTE.sub(NO_BREAK, text)))


_NARROW_BEFORE = re.compile(r"(?<=\S) (?=[;!?%])")
_WIDE_BEFORE = re.compile(r"(?<=\S) (?=[:»])")
_AFTER_QUOTE = re.compile(r"(?<=«) ")


def ordinal(rank: int) -> str:
    """Write a rank.

    Examples
    --------
    >>> ordinal(1), ordinal(12)
    ('1er', '12e')
    """
    return "1er" if rank == 1 else f"{number(rank)}e"


def plural(count: int, singular: str, several: str | None = None) -> str:
    r"""Write a count with its noun, in French agreement (nothing and one are singular).

    Examples
    --------
    >>> plural(0, "ligne"), plural(2, "ligne"), plural(3, "tableau", "tableaux")
    ('0\xa0ligne', '2\xa0lignes', '3\xa0tableaux')
    """
    noun = singular if count < 2 else (several or several_of(singular))  # noqa: PLR2004 - French
    return f"{number(count)}{NO_BREAK}{noun}"


def several_of(noun: str) -> str:
    """Return the plural of a regular noun; initials and words in s, x or z do not change.

    Examples
    --------
    >>> several_of("quartier"), several_of("IRIS"), several_of("QPV")
    ('quartiers', 'IRIS', 'QPV')
    """
    return noun if noun.isupper() or noun.endswith(("s", "x", "z")) else f"{noun}s"


def capital(text: str) -> str:
    """Write the first letter as a capital, the others as they are.

    Examples
    --------
    >>> capital("aucun IRIS"), capital("")
    ('Aucun IRIS', '')
    """
    return f"{text[:1].upper()}{text[1:]}"


def enumerate_words(words: list[str], *, most: int = 0) -> str:
    """Join words with commas and a final « et ».

    Examples
    --------
    >>> enumerate_words(["a", "b", "c"]), enumerate_words(["a", "b", "c", "d"], most=2)
    ('a, b et c', 'a, b et 2 autres')
    """
    if most and len(words) > most:
        others = len(words) - most
        return f"{', '.join(words[:most])} et {others} {'autre' if others == 1 else 'autres'}"
    if len(words) < 2:  # noqa: PLR2004 - nothing to join
        return "".join(words)
    return f"{', '.join(words[:-1])} et {words[-1]}"


_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def of_name(name: str) -> str:
    """Write « de » before a name, elided or contracted as French does.

    Examples
    --------
    >>> [of_name(name) for name in ("Dillon", "Acajou", "Le Lamentin", "Les Trois-Îlets")]
    ['de Dillon', 'd’Acajou', 'du Lamentin', 'des Trois-Îlets']
    """
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"d’{name}" if name[:1].upper() in VOWELS else f"de {name}"


def to_name(name: str) -> str:
    """Write « à » before a name, contracted as French does.

    Examples
    --------
    >>> [to_name(name) for name in ("Dillon", "Le Lamentin", "Les Trois-Îlets")]
    ['à Dillon', 'au Lamentin', 'aux Trois-Îlets']
    """
    for article, contracted in (("Le ", "au "), ("Les ", "aux ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    return f"à {name}"


VOWELS = frozenset("AÀÂÄEÉÈÊËIÎÏOÔÖUÙÛÜŒÆ")


def day(date: dt.date) -> str:
    r"""Write a date in full.

    Examples
    --------
    >>> import datetime as dt
    >>> day(dt.date(2007, 3, 1)), day(dt.date(2007, 3, 22))
    ('1er\xa0mars\xa02007', '22\xa0mars\xa02007')
    """
    first = "1er" if date.day == 1 else str(date.day)
    return f"{first}{NO_BREAK}{_MONTHS[date.month - 1]}{NO_BREAK}{date.year}"


def in_full(text: str) -> str:
    r"""Write a date given as ``AAAA-MM-JJ`` or ``AAAA-MM`` in full; any other text as it is.

    Examples
    --------
    >>> in_full("2013-03-22"), in_full("2012-05"), in_full("2011-T2")
    ('22\xa0mars\xa02013', 'mai\xa02012', '2011-T2')
    """
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?", text):
        return text
    year, month, *rest = (int(part) for part in text.split("-"))
    return day(dt.date(year, month, *rest)) if rest else f"{_MONTHS[month - 1]}{NO_BREAK}{year}"


def unaccented(text: str, form: Literal["NFD", "NFKD"] = "NFKD") -> str:
    """Reduce a text to small letters without accents; « ² » stays what it is under ``"NFD"``.

    Examples
    --------
    >>> unaccented("Sainte-Thérèse 2²"), unaccented("2²", "NFD")
    ('sainte-therese 22', '2²')
    """
    if text.isascii():
        return text.casefold()
    flat = unicodedata.normalize(form, text.casefold())
    return "".join(char for char in flat if not unicodedata.combining(char))

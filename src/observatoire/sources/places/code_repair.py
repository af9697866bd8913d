"""Give a code back what a spreadsheet took from it or added to it, where the list allows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.territories.matcher import Matcher


#: What a spreadsheet, or a program that took codes for numbers, writes of one.
_AS_NUMBER = re.compile(r'([0-9]+)(?:[.,]0+)?|="([0-9]+)"')
_MARKED = r'^(?:([0-9]+)[.,]0+|="([0-9]+)")$'


def is_numbered(raw: str) -> bool:
    """Say whether a text is what a spreadsheet may write of a code that it takes for a number.

    Examples
    --------
    >>> [is_numbered(raw) for raw in ("1004", "1004.0", '="01004"', "2A004")]
    [True, True, True, False]
    """
    return _AS_NUMBER.fullmatch(raw) is not None


def restored_code(raw: str, matcher: Matcher) -> str:
    """Return the code that ``raw`` was before a spreadsheet took it for a number, or an empty string.

    It may have lost its zero, gained decimals (« 972090101.0 ») or be a formula (« ="972090101" »).

    Examples
    --------
    >>> from observatoire.territories.matcher import Matcher
    >>> ain = Matcher({"01004": "Ambérieu-en-Bugey", "01005": "Ambérieux-en-Dombes"})
    >>> restored_code("1004", ain), restored_code("01004", ain), restored_code("1006", ain)
    ('01004', '', '')
    >>> restored_code("1004.0", ain), restored_code('="01004"', ain)
    ('01004', '01004')
    """
    found = _AS_NUMBER.fullmatch(raw)
    if found is None:
        return ""
    digits = found[1] or found[2]
    code = f"0{digits}" if len(digits) + 1 == matcher.width else digits
    if len(code) != matcher.width or code == raw:
        return ""
    named = code not in matcher.names or matcher.find(raw) or matcher.matches(raw)
    return "" if named else code


def without_number(texts: pd.Series) -> pd.Series:
    """Return texts without what a program that takes codes for numbers puts around them.

    Examples
    --------
    >>> import pandas as pd
    >>> without_number(pd.Series(["97209.0", '="97209"', "Dillon 2.0"], dtype="str")).tolist()
    ['97209', '97209', 'Dillon 2.0']
    """
    marked = texts.str.fullmatch(_MARKED).fillna(value=False).astype(bool)
    return texts.mask(marked, texts[marked].str.replace(r"[.,]0+$|[=\"]", "", regex=True))


def place_of(text: str, matcher: Matcher) -> str:
    """Return a code that a text names, restored if need be, or an empty string.

    Of namesakes, it is the first: the commune of each row tells which, or the row is refused.
    """
    named = matcher.find(text) or next(iter(matcher.matches(text)), "")
    return named or restored_code(text.strip(), matcher)

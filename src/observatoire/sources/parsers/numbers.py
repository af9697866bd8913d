"""Read numbers as French producers write them, and the signs they write instead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd

from observatoire.declarations.fields import Flag, Texts, declared, doc, on_reading, refuse
from observatoire.sources.parsers.ranges import read_range
from observatoire.sources.parsers.vocabulary import signs
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    import pyarrow as pa


@declared
class Markers:
    """The signs a producer writes instead of a number, and what a blank cell means.

    ``zero`` are those that stand for no one (« néant »); ``zero_below`` says whether « <5 » may be
    zero.
    """

    secret: Annotated[Texts, doc("Marques du secret.")] = ()
    missing: Annotated[Texts, doc("Marques de ce qui n’est pas disponible.")] = ()
    not_applicable: Annotated[Texts, doc("Marques de ce qui est sans objet.")] = ()
    zero: Annotated[Texts, doc("Marques de zéro : « néant ».")] = ()
    blank: Annotated[
        Literal["missing", "secret", "zero"], doc("Ce que veut dire une cellule vide.")
    ] = "missing"
    zero_below: Annotated[Flag, doc("true : « <5 » peut être zéro.")] = True

    @on_reading
    def _has_one_meaning(self) -> None:
        meanings = ("secret", "missing", "not_applicable", "zero")
        signs = [sign for meaning in meanings for sign in getattr(self, meaning)]
        for meaning in reversed(meanings):
            for sign in getattr(self, meaning):
                if signs.count(sign) > 1:
                    raise refuse(f"la marque « {sign} » a déjà un autre sens", meaning)

    def statuses(self) -> dict[str, Status]:
        """Return the status that each sign stands for."""
        return {
            **dict.fromkeys(self.secret, Status.SECRET),
            **dict.fromkeys(self.missing, Status.MISSING),
            **dict.fromkeys(self.not_applicable, Status.NOT_APPLICABLE),
            **dict.fromkeys(self.zero, Status.OBSERVED),
        }


#: Spaces used between thousands: ordinary, tabulation, no-break, figure, thin, narrow no-break.
_SPACES = "[ \t\u00a0\u2007\u2009\u200a\u202f]"

#: What is typed for a minus: its own sign, and the dash that a word processor makes of a hyphen.
_MINUS = "^[−–](?= ?[0-9.,])"

#: The decimal marks read, by what ``decimal`` says.
_POINT = {"": "[.,]", ".": r"\.", ",": ","}

#: Numbers that need no care: digits and at most one decimal mark.
_PLAIN = {"": "^-?[0-9]+([.,][0-9]+)?$", ".": r"^-?[0-9]+(\.[0-9]+)?$", ",": "^-?[0-9]+(,[0-9]+)?$"}

#: A number, and what follows it.
_CALLED = r"^(?P<number>[+−-]?[0-9][0-9\s.,]*?)\s*(?P<call>[^0-9\s.,][^0-9]*)$"

#: The statuses a cell of a file can have, in the order of their codes.
CELL_STATUSES = (
    str(Status.OBSERVED),
    str(Status.MISSING),
    str(Status.SECRET),
    str(Status.NOT_APPLICABLE),
    str(Status.BOUNDED),
)
_CODES = {status: code for code, status in enumerate(CELL_STATUSES)}
_OBSERVED, _MISSING, _SECRET, _, _BOUNDED = range(len(CELL_STATUSES))


@dataclass(frozen=True)
class Numbers:
    """Parsed cells: aligned Series, and which texts are neither a number, a range nor a marker.

    ``note`` says what a range means (« moins de 5 ; zéro possible »), or the mark after a number.
    """

    value: pd.Series
    low: pd.Series
    high: pd.Series
    status: pd.Series
    marker: pd.Series
    note: pd.Series
    unreadable: pd.Series


def parse_numbers(
    raw: pd.Series, markers: Markers, decimal: str = "", nature: Nature | None = None
) -> Numbers:
    """Read a column of texts.

    Parameters
    ----------
    raw : Series of str
        The cells, as written.
    markers : Markers
        The producer's signs; a blank means what ``markers.blank`` says.
    decimal : str
        ``"."`` or ``","``: the other one is then no number, for it could be a thousands mark; when
        empty both are read as decimal. A space is read only between groups of three digits: what
        ``"12 5"`` meant cannot be known.
    nature : Nature, optional
        With it, ranges are read too: ``"<5"`` and « de 5 à 9 » become bounds (a count below five
        is at most four, a rate below five is at most five); « 10 et plus » keeps its one bound and
        is *missing*. A declared marker stays a marker.

    Returns
    -------
    Numbers
        ``value`` is NaN wherever the status has no value; ``marker`` keeps the sign as written,
        and a number with its mark (« 12 (p) »).

    Examples
    --------
    >>> from observatoire.sources.parsers.numbers import Markers
    >>> from observatoire.values import Nature
    >>> n = parse_numbers(pd.Series(["1 234,5", "s", "", "x"]), Markers(secret=("s",)))
    >>> n.value.to_list(), n.status.to_list(), n.unreadable.to_list()
    ([1234.5, nan, nan, nan], ['observed', 'secret', 'missing', 'missing'],
     [False, False, False, True])
    >>> n = parse_numbers(pd.Series(["<5", "de 5 à 9"]), Markers(), nature=Nature.COUNT)
    >>> n.low.to_list(), n.high.to_list(), n.status.to_list()
    ([0.0, 5.0], [4.0, 9.0], ['bounded', 'bounded'])
    """
    plain = _read_plain(raw, markers, decimal)
    value = np.full(len(raw), np.nan) if plain is None else plain
    hard = np.flatnonzero(np.isnan(value))
    if not len(hard):
        return _plain(raw.index, value)
    codes = np.zeros(len(raw), dtype=np.int8)
    careful = _read_carefully(raw.iloc[hard], markers, decimal, nature)
    value[hard], codes[hard] = careful.value.to_numpy(), careful.status.cat.codes.to_numpy()
    return _assemble(raw.index, value, codes, hard, careful)


def _read_plain(raw: pd.Series, markers: Markers, decimal: str) -> np.ndarray | None:
    """Return the cells that are plain numbers, NaN for all that needs care; None when all do."""
    import pyarrow as pa  # noqa: PLC0415 - the fast road
    import pyarrow.compute as pc  # noqa: PLC0415

    array = pa.array(raw, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    digits = [sign for sign in markers.statuses() if any(char.isdecimal() for char in sign)]
    if not (pa.types.is_string(array.type) or pa.types.is_large_string(array.type)):
        return None
    if not digits and decimal != ",":
        whole = _cast(array)
        if whole is not None:
            return whole
    good = pc.fill_null(pc.match_substring_regex(array, _PLAIN[decimal]), False)  # noqa: FBT003
    if digits:
        good = pc.and_(good, pc.invert(pc.is_in(array, value_set=pa.array(digits, array.type))))
    kept = pc.if_else(good, array, pa.scalar(None, array.type))
    return _cast(kept if decimal == "." else pc.replace_substring(kept, ",", "."))


def _cast(array: pa.Array) -> np.ndarray | None:
    """Return texts as finite numbers, or None when one is not; absent ones are NaN."""
    import pyarrow as pa  # noqa: PLC0415 - the fast road
    import pyarrow.compute as pc  # noqa: PLC0415

    try:
        cast = pc.cast(array, pa.float64())
    except pa.ArrowInvalid:
        return None
    numbers: np.ndarray = cast.to_numpy(zero_copy_only=False).copy()
    valid = np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False))
    # « inf » and « nan » are words that Arrow reads; here they are no numbers.
    numbers[valid & ~np.isfinite(numbers)] = np.nan
    return numbers


def _read_carefully(
    raw: pd.Series, markers: Markers, decimal: str, nature: Nature | None
) -> Numbers:
    text = raw.fillna("").astype("str").str.strip()
    declared = markers.statuses()
    signed = text.isin(list(declared))
    blank = text == ""
    bare = ~signed & ~blank
    # Most cells that are no plain number are blank, or hold a sign: they are not looked at as numbers.
    value = _written(text.where(bare), decimal) if bare.any() else pd.Series(np.nan, raw.index)
    value[text.isin(markers.zero)] = 0.0
    if markers.blank == "zero":
        value[blank] = 0.0
    status = pd.Series(np.where(value.isna(), _MISSING, _OBSERVED), raw.index, dtype=np.int8)
    if markers.blank == "secret":
        status[blank] = _SECRET
    for sign, meaning in declared.items():
        status[text == sign] = _CODES[str(meaning)]
    unreadable = value.isna() & bare
    marker = text.where(signed, "")
    low, high = (pd.Series(np.nan, index=raw.index) for _ in range(2))
    note = pd.Series("", index=raw.index, dtype="str")
    if nature is not None and unreadable.any():
        _read_called(text, decimal, unreadable, value, (marker, note, status))
        _read_ranges(text, markers, nature, unreadable, (low, high), (marker, note, status))
    statuses = pd.Series(coded(status.to_numpy(), list(CELL_STATUSES)), raw.index, name="status")
    return Numbers(value, low, high, statuses, marker, note, unreadable)


def _read_called(
    text: pd.Series,
    decimal: str,
    unreadable: pd.Series,
    value: pd.Series,
    notes: tuple[pd.Series, pd.Series, pd.Series],
) -> None:
    """Read, in place, the numbers that bear a mark (« 12 (p) », « 12* »), and what the mark says."""
    marker, note, status = notes
    parts = text[unreadable].str.extract(_CALLED)
    numbers = _written(parts["number"], decimal)
    calls = {call: signs().call(call) for call in parts["call"].dropna().unique()}
    calls_found = pd.Series(
        [calls.get(call, "") for call in parts["call"]], index=parts.index, dtype="str"
    )
    found = numbers.index[numbers.notna() & (calls_found != "")]
    value[found], note[found], marker[found] = numbers[found], calls_found[found], text[found]
    status[found], unreadable[found] = _OBSERVED, False


def _read_ranges(
    text: pd.Series,
    markers: Markers,
    nature: Nature,
    unreadable: pd.Series,
    bounds: tuple[pd.Series, pd.Series],
    notes: tuple[pd.Series, pd.Series, pd.Series],
) -> None:
    """Read, in place, the texts that state bounds."""
    (low, high), (marker, note, status) = bounds, notes
    ranges = {
        raw: read_range(raw, nature, zero=markers.zero_below) for raw in text[unreadable].unique()
    }
    known = {raw: texts for raw, texts in ranges.items() if texts is not None}
    found = text.index[unreadable & text.isin(list(known))]
    texts = text[found]
    low[found] = texts.map({raw: each.low for raw, each in known.items()}).astype(float)
    high[found] = texts.map({raw: each.high for raw, each in known.items()}).astype(float)
    note[found] = texts.map({raw: each.note for raw, each in known.items()})
    marker[found], unreadable[found] = texts, False
    # Nothing that carries figures on carries one bound alone: the cell keeps it, without a value.
    whole = found[low[found].notna() & high[found].notna()]
    status[whole] = _BOUNDED


def _written(plain: pd.Series, decimal: str) -> pd.Series:
    """Read what is written as a number; NaN for anything else."""
    spaced = plain.str.replace(_SPACES, " ", regex=True).str.replace(_MINUS, "-", regex=True)
    written = spaced.str.fullmatch(_number_pattern(decimal)).fillna(value=False).astype(bool)
    compact = spaced.where(written).str.replace(" ", "", regex=False)
    value = pd.to_numeric(compact.str.replace(",", ".", regex=False), errors="coerce").astype(float)
    return value.mask(np.isinf(value))


def _plain(index: pd.Index, value: np.ndarray) -> Numbers:
    if isinstance(index, pd.RangeIndex):
        shared = _nothing_said(index.start, index.stop, index.step)
    else:
        shared = _unsaid(index)
    bound, doubt, status, none = (part.copy(deep=False) for part in shared)  # who writes has a copy
    return Numbers(
        value=pd.Series(value, index=index),
        low=bound,
        high=bound,
        status=status,
        marker=none,
        note=none,
        unreadable=doubt,
    )


@lru_cache(maxsize=4)
def _nothing_said(start: int, stop: int, step: int) -> tuple[pd.Series, ...]:
    """Return what the columns of a table share: of 16 000, each would make its own."""
    return _unsaid(pd.RangeIndex(start, stop, step))


def _unsaid(index: pd.Index) -> tuple[pd.Series, ...]:
    """Return the bounds, the doubts, the statuses and the absent marks of plain numbers."""
    size = len(index)
    codes, none = np.zeros(size, dtype=np.int8), coded(np.zeros(size, dtype=np.int8), [""])
    parts = (np.full(size, np.nan), codes.astype(bool), coded(codes, list(CELL_STATUSES)), none)
    return tuple(pd.Series(part, index=index) for part in parts)


def _assemble(
    index: pd.Index, value: np.ndarray, codes: np.ndarray, at: np.ndarray, found: Numbers
) -> Numbers:
    """Put what was read with care, at some rows, among the plain numbers of the others."""
    size = len(index)
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    unreadable = np.zeros(size, dtype=bool)
    low[at], high[at] = found.low.to_numpy(), found.high.to_numpy()
    unreadable[at] = found.unreadable.to_numpy()
    texts = {}
    for name in ("marker", "note"):
        values = getattr(found, name).tolist()
        words = ["", *sorted(set(values) - {""})]
        ranks, word_codes = (
            {word: rank for rank, word in enumerate(words)},
            np.zeros(size, np.int32),
        )
        if len(words) > 1:
            word_codes[at] = [ranks[text] for text in values]
        texts[name] = pd.Series(coded(word_codes, words), index=index)
    return Numbers(
        value=pd.Series(value, index=index),
        low=pd.Series(low, index=index),
        high=pd.Series(high, index=index),
        status=pd.Series(coded(codes, list(CELL_STATUSES)), index=index),
        marker=texts["marker"],
        note=texts["note"],
        unreadable=pd.Series(unreadable, index=index),
    )


def coded(codes: np.ndarray, words: list[str]) -> Any:
    """Return a column of texts as codes and words.

    Examples
    --------
    >>> list(coded(np.array([1, 0, 1]), ["a", "b"]))
    ['b', 'a', 'b']
    """
    # Columns are shared between loads: what holds texts in one of them must not tell theirs apart.
    texts = pd.Index(words, dtype=pd.StringDtype("python", na_value=np.nan))
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(texts))


def _number_pattern(decimal: str) -> str:
    whole, point = "(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)", _POINT[decimal]
    return f"[+-]? ?(?:{whole}(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]+)?"

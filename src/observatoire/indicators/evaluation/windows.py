"""Choose the two dates between which each indicator is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import enumerate_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator


def within(periods: Iterable[str], start: str, end: str) -> list[str]:
    """Return the periods between two dates, these included, in order.

    Examples
    --------
    >>> within(["2010", "2014", "2016", "2019"], "2010", "2016")
    ['2010', '2014', '2016']
    """
    return [period for period in sorted(periods) if start <= period and period[: len(end)] <= end]


def window(
    indicator: Indicator,
    periods: Sequence[str],
    refuse: Callable[[Indicator, str, str], str],
    *,
    newest: bool = False,
) -> tuple[tuple[str, str] | None, str]:
    """Return the widest pair of dates that may be compared, or None; and why wider ones, or all, were not.

    Of pairs as wide, the latest.

    Parameters
    ----------
    refuse : callable
        Says why two dates may not be compared (a break in the series), or an empty text.
    newest : bool
        Take the latest date that compares with another before the widest pair.
    """

    def rank(pair: tuple[str, str]) -> tuple[str | int, ...]:
        return (pair[1], _years(*pair)) if newest else (_years(*pair), pair[1])

    pairs = [(a, b) for a in periods for b in periods if a < b]
    refusals: dict[tuple[str, str], str] = {}
    for pair in sorted(pairs, key=rank, reverse=True):
        why = refuse(indicator, *pair)
        if not why:
            return pair, next(iter(refusals.values()), "")
        refusals[pair] = why
    return None, " ".join(dict.fromkeys(refusals.values()))


def _years(start: str, end: str) -> int:
    return int(end[:4]) - int(start[:4])


def no_window(
    indicator: Indicator,
    periods: Sequence[str],
    span: tuple[str, str] | None,
    asks: Mapping[str, str],
) -> str:
    """Say why an indicator cannot be evaluated between two dates, and whom to ask.

    Without two dates that were asked, nothing is said of a span: that of all that is loaded would be
    read as the indicator's own.

    Examples
    --------
    >>> from observatoire.indicators.definitions.catalogue import Indicator
    >>> from observatoire.values import Nature
    >>> i = Indicator("p", "Part", "Part", "t", Nature.RATE, "%", 1, "neutral", "", "", ())
    >>> no_window(i, ["2016"], ("2010", "2016"), {"t": "Insee"})
    'Un seul millésime entre 2010 et 2016 (2016) : il en faut deux de la même série. À demander : Insee.'
    >>> no_window(i, [], None, {"t": "Insee"})
    'Aucun chiffre chargé. À demander : Insee.'
    """
    ask = indicator.ask or asks.get(indicator.theme, "")
    asked = f" À demander : {ask}." if ask else ""
    between = f"entre {span[0]} et {span[1]}" if span else "chargé"
    if not periods:
        return f"Aucun chiffre {between}.{asked}"
    if len(periods) == 1:
        return (
            f"Un seul millésime {between} ({periods[0]}) : il en faut deux de la même série.{asked}"
        )
    return f"Aucun couple comparable parmi {enumerate_words(list(periods))}.{asked}"

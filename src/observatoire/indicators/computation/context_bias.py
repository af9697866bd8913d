"""How far the figure of an enclosing territory is from that of the one it stands for: dated data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NO_BREAK, number
from observatoire.indicators.definitions.series import fits

if TYPE_CHECKING:
    from observatoire.indicators.definitions.catalogue import Indicator


@cache
def _biases() -> tuple[dict[str, Any], ...]:
    room = resources.files("observatoire.indicators.computation")
    return tuple(tomllib.loads((room / "context_bias.toml").read_text(encoding="utf-8"))["bias"])


def context_bias(indicator: Indicator) -> str:
    """Say by how much the figure of an enclosing territory is known to miss; nothing where nobody measured.

    Examples
    --------
    >>> from observatoire.indicators.definitions.catalogue import Indicator
    >>> from observatoire.values import Nature
    >>> rate = Indicator("p", "P", "P", "t", Nature.RATE, "%", 1, "neutral", "", "", (), variable="TP6019")
    >>> context_bias(rate)[:48]
    'Dans 43 cas connus, la pauvreté publiée d’un qua'
    """
    names = (indicator.variable, *indicator.numerator)
    found = next((bias for bias in _biases() if fits(bias["variables"], names)), None)
    if found is None:
        return ""
    middle, low, high = (number(float(found[name])) for name in ("middle", "low", "high"))
    return (
        f"Dans {found['places']} cas connus, {found['what']} de {middle} points "
        f"(8 fois sur 10, de {low} à {high}){NO_BREAK}: {found['source']}."
    )

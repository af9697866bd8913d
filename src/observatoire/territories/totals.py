"""The words that announce a total: a row of several territories, that no territory may be called by."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

from observatoire.declarations import read_toml
from observatoire.territories.names import unaccented


def is_total(text: str) -> bool:
    """Say whether a text announces a total, by its first words.

    Examples
    --------
    >>> [is_total(text) for text in ("Total général", "ENSEMBLE des quartiers", "Totalgaz")]
    [True, True, False]
    """
    return starts(text, _totals())


def starts(text: str, phrases: tuple[str, ...]) -> bool:
    """Say whether a text starts with one of some phrases, themselves in small letters without accents.

    Examples
    --------
    >>> starts("Hors-Quartier", ("hors quartier",)), starts("Horsain", ("hors",))
    (True, False)
    """
    said = " ".join(re.findall(r"[a-z0-9]+", unaccented(text)))
    return any(said == phrase or said.startswith(f"{phrase} ") for phrase in phrases)


@cache
def _totals() -> tuple[str, ...]:
    table = read_toml(
        Path(str(resources.files("observatoire.territories").joinpath("totals.toml")))
    )
    told = table.texts("totals")
    table.close()
    return told

"""The words and signs of partners' tables: totals, notes, markers, what a column's name tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.declarations import Declaration, read_toml
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A line of text with as many words as this is a sentence, not the name of a territory.
SENTENCE = 6

_CALL = re.compile(r"\s*(?:©|\*+\s*\w|\(\s*[0-9*a-z]\s*\)|[¹²³]|[0-9][\)]\s)")


@dataclass(frozen=True)
class Signs:
    """What ``signs.toml`` declares."""

    totals: tuple[str, ...]
    notes: tuple[str, ...]
    ignored: tuple[re.Pattern[str], ...]
    periods: tuple[re.Pattern[str], ...]
    natures: Mapping[Nature, re.Pattern[str]]
    secret: tuple[str, ...]
    missing: tuple[str, ...]
    not_applicable: tuple[str, ...]

    def is_total(self, text: str) -> bool:
        """Say whether a line's first cell announces a total.

        Examples
        --------
        >>> [signs().is_total(t) for t in ("Total général", "ENSEMBLE des quartiers", "Totalgaz")]
        [True, True, False]
        """
        return _starts(text, self.totals)

    def is_note(self, text: str) -> bool:
        """Say whether a line's first cell is a note, not a territory.

        Examples
        --------
        >>> [signs().is_note(t) for t in ("Source : Insee", "(1) provisoire", "Dillon", "97209")]
        [True, True, False, False]
        """
        return bool(_CALL.match(text)) or _starts(text, self.notes) or len(text.split()) > SENTENCE

    def nature(self, name: str) -> Nature | None:
        """Return the nature that a column's name tells, if any.

        Examples
        --------
        >>> signs().nature("Taux de chômage"), signs().nature("Revenu médian"), signs().nature("P")
        (<Nature.RATE: 'rate'>, <Nature.MEDIAN: 'median'>, None)
        """
        plain = _plain(name)
        return next((one for one, told in self.natures.items() if told.fullmatch(plain)), None)

    def is_label(self, name: str) -> bool:
        """Say whether a column names or places a territory rather than measures it."""
        return any(told.fullmatch(_plain(name)) for told in self.ignored)

    def is_period(self, name: str) -> bool:
        """Say whether a column tells the period of each row."""
        return any(told.fullmatch(_plain(name)) for told in self.periods)

    def meaning(self, text: str) -> str:
        """Return what a sign stands for: ``secret``, ``missing``, ``not_applicable``, or nothing."""
        kinds = ("secret", "missing", "not_applicable")
        return next((kind for kind in kinds if text in getattr(self, kind)), "")


@cache
def signs() -> Signs:
    """Return the words and signs, read once."""
    path = Path(str(resources.files("observatoire.sources").joinpath("signs.toml")))
    table = read_toml(path)
    natures, markers = table.child("natures"), table.child("markers")
    read = Signs(
        totals=table.texts("totals"),
        notes=table.texts("notes"),
        ignored=tuple(_pattern(table, "ignored", text) for text in table.texts("ignored")),
        periods=tuple(_pattern(table, "periods", text) for text in table.texts("periods")),
        natures={
            nature: _pattern(natures, str(nature), natures.text(str(nature)))
            for nature in (Nature.MEDIAN, Nature.MEAN, Nature.INDEX, Nature.RATE, Nature.AMOUNT)
        },
        secret=markers.texts("secret"),
        missing=markers.texts("missing"),
        not_applicable=markers.texts("not_applicable"),
    )
    for part in (natures, markers, table):
        part.close()
    return read


def _pattern(table: Declaration, key: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise table.refuse(
            key, f"« {text} » n’est pas une expression régulière ({error})"
        ) from error


def _plain(name: str) -> str:
    """Reduce a column's name to letters without accents; its own signs are kept."""
    import unicodedata  # noqa: PLC0415 - one use

    flat = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in flat if not unicodedata.combining(char)).strip()


def _starts(text: str, phrases: tuple[str, ...]) -> bool:
    said = " ".join(re.findall(r"[a-z0-9]+", _plain(text)))
    return any(said == phrase or said.startswith(f"{phrase} ") for phrase in phrases)

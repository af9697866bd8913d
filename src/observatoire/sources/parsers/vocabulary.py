"""The words and signs of partners' tables: notes, markers, what a column's name tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from observatoire.declarations.fields import Pattern, Patterns, Texts, declared
from observatoire.declarations.reader import packaged, read
from observatoire.territories.spelling import is_total, starts, unaccented
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Sequence


#: A line of text with as many words as this is a sentence, not the name of a territory.
SENTENCE = 6

#: A rank or a number before a name: « 99 - Hors secteur ».
_RANK = re.compile(r"^\s*[0-9]{1,3}\s*[-–—.:)/]\s*")

#: What follows « Commune » in a title, and the name of that commune.
_TITLED = r"(?<![\w-])(?:{})(?:\s*:\s*|\s+(?:de|du|des)\s+|\s+d['’]\s*)(?P<name>[^\W\d_].*)"

_CALL = re.compile(r"\s*(?:©|\*+\s*\w|\(\s*[0-9*a-z]\s*\)|[¹²³]|[0-9][\)]\s)")


def _compiled(levels: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {level: re.compile(form) for level, form in levels.items()}


@declared
class SignMeanings:
    """What signs written for a number may mean."""

    secret: Texts
    missing: Texts
    not_applicable: Texts
    zero: Texts

    @cached_property
    def by_sign(self) -> dict[str, str]:
        """The meaning of each sign, in small letters without accents."""
        return {fold(sign): kind for kind, signs in vars(self).items() for sign in signs}


@declared
class NumberWords:
    """Numbers written in letters, from zero."""

    words: Texts

    @cached_property
    def ranks(self) -> dict[str, int]:
        """The number that each word stands for."""
        return {word: rank for rank, word in enumerate(self.words)}


@declared
class RangeWords:
    """What a class may say around its number, as patterns."""

    below: str
    at_most: str
    at_most_after: str
    above: str
    at_least: str
    at_least_after: str


@declared
class Signs:
    """What ``vocabulary.toml`` declares; natures are looked for in its order."""

    notes: Texts
    ignored: Patterns
    periods: Patterns
    flats: Pattern
    spans: Pattern
    no_periods: Pattern
    variables: Patterns
    indicators: Patterns
    towns: Patterns
    town_titles: Annotated[Pattern, BeforeValidator(_TITLED.format)]
    town_mentions: Pattern
    town_strangers: Pattern
    dictionary: Patterns
    coordinates: Patterns
    natures: Mapping[Nature, Pattern]
    markers: SignMeanings
    classes: RangeWords
    numbers: NumberWords
    calls: Mapping[str, Pattern]
    levels: Annotated[Mapping[str, Any], AfterValidator(_compiled)]

    def is_total(self, text: str) -> bool:
        """Say whether a line's first cell announces a total.

        Examples
        --------
        >>> [signs().is_total(t) for t in ("Total général", "ENSEMBLE des quartiers", "Totalgaz")]
        [True, True, False]
        """
        return is_total(_RANK.sub("", text))

    def is_note(self, text: str) -> bool:
        """Say whether a line's first cell is a note, not a territory.

        Examples
        --------
        >>> [signs().is_note(t) for t in ("Source : Insee", "(1) provisoire", "Dillon", "97209")]
        [True, True, False, False]
        """
        return bool(_CALL.match(text)) or starts(text, self.notes) or len(text.split()) > SENTENCE

    def nature(self, name: str) -> Nature | None:
        """Return the nature that a column's name tells, if any.

        Examples
        --------
        >>> signs().nature("Taux de chômage"), signs().nature("Revenu médian"), signs().nature("P")
        (<Nature.RATE: 'rate'>, <Nature.MEDIAN: 'median'>, None)
        """
        plain = _plain(name)
        spellings = (plain, plain.replace("_", " "))
        return next(
            (
                nature
                for nature, pattern in self.natures.items()
                if any(map(pattern.fullmatch, spellings))
            ),
            None,
        )

    def is_label(self, name: str) -> bool:
        """Say whether a column names or places a territory rather than measures it."""
        return any(pattern.fullmatch(_plain(name)) for pattern in self.ignored)

    def is_period(self, name: str) -> bool:
        """Say whether a column tells the period of each row."""
        return any(pattern.fullmatch(_plain(name)) for pattern in self.periods)

    def is_town(self, name: str) -> bool:
        """Say whether a column tells the commune in which the territory of each row lies.

        Examples
        --------
        >>> [signs().is_town(name) for name in ("Commune", "Code Insee", "Ville", "Villes aidées")]
        [True, True, True, False]
        """
        return any(pattern.fullmatch(_plain(name)) for pattern in self.towns)

    def is_variable(self, name: str) -> bool:
        """Say whether a column names what the figure of each row measures."""
        return any(pattern.fullmatch(_plain(name)) for pattern in self.variables)

    def is_indicator(self, name: str) -> bool:
        """Say whether a column can name nothing else than what the figure of each row measures."""
        return any(pattern.fullmatch(_plain(name)) for pattern in self.indicators)

    def is_dictionary(self, header: Sequence[str]) -> bool:
        """Say whether some names of columns are those of a dictionary: a code and what it means.

        Examples
        --------
        >>> signs().is_dictionary(["VAR_ID", "VAR_LIB", "VAR_LIB_LONG"])
        True
        >>> signs().is_dictionary(["Quartier", "Type", "Allocataires"])
        False
        """
        plain = [_plain(name) for name in header if name.strip()]
        named, explained = self.dictionary
        codes = [name for name in plain if named.fullmatch(name)]
        words = [name for name in plain if explained.fullmatch(name) and name not in codes]
        if not codes or len(codes) + len(words) < 2:  # noqa: PLR2004 - a code and what it means
            return False
        return 2 * len(codes + words) >= len(plain) or set(plain[:2]) <= {*codes, *words}

    def coordinates_of(self, header: Sequence[str]) -> list[str]:
        """Return the two columns that place a row by its coordinates, if there are two."""
        found = [
            next((name for name in header if pattern.fullmatch(_plain(name))), "")
            for pattern in self.coordinates
        ]
        return found if all(found) else []

    def levels_of(self, code: str) -> set[str]:
        """Return the geographical levels that a code may be of, stated by its form.

        Examples
        --------
        >>> signs().levels_of("97209"), signs().levels_of("R84"), signs().levels_of("Dillon")
        ({'commune'}, {'région'}, set())
        """
        return {level for level, pattern in self.levels.items() if pattern.fullmatch(code)}

    def meaning(self, text: str) -> str:
        """Return what a sign stands for: a field of :class:`SignMeanings`, or nothing.

        Examples
        --------
        >>> [signs().meaning(t) for t in ("N.C.", "Non renseigné", "Néant", "12")]
        ['secret', 'missing', 'zero', '']
        """
        return self.markers.by_sign.get(fold(text), "")

    def call(self, text: str) -> str:
        """Return what follows a number without changing it: « provisoire », or nothing.

        Examples
        --------
        >>> [signs().call(t) for t in ("*", "(p)", "Rév.", "€")]
        ['appel de note', 'provisoire', 'révisé', '']
        """
        plain = fold(text)
        return next((name for name, pattern in self.calls.items() if pattern.fullmatch(plain)), "")


@cache
def signs() -> Signs:
    """Return the words and signs, read once."""
    return read(packaged("observatoire.sources.parsers", "vocabulary.toml"), Signs)


def _plain(name: str) -> str:
    """Reduce a column's name to letters without accents; its own signs are kept."""
    return unaccented(name).strip()


def fold(text: str) -> str:
    """Reduce a cell to small letters without accents and single spaces; « ² » stays what it is.

    Examples
    --------
    >>> fold("Non\u00a0 Renseigné"), fold("12²")
    ('non renseigne', '12²')
    """
    return " ".join(unaccented(text, "NFD").split())

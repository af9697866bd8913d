"""The words and signs of partners' tables: notes, markers, what a column's name tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.declarations.reader import read_toml
from observatoire.territories.spelling import is_total, starts, unaccented
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


#: A line of text with as many words as this is a sentence, not the name of a territory.
SENTENCE = 6

#: What a sign written for a number may mean, and what a class may say around its number.
SIGN_KINDS = ("secret", "missing", "not_applicable", "zero")
CLASSES = ("below", "at_most", "at_most_after", "above", "at_least", "at_least_after")

#: Natures that the name of a column may tell, in the order in which they are looked for.
_NATURES = (
    Nature.MEDIAN, Nature.MEAN, Nature.INDEX, Nature.RATE, Nature.AMOUNT, Nature.COUNT,
)  # fmt: skip

#: A rank or a number before a name: « 99 - Hors secteur ».
_RANK = re.compile(r"^\s*[0-9]{1,3}\s*[-–—.:)/]\s*")

#: What follows « Commune » in a title, and the name of that commune.
_TITLED = r"(?<![\w-])(?:{})(?:\s*:\s*|\s+(?:de|du|des)\s+|\s+d['’]\s*)(?P<name>[^\W\d_].*)"

_CALL = re.compile(r"\s*(?:©|\*+\s*\w|\(\s*[0-9*a-z]\s*\)|[¹²³]|[0-9][\)]\s)")


@dataclass(frozen=True)
class Signs:
    """What ``signs.toml`` declares."""

    notes: tuple[str, ...]
    ignored: tuple[re.Pattern[str], ...]
    periods: tuple[re.Pattern[str], ...]
    flats: re.Pattern[str]
    spans: re.Pattern[str]
    no_periods: re.Pattern[str]
    zoned: re.Pattern[str]
    ranks: re.Pattern[str]
    vintages: tuple[re.Pattern[str], ...]
    changes: re.Pattern[str]
    mentions: Mapping[str, re.Pattern[str]]
    variables: tuple[re.Pattern[str], ...]
    indicators: tuple[re.Pattern[str], ...]
    towns: tuple[re.Pattern[str], ...]
    town_titles: re.Pattern[str]
    town_mentions: re.Pattern[str]
    town_strangers: re.Pattern[str]
    dictionary: tuple[re.Pattern[str], ...]
    coordinates: tuple[re.Pattern[str], ...]
    natures: Mapping[Nature, re.Pattern[str]]
    counted: re.Pattern[str]
    completed: re.Pattern[str]
    amounts: re.Pattern[str]
    unit_words: re.Pattern[str]
    shared: re.Pattern[str]
    meanings: Mapping[str, str]
    classes: Mapping[str, str]
    numbers: Mapping[str, int]
    calls: Mapping[str, re.Pattern[str]]
    levels: Mapping[str, re.Pattern[str]]

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
        """Return the nature that a column's name states: by its head, its unit, or the end of a code.

        Examples
        --------
        >>> signs().nature("Taux de chômage"), signs().nature("Revenu médian"), signs().nature("P")
        (<Nature.RATE: 'rate'>, <Nature.MEDIAN: 'median'>, None)
        >>> signs().nature("Nombre de bénéficiaires à taux plein"), signs().nature("Population comptée à part")
        (<Nature.COUNT: 'count'>, None)
        """
        plain = " ".join(_plain(name).split())
        heads = [self._head(plain)] if " " in plain else _code_ends(plain)
        if any(map(self.counted.fullmatch, heads)) and not self.shared.search(plain):
            return Nature.COUNT
        units = [match[0] for match in self.unit_words.finditer(plain)]
        for text in (*units, *heads) if self.shared.search(plain) else (*heads, *units):
            found = next(
                (kind for kind, form in self.natures.items() if form.fullmatch(text)), None
            )
            if found is not None:
                return found
        return None

    def _head(self, plain: str) -> str:
        """Return the words of a name before what completes it: « nombre », « revenu median »."""
        head = self.completed.split(plain, maxsplit=1)[0].rstrip("0123456789 ")
        # « Niveau de vie median »: what is measured may be told by its last word.
        last = plain.rsplit(maxsplit=1)[-1]
        return f"{head} {last}" if self.amounts.match(head) and last not in head else head

    def is_label(self, name: str) -> bool:
        """Say whether a column names or places a territory, or tells its class, rather than measures it."""
        plain = _plain(name)
        return any(pattern.fullmatch(plain) for pattern in (*self.ignored, self.zoned))

    def is_change(self, name: str) -> bool:
        """Say whether a name is of a change between two dates.

        Examples
        --------
        >>> [signs().is_change(name) for name in ("evol1922", "tcam_0611", "Évolution 2015-2016", "pop")]
        [True, True, True, False]
        """
        return self.changes.search(re.sub("[_0-9-]+", " ", _plain(name))) is not None

    def is_class(self, name: str) -> bool:
        """Say whether a column ranks territories by a number that measures nothing: « classe »."""
        return self.ranks.fullmatch(_plain(name)) is not None

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
        """Return what a sign stands for: one of ``SIGN_KINDS``, or nothing.

        Examples
        --------
        >>> [signs().meaning(t) for t in ("N.C.", "Non renseigné", "Néant", "12")]
        ['secret', 'missing', 'zero', '']
        """
        return self.meanings.get(fold(text), "")

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
    path = Path(str(resources.files("observatoire.sources.parsers").joinpath("vocabulary.toml")))
    table = read_toml(path)
    natures, markers, heads = (table.child(name) for name in ("natures", "markers", "heads"))
    levels, classes, numbers = (table.child(name) for name in ("levels", "classes", "numbers"))
    calls, mentions = table.child("calls"), table.child("mentions")
    read = Signs(
        notes=table.texts("notes"),
        ignored=table.patterns("ignored"),
        periods=table.patterns("periods"),
        flats=table.pattern("flats"),
        spans=table.pattern("spans"),
        no_periods=table.pattern("no_periods"),
        zoned=table.pattern("zoned"),
        ranks=table.pattern("ranks"),
        vintages=table.patterns("vintages"),
        changes=table.pattern("changes"),
        mentions={why: mentions.pattern(why) for why in mentions.table},
        variables=table.patterns("variables"),
        indicators=table.patterns("indicators"),
        towns=table.patterns("towns"),
        town_titles=table.pattern("town_titles", _TITLED.format(table.text("town_titles"))),
        town_mentions=table.pattern("town_mentions"),
        town_strangers=table.pattern("town_strangers"),
        dictionary=table.patterns("dictionary"),
        coordinates=table.patterns("coordinates"),
        natures={nature: natures.pattern(str(nature)) for nature in _NATURES},
        counted=heads.pattern("counted"),
        completed=heads.pattern("completed"),
        amounts=heads.pattern("amounts"),
        unit_words=heads.pattern("units"),
        shared=heads.pattern("shared"),
        meanings={fold(sign): kind for kind in SIGN_KINDS for sign in markers.texts(kind)},
        classes={key: classes.pattern(key).pattern for key in CLASSES},
        numbers={word: rank for rank, word in enumerate(numbers.texts("words"))},
        calls={call: calls.pattern(call) for call in calls.table},
        levels={level: re.compile(levels.text(level)) for level in levels.table},
    )
    for part in (natures, markers, heads, levels, classes, numbers, calls, mentions, table):
        part.close()
    return read


def _code_ends(plain: str) -> list[str]:
    """Return the first and the last word of a name written as a code: a middle one decides nothing.

    Examples
    --------
    >>> _code_ends("agri_pct_2016"), _code_ends("tx_chom"), _code_ends("dec_med20")
    (['agri', 'pct'], ['tx', 'chom'], ['dec', 'med'])
    """
    words = [word.rstrip("0123456789") or word for word in re.split(r"[_.-]+", plain)]
    words = [word for word in words if word and not word.isdecimal()]
    return list(dict.fromkeys((words[0], words[-1]))) if words else [plain]


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

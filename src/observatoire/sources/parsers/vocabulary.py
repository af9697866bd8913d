"""The words and signs of partners' tables: notes, markers, what a column's name tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from observatoire.declarations.fields import Pattern, Patterns, Texts, declared
from observatoire.declarations.reader import packaged, read
from observatoire.french.typography import unaccented
from observatoire.sources.parsers.declared_words import NameHeads, NumberWords, RangeWords
from observatoire.territories.spelling import is_total, starts
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


def _titled(words: str) -> str:
    """Return the pattern of a title that names a town by these words."""
    return _TITLED.format(words)


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
class Signs:
    """What ``vocabulary.toml`` declares; natures are looked for in its order."""

    notes: Texts
    ignored: Patterns
    periods: Patterns
    dates: Pattern
    parts: Pattern
    value_columns: Pattern
    confidential: Pattern
    stated_secret: Pattern
    short_parts: Pattern
    relatives: Pattern
    flats: Pattern
    unit_columns: Pattern
    multipliers: Pattern
    gathered: Pattern
    titled_units: Pattern
    no_periods: Pattern
    zoned: Pattern
    ranks: Pattern
    aged: Pattern
    vintages: Patterns
    changes: Pattern
    mentions: Mapping[str, Pattern]
    variables: Patterns
    indicators: Patterns
    towns: Patterns
    places: Pattern
    located: Pattern
    postal: Pattern
    town_titles: Annotated[Pattern, BeforeValidator(_titled)]
    town_mentions: Pattern
    town_strangers: Pattern
    dictionary: Patterns
    coordinates: Patterns
    natures: Mapping[Nature, Pattern]
    heads: NameHeads
    markers: SignMeanings
    classes: RangeWords
    numbers: NumberWords
    calls: Mapping[str, Pattern]
    levels_titled: Pattern
    parts_of: Mapping[str, str]
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
        >>> signs().nature("Taux de variation annuel (%)")
        <Nature.INDEX: 'index'>
        """
        plain = " ".join(_plain(name).split())
        heads = [self._head(plain)] if " " in plain else _code_ends(plain)
        units = [match[0] for match in self.heads.units.finditer(plain)]
        shared = self.heads.shared.search(plain) is not None
        if any(map(self.heads.counted.fullmatch, heads)):
            if not shared and not any(map(self.natures[Nature.RATE].fullmatch, units)):
                return Nature.COUNT
            heads = []  # « nombre d’aidés pour mille », « nombre de voitures par ménage », « nombre (%) »
        for text in (*heads, *units):
            found = next(
                (kind for kind, form in self.natures.items() if form.fullmatch(text)), None
            )
            if found is Nature.AMOUNT and shared:
                break  # « montant par allocataire »
            # « Loyer (€) », « Prix (€) » are of one dwelling: their unit makes no sum of them.
            if found is not None and not (
                found is Nature.AMOUNT and text in units and self.is_magnitude(name)
            ):
                # « Taux de variation »: a change goes below zero and beyond the whole.
                changed = re.match("(?:taux|tx)[ _]", plain) is not None and self.is_change(name)
                return Nature.INDEX if changed and found is Nature.RATE else found
        return Nature.MEAN if shared else None

    def _head(self, plain: str) -> str:
        """Return the words of a name before what completes it: « nombre », « revenu median »."""
        head = self.heads.completed.split(plain, maxsplit=1)[0].rstrip("0123456789 ")
        # « Niveau de vie median »: what is measured may be named by its last word.
        words = re.sub(r"[(\[].*", "", plain).split()  # « (€/m²) » is a unit, not a word
        last = words[-1] if words else head
        # « Charge de famille moyenne » is a mean, « Logements de taille moyenne » are dwellings.
        mean = self.natures[Nature.MEAN].fullmatch(last) or self.natures[Nature.MEDIAN].fullmatch(
            last
        )
        single = mean and not words[0].endswith(("s", "x")) and not self.heads.counted.match(head)
        added = (self.heads.amounts.match(head) or single) and last not in head
        return f"{head} {last}" if added else head

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

    def is_period(self, name: str) -> bool:
        """Say whether a column tells the period of each row."""
        return any(pattern.fullmatch(_plain(name)) for pattern in self.periods)

    def is_date(self, name: str) -> bool:
        """Say whether a column tells by its name the date of something else than its figures.

        Examples
        --------
        >>> [signs().is_date(name) for name in ("Année du contrat", "date_maj", "Année de construction")]
        [True, True, False]
        """
        return self.dates.fullmatch(_plain(name)) is not None or bool(self.mention(name))

    def mention(self, text: str) -> str:
        """Return what the words of a text make of the period it says, an empty text when it may be its own.

        Examples
        --------
        >>> signs().mention("Contrat de ville"), signs().mention("Contrats aidés")
        ('c’est l’année d’un contrat, d’une loi ou d’un plan', '')
        """
        plain = f" {fold(re.sub(r'[_-]', ' ', text))} "
        return next((why for why, words in self.mentions.items() if words.search(plain)), "")

    def is_part(self, name: str) -> bool:
        """Say whether a column tells the quarter, the half-year or the month of each row.

        Examples
        --------
        >>> [signs().is_part(name) for name in ("Trimestre", "num_mois", "Mois", "Mois passés")]
        [True, True, True, False]
        """
        return self.parts.fullmatch(_plain(name)) is not None

    def is_town(self, name: str) -> bool:
        """Say whether a column tells the commune in which the territory of each row lies.

        Examples
        --------
        >>> [signs().is_town(name) for name in ("Commune", "Code Insee", "Ville", "Villes aidées")]
        [True, True, True, False]
        """
        return any(pattern.fullmatch(_plain(name)) for pattern in self.towns)

    def is_place(self, name: str) -> bool:
        """Say whether a column is headed by what a territory is called, or by the code of one.

        Examples
        --------
        >>> [signs().is_place(name) for name in ("Code Insee", "Zone", "depcom_2021", "Allocataires")]
        [True, True, True, False]
        """
        return self.is_label(name) or self.is_town(name) or bool(self.places.match(_plain(name)))

    def is_part_of(self, name: str, level: str) -> bool:
        """Say whether a column names something that lies within a territory of a level: a school, a quartier.

        Examples
        --------
        >>> [signs().is_part_of(name, "commune") for name in ("Nom du quartier", "École", "Nombre d’écoles")]
        [True, True, False]
        >>> signs().is_part_of("Quartier", "IRIS")
        False
        """
        words = "|".join(filter(None, (self.parts_of[""], self.parts_of.get(level, ""))))
        led = r"(?:(?:noms?|lib|libelles?|codes?|n°|num|numero)[ _.]*(?:(?:de la|de l['’]|du|d['’]) ?)?)?"
        return re.fullmatch(rf"{led}(?:{words})(?: ?\(.*\))?", _plain(name)) is not None

    def is_postal(self, name: str) -> bool:
        """Say whether a column holds postal codes, which are those of no commune: 97213 is Gros-Morne's.

        Examples
        --------
        >>> [signs().is_postal(name) for name in ("Code postal", "CP", "Code commune")]
        [True, True, False]
        """
        return self.postal.fullmatch(_plain(name)) is not None

    def is_magnitude(self, name: str) -> bool:
        """Say whether a name is headed by what is measured, never counted, whatever its figures look like.

        Examples
        --------
        >>> [signs().is_magnitude(name) for name in ("Score", "loyer_t3", "Revenu", "Allocataires")]
        [True, True, True, False]
        """
        plain = re.sub("[_.-]+", " ", _plain(name))
        return any(form.match(plain) for form in (self.heads.magnitudes, self.heads.amounts))

    def is_unit(self, text: str) -> bool:
        """Say whether a cell is a unit and nothing else: « % », « nombre », « € ».

        Examples
        --------
        >>> [signs().is_unit(text) for text in ("%", "Nombre", "en €", "Part", "12 %")]
        [True, True, True, True, False]
        """
        found = self.heads.units.search(f"({fold(text)})")
        return found is not None and found[0] == fold(text)

    def unit_titled(self, text: str) -> str:
        """Return the unit that a title states of a whole table, or an empty text.

        Examples
        --------
        >>> [signs().unit_titled(text) for text in ("En %", "Unité : milliers", "Aides et taux (en %)")]
        ['%', 'milliers', '']
        >>> [signs().unit_titled(text) for text in ("Taux pour mille habitants", "En % des ménages", "En m²")]
        ['pour mille', '%', 'm²']
        """
        found = self.titled_units.fullmatch(fold(text).strip("( "))
        return re.sub("pourcentages?", "%", found["ratio"] or found["unit"]) if found else ""

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
        codes, words = ([n for n in plain if form.fullmatch(n)] for form in self.dictionary)
        words = [name for name in words if name not in codes]
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

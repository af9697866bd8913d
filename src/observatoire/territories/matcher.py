"""Recognise a territory by its code or by a name spelt in any of the usual ways."""

from __future__ import annotations

import difflib
import re
from functools import cached_property
from typing import TYPE_CHECKING

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words, several_of
from observatoire.territories.spelling import simplify

if TYPE_CHECKING:
    from collections.abc import Iterable, KeysView, Mapping

#: The call of a note after a name: « Dillon (1) », « Texaco* ».
_CALL = re.compile(r"\s*(?:\([0-9a-z*]\)|\*+|[¹²³]+)$")

#: A rank before a name, which is none: « 12 - Dillon ».
_RANK = re.compile(r"^\s*(?:n°\s*)?[0-9]{1,3}\s*[-–—.:)/]\s*", re.IGNORECASE)

#: A code and the name it bears, in one cell: « 97209 - Fort-de-France », « Fort-de-France (97209) ».
_BOTH = re.compile(
    r"(?P<code>[0-9A-Z]{3,})\s*[-–—:/]?\s+(?P<name>\D.*)|(?P<before>\D.*?)\s*[-–—:/(]\s*(?P<after>[0-9A-Z]{3,})\)?"
)

#: A code as Insee's API writes it, after its vintage and its level: « 2021-COM-97209 ». « 02 » is a region and a
#: department, so that regions are left out.
DATED_CODE = re.compile(r"^(?:19|20)[0-9]{2}-(?:COM|DEP|EPCI|IRIS|QPV)-([0-9A-Z]+)$")

#: Names offered for one that is unknown, words that may be added to a name, and how much less
#: alike than the nearest another may be.
_NEAREST, _ADDED, _BESIDE = 3, 2, 0.15

#: No name has so many letters: what has more is a text, which costs much to reduce and names nothing.
_LONGEST = 400


def spellings_of(text: str) -> tuple[str, ...]:
    """Return what a text is reduced to, its rank or its note kept and left out.

    Examples
    --------
    >>> spellings_of("12 - Quartier de Dillon (1)"), spellings_of("97209")
    (('12 dillon 1', '12 dillon', 'dillon'), ('97209',))
    """
    text = str(text).strip()
    if len(text) > _LONGEST:
        return ()
    if text.isdecimal() and text.isascii():  # a code: the files of a country have 50 000
        return (text,)
    unmarked = _CALL.sub("", text)
    # Mostly one text three times.
    names = map(simplify, dict.fromkeys((text, unmarked, _RANK.sub("", unmarked))))
    return tuple(filter(None, names))


def code_beside(text: str) -> tuple[str, str]:
    """Return the code that a text gives beside a name or a vintage, and that name; else empty texts.

    Examples
    --------
    >>> code_beside("97209 - Fort-de-France"), code_beside("2021-COM-97209"), code_beside("Dillon")
    (('97209', 'Fort-de-France'), ('97209', ''), ('', ''))
    """
    if dated := DATED_CODE.fullmatch(str(text).strip()):
        return dated[1], ""
    both = _BOTH.fullmatch(str(text).strip()[:_LONGEST])
    return (both["code"] or both["after"], both["name"] or both["before"]) if both else ("", "")


class Matcher:
    """Find territories of one zoning by code or by name.

    Parameters
    ----------
    label : str
        What these territories are called in a message (« quartier »).
    communes : mapping of str to str
        Code of the commune in which each lies, where that is known.
    aliases : iterable of (str, str)
        Other names, each with the code it names (see ``aliases.py``, which checks them).

    Examples
    --------
    >>> m = Matcher({"FDF13": "Dillon", "FDF09": "Sainte-Thérèse"}, "quartier")
    >>> m.code("dillon"), m.code("Ste Therese"), m.code("FDF13")
    ('FDF13', 'FDF09', 'FDF13')
    >>> m.find("2021-QPV-FDF13"), m.find("2021-REG-FDF13")
    ('FDF13', '')
    >>> m.find("FDF13 - Dillon"), m.find("Dillon (FDF13)"), m.find("FDF09 - Dillon")
    ('FDF13', 'FDF13', '')
    """

    def __init__(
        self,
        names: Mapping[str, str],
        label: str = "territoire",
        communes: Mapping[str, str] | None = None,
        aliases: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.names, self.label = dict(names), label
        self.aliases = tuple(aliases)
        self.communes = {code: town for code, town in (communes or {}).items() if town}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        # Files that give codes never ask: tens of thousands of names need not be reduced for them.
        codes: dict[str, list[str]] = {}
        for code, name in self.names.items():
            codes.setdefault(simplify(name), []).append(code)
        for name, code in self.aliases:
            matches = codes.setdefault(simplify(name), [])
            if code not in matches:
                matches.append(code)
        return codes

    @cached_property
    def _other_names(self) -> dict[tuple[str, str], str]:
        """Each other name as it is declared, by what it is reduced to and the code it names."""
        return {
            (simplify(name), code): name
            for name, code in reversed(self.aliases)
            if simplify(name) != simplify(self.names[code])
        }

    @cached_property
    def width(self) -> int:
        """How many characters every code has; 0 when they differ."""
        widths = {len(code) for code in self.names}
        return widths.pop() if len(widths) == 1 else 0

    @cached_property
    def _words(self) -> dict[str, set[str]]:
        return {name: set(name.split()) for name in self._by_name}

    def find(self, text: str, commune: str | None = None) -> str:
        """Return the code that ``text`` names, or an empty string when none or several do.

        With a ``commune``, only the territories of that one, and those of none, are looked at.
        """
        text = str(text).strip()
        if text in self.names:
            return text
        matches = self.matches(text)
        if commune is not None:
            matches = tuple(code for code in matches if self.communes.get(code, commune) == commune)
        return matches[0] if len(matches) == 1 else ""

    def find_each(self, texts: Iterable[str]) -> dict[str, str]:
        """Return the code that each text names, as :meth:`find` does."""
        names = self.names
        return {text: text if text in names else self.find(text) for text in texts}

    def spellings(self) -> KeysView[str]:
        """Return what the names of these territories are reduced to."""
        return self._by_name.keys()

    def matches(self, text: str) -> tuple[str, ...]:
        """Return the codes of all the territories that bear a name, its rank or note left out."""
        reduced = self._reduced(text)
        return tuple(self._by_name[reduced]) if reduced else self._coded(text)

    def _coded(self, text: str) -> tuple[str, ...]:
        """Return the code that a text gives beside the very name it bears, nothing when they disagree."""
        code, name = code_beside(text)
        known = code in self.names and (not name or code in self._by_name.get(simplify(name), ()))
        return (code,) if known else ()

    def alias(self, text: str, code: str) -> str:
        """Return the other name, as declared, by which a text names a territory; else nothing.

        Examples
        --------
        >>> m = Matcher({"Q1": "Volga-Plage"}, aliases=[("Les Hauts", "Q1")])
        >>> m.alias("LES HAUTS", "Q1"), m.alias("Volga plage", "Q1")
        ('Les Hauts', '')
        """
        if not self.aliases or text in self.names:
            return ""
        return self._other_names.get((self._reduced(text), code), "")

    def _reduced(self, text: str) -> str:
        """Return the known name that a text is, reduced, its rank or note left out; else nothing."""
        return next((name for name in spellings_of(text) if name in self._by_name), "")

    def unknown(self, text: str) -> tuple[str, str]:
        """Say why a text names no territory, and what to write instead."""
        matches = self.matches(text)
        if len(matches) > 1:
            return (
                f"Plusieurs territoires s’appellent « {text} ».",
                f"Écrivez le code : {enumerate_words(list(matches), most=6)}.",
            )
        known = [*self.names.values(), *self.names]
        what = f"Aucun territoire « {text} » parmi les {several_of(self.label)}."
        return what, self.nearest(text) or suggestion(text, known)

    def nearest(self, text: str) -> str:
        """Return a sentence that gives the nearest names, or an empty text.

        A name of which one word is given (« Citron » for Trénelle-Citron), or to which words are
        added (« Cité Dillon »), comes before those that look alike.

        Examples
        --------
        >>> m = Matcher({"1": "Trénelle-Citron", "2": "Renéville", "3": "Centre-ville"})
        >>> m.nearest("Trenelle"), m.nearest("Renevile")
        ('Vouliez-vous dire « Trénelle-Citron » ?', 'Vouliez-vous dire « Renéville » ?')
        """
        names = [f"« {name} »" for name in self.near(text)]
        listed = " ou ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
        return f"Vouliez-vous dire {listed} ?" if names else ""

    def near(self, text: str) -> list[str]:
        """Return the nearest names, three at most."""
        plain = simplify(str(text)[:_LONGEST])
        words = set(plain.split())
        likeness = {
            name: difflib.SequenceMatcher(None, plain, name).ratio()
            for name in difflib.get_close_matches(plain, list(self._words), n=_NEAREST, cutoff=0.6)
        }
        least = max(likeness.values(), default=0) - _BESIDE
        for name, own in self._words.items():
            added = len(words) - len(own)
            if (words and words <= own) or (own and own < words and added <= _ADDED):
                least = 1 - _BESIDE
                likeness[name] = 1 + difflib.SequenceMatcher(None, plain, name).ratio()
        ranked = sorted(likeness, key=lambda name: -likeness[name])
        near = [self.names[self._by_name[name][0]] for name in ranked if likeness[name] >= least]
        names = list(dict.fromkeys(near))  # a territory may be near by several of its names
        found = names or difflib.get_close_matches(str(text), list(self.names), n=1, cutoff=0.6)
        return found[:_NEAREST]

    def code(self, text: str) -> str:
        """Return the code that ``text`` names.

        Raises
        ------
        UnknownNameError
            When nothing bears that code or name, with the nearest one; or several do.
        """
        found = self.find(text)
        if found:
            return found
        what, remedy = self.unknown(text)
        raise UnknownNameError(what, remedy=remedy, name=text)

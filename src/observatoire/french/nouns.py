"""What territories are called, with the articles and agreements that French asks around it."""

from __future__ import annotations

from dataclasses import dataclass

from observatoire.french.typography import VOWELS, several_of


@dataclass(frozen=True)
class Noun:
    """A common noun: what one territory of a zoning is called, as ``observatoire.toml`` says.

    Parameters
    ----------
    singular : str
        « quartier », « zone », « IRIS ».
    plural : str
        Only where it is not regular (« hameaux »).
    feminine : bool
        « la commune », not « le quartier ».

    Examples
    --------
    >>> q, i, z = Noun("quartier"), Noun("IRIS"), Noun("commune", feminine=True)
    >>> [n.the for n in (q, i, z)], [n.of_the for n in (q, i, z)]
    (['le quartier', 'l’IRIS', 'la commune'], ['du quartier', 'de l’IRIS', 'de la commune'])
    >>> [n.this for n in (q, i, z)], [n.of for n in (q, i, z)]
    (['ce quartier', 'cet IRIS', 'cette commune'], ['de quartier', 'd’IRIS', 'de commune'])
    >>> z.none, z.agree("rattaché"), z.agree("entier", several=True), z.all
    ('aucune commune', 'rattachée', 'entières', 'toutes les communes')
    """

    singular: str
    plural: str = ""
    feminine: bool = False

    @property
    def many(self) -> str:
        """The plural."""
        return self.plural or several_of(self.singular)

    @property
    def the(self) -> str:
        """« le quartier »."""
        return f"l’{self.singular}" if self._elided else f"{self.pronoun} {self.singular}"

    @property
    def of_the(self) -> str:
        """« du quartier »."""
        return f"de {self.the}" if self._elided or self.feminine else f"du {self.singular}"

    @property
    def to_the(self) -> str:
        """« au quartier »."""
        return f"à {self.the}" if self._elided or self.feminine else f"au {self.singular}"

    @property
    def it(self) -> str:
        """« lui » or « elle », after a preposition."""
        return "elle" if self.feminine else "lui"

    @property
    def of(self) -> str:
        """« de quartier »."""
        return f"d’{self.singular}" if self._elided else f"de {self.singular}"

    @property
    def of_many(self) -> str:
        """« de quartiers »."""
        return f"d’{self.many}" if self._elided else f"de {self.many}"

    @property
    def this(self) -> str:
        """« ce quartier »."""
        if self.feminine:
            return f"cette {self.singular}"
        return f"{'cet' if self._elided else 'ce'} {self.singular}"

    @property
    def one(self) -> str:
        """« un quartier »."""
        return f"{self.agree('un')} {self.singular}"

    @property
    def none(self) -> str:
        """« aucun quartier »."""
        return f"{self.agree('aucun')} {self.singular}"

    @property
    def all(self) -> str:
        """« tous les quartiers »."""
        return f"{'toutes' if self.feminine else 'tous'} les {self.many}"

    @property
    def pronoun(self) -> str:
        """« le » or « la »."""
        return "la" if self.feminine else "le"

    def agree(self, word: str, *, several: bool = False) -> str:
        """Make a regular adjective or participle agree (« entier », « entière »)."""
        if self.feminine:
            word = f"{word[:-2]}ère" if word.endswith("er") else f"{word}e"
        return f"{word}s" if several else word

    @property
    def _elided(self) -> bool:
        return self.singular[:1].upper() in VOWELS


#: What is written where a zoning says nothing, or where several would do.
TERRITORY = Noun("territoire")


@dataclass(frozen=True)
class TerritoryNames:
    """What a page calls the territories it shows, and those their figures come from.

    ``parts`` is None where no figure is carried: producers give them on the zoning itself.
    """

    here: Noun = TERRITORY
    parts: Noun | None = None

    @property
    def holder(self) -> Noun:
        """What encloses a territory, whose value is given for context."""
        return self.parts or TERRITORY

    @property
    def wider_figure(self) -> str:
        """What is shown for want of a figure of the territory's own."""
        return f"chiffre {self.holder.of_the}, plus grand que {self.here.the}"

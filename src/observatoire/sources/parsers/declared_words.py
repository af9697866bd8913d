"""Words that ``vocabulary.toml`` declares of numbers, of classes and of the heads of names."""

from __future__ import annotations

from functools import cached_property

from observatoire.declarations.fields import Pattern, Texts, declared


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
class NameHeads:
    """Where the head of a name ends, and what it may be; the unit that a name may state."""

    counted: Pattern
    completed: Pattern
    amounts: Pattern
    dimensions: Pattern
    magnitudes: Pattern
    units: Pattern
    scaled: Pattern
    counted_things: Pattern
    bracketed: Pattern
    kinds: Pattern
    shared: Pattern

"""What indicators of several members count: one name for one thing, and which are sums of others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from observatoire.exchange.federation.joint.exposure import groups
from observatoire.exchange.publication.figures import decimals_of
from observatoire.territories import simplify
from observatoire.values import Nature, quotients_per

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from observatoire.exchange.federation.joint.twins import Twins
    from observatoire.exchange.federation.verification import Member

ADDED = frozenset(nature.label for nature in Nature if nature.additive)

#: What is one count by another: a rate, or a mean.
QUOTIENTS = frozenset((Nature.RATE.label, Nature.MEAN.label))

#: Of what a rate in per cent is made.
_WHOLE = 100.0

#: Whose an indicator is, and its code.
Key = tuple[str, str]


@dataclass(frozen=True)
class Definitions:
    """The indicators of members: their words, and the name of what each counts.

    ``proven`` are the terms of rates lent without them, where figures leave no doubt, by name.
    """

    words: Mapping[Key, Mapping[str, str]]
    names: Mapping[Key, str]
    _terms: Mapping[tuple[str, str], str]
    _same: Mapping[tuple[str, str], str]
    proven: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, members: Sequence[Member], twins: Sequence[Twins] = ()) -> Definitions:
        """Read those of members; ``twins`` are one thing, as figures show."""
        words = {
            (member.name, str(row["indicateur"])): row
            for member in members
            for row in member.definitions
        }
        names, same = _one_name(_names(words), words, twins)
        terms = {
            (row["producteur"], _sorted(row["numerateur"])): names[key]
            for key, row in reversed(words.items())
            if row["nature"] in ADDED and row["numerateur"] and not row["denominateur"]
        }
        anyone: dict[str, set[str]] = defaultdict(set)
        for (_, variables), name in terms.items():
            anyone[variables].add(name)
        alone = {("", each): found.pop() for each, found in anyone.items() if len(found) == 1}
        return cls(words, names, terms | alone, same)

    def period(self, name: str, period: str) -> str:
        """Return one label of those under which the same figures of a year are given."""
        return self._same.get((name, period), period)

    @cached_property
    def stocks(self) -> set[str]:
        """The names of what is the same in a year and in a part of it: no year is a sum of those."""
        return {name for name, _ in self._same}

    def nature(self, key: Key) -> str:
        """Return the nature of an indicator."""
        return self.words[key]["nature"]

    def mean(self, key: Key) -> bool:
        """Say whether an indicator is an amount to each, not a share of people or facts."""
        return self.words[key]["nature"] == Nature.MEAN.label

    @cached_property
    def amounts(self) -> frozenset[str]:
        """The names of what is of money, not of people or facts."""
        return self._of_nature({Nature.AMOUNT.label})

    @cached_property
    def added(self) -> frozenset[str]:
        """The names of what adds up."""
        return self._of_nature(ADDED)

    def _of_nature(self, natures: Collection[str]) -> frozenset[str]:
        return frozenset(name for key, name in self.names.items() if self.nature(key) in natures)

    def half(self, key: Key) -> float:
        """Return half of the last digit printed."""
        return 0.5 * 10.0 ** -decimals_of(self.words[key]["decimales"])

    def term(self, producer: str, variables: str) -> str:
        """Name what some variables of a producer count together."""
        given = _sorted(variables)
        return self._terms.get((producer, given)) or self._terms.get(("", given)) or f"« {given} »"

    def per(self, key: Key) -> float:
        """Return how many times its quotient a rate or a mean is; 0 where nobody knows, and of anything else."""
        word = self.words[key]
        if word["nature"] not in QUOTIENTS:
            return 0.0
        return quotients_per(word["unite"]) or float(word["nature"] == Nature.MEAN.label)

    def quotient(self, key: Key) -> tuple[str, str, float] | None:
        """Return what a rate or a mean is of, and how many times its quotient it is.

        Where its own package does not say of what, another that gives the same thing does.
        """
        terms = self._stated(key) or self._terms_by_name.get(self.names[key])
        per = self.per(key)
        return (*terms, per) if terms and per else None

    def _stated(self, key: Key) -> tuple[str, str] | None:
        word = self.words[key]
        if not (word["numerateur"] and word["denominateur"]):
            return None
        top, bottom = (
            self.term(word["producteur"], word[side]) for side in ("numerateur", "denominateur")
        )
        return top, bottom

    @cached_property
    def _terms_by_name(self) -> dict[str, tuple[str, str]]:
        found = dict(self.proven)
        for key in self.words:
            if self.per(key) and (terms := self._stated(key)):
                found.setdefault(self.names[key], terms)
        return found

    @cached_property
    def shares(self) -> dict[str, tuple[str, str]]:
        """The part and the whole of each rate in per cent, by name."""
        return {
            self.names[key]: found[:2]
            for key in self.words
            if self.share(key) and (found := self.quotient(key))
        }

    def share(self, key: Key) -> bool:
        """Say whether an indicator is of a part to its whole, in per cent."""
        return self.per(key) == _WHOLE and not self.mean(key)

    @cached_property
    def bare(self) -> frozenset[str]:
        """The names of the rates and means of which nobody says the terms."""
        return frozenset(
            self.names[key] for key in self.words if self.per(key) and not self.quotient(key)
        )

    @cached_property
    def universes(self) -> frozenset[str]:
        """The names of what counts people or things, and so may be what a bare rate is out of."""
        counts = {
            self.names[key]
            for key, row in self.words.items()
            if row["nature"] == Nature.COUNT.label and not row["denominateur"]
        }
        return frozenset(counts | {bottom for _, bottom in self._terms_by_name.values()})

    @cached_property
    def unsaid_sums(self) -> dict[str, tuple[str, ...]]:
        """The sums of two counts that no package gives: a rate lent without its terms may be out of one.

        Counts of one producer, population and unit: others do not add up to anything.
        """
        alike: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for key, row in self.words.items():
            single = len(row["numerateur"].split()) == 1 and not row["denominateur"]
            if row["nature"] == Nature.COUNT.label and single:
                what = (row["producteur"], row["champ"], row["unite"])
                alike[what].add(self.names[key])
        said = {frozenset(parts) for parts in self.sums().values()}
        pairs = (pair for names in alike.values() for pair in combinations(sorted(names), 2))
        return {" + ".join(pair): pair for pair in pairs if frozenset(pair) not in said}

    def sums(self) -> dict[str, tuple[str, ...]]:
        """Return the counts of several variables, each with those of each variable."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self.words.values():
            for side in ("numerateur", "denominateur"):
                variables = row[side].split()
                if len(variables) > 1:
                    total = self.term(row["producteur"], row[side])
                    parts = tuple(self.term(row["producteur"], each) for each in variables)
                    if total not in parts:
                        found.setdefault(total, parts)
        return found

    @cached_property
    def besides(self) -> dict[tuple[str, str], str]:
        """What a total of two counts has besides one of them: by that one, and the total."""
        found: dict[tuple[str, str], str] = {}
        for total, (one, *others) in self.sums().items():
            if len(others) == 1:
                found |= {(one, total): others[0], (others[0], total): one}
        return found

    def tied(self) -> Iterable[tuple[str, ...]]:
        """Return the names of counts that a definition ties."""
        for key, row in self.words.items():
            if row["nature"] in QUOTIENTS and (found := self.quotient(key)):
                yield self.names[key], *found[:2]
        proven = {name for terms in self.proven.values() for name in terms}
        sums = self.sums() | {each: two for each, two in self.unsaid_sums.items() if each in proven}
        for total, parts in sums.items():
            yield total, *parts


def _one_name(
    names: dict[Key, str], words: Mapping[Key, Mapping[str, str]], twins: Sequence[Twins]
) -> tuple[dict[Key, str], dict[tuple[str, str], str]]:
    """Return names, twins having the same one; and by name and period, the one for all that are the same."""
    alike = [
        (one, when, other, then)
        for one, when, other, then in twins
        if all(words[one][said] == words[other][said] for said in ("nature", "unite"))
    ]
    tied = groups([names[one], names[other]] for one, _, other, _ in alike)
    named = {key: str(tied.get(name, name)) for key, name in names.items()}
    same = groups([(named[one], a), (named[one], b)] for one, a, _, b in alike if a)
    return named, {each: top[1] for each, top in same.items()}  # type: ignore[index, misc]


def _sorted(variables: str) -> str:
    return " ".join(sorted(variables.split()))


def _names(words: Mapping[Key, Mapping[str, str]]) -> dict[Key, str]:
    """Name what each indicator counts: one name for one code, label or sum of variables.

    Definitions that are worded apart are taken for one thing: an attacker would try.
    """
    names: dict[Key, str] = {}
    known: dict[tuple[str, ...], str] = {}
    given: set[str] = set()
    for key, row in words.items():
        what = (row["nature"], simplify(row["unite"]))
        marks: list[tuple[str, ...]] = [
            ("code", key[1], *what),
            ("label", simplify(row["libelle"]), *what),
        ]
        if row["numerateur"]:
            variables = (_sorted(row["numerateur"]), _sorted(row["denominateur"]))
            marks.append(("variables", row["nature"], row["producteur"], *variables))
        fresh = f"{key[1]} ({key[0]})" if key[1] in given else key[1]
        names[key] = next((known[mark] for mark in marks if mark in known), fresh)
        given.add(names[key])
        for mark in marks:
            known.setdefault(mark, names[key])
    return names

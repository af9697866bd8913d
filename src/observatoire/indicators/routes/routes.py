"""Find the passages that lead to a zoning, straight or through another."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.french.typography import NARROW, NO_BREAK, enumerate_words, number
from observatoire.passage import Passage, from_table
from observatoire.territories.link_tables import (
    BY_NAME,
    PART,
    QUALITY,
    SPLIT,
    UNKNOWN,
    WHOLE,
    compose,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import Noun
    from observatoire.passage.prediction import Calibration
    from observatoire.territories.perimeters import Links


#: The method of a passage that a table of links gives in words.
LINKS = "links"

#: Said of a sum whose parts were linked by their names.
NAMED_LINK = " ; lien « proche » lu sur les noms, non exact"

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class PartModel:
    """What foretells a part of a source: what others taught, what supports it, who shares each source."""

    calibrations: tuple[Calibration, ...]
    supports: Mapping[str, Mapping[str, float]]
    holders: Mapping[str, str]

    def sharing(self, target: str) -> int:
        """Return how many targets are parts of the source that holds one, itself among them."""
        return list(self.holders.values()).count(self.holders[target])


@dataclass(frozen=True, eq=False)
class Route:
    """A passage to a zoning, and the links in words that it was made of."""

    source: str
    passage: Passage
    links: pd.DataFrame
    noun: Noun
    method: str = LINKS
    label: str = "table de passage"
    model: PartModel | None = None

    @cached_property
    def kept(self) -> tuple[str, pd.DataFrame]:
        """The table of its passage as it is kept, after its SHA-256."""
        table = self.passage.to_frame()
        return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest(), table

    @cached_property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The sources of each target, none for one that is linked to nothing."""
        empty: dict[str, tuple[str, ...]] = {str(t): () for t in self.passage.targets}
        return empty | {str(t): tuple(g["source"]) for t, g in self._known.groupby("target")}

    @cached_property
    def unsure(self) -> dict[str, tuple[str, ...]]:
        """The sources of which each target holds a part that is not known."""
        uncertain = self._known[self._known["link"].isin([PART, SPLIT])]
        return {str(t): tuple(g["source"]) for t, g in uncertain.groupby("target")}

    @cached_property
    def incomplete(self) -> set[str]:
        """Targets of which at least one member is linked to nothing."""
        return set(self.links.loc[self.links["link"] == UNKNOWN, "target"])

    @cached_property
    def by_name(self) -> set[str]:
        """Targets of which a whole source was linked by its name: their sum may be of other people."""
        if QUALITY not in self.links:
            return set()
        named = (self.links["link"] == WHOLE) & (self.links[QUALITY] == BY_NAME)
        return set(self.links.loc[named, "target"])

    @cached_property
    def enclosing(self) -> dict[str, str]:
        """The single source that holds each target which is a part of one."""
        return self._alone(PART)

    @cached_property
    def whole_alone(self) -> dict[str, str]:
        """The single source that each target is made of."""
        return self._alone(WHOLE)

    def coverage(self, target: str) -> float:
        """Return the share of a target that the sources cover."""
        return float(self.passage.coverage.get(target, 0.0))

    def description(self, target: str) -> str:
        """Say how a target is put together, for the reader of a figure."""
        named = NAMED_LINK if target in self.by_name else ""
        return self._descriptions.get(target, "") + named + self._imputed(target)

    def _imputed(self, target: str) -> str:
        """Say what share of the support the producer imputed, where it did."""
        quality = self.passage.quality
        if "imputed" not in quality or target not in quality.index:
            return ""
        share = float(quality["imputed"][target])
        if not share > 0:
            return ""
        return f" ; support imputé par le producteur à {number(100 * share)}{NARROW}%"

    @property
    def _known(self) -> pd.DataFrame:
        return self.links[self.links["link"] != UNKNOWN]

    @cached_property
    def _descriptions(self) -> dict[str, str]:
        words = {WHOLE: "somme de", PART: "partie de", SPLIT: "part de"}
        parts: dict[str, list[str]] = {}
        for (target, link), group in self._known.groupby(["target", "link"]):
            sources = enumerate_words(sorted(group["source"]), most=4)
            parts.setdefault(str(target), []).append(f"{words[str(link)]} {sources}")
        return {
            target: f"{self.noun.singular}, {self.label}{NO_BREAK}: "
            f"{' ; '.join(sorted(pieces, reverse=True))}"
            for target, pieces in parts.items()
        }

    def _alone(self, link: str) -> dict[str, str]:
        known = self._known
        single = known[~known["target"].duplicated(keep=False) & (known["link"] == link)]
        return {
            str(target): str(source)
            for target, source in zip(single["target"], single["source"], strict=True)
            if target not in self.incomplete
        }


def chained(route: Route, second: pd.DataFrame) -> list[Route]:
    """Lead a measured passage on to the zonings that whole targets make up.

    The share of a source that goes to a set is the sum of what goes to its members.
    """
    routes = []
    incomplete = second.loc[second["link"] == UNKNOWN, "target"]
    complete = second[(second["link"] == WHOLE) & ~second["target"].isin(incomplete)]
    for sheet in _sheets(complete):
        joined = route.passage.weights.merge(
            sheet, left_on="target", right_on="source", suffixes=("", "_member")
        )
        summed = joined.groupby(["source", "target_member"], as_index=False)[
            ["weight", "low"]
        ].sum()
        # Shares of a surface that add up to it leave nothing outside; shares of people may.
        surest = summed["weight"] if route.method == "area" else summed["low"]
        whole = surest >= 1 - _ROUNDING
        links = route.passage.links
        covered = pd.Series(links.covered, index=links.targets)
        # A set is covered no better than the least of its members.
        least = sheet["source"].map(covered).groupby(sheet["target"])
        sources = summed.groupby("target_member")["source"].transform("size")
        table = pd.DataFrame(
            {
                "source": summed["source"],
                "target": summed["target_member"],
                "weight": summed["weight"].where(~whole, 1.0).clip(upper=1.0),
                "low": summed["low"].where(~whole, 1.0),
                "high": 1.0,
                "share": summed["target_member"].map(least.min()) / sources,
                "link": [WHOLE if each else SPLIT for each in whole],
            }
        )
        made = from_table(
            table,
            targets=sorted(set(sheet["target"])),
            method=route.passage.method,
            parameters=route.passage.parameters,
        )
        routes.append(route_of(route.source, made, route.noun, route.method, route.label))
    return routes


def route_of(source: str, passage: Passage, noun: Noun, method: str, label: str) -> Route:
    """Return the route of a passage between real perimeters."""
    links = passage.weights[["source", "target", "link"]].astype("str")
    covered = set(links["target"])
    unlinked = [str(target) for target in passage.targets if target not in covered]
    unknown = pd.DataFrame({"source": "", "target": unlinked, "link": UNKNOWN}, dtype="str")
    linked = pd.concat([links, unknown], ignore_index=True)
    return Route(source, passage, linked, noun, method, label)


@dataclass(frozen=True)
class _Ways:
    """What routes are made of: equal to another of the same links, in whatever workspace."""

    contents: tuple[object, ...]
    links: Links = field(compare=False)
    targets: Sequence[str] = field(compare=False)
    nouns: Mapping[str, Noun] = field(compare=False)


def routes_to(
    zoning: str, links: Links, targets: Sequence[str], nouns: Mapping[str, Noun]
) -> list[Route]:
    """Return the passages to a zoning, the straight ones first, made once for the same links.

    Parameters
    ----------
    nouns : mapping
        What a territory of each zoning is called, for the method printed with a figure.
    """
    middles = {source for source, target in links if target == zoning}
    leading = {pair: table for pair, table in links.items() if pair[1] in {zoning, *middles}}
    contents = (
        zoning,
        tuple(targets),
        *(
            (pair, nouns[pair[0]], *table, *table.itertuples(index=False, name=None))
            for pair, table in leading.items()
        ),
    )
    return list(_found(zoning, _Ways(contents, leading, targets, nouns)))


@lru_cache(maxsize=128)
def _found(zoning: str, ways: _Ways) -> tuple[Route, ...]:
    found: list[Route] = []
    links, targets, nouns = ways.links, ways.targets, ways.nouns
    for (source, target), table in links.items():
        if target == zoning:
            found += _routes(source, table, targets, nouns[source])
    straight = {route.source for route in found}
    for (middle, target), second in links.items():
        for (source, through), first in links.items():
            if target == zoning and through == middle and source not in straight:
                chained = compose(first, second)
                found += _routes(source, chained, targets, nouns[source])
    return tuple(found)


def _routes(source: str, links: pd.DataFrame, targets: Sequence[str], noun: Noun) -> list[Route]:
    """Return one route, or several when targets overlap: a passage shares a source only once."""
    return [
        Route(source, passage_of(sheet), sheet, noun)
        for sheet in _sheets(links[links["target"].isin(list(targets))])
    ]


def _sheets(links: pd.DataFrame) -> list[pd.DataFrame]:
    """Deal overlapping targets (a set and its subset) into sheets where none overlap."""
    taken: list[tuple[set[str], list[str]]] = []
    for target, group in links.groupby("target", sort=False):
        whole = set(group.loc[group["link"] == WHOLE, "source"])
        for sources, targets in taken:
            if not sources & whole:
                sources.update(whole)
                targets.append(str(target))
                break
        else:
            taken.append((whole, [str(target)]))
    return [links[links["target"].isin(targets)] for _, targets in taken]


def passage_of(links: pd.DataFrame) -> Passage:
    """Return the passage that a table of links describes.

    Examples
    --------
    >>> links = pd.DataFrame([("i1", "q1", "proche"), ("", "q2", "inconnu")],
    ...                      columns=["source", "target", "link"])
    >>> list(passage_of(links).targets)
    ['q1', 'q2']
    """
    known = links[links["link"] != UNKNOWN]
    frame = known.assign(weight=known["link"].map({WHOLE: 1.0}).astype(float))
    return from_table(
        frame[["source", "target", "weight", "link"]], targets=sorted(set(links["target"]))
    )

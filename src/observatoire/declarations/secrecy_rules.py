"""Rules of secrecy as data: what a source, or a workspace that wants more, asks to hide.

A rule is read from ``[secrecy]`` of ``source.toml``; ``observatoire.toml`` may add to it, never
take from it. Thresholds are dated: :meth:`Rule.at` returns the rule of one period.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from observatoire.declarations.partner_threshold import PARTNER_THRESHOLD, partner_rule
from observatoire.errors import DescriptorError
from observatoire.values import PERIOD_FORMS, is_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.declarations.reader import Declaration


#: What a threshold counts, and how a reader of results names it.
KINDS: Mapping[str, str] = {
    "people": "personnes",
    "households": "ménages",
    "facts": "faits",
    "units": "unités",
}

#: Whether the producer gives its figures to all, or to the partners of a convention.
DIFFUSIONS = ("public", "restricted")


@dataclass(frozen=True)
class Condition:
    """Figures that are shown only where enough people live: a distribution, a sub-population."""

    variables: tuple[str, ...]
    basis: str
    at_least: float


@dataclass(frozen=True)
class Dominance:
    """Amounts hidden where one unit weighs too much, or units are too few."""

    share: float
    largest: Mapping[str, str]
    units: str = ""
    at_least: float = 3.0


@dataclass(frozen=True)
class DatedThreshold:
    """What the rule was, or will be, over some periods."""

    start: str
    end: str
    threshold: float
    rule: str

    def covers(self, period: str) -> bool:
        """Say whether a period is in the range, ends included (« 2011 » holds « 2011-T2 »)."""
        after = not self.start or period[: len(self.start)] >= self.start
        return after and (not self.end or period[: len(self.end)] <= self.end)


@dataclass(frozen=True)
class Rule:
    """Under which count a figure is hidden (0: none), and what else its source asks.

    Examples
    --------
    >>> old = DatedThreshold("", "2011", 10.0, "arrêté de 2008")
    >>> rule = Rule(threshold=11.0, kind="households", dated=(old,))
    >>> rule.at("2008").threshold, rule.at("2012-T1").threshold, rule.guarded
    (10.0, 11.0, True)
    """

    threshold: float = 0.0
    kind: str = ""
    unit: str = ""
    rule: str = ""
    diffusion: str = "restricted"
    zero: bool = False
    successive: int = 1
    tolerance: float = 0.0
    additive_periods: bool = False
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()
    conditions: tuple[Condition, ...] = ()
    dominance: Dominance | None = None
    dated: tuple[DatedThreshold, ...] = ()

    @property
    def guarded(self) -> bool:
        """Whether the rule hides anything, in any period."""
        most = max([self.threshold, *(each.threshold for each in self.dated)])
        return most > 0 or bool(self.conditions) or self.dominance is not None

    def at(self, period: str) -> Rule:
        """Return the rule that holds for one period."""
        for each in self.dated:
            if each.covers(period):
                return replace(self, threshold=each.threshold, rule=each.rule or self.rule)
        return self

    def to_json(self) -> str:
        """Write the rule as the warehouse keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> Rule:
        """Read a rule back.

        Examples
        --------
        >>> Rule.from_json(Rule(threshold=5.0, kind="facts").to_json()).threshold
        5.0
        """
        told: dict[str, Any] = json.loads(text)
        told["sums"] = tuple((total, tuple(parts)) for total, parts in told["sums"])
        told["conditions"] = tuple(
            Condition(tuple(each["variables"]), each["basis"], each["at_least"])
            for each in told["conditions"]
        )
        told["dominance"] = Dominance(**told["dominance"]) if told["dominance"] else None
        told["dated"] = tuple(DatedThreshold(**each) for each in told["dated"])
        return Rule(**told)


def read_rule(table: Declaration) -> Rule:
    """Read and check ``[secrecy]`` of a source.

    Raises
    ------
    DescriptorError
        On a negative threshold, a word out of its list, a dated rule without its range.
    """
    dominance = table.child("dominance")
    rule = Rule(
        threshold=_positive(table, "threshold"),
        kind=table.text("kind", "", choices=tuple(KINDS)),
        unit=table.text("unit", ""),
        rule=table.text("rule", ""),
        diffusion=table.text("diffusion", "restricted", choices=DIFFUSIONS),
        zero=table.take("zero", bool, False),  # noqa: FBT003 - a default, not a switch
        successive=table.take("successive", int, 1),
        tolerance=_positive(table, "tolerance"),
        additive_periods=table.take("additive_periods", bool, False),  # noqa: FBT003
        sums=tuple(_read_sum(child) for child in table.array("sums")),
        conditions=tuple(_read_condition(child) for child in table.array("conditions")),
        dominance=_read_dominance(dominance) if dominance.table else None,
        dated=tuple(_read_dated(child) for child in table.array("dated")),
    )
    table.close()
    if rule.successive < 1:
        raise table.refuse("successive", "un nombre de périodes, 1 au moins")
    _check_dated(rule, table)
    return rule if rule.unit else replace(rule, unit=KINDS.get(rule.kind, ""))


def _positive(table: Declaration, key: str, default: float | None = 0.0) -> float:
    value = table.take(key, float, default)
    if not 0 <= value < float("inf"):
        word = "un seuil" if key == "threshold" else f"« {key} »"
        raise table.refuse(key, f"{word} ne peut être négatif ni infini")
    return value


def _read_sum(table: Declaration) -> tuple[str, tuple[str, ...]]:
    total, parts = table.text("total"), table.texts("parts")
    table.close()
    if not parts or total in parts or len(set(parts)) < len(parts):
        raise table.refuse(
            "parts", "il faut au moins une partie, distincte du total, une seule fois"
        )
    return total, parts


def _read_condition(table: Declaration) -> Condition:
    condition = Condition(
        table.texts("variables"), table.text("basis"), _positive(table, "at_least", None)
    )
    table.close()
    if not condition.variables:
        raise table.refuse("variables", "nommez les variables que la condition garde")
    return condition


def _read_dominance(table: Declaration) -> Dominance:
    largest = table.take("largest", dict)
    dominance = Dominance(
        _positive(table, "share", None),
        {str(variable): str(by) for variable, by in largest.items()},
        table.text("units", ""),
        _positive(table, "at_least", 3.0),
    )
    table.close()
    if not 0 < dominance.share < 100:  # noqa: PLR2004 - a percentage
        raise table.refuse("share", "un pourcentage entre 0 et 100, par exemple 85")
    return dominance


def _read_dated(table: Declaration) -> DatedThreshold:
    dated = DatedThreshold(
        table.text("from", ""),
        table.text("to", ""),
        _positive(table, "threshold", None),
        table.text("rule", ""),
    )
    table.close()
    for key, told in (("from", dated.start), ("to", dated.end)):
        if told and not is_period(told):
            raise table.refuse(key, f"une période s’écrit {PERIOD_FORMS}")
    if not dated.start and not dated.end:
        raise table.refuse("threshold", "dites de quand (from) à quand (to) il vaut")
    if dated.start and dated.end and dated.end < dated.start[: len(dated.end)]:
        raise table.refuse("to", "une période qui ne précède pas « from »")
    return dated


def _check_dated(rule: Rule, table: Declaration) -> None:
    """Refuse two dated rules for the same period: one would hide the other."""
    told = sorted(rule.dated, key=lambda each: (each.start, each.end))
    for first, second in pairwise(told):
        if not first.end or not second.start or second.start <= first.end:
            raise DescriptorError(
                "Deux règles de secret datées se recouvrent.",
                where=table.where,
                why="On ne saurait laquelle appliquer.",
                remedy="Corrigez from et to pour que chaque période n’en ait qu’une.",
            )


@dataclass(frozen=True)
class Known:
    """A bound that somebody outside knows of a figure: the population of a block, a class code."""

    source: str
    variable: str
    zoning: str = ""
    territories: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    at_most: str = ""


@dataclass(frozen=True)
class Strictness:
    """What a workspace adds to the rules of its sources; never less than they ask."""

    threshold: float = 0.0
    partner_threshold: float = PARTNER_THRESHOLD
    by_source: Mapping[str, Mapping[str, Any]] | None = None
    headlines: tuple[str, ...] = ()
    known: tuple[Known, ...] = ()

    def by_default(self, source: str, rule: Rule, licence: str) -> Rule:
        """Return the rule of a source, or the default of the workspace for a partner without one."""
        own = (self.by_source or {}).get(source, {})
        return rule if own.get("threshold") else partner_rule(rule, licence, self.partner_threshold)

    def applied(self, source: str, rule: Rule) -> Rule:
        """Return a source's rule made stricter.

        Raises
        ------
        DescriptorError
            When the workspace asks for less than the source.

        Examples
        --------
        >>> Strictness(by_source={"caf": {"threshold": 20.0}}).applied("caf", Rule(11.0)).threshold
        20.0
        """
        told = dict((self.by_source or {}).get(source, {}))
        asked = told.get("threshold")
        for held in (rule.threshold, *(each.threshold for each in rule.dated)):
            if asked is not None and asked < held:
                raise _looser(source, "threshold", asked, held)
        if rule.zero and told.get("zero") is False:
            raise _looser(source, "zero", "false", "true")
        if told.get("successive", rule.successive) < rule.successive:
            raise _looser(source, "successive", told["successive"], rule.successive)
        least = max(asked or 0.0, self.threshold)
        made = replace(
            rule,
            threshold=max(rule.threshold, least),
            dated=tuple(replace(d, threshold=max(d.threshold, least)) for d in rule.dated),
            zero=rule.zero or bool(told.get("zero", False)),
            successive=int(told.get("successive", rule.successive)),
        )
        # What the workspace hides of public figures is guarded as if they were not public.
        return rule if made == rule else replace(made, diffusion="restricted")


def read_strictness(table: Declaration) -> Strictness:
    """Read ``[secrecy]`` of ``observatoire.toml``.

    Raises
    ------
    DescriptorError
        On a value that cannot be.
    """
    strictness = Strictness(
        threshold=_positive(table, "threshold"),
        partner_threshold=_positive(table, "partner_threshold", PARTNER_THRESHOLD),
        by_source={
            code: _read_override(child) for code, child in table.children("sources").items()
        },
        headlines=table.texts("headlines"),
        known=tuple(_read_known(child) for child in table.array("known")),
    )
    table.close()
    if not strictness.partner_threshold:
        raise table.refuse("partner_threshold", "un effectif de 1 au moins : 11 par défaut")
    return strictness


def _read_override(table: Declaration) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if "threshold" in table.table:
        told["threshold"] = _positive(table, "threshold")
    if "zero" in table.table:
        told["zero"] = table.take("zero", bool)
    if "successive" in table.table:
        told["successive"] = table.take("successive", int)
    table.close()
    return told


def _read_known(table: Declaration) -> Known:
    limits = {key: table.take(key, float) for key in ("low", "high") if key in table.table}
    known = Known(
        table.text("source"),
        table.text("variable"),
        table.text("zoning", ""),
        table.texts("territories"),
        limits.get("low"),
        limits.get("high"),
        table.text("at_most", ""),
    )
    table.close()
    if not limits and not known.at_most:
        raise table.refuse("variable", "dites la borne connue : low, high ou at_most")
    if known.at_most and "/" not in known.at_most:
        raise table.refuse("at_most", "on attend « source/variable »")
    return known


def _looser(source: str, key: str, asked: object, held: object) -> DescriptorError:
    return DescriptorError(
        f"observatoire.toml demande « {key} » à {asked} pour la source « {source} », dont la règle "
        f"est {held}.",
        where=f"observatoire.toml, [secrecy.sources.{source}]",
        why="Un espace de travail peut être plus strict que la source, jamais moins : la règle est "
        "celle sous laquelle les chiffres ont été confiés.",
        remedy=f"Retirez cette ligne, ou écrivez au moins {held}.",
        source=source,
    )

"""Rules of secrecy as data: what a source, or a workspace that wants more, asks to hide.

A rule is read from ``[secrecy]`` of ``source.toml``; ``observatoire.toml`` may add to it, never
take from it. Thresholds are dated: :meth:`Rule.at` returns the rule of one period.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from observatoire.declarations.fields import (
    Count,
    Flag,
    MaybePeriod,
    Number,
    Texts,
    checked,
    declared,
    doc,
    fault,
    on_reading,
    refuse,
)
from observatoire.errors import DescriptorError
from observatoire.french.typography import number
from observatoire.values import lies_between

#: What a threshold counts, and how a reader of results names it.
KINDS: Mapping[str, str] = {
    "people": "personnes",
    "households": "ménages",
    "facts": "faits",
    "units": "unités",
}


#: Count under which nothing of a partner leaves, where neither it nor the workspace says.
PARTNER_THRESHOLD = 11.0

#: Words of the licences under which a producer gives its figures to all.
OPEN_LICENCES = (
    "licence ouverte",
    "etalab",
    "odbl",
    "open database",
    "open data",
    "creative commons",
    "cc-by",
    "cc by",
    "cc0",
    "domaine public",
    "document public",
    "texte de loi",
)


def _not_negative(key: str) -> Any:
    return checked(lambda number: number >= 0, f"« {key} » ne peut être négatif ni infini")


Threshold = Annotated[
    Number, checked(lambda number: number >= 0, "un seuil ne peut être négatif ni infini")
]


def _as_sum(value: object) -> object:
    """Read a sum as warehouses of before keep it: the total, then its parts."""
    if isinstance(value, list | tuple):
        return dict(zip(("total", "parts"), value, strict=True))
    return value


@declared
class DeclaredSum:
    """A variable that is the sum of others, as its source says."""

    total: Annotated[str, doc("Variable qui est la somme.")]
    parts: Annotated[Texts, doc("Variables dont elle est la somme.")] = ()

    @on_reading
    def _adds_up(self) -> None:
        alone = len(set(self.parts)) == len(self.parts) and self.total not in self.parts
        if not self.parts or not alone:
            raise refuse("il faut au moins une partie, distincte du total, une seule fois", "parts")


@declared
class Condition:
    """Figures that are shown only where enough people live: a distribution, a sub-population."""

    variables: Annotated[
        Texts,
        doc("Variables montrées sous condition."),
        checked(bool, "nommez les variables que la condition garde"),
    ]
    basis: Annotated[
        str, doc("Effectif dont elles dépendent : une variable, ou « source/variable ».")
    ]
    at_least: Annotated[Number, _not_negative("at_least"), doc("Au-dessous, elles sont masquées.")]


@declared
class Dominance:
    """Amounts hidden where one unit weighs too much, or units are too few."""

    share: Annotated[
        Number,
        doc("Part, en %, que la plus grande unité ne doit pas dépasser."),
        checked(lambda share: 0 < share < 100, "un pourcentage entre 0 et 100, par exemple 85"),  # noqa: PLR2004 - a percentage
    ]
    largest: Annotated[
        Mapping[str, str], doc("De chaque montant, la variable qui en donne la plus grande unité.")
    ]
    units: Annotated[str, doc("Variable qui compte les unités.")] = ""
    at_least: Annotated[Number, _not_negative("at_least"), doc("Unités qu’il faut au moins.")] = 3.0


@declared
class DatedThreshold:
    """What the rule was, or will be, over some periods."""

    start: Annotated[
        MaybePeriod, doc("Première période où il vaut.", validation_alias="from", default="")
    ]
    end: Annotated[
        MaybePeriod, doc("Dernière période où il vaut.", validation_alias="to", default="")
    ]
    threshold: Annotated[Threshold, doc("Seuil de ces périodes.")]
    rule: Annotated[str, doc("La règle, en une phrase.")] = ""

    @on_reading
    def _is_dated(self) -> None:
        if not self.start and not self.end:
            raise refuse("dites de quand (from) à quand (to) il vaut", "threshold")
        if self.start and self.end and self.end < self.start[: len(self.end)]:
            raise refuse("une période qui ne précède pas « from »", "to")


@declared
class Rule:
    """Under which count a figure is hidden (0: none), and what else its source asks.

    Examples
    --------
    >>> old = DatedThreshold("", "2011", 10.0, "arrêté de 2008")
    >>> rule = Rule(threshold=11.0, kind="households", dated=(old,))
    >>> rule.at("2008").threshold, rule.at("2012-T1").threshold, rule.guarded
    (10.0, 11.0, True)
    """

    threshold: Annotated[
        Threshold, doc("Effectif au-dessous duquel un chiffre est masqué ; 0 : aucun.")
    ] = 0.0
    kind: Annotated[
        Literal["", "people", "households", "facts", "units"], doc("Ce que compte le seuil.")
    ] = ""
    unit: str = Field(
        default_factory=lambda read: KINDS.get(read["kind"], ""),
        description="Ce que compte le seuil, en français.",
    )
    rule: Annotated[str, doc("La règle du producteur, en une phrase.")] = ""
    diffusion: Annotated[
        Literal["public", "restricted"], doc("Chiffres publics, ou confiés aux seuls partenaires.")
    ] = "restricted"
    zero: Annotated[Flag, doc("true : un zéro est masqué aussi.")] = False
    successive: Annotated[
        Count,
        doc("Périodes de suite qu’il faut au moins montrer ensemble."),
        checked(lambda number: number >= 1, "un nombre de périodes, 1 au moins"),
    ] = 1
    tolerance: Annotated[
        Number, _not_negative("tolerance"), doc("Écart toléré entre un total et ses parties.")
    ] = 0.0
    additive_periods: Annotated[Flag, doc("true : les périodes s’additionnent.")] = False
    sums: Annotated[
        tuple[Annotated[DeclaredSum, BeforeValidator(_as_sum)], ...],
        doc("Variables qui sont la somme d’autres."),
    ] = ()
    conditions: Annotated[
        tuple[Condition, ...], doc("Chiffres montrés là où il y a assez de monde.")
    ] = ()
    dominance: Annotated[Dominance | None, doc("Montants où une unité pèse trop.")] = None
    dated: Annotated[tuple[DatedThreshold, ...], doc("Seuils d’autres périodes.")] = ()

    @on_reading
    def _is_dated_once(self) -> None:
        """Refuse two dated rules for the same period: one would hide the other."""
        in_order = sorted(self.dated, key=lambda dated: (dated.start, dated.end))
        for first, second in pairwise(in_order):
            if not first.end or not second.start or second.start <= first.end:
                raise fault(
                    "Deux règles de secret datées se recouvrent.",
                    why="On ne saurait laquelle appliquer.",
                    remedy="Corrigez from et to pour que chaque période n’en ait qu’une.",
                )

    @property
    def guarded(self) -> bool:
        """Whether the rule hides anything, in any period."""
        most = max([self.threshold, *(each.threshold for each in self.dated)])
        return most > 0 or bool(self.conditions) or self.dominance is not None

    def at(self, period: str) -> Rule:
        """Return the rule that holds for one period."""
        for each in self.dated:
            if lies_between(period, each.start, each.end):
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
        return Rule(**json.loads(text))


@declared
class Known:
    """A bound that somebody outside knows of a figure: the population of a block, a class code."""

    source: Annotated[str, doc("Code de la source.")]
    variable: Annotated[str, doc("Variable dont on connaît une borne.")]
    zoning: Annotated[str, doc("Zonage de ces territoires.")] = ""
    territories: Annotated[Texts, doc("Territoires concernés ; tous sans elle.")] = ()
    low: Annotated[Number | None, doc("Borne basse connue.")] = None
    high: Annotated[Number | None, doc("Borne haute connue.")] = None
    at_most: Annotated[
        str,
        doc("« source/variable » : un chiffre publié que celui-ci ne dépasse pas."),
        checked(lambda text: not text or "/" in text, "on attend « source/variable »"),
    ] = ""

    @on_reading
    def _is_bounded(self) -> None:
        if self.low is None and self.high is None and not self.at_most:
            raise refuse("dites la borne connue : low, high ou at_most", "variable")


def partner_rule(rule: Rule, licence: str, threshold: float) -> Rule:
    """Return the rule of a source, or that of the workspace for a partner that gave none.

    A source has a rule when it sets a threshold, says one in a sentence (« diffusé tel quel »), is
    public, or comes under an open licence.

    Examples
    --------
    >>> partner_rule(Rule(), "Convention avec le CCAS", 11.0).threshold
    11.0
    >>> partner_rule(Rule(), "Licence Ouverte 2.0", 11.0).threshold
    0.0
    >>> partner_rule(Rule(rule="Diffusé tel quel."), "Convention", 11.0).threshold
    0.0
    """
    ruled = rule.guarded or rule.rule or rule.diffusion == "public"
    if ruled or any(word in licence.casefold() for word in OPEN_LICENCES):
        return rule
    sentence = (
        f"Rien au-dessous de {number(threshold, 0)} personnes, ménages ou faits : seuil par défaut "
        "de l’espace de travail, faute de règle du producteur."
    )
    return replace(rule, threshold=threshold, unit="personnes, ménages ou faits", rule=sentence)


@declared
class Override:
    """What a workspace asks of one source beyond its own rule."""

    threshold: Annotated[Threshold | None, doc("Seuil, au moins celui de la source.")] = None
    zero: Annotated[Flag | None, doc("true : un zéro est masqué aussi.")] = None
    successive: Annotated[Count | None, doc("Périodes de suite à montrer ensemble.")] = None


@declared
class Strictness:
    """What a workspace adds to the rules of its sources; never less than they ask."""

    threshold: Annotated[Threshold, doc("Seuil de tout l’espace, au moins.")] = 0.0
    partner_threshold: Annotated[
        Number,
        doc("Seuil des chiffres qu’un partenaire confie sans règle."),
        checked(lambda number: number > 0, "un effectif de 1 au moins : 11 par défaut"),
    ] = PARTNER_THRESHOLD
    by_source: Mapping[str, Override] = Field(
        default_factory=dict,
        validation_alias="sources",
        description="Ce que l’espace demande de plus à une source, [secrecy.sources.CODE].",
    )
    headlines: Annotated[Texts, doc("Zonages dont les totaux sont à montrer d’abord.")] = ()
    known: Annotated[tuple[Known, ...], doc("Bornes que d’autres connaissent déjà.")] = ()

    def by_default(self, source: str, rule: Rule, licence: str) -> Rule:
        """Return the rule of a source, or the default of the workspace for a partner without one."""
        own = self.by_source.get(source, Override()).threshold
        return rule if own else partner_rule(rule, licence, self.partner_threshold)

    def applied(self, source: str, rule: Rule) -> Rule:
        """Return a source's rule made stricter.

        Raises
        ------
        DescriptorError
            When the workspace asks for less than the source.

        Examples
        --------
        >>> Strictness(by_source={"caf": Override(20.0)}).applied("caf", Rule(11.0)).threshold
        20.0
        """
        asked = self.by_source.get(source, Override())
        for required in (rule.threshold, *(dated.threshold for dated in rule.dated)):
            if asked.threshold is not None and asked.threshold < required:
                raise _looser(source, "threshold", asked.threshold, required)
        if rule.zero and asked.zero is False:
            raise _looser(source, "zero", "false", "true")
        successive = rule.successive if asked.successive is None else asked.successive
        if successive < rule.successive:
            raise _looser(source, "successive", successive, rule.successive)
        least = max(asked.threshold or 0.0, self.threshold)
        stricter = replace(
            rule,
            threshold=max(rule.threshold, least),
            dated=tuple(replace(d, threshold=max(d.threshold, least)) for d in rule.dated),
            zero=rule.zero or bool(asked.zero),
            successive=successive,
        )
        # What the workspace hides of public figures is guarded as if they were not public.
        return rule if stricter == rule else replace(stricter, diffusion="restricted")


def _looser(source: str, key: str, asked: object, required: object) -> DescriptorError:
    return DescriptorError(
        f"observatoire.toml demande « {key} » à {asked} pour la source « {source} », dont la règle "
        f"est {required}.",
        where=f"observatoire.toml, [secrecy.sources.{source}]",
        why="Un espace de travail peut être plus strict que la source, jamais moins : la règle est "
        "celle sous laquelle les chiffres ont été confiés.",
        remedy=f"Retirez cette ligne, ou écrivez au moins {required}.",
        source=source,
    )

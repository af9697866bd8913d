"""What a partner's counts obey when nothing was agreed on: the workspace's own threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from observatoire.french.typography import number

if TYPE_CHECKING:
    from observatoire.declarations.secrecy_rules import Rule


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


def partner_rule(rule: Rule, licence: str, threshold: float) -> Rule:
    """Return the rule of a source, or that of the workspace for a partner that gave none.

    A source has a rule when it sets a threshold, says one in a sentence (« diffusé tel quel »), is
    public, or comes under an open licence.

    Examples
    --------
    >>> from observatoire.declarations.secrecy_rules import Rule
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

"""The record of secrecy: what was hidden and why, and the proof; never the intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observatoire.typography import NO_BREAK, number, plural

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Record:
    """What the plan of a workspace hid, and how sure it is.

    ``narrowest`` is the width of the narrowest interval left to a guarded figure, infinite when
    none is bounded; ``bound`` the cost below which no choice is safe, where it was proved.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    narrowest: float = math.inf
    programs: int = 0
    solver: str = ""
    cost: float = 0.0
    bound: float | None = 0.0
    exposed: int = 0

    def sentences(self) -> list[str]:
        """Say the record in French."""
        told = [self._width()]
        if self.solver:
            solved = plural(
                self.programs, "programme linéaire résolu", "programmes linéaires résolus"
            )
            told.append(
                f"Certificat{NO_BREAK}: solveur {self.solver.split()[0]}, {solved}, toutes les "
                f"publications de cet espace de travail prises ensemble. {self._optimum()}"
            )
        if self.exposed:
            deduced = plural(
                self.exposed, "effectif protégé se déduit", "effectifs protégés se déduisent"
            )
            told.append(
                f"{deduced} de ce qui était public avant cette publication{NO_BREAK}: rien de ce "
                "qui est montré ici n’y ajoute, et rien ne peut le reprendre."
            )
        return told

    def _width(self) -> str:
        if math.isinf(self.narrowest):
            return (
                "Aucun effectif protégé ne se laisse encadrer par les sommes et les taux montrés."
            )
        return (
            "L’intervalle le plus étroit que l’ensemble des chiffres montrés laisse à un effectif "
            f"protégé est large de {number(math.floor(self.narrowest * 10) / 10, 1)}."
        )

    def _optimum(self) -> str:
        if self.bound is None:
            return "Choix glouton : la table est trop grande pour prouver qu’il est le moindre."
        if self.cost <= self.bound * (1 + 1e-6):
            return "Aucun choix de cases à cacher ne coûterait moins au lecteur."
        over = 100 * (self.cost / self.bound - 1)
        return f"Le choix coûte au plus {number(over, 1)}{NO_BREAK}% de plus que le moindre."

    def to_dict(self) -> dict[str, Any]:
        """Return the record as a package stores it."""
        return {
            "cases_masquees": dict(self.counts),
            "intervalle_le_plus_etroit": None if math.isinf(self.narrowest) else self.narrowest,
            "solveur": self.solver,
            "programmes_lineaires": self.programs,
            "cout": round(self.cost, 6),
            "cout_minimal_prouve": None if self.bound is None else round(self.bound, 6),
            "effectifs_deja_publics": self.exposed,
        }

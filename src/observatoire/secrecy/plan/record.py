"""The record of secrecy: what was hidden and why, and the proof; never the intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NO_BREAK, number, plural
from observatoire.secrecy.primary.sensitive_cells import OURS

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Costs closer than this, per unit, are one.
_SAME = 1e-6


@dataclass(frozen=True)
class Record:
    """What the plan of a workspace hid, and how sure it is.

    ``narrowest`` is the width under which no guarded figure is bracketed, infinite when none is
    bounded. It is drawn from what is shown alone (see ``Protection.floor``): the exact one would
    show which of the hidden figures is small. ``measured`` (the intervals proved) never leaves: what
    a rate leaves out is one more to prove where it is small. What hiding costs, and the least it could cost, are
    made of the hidden sizes: neither is kept. ``withheld`` counts the headlines that
    had to be hidden, after a correction for instance.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    narrowest: float = math.inf
    measured: int = 0
    solver: str = ""
    exposed: int = 0
    withheld: int = 0

    def sentences(self) -> list[str]:
        """Write the record in French."""
        lines = [self._width()] if self._guards else []
        if self.solver:
            lines.append(self._certificate())
        if self.withheld:
            withheld = plural(
                self.withheld, "total de tête est masqué", "totaux de tête sont masqués"
            )
            lines.append(
                f"{withheld} aussi{NO_BREAK}: avec ce qui a déjà été publié, rien d’autre ne "
                "protégerait un effectif."
            )
        if self.exposed:
            deduced = plural(
                self.exposed,
                "effectif protégé se déduit, ou se borne sous son seuil,",
                "effectifs protégés se déduisent, ou se bornent sous leur seuil,",
            )
            lines.append(
                f"{deduced} de ce qui était public avant cette publication{NO_BREAK}: rien de ce "
                "qui est montré ici n’y ajoute, et rien ne peut le reprendre."
            )
        return lines

    def _certificate(self) -> str:
        """Say what was proved; where nothing was hidden, that there was nothing to prove."""
        together = "toutes les publications de cet espace de travail prises ensemble"
        if not self._guards:
            return (
                f"Certificat{NO_BREAK}: aucune case n’est à masquer par l’observatoire, {together}{NO_BREAK}: "
                "il n’y a pas d’intervalle à prouver."
            )
        return (
            f"Certificat{NO_BREAK}: solveur {self.solver.split()[0]}, tous les intervalles prouvés par "
            f"programmation linéaire, {together}."
        )

    @property
    def _guards(self) -> bool:
        """Whether something is hidden that its producer had not hidden."""
        return bool(self.measured or self.counts.get(OURS))

    def _width(self) -> str:
        if math.isinf(self.narrowest):
            return (
                "Aucun effectif protégé ne se laisse encadrer par les sommes et les taux montrés."
            )
        return (
            "L’intervalle le plus étroit que l’ensemble des chiffres montrés laisse à un effectif "
            f"protégé est large d’au moins {number(self._tenths, 1)}."
        )

    @property
    def _tenths(self) -> float:
        return math.floor(self.narrowest * 10 + _SAME) / 10

    def to_dict(self) -> dict[str, Any]:
        """Return the record as a package stores it."""
        return {
            "cases_masquees": dict(self.counts),
            "intervalle_le_plus_etroit": None if math.isinf(self.narrowest) else self._tenths,
            "solveur": self.solver,
            "effectifs_deja_publics": self.exposed,
            "totaux_de_tete_masques": self.withheld,
        }

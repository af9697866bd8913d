"""What packages give away together, though each is safe alone.

One member hides a count, another prints it, or prints what it takes to find it: a total and the other
parts, a rate and its denominator. All packages are put into one system, whose hidden cells the engine
of ``secrecy`` bounds as an attacker would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.exchange.federation.joint.exposure import people
from observatoire.exchange.federation.joint.programs import given_away
from observatoire.exchange.federation.joint.system import exposure
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure
    from observatoire.exchange.federation.verification import Member

DISCLOSURE_COLUMNS = (
    *("observatoire", "zonage", "territoire", "nom", "indicateur", "periode"),
    *("retrouve_par", "a_retirer", "seul"),
)

_SECRET = Status.SECRET.label

#: Shown figures that are tried, one after the other, as the one to withhold.
_TRIED = 12


def joint_disclosures(members: Sequence[Member], figures: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden counts that packages give away together: :data:`DISCLOSURE_COLUMNS`.

    Parameters
    ----------
    members : sequence of Member
        Their definitions, links between zonings and thresholds.
    figures : DataFrame
        The answer of ``counts.sql``: what is shown and what is hidden.
    """
    names = figures.drop_duplicates(["zonage", "territoire"]).set_index(["zonage", "territoire"])
    together = exposure(members, figures)
    alone: set[CountedCell] = set()
    for member in members:
        own = figures[figures["observatoire"] == member.name]
        if (own["statut"] == _SECRET).any():
            alone |= set(given_away(exposure([member], own)))
    rows = [
        (
            cell,
            f"ce chiffre, publié par {people(together.showing[cell])}",
            people(together.showing[cell]),
        )
        for cell in sorted(set(together.hiding) & set(together.shown))
    ]
    rows += [
        (cell, reason, _remedy(together, cell))
        for cell, reason in sorted(given_away(together).items())
    ]
    return pd.DataFrame(
        [
            (
                people(together.hiding[cell]), cell.zoning, cell.territory,
                str(names.loc[(cell.zoning, cell.territory), "nom"]), cell.quantity, cell.period,
                reason, remedy, "oui" if cell in alone else "non",
            )
            for cell, reason, remedy in rows
        ],
        columns=list(DISCLOSURE_COLUMNS),
    )  # fmt: skip


def remedy(together: Exposure, cell: CountedCell) -> tuple[list[CountedCell], bool]:
    """Return what to withhold around a count, and whether that is enough; parts are tried before totals."""
    near = [r for r in together.relations if cell == r[0] or cell in r[1]]
    around = dict.fromkeys(c for total, parts, _ in near for c in (*parts, total))
    tried = [c for c in around if c != cell and (c in together.shown or c in together.bounds)]
    for candidate in tried[:_TRIED]:
        if cell not in given_away(together.without(candidate)):
            return [candidate], True
    return tried, False


def _remedy(together: Exposure, cell: CountedCell) -> str:
    """Name the one figure that, withheld, keeps a count safe, or who publishes those around it."""
    cells, enough = remedy(together, cell)
    if enough:
        return f"{cells[0]}, par {people(together.showing[cells[0]])}"
    owners = set().union(*(together.showing[c] for c in cells)) | together.rated.get(cell, set())
    return f"plusieurs chiffres, par {people(owners)}" if owners else "ce qui l’entoure"

"""What packages give away together, though each is safe alone.

One member hides a count, another prints it, or prints what it takes to find it: a total and the other
parts, a rate and its denominator. All packages are put into one system, whose hidden counts whole-number
programs bound as an attacker would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.exchange.federation.joint.exposure import people
from observatoire.exchange.federation.joint.programs import given_away, withheld_for
from observatoire.exchange.federation.joint.system import Federated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from observatoire.exchange.federation.joint.exposure import CountedCell, Exposure
    from observatoire.exchange.federation.verification import Member

DISCLOSURE_COLUMNS = (
    *("observatoire", "zonage", "territoire", "nom", "indicateur", "periode"),
    *("retrouve_par", "a_retirer", "seul"),
)


def joint_disclosures(federated: Federated, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the hidden counts that packages give away together: :data:`DISCLOSURE_COLUMNS`.

    Parameters
    ----------
    federated : Federated
        The members: their definitions, links between zonings and thresholds.
    figures : DataFrame
        The answer of ``counts.sql``: what is shown and what is hidden.
    """
    names = figures.drop_duplicates(["zonage", "territoire"]).set_index(["zonage", "territoire"])
    together = _together(federated, figures)
    direct = sorted(set(together.hiding) & set(together.given))
    rows = [
        (
            cell,
            f"ce chiffre, publié par {people(together.showing[cell])}",
            people(together.showing[cell]),
        )
        for cell in direct
    ]
    found = sorted(given_away(together))
    rows += [(cell, together.reason(cell), _remedy(together, cell)) for cell in found]
    hiders = set().union(*(together.hiding[cell] for cell in (*direct, *found)))
    alone = _alone([member for member in federated.members if member.name in hiders], figures)
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


def _together(members: Federated, figures: pd.DataFrame) -> Exposure:
    federated, terms = members.seen_in(figures)
    return federated.exposure(federated.related(figures, terms), terms)


def _alone(members: Sequence[Member], figures: pd.DataFrame) -> set[CountedCell]:
    """Return the counts that the package of who hides them gives away by itself."""
    found: set[CountedCell] = set()
    for member in members:
        own = figures[figures["observatoire"] == member.name]
        found |= given_away(_together(Federated.of([member]), own))
    return found


def _remedy(together: Exposure, cell: CountedCell) -> str:
    """Name the figures that, withheld, keep a count safe, and who publishes them."""
    found = withheld_for(together, cell)
    if not found:
        return "ce qui l’entoure"
    owners = people(set().union(*(together.showing[each] for each in found)))
    return f"{found[0]}, par {owners}" if len(found) == 1 else f"plusieurs chiffres, par {owners}"

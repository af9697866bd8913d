"""Read what was programmed: who paid what, where, for which theme; who was never reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.registers import registers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.warehouse import Warehouse

#: The two stages of money: promised, and paid.
COMMITTED, SPENT = "engagé", "versé"

#: How a territory was reached.
OWN, WIDER, NEVER = "action propre", "par un périmètre plus large", "aucune action"

_SELECT = """
SELECT a.year, a.zoning, a.territory, p.name, a.theme, a.label, a.operator, a.kind, a.stage,
       a.funder, a.amount, a.people, a.evidence, a.source, a.line
FROM current_action AS a
JOIN territory AS p ON p.zoning = a.zoning AND p.code = a.territory
ORDER BY a.year, a.source, a.line, a.funder
"""


def read_actions(warehouse: Warehouse) -> pd.DataFrame:
    """Return the actions and envelopes of the standing loads, one row an action and funder."""
    return warehouse.frame(_SELECT)


@dataclass(frozen=True)
class Programming:
    """What was programmed between two years.

    ``money`` has one row a year and funder (``committed``, ``spent``); ``places`` one row a
    territory of the main zoning (``reach``, ``actions``, ``amount``, ``people``, ``per_head``);
    ``perimeters`` one row a wider perimeter; ``themes`` one row a theme; ``actions`` the rows
    themselves, envelopes left out.
    """

    money: pd.DataFrame
    perimeters: pd.DataFrame
    places: pd.DataFrame
    themes: pd.DataFrame
    actions: pd.DataFrame

    @property
    def never(self) -> list[str]:
        """Names of the territories that no action reached."""
        return list(self.places.loc[self.places["reach"] == NEVER, "name"])

    @property
    def idle(self) -> list[str]:
        """Labels of the themes without action."""
        return list(self.themes.loc[self.themes["actions"] == 0, "label"])


def programme(
    rows: pd.DataFrame,
    names: Mapping[str, str],
    within: Mapping[str, Sequence[tuple[str, str]]],
    people: Mapping[str, float],
    themes: Mapping[str, str],
    zoning: str,
    wider: Callable[[str, str, str], tuple[float, str]] = lambda *_: (float("nan"), ""),
) -> Programming:
    """Put actions together by funder, by territory and by theme.

    Parameters
    ----------
    rows : DataFrame
        What :func:`read_actions` returns.
    names : mapping
        Territories of the main zoning.
    within : mapping
        The wider perimeters (zoning, code) that hold each territory.
    people : mapping
        Inhabitants of each territory, where they are known.
    themes : mapping
        Labels of the themes.
    zoning : str
        The main zoning.
    wider : callable
        Inhabitants of a wider perimeter (zoning, code) about a year, and whose they are: its
        commune's where its own are not known.

    Notes
    -----
    Money given to a perimeter is never shared out between its quartiers: nobody knows how it was
    spent. An envelope is a promise, not an action.
    """
    envelope = rows["kind"] == registers()["actions"].envelope
    actions = rows[~envelope]
    return Programming(
        _money(rows),
        _perimeters(rows, zoning, wider),
        _places(actions, names, within, people, zoning),
        _themes(actions, themes),
        actions.reset_index(drop=True),
    )


def _money(rows: pd.DataFrame) -> pd.DataFrame:
    told = rows[rows["amount"].notna()]
    keys = ["year", "funder"]
    sums = {
        name: told[told["stage"] == stage].groupby(keys)["amount"].sum()
        for name, stage in (("committed", COMMITTED), ("spent", SPENT))
    }
    return pd.DataFrame(sums).rename_axis(keys).reset_index()


PERIMETER_COLUMNS = (
    "zoning", "territory", "name", "years", "committed", "spent", "inhabitants", "people_of", "per_head",
)  # fmt: skip


def _perimeters(
    rows: pd.DataFrame, zoning: str, wider: Callable[[str, str, str], tuple[float, str]]
) -> pd.DataFrame:
    """Return the money of each wider perimeter, and its mean by inhabitant and year."""
    made = []
    told = rows[(rows["zoning"] != zoning) & rows["amount"].notna()]
    for (where, code), part in told.groupby(["zoning", "territory"], sort=False):
        years = sorted(set(part["year"].str[:4]))
        sums = [
            float(part.loc[part["stage"] == stage, "amount"].sum(min_count=1))
            for stage in (COMMITTED, SPENT)
        ]
        inhabitants, of = wider(str(where), str(code), years[0])
        paid = sums[0] if math.isnan(sums[1]) else sums[1]
        span = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"
        head = paid / len(years) / inhabitants if inhabitants > 0 else float("nan")
        made.append((where, code, part["name"].iloc[0], span, *sums, inhabitants, of, head))
    return pd.DataFrame(made, columns=list(PERIMETER_COLUMNS))


def _places(
    actions: pd.DataFrame,
    names: Mapping[str, str],
    within: Mapping[str, Sequence[tuple[str, str]]],
    people: Mapping[str, float],
    zoning: str,
) -> pd.DataFrame:
    by_place = {
        (str(where), str(code)): part
        for (where, code), part in actions.groupby(["zoning", "territory"])
    }
    nothing = actions[:0]
    made = []
    for code, name in names.items():
        mine = by_place.get((zoning, code), nothing)
        wider = any(place in by_place for place in within.get(code, ()))
        reach = OWN if len(mine) else WIDER if wider else NEVER
        amount = _engaged(mine)
        inhabitants = people.get(code, float("nan"))
        # The rows of one action, by stage and funder, are about the same people.
        reached = mine.groupby(["year", "label", "operator"])["people"].max()
        made.append(
            {
                "territory": code,
                "name": name,
                "reach": reach,
                "actions": len(reached),
                "amount": amount,
                "people": float(reached.sum(min_count=1)),
                "inhabitants": inhabitants,
                "per_head": amount / inhabitants if inhabitants > 0 else float("nan"),
            }
        )
    return pd.DataFrame(made)


def _engaged(rows: pd.DataFrame) -> float:
    """Return the money spent, or committed where nothing says that it was spent; NaN if untold."""
    spent = rows[rows["stage"] == SPENT]["amount"].sum(min_count=1)
    promised = rows[rows["stage"] == COMMITTED]["amount"].sum(min_count=1)
    return float(promised if pd.isna(spent) else spent)


def _themes(actions: pd.DataFrame, themes: Mapping[str, str]) -> pd.DataFrame:
    made = []
    for code, label in themes.items():
        mine = actions[actions["theme"] == code]
        once = mine.drop_duplicates(["year", "zoning", "territory", "label", "operator"])
        made.append((code, label, len(once), _engaged(mine)))
    return pd.DataFrame(made, columns=["theme", "label", "actions", "amount"])

"""Read what was programmed: who paid what, where, for which theme; who was never reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.observations.registers import registers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.warehouse import Warehouse


#: The two stages of money: promised, and paid.
COMMITTED, SPENT = "engagé", "versé"

#: What the rows of one action share, whatever their stage and who pays.
_ACTION = ["year", "zoning", "territory", "label", "operator"]

#: How a territory was reached.
OWN, WIDER, NEVER = "action propre", "par un périmètre plus large", "aucune action"

_SELECT = """
SELECT a.year, a.zoning, a.territory, p.name, a.theme, a.label, a.operator, a.kind, a.stage,
       a.funder, a.amount, a.people, a.evidence, a.source, a.line,
       s.producer || ', ' || s.title AS origin
FROM current_action AS a
JOIN source AS s ON s.code = a.source
JOIN territory AS p ON p.zoning = a.zoning AND p.code = a.territory
ORDER BY a.year, a.source, a.line, a.funder
"""


def read_actions(warehouse: Warehouse) -> pd.DataFrame:
    """Return the actions and envelopes of the standing loads, one row an action and funder."""
    return warehouse.frame(_SELECT)


@dataclass(frozen=True)
class Programming:
    """What was programmed between two years.

    ``money`` has one row a year and funder (``promised`` in envelopes, ``committed`` to actions,
    ``spent``); ``places`` one row a territory of the main zoning (``reach``, ``actions``,
    ``amount``, ``people``, ``per_head``); ``perimeters`` one row a wider perimeter; ``themes`` one
    row a theme; ``actions`` the rows themselves, envelopes left out; ``origins`` names the sources.
    """

    money: pd.DataFrame
    perimeters: pd.DataFrame
    places: pd.DataFrame
    themes: pd.DataFrame
    actions: pd.DataFrame
    origins: tuple[str, ...] = ()

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
    wider : callable
        Inhabitants of a wider perimeter (zoning, code) about a year, and whose they are: its
        commune's where its own are not known.

    Notes
    -----
    Money given to a perimeter is never shared out between its quartiers: nobody knows how it was
    spent. An envelope is a promise, not an action.
    """
    actions = rows[~_promises(rows)]
    return Programming(
        _money(rows),
        _perimeters(rows, zoning, wider),
        _places(actions, names, within, people, zoning),
        _themes(actions, themes),
        actions.reset_index(drop=True),
        tuple(dict.fromkeys(map(str, rows["origin"]))),
    )


def _promises(rows: pd.DataFrame) -> pd.Series:
    """Say which rows are envelopes: money promised before any action."""
    return rows["kind"] == registers()["actions"].envelope


#: What became of money, in order.
STEPS = ("promised", "committed", "spent")


def _steps(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows with an amount, by what became of it: an action spends its envelope."""
    priced = rows[rows["amount"].notna()]
    paid, promise = priced["stage"] == SPENT, _promises(priced)
    steps = (promise & ~paid, ~promise & ~paid, paid)
    return {name: priced[of_step] for name, of_step in zip(STEPS, steps, strict=True)}


def _money(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["year", "funder"]
    sums = {name: part.groupby(keys)["amount"].sum() for name, part in _steps(rows).items()}
    return pd.DataFrame(sums).rename_axis(keys).reset_index()


PERIMETER_COLUMNS = (
    "zoning", "territory", "name", "years", *STEPS, "inhabitants", "people_of", "per_head", "spent_per_head",
)  # fmt: skip


def _perimeters(
    rows: pd.DataFrame, zoning: str, wider: Callable[[str, str, str], tuple[float, str]]
) -> pd.DataFrame:
    """Return the money of each wider perimeter, and its mean by inhabitant and year.

    ``per_head`` is of what was promised, or committed where nothing was promised; the years counted
    are those that have some.
    """
    perimeters = []
    funded = rows[(rows["zoning"] != zoning) & rows["amount"].notna()]
    for (where, code), part in funded.groupby(["zoning", "territory"], sort=False):
        years = sorted(set(part["year"].str[:4]))
        steps = _steps(part)
        inhabitants, of = wider(str(where), str(code), years[0])
        aimed = steps["promised"] if len(steps["promised"]) else steps["committed"]
        span = years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"
        perimeters.append(
            (
                where,
                code,
                part["name"].iloc[0],
                span,
                *(float(each["amount"].sum(min_count=1)) for each in steps.values()),
                inhabitants,
                of,
                _by_head(aimed, inhabitants),
                _by_head(steps["spent"], inhabitants),
            )
        )
    return pd.DataFrame(perimeters, columns=list(PERIMETER_COLUMNS))


def _by_head(rows: pd.DataFrame, inhabitants: float) -> float:
    """Return money by inhabitant and year."""
    years = rows["year"].str[:4].nunique()
    return (
        float(rows["amount"].sum()) / years / inhabitants if years and inhabitants > 0 else math.nan
    )


def _places(
    actions: pd.DataFrame,
    names: Mapping[str, str],
    within: Mapping[str, Sequence[tuple[str, str]]],
    people: Mapping[str, float],
    zoning: str,
) -> pd.DataFrame:
    """Return what was programmed for each territory: of itself, through a wider perimeter, or never."""
    by_place = dict(iter(actions.groupby(["zoning", "territory"])))
    nothing = actions[:0]
    places = []
    for code, name in names.items():
        own = by_place.get((zoning, code), nothing)
        wider = any(place in by_place for place in within.get(code, ()))
        amount, inhabitants = _engaged(own), people.get(code, math.nan)
        # The rows of one action, by stage and funder, are about the same people.
        reached = own.groupby(["year", "label", "operator"])["people"].max()
        places.append(
            {
                "territory": code,
                "name": name,
                "reach": OWN if len(own) else WIDER if wider else NEVER,
                "actions": len(reached),
                "amount": amount,
                "people": float(reached.sum(min_count=1)),
                "inhabitants": inhabitants,
                "per_head": amount / inhabitants if inhabitants > 0 else math.nan,
            }
        )
    return pd.DataFrame(places)


def _engaged(rows: pd.DataFrame) -> float:
    """Return what was paid to each action, or committed where no payment is known."""
    priced = rows[rows["amount"].notna()]
    if priced.empty:
        return math.nan
    stages = priced.groupby([*_ACTION, "stage"])["amount"].sum().unstack("stage")
    stages = stages.reindex(columns=[SPENT, COMMITTED])
    return float(stages[SPENT].fillna(stages[COMMITTED]).sum())


#: Label of the actions that no theme of the catalogue covers.
WITHOUT_THEME = "Sans thématique"


def _themes(actions: pd.DataFrame, themes: Mapping[str, str]) -> pd.DataFrame:
    """Return the actions and the money of each theme, and of the actions without one."""
    parts = [(code, label, actions[actions["theme"] == code]) for code, label in themes.items()]
    rest = actions[~actions["theme"].isin(list(themes))]
    if len(rest):  # without it the table adds up to less than the total above
        parts.append(("", WITHOUT_THEME, rest))
    lines = [
        (code, label, len(rows.drop_duplicates(_ACTION)), _engaged(rows))
        for code, label, rows in parts
    ]
    return pd.DataFrame(lines, columns=["theme", "label", "actions", "amount"])

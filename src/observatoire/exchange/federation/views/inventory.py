"""The page of an inventory: who observes what, drawn, then said row by row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from observatoire.exchange.federation.comparability import CARE, NO, YES
from observatoire.exchange.federation.views.grid import MOST_COLUMNS, Line, grid_figures
from observatoire.french.typography import capital, number, plural
from observatoire.pages.blocks import (
    Block,
    Column,
    Facts,
    Note,
    Page,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_HEADS = ("Observatoire", "Échelle", "Territoires connus", "Périodes", "Rythme", "Lacunes")

#: The gravest verdict of a row is the one that it bears.
_GRAVITY = (NO, CARE, YES)


def inventory_lines(
    observed: pd.DataFrame, inventory: pd.DataFrame, verdicts: pd.DataFrame, *, by_theme: bool
) -> list[Line]:
    """Return what is observed, a line an indicator and scale, or a heading and scale.

    Parameters
    ----------
    observed : DataFrame
        The answer of ``inventory.sql``: a row a member, zoning, indicator and period.
    inventory, verdicts : DataFrame
        As a federation gives them.
    by_theme : bool
        A line a heading, where members are too many for a line an indicator to be read.
    """
    words = inventory.drop_duplicates("indicateur").set_index("indicateur")
    seen: dict[tuple[str, str, str], dict[str, dict[int, list[float]]]] = defaultdict(dict)
    for row in records(observed):
        code = str(row["indicateur"])
        theme = capital(str(words.at[code, "thematique"] or "sans thématique"))
        key = (theme, "" if by_theme else code, str(row["zonage"]))
        years = seen[key].setdefault(str(row["observatoire"]), defaultdict(list))
        years[int(str(row["periode"])[:4])].append(row["connus"] / row["territoires"])
    worst = {} if by_theme else _worst(verdicts)
    return [
        Line(
            "" if by_theme else theme,
            str(words.at[code, "libelle"]) if code else theme,
            zoning,
            {
                who: {year: sum(shares) / len(shares) for year, shares in years.items()}
                for who, years in members.items()
            },
            _verdict(worst.get(code, {}), list(members)),
        )
        for (theme, code, zoning), members in sorted(seen.items())
    ]


def _worst(verdicts: pd.DataFrame) -> dict[str, dict[frozenset[str], str]]:
    """Return the verdict on each two members that give one code."""
    found: dict[str, dict[frozenset[str], str]] = defaultdict(dict)
    for row in records(verdicts[verdicts["indicateur_a"] == verdicts["indicateur_b"]]):
        pair = frozenset((row["observatoire_a"], row["observatoire_b"]))
        found[row["indicateur_a"]][pair] = row["verdict"]
    return found


def _verdict(judged: Mapping[frozenset[str], str], members: Sequence[str]) -> str:
    """Return the gravest verdict among the members that observe one thing at one scale."""
    among = set(members)
    said = {verdict for pair, verdict in judged.items() if pair <= among}
    return next((verdict for verdict in _GRAVITY if verdict in said), "")


def inventory_page(
    observed: pd.DataFrame,
    inventory: pd.DataFrame,
    verdicts: pd.DataFrame,
    members: Mapping[str, str],
    common: Sequence[str],
    date: str,
) -> Page:
    """Return the page of who observes what.

    Parameters
    ----------
    observed, inventory, verdicts : DataFrame
        As :func:`inventory_lines`.
    members : mapping
        What each member is called, by its name, in order of precedence.
    common : sequence of str
        The indicators that all give with one definition.
    date : str
        The day of the page.
    """
    lines = inventory_lines(observed, inventory, verdicts, by_theme=len(members) > MOST_COLUMNS)
    shared = inventory.groupby("indicateur")["observatoire"].nunique()
    gaps = inventory[inventory["lacunes"] != ""]
    together = len(common) if len(members) > 1 else 0
    headlines = Facts(
        (
            (number(len(shared)), f"{_noun(len(shared), 'indicateur')}, toutes échelles réunies"),
            (number(int((shared == 1).sum())), "chez un seul observatoire"),
            (number(together), "communs à tous, de même définition"),
            (
                number(len(gaps)),
                f"{_noun(len(gaps), 'série')} à qui manquent des années d’un autre",
            ),
        ),
        kind="headlines",
    )
    blocks: tuple[Block, ...] = (
        headlines,
        *grid_figures(lines, members),
        _table(inventory, members),
    )
    said = f"{plural(len(members), 'observatoire')} : qui observe quoi, où, à quel rythme"
    return Page("Inventaire de la fédération", said, blocks, date)


def _noun(count: int, noun: str) -> str:
    return plural(count, noun).split("\u00a0", 1)[1]


def _table(inventory: pd.DataFrame, members: Mapping[str, str]) -> TableBlock:
    """Return the inventory as a table of texts, under its headings."""
    rows, heading = [], None
    for row in records(inventory):
        theme = capital(str(row["thematique"] or "sans thématique"))
        if theme != heading:
            heading = theme
            rows.append(Row(theme, kind="group"))
        first, last = row["premiere"], row["derniere"]
        texts = (
            members[row["observatoire"]],
            row["zonage"],
            f"{number(row['connus'])} sur {number(row['territoires'])}",
            first if first == last else f"{first} à {last} ({number(row['periodes'])})",
            row["rythme"],
            row["lacunes"] or "—",
        )
        cells = tuple(TextCell(str(each)) for each in texts)
        rows.append(Row(str(row["libelle"]), cells, hint=str(row["indicateur"])))
    said = (
        "« Territoires connus » est celui de la dernière période ; « Lacunes », les périodes que d’autres "
        "ont à cette échelle et qui manquent ici ; le nombre de périodes est entre parenthèses."
    )
    return TableBlock(
        "Qui observe quoi, ligne à ligne",
        "Indicateur",
        tuple(map(Column, _HEADS)),
        tuple(rows),
        (Note("Lecture", said),),
        kind="texts",
    )

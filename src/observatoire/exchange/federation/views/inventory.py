"""The page of an inventory: who observes what, drawn, then said row by row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.exchange.federation.comparability import CARE, NO, YES, year_of
from observatoire.exchange.federation.views.grid import (
    FULL,
    GAP,
    MOST_COLUMNS,
    PART,
    Heads,
    Line,
    distinct_names,
    grid_figures,
)
from observatoire.french.typography import capital, number, plural
from observatoire.indicators.computation.table import CELL_COLUMNS, Table
from observatoire.pages.blocks import Block, Facts, Note, Page, Row, TableBlock, TextCell, heads
from observatoire.pages.sheet import Sheet
from observatoire.secrecy.release.protected_table import protect_table
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEADS = ("Observatoire", "Échelle", "Territoires connus", "Périodes", "Rythme", "Lacunes")

#: Share of a printed page that each column of the table takes, the label's first.
_WIDTHS = (0.2, 0.21, 0.16, 0.1, 0.13, 0.1, 0.1)

#: Beyond so many lines, a picture of each would be no picture: that of the headings is drawn.
_MOST_LINES = 110

#: The gravest verdict of a row is the one that it bears.
_GRAVITY = (NO, CARE, YES)


#: What is observed: heading, indicator (none for a whole heading), zoning (none for all).
Key = tuple[str, str, str]

#: Share of the territories that have a figure, by year.
Shares = dict[int, float]


def _shares(observed: pd.DataFrame, themes: Mapping[str, str]) -> dict[Key, dict[str, Shares]]:
    """Return what share of its territories each member knows, by indicator, zoning and year."""
    found: dict[Key, dict[str, Shares]] = defaultdict(dict)
    for row in records(observed):
        code = str(row["indicateur"])
        years = found[themes[code], code, str(row["zonage"])].setdefault(row["observatoire"], {})
        if year := year_of(str(row["periode"])):
            years[year] = max(row["connus"] / row["territoires"], years.get(year, 0.0))
    return found


def _states(members: Mapping[str, Shares]) -> dict[str, dict[int, str]]:
    """Say of each year what a member has: all, a part, or a gap where another has it."""
    every = sorted({year for years in members.values() for year in years})
    return {
        who: {
            year: GAP if year not in years else FULL if years[year] >= 1 else PART for year in every
        }
        for who, years in members.items()
    }


def by_indicator(
    observed: pd.DataFrame, words: pd.DataFrame, verdicts: pd.DataFrame, members: Mapping[str, str]
) -> tuple[list[Line], Heads]:
    """Return a line an indicator and scale, a column a member.

    Parameters
    ----------
    observed : DataFrame
        The answer of ``inventory.sql``: a row a member, zoning, indicator and period.
    words : DataFrame
        ``libelle`` and ``thematique`` of each indicator, by its code.
    """
    worst = _worst(verdicts)
    lines = [
        Line(
            theme,
            str(words.at[code, "libelle"]),
            zoning,
            _states(found),
            _verdict(worst.get(code, {}), list(found)),
            plural(len(found), "observatoire"),
        )
        for (theme, code, zoning), found in sorted(_shares(observed, _themes(words)).items())
    ]
    return lines, Heads(members, ("Côte à côte ?", "chez combien"))


def by_member(
    observed: pd.DataFrame, words: pd.DataFrame, members: Mapping[str, str]
) -> tuple[list[Line], Heads]:
    """Return a line a member, a column a heading: what is read of many members."""
    themes = _themes(words)
    years: dict[str, dict[str, Shares]] = defaultdict(dict)
    counts: dict[str, set[str]] = defaultdict(set)
    for (theme, code, _), found in _shares(observed, themes).items():
        for who, known in found.items():
            kept = years[theme].setdefault(who, {})
            counts[who].add(code)
            for year, share in known.items():  # a part of one indicator is a part of the heading
                kept[year] = min(share, kept.get(year, 1.0))
    states = {theme: _states(found) for theme, found in years.items()}
    scales = observed.groupby("observatoire")["zonage"].unique().to_dict()
    lines = [
        Line(
            "",
            title,
            ", ".join(sorted(scales.get(who, ()))),
            {theme: found[who] for theme, found in states.items() if who in found},
            count=plural(len(counts[who]), "indicateur"),
        )
        for who, title in distinct_names(members).items()
    ]
    return lines, Heads({theme: theme for theme in sorted(states)}, ("", "Combien"))


def _themes(words: pd.DataFrame) -> dict[str, str]:
    return {
        str(code): capital(str(theme or "sans thématique"))
        for code, theme in words["thematique"].items()
    }


def _worst(verdicts: pd.DataFrame) -> dict[str, dict[frozenset[str], str]]:
    """Return the verdict on each two members that give one code."""
    found: dict[str, dict[frozenset[str], str]] = defaultdict(dict)
    same = verdicts[verdicts["indicateur_a"] == verdicts["indicateur_b"]]
    for row in records(same[["indicateur_a", "observatoire_a", "observatoire_b", "verdict"]]):
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
) -> Sheet:
    """Return the page of who observes what, and no count: it carries no table.

    Parameters
    ----------
    observed, inventory, verdicts : DataFrame
        The answer of ``inventory.sql``, and what a federation says of it.
    members : mapping
        What each member is called, by its name, in order of precedence.
    common : sequence of str
        The indicators that all give with one definition.
    """
    words = inventory.drop_duplicates("indicateur").set_index("indicateur")
    asked = len(inventory.drop_duplicates(["indicateur", "zonage"]))
    lines, heads = (
        by_member(observed, words, members)
        if len(members) > MOST_COLUMNS or asked > _MOST_LINES
        else by_indicator(observed, words, verdicts, members)
    )
    shared = inventory.groupby("indicateur")["observatoire"].nunique()
    gaps = inventory[inventory["lacunes"] != ""]
    everywhere = set(shared.index[shared == len(members)]) & set(common)
    together = len(everywhere) if len(members) > 1 else 0
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
        *grid_figures(lines, heads),
        _table(inventory, members),
    )
    said = f"{plural(len(members), 'observatoire')} : qui observe quoi, où, à quel rythme"
    page = Page("Inventaire de la fédération", said, blocks, date)
    return Sheet(page, protect_table(Table(pd.DataFrame(columns=list(CELL_COLUMNS)), {}, "", "")))


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
        heads(*_HEADS),
        tuple(rows),
        (Note("Lecture", said),),
        kind="texts",
        widths=_WIDTHS,
    )

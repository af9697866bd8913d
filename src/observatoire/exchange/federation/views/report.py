"""The annex of a federation: who observes what, what may stand side by side, the sites, the method."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from observatoire.exchange.publication.figures import data_rows
from observatoire.french.typography import NO_BREAK, enumerate_words, number, plural
from observatoire.pages.blocks import (
    Block,
    Column,
    Facts,
    Heading,
    Note,
    Page,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
    heads,
)
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from observatoire.exchange.federation.verification import Member
    from observatoire.exchange.federation.views.figures import Imprint

#: Indicators that an annex draws at most.
MOST_DRAWN = 6

#: Rows that a page of texts holds before the rest is only counted.
_MOST = 40

#: What heads the columns of the two tables of texts, and their share of the page.
_COLUMNS = data_rows(__package__, "columns.csv")

#: A code in a sentence: it has its words.
_WORD = re.compile(r"[\w-]+")


def short(blocks: Sequence[Block]) -> list[Block]:
    """Leave out tables that would fill an annex: its pictures say the same."""
    return [b for b in blocks if not isinstance(b, TableBlock) or len(b.rows) <= _MOST]


def judged_blocks(
    verdicts: pd.DataFrame, conflicts: pd.DataFrame, words: Mapping[str, str]
) -> list[Block]:
    """Return what may stand side by side, and where members differ, the gravest first.

    Parameters
    ----------
    words : mapping
        What members and indicators are called, by their name or code.
    """
    apart = verdicts[verdicts["verdict"] != "oui"].sort_values(
        ["verdict", "indicateur_a"], ascending=[False, True], kind="stable"
    )
    agreed = len(verdicts) - len(apart)
    differing = conflicts.sort_values("explique", kind="stable")
    return [
        Paragraph(
            f"{plural(len(verdicts), 'paire')} d’indicateurs de deux observatoires portent le même code ou le "
            f"même libellé{NO_BREAK}; {number(agreed)} se mettent côte à côte sans réserve."
        ),
        *_listed("Ce qui ne se met pas côte à côte, ou avec précaution", apart, "verdict", words),
        *_listed("Même question, réponses différentes", differing, "conflict", words),
    ]


def given_away_blocks(given_away: pd.DataFrame, words: Mapping[str, str]) -> list[Block]:
    """Say how many counts the packages give away together; how they are found is nobody's to read."""
    count = len(given_away)
    if not count:
        said = "Réunis, les paquets ne dévoilent aucun des effectifs que leurs auteurs masquent."
        return [Paragraph(said)]
    hiders = enumerate_words(sorted({_text(names, words) for names in given_away["observatoire"]}))
    return [
        Paragraph(
            f"{plural(count, 'effectif')} qu’un observatoire masque se retrouverait en réunissant les paquets : "
            "ces pages les masquent, avec ce qu’il faut autour. La fédération en donne la liste, et dit qui "
            f"doit retirer quoi. À prévenir{NO_BREAK}: {hiders}."
        )
    ]


def _listed(title: str, frame: pd.DataFrame, table: str, words: Mapping[str, str]) -> list[Block]:
    """Return rows as a table of texts; nothing where there are none."""
    if frame.empty:
        return []
    columns = [each for each in _COLUMNS if each["table"] == table]
    heads = {each["column"]: each["head"] for each in columns}
    first, *others = heads
    rows = tuple(
        Row(_text(row[first], words), tuple(TextCell(_text(row[name], words)) for name in others))
        for row in records(frame[list(heads)].head(_MOST))
    )
    more = len(frame) - len(rows)
    said = f"{plural(more, 'autre ligne', 'autres lignes')} dans la table que donne la fédération."
    return [
        TableBlock(
            title,
            heads[first],
            tuple(Column(heads[name]) for name in others),
            rows,
            (Note("Suite", said),) if more else (),
            kind="texts",
            widths=tuple(float(each["width"]) for each in columns),
        )
    ]


def _text(value: object, words: Mapping[str, str]) -> str:
    if isinstance(value, float):
        return "masqué" if math.isnan(value) else number(value, 0 if value.is_integer() else 1)
    return _WORD.sub(lambda found: words.get(found[0], found[0]), words.get(str(value), str(value)))


def method_blocks(
    members: Sequence[Member], titles: Mapping[str, str], refused: Iterable[tuple[str, str]]
) -> list[Block]:
    """Return where the figures come from: each package, its licence, its sources, its day."""
    rows = [
        Row(
            titles[member.name],
            tuple(TextCell(text) for text in _package_words(member.descriptor)),
        )
        for member in members
    ]
    left = [Row(place, (TextCell(reason),)) for place, reason in refused]
    blocks: list[Block] = [
        TableBlock(
            "Paquets réunis, par ordre de préséance",
            "Observatoire",
            heads("Version", "Publié le", "Licence", "Sources"),
            tuple(rows),
            (
                Note(
                    "Lecture",
                    "à une question, le premier observatoire qui répond est cru ; ce que l’un masque reste "
                    "masqué.",
                ),
            ),
            kind="texts",
        )
    ]
    if left:
        blocks.append(
            TableBlock("Paquets refusés", "Où", (Column("Pourquoi"),), tuple(left), kind="texts")
        )
    return blocks


def _package_words(descriptor: Mapping[str, object]) -> tuple[str, ...]:
    licences, sources = (descriptor.get(name) for name in ("licenses", "sources"))
    return (
        str(descriptor.get("version") or "—"),
        str(descriptor.get("created") or "—")[:10],
        " ; ".join(_titles(licences)) or "—",
        " ; ".join(_titles(sources)) or "—",
    )


def _titles(given: object) -> list[str]:
    """Return the titles of what a stranger's descriptor lists, as far as it lists any."""
    listed = given if isinstance(given, list) else []
    return [str(each.get("title") or each.get("name")) for each in listed if isinstance(each, dict)]


def report_page(
    title: str,
    imprint: Imprint,
    titles: Mapping[str, str],
    inventory: pd.DataFrame,
    chapters: Mapping[str, Sequence[Block]],
) -> Page:
    """Return the annex: its cover, then its chapters, those that have something to say."""
    count = len(titles)
    several = inventory.groupby("indicateur")["observatoire"].nunique()
    cover: list[Block] = [
        Facts(
            (
                (number(count), "observatoires réunis" if count > 1 else "observatoire"),
                (number(len(several)), "indicateurs, toutes échelles réunies"),
                (number(int((several > 1).sum())), "observés par plusieurs"),
            ),
            kind="headlines",
        ),
        Facts(tuple((title, _owned(inventory, name)) for name, title in titles.items())),
    ]
    blocks = [
        block
        for heading, found in chapters.items()
        if found
        for block in (Heading(heading, 1), *found)
    ]
    return Page(title, "", (*cover, *blocks), imprint.date, imprint.place, cover=True)


def _owned(inventory: pd.DataFrame, name: str) -> str:
    own = inventory[inventory["observatoire"] == name]
    scales = enumerate_words(sorted(set(own["zonage"])), most=4)
    return f"{plural(own['indicateur'].nunique(), 'indicateur')}{NO_BREAK}; {scales}"

"""Tables of links between zonings, in words: « proche », « inclus », « inconnu »."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import DuplicateKeyError, PassageError, UnknownTerritoryError
from observatoire.errors.arguments import suggestion
from observatoire.memo import read_once
from observatoire.territories.zoning import check_columns, read_text_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


WHOLE, PART, UNKNOWN = "proche", "inclus", "inconnu"

#: The link of a source that a measured passage shares between targets.
SPLIT = "partage"
LINK_WORDS = (WHOLE, PART, UNKNOWN)
LINK_COLUMNS = ("source", "target", "link")

#: How a link was established: by an official table of codes, or read off names, hence to be checked.
QUALITY = "quality"
OFFICIAL, BY_NAME = "officiel", "noms"


@read_once
def read_links(path: Path) -> pd.DataFrame:
    """Read a table of links: columns ``source``, ``target``, ``link`` and, where stated, ``quality``.

    Raises
    ------
    UnknownColumnError, PassageError, DuplicateKeyError
        When a column is missing, a link is none of the three words, a quality none of the two, or a
        link is written twice.
    """
    links = read_text_table(path)
    check_columns(links, LINK_COLUMNS, path.name)
    _check_words(links, "link", "Le lien", LINK_WORDS, path)
    if QUALITY in links:
        _check_words(links, QUALITY, "La qualité de lien", (OFFICIAL, BY_NAME, ""), path)
    unsourced = links.index[(links["source"] == "") & (links["link"] != UNKNOWN)]
    if len(unsourced):
        raise PassageError(
            f"La source est vide, mais le lien est « {links['link'][unsourced[0]]} ».",
            where=f"{path.name}, ligne {int(unsourced[0]) + 2}",
            remedy=f"Donnez la source, ou écrivez « {UNKNOWN} ».",
        )
    again = links.index[links.duplicated(["source", "target"])]
    if len(again):
        source, target = links.loc[again[0], ["source", "target"]]
        raise DuplicateKeyError(
            f"Le lien de « {source} » à « {target} » figure deux fois.",
            where=f"{path.name}, ligne {int(again[0]) + 2}",
            why="Ses effectifs seraient comptés deux fois.",
            remedy="Supprimez l’une des deux lignes.",
        )
    return links[[*LINK_COLUMNS, *([QUALITY] if QUALITY in links else [])]]


def _check_words(
    links: pd.DataFrame, column: str, what: str, words: Collection[str], path: Path
) -> None:
    wrong = links.index[~links[column].isin(words)]
    if len(wrong):
        word = str(links.at[wrong[0], column])
        raise PassageError(
            f"{what} « {word} » n’existe pas.",
            where=f"{path.name}, ligne {int(wrong[0]) + 2}",
            remedy=suggestion(word, words),
        )


def check_links(
    links: pd.DataFrame, sources: Collection[str], targets: Collection[str], file: str
) -> None:
    """Check that a table of links names known territories only.

    Raises
    ------
    UnknownTerritoryError
        On the first code that its zoning does not hold, with the nearest one.
    """
    for column, known in (("source", {*sources, ""}), ("target", set(targets))):
        lost = links.index[~links[column].isin(known)]
        if len(lost):
            code = str(links.at[lost[0], column])
            raise UnknownTerritoryError(
                f"Le zonage n’a pas de territoire « {code} ».",
                where=f"{file}, ligne {int(lost[0]) + 2}, colonne {column}",
                why="Le lien serait perdu sans bruit.",
                remedy=suggestion(code, sorted(known - {""})),
            )


def compose(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Link a first zoning to a third, through a second.

    A source that lies wholly in a whole member of the target lies wholly in the target; a source
    of which a member is an unknown part gives the target an unknown part, once, however many
    members it holds. What rests on a link read off names is read off names too. A member that nothing
    is known of leaves the target incomplete: a row with a blank source and the link ``inconnu``.

    Parameters
    ----------
    first, second : DataFrame
        Columns ``source``, ``target``, ``link``.

    Examples
    --------
    >>> iris = pd.DataFrame([("i1", "q1", "proche"), ("i2", "q2", "inclus"), ("", "q3", "inconnu")],
    ...                     columns=["source", "target", "link"])
    >>> sets = pd.DataFrame([(q, "all", "proche") for q in ("q1", "q2", "q3")],
    ...                     columns=["source", "target", "link"])
    >>> compose(iris, sets).values.tolist()
    [['', 'all', 'inconnu'], ['i1', 'all', 'proche'], ['i2', 'all', 'inclus']]
    """
    joined = first.merge(second, left_on="target", right_on="source", suffixes=("", "_second"))
    strength = {WHOLE: 0, PART: 1, UNKNOWN: 2}
    weakest = joined[["link", "link_second"]].map(strength.__getitem__).max(axis=1)
    chained = pd.DataFrame(
        {"source": joined["source"], "target": joined["target_second"], "rank": weakest}
    )
    # A member that the second table itself does not name leaves its target incomplete too.
    lost = second.loc[(second["source"] == "") & (second["link"] == UNKNOWN), "target"]
    unnamed = pd.DataFrame({"source": "", "target": lost, "rank": strength[UNKNOWN]})
    chained = pd.concat([chained, unnamed], ignore_index=True)
    best = chained.groupby(["source", "target"], as_index=False)["rank"].min()
    words = {rank: word for word, rank in strength.items()}
    composed = pd.DataFrame(
        {"source": best["source"], "target": best["target"], "link": best["rank"].map(words)}
    )
    if QUALITY in first or QUALITY in second:
        by_name = (joined.filter(regex=f"^{QUALITY}") == BY_NAME).any(axis=1)
        pairs = {*zip(joined["source"][by_name], joined["target_second"][by_name], strict=True)}
        composed[QUALITY] = [
            BY_NAME if pair in pairs else ""
            for pair in zip(composed["source"], composed["target"], strict=True)
        ]
    return composed.sort_values(["target", "source"], ignore_index=True)

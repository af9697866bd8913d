"""What was read of a file otherwise than as plain numbers, in sentences: for previews and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.typography import enumerate_words, plural

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.sources.filespec import FileSpec
    from observatoire.sources.observations import Parsed

#: So many writings of one kind are quoted.
_MOST = 6


def joined_notice(spec: FileSpec) -> str:
    """Say that short codes were joined to those of their communes."""
    return (
        f"Codes courts de la colonne « {spec.territory} », joints à la commune de la colonne "
        f"« {spec.prefix_column} »."
    )


def told_remarks(parsed: Parsed) -> list[str]:
    """Say which numbers bear a mark, which words were read as zero, which classes are open.

    Parameters
    ----------
    parsed : Parsed
        What was read of a file.
    """
    cells = parsed.cells
    marked = cells[(cells["marker"] != "").to_numpy()]
    observed = (marked["status"] == "observed").to_numpy()
    figures = marked["marker"].astype("str").str.contains("[0-9]").to_numpy(bool)
    one_bound = (marked["low"].notna() != marked["high"].notna()).to_numpy()
    return [*_called(marked[observed & figures]), *_zeros(marked[observed & ~figures]),
            *_open(marked[~observed & one_bound])]  # fmt: skip


def _called(cells: pd.DataFrame) -> list[str]:
    return [
        f"« {note} » ({_quoted(mine)}) : {plural(len(mine), 'nombre gardé', 'nombres gardés')}, avec la marque."
        for note, mine in cells.astype({"note": "str"}).groupby("note")
    ]


def _zeros(cells: pd.DataFrame) -> list[str]:
    if cells.empty:
        return []
    told = plural(len(cells), "cellule")
    return [
        (
            f"{_quoted(cells)} : lu zéro ({told}), à vérifier auprès du partenaire ; le sens d’un signe se "
            "change sous [markers] de source.toml."
        )
    ]


def _open(cells: pd.DataFrame) -> list[str]:
    if cells.empty:
        return []
    told = plural(len(cells), "classe ouverte", "classes ouvertes")
    return [
        (
            f"{_quoted(cells)} : {told}, dont une seule borne est connue ; non disponible, car on ne peut "
            "ni additionner ni comparer ce qui n’a pas d’autre borne."
        )
    ]


def _quoted(cells: pd.DataFrame) -> str:
    told = [f"« {marker} »" for marker in dict.fromkeys(cells["marker"].astype("str"))]
    return enumerate_words(told, most=_MOST)

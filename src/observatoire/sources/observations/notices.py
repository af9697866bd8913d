"""What was read of a file otherwise than as plain numbers, in sentences: for previews and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import enumerate_words, plural
from observatoire.sources.observations.aliases import alias_notices
from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.places.communes import town_titled
from observatoire.sources.places.unplaced_rows import level_reason
from observatoire.sources.tables.rejects import NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from observatoire.sources.observations.parsed import Parsed
    from observatoire.sources.tables.raw_table import RawTable


#: So many writings of one kind are quoted.
_MOST = 6


def reading_notices(table: RawTable) -> list[str]:
    """Say which merged cells of a workbook were filled down on each row, and which rows nobody sees.

    Parameters
    ----------
    table : RawTable
        A file's raw rows, completed.
    """
    notices = [
        f"{plural(count, 'cellule fusionnée', 'cellules fusionnées')} de « {name} » "
        f"{'a été complétée' if count == 1 else 'ont été complétées'}."
        for name, count in table.completed.items()
    ]
    lines = [str(line) for line in table.hidden.lines]
    if not lines:
        return notices
    first = enumerate_words(lines, most=_MOST)
    count = plural(len(lines), "ligne masquée", "lignes masquées")
    by = " par un filtre automatique" if table.hidden.filtered else ""
    single = len(lines) == 1
    which = (
        f"lue comme les autres : ligne {first}"
        if single
        else f"lues comme les autres : lignes {first}"
    )
    away = (
        "Si elle ne doit pas compter, supprimez-la"
        if single
        else "Si elles ne doivent pas compter, supprimez-les"
    )
    return [*notices, f"{count}{by} dans le classeur, et {which}. {away}."]


def _named(sheets: Sequence[str]) -> str:
    return enumerate_words([f"« {name} »" for name in sheets], most=_MOST)


def notices_of(parsed: Sequence[Parsed]) -> list[str]:
    """Say which codes were mended, which other names placed rows, what was read as no plain number."""
    notices = []
    for table in parsed:
        if len(table.restored):
            codes = list(dict.fromkeys(table.restored["code"]))
            notices.append(
                f"{table.table.name} : {plural(len(codes), 'code rétabli', 'codes rétablis')}, qu’un "
                f"tableur avait pris pour des nombres ({enumerate_words(codes, most=3)})."
            )
        notices += [f"{table.table.name}, {notice}" for notice in reading_notices(table.table)]
        notices += [f"{table.table.name}, {notice}" for notice in alias_notices(table.aliased)]
        notices += [f"{table.table.name}, {notice}" for notice in heading_notices(table)]
        if not table.cells.empty and "marker" in table.cells:  # registers keep no signs
            notices += [f"{table.table.name}, {notice}" for notice in mark_notices(table)]
    return notices


def heading_notices(parsed: Parsed) -> list[str]:
    """Say which titles stand among rows of figures, and name no territory that is known.

    What follows one may be of another town: a « Centre-ville » under it is then not ours.

    Parameters
    ----------
    parsed : Parsed
        What was read of a file.
    """
    rejects, cells = parsed.rejects, parsed.cells
    if cells.empty:
        return []
    towns = rejects["line"][rejects["reason"] == level_reason("commune")]
    among = rejects["line"].between(0 if towns.empty else towns.min(), cells["line"].max())
    notes = rejects[among & (rejects["reason"] == NOTE)]
    away = set(rejects["raw"][rejects["kind"].isin(["elsewhere", "commune"])])
    titles = [
        f"« {raw} » (ligne {line})"
        for line, raw in zip(notes["line"], notes["raw"], strict=True)
        if any(map(str.isalpha, raw)) and not signs().is_note(raw)
        if raw not in away and not town_titled(raw)
    ]
    if not titles:
        return []
    verb = "est lu comme un titre" if len(titles) == 1 else "sont lus comme des titres"
    after = (
        "sont lues parmi vos territoires. Si c’est un autre lieu"
        if towns.empty
        else "restent de la commune dite plus haut. Si c’est une autre commune"
    )
    return [
        (
            f"{enumerate_words(titles, most=_MOST)} {verb} : les lignes qui suivent {after}, retirez-les du "
            "fichier, ou écrivez la commune de chaque ligne."
        )
    ]


def mark_notices(parsed: Parsed) -> list[str]:
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
        f"« {note} » ({_quoted(group)}) : {plural(len(group), 'nombre gardé', 'nombres gardés')}, avec la marque."
        for note, group in cells.astype({"note": "str"}).groupby("note")
    ]


def _zeros(cells: pd.DataFrame) -> list[str]:
    if cells.empty:
        return []
    count = plural(len(cells), "cellule")
    return [
        (
            f"{_quoted(cells)} : lu zéro ({count}), à vérifier auprès du partenaire ; le sens d’un signe se "
            "change sous [markers] de source.toml."
        )
    ]


def _open(cells: pd.DataFrame) -> list[str]:
    if cells.empty:
        return []
    count = plural(len(cells), "classe ouverte", "classes ouvertes")
    return [
        (
            f"{_quoted(cells)} : {count}, dont une seule borne est connue ; non disponible, car on ne peut "
            "ni additionner ni comparer ce qui n’a pas d’autre borne."
        )
    ]


def _quoted(cells: pd.DataFrame) -> str:
    markers = [f"« {marker} »" for marker in dict.fromkeys(cells["marker"].astype("str"))]
    return enumerate_words(markers, most=_MOST)

"""What was read of a file otherwise than as plain numbers, in sentences: for previews and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.sources.aliasing import told_aliases
from observatoire.sources.entitling import town_titled
from observatoire.sources.faults import NOTE, level_reason
from observatoire.sources.signs import signs
from observatoire.typography import enumerate_words, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from observatoire.sources.detecting import Found
    from observatoire.sources.filespec import FileSpec
    from observatoire.sources.observations import Parsed
    from observatoire.sources.reading import RawTable
    from observatoire.sources.writing import Plan

#: So many writings of one kind are quoted.
_MOST = 6


def _joined_notice(spec: FileSpec) -> str:
    """Say that short codes were joined to those of their communes."""
    return (
        f"Codes courts de la colonne « {spec.territory} », joints à la commune de la colonne "
        f"« {spec.prefix_column} »."
    )


def table_notices(found: Found) -> list[str]:
    """Say which sheets of a workbook were not read, and which codes were joined."""
    told = []
    if found.others:
        one = len(found.others) == 1
        told.append(
            f"{plural(len(found.others), 'autre feuille', 'autres feuilles')} avec des territoires, "
            f"pas lue{'' if one else 's'} : {_named(found.others)}. Pour {'la' if one else 'les'} charger aussi : "
            "écrivez le source.toml (o.preview(…).write(), ou --write), ôtez-y les « # » devant "
            f"{'sa table [[files]], dites sa' if one else 'leurs tables [[files]], dites leur'} période, puis "
            "chargez le dossier."
        )
    unseen = [name for name in found.hidden if name != found.table.sheet]
    if unseen:
        told.append(f"Masqué dans le classeur, et pas lu : {_named(unseen)}.")
    if found.unseen:
        told.append(f"Colonnes masquées dans le classeur, et lues : {_named(found.unseen)}.")
    return told + ([_joined_notice(found.spec)] if found.spec.prefix_column else [])


def seen_notices(table: RawTable) -> list[str]:
    """Say which merged cells of a workbook were told again on each row, and which rows nobody sees.

    Parameters
    ----------
    table : RawTable
        A file's raw rows, completed.
    """
    told = [
        f"{plural(count, 'cellule fusionnée', 'cellules fusionnées')} de « {name} » "
        f"{'a été complétée' if count == 1 else 'ont été complétées'}."
        for name, count in table.completed.items()
    ]
    lines = [str(line) for line in table.hidden.lines]
    if not lines:
        return told
    first = enumerate_words(lines, most=_MOST)
    count = plural(len(lines), "ligne masquée", "lignes masquées")
    by = " par un filtre automatique" if table.hidden.filtered else ""
    one = len(lines) == 1
    which = (
        f"lue comme les autres : ligne {first}"
        if one
        else f"lues comme les autres : lignes {first}"
    )
    away = (
        "Si elle ne doit pas compter, supprimez-la"
        if one
        else "Si elles ne doivent pas compter, supprimez-les"
    )
    return [*told, f"{count}{by} dans le classeur, et {which}. {away}."]


def period_notices(plan: Plan) -> list[str]:
    """Say that indicators are read in rows and periods in columns, and which periods bear a mark.

    Parameters
    ----------
    plan : Plan
        What a ``source.toml`` would say.
    """
    called: dict[str, list[str]] = {}
    for column, call in plan.called.items():
        called.setdefault(call, []).append(column)
    marked = [
        f"Chiffres dits « {call} » par le nom de leur colonne : {_named(names)}."
        for call, names in called.items()
    ]
    return marked + _by_rows(plan)


def _by_rows(plan: Plan) -> list[str]:
    own, name = plan.file.get("periods"), plan.file.get("variable_column")
    if not name or plan.file.get("value_column") or not isinstance(own, dict):
        return []
    periods = enumerate_words(list(own.values()), most=_MOST)
    told = [f"Indicateurs en lignes (colonne « {name} »), périodes en colonnes : {periods}."]
    ignored = plan.file.get("ignored")
    left = [one for one in ignored if one] if isinstance(ignored, list) else []
    left = [one for one in left if one not in plan.words and one not in plan.labels]
    if left:
        told.append(f"Colonnes d’aucune période, laissées de côté : {_named(left)}.")
    return told


def _named(sheets: Sequence[str]) -> str:
    return enumerate_words([f"« {name} »" for name in sheets], most=_MOST)


def notices_of(parsed: Sequence[Parsed]) -> list[str]:
    """Say which codes were mended, which other names placed rows, what was read as no plain number."""
    told = []
    for table in parsed:
        if len(table.restored):
            codes = list(dict.fromkeys(table.restored["code"]))
            told.append(
                f"{table.table.name} : {plural(len(codes), 'code rétabli', 'codes rétablis')}, qu’un "
                f"tableur avait pris pour des nombres ({enumerate_words(codes, most=3)})."
            )
        told += [f"{table.table.name}, {one}" for one in seen_notices(table.table)]
        told += [f"{table.table.name}, {one}" for one in told_aliases(table.aliased)]
        told += [f"{table.table.name}, {one}" for one in heading_notices(table)]
        if not table.cells.empty and "marker" in table.cells:  # registers keep no signs
            told += [f"{table.table.name}, {one}" for one in told_remarks(table)]
    return told


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

"""Find the territory that each row names, and hold it against the commune that the row tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import UnknownTerritoryError
from observatoire.errors.arguments import nearest, suggestion
from observatoire.french.typography import enumerate_words
from observatoire.sources.places.communes import _worded, headed_towns, towns_of
from observatoire.sources.tables.rejects import NO_REJECT, REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.territories.matcher import Matcher


def place(
    rows: pd.DataFrame,
    spec: FileSpec,
    source: Source,
    zonings: Mapping[str, Matcher],
    table: RawTable,
) -> pd.DataFrame:
    """Find the territory that each row names, in the zoning it belongs to.

    Raises
    ------
    UnknownTerritoryError
        When a zoning is not declared.
    """
    for zoning in rows["zoning"].unique():
        if zoning not in zonings:
            line = int(rows.loc[rows["zoning"] == zoning, "line"].iloc[0])
            where = f"{table.name}, ligne {line}" if spec.zoning_column else source.code
            raise UnknownTerritoryError(
                f"Le zonage « {zoning} » n’est pas déclaré.",
                where=where,
                remedy=suggestion(str(zoning), zonings),
                zoning=zoning,
            )
    rows["territory"] = ""
    for zoning, group in rows.groupby("zoning", sort=False)["territory_raw"]:
        matcher = zonings[str(zoning)]
        rows.loc[group.index, "territory"] = group.map(matcher.find_each(group.unique().tolist()))
    return rows.astype({"territory": "str"})


def settle(
    rows: pd.DataFrame,
    table: RawTable,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    figured: np.ndarray,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold the territory that a row names against its commune: a column, or a heading above it.

    Parameters
    ----------
    rows : DataFrame
        One row a row of the file, its territory found by its name alone.
    table, spec, zonings
        See :func:`~observatoire.sources.observations.observe`.
    figured : array of bool
        The rows that hold a figure; a commune's name on another is a heading.

    Returns
    -------
    tuple of DataFrame
        The rows, those whose name several communes share placed by theirs; and the rows whose
        territory lies in another commune than theirs, skipped.
    """
    lost: dict[int, tuple[str, str, str, str]] = {}
    for zoning, group in rows.groupby("zoning", sort=False):
        matcher = zonings[str(zoning)]
        if not matcher.communes:
            continue
        texts = (text for text in _worded(group["territory_raw"]) if text not in matcher.names)
        named = [text for text in texts if matcher.bearers(text)]
        if not named:  # codes need no commune
            continue
        towns = towns_of(matcher, zonings)
        beside = _under_headings(group, table, spec, towns, figured)
        pairs = pd.DataFrame({"raw": group["territory_raw"], "town": beside})
        by_name = pairs["raw"].isin(named) & (pairs["town"] != "")
        for (raw, town), same in pairs[by_name].groupby(["raw", "town"], sort=False):
            here = towns.find(str(town))
            bearers = matcher.bearers(str(raw))
            code = matcher.find(str(raw), here)
            # A row that strayed is stated by one reason: it is no unknown name.
            rows.loc[same.index, "territory"] = code or bearers[0]
            if not code:
                if not here:
                    fault = _away(str(town), towns, spec.commune_column or spec.territory)
                else:
                    reason = _reason(str(raw), str(town), matcher, towns)
                    fault = (str(raw), spec.territory, "town", reason)
                lost |= dict.fromkeys(same.index, fault)
    if not lost:
        return rows, NO_REJECT
    gone = rows.loc[sorted(lost)]
    each = [lost[at] for at in gone.index]
    faults = pd.DataFrame(each, columns=["raw", "column", "kind", "reason"], dtype="str")
    return rows, faults.assign(line=gone["line"].to_numpy())[list(REJECT_COLUMNS)]


def outside_rejects(
    rejects: pd.DataFrame,
    rows: pd.DataFrame,
    table: RawTable,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    figured: np.ndarray,
) -> pd.DataFrame:
    """Say of the names that are not known in which commune they lie, when it is none of ours.

    Parameters
    ----------
    rejects, rows : DataFrame
        What is skipped for want of a territory; one row a row of the file.
    table, spec, zonings, figured
        See :func:`settle`.
    """
    mute = rejects.index[(rejects["kind"] == "territory") & (rejects["raw"] != "")]
    found = rejects.copy()
    # The rejects keep the index of the rows that they are about.
    for zoning, group in rows.groupby("zoning", sort=False) if len(mute) else ():
        matcher = zonings[str(zoning)]
        if not matcher.communes:
            continue
        towns = towns_of(matcher, zonings)
        beside = _under_headings(group, table, spec, towns, figured)
        lost = beside[beside.index.isin(mute)]
        for town, same in lost.groupby(lost, sort=False):
            if town and not towns.find(str(town)):
                column = spec.commune_column or spec.territory
                found.loc[same.index, ["raw", "column", "kind", "reason"]] = _away(
                    str(town), towns, column
                )
    return found


def _away(town: str, towns: Matcher, column: str) -> tuple[str, str, str, str]:
    """Say that a commune is none of the workspace's, or is one of them, ill written."""
    reason = f"« {town} » n’est pas une commune de cet espace de travail"
    near = nearest(town, towns.names.values())
    if near:
        return town, column, "commune", f"{reason}. Vouliez-vous dire « {near} » ?"
    return town, column, "elsewhere", f"{reason} : cette ligne n’est pas d’ici."


def _under_headings(
    group: pd.DataFrame, table: RawTable, spec: FileSpec, towns: Matcher, figured: np.ndarray
) -> pd.Series:
    """Return the commune that each row tells, as written; an empty text where none is stated."""
    if spec.commune_column:
        return _row_communes(table, spec).loc[group.index]
    texts = group["territory_raw"]
    blank = ~figured[group.index.to_numpy()]
    lost = (group["territory"] == "").to_numpy()
    headings = headed_towns(_worded(texts[lost & blank]), towns)
    sums = texts.isin([text for text in _worded(texts[lost]) if towns.find(text)]) & ~blank
    # A row of a commune that holds figures is a subtotal: whether of what is above or below, who knows.
    heads = texts.where(blank & texts.isin(list(headings))).mask(sums, "").ffill().fillna("")
    return heads.map(lambda text: headings.get(text, text))


def _row_communes(table: RawTable, spec: FileSpec) -> pd.Series:
    cells = table.frame[spec.commune_column].astype("str").str.strip()
    return cells.where(cells != "").ffill().fillna("")  # merged cells tell theirs once


def _reason(raw: str, town: str, matcher: Matcher, towns: Matcher) -> str:
    codes = [matcher.communes[code] for code in matcher.bearers(raw)]
    homes = [f"« {towns.names.get(code, code)} »" for code in dict.fromkeys(codes)]
    where = f"la commune {homes[0]}" if len(homes) == 1 else enumerate_words(homes)
    return f"« {raw} » est un territoire de {where}, et cette ligne est de « {town} »."

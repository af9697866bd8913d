"""Find the territory that each row names, and hold it against the commune that the row tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import UnknownTerritoryError
from observatoire.errors.arguments import nearest, suggestion
from observatoire.french.typography import enumerate_words
from observatoire.sources.parsers.parts_of_year import with_parts
from observatoire.sources.parsers.periods import read_periods
from observatoire.sources.places.code_repair import restored_code
from observatoire.sources.places.communes import _worded, headed_towns, towns_of
from observatoire.sources.places.unplaced_rows import skipped_outside, unplaced
from observatoire.sources.tables.rejects import NO_REJECT, REJECT_COLUMNS, joined

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source
    from observatoire.sources.places.unplaced_rows import RowContents
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.territories.matcher import Matcher


@dataclass(frozen=True, eq=False)
class PlacedRows:
    """The rows of a table, the territory of each, and why some have none; found once, before any figure is kept.

    ``rows`` holds line, territory_raw, period, zoning, note and territory, an empty text where none is known;
    ``restored`` the codes given back what a spreadsheet took from them.
    """

    table: RawTable
    rows: pd.DataFrame
    rejects: pd.DataFrame
    restored: pd.DataFrame


def assign(
    table: RawTable,
    contents: RowContents,
    source: Source,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    scope: tuple[str, ...],
) -> PlacedRows:
    """Find the territory of each row: by its code or its name, held against the commune that it tells.

    Parameters
    ----------
    table : RawTable
        The file, its merged cells filled down.
    contents : RowContents
        A commune's name on a row without a figure is a heading.
    source, spec, zonings, scope
        See :func:`~observatoire.sources.observations.builder.observe`.

    Raises
    ------
    UnknownTerritoryError
        When a zoning is not declared.
    """
    rows = _rows(table, source, spec)
    _check_zonings(rows, table, source, spec, zonings)
    rows, restored = _named(rows, zonings)
    homes = _Homes(rows, table, spec, zonings, contents.figured)
    rows, strayed = _settled(rows, spec, homes)
    lost = unplaced(rows, table, contents, spec, zonings, scope)
    rejects = joined(strayed, _outside(lost, spec, homes))
    rejects = skipped_outside(rejects) if spec.outside else rejects
    return PlacedRows(table, rows, rejects, restored)


def _rows(table: RawTable, source: Source, spec: FileSpec) -> pd.DataFrame:
    """Return one row a row of the file: line, territory as written, period, zoning, note."""
    frame = table.frame
    rows = pd.DataFrame({"line": table.lines, "territory_raw": frame[spec.territory].str.strip()})
    rows["period"] = (
        read_periods(frame[spec.period_column], spec.period_form)
        if spec.period_column
        else spec.period
    )
    if spec.part_column:
        rows["period"] = with_parts(rows["period"], frame[spec.part_column], spec.part_column)
    rows["zoning"] = frame[spec.zoning_column].str.strip() if spec.zoning_column else source.zoning
    rows["note"] = frame[spec.note_column].str.strip() if spec.note_column else ""
    return rows


def _check_zonings(
    rows: pd.DataFrame,
    table: RawTable,
    source: Source,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
) -> None:
    for zoning in rows["zoning"].unique():
        if zoning not in zonings:
            line = int(rows.loc[rows["zoning"] == zoning, "line"].iloc[0])
            raise UnknownTerritoryError(
                f"Le zonage « {zoning} » n’est pas déclaré.",
                where=f"{table.name}, ligne {line}" if spec.zoning_column else source.code,
                remedy=suggestion(str(zoning), zonings),
                zoning=zoning,
            )


def _named(rows: pd.DataFrame, zonings: Mapping[str, Matcher]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the territory that each row names, and the codes that a spreadsheet took for numbers."""
    codes, mended = pd.Series("", rows.index), pd.Series(data=False, index=rows.index)
    for zoning, group in rows.groupby("zoning", sort=False)["territory_raw"]:
        matcher = zonings[str(zoning)]
        known = matcher.find_each(group.unique().tolist())
        lost = {
            text: code
            for text, named in known.items()
            if not named and (code := restored_code(text, matcher))
        }
        codes[group.index] = group.map(known | lost)
        mended[group.index] = group.isin(list(lost))
    rows = rows.assign(territory=codes).astype({"territory": "str"})
    names = {"territory_raw": "raw", "territory": "code"}
    restored = rows.loc[mended, ["line", *names]].rename(columns=names)
    return rows, restored.reset_index(drop=True)


class _Homes:
    """The commune of each row, as a column or a heading above it tells it: looked for once a zoning."""

    def __init__(
        self,
        rows: pd.DataFrame,
        table: RawTable,
        spec: FileSpec,
        zonings: Mapping[str, Matcher],
        figured: np.ndarray,
    ) -> None:
        groups = rows.groupby("zoning", sort=False)
        self.groups = {
            str(zoning): group for zoning, group in groups if zonings[str(zoning)].communes
        }
        self.zonings, self._table, self._spec, self._figured = zonings, table, spec, figured
        self._found: dict[str, tuple[Matcher, pd.Series]] = {}

    def of(self, zoning: str) -> tuple[Matcher, pd.Series]:
        """Return what recognises the communes of a zoning, and that of each of its rows, as written."""
        if zoning not in self._found:
            towns = towns_of(self.zonings[zoning], self.zonings)
            group = self.groups[zoning]
            headings = _under_headings(group, self._table, self._spec, towns, self._figured)
            self._found[zoning] = towns, headings
        return self._found[zoning]


def _settled(
    rows: pd.DataFrame, spec: FileSpec, homes: _Homes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold the territory that a row names against its commune; return the rows, and those that strayed.

    A name that several communes share is placed by that of its row.
    """
    settled = rows["territory"].copy()
    lost: dict[int, tuple[str, str, str, str]] = {}
    for zoning, group in homes.groups.items():
        matcher = homes.zonings[zoning]
        texts = (text for text in _worded(group["territory_raw"]) if text not in matcher.names)
        named = [text for text in texts if matcher.matches(text)]
        if not named:  # codes need no commune
            continue
        towns, beside = homes.of(zoning)
        pairs = pd.DataFrame({"raw": group["territory_raw"], "town": beside})
        by_name = pairs["raw"].isin(named) & (pairs["town"] != "")
        for (raw, town), same in pairs[by_name].groupby(["raw", "town"], sort=False):
            here = towns.find(str(town))
            code = matcher.find(str(raw), here)
            # A row that strayed is stated by one reason: it is no unknown name.
            settled[same.index] = code or matcher.matches(str(raw))[0]
            if not code:
                reason = _reason(str(raw), str(town), matcher, towns)
                fault = (str(raw), spec.territory, "town", reason)
                fault = fault if here else _away(str(town), towns, spec)
                lost |= dict.fromkeys(same.index, fault)
    rows = rows.assign(territory=settled)
    if not lost:
        return rows, NO_REJECT
    gone = rows.loc[sorted(lost)]
    each = [lost[at] for at in gone.index]
    faults = pd.DataFrame(each, columns=["raw", "column", "kind", "reason"], dtype="str")
    return rows, faults.assign(line=gone["line"].to_numpy())[list(REJECT_COLUMNS)]


def _outside(rejects: pd.DataFrame, spec: FileSpec, homes: _Homes) -> pd.DataFrame:
    """Say of the names that are not known in which commune they lie, when it is none of ours."""
    mute = rejects.index[(rejects["kind"] == "territory") & (rejects["raw"] != "")]
    found = rejects.copy()
    # The rejects keep the index of the rows that they are about.
    for zoning, group in homes.groups.items():
        if not group.index.isin(mute).any():
            continue
        towns, beside = homes.of(zoning)
        lost = beside[beside.index.isin(mute)]
        for town, same in lost.groupby(lost, sort=False):
            if town and not towns.find(str(town)):
                fault = _away(str(town), towns, spec)
                found.loc[same.index, ["raw", "column", "kind", "reason"]] = fault
    return found


def _away(town: str, towns: Matcher, spec: FileSpec) -> tuple[str, str, str, str]:
    """Say that a commune is none of the workspace's, or is one of them, ill written."""
    column = spec.commune_column or spec.territory
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
        cells = table.frame[spec.commune_column].astype("str").str.strip()
        return (
            cells.where(cells != "").ffill().fillna("").loc[group.index]
        )  # merged cells tell theirs once
    texts = group["territory_raw"]
    blank = ~figured[group.index.to_numpy()]
    lost = (group["territory"] == "").to_numpy()
    headings = headed_towns(_worded(texts[lost & blank]), towns)
    sums = texts.isin([text for text in _worded(texts[lost]) if towns.find(text)]) & ~blank
    # A row of a commune that holds figures is a subtotal: whether of what is above or below, who knows.
    heads = texts.where(blank & texts.isin(list(headings))).mask(sums, "").ffill().fillna("")
    return heads.map(lambda text: headings.get(text, text))


def _reason(raw: str, town: str, matcher: Matcher, towns: Matcher) -> str:
    codes = [matcher.communes[code] for code in matcher.matches(raw)]
    homes = [f"« {towns.names.get(code, code)} »" for code in dict.fromkeys(codes)]
    where = f"la commune {homes[0]}" if len(homes) == 1 else enumerate_words(homes)
    return f"« {raw} » est un territoire de {where}, et cette ligne est de « {town} »."

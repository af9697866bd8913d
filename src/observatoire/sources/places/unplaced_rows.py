"""Rows that name no known territory, and why: a total, a note, another place, a name ill written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.sources.parsers.vocabulary import signs
from observatoire.sources.places.code_repair import without_number
from observatoire.sources.places.communes import is_proper
from observatoire.sources.places.near_names import Hints, whole_of
from observatoire.sources.tables.rejects import NO_REJECT, NOTE, reject
from observatoire.territories.matcher import DATED_CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.territories.matcher import Matcher


@dataclass(frozen=True, eq=False)
class RowContents:
    """What the columns of figures hold: which rows have a figure or a sign, which nothing meant as one."""

    columns: list[str]
    figured: np.ndarray
    silent: np.ndarray


#: Rows that tell whether a column says who is counted.
_LOOKED = 50


def unplaced(
    rows: pd.DataFrame,
    table: RawTable,
    contents: RowContents,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    scope: tuple[str, ...],
) -> pd.DataFrame:
    """Say why rows name no known territory: of elsewhere, totals, notes, names of columns, ill written names.

    Parameters
    ----------
    rows : DataFrame
        One row a row of the file: line, zoning, territory_raw, territory.
    table, contents, spec, zonings, scope
        See :func:`~observatoire.sources.places.row_territories.assign`.
    """
    lost = _territory_rejects(rows, contents.silent, spec, zonings, scope)
    if lost.empty:
        return lost
    lost = _neighbouring_totals(lost, rows, table, spec.territory)
    return _headings(_neighbouring_notes(lost, table), rows, table, contents)


def _territory_rejects(
    rows: pd.DataFrame,
    empty: np.ndarray,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    scope: tuple[str, ...],
) -> pd.DataFrame:
    """Tell, of each row without a territory, the kind of what it names."""
    unknown = (rows["territory"] == "").to_numpy()
    if not unknown.any():
        return NO_REJECT
    lost, blank = rows[unknown], empty[unknown]
    raw = lost["territory_raw"]
    words = {text: _kind_of_words(text, spec.totals) for text in raw.unique()}
    levels_named = raw.map(words).astype("str").to_numpy()
    total = levels_named == "total"
    # « 97208 - Ducos » tells its code as well.
    named = r"^([0-9AB]{5,9})\s*[-–—:]\s*[^\W\d].*"
    plain = without_number(raw).str.replace(named, r"\1", regex=True)
    plain = plain.str.replace(DATED_CODE, r"\1", regex=True)
    coded = plain.str.fullmatch(r"[0-9AB]{5,}").fillna(value=False).astype(bool)
    observed = _observed(plain, lost["zoning"], zonings, scope)
    outside = (coded & ~observed).to_numpy(bool) & ~total
    outside |= _other_departments(plain, lost["zoning"], zonings, scope) & ~total
    levels = _other_levels(lost.assign(territory_raw=plain), zonings, scope)
    outside |= _other_codes(lost, zonings) | ((levels != "") & ~total)
    texts, places = raw.to_numpy(object), lost["zoning"].to_numpy(object)
    hints = Hints(zonings)
    towns = _other_communes(texts, places, hints) & ~total
    outside |= towns
    kinds = np.select([total, outside], ["total", "outside"], "territory").astype(object)
    placed = rows.loc[~unknown, "line"].min()
    numbered = (raw.str.fullmatch(r"\([0-9a-z]{1,2}\)") & (lost["line"] < placed)).to_numpy(bool)
    kinds[numbered] = "note"  # the numbers of columns, under their names
    for at in np.flatnonzero((kinds == "territory") & blank):
        kinds[at] = _bare_kind(str(texts[at]), str(levels_named[at]), str(places[at]), hints)
    levels = np.where(towns, OTHER_COMMUNE, levels)
    for at in np.flatnonzero(kinds == "territory"):
        kinds[at] = "part" if whole_of(str(texts[at]), zonings[str(places[at])]) else "territory"
    reasons = np.where(
        (kinds == "outside") & (levels != ""), levels, _reasons(kinds, texts, places, hints)
    )
    found = reject(lost["line"], "territory", reasons, raw, spec.territory)
    return found.assign(kind=pd.Series(kinds, index=lost.index, dtype="str"))


def _observed(
    texts: pd.Series, zones: pd.Series, zonings: Mapping[str, Matcher], scope: tuple[str, ...]
) -> pd.Series:
    """Tell the codes that start as those of a commune observed in their own zoning.

    A QPV of Le Robert makes no fault of Le Robert among the communes, nor of its IRIS.
    """
    found = pd.Series(data=False, index=texts.index)
    for zoning, same in zones.groupby(zones, sort=False):
        homes = set(zonings[str(zoning)].communes.values()) - {""}
        starts = tuple(homes & set(scope)) or scope or ("",)
        found[same.index] = texts[same.index].str.startswith(starts)
    return found


def skipped_outside(rejects: pd.DataFrame) -> pd.DataFrame:
    """Skip as lying outside, without a fault, the rows that ``outside = "skip"`` declares so.

    They name another commune or no territory at all (« NA »); a name near one of ours is still a fault.

    Parameters
    ----------
    rejects : DataFrame
        Those of a file.
    """
    named = rejects["kind"].isin(["elsewhere", "territory"]) & (rejects["raw"] != "")
    near = rejects["reason"].str.contains("ouliez-vous dire")
    return rejects.assign(kind=rejects["kind"].mask(named & ~near, "outside"))


def _neighbouring_totals(
    rejects: pd.DataFrame, rows: pd.DataFrame, table: RawTable, territory: str
) -> pd.DataFrame:
    """Tell the totals written beside the column of territories, whose cell is then empty.

    « Commune », « Quartier », and « Total Fort-de-France » under the first; « Code », « Libellé », and
    « Sous-total » under the second.
    """
    mute = rejects["line"][(rejects["kind"] == "territory") & (rejects["raw"] == "")]
    at = np.flatnonzero(rows["line"].isin(mute).to_numpy())
    found, total = rejects.copy(), pd.Series("", index=mute.index, dtype="str")
    for column in _naming(rows, table, territory) if len(mute) else ():
        cells = table.frame.iloc[at, column].astype("str").str.strip()
        named = {text: text if text and signs().is_total(text) else "" for text in cells.unique()}
        words = pd.Series(cells.map(named).to_numpy(), index=mute.index)
        total = total.where(total != "", words)
    totals = total.index[total != ""]
    found.loc[totals, "raw"] = total[totals]
    found.loc[totals, ["kind", "reason"]] = ["total", _FIXED["total"]]
    return found


def _neighbouring_notes(rejects: pd.DataFrame, table: RawTable) -> pd.DataFrame:
    """Give the notes written beside the column of territories their text: it is what a reader seeks."""
    mute = rejects.index[(rejects["kind"] == "note") & (rejects["raw"] == "")]
    if mute.empty:
        return rejects
    cells = table.frame.iloc[mute].astype("str").to_numpy(object).tolist()
    first_texts = [next((text for text in map(str.strip, row) if text), "") for row in cells]
    return rejects.assign(
        raw=rejects["raw"].mask(rejects.index.isin(mute), pd.Series(first_texts, mute))
    )


def _naming(rows: pd.DataFrame, table: RawTable, territory: str) -> list[int]:
    """Return the ranks of the columns before that of territories, and of those that say another word of each.

    « Ensemble » under « Hommes » and « Femmes », told of several territories, says who is counted.
    """
    before = list(map(str, table.frame.columns)).index(territory)
    placed = np.flatnonzero((rows["territory"] != "").to_numpy())[:_LOOKED]
    apart = rows["territory"].iloc[placed].nunique()
    beside = range(before + 1, table.frame.shape[1]) if apart > 1 else ()
    frame = table.frame.iloc[placed]
    return [*range(before), *(rank for rank in beside if frame.iloc[:, rank].nunique() == apart)]


def _headings(
    rejects: pd.DataFrame, rows: pd.DataFrame, table: RawTable, contents: RowContents
) -> pd.DataFrame:
    """Tell the rows of column names inside a table: labels, its own names again, another table's.

    What follows the names of another table would be read under the names of the first.
    """
    silent = set(rows["line"][~contents.figured & (rows["territory"] == "").to_numpy()])
    if not silent:
        return rejects
    named = rejects["kind"].isin(["note", "territory", "part"])
    under = (rejects["reason"] == OTHER_COMMUNE) & (rejects["line"] == rows["line"].min())
    candidates = (named | under) & rejects["line"].isin(silent)
    names = list(dict.fromkeys(contents.columns))
    placed = rows["line"][rows["territory"] != ""]
    first = placed.min() if len(placed) else np.inf
    rank_of = dict(zip(rows["line"], range(len(rows)), strict=True))
    lines = rejects["line"][candidates]
    written = table.frame[names].iloc[lines.map(rank_of)].astype("str").to_numpy(object).tolist()
    reasons: dict[object, tuple[str, str]] = {}
    for index, line, cells in zip(lines.index, lines, written, strict=True):
        form = _LETTER if line < first else _WORD
        words = {n: t.strip() for n, t in zip(names, cells, strict=True) if form.match(t.strip())}
        if 2 * len(words) <= len(names):
            continue
        other_text = next((text for name, text in words.items() if text != name), "")
        kind, reason = "note", "En-tête répété : mis de côté."
        if other_text and line < first:
            reason = "Ligne de libellés sous l’en-tête : mise de côté."
        elif other_text:
            kind, reason = "heading", _SECOND.format(other_text)
        reasons[index] = kind, reason
    if not reasons:
        return rejects
    found = rejects.copy()  # all at once: a table may hold its names thousands of times
    found.loc[list(reasons), ["kind", "reason"]] = list(reasons.values())
    return found


#: A name of column, and what is written of one that starts another table.
_WORD = re.compile(r"[(«\"]?\s*[^\W\d_]{2}|[^\W\d_][0-9]{2}_?[^\W\d_]|[^\W\d_][0-9]{1,2}$")
_LETTER = re.compile(r"[(«\"]?\s*[^\W\d_]")
_SECOND = (
    "Un second tableau commence ici (« {} ») : ses chiffres seraient lus sous les noms du premier."
)


def _other_codes(lost: pd.DataFrame, zonings: Mapping[str, Matcher]) -> np.ndarray:
    """Tell the codes of another kind of territory, and a QPV's, which does not tell its commune."""
    letters = lost["territory_raw"].str.extract(r"^([A-Z]{1,4})[0-9]+[0-9A-Z]*$", expand=False)
    own = {
        zoning: {code[: len(code) - len(code.lstrip(_LETTERS))] for code in zonings[zoning].names}
        for zoning in lost["zoning"].unique()
    }
    return np.array(
        [
            isinstance(prefix, str) and (prefix in ("QP", "QN") or prefix not in own[zoning])
            for prefix, zoning in zip(letters, lost["zoning"], strict=True)
        ],
        dtype=bool,
    )


def _other_levels(
    lost: pd.DataFrame, zonings: Mapping[str, Matcher], scope: tuple[str, ...]
) -> np.ndarray:
    """Say of which other level a text is: a region among communes, a commune among quartiers."""
    levels: dict[tuple[str, str], str] = {}
    for zoning, texts in lost.groupby("zoning", sort=False)["territory_raw"]:
        known = pd.Series(texts.unique(), dtype="str")
        plain = _of_its_level(known, zonings[str(zoning)])
        levels |= {(str(zoning), text): "" for text in known[plain]}
        levels |= {
            (str(zoning), text): _other_level(text, str(zoning), zonings, scope)
            for text in known[~plain]
        }
    keys = zip(lost["zoning"], lost["territory_raw"], strict=True)
    return np.array([levels[key] for key in keys], dtype=object)


def _of_its_level(texts: pd.Series, matcher: Matcher) -> pd.Series:
    """Tell the codes made as those of a zoning are, by digits alone: a country has 50 000."""
    own = signs().levels_of(next(iter(matcher.names), ""))
    if not own or not matcher.width:
        return pd.Series(np.zeros(len(texts), dtype=bool), index=texts.index)
    level = "|".join(signs().levels[name].pattern for name in sorted(own))
    return texts.str.fullmatch(f"[0-9]{{{matcher.width}}}") & texts.str.fullmatch(level)


def _other_departments(
    texts: pd.Series, zones: pd.Series, zonings: Mapping[str, Matcher], scope: tuple[str, ...]
) -> np.ndarray:
    """Tell, among departments, the codes of those in which no commune observed lies."""
    heads = {
        zoning: all(any(town.startswith(code) for town in scope) for code in zonings[zoning].names)
        for zoning in zones.unique()
    }
    others = {
        text: "département" in signs().levels_of(text)
        and not any(town.startswith(text.zfill(2)) for town in scope)
        for text in texts.unique()
    }
    pairs = zip(texts, zones, strict=True)
    return np.array([heads[zoning] and others[text] for text, zoning in pairs], dtype=bool)


def _other_communes(texts: np.ndarray, places: np.ndarray, hints: Hints) -> np.ndarray:
    """Tell, among communes, the names of others, none of which resembles one of ours."""
    others: dict[tuple[str, str], bool] = {}
    for text, zoning in dict.fromkeys(zip(map(str, texts), map(str, places), strict=True)):
        names = hints.zonings[zoning].names
        communes = "commune" in signs().levels_of(next(iter(names), ""))
        proper = communes and is_proper(text) and not signs().meaning(text)
        others[text, zoning] = proper and not hints.alike(zoning, text)
    return np.array(
        [others[str(text), str(zoning)] for text, zoning in zip(texts, places, strict=True)],
        dtype=bool,
    )


def level_reason(level: str) -> str:
    """Return what is written of a row that tells of another level than its file's."""
    return f"Autre niveau géographique : {level}."


#: Territories wide enough that a row that bears their name is a subtotal.
_WIDE = ("commune", "EPCI", "département", "région")


def _other_level(
    text: str, zoning: str, zonings: Mapping[str, Matcher], scope: tuple[str, ...]
) -> str:
    codes = zonings[zoning].names
    own = signs().levels_of(next(iter(codes), ""))
    own_levels = signs().levels_of(text)
    if own and own_levels and not own_levels & own:
        return level_reason(min(own_levels))
    widths = {len(code) for code in codes}
    if own and text.isdecimal() and len(widths) == 1 and len(text) == min(widths) - 1 and scope:
        return "" if f"0{text}".startswith(scope) else "Hors des communes observées."
    for other_zoning, matcher in zonings.items():
        kinds = signs().levels_of(matcher.find(text)) if other_zoning != zoning else set()
        wide = next((kind for kind in _WIDE if kind in kinds), "")
        if wide and wide not in own and any(map(str.isalpha, text)):
            return level_reason(wide)
    return ""


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _kind_of_words(text: str, totals: tuple[str, ...]) -> str:
    if text in totals:
        return "total"
    if text.isdecimal():
        return ""
    if text and signs().is_total(text):
        return "total"
    return "note" if text and signs().is_note(text) else ""


def _bare_kind(text: str, level: str, zoning: str, hints: Hints) -> str:
    """Tell a note or a title, which carries no figure, from a territory ill written."""
    if level == "note" or not text:
        return "note"
    near = hints.zonings[zoning].matches(text) or hints.alike(zoning, text)
    return "territory" if near or text[:1].isdecimal() else "note"


OTHER_COMMUNE = "Autre commune que celles de cet espace de travail."

_FIXED = {
    "total": "Ligne de total, mise de côté.",
    "outside": "Hors des communes observées.",
    "note": NOTE,
}


def _reasons(kinds: np.ndarray, texts: np.ndarray, places: np.ndarray, hints: Hints) -> np.ndarray:
    return np.array(
        [
            _FIXED.get(str(kind)) or _unknown_reason(str(text), str(zoning), hints)
            for kind, text, zoning in zip(kinds, texts, places, strict=True)
        ],
        dtype=object,
    )


def _unknown_reason(text: str, zoning: str, hints: Hints) -> str:
    if not text:
        return "La cellule du territoire est vide."
    if hints.zonings[zoning].matches(text):
        return " ".join(hints.zonings[zoning].unknown(text))
    whole = whole_of(text, hints.zonings[zoning])
    if whole:
        return f"« {text} » est une partie de « {whole} », et non ce territoire."
    return f"Aucun territoire « {text} » dans ce zonage. {hints.near(zoning, text)}".strip()

"""What is wrong with a row: its kind, its reason, and the error that a faulty file raises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownTerritoryError,
    UnreadableNumberError,
    nearest,
)
from observatoire.sources.dates import DATE_FORMS
from observatoire.sources.signs import signs
from observatoire.typography import plural
from observatoire.values import PERIOD_FORMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.filespec import FileSpec
    from observatoire.sources.reading import RawTable
    from observatoire.territories.names import Matcher

REJECT_COLUMNS = ("line", "column", "raw", "kind", "reason")

#: Kinds of reject that are no fault: the row is about something else.
HARMLESS = ("outside", "total", "note")

#: So many pairs of names are compared in search of the nearest; the others are said without one.
_SUGGESTED = 60_000

ERROR_BY_KIND: dict[str, type[RowError]] = {
    "number": UnreadableNumberError,
    "figure": UnreadableNumberError,
    "territory": UnknownTerritoryError,
    "bounds": RowError,
    "period": RowError,
    "negative": UnreadableNumberError,
    "variable": RowError,
    "duplicate": DuplicateKeyError,
    "zoning": UnknownTerritoryError,
    "below": UnreadableNumberError,
    "blank": RowError,
    "word": RowError,
    "date": RowError,
    "order": RowError,
    "goals": RowError,
    "heading": RowError,
    "aim": RowError,
}
_REMEDY_BY_KIND = {
    "number": "Si c’est la marque du secret, déclarez-la dans source.toml : "
    '[markers] secret = ["{raw}"] ; sinon corrigez la cellule.',
    "written": "Corrigez la cellule, ou vérifiez « decimal » dans source.toml : un nombre s’écrit "
    "1 234,5 ou 1234.5, sans unité.",
    "figure": "Écrivez un nombre (1 234,5), ou laissez la cellule vide s’il n’est pas connu.",
    "bounds": "Corrigez l’une des deux bornes, ou la valeur.",
    "period": f"Une période s’écrit {PERIOD_FORMS}.",
    "territory": 'Corrigez le code ou le nom, ou chargez avec on_error="reject" pour mettre '
    "ces lignes de côté.",
    "negative": "Corrigez la cellule, ou déclarez la variable comme un montant (nature = "
    '"amount") si c’est un solde.',
    "variable": "Déclarez-la dans source.toml par une table [variables.{raw}].",
    "duplicate": "Gardez une seule des deux lignes ; si elles comptent deux choses (deux sexes, deux "
    "âges, deux tableaux), donnez une colonne à chacune.",
    "zoning": "Corrigez le zonage, ou déclarez-le dans observatoire.toml.",
    "below": "Corrigez la cellule ; ce qui a été rendu se dit par une ligne à part, en clair.",
    "blank": "Remplissez la cellule.",
    "word": "Corrigez la cellule.",
    "date": f"Une date s’écrit {DATE_FORMS}.",
    "order": "Corrigez l’une des deux dates.",
    "heading": "Mettez chaque tableau sur sa propre feuille, ou dans son propre fichier.",
    "formula": "Corrigez la formule dans le classeur, enregistrez-le et rechargez-le.",
    "call": "Retirez l’appel de note ou la lettre qui suit le nombre.",
    "aim": "Corrigez le nombre, ou l’indicateur.",
    "goals": "Gardez la cible (dans l’unité de l’indicateur) ou la variation (en % de la référence).",
}


#: A number that bears the call of a note, or the letter of a provisional figure.
_CALLED = re.compile(r"[0-9][0-9\s.,]*\s*(?:\*+|\([0-9a-z]\)|[¹²³]|p|r)")


def error_of(faults: pd.DataFrame, name: str) -> RowError:
    """Return the error of the first faulty row; it says how many others there are.

    Parameters
    ----------
    faults : DataFrame
        Rejects that are faults, in the order of the lines.
    name : str
        The file's name.
    """
    first = faults.iloc[0]
    kind = str(first["kind"])
    others = int(faults["line"].nunique()) - 1
    remedy = _remedy(kind, str(first["raw"]))
    if others:
        remedy += f" ({plural(others, 'autre ligne', 'autres lignes')} en faute dans ce fichier.)"
    return ERROR_BY_KIND[kind](
        str(first["reason"]),
        where=f"{name}, ligne {first['line']}, colonne {first['column']}",
        why="Rien n’a été chargé.",
        remedy=remedy,
        rejects=faults,
    )


def _remedy(kind: str, raw: str) -> str:
    # What starts with a digit was meant as a number, not as a sign.
    if kind == "number" and raw.startswith("#"):
        return _REMEDY_BY_KIND["formula"]
    if kind == "number" and _CALLED.fullmatch(raw):
        return _REMEDY_BY_KIND["call"]
    written = kind == "number" and raw.lstrip("+-−.,")[:1].isdecimal()
    return _REMEDY_BY_KIND["written" if written else kind].format(raw=raw)


def reject(
    lines: pd.Series | np.ndarray,
    kind: str,
    reasons: pd.Series | np.ndarray | str,
    raw: pd.Series | np.ndarray,
    column: pd.Series | str,
) -> pd.DataFrame:
    """Return rejects, one a line, as the ``reject`` table holds them."""
    if len(lines) == 0:
        return NO_REJECT
    return _reject(lines, kind, reasons, raw, column)


def _reject(
    lines: pd.Series | np.ndarray,
    kind: str,
    reasons: pd.Series | np.ndarray | str,
    raw: pd.Series | np.ndarray,
    column: pd.Series | str,
) -> pd.DataFrame:
    return pd.DataFrame(
        {"line": lines, "column": column, "raw": raw, "kind": kind, "reason": reasons}
    ).astype({"reason": "str", "column": "str", "raw": "str", "kind": "str"})


#: What a column without a fault gives.
NO_REJECT = _reject(np.array([], dtype=np.int64), "", "", np.array([], dtype=object), "")


def territory_rejects(
    rows: pd.DataFrame,
    empty: np.ndarray,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    scope: tuple[str, ...],
) -> pd.DataFrame:
    """Say why the rows that name no known territory are set aside.

    Parameters
    ----------
    rows : DataFrame
        One row a row of the file: line, zoning, territory_raw, territory.
    empty : array of bool
        The rows without a figure: a title, a note, a line of labels.
    spec, zonings, scope
        See :func:`~observatoire.sources.observations.observe`.
    """
    unknown = (rows["territory"] == "").to_numpy()
    lost, bare = rows[unknown], empty[unknown]
    raw = lost["territory_raw"]
    words = {text: _kind_of_words(text, spec.totals) for text in raw.unique()}
    told = raw.map(words).astype("str").to_numpy()
    total = told == "total"
    coded = raw.str.fullmatch(r"[0-9AB]{5,}").fillna(value=False).astype(bool)
    outside = (coded & ~raw.str.startswith(scope or ("",))).to_numpy(bool) & ~total
    levels = _other_levels(lost, zonings, scope)
    outside |= _other_codes(lost, zonings) | ((levels != "") & ~total)
    kinds = np.select([total, outside], ["total", "outside"], "territory").astype(object)
    texts = raw.to_numpy(object)
    places = lost["zoning"].to_numpy(object)
    hints = Hints(zonings)
    for at in np.flatnonzero((kinds == "territory") & bare):
        kinds[at] = _bare_kind(str(texts[at]), str(told[at]), str(places[at]), hints)
    reasons = np.where(
        (kinds == "outside") & (levels != ""), levels, _reasons(kinds, texts, places, hints)
    )
    found = _reject(lost["line"], "territory", reasons, raw, spec.territory)
    return found.assign(kind=pd.Series(kinds, index=lost.index, dtype="str"))


def leading_totals(
    rejects: pd.DataFrame, rows: pd.DataFrame, table: RawTable, territory: str
) -> pd.DataFrame:
    """Tell the totals written in a column before that of territories, whose cell is then empty.

    Parameters
    ----------
    rejects, rows : DataFrame
        What :func:`territory_rejects` sets aside; one row a row of the file.
    table : RawTable
        The file.
    territory : str
        Its column of territories: « Commune », « Quartier », and « Total Fort-de-France » under
        the first.
    """
    mute = rejects["line"][(rejects["kind"] == "territory") & (rejects["raw"] == "")]
    at = np.flatnonzero(rows["line"].isin(mute).to_numpy())
    found, told = rejects.copy(), pd.Series("", index=mute.index, dtype="str")
    for column in range(list(table.frame.columns).index(territory) if len(mute) else 0):
        cells = table.frame.iloc[at, column].astype("str").str.strip()
        named = {text: text if text and signs().is_total(text) else "" for text in cells.unique()}
        said = pd.Series(cells.map(named).to_numpy(), index=mute.index)
        told = told.where(told != "", said)
    totals = told.index[told != ""]
    found.loc[totals, "raw"] = told[totals]
    found.loc[totals, ["kind", "reason"]] = ["total", _FIXED["total"]]
    return found


def headings(
    rejects: pd.DataFrame, rows: pd.DataFrame, table: RawTable, columns: list[str], told: np.ndarray
) -> pd.DataFrame:
    """Tell the rows of column names inside a table: labels, its own names again, another table's.

    What follows the names of another table would be read under the names of the first.

    Parameters
    ----------
    rejects, rows : DataFrame
        What is set aside so far; one row a row of the file.
    table : RawTable
        The file.
    columns : list of str
        The columns of figures.
    told : array of bool
        The rows that hold a figure, a range or a sign: they are no row of names.
    """
    silent = set(rows["line"][~told & (rows["territory"] == "").to_numpy()])
    mine = rejects["kind"].isin(["note", "territory"]) & rejects["line"].isin(silent)
    names = list(dict.fromkeys(columns))
    placed = rows["line"][rows["territory"] != ""]
    first = placed.min() if len(placed) else np.inf
    rank_of = dict(zip(rows["line"], range(len(rows)), strict=True))
    found = rejects.copy()
    for index, line in rejects["line"][mine].items():
        cells = {name: str(table.frame[name].iloc[rank_of[line]]).strip() for name in names}
        words = {name: text for name, text in cells.items() if _WORD.match(text)}
        if 2 * len(words) <= len(names):
            continue
        other = next((text for name, text in words.items() if text != name), "")
        kind, reason = "note", "En-tête répété : mis de côté."
        if other and line < first:
            reason = "Ligne de libellés sous l’en-tête : mise de côté."
        elif other:
            kind, reason = "heading", _SECOND.format(other)
        found.loc[index, ["kind", "reason"]] = [kind, reason]
    return found


#: A name of column, and what is said of one that starts another table.
_WORD = re.compile(r"[(«\"]?\s*[^\W\d_]{2}")
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
    pairs = lost[["zoning", "territory_raw"]].drop_duplicates()
    told = {
        (zoning, text): _other_level(text, zoning, zonings, scope)
        for zoning, text in pairs.itertuples(index=False)
    }
    keys = zip(lost["zoning"], lost["territory_raw"], strict=True)
    return np.array([told[key] for key in keys], dtype=object)


#: Territories wide enough that a row that bears their name is a subtotal.
_WIDE = ("commune", "EPCI", "département", "région")


def _other_level(
    text: str, zoning: str, zonings: Mapping[str, Matcher], scope: tuple[str, ...]
) -> str:
    codes = zonings[zoning].names
    own = signs().levels_of(next(iter(codes), ""))
    mine = signs().levels_of(text)
    if own and mine and not mine & own:
        return f"Autre niveau géographique : {min(mine)}."
    widths = {len(code) for code in codes}
    if own and text.isdecimal() and len(widths) == 1 and len(text) == min(widths) - 1 and scope:
        return "" if f"0{text}".startswith(scope) else "Hors des communes observées."
    for other, matcher in zonings.items():
        kinds = signs().levels_of(matcher.find(text)) if other != zoning else set()
        wide = next((kind for kind in _WIDE if kind in kinds), "")
        if wide and wide not in own and any(map(str.isalpha, text)):
            return f"Autre niveau géographique : {wide}."
    return ""


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _kind_of_words(text: str, totals: tuple[str, ...]) -> str:
    if text in totals or (text and signs().is_total(text)):
        return "total"
    return "note" if text and signs().is_note(text) else ""


class Hints:
    """The nearest names of unknown texts, each looked for once, and no more than can be afforded.

    Parameters
    ----------
    zonings : mapping of str to Matcher
        The territories known.
    """

    def __init__(self, zonings: Mapping[str, Matcher]) -> None:
        self.zonings = zonings
        self._told: dict[tuple[str, str], str] = {}
        self._alike: dict[tuple[str, str], bool] = {}

    def near(self, zoning: str, text: str) -> str:
        """Return a sentence that gives the nearest names, or an empty text."""
        asked = (zoning, text)
        if asked not in self._told:
            matcher = self.zonings[zoning]
            left = len(self._told) * 2 * len(matcher.names) < _SUGGESTED
            self._told[asked] = matcher.nearest(text[:80]) if left else ""
        return self._told[asked]

    def alike(self, zoning: str, text: str) -> bool:
        """Say whether a text looks, as a whole, like a name or a code."""
        asked = (zoning, text)
        if asked not in self._alike:
            matcher = self.zonings[zoning]
            known = [*matcher.names.values(), *matcher.names]
            near = self.near(zoning, text) and nearest(text[:80], known)
            self._alike[asked] = bool(near)
        return self._alike[asked]


def _bare_kind(text: str, told: str, zoning: str, hints: Hints) -> str:
    """Tell a note or a title, which carries no figure, from a territory ill written."""
    if told == "note" or not text:
        return "note"
    near = hints.zonings[zoning].bearers(text) or hints.alike(zoning, text)
    return "territory" if near or text[:1].isdecimal() else "note"


_FIXED = {
    "total": "Ligne de total, mise de côté.",
    "outside": "Hors des communes observées.",
    "note": "Note ou titre, sans chiffre : mis de côté.",
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
    if hints.zonings[zoning].bearers(text):
        return " ".join(hints.zonings[zoning].unknown(text))
    return f"Aucun territoire « {text} » dans ce zonage. {hints.near(zoning, text)}".strip()

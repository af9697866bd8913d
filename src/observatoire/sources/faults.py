"""What is wrong with a row: its kind, its reason, and the error that a faulty file raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownTerritoryError,
    UnreadableNumberError,
    suggestion,
)
from observatoire.sources.signs import signs
from observatoire.typography import plural
from observatoire.values import PERIOD_FORMS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.descriptor import FileSpec
    from observatoire.territories.names import Matcher

REJECT_COLUMNS = ("line", "column", "raw", "kind", "reason")

#: Kinds of reject that are no fault: the row is about something else.
HARMLESS = ("outside", "total", "note")

#: A name is looked for among so many unknown texts; the others are said without a suggestion.
_SUGGESTED = 200

ERROR_BY_KIND: dict[str, type[RowError]] = {
    "number": UnreadableNumberError,
    "territory": UnknownTerritoryError,
    "bounds": RowError,
    "period": RowError,
    "negative": UnreadableNumberError,
    "variable": RowError,
    "duplicate": DuplicateKeyError,
}
_REMEDY_BY_KIND = {
    "number": "Si c’est la marque du secret, déclarez-la dans source.toml : "
    '[markers] secret = ["{raw}"] ; sinon corrigez la cellule.',
    "written": "Corrigez la cellule, ou vérifiez « decimal » dans source.toml : un nombre s’écrit "
    "1 234,5 ou 1234.5, sans unité.",
    "bounds": "Corrigez l’une des deux bornes, ou la valeur.",
    "period": f"Une période s’écrit {PERIOD_FORMS}.",
    "territory": 'Corrigez le code ou le nom, ou chargez avec on_error="reject" pour mettre '
    "ces lignes de côté.",
    "negative": "Corrigez la cellule, ou déclarez la variable comme un montant (nature = "
    '"amount") si c’est un solde.',
    "variable": "Déclarez-la dans source.toml par une table [variables.{raw}].",
    "duplicate": "Gardez une seule des deux lignes.",
}


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
    written = kind == "number" and raw.lstrip("+-−.,")[:1].isdecimal()
    return _REMEDY_BY_KIND["written" if written else kind].format(raw=raw)


def reject(
    lines: pd.Series | np.ndarray,
    kind: str,
    reasons: pd.Series | str,
    raw: pd.Series | np.ndarray,
    column: pd.Series | str,
) -> pd.DataFrame:
    """Return rejects, one a line, as the ``reject`` table holds them."""
    return pd.DataFrame(
        {"line": lines, "column": column, "raw": raw, "kind": kind, "reason": reasons}
    ).astype({"reason": "str", "column": "str", "raw": "str", "kind": "str"})


#: What a column without a fault gives.
NO_REJECT = reject(np.array([], dtype=np.int64), "", "", np.array([], dtype=object), "")


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
    coded = raw.str.fullmatch(r"(?:[0-9AB]{5,}|QP[0-9A-Z]{6})").fillna(value=False).astype(bool)
    outside = (coded & ~raw.str.startswith(_prefixes(scope))).to_numpy(bool) & ~total
    kinds = np.select([total, outside], ["total", "outside"], "territory").astype(object)
    texts = raw.to_numpy(object)
    candidates = (kinds == "territory") & (bare | (told == "note"))
    for at in np.flatnonzero(candidates):
        kinds[at] = _bare_kind(str(texts[at]), str(told[at]), bool(bare[at]), zonings, lost, at)
    reasons = _reasons(kinds, texts, lost["zoning"].to_numpy(object), zonings)
    found = reject(lost["line"], "territory", reasons, raw, spec.territory)
    return found.assign(kind=pd.Series(kinds, index=lost.index, dtype="str"))


def _prefixes(scope: tuple[str, ...]) -> tuple[str, ...]:
    """Return how codes of the territories observed begin; a QPV's holds its département's."""
    if not scope:
        return ("",)
    return (*scope, *{f"QP{commune[:3]}" for commune in scope if commune.startswith("97")},
            *{f"QP0{commune[:2]}" for commune in scope if not commune.startswith("97")})  # fmt: skip


def _kind_of_words(text: str, totals: tuple[str, ...]) -> str:
    if text in totals or (text and signs().is_total(text)):
        return "total"
    return "note" if text and signs().is_note(text) else ""


def _bare_kind(
    text: str,
    told: str,
    bare: bool,  # noqa: FBT001 - a row's own state
    zonings: Mapping[str, Matcher],
    lost: pd.DataFrame,
    at: int,
) -> str:
    """Tell a note or a title, which carries no figure, from a territory ill written."""
    if not bare:
        return "territory"
    if told == "note" or not text:
        return "note"
    matcher = zonings[str(lost["zoning"].iloc[at])]
    near = matcher.bearers(text) or suggestion(text, _known(matcher), most=0)
    return "territory" if near or text[:1].isdecimal() else "note"


def _reasons(
    kinds: np.ndarray, texts: np.ndarray, zonings_told: np.ndarray, zonings: Mapping[str, Matcher]
) -> pd.Series:
    said: dict[tuple[str, str], str] = {}
    reasons = []
    fixed = {
        "total": "Ligne de total, mise de côté.",
        "outside": "Hors des communes observées.",
        "note": "Note ou titre, sans chiffre : mis de côté.",
    }
    for kind, text, zoning in zip(kinds, texts, zonings_told, strict=True):
        if kind in fixed:
            reasons.append(fixed[kind])
            continue
        key = (str(zoning), str(text))
        if key not in said:
            said[key] = unknown_reason(
                str(text), zonings[str(zoning)], near=len(said) < _SUGGESTED
            )
        reasons.append(said[key])
    return pd.Series(reasons, dtype="str").to_numpy()  # type: ignore[return-value]


def unknown_reason(text: str, matcher: Matcher, *, near: bool = True) -> str:
    """Say why a text names no territory of a zoning."""
    if not text:
        return "La cellule du territoire est vide."
    if matcher.bearers(text):
        return " ".join(matcher.unknown(text))
    told = suggestion(text, _known(matcher), most=0) if near else ""
    return f"Aucun territoire « {text} » dans ce zonage. {told}".strip()


def _known(matcher: Matcher) -> list[str]:
    return [*matcher.names.values(), *matcher.names]

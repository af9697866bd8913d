"""How wide the bounds of a passage are, and how far it falls from figures published elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from observatoire.errors import PassageError, UnknownNameError
from observatoire.french.typography import NARROW, number, plural
from observatoire.passage.codes import check_codes, named
from observatoire.passage.transfer.frames import as_columns, matrix

if TYPE_CHECKING:
    from collections.abc import Mapping


_CLOSE = 1e-9  # relative gap that rounding explains


def assess(
    table: pd.DataFrame, known: pd.Series[Any] | pd.DataFrame | Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Say how wide the bounds are, and how far estimates fall from published figures.

    Parameters
    ----------
    table : DataFrame
        What :meth:`Passage.apply` or :meth:`Passage.apply_ratio` returned.
    known : Series, DataFrame or mapping, optional
        Published figures by target, which the passage did not use: of the only variable, of the
        one that the series is named after, or one column a variable.

    Returns
    -------
    DataFrame
        By variable: ``targets``, ``exact`` (known without any split), ``framed`` (between two
        bounds that differ), ``missing``; ``width`` (median, over the estimated targets, of the
        distance between bounds divided by the value), ``widest`` (the largest) and
        ``widest_target``. With ``known``: ``compared`` (estimated targets whose figure is
        published), ``error`` and ``mean_error`` (median and mean absolute relative error) and
        ``held`` (share of them whose published figure lies within the bounds).
        ``attrs["sentences"]`` says the same in French, one sentence a variable.

    Examples
    --------
    >>> from observatoire import passage
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["X", "X"], "weight": [1.0, 0.5]})
    >>> table = passage.from_table(links).apply(pd.Series({"a": 10.0, "b": 4.0}, name="pop"))
    >>> found = passage.assess(table, {"X": 12.6})
    >>> found[["framed", "width", "error", "held"]].round(3).values.tolist()
    [[1.0, 0.333, 0.048, 1.0]]
    """
    lacking = {"target", "variable", "value", "low", "high", "status"} - set(table.columns)
    if lacking:
        raise PassageError(
            f"Ce tableau n’est pas celui d’un passage : il lui manque {named(sorted(lacking))}.",
            why="Les encadrements se lisent dans ses colonnes low et high.",
            remedy="Donnez ce que rend apply ou apply_ratio.",
        )
    variables = list(dict.fromkeys(table["variable"]))
    published = None if known is None else _published(table, variables, known)
    rows = [_row(table[table["variable"] == name], published, name) for name in variables]
    found = pd.DataFrame(rows, index=pd.Index(variables, name="variable"))
    found.attrs["sentences"] = [_sentence(str(name), row) for name, row in found.iterrows()]
    return found


def _published(
    table: pd.DataFrame,
    variables: list[str],
    known: pd.Series[Any] | pd.DataFrame | Mapping[str, float],
) -> pd.DataFrame:
    columns = as_columns(known, "known", variables)
    check_codes(columns.index, "known")
    strange = [name for name in columns if name not in variables]
    if strange or not columns.index.isin(table["target"]).any():
        raise UnknownNameError(
            f"Des figures sont publiées pour des variables inconnues : {named(strange)}."
            if strange
            else "Aucune figure publiée n’est celle d’une cible du tableau.",
            where="known",
            remedy=f"Les variables sont {named(variables)}, les cibles {named(table['target'])}.",
            variables=strange,
        )
    return pd.DataFrame(matrix(columns), index=columns.index, columns=columns.columns)


def _row(table: pd.DataFrame, published: pd.DataFrame | None, name: str) -> dict[str, Any]:
    rows = table.set_index("target")
    framed = rows["low"] < rows["high"]
    estimated = rows[framed & rows["value"].notna() & (rows["value"] != 0)]
    width = (estimated["high"] - estimated["low"]) / estimated["value"].abs()
    width = width[np.isfinite(width)]
    found: dict[str, Any] = {
        "targets": len(rows),
        "exact": int((rows["low"] == rows["high"]).sum()),
        "framed": int(framed.sum()),
        "missing": int((rows["status"] == "missing").sum()),
        "width": float(width.median()) if len(width) else np.nan,
        "widest": float(width.max()) if len(width) else np.nan,
        "widest_target": str(width.idxmax()) if len(width) else "",
    }
    if published is None:
        return found
    truth = published[name] if name in published.columns else pd.Series(dtype=float)
    return found | _against(rows[rows["status"] == "estimated"], truth)


def _against(rows: pd.DataFrame, truth: pd.Series[float]) -> dict[str, Any]:
    figures = truth.reindex(rows.index)
    rows, figures = rows[figures > 0], figures[figures > 0]
    error = (rows["value"] / figures - 1.0).abs()
    slack = _CLOSE * figures
    # A bound that is blank keeps none out above.
    inside = (figures >= rows["low"] - slack) & ~(figures > rows["high"] + slack)
    nothing = len(figures) == 0
    return {
        "compared": len(figures),
        "error": np.nan if nothing else float(error.median()),
        "mean_error": np.nan if nothing else float(error.mean()),
        "held": np.nan if nothing else float(inside.mean()),
    }


def _sentence(name: str, row: pd.Series[Any]) -> str:
    sentence = (
        f"{name} : {plural(int(row['targets']), 'territoire')}, dont {int(row['framed'])} encadrés"
    )
    if np.isfinite(row["width"]):
        sentence += (
            f" ; l’encadrement médian est large de {number(row['width'], 1)} fois la valeur, le "
            f"plus large ({row['widest_target']}) de {number(row['widest'], 1)} fois"
        )
    if row.get("compared", 0) > 0:
        sentence += (
            f" ; sur {plural(int(row['compared']), 'chiffre publié', 'chiffres publiés')}, "
            f"erreur médiane de {number(100 * row['error'], 1)}{NARROW}%, et "
            f"{number(100 * row['held'], 0)}{NARROW}% d’entre eux dans l’encadrement"
        )
    return f"{sentence}."

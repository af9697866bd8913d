"""The forms in which figures are given (series, layers, objects that are numbers), brought to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from observatoire.errors import PassageError
from observatoire.passage.codes import named

if TYPE_CHECKING:
    from observatoire.passage.arrays import Floats

#: What a column of objects may be made of and still be numbers; text never is.
_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "decimal", "boolean", "empty"})


def is_numeric(column: pd.Series[Any]) -> bool:
    """Say whether a column holds numbers, be they kept as objects; a blank is no text.

    Examples
    --------
    >>> is_numeric(pd.Series([1, None], dtype=object)), is_numeric(pd.Series(["1", "s"]))
    (True, False)
    """
    if column.dtype == object:
        return pd.api.types.infer_dtype(column, skipna=True) in _NUMBERS
    return pd.api.types.is_numeric_dtype(column)


def as_frame(given: object, name: str = "valeur") -> pd.DataFrame:
    """Return a frame of one column a variable: a series is one variable, a layer has no geometry.

    Examples
    --------
    >>> as_frame(pd.Series([1.0], index=["a"], name="pop")).columns.tolist()
    ['pop']
    """
    if isinstance(given, pd.Series):
        return given.to_frame(name if given.name is None else given.name)
    if isinstance(given, gpd.GeoDataFrame):
        kept = [str(kind) != "geometry" for kind in given.dtypes]
        return pd.DataFrame(given.loc[:, kept])
    if not isinstance(given, pd.DataFrame):
        raise PassageError(
            f"« {type(given).__name__} » n’est pas un tableau.",
            why="Un passage s’applique à un tableau indexé par code, une colonne par variable.",
            remedy="Donnez un DataFrame, ou une Series pour une seule variable.",
        )
    return given


def as_series(given: object, role: str) -> pd.Series[Any]:
    """Return a series of numbers by code; a frame of one column and a mapping are read as one.

    Examples
    --------
    >>> as_series({"X": 3}, "totals").to_dict()
    {'X': 3}
    """
    if isinstance(given, Mapping):
        given = pd.Series(dict(given))
    if isinstance(given, pd.DataFrame):
        frame = as_frame(given)
        if len(frame.columns) == 1:
            given = frame.iloc[:, 0]
    if not isinstance(given, pd.Series):
        raise PassageError(
            f"« {role} » n’est pas une série de nombres indexée par code.",
            why="On ne saurait quel nombre est à quel territoire.",
            remedy='Donnez une seule colonne : tableau["population"].',
            role=role,
        )
    if not is_numeric(given):
        raise PassageError(
            f"« {role} » n’est pas faite de nombres.",
            why="Une mention (« s », « nd ») n’est pas une valeur.",
            remedy="Convertissez-la, les mentions devenant NaN (pandas.to_numeric).",
            role=role,
        )
    return given


def as_columns(given: object, role: str, variables: list[str]) -> pd.DataFrame:
    """Return numbers by code in columns named as variables: a series is of the only one, or of its name.

    Examples
    --------
    >>> as_columns({"X": 3}, "totals", ["pop"]).columns.tolist()
    ['pop']
    """
    if isinstance(given, pd.DataFrame):
        return as_frame(given).rename(columns=str)
    series = as_series(given, role)
    return series.to_frame(variables[0] if len(variables) == 1 else str(series.name))


def matrix(frame: pd.DataFrame) -> Floats:
    """Return the numbers of a frame, a blank as NaN; refuse what is not a number."""
    if all(kind == np.float64 for kind in frame.dtypes):
        return frame.to_numpy()
    wrong = [str(name) for k, name in enumerate(frame.columns) if not is_numeric(frame.iloc[:, k])]
    if wrong:
        raise PassageError(
            f"Colonnes qui ne sont pas des nombres : {named(wrong)}.",
            why="Une mention (« s », « nd ») n’est pas une valeur.",
            remedy="Retirez-les, ou convertissez-les, les mentions devenant NaN "
            "(pandas.to_numeric).",
            columns=wrong,
        )
    return np.asarray(frame.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)

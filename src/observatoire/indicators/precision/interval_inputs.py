"""Check the counts that intervals are made from, and give bounds the form of what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from observatoire.errors import ObservatoireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]
    Bounds = tuple[Array, Array]


class TrialsError(ObservatoireError):
    """Successes, trials, counts or a confidence that cannot be."""


def tail_of(confidence: float) -> float:
    """Return the risk left on each side by a two-sided confidence."""
    if not isinstance(confidence, (int, float, np.floating)) or not 0 < confidence < 1:
        raise TrialsError(
            f"Un niveau de confiance est entre 0 et 1, et non {confidence}.",
            remedy="Pour 95 % : 0.95.",
        )
    return (1 - confidence) / 2


def check_fraction(fraction: float) -> None:
    """Refuse a share of the addresses that is not one."""
    if not isinstance(fraction, (int, float, np.floating)) or not 0 < fraction <= 1:
        raise TrialsError(
            f"Un taux de sondage est entre 0 et 1, et non {fraction}.",
            remedy="Pour le recensement des grandes communes : 0,4 sur cinq ans.",
        )


def numbers(given: ArrayLike) -> Array:
    """Return counts as an array, or say what is not one."""
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TrialsError(
            f"Ce n’est pas un effectif : {given!r}.",
            why="Un intervalle se calcule sur des nombres.",
            remedy="Convertissez la colonne, par exemple pd.to_numeric(colonne).",
        ) from error


def counts_of(*counts: ArrayLike) -> tuple[list[Array], Callable[[Array], Any]]:
    """Return counts as arrays of one shape, and what gives bounds the form of what was given."""
    series = [each for each in counts if isinstance(each, pd.Series)]
    if any(not each.index.equals(series[0].index) for each in series[1:]):
        raise TrialsError(
            "Les séries n’ont pas le même index.",
            why="Rapprocher deux territoires différents donnerait un faux intervalle.",
            remedy="Alignez-les d’abord : a, b = a.align(b).",
        )
    arrays = [numbers(each) for each in counts]
    try:
        arrays = list(np.broadcast_arrays(*arrays))
    except ValueError as error:
        sizes = ", ".join(str(each.size) for each in arrays)
        raise TrialsError(
            f"Les listes d’effectifs n’ont pas la même longueur ({sizes}).",
            remedy="Donnez autant de cas que d’effectifs observés.",
        ) from error
    for each in arrays:
        if (wrong := (each < 0) | np.isinf(each)).any():
            first = _first(wrong, counts, each)
            raise TrialsError(
                f"Un effectif ne peut être négatif ni infini : {first}.",
                remedy="Corrigez-le, ou remplacez par NaN une valeur qui manque.",
            )
    if series and arrays[0].ndim == 1:
        return arrays, lambda bound: pd.Series(bound, index=series[0].index)
    return arrays, lambda bound: bound[()]  # a number for a number


def _first(wrong: NDArray[np.bool_], given: tuple[ArrayLike, ...], *arrays: Array) -> str:
    """Write the first wrong figures, and where they are in a list or a series."""
    at = int(np.flatnonzero(wrong)[0])
    written = " pour ".join(f"{each.flat[at]:.10g}" for each in arrays).replace(".", ",")
    named = (each.index[at] for each in given if isinstance(each, pd.Series) and each.size > at)
    where = next((f"« {name} »" for name in named), f"n° {at + 1}")
    return f"{written} ({where})" if wrong.ndim else written


def shaped_as(bounds: Bounds, shaped: Callable[[Array], Any]) -> Bounds:
    """Return bounds in the form of what was given."""
    return cast("Bounds", tuple(shaped(bound) for bound in bounds))


def trials_of(*counts: ArrayLike) -> tuple[list[Array], Callable[[Array], Any]]:
    """Return pairs of successes and trials as :func:`counts_of` does."""
    arrays, shaped = counts_of(*counts)
    for x, n in zip(arrays[::2], arrays[1::2], strict=True):
        if (x > n).any():
            raise TrialsError(
                f"Plus de cas que d’effectif observé : {_first(x > n, counts, x, n)}.",
                why="Le numérateur doit être compris dans le dénominateur.",
                remedy="Vérifiez que les deux viennent du même champ et de la même exploitation.",
            )
    return arrays, shaped

"""What figures are about (unit, universe, what they count, period): it goes with them to the other zoning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from observatoire.errors import PassageError, UnknownNameError
from observatoire.errors.arguments import check_known, suggestion
from observatoire.french.typography import number
from observatoire.passage.codes import named
from observatoire.passage.counted import kind_declared
from observatoire.values import PERIOD_FORMS, is_period, quotients_per

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.passage.arrays import Floats


#: What may be said of a variable, and becomes a column of the table.
ABOUT = ("unit", "universe", "counts", "period")

About = Mapping[str, Any]


def with_about(table: pd.DataFrame, about: About | None) -> pd.DataFrame:
    """Add to a tidy table what each variable is about.

    Parameters
    ----------
    table : DataFrame
        With a column ``variable``.
    about : mapping, optional
        ``unit``, ``universe``, ``counts`` and ``period`` of all the variables, or of each by its name.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"variable": ["pop", "men"]})
    >>> with_about(table, {"pop": {"unit": "habitants"}, "men": {"unit": "ménages"}}).unit.tolist()
    ['habitants', 'ménages']
    """
    if not about:
        return table
    variables = list(dict.fromkeys(table["variable"]))
    described = _by_variable(about, variables)
    names = [
        name for name in ABOUT if any(name in description for description in described.values())
    ]
    columns = {
        name: table["variable"].map({v: str(described.get(v, {}).get(name, "")) for v in variables})
        for name in names
    }
    return table.assign(**columns)


def kinds_counted(
    variables: Sequence[str], about: About | None, attrs: Mapping[Any, Any]
) -> dict[str, str]:
    """Return the code of what each variable counts, by what is declared of it, else its name.

    Examples
    --------
    >>> kinds_counted(["hlm", "x"], {"x": {"counts": "ménages"}}, {})
    {'hlm': 'social_dwellings', 'x': 'households'}
    """
    declared = _by_variable(about, list(variables)) if about else {}
    return {
        name: kind_declared({**attrs, **declared.get(name, {})}, name)
        for name in map(str, variables)
    }


def scales(variables: Sequence[str], about: About | None, scale: float | None) -> Floats:
    """Return what to multiply each quotient by: as asked, else as its unit says, else one.

    Examples
    --------
    >>> scales(["crimes", "part"], {"crimes": {"unit": "pour 1 000 habitants"}}, None).tolist()
    [1000.0, 1.0]
    """
    declared = _by_variable(about, list(variables)) if about else {}
    units = [str(declared.get(name, {}).get("unit", "")) for name in variables]
    stated = [quotients_per(unit) for unit in units]
    for name, unit, per in zip(variables, units, stated, strict=True):
        if scale is not None and per and per != scale:
            raise PassageError(
                f"L’unité « {unit} » dit {number(per)} fois le quotient, et scale {scale:g}.",
                where=name,
                why="L’un des deux est faux : le taux le serait aussi.",
                remedy="Retirez scale, qui se déduit de l’unité, ou corrigez l’unité.",
                scale=scale,
            )
    return np.array([scale or per or 1.0 for per in stated])


def _by_variable(about: About, variables: list[str]) -> dict[str, About]:
    each = {str(name): description for name, description in about.items()}
    described = (
        each if all(isinstance(description, Mapping) for description in each.values()) else {}
    )
    if not described:
        described = dict.fromkeys(variables, each)
    strange = [name for name in described if name not in variables]
    if strange and variables:
        raise UnknownNameError(
            f"about parle de variables qui ne sont pas du tableau : {named(strange)}.",
            remedy=suggestion(strange[0], variables),
            variables=strange,
        )
    for name, description in described.items():
        _check_said(name, description)
    return described


def _check_said(variable: str, description: About) -> None:
    for key in description:
        what = f"« {key} » ne se dit pas d’une variable."
        check_known(str(key), ABOUT, what, where=f"about, {variable}")
    period = description.get("period", "")
    if period and not is_period(str(period)):
        raise PassageError(
            f"« {period} » n’est pas une période.",
            where=f"about, {variable}",
            why="Une période s’écrit toujours de même, pour que deux chiffres se comparent.",
            remedy=f"Écrivez {PERIOD_FORMS}.",
            period=period,
        )


def of_ratio(numerator: Mapping[Any, Any], denominator: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return what may be said of a ratio: what both counts share, and each of them apart.

    The unit of a ratio is neither that of its numerator nor that of its denominator.

    Examples
    --------
    >>> of_ratio({"period": "2016", "unit": "ménages"}, {"period": "2016", "unit": "ménages"})
    {'period': '2016', 'numerator': {'period': '2016', 'unit': 'ménages'},
     'denominator': {'period': '2016', 'unit': 'ménages'}}
    """
    shared = {
        key: value
        for key, value in numerator.items()
        if key != "unit" and key in denominator and denominator[key] == value
    }
    if not numerator and not denominator:
        return {}
    return {**shared, "numerator": dict(numerator), "denominator": dict(denominator)}

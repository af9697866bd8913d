"""What a value is made of: its status, its nature, and the columns that travel with it.

A value never travels alone. From the warehouse to the printed page, its bounds, its status,
its coverage and its source go with it, under the column names kept here.
"""

from __future__ import annotations

import functools
import gc
import math
import re
from collections.abc import Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import pandas as pd

Given = ParamSpec("Given")
Made = TypeVar("Made")

#: Begins a source's caution on what one variable is: pages print it with that variable only.
NATURE_DOUBT = "Nature à vérifier : "

#: One row of a table, by column name.
Record = Mapping[str, Any]


class Status(StrEnum):
    """What may be said of one figure; hidden, absent and zero are three different things.

    Examples
    --------
    >>> Status.SECRET.label, Status.SECRET.mark, Status.SECRET.has_value
    ('secret', 's', False)
    """

    OBSERVED = "observed"
    AGGREGATED = "aggregated"
    ESTIMATED = "estimated"
    BOUNDED = "bounded"
    CONTEXT = "context"
    SECRET = "secret"  # noqa: S105 - a statistical status, not a credential
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """French name of the status."""
        return _STATUS_TEXT[self][0]

    @property
    def shown(self) -> str:
        """What a page or a workbook calls it: a package keeps ``label``, that others read.

        Examples
        --------
        >>> Status.BOUNDED.label, Status.BOUNDED.shown, Status.SECRET.shown
        ('encadré', 'entre deux bornes', 'secret')
        """
        return _SHOWN.get(self, self.label)

    @property
    def mark(self) -> str:
        """Sign printed in a table cell, after Insee's conventions."""
        return _STATUS_TEXT[self][1]

    @property
    def meaning(self) -> str:
        """French sentence printed in the notes of a table that shows this status."""
        return _STATUS_TEXT[self][2]

    @property
    def has_value(self) -> bool:
        """Whether a point value goes with the status."""
        return self in _WITH_VALUE


_WITH_VALUE = frozenset(
    {Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED, Status.CONTEXT},
)

_STATUS_TEXT: dict[Status, tuple[str, str, str]] = {
    Status.OBSERVED: ("observé", "", "chiffre du producteur pour ce territoire même"),
    Status.AGGREGATED: ("agrégé", "", "somme sur des territoires entiers, sans partage"),
    Status.ESTIMATED: (
        "estimé",
        "e",
        "estimation : territoire partagé, effectifs d’une autre année, ou modèle",
    ),
    Status.BOUNDED: (
        "encadré",
        "[ ; ]",
        "la valeur est entre ces deux bornes, sans que l’on puisse dire mieux",
    ),
    Status.CONTEXT: (
        "contexte",
        "(…)",
        "valeur du territoire qui contient celui-ci, faute d’un chiffre propre",
    ),
    Status.SECRET: ("secret", "s", "couvert par le secret statistique"),
    Status.MISSING: (
        "non disponible",
        "n.d.",
        "non disponible, pour la raison donnée à la case ou au tableau de complétude",
    ),
    Status.NOT_APPLICABLE: ("sans objet", "///", "sans objet (dénominateur nul)"),
}

_SHOWN = {Status.BOUNDED: "entre deux bornes", Status.CONTEXT: "territoire plus grand"}


class Nature(StrEnum):
    """What may be done to a variable.

    ``count`` and ``amount`` add up; a ``rate`` is recomputed from its two counts, or bounded by
    the smallest and largest of its parts; ``median``, ``mean`` and ``index`` never pass from one
    zoning to another.

    Examples
    --------
    >>> Nature.COUNT.additive, Nature("median").additive, Nature.MEDIAN.passable
    (True, False, False)
    """

    COUNT = "count"
    AMOUNT = "amount"
    RATE = "rate"
    MEDIAN = "median"
    MEAN = "mean"
    INDEX = "index"

    @property
    def additive(self) -> bool:
        """Whether the values of two disjoint territories add up to that of their union."""
        return self in (Nature.COUNT, Nature.AMOUNT)

    @property
    def passable(self) -> bool:
        """Whether the variable may be carried to another zoning at all."""
        return self.additive or self is Nature.RATE

    @property
    def label(self) -> str:
        """French name of the nature, as messages print it."""
        return _NATURE_LABEL[self]


_NATURE_LABEL: dict[Nature, str] = {
    Nature.COUNT: "effectif",
    Nature.AMOUNT: "montant",
    Nature.RATE: "taux",
    Nature.MEDIAN: "médiane",
    Nature.MEAN: "moyenne",
    Nature.INDEX: "indice",
}

#: The columns of a value: a number (or NaN), the bounds that hold without assumption, the
#: status (a :class:`Status`), and the share, from 0 to 1, of the territory that the sources cover.
VALUE_COLUMNS = ("value", "low", "high", "status", "coverage")

#: The ends of an estimate's prediction interval at 80 and 95 %, calibrated on territories whose
#: figures are published; blank for whatever is not foretold.
PREDICTION_COLUMNS = ("pi80_low", "pi80_high", "pi95_low", "pi95_high")

#: The tidy columns of a table of indicators, in the order in which they are shown.
TABLE_COLUMNS = (
    "territory",
    "name",
    "indicator",
    "period",
    *VALUE_COLUMNS,
    "source",
)


_PERIOD = re.compile(r"[0-9]{4}(-(T[1-4]|S[12]|0[1-9]|1[0-2]|[0-9]{4}))?")

#: How a period is written, as messages say it.
PERIOD_FORMS = "2016, 2011-T2, 2011-S1, 2012-03 ou 2015-2016"


def is_period(text: str) -> bool:
    """Say whether a text is a year, a quarter, a half-year, a month, or a span of years.

    Examples
    --------
    >>> [is_period(text) for text in ("2016", "2011-T2", "2012-03", "2012-13", "16", "")]
    [True, True, True, False, False, False]
    """
    return _PERIOD.fullmatch(text) is not None


def period_length(period: str) -> str:
    """Say how long a period is, in a word that periods as long share.

    Examples
    --------
    >>> [period_length(each) for each in ("2016", "2011-T2", "2011-S1", "2012-03", "2015-2016")]
    ['', 'T', 'S', 'M', '1']
    """
    first, _, rest = period.partition("-")
    if len(rest) == len(first):
        return str(int(rest) - int(first))
    return rest[:1] if rest[:1] in "TS" else "M"


_MONTHS = {"": 12, "S": 6, "T": 3}


def last_month(period: str) -> str:
    """Return the month in which a period ends.

    Examples
    --------
    >>> [last_month(each) for each in ("2016", "2011-T2", "2011-S1", "2012-03", "2015-2016")]
    ['2016-12', '2011-06', '2011-06', '2012-03', '2016-12']
    """
    year, _, rest = period.partition("-")
    if len(rest) == len(year):
        return f"{rest}-12"
    months = _MONTHS.get(rest[:1])
    return period if months is None else f"{year}-{months * int(rest[1:] or 1):02}"


def lies_between(period: str, start: str, end: str) -> bool:
    """Say whether a period lies in a range, its ends included; an empty end is open.

    Examples
    --------
    >>> lies_between("2016", "2013", "2016"), lies_between("2012-T4", "2013", "2016")
    (True, False)
    >>> lies_between("2011-T2", "", "2011")
    True
    """
    return start <= period[: len(start)] and period[: len(end)] <= end


#: What a rate is counted for, as units write it: « pour 1 000 habitants », « / 100 000 hab. ».
_PER = re.compile(r"(?:\b(?:pour|sur|p\.)|/)\s*((?:(?:dix|cent) )?(?:mille|cent)\b|[0-9][0-9\s.]*)")
_PER_WORDS = {"cent": 100, "mille": 1000, "dix mille": 10_000, "cent mille": 100_000}
_A_YEAR = 2000  # the one round thousand that a unit may also name as a year


def quotients_per(unit: str) -> float:
    """Return how many times its quotient a rate is, by its unit; 0 when the unit does not say.

    Examples
    --------
    >>> [quotients_per(unit) for unit in ("%", "‰", "faits pour 1 000 habitants", "pour mille")]
    [100.0, 1000.0, 1000.0, 1000.0]
    >>> [quotients_per(unit) for unit in ("euros", "euros par m²", "habitants pour 2016")]
    [0.0, 0.0, 0.0]
    """
    if unit.strip() in ("%", "‰"):
        return 100.0 if "%" in unit else 1000.0
    found = _PER.search(unit.casefold())
    if found is None:
        return 0.0
    count = _PER_WORDS.get(found[1]) or int(re.sub(r"\D", "", found[1]) or 0)
    round_count = count in (1, 10, 100) or (count % 1000 == 0 and count != _A_YEAR)
    return float(count) if round_count else 0.0


def few_rows(method: Callable[Given, Made]) -> Callable[Given, Made]:
    """Run a method with texts kept by Python itself (see :func:`texts_of`), and no search for cycles.

    A table is hundreds of thousands of objects that hold none: to look at them all again and again
    costs a tenth of its time, and frees nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> few_rows(lambda: (pd.Series(["a"]).dtype.storage, gc.isenabled()))(), gc.isenabled()
    (('python', False), True)
    """

    @functools.wraps(method)
    def run(*args: Given.args, **options: Given.kwargs) -> Made:
        searches = gc.isenabled()  # not where another method that calls this one has stopped them
        gc.disable()
        try:
            with texts_of(()):
                return method(*args, **options)
        finally:
            if searches:
                gc.enable()

    return run


#: From how many bytes of files on their texts are worth being kept in Arrow.
_LARGE = 200_000


@contextmanager
def texts_of(files: Iterable[Path]) -> Iterator[None]:
    """Keep the texts of a block's tables by Python itself, unless the files it reads are large.

    Arrow’s are made for millions of rows: on the hundreds of small tables that a document or a load
    makes, they cost a quarter of its time. Nothing that is computed depends on it.

    Examples
    --------
    >>> import pandas as pd
    >>> with texts_of([]):
    ...     pd.Series(["a"]).dtype.storage
    'python'
    """
    import pandas as pd  # noqa: PLC0415 - words alone need no table

    size = sum(path.stat().st_size for path in files if path.is_file())
    storage = "python" if size < _LARGE else pd.get_option("mode.string_storage")
    with pd.option_context("mode.string_storage", storage):
        yield


def records(frame: pd.DataFrame) -> list[Record]:
    """Return the rows of a table, each by column name."""
    names = list(frame.columns)
    # Column by column: pandas reads texts kept in Arrow one at a time, four times as slowly.
    columns = [_listed(frame[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


#: Types of which no value has to be put right: what lacks is NaN already.
_PLAIN = ("bool", "int64", "float64")


def _listed(column: pd.Series) -> list[Any]:
    kind = str(column.dtype)
    if kind in _PLAIN:
        return column.to_numpy().tolist()
    if kind == "str":
        return column.to_numpy(dtype=object).tolist()
    return column.to_numpy(dtype=object, na_value=math.nan).tolist()


#: How Insee's grids call the flag of the cells that it imputed, whatever the capitals: those of
#: 2017 and after, of 1 km, and those of 2015.
IMPUTED_COLUMNS = ("i_est_200", "i_est_cr", "i_est", "i_est_1km")

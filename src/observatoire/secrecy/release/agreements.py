"""Keep back what an agreement does not let out: too late, too early, or for a narrower circle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

import pandas as pd

from observatoire.errors import SecrecyError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import day, enumerate_words, plural
from observatoire.sources.descriptors.agreement import AUDIENCES, Agreement
from observatoire.territories import simplify
from observatoire.values import PREDICTION_COLUMNS, Status

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from observatoire.indicators.computation.table import Table
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


#: One column of figures that is loaded: source, variable, period.
Given = tuple[str, str, str]

#: What says, of a figure, on what it draws.
Key = TypeVar("Key", bound=tuple[str, ...])


@dataclass(frozen=True)
class Gate:
    """What decides what may pass: the agreements, what is loaded under them, the day, for whom.

    ``reader`` is the one partner of the circle who reads, when it is for one alone.
    """

    conventions: Mapping[str, Agreement]
    given: frozenset[Given]
    date: dt.date
    audience: str
    reader: str = ""

    def __post_init__(self) -> None:
        """Refuse an audience that nobody knows."""
        require_known(self.audience)

    def drawn_on(self, indicator: Indicator, period: str) -> list[str]:
        """Return the sources under agreement that an indicator draws on for a period."""
        wanted = {
            (source, variable, period)
            for source in indicator.sources
            for variable in indicator.variables(period)
        } | {(*indicator.published, period)}
        if size := indicator.size:  # the interval of a rate gives it away
            names = indicator.at(size.variables, size.period)
            wanted |= {(size.source, name, size.period) for name in names}
        return sorted({source for source, _, _ in wanted & self.given} & set(self.conventions))


def require_known(audience: str) -> None:
    """Refuse an audience that nobody knows.

    Raises
    ------
    UnknownNameError
        With the nearest that is known.
    """
    if audience not in AUDIENCES:
        raise UnknownNameError(
            f"« {audience} » n’est pas un public connu.",
            why="On ne saurait pas ce qu’une convention lui laisse voir.",
            remedy=suggestion(audience, AUDIENCES),
            name=audience,
        )


def refusal(convention: Agreement, date: dt.date, audience: str, reader: str = "") -> str:
    r"""Say why the figures of an agreement may not be shown, and what to do; nothing if they may.

    Examples
    --------
    >>> import datetime as dt
    >>> caf = Agreement("la Caf", "partenaires", ends=dt.date(2025, 12, 31))
    >>> refusal(caf, dt.date(2025, 12, 31), "interne")
    ''
    >>> refusal(caf, dt.date(2026, 1, 1), "interne").split("\xa0: ")[1]
    'à renouveler avant de montrer ces chiffres.'
    """
    who = f"Convention avec {convention.partner}"
    if convention.ends and date > convention.ends:
        return f"{who} échue le {day(convention.ends)}\u00a0: à renouveler avant de montrer ces chiffres."
    if convention.first and date < convention.first:
        return (
            f"{who} applicable à partir du {day(convention.first)}\u00a0: à montrer à cette date."
        )
    if AUDIENCES.index(audience) <= AUDIENCES.index(convention.audience):
        return _other_reader(convention, audience, reader)
    if convention.audience == "interne":
        return f"{who}\u00a0: chiffres réservés à un usage interne, à demander au producteur."
    named = f" ({enumerate_words(list(convention.recipients))})" if convention.recipients else ""
    return f"{who}\u00a0: chiffres réservés aux partenaires{named}, à demander au producteur."


def _other_reader(convention: Agreement, audience: str, reader: str) -> str:
    """Say that an agreement names its partners, and not the one who reads; nothing where it does."""
    if not reader or audience != "partenaires" or convention.audience != audience:
        return ""
    wanted = _significant(reader)
    ends = (_significant(name)[-len(wanted) :] for name in convention.recipients)
    if not convention.recipients or wanted in ends:
        return ""
    named = enumerate_words(list(convention.recipients))
    return f"Convention avec {convention.partner}\u00a0: chiffres réservés à d’autres partenaires ({named})."


def _significant(name: str) -> list[str]:
    """Return the words of a name without its articles: « Le Lamentin », « ville du Lamentin »."""
    return [word for word in simplify(name).split() if word not in _ARTICLES]


_ARTICLES = frozenset({"l", "le", "la", "les", "d", "de", "du", "des"})


def closed(conventions: Mapping[str, Agreement], date: dt.date) -> dict[str, str]:
    """Return the sources whose figures nobody may see on a day, each with why."""
    reasons = {
        source: refusal(agreement, date, AUDIENCES[0]) for source, agreement in conventions.items()
    }
    return {source: why for source, why in reasons.items() if why}


def first_refusal(agreements: Iterable[Agreement], date: dt.date) -> str:
    """Say why some figures may not be shown on a day to anybody; nothing if they may."""
    return next(filter(None, (refusal(each, date, AUDIENCES[0]) for each in agreements)), "")


def withhold(table: Table, gate: Gate) -> Table:
    """Empty the cells that an agreement does not let out, and say for whom the rest is.

    Parameters
    ----------
    table : Table
        Computed, not yet protected.
    gate : Gate
        Agreements, what is loaded under them, the day, and for whom the table is.

    Returns
    -------
    Table
        A cell kept back is ``missing`` with the reason: no value, bounds, count, nor producer's
        note. An indicator that draws on several sources is kept back whole when one of them is.
        ``audience`` is the widest circle that may see what is left; a table that is not for all
        says so among its warnings.
    """
    if not gate.conventions:
        return table
    cells = table.cells
    keys = list(zip(cells["indicator"], cells["period"], strict=True))
    drawn = {
        (code, period): tuple(
            gate.conventions[s] for s in gate.drawn_on(table.indicators[code], period)
        )
        for code, period in dict.fromkeys(keys)
    }
    found = sift(keys, drawn, gate.date, gate.audience, gate.reader)
    reasons = pd.Series(found.reasons, index=cells.index, dtype=object)
    return replace(
        table,
        cells=_emptied(cells, reasons != "", reasons),
        audience=found.audience,
        agreements={key: drawn[key] for key in found.shown if drawn[key]},
        warnings=(*table.warnings, *found.warnings),
    )


@dataclass(frozen=True)
class Sifted(Generic[Key]):
    """What may be shown of some figures: why not, one by one (empty when they may), and the rest.

    ``shown`` are the keys of what may be, ``audience`` the widest circle that may see them all.
    """

    reasons: list[str]
    shown: list[Key]
    audience: str
    warnings: tuple[str, ...]


def sift(
    keys: Sequence[Key],
    drawn: Mapping[Key, Sequence[Agreement]],
    date: dt.date,
    audience: str,
    reader: str = "",
) -> Sifted[Key]:
    """Say of each figure whether its agreements let it out on a day, for a circle.

    Parameters
    ----------
    keys : sequence of tuple
        What says, of each figure, on what it draws; several may share one.
    drawn : mapping
        Agreements of each key; none for a key that is not there.
    date : date
        The day.
    audience, reader : str
        For whom: a circle, and the one partner of it who reads, if one.
    """
    lent = {key: drawn.get(key, ()) for key in dict.fromkeys(keys)}
    why = {
        key: next(
            filter(None, (refusal(agreement, date, audience, reader) for agreement in each)), ""
        )
        for key, each in lent.items()
    }
    shown = [key for key, reason in why.items() if not reason]
    circle = _narrowest(agreement.audience for key in shown for agreement in lent[key])
    recipients = [
        agreement.recipients
        for key in sorted(shown)
        for agreement in lent[key]
        if agreement.recipients
    ]
    reasons = [why[key] for key in keys]
    return Sifted(reasons, shown, circle, _warnings(reasons, circle, recipients))


def _emptied(cells: pd.DataFrame, kept_back: pd.Series, reasons: pd.Series) -> pd.DataFrame:
    emptied = cells.copy()
    measures = {"value", "low", "high", "count", "base"}
    measures |= {
        f"{kind}_{side}" for kind in ("passage", "sampling", "wide") for side in ("low", "high")
    } | set(PREDICTION_COLUMNS)
    emptied.loc[kept_back, sorted(measures & set(emptied.columns))] = float("nan")
    emptied.loc[kept_back, "status"] = str(Status.MISSING)
    emptied.loc[kept_back, "method"] = ""
    emptied.loc[kept_back, "reason"] = reasons[kept_back]
    return emptied


def _narrowest(audiences: Iterable[str]) -> str:
    return min(audiences, key=AUDIENCES.index, default=AUDIENCES[-1])


def _warnings(
    reasons: Iterable[str], audience: str, recipients: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    lines = [
        f"{reason} ({plural(count, 'case retenue', 'cases retenues')}.)"
        for reason, count in Counter(filter(None, reasons)).items()
    ]
    if audience != AUDIENCES[-1]:
        circle = "usage interne" if audience == "interne" else _partners(recipients)
        lines.append(
            f"Réservé\u00a0: {circle}. Une convention limite la diffusion de chiffres montrés ici."
        )
    return tuple(lines)


def _partners(recipients: Sequence[tuple[str, ...]]) -> str:
    """Say to which partners a table may go: those that every agreement shown here names."""
    if not recipients:
        return "usage des partenaires"
    every = [name for name in recipients[0] if all(name in names for names in recipients)]
    if not every:
        return "usage des partenaires, dont aucun n’est destinataire de tous ces chiffres"
    return f"usage des partenaires ({enumerate_words(every)})"


def require_audience(table: ProtectedTable, audience: str) -> None:
    """Refuse to write, for a circle, a table that has figures kept for a narrower one.

    Raises
    ------
    SecrecyError
        Which says how to ask for a table that may go there.
    """
    if AUDIENCES.index(audience) > AUDIENCES.index(table.audience):
        raise SecrecyError(
            f"Ce tableau porte des chiffres réservés : {_CIRCLE[table.audience]}.",
            why="Une annexe et un paquet circulent : une convention l’interdit pour ces chiffres.",
            remedy='Demandez-le par o.table(…, audience="public"), ou écrivez par o.annex(…) ou '
            "o.publish(…), qui les retirent.",
            audience=table.audience,
        )


def require_circulating(audience: str) -> None:
    """Refuse to make an annex or a package for a circle that such a thing leaves at once.

    Raises
    ------
    SecrecyError
        On « interne »; a name that nobody knows is left to :class:`Gate`.
    """
    if audience == AUDIENCES[0]:
        raise SecrecyError(
            "Une annexe ou un paquet ne se fait pas pour un usage interne.",
            why="Ils circulent : un chiffre réservé à l’usage interne n’y entre jamais.",
            remedy='Choisissez audience = "public" ou "partenaires" ; pour vous seul, o.panel(…) '
            "ou o.table(…).",
            audience=audience,
        )


_CIRCLE = {"interne": "usage interne", "partenaires": "usage des partenaires", "public": "public"}

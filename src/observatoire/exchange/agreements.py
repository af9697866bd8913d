"""The agreements that a package carries: what of it ends when, and for whom it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeAlias

from observatoire.sources.descriptors.agreement import AUDIENCES, Agreement, agreement_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


#: An indicator and a period, as a package writes them.
Column = tuple[str, str]

#: The agreements under which the figures of an indicator and period are lent.
Lent: TypeAlias = "Mapping[Column, Sequence[Agreement]]"


def written_terms(lent: Lent) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the agreements of what is shown, as a descriptor holds them, and in sentences.

    Who reads the package later has neither the ``source.toml`` nor the warehouse: without them,
    nothing would say that the figures may no longer be shown.
    """
    columns: dict[Agreement, list[Column]] = {}
    for column, agreements in sorted(lent.items()):
        for agreement in agreements:
            columns.setdefault(agreement, []).append(column)
    terms = [
        {
            "partenaire": agreement.partner,
            "public": agreement.audience,
            "destinataires": list(agreement.recipients),
            "du": agreement.first.isoformat() if agreement.first else None,
            "au": agreement.ends.isoformat() if agreement.ends else None,
            "chiffres": [{"indicateur": code, "periode": period} for code, period in under],
        }
        for agreement, under in columns.items()
    ]
    return terms, [agreement_words(agreement) for agreement in columns]


def read_terms(descriptor: Mapping[str, Any]) -> dict[Column, list[Agreement]]:
    """Read the agreements that a descriptor carries; none in a package of before they were kept.

    Raises
    ------
    ValueError, KeyError, TypeError
        On what :func:`written_terms` would not have written.
    """
    lent: dict[Column, list[Agreement]] = {}
    for terms in descriptor.get("conventions", []):
        AUDIENCES.index(terms["public"])
        agreement = Agreement(
            partner=str(terms["partenaire"]),
            audience=terms["public"],
            starts=_day(terms["du"]),
            ends=_day(terms["au"]),
            recipients=tuple(str(name) for name in terms["destinataires"]),
        )
        for figure in terms["chiffres"]:
            column = str(figure["indicateur"]), str(figure["periode"])
            lent.setdefault(column, []).append(agreement)
    return lent


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)

"""The agreements that a package carries: what of it ends when, and for whom it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from observatoire.sources.descriptors.agreement import AUDIENCES, Agreement, told_convention

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.secrecy.release.protected_table import ProtectedTable


#: An indicator and a period, as a package writes them.
Column = tuple[str, str]


def written_terms(table: ProtectedTable) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the agreements of what a table shows, as a descriptor holds them, and in sentences.

    Who reads the package later has neither the ``source.toml`` nor the warehouse: without them,
    nothing would tell that the figures may no longer be shown.
    """
    columns: dict[Agreement, list[Column]] = {}
    for column, agreements in sorted(table.agreements.items()):
        for one in agreements:
            columns.setdefault(one, []).append(column)
    terms = [
        {
            "partenaire": one.partner,
            "public": one.audience,
            "destinataires": list(one.recipients),
            "du": one.first.isoformat() if one.first else None,
            "au": one.ends.isoformat() if one.ends else None,
            "chiffres": [{"indicateur": code, "periode": period} for code, period in under],
        }
        for one, under in columns.items()
    ]
    return terms, [told_convention(one) for one in columns]


def read_terms(descriptor: Mapping[str, Any]) -> dict[Column, list[Agreement]]:
    """Read the agreements that a descriptor carries; none in a package of before they were kept.

    Raises
    ------
    ValueError, KeyError, TypeError
        On what :func:`written_terms` would not have written.
    """
    lent: dict[Column, list[Agreement]] = {}
    for told in descriptor.get("conventions", []):
        AUDIENCES.index(told["public"])
        one = Agreement(
            partner=str(told["partenaire"]),
            audience=told["public"],
            starts=_day(told["du"]),
            ends=_day(told["au"]),
            recipients=tuple(str(name) for name in told["destinataires"]),
        )
        for figure in told["chiffres"]:
            column = str(figure["indicateur"]), str(figure["periode"])
            lent.setdefault(column, []).append(one)
    return lent


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)

"""The agreement under which a partner lends its figures: who may see them, from when to when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.french.typography import NO_BREAK, day, enumerate_words

if TYPE_CHECKING:
    from observatoire.declarations.reader import Declaration


#: Who may see a figure, from the narrowest circle to the widest.
AUDIENCES = ("interne", "partenaires", "public")


@dataclass(frozen=True)
class Agreement:
    """What a source's ``[convention]`` says.

    ``starts`` and ``ends`` are the first and the last day on which its figures may be shown, None
    when the agreement sets none; ``audience`` is the widest circle that may see them, and
    ``recipients`` names the partners of that circle when they are named.
    """

    partner: str
    audience: str
    signed: dt.date | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None
    recipients: tuple[str, ...] = ()
    threshold: float = 0.0
    threshold_kind: str = ""
    reference: str = ""
    contact: str = ""

    @property
    def first(self) -> dt.date | None:
        """The first day on which its figures may be shown: never before it is signed."""
        return max(filter(None, (self.starts, self.signed)), default=None)


def current_day() -> dt.date:
    """Return the day of today, where we are: agreements are kept to the day."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def read_convention(table: Declaration) -> Agreement:
    """Read and validate a ``[convention]`` table.

    Raises
    ------
    DescriptorError
        On a date that is none or is left empty, dates that cross, no partner, an unknown audience,
        recipients of figures that everyone may see, a threshold that is negative or of which nothing
        says what it counts.
    """
    convention = Agreement(
        partner=table.text("partner"),
        audience=table.text("audience", choices=AUDIENCES),
        signed=_day(table, "signed"),
        starts=_day(table, "from"),
        ends=_day(table, "until"),
        recipients=table.texts("recipients"),
        threshold=table.take("threshold", float, 0.0),
        threshold_kind=table.text("threshold_kind", ""),
        reference=table.text("reference", ""),
        contact=table.text("contact", ""),
    )
    table.close()
    _check(convention, table)
    return convention


def told_convention(convention: Agreement) -> str:
    r"""Say in one phrase what an agreement allows, as a report of load prints it.

    Examples
    --------
    >>> told_convention(Agreement("la Caf", "interne", ends=dt.date(2027, 12, 31)))
    'Convention avec la Caf\xa0: usage interne, jusqu’au 31\xa0décembre\xa02027.'
    """
    circle = {"interne": "usage interne", "partenaires": "partenaires", "public": "tout public"}
    told = circle[convention.audience]
    if convention.recipients:
        told += f" ({enumerate_words(list(convention.recipients))})"
    if convention.starts:
        told += f", à partir du {day(convention.starts)}"
    if convention.ends:
        told += f", jusqu’au {day(convention.ends)}"
    return f"Convention avec {convention.partner}{NO_BREAK}: {told}."


def _check(convention: Agreement, table: Declaration) -> None:
    if not convention.partner.strip():
        raise table.refuse("partner", "on ne sait pas avec qui la convention est passée")
    first = convention.first
    if first and convention.ends and convention.ends < first:
        raise table.refuse(
            "until",
            f"la convention finirait le {convention.ends.isoformat()}, avant le "
            f"{first.isoformat()} où elle commence",
        )
    if convention.recipients and convention.audience != "partenaires":
        raise table.refuse(
            "recipients",
            f'des destinataires n’ont de sens qu’avec audience = "partenaires", et non '
            f"« {convention.audience} »",
        )
    if convention.threshold < 0:
        raise table.refuse("threshold", "un seuil ne peut être négatif")
    if bool(convention.threshold) != bool(convention.threshold_kind):
        raise table.refuse(
            "threshold" if convention.threshold else "threshold_kind",
            'un seuil va avec ce qu’il compte : threshold = 5 et threshold_kind = "allocataires"',
        )


def _day(table: Declaration, key: str) -> dt.date | None:
    value = table.take(key, object, "")
    if key not in table.table:
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise DescriptorError(
            f"« {value} » n’est pas un jour.",
            where=table.where,
            why=f"La clé « {key} » dit quand la convention s’applique.",
            remedy=f"Écrivez {key} = 2026-12-31 (année, mois, jour).",
            key=key,
        ) from error

"""The agreement under which a partner lends its figures: who may see them, from when to when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator

from observatoire.declarations.fields import (
    Number,
    Texts,
    checked,
    declared,
    doc,
    fault,
    on_reading,
    refuse,
)
from observatoire.french.typography import NO_BREAK, day, enumerate_words

#: Who may see a figure, from the narrowest circle to the widest.
Audience = Literal["interne", "partenaires", "public"]
AUDIENCES = get_args(Audience)


def as_day(key: str) -> BeforeValidator:
    """Return the check of a day, written as such or as text; None is only what code makes."""

    def read(value: object) -> object:
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        try:
            return dt.date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError as error:
            raise fault(
                f"« {value} » n’est pas un jour.",
                why=f"La clé « {key} » dit de quand à quand ces chiffres se montrent.",
                remedy=f"Écrivez {key} = 2026-12-31 (année, mois, jour).",
            ) from error

    return BeforeValidator(read)


@declared
class Agreement:
    """What a source's ``[convention]`` says.

    ``starts`` and ``ends`` are the first and the last day on which its figures may be shown, None
    when the agreement sets none; ``audience`` is the widest circle that may see them, and
    ``recipients`` names the partners of that circle when they are named.
    """

    partner: Annotated[
        str,
        doc("Avec qui elle est passée."),
        checked(str.strip, "on ne sait pas avec qui la convention est passée"),
    ]
    audience: Annotated[Audience, doc("Qui peut voir ces chiffres, au plus.")]
    signed: Annotated[dt.date | None, as_day("signed"), doc("Jour de la signature.")] = None
    starts: Annotated[
        dt.date | None,
        as_day("from"),
        doc("Premier jour où les chiffres se montrent.", validation_alias="from"),
    ] = None
    ends: Annotated[
        dt.date | None,
        as_day("until"),
        doc("Dernier jour où ils se montrent.", validation_alias="until"),
    ] = None
    recipients: Annotated[Texts, doc("Partenaires nommés.")] = ()
    threshold: Annotated[
        Number,
        doc("Seuil que la convention demande."),
        checked(lambda number: number >= 0, "un seuil ne peut être négatif"),
    ] = 0.0
    threshold_kind: Annotated[str, doc("Ce que compte ce seuil, par exemple « allocataires ».")] = (
        ""
    )
    reference: Annotated[str, doc("Référence de la convention, imprimée avec la règle.")] = ""
    contact: Annotated[str, doc("À qui écrire.")] = ""

    @on_reading
    def _holds_together(self) -> None:
        if self.first and self.ends and self.ends < self.first:
            raise refuse(
                f"la convention finirait le {self.ends.isoformat()}, avant le "
                f"{self.first.isoformat()} où elle commence",
                "until",
            )
        if self.recipients and self.audience != "partenaires":
            raise refuse(
                f'des destinataires n’ont de sens qu’avec audience = "partenaires", et non '
                f"« {self.audience} »",
                "recipients",
            )
        if bool(self.threshold) != bool(self.threshold_kind):
            raise refuse(
                'un seuil va avec ce qu’il compte : threshold = 5 et threshold_kind = "allocataires"',
                "threshold" if self.threshold else "threshold_kind",
            )

    @property
    def first(self) -> dt.date | None:
        """The first day on which its figures may be shown: never before it is signed."""
        return max(filter(None, (self.starts, self.signed)), default=None)


def current_day() -> dt.date:
    """Return the day of today, where we are: agreements are kept to the day."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def agreement_words(convention: Agreement) -> str:
    r"""Say in one phrase what an agreement allows, as a report of load prints it.

    Examples
    --------
    >>> agreement_words(Agreement("la Caf", "interne", ends=dt.date(2027, 12, 31)))
    'Convention avec la Caf\xa0: usage interne, jusqu’au 31\xa0décembre\xa02027.'
    """
    circle = {"interne": "usage interne", "partenaires": "partenaires", "public": "tout public"}
    terms = circle[convention.audience]
    if convention.recipients:
        terms += f" ({enumerate_words(list(convention.recipients))})"
    if convention.starts:
        terms += f", à partir du {day(convention.starts)}"
    if convention.ends:
        terms += f", jusqu’au {day(convention.ends)}"
    return f"Convention avec {convention.partner}{NO_BREAK}: {terms}."

"""The check of notes: what is not public never leaves with a page, an annex or a package."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import TYPE_CHECKING

from observatoire.errors import SecrecyError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.secrecy.release.agreements import refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from observatoire.secrecy.release.agreements import Gate


_SEAL = object()

#: Who may read a note, from everybody to those who wrote it.
PUBLIC, PARTNERS, CONFIDENTIAL = "public", "partenaires", "confidentiel"
READERS = (PUBLIC, PARTNERS, CONFIDENTIAL)


@dataclass(frozen=True)
class PublicNotes:
    """Notes that everybody may read; only :func:`public_notes` makes them.

    ``withheld`` counts those that were left out; nothing else is known of them.
    """

    rows: pd.DataFrame = field(repr=False)
    withheld: int
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        """Refuse notes that did not come through the check."""
        if seal is not _SEAL:
            raise SecrecyError(
                "Ces notes ne sont pas passées par le tri de leurs lecteurs.",
                remedy="Obtenez-les par public_notes(…), qui ne garde que les notes publiques.",
            )

    def of(self, zoning: str, territory: str) -> pd.DataFrame:
        """Return the notes of one territory."""
        here = (self.rows["zoning"] == zoning) & (self.rows["territory"] == territory)
        return self.rows[here]

    def within(self, spots: Collection[tuple[str, str]]) -> PublicNotes:
        """Return those of some zonings and territories."""
        keys = zip(self.rows["zoning"], self.rows["territory"], strict=True)
        kept = [key in spots for key in keys]
        return PublicNotes(self.rows[kept].reset_index(drop=True), self.withheld, seal=_SEAL)


def let_out(rows: pd.DataFrame, *, gate: Gate) -> pd.DataFrame:
    """Keep the rows of registers whose source no agreement keeps back; ``source`` is its code."""
    kept_back = {
        code
        for code, convention in gate.conventions.items()
        if refusal(convention, gate.date, gate.audience, gate.reader)
    }
    return rows[~rows["source"].isin(kept_back)].reset_index(drop=True)


def public_notes(notes: pd.DataFrame) -> PublicNotes:
    """Keep the notes that everybody may read: the only ones that pages show."""
    public = notes["readers"] == PUBLIC
    return PublicNotes(notes[public].reset_index(drop=True), int((~public).sum()), seal=_SEAL)


def notes_for(notes: pd.DataFrame, readers: str) -> pd.DataFrame:
    """Return the notes that some readers may see: those of their rank and below.

    Raises
    ------
    UnknownNameError
        On readers that are none of :data:`READERS`.
    """
    if readers not in READERS:
        raise UnknownNameError(
            f"Aucun rang de lecteur « {readers} ».", remedy=suggestion(readers, READERS)
        )
    allowed = READERS[: READERS.index(readers) + 1]
    return notes[notes["readers"].isin(allowed)].reset_index(drop=True)


def admit_notes(notes: PublicNotes) -> PublicNotes:
    """Let public notes in, and nothing else.

    Raises
    ------
    SecrecyError
        On anything that :func:`public_notes` did not make.
    """
    if not isinstance(notes, PublicNotes):
        raise SecrecyError(
            "Ces notes ne sont pas passées par le tri de leurs lecteurs.",
            remedy="Obtenez-les par public_notes(…), qui ne garde que les notes publiques.",
        )
    return notes

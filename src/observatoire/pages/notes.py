"""What every table and figure carries: Champ, Source, Lecture, marks, warnings (Insee's manner)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.pages.blocks import Note
from observatoire.pages.cells import told
from observatoire.typography import NO_BREAK, enumerate_words
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from observatoire.indicators.catalogue import Indicator
    from observatoire.secrecy.table import ProtectedTable

#: Statuses whose mark is explained where it is shown.
_MARKED = (
    Status.ESTIMATED,
    Status.BOUNDED,
    Status.CONTEXT,
    Status.SECRET,
    Status.MISSING,
    Status.NOT_APPLICABLE,
)

#: How a method names the passage that carried a figure (see ``indicators.roads.Road``).
_PASSAGE_WORDS = ("table de passage", "au prorata", "densité relative")

SCHEMATIC_WARNING = (
    "Périmètres schématiques, dessinés autour des points des IRIS : à regarder, jamais à mesurer."
)


def notes_of(
    table: ProtectedTable,
    cells: pd.DataFrame,
    indicators: Sequence[Indicator],
    *,
    warn: bool = True,
    extra: Iterable[Note] = (),
) -> tuple[Note, ...]:
    """Return the notes of a table or figure that shows ``cells``.

    Parameters
    ----------
    table : ProtectedTable
        Where the cells come from; gives the warnings.
    cells : DataFrame
        The rows shown.
    indicators : sequence of Indicator
        What they measure.
    warn : bool
        Print the workspace's warnings too.
    extra : iterable of Note
        Notes of the figure's own, put before the warnings.
    """
    notes = [
        *_reading(table, cells, indicators),
        Note("Champ", f"{' ; '.join(dict.fromkeys(i.universe for i in indicators))}."),
        *_marks(cells),
        *(
            Note("Précaution", text)
            for text in dict.fromkeys(c for i in indicators for c in i.caveats)
        ),
        *extra,
        *(Note("Avertissement", text) for text in (table.warnings if warn else ())),
        *_passages(cells),
        *_source(cells),
    ]
    return tuple(notes)


def _passages(cells: pd.DataFrame) -> list[Note]:
    """Name the passages that carried the figures shown to these territories."""
    heads = {str(method).split(NO_BREAK)[0] for method in cells["method"] if ", " in str(method)}
    known = sorted(head for head in heads if any(word in head for word in _PASSAGE_WORDS))
    return [Note("Passage", f"{' ; '.join(known)}.")] if known else []


def _reading(
    table: ProtectedTable, cells: pd.DataFrame, indicators: Sequence[Indicator]
) -> list[Note]:
    """Write a reading example from the first exact figure shown, or from bounds."""
    for statuses in ((Status.OBSERVED, Status.AGGREGATED, Status.ESTIMATED), (Status.BOUNDED,)):
        for indicator in indicators:
            mine = cells[
                (cells["indicator"] == indicator.code)
                & (cells["zoning"] == table.zoning)
                & cells["status"].isin([str(s) for s in statuses])
            ]
            if len(mine):
                row = records(mine.head(1))[0]
                lead = "est compris dans l’intervalle" if Status.BOUNDED in statuses else "vaut"
                text = (
                    f"{row['name']}, {row['period']}{NO_BREAK}: l’indicateur "
                    f"« {indicator.label} » {lead} {told(row, indicator)}."
                )
                return [Note("Lecture", text)]
    return []


def _marks(cells: pd.DataFrame) -> list[Note]:
    shown = set(cells["status"])
    said = [
        f"{status.mark}{NO_BREAK}: {status.meaning}" for status in _MARKED if str(status) in shown
    ]
    return [Note("Signes", f"{' ; '.join(said)}.")] if said else []


def _source(cells: pd.DataFrame) -> list[Note]:
    pairs = cells[["source", "period"]].drop_duplicates()
    by_source: dict[str, list[str]] = {}
    for source, period in pairs.itertuples(index=False):
        if source:
            by_source.setdefault(str(source), []).append(str(period))
    said = [
        f"{source} ({enumerate_words(sorted(filter(None, periods)))})" if any(periods) else source
        for source, periods in by_source.items()
    ]
    return [Note("Source", f"{' ; '.join(said)}.")] if said else []

"""Show an evaluation: which gaps close, which widen, and for how many nothing can be said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.pages.blocks import Block, Cell, Column, Grid, Note, Page, Paragraph, Row
from observatoire.pages.sheet import Sheet
from observatoire.secrecy.table import admit
from observatoire.typography import number, plural
from observatoire.values import records

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.secrecy.table import ProtectedTable

_VERDICTS = ("rattrapage", "parallèle", "décrochage", "indéterminé")


@dataclass(frozen=True)
class Evaluation(Sheet):
    """An evaluation's page, and its rows in ``df``."""

    df: pd.DataFrame


def evaluation_page(
    table: ProtectedTable, frame: pd.DataFrame, start: str, end: str, date: str, place: str
) -> Evaluation:
    """Return the page of an evaluation between two periods.

    Parameters
    ----------
    table : ProtectedTable
        The figures of the end, for the definitions and warnings.
    frame : DataFrame
        What :func:`~observatoire.indicators.evaluating.evaluate_frames` returns.
    start, end : str
        The two periods.
    date, place : str
        What the page says of itself.
    """
    admit(table)
    told = frame[frame["convergence"] != "indéterminé"]
    blocks: list[Block] = [Paragraph(_summary(frame, told, start, end))]
    if len(told):
        blocks.append(_counts(table, told, start, end))
        blocks.append(_details(table, told, start, end))
    title = f"Évaluation {start}-{end}"
    page = Page(title, table.zoning_label, tuple(blocks), date, place)
    return Evaluation(page, table, frame)


def _summary(frame: pd.DataFrame, told: pd.DataFrame, start: str, end: str) -> str:
    if told.empty:
        return (
            f"Aucun indicateur n’a de chiffre exact en {start} et en {end} pour un quartier et sa "
            "commune : aucun écart ne peut être comparé. Chargez un second millésime de la même source."
        )
    return (
        f"{plural(len(told), 'écart comparé', 'écarts comparés')} sur {number(len(frame))} entre "
        f"{start} et {end} ; les autres n’ont pas de chiffre exact aux deux dates."
    )


def _counts(table: ProtectedTable, told: pd.DataFrame, start: str, end: str) -> Grid:
    rows = []
    for code, group in told.groupby("indicator", sort=False):
        counts = group["convergence"].value_counts()
        cells = tuple(
            Cell(number(int(counts.get(v, 0))), value=float(counts.get(v, 0)))
            for v in _VERDICTS[:3]
        )
        rows.append(Row(table.indicators[str(code)].label, cells))
    return Grid(
        f"Nombre de quartiers selon l’évolution de leur écart à la commune, {start}-{end}",
        "Indicateur",
        tuple(Column(v.capitalize()) for v in _VERDICTS[:3]),
        tuple(rows),
        (
            Note(
                "Lecture",
                "rattrapage : l’écart à la commune s’est réduit ; décrochage : il s’est "
                "creusé ; sans intervalle de confiance dans cette version, à lire avec prudence.",
            ),
        ),
    )


def _details(table: ProtectedTable, told: pd.DataFrame, start: str, end: str) -> Grid:
    rows = []
    for row in records(told):
        indicator = table.indicators[str(row["indicator"])]
        figures = [
            float(row[name]) for name in ("value_start", "value_end", "gap_start", "gap_end")
        ]
        cells = [
            Cell(number(figure, indicator.decimals, sign=rank > 1), value=figure)
            for rank, figure in enumerate(figures)
        ]
        rows.append(
            Row(f"{row['name']} — {indicator.short}", (*cells, Cell(str(row["convergence"]))))
        )
    return Grid(
        "Écarts à la commune",
        "Quartier et indicateur",
        (
            Column(start),
            Column(end),
            Column(f"Écart {start}"),
            Column(f"Écart {end}"),
            Column("Verdict"),
        ),
        tuple(rows),
    )

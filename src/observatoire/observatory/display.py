"""How tables and the workspace show themselves in a notebook: as French pages."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from observatoire.french.typography import enumerate_words, plural
from observatoire.pages.blocks import Callout, Column, Facts, Page, Row, TableBlock, TextCell
from observatoire.pages.isolation import framed
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from observatoire.observatory.session import Session
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: More years than that since the last figures of a source, and they are to be renewed.
_OLD = 5

#: As many indicators as a cell of a notebook shows of a table.
_MOST_SHOWN = 8


class TableDisplay:
    """Shows a protected table: as a French table, and on matplotlib axes."""

    def __init__(self, communes: Mapping[str, str]) -> None:
        self.communes = communes

    def html(self, table: ProtectedTable) -> str:
        """Return a table as a notebook shows it, its first indicators when it has many."""
        from observatoire.panels.panel import panel_blocks

        codes = list(table.indicators)
        blocks = panel_blocks(table.select(codes[:_MOST_SHOWN]), self.communes)
        if len(codes) > _MOST_SHOWN:
            rest = plural(len(codes) - _MOST_SHOWN, "autre indicateur", "autres indicateurs")
            blocks.append(Callout("Suite :", (f"{rest} dans .df.",), "plain"))
        return framed(Page(table.zoning_label, "", tuple(blocks)))

    def plot(self, table: ProtectedTable, indicator: str, ax: Axes | None) -> Axes:
        """Draw one indicator of a table."""
        from observatoire.panels.plots import plot_dots

        return plot_dots(table, indicator, ax, self.communes)


def summary_page(session: Session) -> Page:
    """Return what an open workspace holds: territories, sources, periods, what is to be renewed."""
    from observatoire.warehouse.storage.listings import SOURCES, ZONINGS

    sources = records(session.warehouse.frame(SOURCES))
    zonings = records(session.warehouse.frame(ZONINGS))
    periods = session._context.periods()  # noqa: SLF001 - one class on several floors
    known = sorted({period for each in periods.values() for period in each})
    spans = f"{known[0]} à {known[-1]}" if known else "aucune"
    main = session.workspace.main_zoning
    here = session.workspace.zoning(main).noun
    count = next((int(row["territories"]) for row in zonings if row["zoning"] == main), 0)
    filled = sum(bool(each) for each in periods.values())
    facts = (
        ("Territoires", plural(count, here.singular, here.many)),
        ("Sources chargées", str(len(sources))),
        ("Indicateurs", f"{filled} avec des chiffres, sur {len(periods)}"),
        ("Périodes", spans),
    )
    rows = tuple(Row(str(row["title"]), (TextCell(str(row["producer"])),)) for row in sources)
    listed = TableBlock("Sources", "Source", (Column("Producteur"),), rows, kind="texts")
    old = _old(periods, session.today().year)
    renewed = Callout("À renouveler :", (old,)) if old else Callout("", ())
    return Page(session.workspace.name, session.workspace.subject, (Facts(facts), renewed, listed))


def _old(periods: dict[str, tuple[str, ...]], year: int) -> str:
    """Say how many indicators have no figure of these last years, by their last date."""
    last = Counter(each[-1] for each in periods.values() if each)
    old = sorted(period for period in last if int(period[:4]) < year - _OLD)
    if not old:
        return ""
    said = [f"{plural(last[period], 'indicateur')} de {period}" for period in old]
    return f"sans chiffre depuis plus de {_OLD} ans, {enumerate_words(said)}."

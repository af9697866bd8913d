"""Keep the agreements of sources with what was loaded under them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.sources.descriptors.agreement import Agreement

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.sources.descriptors.source import Source
    from observatoire.warehouse.connection import Warehouse


#: What is kept of an agreement, under the names that it gives.
_COLUMNS = (
    *("partner", "audience", "signed", "starts", "ends", "recipients", "reference", "contact"),
)

_STATES = """
SELECT c.source, c.partner, c.audience, c.recipients, c.signed::TIMESTAMP AS signed,
       c.starts::TIMESTAMP AS starts, c.ends::TIMESTAMP AS ends, c.reference,
       c.contact,
       CASE WHEN c.ends < $today THEN 'échue' WHEN greatest(c.starts, c.signed) > $today THEN 'à venir'
            ELSE 'en vigueur' END AS state
FROM convention AS c ORDER BY c.source
"""

#: Columns of figures that stand and come under an agreement.
_GIVEN = """
SELECT DISTINCT source, variable, period FROM current_content SEMI JOIN convention USING (source)
"""


def store_agreement(warehouse: Warehouse, source: Source) -> None:
    """Write a source's agreement anew, or forget it; call it inside a transaction."""
    warehouse.run("DELETE FROM convention WHERE source = ?", [source.code])
    if source.convention is not None:
        values = {name: getattr(source.convention, name) for name in _COLUMNS}
        warehouse.insert_row("convention", source=source.code, **values)


def read_agreements(warehouse: Warehouse) -> dict[str, Agreement]:
    """Return the agreements, by source."""
    columns = ", ".join(_COLUMNS)
    rows = warehouse.rows(f"SELECT source, {columns} FROM convention ORDER BY source")  # noqa: S608
    found = {str(source): dict(zip(_COLUMNS, values, strict=True)) for source, *values in rows}
    return {
        source: Agreement(**{**row, "recipients": tuple(row["recipients"])})
        for source, row in found.items()
    }


def given_under(warehouse: Warehouse) -> frozenset[tuple[str, str, str]]:
    """Return what stands under an agreement: source, variable, period."""
    return frozenset((str(s), str(v), str(p)) for s, v, p in warehouse.rows(_GIVEN))


def list_agreements(warehouse: Warehouse, today: object) -> pd.DataFrame:
    """List the agreements with their state on a day: « en vigueur », « échue », « à venir »."""
    return warehouse.frame(_STATES, {"today": today})

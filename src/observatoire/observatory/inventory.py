"""What is there: sources, zonings, indicators, loads, agreements, registers."""

from __future__ import annotations

import pandas as pd

from observatoire.observatory.session import Session
from observatoire.warehouse.storage.listings import (
    CONTENTS,
    NOTES,
    OBJECTIVES,
    REJECTS,
    SOURCES,
    ZONINGS,
)


class Inventory(Session):
    """What is there: sources, zonings, indicators, loads, agreements, registers."""

    def sources(self) -> pd.DataFrame:
        """List the loaded sources: producer, licence, secrecy rule, rows read, kept, rejected, cautions."""
        return self.warehouse.frame(SOURCES)

    def zonings(self) -> pd.DataFrame:
        """List the zonings: how many territories, whether their perimeters may be measured."""
        return self.warehouse.frame(ZONINGS)

    def territories(self, zoning: str | None = None) -> pd.DataFrame:
        """List the territories of a zoning, the main one by default: code, name, commune, attributes."""
        from observatoire.warehouse import read_shapes

        frame = read_shapes(self.warehouse, self._zoning(zoning))
        attributes = pd.DataFrame(list(frame["attributes"]), index=frame.index)
        plain = pd.DataFrame(frame[["name", "commune", "official"]])
        return plain.join(attributes).reset_index()

    def indicators(self, theme: str | None = None) -> pd.DataFrame:
        """List the indicators, all or those of a theme: periods that have figures, what feeds them.

        ``sources`` are the loaded sources that feed each, ``lacking`` the variables that no source
        gives in their last period, or the families of files of which none is loaded.
        """
        from observatoire.indicators.definitions.feeds import lacking

        chosen = self.catalogue.of_theme(theme) if theme else tuple(self.catalogue)
        periods, contents = self._context.periods(), self._contents()
        columns = ["code", "label", "theme", "unit", "nature", "polarity", "periods", "definition"]
        rows = [
            {
                **{name: str(getattr(indicator, name)) for name in columns if name != "periods"},
                "periods": ", ".join(periods[indicator.code]),
                "sources": ", ".join(code for code in indicator.sources if code in contents),
                "lacking": "" if periods[indicator.code] else lacking(indicator, contents),
            }
            for indicator in chosen
        ]
        listed = pd.DataFrame(rows, columns=[*columns, "sources", "lacking"])
        return listed.rename(columns={"code": "indicator"})

    def _contents(self) -> dict[str, set[tuple[str, str]]]:
        """Return the variables and periods that each loaded source gives."""
        contents: dict[str, set[tuple[str, str]]] = {}
        for source, variable, period in self.warehouse.rows(CONTENTS):
            contents.setdefault(str(source), set()).add((str(variable), str(period)))
        return contents

    def loads(self) -> pd.DataFrame:
        """List every load, the superseded ones too, with the SHA-256 of its file."""
        return self.warehouse.frame("SELECT * FROM load ORDER BY id")

    def rejects(self) -> pd.DataFrame:
        """List the rejected rows: file, line, column, raw text, reason."""
        return self.warehouse.frame(REJECTS)

    def areas(self, zoning: str) -> pd.DataFrame:
        """Measure the territories of a zoning: ``code``, ``name``, ``area_km2``.

        Raises
        ------
        SchematicGeometryError
            When its perimeters are only drawn: the message says which file to put where.
        """
        from observatoire.territories.perimeters import require_official
        from observatoire.warehouse import read_shapes

        self.workspace.zoning(zoning)
        frame = read_shapes(self.warehouse, zoning)
        require_official(frame, zoning)
        measured = frame.geometry.area / 1e6
        return pd.DataFrame({"name": frame["name"], "area_km2": measured}).reset_index()

    def conventions(self) -> pd.DataFrame:
        """List the agreements of the loaded sources: partner, audience, dates, state today."""
        from observatoire.warehouse.storage.agreements import list_agreements

        return list_agreements(self.warehouse, self.today())

    def publications(self) -> pd.DataFrame:
        """List what left this workspace: date, form, name, cells shown and hidden, digest."""
        return self._ledger.publications()

    def objectives(self) -> pd.DataFrame:
        """List the objectives loaded: orientation, perimeter, indicator, baseline, target, due date."""
        return self._visible(self.warehouse.frame(OBJECTIVES))

    def actions(self) -> pd.DataFrame:
        """List the actions and envelopes loaded, one row an action and funder."""
        from observatoire.indicators.evaluation.actions import read_actions

        return self._visible(read_actions(self.warehouse))

    def notes(self, readers: str = "public") -> pd.DataFrame:
        """List the qualitative notes that some readers may see; pages only ever show the public ones.

        Parameters
        ----------
        readers : {"public", "partenaires", "confidentiel"}
            Notes of that rank and below.
        """
        from observatoire.secrecy.release.public_notes import notes_for

        return notes_for(self._visible(self.warehouse.frame(NOTES)), readers)

    def _visible(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of registers whose agreement lets somebody see them today."""
        from observatoire.secrecy.release.public_notes import let_out

        return let_out(rows, gate=self._gate("interne"))

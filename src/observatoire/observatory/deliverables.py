"""What leaves: the annex, the package."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from observatoire.errors.arguments import one_path
from observatoire.observatory.session import Audience, today
from observatoire.observatory.views import Views
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.annex import AnnexContent
    from observatoire.exchange.outline import DrawingSheet
    from observatoire.panels.assessment import Assessment
    from observatoire.secrecy.release.protected_table import ProtectedTable


class Deliverables(Views):
    """What leaves: the annex, the package."""

    def outline(
        self, path: str | Path = "geo/a-dessiner.gpkg", zoning: str | None = None
    ) -> DrawingSheet:
        """Write a GeoPackage to redraw the outlines of a zoning in, with QGIS: layers and styles.

        Parameters
        ----------
        path : str or Path
            Taken from the workspace.
        zoning : str, optional
            The zoning to draw, the main one by default; every other that has outlines is its ground.

        Returns
        -------
        DrawingSheet
            Says what to do with the file. Loaded back, outlines signed (``auteur``, ``dessine_le``) may
            carry passages by support, by density or by area: their figures are estimates.
        """
        from observatoire.exchange.outline import write_outline
        from observatoire.warehouse import read_shapes

        code = self.workspace.zoning(zoning or self.workspace.main_zoning).code
        layers = {each: read_shapes(self.warehouse, each) for each in self.workspace.zonings}
        target = self.workspace.root / one_path(path, 'o.outline("geo/a-dessiner.gpkg")')
        return write_outline(target, code, layers)

    def annex(
        self,
        path: str | Path | None = None,
        *,
        progress: Callable[[str], None] | None = None,
        audience: Audience = "public",
    ) -> Path:
        """Write the annex: ``.html``, ``.pdf``, ``.docx`` or ``.xlsx``, as the suffix says.

        Parameters
        ----------
        path : str or Path, optional
            ``data/processed/annexe.html`` of the workspace by default.
        progress : callable, optional
            Given, in French, each step as it starts.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters an annex.
        """
        from observatoire.annex import ANNEX_SUFFIXES, annex_page
        from observatoire.pages.sheet import Sheet, writer_of

        target = one_path(
            self.workspace.processed / "annexe.html" if path is None else path,
            'o.annex("annexe.pdf")',
        )
        writer_of(target, ANNEX_SUFFIXES)  # refused before the work, not after
        progress = progress or (lambda _: None)
        progress("Calcul des indicateurs")
        table = self._everything(audience)
        progress("Évaluation des objectifs")
        found = self._inquiry(audience).assess()
        progress("Composition des pages")
        page = annex_page(self._annex_content(table, found, audience))
        progress("Écriture du document")
        leaving = table.with_others(*self._inquiry(audience).tables)
        return Sheet(page, leaving).save(target)

    def _annex_content(
        self, table: ProtectedTable, found: Assessment, audience: Audience
    ) -> AnnexContent:
        """Gather what the annex is made of."""
        from observatoire.annex import AnnexContent
        from observatoire.panels.evaluation import evaluation_blocks
        from observatoire.secrecy.release.redaction import without_fingerprints
        from observatoire.warehouse.findings import by_source

        names, zoning, sources = self._gazetteer, table.zoning, self.sources()
        identities = names.identities(zoning)
        return AnnexContent(
            name=self.workspace.name,
            subject=self.workspace.subject,
            place=self.workspace.place,
            centre=self.workspace.centre,
            date=today(),
            table=table,
            catalogue=self.catalogue,
            base_map=names.base_map(zoning),
            communes=names.communes(zoning),
            identities=identities,
            panel=self._foot(),
            against={who.code: names.against(zoning, who.code) for who in identities},
            sources=without_fingerprints(records(sources), self._context.secrecy_rules),
            credits=self.workspace.credits,
            evaluation=evaluation_blocks(table, found, self._public_notes(audience)),
            local=self._local(audience).blocks,
            checked=by_source(self.checks(), sources),
            audience=audience,
        )

    def publish(self, folder: str | Path, *, audience: Audience = "public") -> Path:
        """Write a Data Package that another observatory can read.

        Parameters
        ----------
        folder : str or Path
            Where; a package already there is replaced.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters a package.
        """
        from observatoire.exchange.package import write_package
        from observatoire.territories import simplify

        return write_package(
            self._everything(audience),
            one_path(folder, 'o.publish("data/processed/paquet")'),
            name=simplify(self.workspace.name).replace(" ", "-"),
            title=self.workspace.name,
            sources=records(self.sources()),
            date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            audience=audience,
        )

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


class Deliverables(Views):
    """What leaves: the annex, the package."""

    def annex(
        self,
        path: str | Path | None = None,
        *,
        progress: Callable[[str], None] | None = None,
        audience: Audience = "public",
    ) -> Path:
        """Write the annex: ``.html``, ``.pdf``, ``.docx`` or ``.xlsx``, told by the suffix.

        Parameters
        ----------
        path : str or Path, optional
            ``data/processed/annexe.html`` of the workspace by default.
        progress : callable, optional
            Told, in French, each step as it starts.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters an annex.
        """
        from observatoire.annex import ANNEX_SUFFIXES, AnnexContent, annex_page
        from observatoire.pages.sheet import Sheet, writer_of
        from observatoire.panels.evaluation import evaluation_blocks
        from observatoire.secrecy.release.redaction import without_fingerprints
        from observatoire.warehouse.findings import by_source

        target = one_path(
            self.workspace.processed / "annexe.html" if path is None else path,
            'o.annex("annexe.pdf")',
        )
        writer_of(target, ANNEX_SUFFIXES)  # refused before the work, not after
        tell = progress or (lambda _: None)
        tell("Calcul des indicateurs")
        table = self._everything(audience)
        tell("Évaluation des objectifs")
        found = self._asking(audience).assess()
        tell("Composition des pages")
        identities = self._gazetteer.identities(table.zoning)
        page = annex_page(
            AnnexContent(
                name=self.workspace.name,
                subject=self.workspace.subject,
                place=self.workspace.place,
                centre=self.workspace.centre,
                date=today(),
                table=table,
                catalogue=self.catalogue,
                ground=self._gazetteer.ground(table.zoning),
                communes=self._gazetteer.communes(table.zoning),
                identities=identities,
                panel=self._foot(),
                against={i.code: self._gazetteer.against(table.zoning, i.code) for i in identities},
                sources=without_fingerprints(records(self.sources()), self._desk.secrecy_rules),
                credits=self.workspace.credits,
                evaluation=evaluation_blocks(table, found, self._public_notes(audience)),
                local=self._local(audience).blocks,
                checked=by_source(self.checks(), self.sources()),
                audience=audience,
            )
        )
        tell("Écriture du document")
        leaving = table.with_others(*self._asking(audience).tables)
        return Sheet(page, leaving).save(target)

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

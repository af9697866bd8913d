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
    from observatoire.panels.assessment import Assessment
    from observatoire.secrecy.release.protected_table import ProtectedTable


class Deliverables(Views):
    """What leaves: the annex, the package."""

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

    def publish(self, folder: str | Path, *, note: str = "", audience: Audience = "public") -> Path:
        """Write a Data Package that another observatory can read: every figure, at every period.

        Parameters
        ----------
        folder : str or Path
            Where. A package already there is kept whole in its ``versions/``; when nothing has
            changed, it stays as it is.
        note : str
            Why a new version: printed before what was revised, added and withdrawn.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters a package.

        Returns
        -------
        Path
            The folder: ``datapackage.json``, the figures as csv and Parquet, zones, definitions,
            passages, record of secrecy and ``catalogue.jsonld``.

        Raises
        ------
        SecrecyError
            When the package would give a hidden count away.
        FileError
            When the folder holds something else, or cannot be written.
        """
        from observatoire.exchange.publication.descriptor import Publication
        from observatoire.exchange.publication.package import write_package
        from observatoire.exchange.publication.zones import passage_table
        from observatoire.territories import simplify

        place = one_path(folder, 'o.publish("data/processed/paquet")')
        latest = self._everything(audience)
        table = latest.with_others(*self._every_period(latest, audience))
        terms = self.workspace.publication
        about = Publication(
            name=simplify(self.workspace.name).replace(" ", "-"),
            title=self.workspace.name,
            terms=terms,
            sources=records(self.sources()),
            date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            note=note,
            publisher=terms.publisher or self.workspace.centre or self.workspace.name,
        )
        links = passage_table(self._context, latest.df["zoning"].unique())
        return write_package(table, place, about, passages=links, audience=audience)

    def _every_period(self, latest: ProtectedTable, audience: Audience) -> list[ProtectedTable]:
        """Return what indicators were before: a table holds each at one of its periods."""
        compared, known = list(self.workspace.standing), self._context.periods()
        before = {code: known[code][-2::-1] for code in latest.indicators}
        return [
            self._computed(list(when), latest.zoning, when, compared, audience=audience)
            for rank in range(max(map(len, before.values()), default=0))
            if (when := {c: each[rank] for c, each in before.items() if rank < len(each)})
        ]

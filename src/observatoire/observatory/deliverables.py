"""What leaves: the annex, the atlas, the package."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from observatoire.errors.arguments import one_path
from observatoire.observatory.annexes import Annexes
from observatoire.values import few_rows, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.exchange.outline import DrawingSheet
    from observatoire.observatory.session import Audience
    from observatoire.panels.atlas import AtlasContent


class Deliverables(Annexes):
    """What leaves: the annex, the atlas, the package."""

    @few_rows
    def atlas(
        self,
        path: str | Path | None = None,
        *,
        zoning: str | None = None,
        audience: Audience = "public",
    ) -> Path:
        """Write the atlas: one page that works without network, every figure at every date.

        Parameters
        ----------
        path : str or Path, optional
            An ``.html`` file; ``data/processed/atlas.html`` of the workspace by default, ``atlas.html``
            of the current folder from the embedded one.
        zoning : str, optional
            The workspace's main zoning by default.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters an atlas.

        Returns
        -------
        Path
            Where it was written: the reader chooses the indicator, the period, the colours, a territory;
            sorts; saves the table as CSV and the map as PNG; prints one A4.

        Raises
        ------
        UnknownNameError
            When no indicator has a figure there.
        FormatError
            On another suffix.
        SecrecyError
            When what it shows, with all that was published, gives a hidden count away: nothing is
            written.

        Examples
        --------
        >>> import observatoire as obs
        >>> o = obs.demo()
        >>> o.atlas("data/atlas.pdf")
        Traceback (most recent call last):
        observatoire.errors.exceptions.FormatError: atlas.pdf : On ne sait pas écrire « .pdf »...
        >>> o.close()
        """
        from observatoire.pages.sheet import write_out, writer_of
        from observatoire.panels.atlas import write_atlas
        from observatoire.secrecy.release.agreements import require_circulating

        require_circulating(audience)
        default = self._outbox / "atlas.html"
        target = one_path(default if path is None else path, 'o.atlas("atlas.html")')
        writer_of(target, [".html"])
        content = self._atlas_content(self._zoning(zoning), audience)
        first, *others = content.tables
        leaving = first.with_others(*others)
        return write_out(leaving, {target: partial(write_atlas, content)})[0]

    def _atlas_content(self, where: str, audience: Audience) -> AtlasContent:
        """Gather an atlas: for each date, the indicators whose figures may reach the zoning then."""
        from observatoire.observatory.session import today
        from observatoire.panels.atlas import AtlasContent

        self._ensure_loaded()
        reaching = {
            code: each for code, each in self._context.periods_reaching(where).items() if each
        }
        against = self.workspace.usual[:1]
        tables = [
            self._computed(list(when), where, when, against, audience=audience)
            for rank in range(1, max(map(len, reaching.values()), default=0) + 1)
            if (when := {c: (each[-rank],) for c, each in reaching.items() if rank <= len(each)})
        ]
        names = self._gazetteer
        return AtlasContent(
            self.workspace.name,
            today(),
            tables,
            list(self.catalogue.themes.values()),
            names.base_map(where),
            names.communes(where),
            self._courses(reaching),
        )

    def outline(
        self, path: str | Path = "geo/a-dessiner.gpkg", zoning: str | None = None
    ) -> DrawingSheet:
        """Write a GeoPackage to redraw the outlines of a zoning in, with QGIS: layers and styles.

        Parameters
        ----------
        path : str or Path
            Taken from the workspace; of the embedded default, from the current folder.
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

        code = self._zoning(zoning)
        layers = {each: read_shapes(self.warehouse, each) for each in self.workspace.zonings}
        target = self._home / one_path(path, 'o.outline("geo/a-dessiner.gpkg")')
        return write_outline(target, code, layers)

    @few_rows
    def save_profiles(
        self,
        folder: str | Path,
        form: str = "pdf",
        *,
        progress: Callable[[int, int, str], None] | None = None,
        audience: Audience = "public",
    ) -> list[Path]:
        """Write the profiles as separate files; a call that was stopped is taken up where it was.

        Parameters
        ----------
        folder : str or Path
            Where; ``fiches.json`` there keeps what each file was made of.
        form : {"pdf", "html", "docx", "xlsx", "svg", "png"}
            Of each.
        progress : callable, optional
            Given how many are done, how many there are, and which comes.
        audience : {"public", "partenaires"}
            As :meth:`annex`.

        Returns
        -------
        list of Path
            The files, those that were there already and still say the same too.
        """
        from observatoire.pages.batches import write_profiles
        from observatoire.panels.profile import entries
        from observatoire.secrecy.release.agreements import require_circulating

        require_circulating(audience)
        place = one_path(folder, 'o.save_profiles("fiches/")')
        content = self._profile_content(self.workspace.main_zoning, audience)
        sheets = {
            entry.title: (lambda entry=entry: self._profile_sheet([entry], content, audience))
            for entry in entries(content)
        }
        return write_profiles(sheets, place, form, progress or (lambda *_: None))

    def publish(self, folder: str | Path, *, note: str = "", audience: Audience = "public") -> Path:
        """Write a Data Package that another observatory can read: every figure, at every period.

        Parameters
        ----------
        folder : str or Path
            Where. A package already there is kept whole in its ``versions/``, figures withdrawn since
            included; when nothing has changed, it stays as it is.
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
        from observatoire.exchange.publication.package import require_replaceable, write_package
        from observatoire.exchange.publication.zones import passage_table
        from observatoire.territories import simplify

        place = one_path(folder, 'o.publish("data/processed/paquet")')
        require_replaceable(place)  # before all figures are computed, which takes seconds
        latest = self._everything(audience)
        table = latest.with_others(*self._before(latest, audience))
        terms = self.workspace.publication
        about = Publication(
            name=simplify(self.workspace.name).replace(" ", "-"),
            title=self.workspace.name,
            terms=terms,
            sources=records(self.sources()),
            date=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            note=note,
            publisher=terms.publisher or self.workspace.centre or self.workspace.name,
            zonings={code: each.label for code, each in self.workspace.zonings.items()},
            themes={code: each.label for code, each in self.catalogue.themes.items()},
            courses=self._courses(self._context.periods()),
        )
        links = passage_table(self._context, latest.df["zoning"].unique())
        return write_package(table, place, about, passages=links, audience=audience)

"""The annex: what is asked for, gathered, and written in its forms."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from observatoire.declarations.fields import answered
from observatoire.errors import FileError
from observatoire.errors.arguments import names_in, one_path
from observatoire.french.typography import day
from observatoire.observatory.views import Views
from observatoire.values import few_rows, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from observatoire.annex import AnnexContent
    from observatoire.annex.choice import AnnexChoice, AnnexScope
    from observatoire.annex.method import Done
    from observatoire.annex.revisions import Revisions
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.definitions.series import Break
    from observatoire.observatory.session import Audience
    from observatoire.panels.assessment import Assessment
    from observatoire.secrecy.release.protected_table import ProtectedTable


class Annexes(Views):
    """The annex: what is asked for, gathered, and written in its forms."""

    @few_rows
    def annex(  # noqa: PLR0913 - one keyword a choice of the reader
        self,
        path: str | Path | Sequence[str | Path] | None = None,
        *,
        commune: str = "",
        perimeter: str = "",
        quartier: str = "",
        theme: str = "",
        stage: str = "",
        length: str = "",
        indicators: Sequence[str] = (),
        title: str = "",
        logo: str | Path | None = None,
        foreword: str | Sequence[str] = (),
        since: str | Path | None = None,
        progress: Callable[[str], None] | None = None,
        audience: Audience = "public",
    ) -> Path | list[Path]:
        """Write the annex: ``.html``, ``.pdf``, ``.docx`` or ``.xlsx``, as the suffix says.

        Parameters
        ----------
        path : str, Path or several of them, optional
            ``data/processed/annexe.html`` of the workspace by default (``annexe.html`` of the
            current folder from the embedded one). Several forms in one call are
            made of one computation, and written all or none.
        commune, perimeter, quartier, theme : str, optional
            A part of the whole, by code or by name.
        stage : {"diagnostic", "mi-parcours", "bilan"}, optional
            Of the contract: it chooses the chapters.
        length : {"court", "long"}, optional
            Tables of the indicators chosen, or of the whole catalogue.
        indicators : sequence of str, optional
            Those that have a page.
        title, logo, foreword : str, optional
            The face of the document.
        since : str or Path, optional
            An earlier package, or the warehouse of then: what was revised, added, withdrawn is said.
        progress : callable, optional
            Given, in French, each step as it starts.
        audience : {"public", "partenaires"}
            For whom. A figure under an agreement « interne » never enters an annex.

        Raises
        ------
        UnknownNameError
            On a place, a theme, a stage or an indicator that does not exist, with the nearest.
        FileError
            On a logo that is no picture, a former publication that is none, a place that cannot be
            written to.

        Notes
        -----
        What is not asked for is what ``annex.toml`` says, where the workspace has one.
        """
        from observatoire.annex import ANNEX_SUFFIXES, annex_page
        from observatoire.annex.choice import read_choice
        from observatoire.pages.sheet import Sheet, writer_of

        asked = list(path) if isinstance(path, list | tuple) else [path]
        example = 'o.annex("annexe.pdf")'
        targets = [
            one_path(self._outbox / "annexe.html" if each is None else each, example)
            for each in asked
        ]
        for target in targets:
            writer_of(target, ANNEX_SUFFIXES)  # refused before the work, not after
        choice = read_choice(
            self.workspace.root,
            commune=commune, perimeter=perimeter, quartier=quartier, theme=theme, stage=stage,
            length=length, title=title, logo=one_path(logo, 'logo="logo.png"') if logo else None,
            indicators=tuple(names_in(indicators, "indicateurs", 'indicators=["part_hlm"]')),
            foreword=(foreword,) if isinstance(foreword, str) and foreword else tuple(foreword),
        )  # fmt: skip
        scope, say = self._scope(choice), progress or (lambda _: None)
        with self._read_by(scope.place if choice.commune else ""):
            content, leaving = self._annex_content(choice, scope, since, audience, say)
            forms = {target.suffix.lower() for target in targets}
            page = annex_page(content, pages=forms != {".xlsx"}, workbook=".xlsx" in forms)
            say("Écriture du document")
            written = Sheet(page, leaving).save_all(targets)
        return written[0] if path is None or isinstance(path, str | Path) else written

    def _annex_content(
        self,
        choice: AnnexChoice,
        scope: AnnexScope,
        since: str | Path | None,
        audience: Audience,
        progress: Callable[[str], None],
    ) -> tuple[AnnexContent, ProtectedTable]:
        """Gather what the annex is made of, and all the tables whose figures leave with it."""
        from observatoire.annex import AnnexContent
        from observatoire.annex.logo import logo_figure
        from observatoire.panels.evaluation import evaluation_blocks
        from observatoire.warehouse.reports import by_source

        names, zoning = self._gazetteer, self.workspace.main_zoning
        logo = logo_figure(choice.logo) if choice.logo else None  # refused before the work
        progress("Calcul des indicateurs")
        everything = self._everything(audience)
        table = scope.table(everything, self.catalogue)
        progress("Évaluation des objectifs")
        inquiry, found = self._inquiry(audience), self._found(choice, scope, audience)
        placed = self._profile_content(zoning, audience, everything)
        notes = scope.notes(self._public_notes(audience), zoning)
        progress("Composition des pages")
        sources, loads = self._annex_sources(), self.loads()["loaded_at"]
        past = scope.tables(self._before(everything, audience), self.catalogue) if since else []
        changed = self._changed([table, *past], since, scope, audience, sources) if since else None
        content = AnnexContent(
            **{key: answered(getattr(self.workspace, key)) for key in _COVER},
            day=loads.max().date() if len(loads) else self.today(),  # when figures last changed
            table=table,
            catalogue=self.catalogue,
            base_map=names.base_map(zoning),
            communes=names.communes(zoning),
            foot=self._foot(),
            scope=scope,
            choice=choice,
            found=found,
            evaluation=lambda each: evaluation_blocks(table, each, notes),
            profiles=scope.profiles(placed, self.catalogue),
            local=self._local(audience).blocks,
            done=self._done(sources),
            checked=by_source(self.checks(), self.sources()),
            changed=changed,
            logo=logo,
            audience=audience,
        )
        shown = [*past, *placed.bearings.earlier, *inquiry.asked.tables]
        return content, table.with_others(*shown)

    def _found(
        self, choice: AnnexChoice, scope: AnnexScope, audience: Audience
    ) -> Assessment | None:
        """Evaluate what is kept, where the stage of the contract asks for it."""
        if "evaluation" not in choice.chapters:
            return None
        found = self._inquiry(audience).assess(dated=False)
        return scope.assessment(found, self.catalogue, self.workspace.main_zoning)

    def _scope(self, choice: AnnexChoice) -> AnnexScope:
        """Find the territories that are asked for, by their commune, their perimeter or their name."""
        from observatoire.annex.choice import AnnexScope

        main, names = self.workspace.main_zoning, self._gazetteer
        theme = self.catalogue.theme(choice.theme) if choice.theme else None
        themes, label = ((theme.code,), theme.label) if theme else ((), "")
        if choice.whole:
            return AnnexScope(label, themes=themes)
        if choice.quartier:
            codes = [names.code(main, choice.quartier)]
            place = str(names.frames[main].at[codes[0], "name"])
        elif choice.commune:
            where = names.commune_zoning
            code = names.code(where or main, choice.commune)
            codes = [each for each, its in names.commune_codes(main).items() if its == code]
            place = str(names.frames[where].at[code, "name"]) if where else code
        else:
            place, codes = names.perimeter(choice.perimeter)
        wholes = frozenset().union(*(names.wholes(main, code) for code in codes))
        said = " · ".join(t for t in (place, label) if t)
        return AnnexScope(said, tuple(codes), wholes, themes, place=place)

    def _annex_sources(self) -> list[dict[str, Any]]:
        """Return the sources whose figures are shown, when each was loaded, without hidden digests."""
        from observatoire.secrecy.release.redaction import without_fingerprints

        sources, loads = self.sources(), self.loads()
        standing = loads[loads["superseded_by"].isna()]
        when = standing.groupby("source")["loaded_at"].max()
        rows = without_fingerprints(records(sources), self._context.secrecy_rules)
        return [dict(row) | {"loaded": day(when[str(row["source"])].date())} for row in rows]

    def _done(self, sources: list[dict[str, Any]]) -> Done:
        """Say what was done to make the figures."""
        from observatoire import __version__
        from observatoire.annex.method import Done
        from observatoire.indicators.routes.passage_store import METHOD_LABELS

        main = self.workspace.main_zoning
        passages = self.passages()
        used = passages[passages["target"] == main]
        used = used.assign(
            source=used["source"].map(self._zoning_labels),
            target=used["target"].map(self._zoning_labels),
            method=used["method"].map(lambda each: METHOD_LABELS.get(each, "table de passage")),
        )
        return Done(
            records(used),
            [
                (str(broken.at or "chaque millésime"), broken.what, broken.source)
                for broken in self.series.breaks
                if any(self._crossed(broken, indicator) for indicator in self.catalogue)
            ],
            sources,
            __version__,
            answered(self.workspace.credits),
        )

    @property
    def _zoning_labels(self) -> dict[str, str]:
        return {code: zoning.label for code, zoning in self.workspace.zonings.items()}

    def _crossed(self, broken: Break, indicator: Indicator) -> bool:
        """Whether a break lies between two periods of an indicator that are loaded."""
        periods = self._context.periods().get(indicator.code, ())
        return any(
            broken.between(first, last) and broken.holds(indicator, first, last)
            for first, last in pairwise(periods)
        )

    def _changed(
        self,
        tables: Sequence[ProtectedTable],
        since: str | Path,
        scope: AnnexScope,
        audience: Audience,
        sources: list[dict[str, Any]],
    ) -> Revisions:
        """Compare with an earlier package, or with the warehouse of then."""
        from observatoire.annex.revisions import revisions
        from observatoire.exchange.federation import federate

        former = one_path(since, 'since="paquet-2025/"')
        if former.suffix.lower() == ".duckdb":
            earlier = self._then(former, audience)
        else:
            earlier = federate([former], audience=audience, date=self.today()).df
        earlier = scope.earlier(earlier, self.catalogue, self.workspace.main_zoning)
        replaced = {f"{row['producer']}, {row['title']}": str(row["loaded"]) for row in sources}
        return revisions(tables, earlier, former.stem, replaced, self._zoning_labels)

    def _then(self, warehouse: Path, audience: Audience) -> pd.DataFrame:
        """Return the figures of an earlier warehouse, read from a copy that nothing of it leaves."""
        import shutil
        import tempfile
        from dataclasses import replace

        import pandas as pd

        from observatoire.exchange.publication.figures import published_figures

        if not warehouse.is_file():
            raise FileError(
                "Cet entrepôt n’existe pas.",
                where=str(warehouse),
                remedy="Donnez un paquet publié, ou un fichier .duckdb d’alors.",
            )
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            copy = root / "entrepot.duckdb"
            shutil.copyfile(warehouse, copy)
            apart = replace(self.workspace, root=root, warehouse=copy)
            with type(self)(apart, copy, ledger=None) as former:
                latest = former._everything(audience)  # noqa: SLF001 - its own kind
                tables = [latest, *former._before(latest, audience)]  # noqa: SLF001 - as above
                cells = pd.concat([each.cells for each in tables])
                guarded = set(cells.loc[cells["threshold"] > 0, "indicator"])
                frame = published_figures(pd.concat([each.df for each in tables]))
        return frame.assign(tu=frame["indicateur"].isin(guarded))


#: What the cover says of a workspace.
_COVER = ("name", "subject", "place", "centre")

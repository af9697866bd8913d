"""Show what is understood of a file before anything is stored, and the ``source.toml`` of it."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError, ObservatoireError, WorkspaceError
from observatoire.errors.translations import system_words
from observatoire.sources.descriptors.source import DESCRIPTOR_NAME, Source, build_source, slug
from observatoire.sources.formats.document import open_file
from observatoire.sources.inference.draft_builder import plan_of
from observatoire.sources.inference.table_finder import Found, find_table
from observatoire.sources.observations.aliases import unknown_names
from observatoire.sources.observations.builder import observe
from observatoire.sources.places.communes import towns_of
from observatoire.sources.preview.column_refusals import (
    asked_period,
    refused,
    small_share,
    spanning,
)
from observatoire.sources.preview.display import (
    Section,
    html_page,
    sections,
    seen_section,
    text_page,
)
from observatoire.sources.preview.indicator_draft import BLOCKS_NAME, indicator_blocks
from observatoire.sources.preview.refusals import (
    _other_level,
    _other_sheet,
    _parts,
    _side_by_side,
    _some_towns,
    _twin_sheets,
    _two_periods,
    missing_answer,
    other_town,
)
from observatoire.sources.tables.sheets import SheetView, sheets_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from observatoire.sources.families.family import Family
    from observatoire.sources.inference.draft import SourceDraft
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.territories.matcher import Matcher


@dataclass(frozen=True)
class PreviewContext:
    """What a preview needs to know of a workspace.

    Parameters
    ----------
    raw : Path
        The folder of its sources.
    zonings : mapping of str to Matcher
        The territories known.
    scope : tuple of str
        The communes observed.
    families : mapping of str to Family
        The families known.
    preferred : str
        The main zoning.
    indicators, themes : collection of str
        The codes of the catalogue.
    """

    raw: Path
    zonings: Mapping[str, Matcher]
    scope: tuple[str, ...]
    families: Mapping[str, Family]
    preferred: str
    indicators: Collection[str] = ()
    themes: Sequence[str] = ()


@dataclass(frozen=True, repr=False)
class Preview:
    """What was understood of a file: its table, territories, figures, and what is wrong with it.

    Shows itself; ``toml`` is the declaration that would load it, and :meth:`write` writes it.
    ``refusal`` is the error that loading it would raise, or None; ``sheets`` what the file holds
    when no table was found in it.
    """

    path: Path
    ground: PreviewContext
    found: Found | None = None
    plan: SourceDraft | None = None
    source: Source | None = None
    parsed: Parsed | None = None
    refusal: ObservatoireError | None = None
    sheets: tuple[SheetView, ...] = ()

    @property
    def family(self) -> str:
        """Code of the family recognised, or an empty text."""
        return self.found.family.code if self.found is not None and self.found.family else ""

    @property
    def toml(self) -> str:
        """The ``source.toml`` that would load this file.

        Raises
        ------
        ObservatoireError
            When too little was understood: the message says what to mend or to tell.
        """
        # What is still to be answered is answered there.
        asked = self.plan is not None and (self.plan.writing.doubtful or self.plan.candidates)
        if self.plan is None or (self.source is None and not asked):
            raise self.refusal or DescriptorError(
                "Aucun tableau de territoires n’a été reconnu dans ce fichier.",
                remedy="L’aperçu lui-même montre ce qui en a été lu.",
            )
        return (asked_period(self.plan) or self.plan).toml()

    @property
    def indicators(self) -> str:
        """The blocks of ``indicators.toml`` to complete; empty for a family, which has its indicators."""
        known = self.found is not None and self.found.family is not None
        if known or self.source is None or self.plan is None:
            return ""
        return indicator_blocks(
            self.source, self.plan.doubts, self.ground.indicators, self.ground.themes
        )

    def write(self, folder: str | Path | None = None) -> Path:
        """Write the ``source.toml``, beside the file or in a folder of ``data/raw`` with a copy.

        For a partner's table, the blocks of the indicators it could feed are written beside it.

        Parameters
        ----------
        folder : str or Path, optional
            Where to write it. By default: beside a file that has its own folder in ``data/raw``;
            for any other, ``data/raw/<name of the file>/``.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        WorkspaceError
            When the folder holds a ``source.toml`` already, or cannot be written.
        """
        text = self.toml
        home = self.path.parent.parent.resolve() == self.ground.raw.resolve()
        place = self.path.parent if home else self.ground.raw / slug(self.path.stem)
        place = Path(folder) if folder is not None else place
        target = place / DESCRIPTOR_NAME
        if target.exists():
            raise WorkspaceError(
                "Ce dossier a déjà un source.toml.",
                where=str(target),
                remedy="Donnez un autre dossier : write(« dossier »). Rien n’est écrasé.",
            )
        try:
            place.mkdir(parents=True, exist_ok=True)
            if (place / self.path.name).resolve() != self.path.resolve():
                shutil.copyfile(self.path, place / self.path.name)
            target.write_text(text, encoding="utf-8")
            if self.indicators:
                (place / BLOCKS_NAME).write_text(self.indicators, encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(
                "On ne peut pas écrire ici.",
                where=str(place),
                why=f"Le système dit : {system_words(error)}.",
                remedy="Choisissez un dossier où vous avez le droit d’écrire.",
            ) from error
        return target

    def __str__(self) -> str:
        """Return the preview as French text."""
        return text_page(self.path.name, self._sections())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_page(self.path.name, self._sections())

    def _sections(self) -> list[Section]:
        made = sections(self.found, self.plan, self.parsed, self.refusal)
        return [*map(seen_section, self.sheets), *made]


def preview_table(
    path: Path, ground: PreviewContext, *, period: str = "", zoning: str = "", member: str = ""
) -> Preview:
    """Read a file that nothing describes, and say what it is.

    Parameters
    ----------
    path : Path
        A table: csv, workbook, dBase, Parquet, or a zip of one.
    ground : PreviewContext
        What the workspace knows.
    period, zoning, member : str
        What is stated; empty to find it.

    Raises
    ------
    FileError
        When its bytes cannot be read at all. A file that is read and holds no table is shown for
        what it is, with its ``refusal``.
    """
    document = open_file(path, member)
    try:
        found = find_table(
            document, ground.zonings, ground.families, preferred=ground.preferred, zoning=zoning
        )
    except ObservatoireError as error:
        return Preview(path, ground, refusal=error, sheets=tuple(sheets_of(document)))
    if found.family is not None and found.family.kind != "figures":
        family = found.family.title.split(",")[0].lower()
        described = refused("no_measure", found.table.name, family=family)
        return Preview(path, ground, found, refusal=described)
    plan = plan_of(found, period, ground.zonings)
    refusal = missing_answer(found, plan) or _two_periods(found, plan, period)
    if refusal is not None:
        return Preview(path, ground, found, plan, refusal=refusal)
    source = _source(plan, path)
    parsed = observe(found.table, source, source.files[0], ground.zonings, ground.scope)
    plan.aliases = unknown_names(parsed, ground.zonings[found.zoning])
    towns = towns_of(ground.zonings[found.zoning], ground.zonings)
    refusal = other_town(found, towns, ground.zonings, source.files[0].commune_column)
    refusal = (
        refusal or spanning(found, plan) or small_share(found, plan) or _other_sheet(found, plan)
    )
    refusal = refusal or _twin_sheets(found, period)
    refusal = refusal or _side_by_side(found, plan, ground.zonings)
    refusal = refusal or _parts(found, plan, parsed, ground.zonings)
    # Who names the zoning says that these communes are theirs.
    if not zoning:
        refusal = refusal or _other_level(found, ground.zonings)
        refusal = refusal or _some_towns(found, parsed, ground.zonings)
    return Preview(path, ground, found, plan, source, parsed, refusal)


def _source(plan: SourceDraft, path: Path) -> Source:
    text = plan.toml()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return build_source(tomllib.loads(text), path.parent, slug(path.stem), digest)

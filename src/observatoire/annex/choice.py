"""What an annex shows, as ``annex.toml`` says it: the part of the whole, and what bears on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import pandas as pd

from observatoire.declarations.fields import MaybePath, Texts, declared, doc
from observatoire.declarations.reader import read
from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import check_known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Catalogue, Theme
    from observatoire.indicators.evaluation.actions import Programming
    from observatoire.panels.assessment import Assessment
    from observatoire.panels.profile import ProfileContent
    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.secrecy.release.public_notes import PublicNotes

CHOICE_FILE = "annex.toml"

#: The stages of a contract, and the chapters that each is shown with, in order.
Stage = Literal["diagnostic", "mi-parcours", "bilan"]
CHAPTERS: dict[str, tuple[str, ...]] = {
    "diagnostic": ("retain", "tartan", "themes", "profiles", "holes", "method"),
    "mi-parcours": ("retain", "evaluation", "tartan", "themes", "holes", "method"),
    "bilan": ("retain", "tartan", "themes", "evaluation", "profiles", "holes", "method"),
}

Length = Literal["court", "long"]


@declared
class AnnexChoice:
    """What ``annex.toml`` declares; a keyword of ``o.annex`` wins over its line."""

    title: Annotated[str, doc("Titre ; le nom de l’espace de travail sans lui.")] = ""
    foreword: Annotated[Texts, doc("Avant-propos : un texte par paragraphe.")] = ()
    logo: Annotated[MaybePath, doc("Image de la couverture : .png, .jpg ou .svg.")] = None
    commune: Annotated[str, doc("Une commune seulement, par son nom ou son code.")] = ""
    perimeter: Annotated[str, doc("Un périmètre seulement, par son nom ou son code.")] = ""
    quartier: Annotated[str, doc("Un quartier seulement, par son nom ou son code.")] = ""
    theme: Annotated[str, doc("Une thématique seulement, par son code.")] = ""
    stage: Annotated[Stage, doc("Étape du contrat : elle choisit les chapitres.")] = "bilan"
    length: Annotated[
        Length,
        doc("court : les tableaux des indicateurs choisis ; long : ceux de tout le catalogue."),
    ] = "court"
    indicators: Annotated[
        Texts,
        doc("Indicateurs qui ont leur page ; sans eux, ceux que le catalogue cartographie (maps)."),
    ] = ()

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters of its stage, in order."""
        return CHAPTERS[self.stage]

    @property
    def whole(self) -> bool:
        """Whether no part of the territory was asked for."""
        return not (self.commune or self.perimeter or self.quartier)


def read_choice(root: Path, **asked: Any) -> AnnexChoice:
    """Return what the workspace declares, then what is asked for.

    Parameters
    ----------
    root : Path
        Its folder.
    **asked
        Keys of ``annex.toml``; one that is None or empty leaves what the file says.

    Raises
    ------
    DescriptorError
        On a fault of the file.
    UnknownNameError
        On a stage or a length that does not exist, with the nearest; on two parts of the territory at once.
    """
    path = root / CHOICE_FILE
    kept = read(path, AnnexChoice, context={"root": root}) if path.exists() else AnnexChoice()
    given = {key: value for key, value in asked.items() if value}
    for key, known in (("stage", Stage), ("length", Length)):
        if key in given:
            what = f"« {given[key]} » n’est pas une valeur de {key} pour une annexe."
            check_known(given[key], get_args(known), what)
    parts = [key for key in ("commune", "perimeter", "quartier") if key in given]
    if len(parts) > 1:
        said = ", ".join(f'{key}="{given[key]}"' for key in parts)
        raise UnknownNameError(
            f"Une annexe porte sur une partie du territoire à la fois, non sur {said}.",
            why="L’une des deux serait oubliée sans que l’annexe le dise.",
            remedy=f"Gardez {parts[-1]} seul, ou demandez deux annexes.",
            name=str(given[parts[-1]]),
        )
    if parts:
        # One part wins over another: a quartier asked for is not looked for in the file's commune.
        kept = replace(kept, commune="", perimeter="", quartier="")
    return replace(kept, **given)


@dataclass(frozen=True)
class AnnexScope:
    """What is kept; no ``territories`` stands for all of them.

    ``wholes`` are the zonings and codes that the territories belong to: what bears on them counts.
    ``place`` is where alone: agreements name a town, never a theme.
    """

    label: str
    territories: tuple[str, ...] = ()
    wholes: frozenset[tuple[str, str]] = frozenset()
    themes: tuple[str, ...] = ()
    place: str = ""

    def themes_of(self, catalogue: Catalogue) -> list[Theme]:
        """Return the themes kept, in the order of the catalogue."""
        return [
            theme
            for theme in catalogue.themes.values()
            if not self.themes or theme.code in self.themes
        ]

    def table(self, table: ProtectedTable, catalogue: Catalogue) -> ProtectedTable:
        """Return what is kept of a table: territories, themes, and comparators that hold them."""
        codes = [
            indicator.code
            for indicator in catalogue
            if (not self.themes or indicator.theme in self.themes)
            and indicator.code in table.indicators
        ]
        kept = table.select(codes, list(self.territories) or None)
        return kept.compared_with(self.wholes) if self.territories else kept

    def tables(
        self, tables: Iterable[ProtectedTable], catalogue: Catalogue
    ) -> list[ProtectedTable]:
        """Return what is kept of each of several tables."""
        return [self.table(each, catalogue) for each in tables]

    def earlier(self, figures: pd.DataFrame, catalogue: Catalogue, main: str) -> pd.DataFrame:
        """Return what is kept of the figures of an earlier publication, with the columns of a package."""
        if self.themes:
            codes = {each.code for each in catalogue if each.theme in self.themes}
            figures = figures[figures["indicateur"].isin(codes)]
        if self.territories:
            places = pd.MultiIndex.from_frame(figures[["zonage", "territoire"]])
            figures = figures[places.isin(self._spots(main))]
        return figures

    def profiles(self, content: ProfileContent, catalogue: Catalogue) -> ProfileContent:
        """Return what is kept of profiles: their territories, their themes."""
        kept = [
            identity
            for identity in content.identities
            if not self.territories or identity.code in self.territories
        ]
        return replace(content, identities=kept, themes=self.themes_of(catalogue))

    def notes(self, notes: PublicNotes, main: str) -> PublicNotes:
        """Return the notes that bear on the territories kept."""
        return notes.within(self._spots(main)) if self.territories else notes

    def _spots(self, main: str) -> set[tuple[str, str]]:
        return {*self.wholes, *((main, code) for code in self.territories)}

    def assessment(self, found: Assessment, catalogue: Catalogue, main: str) -> Assessment:
        """Return what is kept of an evaluation."""
        gaps, aims, moments = found.gaps, found.objectives, found.moments
        if self.territories:
            gaps = gaps[gaps["territory"].isin(self.territories)]
            aims = _bearing(aims, self._spots(main))
        if self.themes:
            codes = {i.code for i in catalogue if i.theme in self.themes}
            gaps = gaps[gaps["indicator"].isin(codes)]
            aims = aims[aims["theme"].isin(self.themes)]
        moments = moments[moments["code"].isin(aims["code"])] if "code" in moments else moments
        programming = (
            self._programming(found.programming) if self.territories else found.programming
        )
        return replace(found, gaps=gaps, objectives=aims, moments=moments, programming=programming)

    def _programming(self, whole: Programming) -> Programming:
        """Return what was programmed there; sums of money, made over all, are left out."""
        spots = {*self.wholes}
        places, actions = whole.places, whole.actions
        keys = zip(actions["zoning"], actions["territory"], strict=True)
        near = [key in spots or key[1] in self.territories for key in keys]
        perimeters = _bearing(whole.perimeters, spots)
        return replace(
            whole,
            places=places[places["territory"].isin(self.territories)],
            perimeters=perimeters,
            actions=actions.loc[near],
            money=whole.money if len(perimeters) == len(whole.perimeters) else whole.money.iloc[:0],
        )


def _bearing(frame: pd.DataFrame, spots: Collection[tuple[str, str]]) -> pd.DataFrame:
    keys = zip(frame["zoning"], frame["territory"], strict=True)
    return frame.loc[[key in spots for key in keys]]  # an empty list would choose no column

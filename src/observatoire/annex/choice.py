"""What an annex shows, as ``annex.toml`` says it: the part of the whole, its length, its face."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from observatoire.declarations.fields import MaybePath, Texts, declared, doc
from observatoire.declarations.reader import read
from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion

if TYPE_CHECKING:
    from pathlib import Path

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
        if key in given and given[key] not in get_args(known):
            raise UnknownNameError(
                f"« {given[key]} » n’est pas une valeur de {key} pour une annexe.",
                remedy=suggestion(str(given[key]), get_args(known)),
                name=str(given[key]),
            )
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

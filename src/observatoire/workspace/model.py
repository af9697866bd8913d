"""A workspace: what ``observatoire.toml`` declares of a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from observatoire.declarations.faults import line_of
from observatoire.declarations.fields import (
    Code,
    Flag,
    MaybePath,
    Named,
    Number,
    RootedPath,
    Texts,
    checked,
    declared,
    doc,
    fault,
    lacking,
    on_reading,
    refuse,
)
from observatoire.declarations.reader import read
from observatoire.declarations.secrecy_rules import Strictness
from observatoire.errors import (
    CRSError,
    DescriptorError,
    UnknownNameError,
    WorkspaceError,
)
from observatoire.errors.arguments import check_known, code_suggestion
from observatoire.territories.layers.crs import known_systems
from observatoire.territories.zoning import Zoning

WORKSPACE_FILE = "observatoire.toml"

#: How a source may be shared between real perimeters.
PassageMethod = Literal["area", "support", "density"]
PASSAGE_METHODS = get_args(PassageMethod)

#: No ring is wider: beyond, it is another town.
_WIDEST_RING = 10_000


@declared
class Comparator:
    """What the territories are compared with: members of a zoning, what is left, or a ring.

    ``minus`` takes the territories of another zoning away; ``ring`` is a distance in metres around
    each territory; ``against`` is the member that differences are taken with.
    """

    code: Code
    label: Annotated[str, doc("Comment il s’imprime.")]
    zoning: Annotated[str, doc("Zonage dont il prend les territoires.", default="")]
    territories: Annotated[Texts, doc("Ses territoires ; tous sans elle.")] = ()
    panel: Annotated[Flag, doc("true : sur les tableaux et les fiches d’ordinaire.")] = False
    against: Annotated[str, doc("Le territoire avec lequel se font les différences.")] = ""
    minus: Annotated[str, doc("Zonage dont les territoires sont retirés.")] = ""
    ring: Annotated[
        Number,
        doc("Anneau autour de chaque territoire, en mètres."),
        checked(
            lambda metres: 0 <= metres < _WIDEST_RING,
            "une distance en mètres, au-dessus de 0 (300 pour l’Insee)",
        ),
    ] = 0.0
    profile: Annotated[Flag, doc("true : imprimé sur les fiches.")] = False

    @on_reading
    def _holds_together(self) -> None:
        if not self.ring and not self.zoning:
            raise lacking("zoning")
        if self.ring and (self.zoning or self.minus or self.against):
            raise refuse(
                "un anneau entoure chaque territoire : ni zoning, ni minus, ni against", "ring"
            )
        if self.against and self.territories and self.against not in self.territories:
            raise refuse("on attend un des territoires de ce comparateur", "against")


@declared
class PassageRecipe:
    """How one zoning passes to another: a table of links, or a method between real perimeters.

    ``learn`` and ``calibrate`` name counts of the catalogue: the ratio of densities is learnt from
    the former as published on ``learn_on`` (the target by default), the weights are brought to
    the latter as published on the target; ``model`` foretells what lies in a part of a source that a
    table of links cannot size. ``period`` is that of both. ``sliver`` is the share of
    a territory below which an overlap only comes from outlines digitised apart.
    """

    source: Annotated[str, doc("Zonage de départ.")]
    target: Annotated[str, doc("Zonage d’arrivée.")]
    file: Annotated[MaybePath, doc("Table de passage : source, cible, poids.")] = None
    method: Annotated[
        Literal["", PassageMethod], doc("Comment répartir entre vrais périmètres.")
    ] = ""
    support: Annotated[MaybePath, doc("Carreaux, bâtiments ou adresses où vit la population.")] = (
        None
    )
    weight: Annotated[str, doc("Colonne du support qui compte la population.")] = "ind"
    ratio: Annotated[
        Number | None,
        AfterValidator(lambda ratio: ratio or None),
        doc("Combien de fois l’intérieur d’une cible est plus dense que le reste."),
    ] = None
    learn: Annotated[str, doc("Indicateur dont apprendre ce rapport.")] = ""
    learn_on: Annotated[str, doc("Zonage où il est publié ; la cible sans elle.")] = ""
    calibrate: Annotated[str, doc("Indicateur auquel caler les poids.")] = ""
    period: Annotated[str, doc("Période de ces deux indicateurs.")] = ""
    model: Annotated[
        Literal["", "part"],
        doc(
            "part : estimer, par ce que des territoires publiés ont appris, une partie d’une source."
        ),
    ] = ""
    sliver: Annotated[Number, doc("Part au-dessous de laquelle un recouvrement est négligé.")] = 0.0

    @on_reading
    def _is_one_way(self) -> None:
        if bool(self.file) == bool(self.method):
            raise fault(
                f"Le passage de « {self.source} » vers « {self.target} » se dit par une table "
                "(file) ou par une méthode (method), l’une ou l’autre.",
                remedy='Par exemple method = "support", support = "geo/carreaux.csv".',
            )
        if self.model and not self.file:
            raise refuse("un modèle de partie complète une table de passage (file)", "model")


@declared
class WorkspaceHead:
    """What ``[workspace]`` says; paths are absolute once read."""

    name: Annotated[str, doc("Nom de l’observatoire.")]
    main_zoning: Annotated[str, doc("Zonage des territoires observés.")]
    crs: Annotated[str, doc("Système de coordonnées, en mètres : « EPSG:2154 » en métropole.")]
    place: Annotated[str, doc("Le lieu.")] = ""
    subject: Annotated[str, doc("Le contrat observé.")] = ""
    centre: Annotated[str, doc("Qui tient l’observatoire.")] = ""
    warehouse: RootedPath = Field(
        default="data/processed/observatoire.duckdb",
        validate_default=True,
        description="Fichier de l’entrepôt.",
    )
    catalogue: RootedPath = Field(
        default="indicators.toml", validate_default=True, description="Fichier des indicateurs."
    )
    series: Annotated[
        MaybePath, doc("Fichier des séries ; celui de la bibliothèque sans elle.")
    ] = None
    warnings: Annotated[Texts, doc("Avertissements imprimés partout où l’on montre.")] = ()
    credits: Annotated[str, doc("Crédits, au bas des sources de l’annexe.")] = ""
    land: Annotated[
        MaybePath,
        doc("Couche de ce qui est terre autour, communes voisines ; ce qu’elle laisse est la mer."),
    ] = None


#: How often a package is published, as ``observatoire.toml`` says it.
Frequency = Literal["annuelle", "semestrielle", "trimestrielle", "mensuelle", "ponctuelle"]


@declared
class PublicationTerms:
    """What ``[publication]`` says of the packages: who gives them, how often, where they stand."""

    description: Annotated[str, doc("Ce que contient le paquet, en une ou deux phrases.")] = ""
    publisher: Annotated[str, doc("Qui publie ; le centre, sinon l’observatoire, sans elle.")] = ""
    email: Annotated[str, doc("À qui écrire.")] = ""
    frequency: Annotated[Frequency, doc("À quel rythme.")] = "annuelle"
    address: Annotated[
        str,
        doc("Adresse où les paquets seront déposés : « https://exemple.fr/donnees/ »."),
        checked(
            lambda address: not address or address.startswith(("https://", "http://")),
            "une adresse qui commence par https://",
        ),
    ] = ""
    keywords: Annotated[Texts, doc("Mots-clés des catalogues de données ouvertes.")] = ()


@declared
class WorkspaceDeclaration:
    """What ``observatoire.toml`` declares."""

    workspace: Annotated[WorkspaceHead, doc("L’espace de travail lui-même.")]
    zonings: Annotated[Named[Zoning], doc("Les zonages, [zonings.CODE].")] = field(
        default_factory=dict
    )
    passages: Annotated[
        tuple[PassageRecipe, ...], doc("Les passages d’un zonage à l’autre, [[passages]].")
    ] = ()
    comparators: Annotated[
        Named[Comparator], doc("Ce à quoi l’on compare, [comparators.CODE].")
    ] = field(default_factory=dict)
    secrecy: Annotated[Strictness, doc("Ce que l’espace ajoute au secret des sources.")] = (
        Strictness()
    )
    publication: Annotated[PublicationTerms, doc("Ce que disent les paquets publiés.")] = (
        PublicationTerms()
    )


@declared
class Workspace(WorkspaceHead):
    """A folder and its declaration."""

    root: Path = field(kw_only=True)
    zonings: Mapping[str, Zoning] = field(kw_only=True)
    passages: tuple[PassageRecipe, ...] = field(kw_only=True)
    comparators: Mapping[str, Comparator] = field(kw_only=True)
    secrecy: Strictness = field(kw_only=True)
    publication: PublicationTerms = field(kw_only=True)

    @property
    def raw(self) -> Path:
        """Folder of the sources."""
        return self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """Folder of what is built."""
        return self.root / "data" / "processed"

    @property
    def ledger(self) -> Path:
        """The text that keeps what was published, beside the warehouse; it is not built anew."""
        return self.root / "data" / "registre.jsonl"

    def source_folders(self) -> tuple[Path, ...]:
        """Return the folders that describe a source, in order of name."""
        return tuple(sorted(path.parent for path in self.raw.glob("*/source.toml")))

    def zoning(self, code: str) -> Zoning:
        """Return a declared zoning, or refuse its code with the nearest one."""
        if not isinstance(code, str) or code not in self.zonings:
            labels = {known.code: known.label for known in self.zonings.values()}
            raise UnknownNameError(
                f"Le zonage « {code} » n’est pas déclaré.",
                where=WORKSPACE_FILE,
                remedy=code_suggestion(code, labels),
                name=code,
            )
        return self.zonings[code]

    @property
    def standing(self) -> tuple[str, ...]:
        """The comparators that are members of a zoning: the others are made when asked for."""
        return tuple(
            code
            for code, comparator in self.comparators.items()
            if not (comparator.ring or comparator.minus)
        )

    @property
    def usual(self) -> tuple[str, ...]:
        """The comparators that panels and profiles show when nothing is asked."""
        return tuple(code for code, comparator in self.comparators.items() if comparator.panel)

    @property
    def on_profiles(self) -> tuple[Comparator, ...]:
        """The comparators that profiles print: those declared so, or the first two usual."""
        chosen = [comparator for comparator in self.comparators.values() if comparator.profile]
        return tuple(chosen or [self.comparators[code] for code in self.usual[:2]])


def read_workspace(root: Path) -> Workspace:
    """Read and validate ``observatoire.toml`` in a folder.

    Raises
    ------
    WorkspaceError
        When the folder holds none.
    """
    root = root.expanduser().resolve()
    path = root / WORKSPACE_FILE
    if not path.is_file():
        what = (
            "Ce fichier n’est" if root.is_file() else f"Sans « {WORKSPACE_FILE} », ce dossier n’est"
        )
        raise WorkspaceError(
            f"{what} pas un espace de travail.",
            where=str(root),
            remedy="Ouvrez le bon dossier, créez-en un par « observatoire init », ou essayez "
            "obs.demo().",
        )
    declared_here = read(path, WorkspaceDeclaration, {"root": root})
    parts = dict(vars(declared_here))
    workspace = Workspace(**vars(parts.pop("workspace")), **parts, root=root)
    _check_metric(workspace.crs, f"{path.name}, ligne {line_of(path, 'workspace', 0, 'crs')}")
    _check_names(workspace)
    return workspace


def _check_metric(crs: str, where: str) -> None:
    """Refuse a reference system that is unknown, or whose unit is not the metre."""
    official = [f"{system.places} : {system.code}" for system in known_systems() if system.metric]
    remedy = f"Systèmes métriques officiels ; {' ; '.join(official)}."
    try:
        known = CRS(crs)
    except ProjError as error:
        what = f"Le système de coordonnées « {crs} » n’existe pas."
        raise CRSError(what, where=where, remedy=remedy) from error
    if not known.is_projected or known.axis_info[0].unit_name != "metre":
        why = "Une surface en degrés n’a pas de sens."
        raise CRSError(f"« {crs} » n’est pas en mètres.", where=where, why=why, remedy=remedy)


def _check_drawings(zonings: Mapping[str, Zoning]) -> None:
    for zoning in zonings.values():
        drawn = zoning.schematic
        for needed in (drawn.within, drawn.source) if drawn else ():
            what, where = f"Le zonage « {needed} » n’est pas déclaré.", f"[zonings.{zoning.code}]"
            if needed:
                check_known(needed, zonings, what, where=f"{WORKSPACE_FILE}, {where}")


def _check_names(workspace: Workspace) -> None:
    """Refuse a zoning that nothing declares, wherever it is named, and two passages of one pair."""
    _check_drawings(workspace.zonings)
    passages, comparators = workspace.passages, workspace.comparators.values()
    optional = [
        *(each.learn_on for each in passages),
        *(code for each in comparators for code in (each.zoning, each.minus)),
        *(known.zoning for known in workspace.secrecy.known),
    ]
    pairs = [code for each in passages for code in (each.source, each.target)]
    for code in (
        workspace.main_zoning,
        *pairs,
        *filter(None, optional),
        *workspace.secrecy.headlines,
    ):
        workspace.zoning(code)
    stated = Counter((each.source, each.target, bool(each.file)) for each in passages)
    for (source, target, _), times in stated.items():
        if times > 1:
            raise DescriptorError(
                f"Le passage de « {source} » vers « {target} » est dit deux fois.",
                where=WORKSPACE_FILE,
                why="On ne saurait lequel a produit un chiffre.",
                remedy="Gardez une seule des deux tables [[passages]].",
            )

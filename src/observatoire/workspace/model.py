"""A workspace: what ``observatoire.toml`` declares of a folder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.declarations.secrecy_rules import Strictness, read_strictness
from observatoire.errors import (
    CRSError,
    DescriptorError,
    UnknownNameError,
    WorkspaceError,
)
from observatoire.errors.arguments import suggestion
from observatoire.territories.layers.crs import known_systems
from observatoire.territories.zoning import Zoning, read_zonings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


WORKSPACE_FILE = "observatoire.toml"

#: How sources may be shared between real perimeters.
PASSAGE_METHODS = ("area", "support", "density")


@dataclass(frozen=True)
class Comparator:
    """What the territories are compared with: members of a zoning, what is left, or a ring.

    ``minus`` takes the territories of another zoning away; ``ring`` is a distance in metres around
    each territory; ``against`` is the member that differences are taken with.
    """

    code: str
    label: str
    zoning: str
    territories: tuple[str, ...] = ()
    panel: bool = False
    against: str = ""
    minus: str = ""
    ring: float = 0.0
    profile: bool = False


@dataclass(frozen=True)
class PassageRecipe:
    """How one zoning passes to another: a table of links, or a method between real perimeters.

    ``learn`` and ``calibrate`` name counts of the catalogue: the ratio of densities is learnt from
    the former as published on ``learn_on`` (the target by default), the weights are brought to
    the latter as published on the target. ``period`` is that of both. ``sliver`` is the share of
    a territory below which an overlap only comes from outlines digitised apart.
    """

    source: str
    target: str
    file: Path | None = None
    method: str = ""
    support: Path | None = None
    weight: str = "ind"
    ratio: float | None = None
    learn: str = ""
    learn_on: str = ""
    calibrate: str = ""
    period: str = ""
    sliver: float = 0.0


@dataclass(frozen=True)
class Workspace:
    """A folder and its declaration; paths are absolute."""

    root: Path
    name: str
    place: str
    subject: str
    centre: str
    main_zoning: str
    crs: str
    warehouse: Path
    catalogue: Path
    warnings: tuple[str, ...]
    zonings: Mapping[str, Zoning]
    passages: tuple[PassageRecipe, ...]
    comparators: Mapping[str, Comparator]
    series: Path | None = None
    credits: str = ""
    secrecy: Strictness = field(default_factory=Strictness)

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
        """Return a declared zoning.

        Raises
        ------
        UnknownNameError
            With the nearest code.
        """
        if code not in self.zonings:
            raise UnknownNameError(
                f"Le zonage « {code} » n’est pas déclaré.",
                where=WORKSPACE_FILE,
                remedy=suggestion(code, self.zonings),
                name=code,
            )
        return self.zonings[code]

    @property
    def standing(self) -> tuple[str, ...]:
        """The comparators that are members of a zoning: the others are made when asked for."""
        return tuple(code for code, one in self.comparators.items() if not (one.ring or one.minus))

    @property
    def usual(self) -> tuple[str, ...]:
        """The comparators that panels and profiles show when nothing is asked."""
        return tuple(code for code, one in self.comparators.items() if one.panel)

    @property
    def on_profiles(self) -> tuple[Comparator, ...]:
        """The comparators that profiles print beside: those declared so, or the first two usual."""
        chosen = [one for one in self.comparators.values() if one.profile]
        return tuple(chosen or [self.comparators[code] for code in self.usual[:2]])

    def comparator(self, code: str) -> Comparator:
        """Return a declared comparator.

        Raises
        ------
        UnknownNameError
            With the nearest code.
        """
        if code not in self.comparators:
            raise UnknownNameError(
                f"On ne sait pas comparer avec « {code} ».",
                where=WORKSPACE_FILE,
                remedy=suggestion(code, self.comparators),
                name=code,
            )
        return self.comparators[code]


def read_workspace(root: Path) -> Workspace:
    """Read and validate ``observatoire.toml`` in a folder.

    Raises
    ------
    WorkspaceError
        When the folder holds none.
    DescriptorError, UnknownNameError, CRSError
        On what it declares.
    """
    root = root.expanduser().resolve()
    path = root / WORKSPACE_FILE
    if not path.is_file():
        raise WorkspaceError(
            f"Ce dossier ne contient pas de « {WORKSPACE_FILE} » : ce n’est pas un espace de travail.",
            where=str(root),
            remedy="Ouvrez le bon dossier, créez-en un par « observatoire init », ou essayez "
            "obs.demo().",
        )
    table = read_toml(path)
    head = table.child("workspace")
    zonings = read_zonings(table, root)
    workspace = Workspace(
        root=root,
        name=head.text("name"),
        place=head.text("place", ""),
        subject=head.text("subject", ""),
        centre=head.text("centre", ""),
        main_zoning=head.text("main_zoning"),
        crs=_metric(head),
        warehouse=root / head.text("warehouse", "data/processed/observatoire.duckdb"),
        catalogue=root / head.text("catalogue", "indicators.toml"),
        warnings=head.texts("warnings"),
        credits=head.text("credits", ""),
        zonings=zonings,
        passages=tuple(_read_passage(child, root) for child in table.array("passages")),
        comparators={
            code: _read_comparator(code, child)
            for code, child in table.children("comparators").items()
        },
        secrecy=read_strictness(table.child("secrecy")),
    )
    series = head.text("series", "")
    workspace = replace(workspace, series=root / series if series else None)
    head.close()
    table.close()
    _check_names(workspace)
    return workspace


def _metric(head: Declaration) -> str:
    crs = head.text("crs")
    try:
        known = CRS(crs)
    except ProjError as error:
        raise CRSError(
            f"Le système de coordonnées « {crs} » n’existe pas.",
            where=head.where,
            remedy=_metric_systems(),
        ) from error
    if not known.is_projected or known.axis_info[0].unit_name != "metre":
        raise CRSError(
            f"« {crs} » n’est pas en mètres.",
            where=head.where,
            why="Une surface en degrés n’a pas de sens.",
            remedy=_metric_systems(),
        )
    return crs


def _metric_systems() -> str:
    known = [f"{one.places} : {one.code}" for one in known_systems() if one.metric]
    return f"Systèmes métriques officiels ; {' ; '.join(known)}."


def _read_passage(table: Declaration, root: Path) -> PassageRecipe:
    file, support = table.text("file", ""), table.text("support", "")
    ratio = table.take("ratio", float, 0.0)
    passage = PassageRecipe(
        table.text("source"),
        table.text("target"),
        root / file if file else None,
        table.text("method", "", choices=PASSAGE_METHODS),
        root / support if support else None,
        table.text("weight", "ind"),
        ratio or None,
        table.text("learn", ""),
        table.text("learn_on", ""),
        table.text("calibrate", ""),
        table.text("period", ""),
        table.take("sliver", float, 0.0),
    )
    table.close()
    if bool(passage.file) == bool(passage.method):
        raise DescriptorError(
            f"Le passage de « {passage.source} » vers « {passage.target} » se dit par une table "
            "(file) ou par une méthode (method), l’une ou l’autre.",
            where=table.where,
            remedy='Par exemple method = "support", support = "geo/carreaux.csv".',
        )
    return passage


def _read_comparator(code: str, table: Declaration) -> Comparator:
    ring = table.take("ring", float, 0.0)
    if not 0 <= ring < _WIDEST_RING:
        raise table.refuse("ring", "une distance en mètres, au-dessus de 0 (300 pour l’Insee)")
    comparator = Comparator(
        code,
        table.text("label"),
        table.text("zoning", "") if ring else table.text("zoning"),
        table.texts("territories"),
        table.take("panel", bool, False),  # noqa: FBT003 - a default, not a switch
        table.text("against", ""),
        table.text("minus", ""),
        ring,
        table.take("profile", bool, False),  # noqa: FBT003
    )
    table.close()
    if ring and (comparator.zoning or comparator.minus or comparator.against):
        raise table.refuse(
            "ring", "un anneau entoure chaque territoire : ni zoning, ni minus, ni against"
        )
    if (
        comparator.against
        and comparator.territories
        and comparator.against not in comparator.territories
    ):
        raise table.refuse("against", "on attend un des territoires de ce comparateur")
    return comparator


#: No ring is wider: beyond, it is another town.
_WIDEST_RING = 10_000


def _check_names(workspace: Workspace) -> None:
    workspace.zoning(workspace.main_zoning)
    told = set()
    for passage in workspace.passages:
        for code in (passage.source, passage.target, passage.learn_on or passage.target):
            workspace.zoning(code)
        pair = (passage.source, passage.target, bool(passage.file))
        if pair in told:
            raise DescriptorError(
                f"Le passage de « {passage.source} » vers « {passage.target} » est dit deux fois.",
                where=WORKSPACE_FILE,
                why="On ne saurait lequel a produit un chiffre.",
                remedy="Gardez une seule des deux tables [[passages]].",
            )
        told.add(pair)
    for comparator in workspace.comparators.values():
        for zoning in filter(None, (comparator.zoning, comparator.minus)):
            workspace.zoning(zoning)
    for headline in workspace.secrecy.headlines:
        workspace.zoning(headline)
    for known in workspace.secrecy.known:
        if known.zoning:
            workspace.zoning(known.zoning)

"""Found the workspace of a town from its layers: nothing is left to write by hand before loading."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from observatoire.errors import UnknownTerritoryError, WorkspaceError
from observatoire.french.typography import enumerate_words, of_name, plural
from observatoire.territories.spelling import simplify
from observatoire.workspace.model import WORKSPACE_FILE
from observatoire.workspace.scaffold import create_blank, point_registers, write_guide
from observatoire.workspace.town_layers import (
    TownLayer,
    land_around,
    placed_in,
    read_town_layers,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

#: So many communes are named in a message, and make the name of a workspace.
_NAMED = 6
_IN_TITLE = 3

_LAND = "geo/alentours.gpkg"


@dataclass(frozen=True)
class FoundedTown:
    """A workspace that was just made: where, what was kept, and what is not there yet."""

    root: Path
    kept: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class _Parts:
    """What a workspace is made of: layers by kind, members without outlines, the land around."""

    main: TownLayer
    iris: TownLayer | None
    members: pd.DataFrame | None
    communes: gpd.GeoDataFrame
    land: gpd.GeoSeries
    dropped: tuple[str, ...]

    @property
    def crs(self) -> str:
        return str(self.main.frame.crs)

    @property
    def zoning(self) -> str:
        """The code of the main zoning."""
        if self.main.kind == "qpv":
            newer = self.main.frame["code"].iloc[0].startswith("QN")
            return "qpv-2024" if newer else "qpv-2015"
        return {"own": "quartier"}.get(self.main.kind, self.main.kind)

    @property
    def title(self) -> str:
        """The communes, when they are few."""
        names = list(self.communes["nom"])
        return enumerate_words(names) if 0 < len(names) <= _IN_TITLE else "plusieurs communes"


def create_town(
    folder: Path,
    town: str,
    layers: Sequence[Path],
    members: pd.DataFrame | None = None,
) -> FoundedTown:
    """Make the workspace of a town from the outlines of its quartiers, and of its IRIS.

    Parameters
    ----------
    folder : Path
        Made when absent.
    town : str
        Insee's code of the commune, « 66136 »; empty for all those in which the quartiers lie.
    layers : sequence of Path
        As :func:`observatoire.init`: what lies in the commune is kept, what lies around is drawn as land.
    members : DataFrame, optional
        Insee's reference table of the IRIS (``code``, ``nom``, ``commune``, ``nom_commune``), in place of
        their outlines, or for their names.

    Returns
    -------
    FoundedTown
        A workspace ready to load files of known families.

    Raises
    ------
    WorkspaceError
        When nothing is given to observe, or the folder is a workspace already.
    UnknownTerritoryError
        When a layer has no outline in the commune.
    """
    found = read_town_layers(layers)
    if not found:
        raise WorkspaceError(
            "Il manque les contours de ce que l’on observe.",
            remedy="Donnez-les : --from contours.gpkg (quartiers prioritaires, ou les vôtres, avec une "
            "colonne « nom »), et --iris pour les IRIS.",
        )
    parts = _parts(found, town, members)
    root = create_blank(folder)
    _write(root, parts)
    founded = FoundedTown(root, _kept_words(parts), _lacking_words(parts))
    write_guide(root, parts.title, parts.zoning, founded.kept, founded.lacking)
    return founded


def _parts(found: dict[str, TownLayer], town: str, members: pd.DataFrame | None) -> _Parts:
    main = found.get("own") or found.get("qpv") or found.get("iris") or found["commune"]
    if "own" in found and "qpv" in found:
        raise WorkspaceError(
            f"Faut-il observer « {found['own'].path} », ou « {found['qpv'].path} » ?",
            remedy="Donnez l’une des deux couches ; l’autre se déclare ensuite dans observatoire.toml.",
        )
    iris = found.get("iris")
    known = _known_communes(found, members)
    placed = _placed(main, known)
    observed = [town] if town else [code for code in dict.fromkeys(placed["commune"]) if code]
    if town or "iris" in found or "commune" in found:
        kept = main.frame.loc[placed["commune"].isin(observed)]
        _check_some(main, kept, known[known["commune"].isin(placed["commune"])], town)
    else:
        kept = main.frame
    _check_few(main, observed, town)
    dropped = () if main.kind in {"iris", "commune"} else _dropped(main, len(kept))
    framed = placed.loc[kept.index].reset_index(drop=True)
    communes = known[known["commune"].isin(observed)] if len(known) else known
    inside = iris.of(observed) if iris else None
    around = [each.frame for each in (found.get("commune"), iris) if each]
    shown = pd.concat([framed, inside.frame]) if inside else framed
    return _Parts(
        TownLayer(main.kind, framed, main.path, main.repaired),
        None if main.kind == "iris" else inside,
        members[members["commune"].isin(observed)] if members is not None else None,
        communes.sort_values("commune").reset_index(drop=True),
        land_around(around, gpd.GeoDataFrame(shown, crs=main.frame.crs)),
        dropped,
    )


def _known_communes(found: dict[str, TownLayer], members: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Return the communes that layers show: their own outlines, or those that their IRIS make."""
    if "commune" in found:
        return found["commune"].frame.drop(columns="ville")
    main = found.get("qpv") or found.get("own")
    if "iris" in found:
        whole = found["iris"].frame.dissolve("commune", as_index=False)
        communes = whole[["commune", "ville", "geometry"]].rename(columns={"ville": "nom"})
    elif main is not None and (main.frame["commune"] != "").any():
        first = main.frame.drop_duplicates("commune").rename(columns={"nom": "quartier"})
        communes = (
            first[["commune", "ville"]].rename(columns={"ville": "nom"}).assign(geometry=None)
        )
    elif members is not None:
        codes = members["commune"].unique()
        communes = pd.DataFrame({"commune": codes, "nom": "", "geometry": None})
    else:
        return gpd.GeoDataFrame({"commune": [], "nom": [], "code": []}, geometry=[])
    names = (
        {}
        if members is None
        else dict(zip(members["commune"], members["nom_commune"], strict=True))
    )
    placed = zip(communes["commune"], communes["nom"], strict=True)
    communes = communes.assign(
        nom=[names.get(code) or name or code for code, name in placed], code=communes["commune"]
    )
    return gpd.GeoDataFrame(communes, geometry="geometry", crs=next(iter(found.values())).frame.crs)


def _placed(main: TownLayer, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the outlines to observe, each with the commune in which it lies."""
    if main.kind in {"iris", "commune"} or not communes.geometry.notna().any():
        return main.frame
    return main.frame.assign(commune=placed_in(main.frame, communes))


def _check_some(
    main: TownLayer, kept: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, town: str
) -> None:
    """Refuse to observe nothing; a commune given by its name is answered with its code."""
    if len(kept):
        return
    named = communes[communes["commune"] != ""]
    names = dict(zip(named["commune"], named["nom"], strict=True))
    meant = [f"--commune {c}" for c, name in names.items() if simplify(name) == simplify(town)]
    where = f"de la commune « {town} »" if town else "dans les communes de ces couches"
    listed = [name if name == code else f"{name} ({code})" for code, name in names.items()]
    raise UnknownTerritoryError(
        f"Aucun contour {where} dans « {main.path} ».",
        why="Une commune se donne par son code Insee."
        if meant
        else f"Communes de cette couche : {enumerate_words(listed, most=_NAMED)}."
        if listed
        else f"Ses codes sont comme « {main.frame['code'].iloc[0]} ».",
        remedy=f"Écrivez {' ou '.join(meant)}."
        if meant
        else "Vérifiez le code Insee de la commune, et le département de la couche.",
    )


def _check_few(main: TownLayer, observed: list[str], town: str) -> None:
    if main.kind == "iris" and not town and len(observed) > 1:
        raise WorkspaceError(
            f"Cette couche d’IRIS couvre {len(observed)} communes.",
            where=main.path,
            why="Rien ne dit lesquelles observer.",
            remedy="Dites la commune (--commune 66136), ou donnez vos quartiers (--from).",
        )


def _dropped(main: TownLayer, kept: int) -> tuple[str, ...]:
    out = len(main.frame) - kept
    if not out:
        return ()
    left = plural(out, "contour laissé de côté", "contours laissés de côté")
    return (f"{left}, hors de ces communes (« {main.path} »)",)


def _kept_words(parts: _Parts) -> tuple[str, ...]:
    """Say what was kept of the layers."""
    names = list(parts.communes["nom"])
    listed = enumerate_words(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    codes, mended = parts.main.frame["code"], parts.main.repaired
    lines = [f"{plural(len(codes), 'contour observé', 'contours observés')} ({parts.zoning})"]
    crossed = int(codes.isin(mended).sum())
    if crossed:
        one = "1 réparé (il se recoupait)"
        lines[0] += f", dont {one if crossed == 1 else f'{crossed} réparés (ils se recoupaient)'}"
    if names:
        one = " (--commune CODE n’en garde qu’une)" if len(names) > 1 else ""
        lines.append(f"{plural(len(names), 'commune')} : {listed}{one}")
    if parts.iris:
        lines.append(f"{len(parts.iris.frame)} IRIS avec leurs contours")
    elif parts.members is not None:
        lines.append(f"{len(parts.members)} IRIS sans contours")
    if len(parts.land):
        lines.append("les communes voisines, dessinées autour")
    return (*lines, *parts.dropped)


def _lacking_words(parts: _Parts) -> tuple[str, ...]:
    """Say what is not there, and what it would give."""
    lines = []
    if parts.iris is None and parts.main.kind != "iris":
        lines.append(
            "les contours des IRIS (IGN, « Contours IRIS ») : sans eux, les chiffres par IRIS ne se portent "
            "pas sur vos contours ; les vôtres se chargent quand même"
        )
    if not len(parts.communes):
        lines.append(
            "les communes : rien à quoi comparer ; une colonne « code_commune » les dirait"
        )
    if not len(parts.land):
        lines.append("les communes voisines : le tour de la carte reste blanc")
    if parts.main.kind in {"own", "qpv"}:
        lines.append(
            "les carreaux de 200 m (Insee, Filosofi) : avec eux, le partage des IRIS suit la population "
            "(guide, « Remplacer un fond schématique »)"
        )
    lines.append("vos objectifs, actions et notes : modèles dans modeles/programmation")
    return tuple(lines)


def _write(root: Path, parts: _Parts) -> None:
    """Write what a town declares: its workspace file, its tables of members, its layers and links."""
    path = root / WORKSPACE_FILE
    path.write_text(_declaration(path.read_text(encoding="utf-8"), parts), encoding="utf-8")
    point_registers(root, parts.zoning)
    members = "code", "nom", "commune"
    if len(parts.communes) and parts.main.kind != "commune":
        rows = parts.communes[["commune", "nom", "commune"]].to_numpy().tolist()
        _table(root / "geo/commune.csv", members, rows)
        if parts.communes.geometry.notna().all():
            parts.communes[["code", "nom", "geometry"]].to_file(root / "geo/commune.gpkg")
    _table(root / f"geo/{parts.zoning}.csv", members, _rows(parts.main.frame))
    parts.main.frame[["code", "nom", "geometry"]].to_file(root / f"geo/{parts.zoning}.gpkg")
    iris = parts.main if parts.main.kind == "iris" else parts.iris
    listed = iris.frame if iris else parts.members
    if iris and parts.members is not None:  # Insee's names and communes, where its table is given
        official_names = parts.members.set_index("code")["nom"]
        listed = iris.frame.assign(
            nom=iris.frame["code"].map(official_names).fillna(iris.frame["nom"])
        )
    if listed is not None:
        _table(root / "geo/iris.csv", members, _rows(listed))
        links = [(code, code[:5], "proche", "officiel") for code in listed["code"]]
        _table(
            root / "geo/passage_iris_commune.csv", ("source", "target", "link", "quality"), links
        )
    if parts.iris:
        parts.iris.frame[["code", "nom", "geometry"]].to_file(root / "geo/iris.gpkg")
    if len(parts.land):
        parts.land.rename("geometry").to_frame().to_file(root / _LAND)


def _declaration(text: str, parts: _Parts) -> str:
    """Fill the model of ``observatoire.toml``, and leave out what is not there."""
    words = {
        "Observatoire de …": f"Observatoire {of_name(parts.title)}",
        'place = "…"': f'place = "{parts.title}"',
        "Contrat de ville …": f"Contrat de ville {of_name(parts.title)}",
        'centre = "…"': 'centre = "à préciser"',
        'credits = "…"': 'credits = "à préciser"',
        "EPSG:2154": parts.crs,
        "geo/qpv.gpkg": f"geo/{parts.zoning}.gpkg",
        "qpv-2015": parts.zoning,
        "commune-2016": "commune",
        "iris-2016": "iris",
    }
    for model, ours in words.items():
        text = text.replace(model, ours)
    if parts.main.kind != "qpv":
        text = text.replace('label = "Quartiers prioritaires"', 'label = "Quartiers"')
        text = text.replace('method = "density"\nratio = 3.2 ', 'method = "area"\n#ratio = 3.2')
    communes = parts.communes.geometry.notna().all() and len(parts.communes)
    if communes:
        text = text.replace(
            'members = "geo/commune.csv"',
            'members = "geo/commune.csv"\ngeometry = "geo/commune.gpkg"',
        )
    if parts.iris is None and parts.main.kind != "iris":
        text = text.replace('geometry = "geo/iris.gpkg"\n', "")
    if len(parts.land):
        text = text.replace(
            "warnings = []", f'land = "{_LAND}"       # ce qui est terre autour\nwarnings = []'
        )
    blocks = re.split(r"(?m)^(?=\[)", text)
    return "".join(block for block in blocks if _stands(block, parts))


def _stands(block: str, parts: _Parts) -> bool:
    """Say whether a table of the model speaks of what is there."""
    outlined = parts.iris is not None
    known = outlined or parts.members is not None or parts.main.kind == "iris"
    towns = len(parts.communes) > 0
    head, _, body = block.partition("\n")
    if "zonings" in head:
        twice = parts.main.kind in {"iris", "commune"} and 'singular = "quartier"' in body
        return not twice and (known or '"iris"' not in head) and (towns or '"commune"' not in head)
    if "passages" in head:
        split = f'target = "{parts.zoning}"' in body and parts.main.kind != "commune"
        return known and towns and "file" in body if not split else outlined
    return "comparators" not in head or (towns and parts.main.kind != "commune")


def _rows(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return codes, names and communes; two outlines of one name differ by their code."""
    ordered = frame.sort_values("code")
    names = ordered["nom"].astype("str").str.strip()
    twice = names.duplicated(keep=False)
    labels = names.where(~twice, names + " (" + ordered["code"].str[-4:] + ")")
    return list(zip(ordered["code"], labels, ordered["commune"], strict=True))


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows([header, *rows])

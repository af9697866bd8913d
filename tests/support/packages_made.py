"""Small packages of invented figures, written apart from the library: what a stranger might send."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from observatoire.exchange.publication.figures import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

HEAD = ["zonage", "territoire", "indicateur", "periode", "valeur", "statut"]
LINKS = "zonage_source,source,zonage_cible,cible,poids,lien,complet,methode\n"
DEFINED = {
    "libelle": "Libellé", "thematique": "emploi", "definition": "Personnes comptées", "champ": "Tous",
    "unite": "personnes", "decimales": "0", "nature": "effectif", "sens": "neutre",
    "producteur": "Caf", "numerateur": "", "denominateur": "", "precautions": "",
}  # fmt: skip


def figures(rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """Return rows of zoning, territory, indicator, period, value, status as those of a package."""
    frame = pd.DataFrame(list(rows), columns=HEAD).reindex(columns=list(TYPES))
    frame["nom"] = frame["territoire"]
    for name, kind in TYPES.items():
        if kind == "number":
            frame[name] = frame[name].astype("float64")
        else:
            frame[name] = frame[name].astype("object").fillna("").astype("str")
    return frame


def package(
    folder: Path,
    rows: Sequence[Sequence[object]] = (("q", "Q1", "pop", "2016", 12.5, "observé"),),
    *,
    definitions: dict[str, dict[str, str]] | None = None,
    links: str = "",
    thresholds: dict[tuple[str, str], float] | None = None,
    spoil: Callable[[Path], None] | None = None,
    **changed: Any,
) -> Path:
    """Write a package; ``spoil`` runs before its sums are taken, ``changed`` alters its descriptor."""
    folder.mkdir()
    frame = figures(rows)
    frame.to_csv(folder / "valeurs.csv", index=False)
    frame.to_parquet(folder / "valeurs.parquet", index=False)
    codes = sorted(set(frame["indicateur"]) | set(definitions or {}))
    defined = [
        {"indicateur": c, **DEFINED, "libelle": c, **(definitions or {}).get(c, {})} for c in codes
    ]
    pd.DataFrame(defined).to_csv(folder / "indicateurs.csv", index=False)
    (folder / "passages.csv").write_text(LINKS + links, "utf-8")
    floors = [
        {"indicateur": code, "periode": period, "seuil": floor}
        for (code, period), floor in (thresholds or {}).items()
    ]
    (folder / "secret.json").write_text(json.dumps({"seuils": floors}), "utf-8")
    places = frame[["zonage", "territoire", "nom"]].drop_duplicates()
    gpd.GeoDataFrame(places, geometry=[None] * len(places), crs=5490).to_parquet(
        folder / "zones.parquet"
    )
    if spoil is not None:
        spoil(folder)
    describe(folder, **changed)
    return folder


def describe(folder: Path, **changed: Any) -> None:
    """Write the descriptor of the files that stand in a folder."""
    files = sorted(p for p in folder.iterdir() if p.name != "datapackage.json")
    resources = [
        {"path": p.name, "hash": f"sha256:{hashlib.sha256(p.read_bytes()).hexdigest()}"}
        for p in files
    ]
    whole = {
        "name": folder.name,
        "licenses": [{"name": "etalab-2.0"}],
        "observatoire": {"format": 2},
        "conventions": [],
        "resources": resources,
    }
    descriptor = {key: value for key, value in (whole | changed).items() if value is not ...}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")

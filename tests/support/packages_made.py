"""Small packages of invented figures, written apart from the library: what a stranger might send."""

from __future__ import annotations

import hashlib
import io
import json
from functools import lru_cache
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
    kept = repr(list(map(tuple, rows)))
    for name, content in _files(kept, tuple(map(tuple, rows))).items():
        (folder / name).write_bytes(content)
    codes = sorted({str(row[2]) for row in rows} | set(definitions or {}))
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
    if spoil is not None:
        spoil(folder)
    describe(folder, **changed)
    return folder


@lru_cache(maxsize=64)
def _files(written: str, rows: tuple[tuple[object, ...], ...]) -> dict[str, bytes]:  # noqa: ARG001 - 1 is True
    """Return what is written of figures and of their territories, made once for the same rows."""
    frame = figures(rows)
    places = frame[["zonage", "territoire", "nom"]].drop_duplicates()
    zones = gpd.GeoDataFrame(places, geometry=[None] * len(places), crs=5490)
    packed, drawn = io.BytesIO(), io.BytesIO()
    frame.to_parquet(packed, index=False)
    zones.to_parquet(drawn)
    return {
        "valeurs.csv": frame.to_csv(index=False).encode(),
        "valeurs.parquet": packed.getvalue(),
        "zones.parquet": drawn.getvalue(),
    }


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

"""Federate many packages: to verify and open, then each question; seconds and megabytes.

    python bench/federation_bench.py [MEMBERS] [TERRITORIES] [INDICATORS] [YEARS]

100 members, 25 quartiers each, 60 indicators, 12 years: 1.8 million rows. Beside it, what pandas takes
to read the same files and answer « one indicator ».
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
import geopandas as gpd
import pandas as pd

import observatoire as obs
from observatoire.exchange.publication.figures import DEFINED_COLUMNS, TYPES

ROWS = """
SELECT 'qpv-2015' AS zonage, format('T{:05d}', $first + t) AS territoire,
       format('Quartier {}', $first + t) AS nom, format('indicateur_{:02d}', i) AS indicateur,
       (2010 + y)::VARCHAR AS periode,
       CASE WHEN hash(t, i, y, $first) % 20 = 0 THEN NULL
            ELSE round((hash(t, i, y, $first) % 100000) / 10.0, 1) END AS valeur,
       NULL::DOUBLE AS borne_basse, NULL::DOUBLE AS borne_haute,
       NULL::DOUBLE AS plausible_bas, NULL::DOUBLE AS plausible_haut,
       CASE WHEN hash(t, i, y, $first) % 20 = 0 THEN 'secret' ELSE 'observé' END AS statut,
       CASE WHEN hash(t, i, y, $first) % 20 = 0 THEN 'Q' ELSE 'A' END AS OBS_STATUS,
       CASE WHEN hash(t, i, y, $first) % 20 = 0 THEN 'C' ELSE 'F' END AS CONF_STATUS,
       'exact' AS precision, 1.0::DOUBLE AS couverture, '' AS motif, '' AS methode,
       'Insee, fichier localisé' AS source
FROM range($territories) AS a(t), range($indicators) AS b(i), range($years) AS c(y)
ORDER BY zonage, indicateur, territoire, periode
"""


def make(root: Path, members: int, territories: int, indicators: int, years: int) -> list[Path]:
    """Write the packages of invented figures."""
    engine = duckdb.connect()
    folders = []
    for rank in range(members):
        folder = root / f"membre-{rank:04d}"
        folder.mkdir()
        given = {"first": rank * territories, "territories": territories,
                 "indicators": indicators, "years": years}  # fmt: skip
        frame = engine.execute(ROWS, given).df()[list(TYPES)]
        frame.to_parquet(folder / "valeurs.parquet", index=False)
        engine.execute(
            f"COPY (SELECT * FROM '{folder}/valeurs.parquet') TO '{folder}/valeurs.csv' (HEADER)"  # noqa: S608
        )
        described(folder, frame[["zonage", "territoire", "nom"]].drop_duplicates(), indicators)
        folders.append(folder)
    return folders


def described(folder: Path, places: pd.DataFrame, indicators: int) -> None:
    """Write what a package says beside its figures, and their sums."""
    defined = pd.DataFrame(
        [
            {**dict.fromkeys(DEFINED_COLUMNS, ""), "indicateur": f"indicateur_{i:02d}",
             "libelle": f"Indicateur {i}", "definition": "Inventée", "nature": "effectif",
             "unite": "personnes", "champ": "Tous", "decimales": "0"}
            for i in range(indicators)
        ]
    )  # fmt: skip
    defined.to_csv(folder / "indicateurs.csv", index=False)
    zones = gpd.GeoDataFrame(places, geometry=[None] * len(places), crs=2154)
    zones.to_parquet(folder / "zones.parquet")
    (folder / "passages.csv").write_text(
        "zonage_source,source,zonage_cible,cible,poids,lien,complet,methode\n"
    )
    (folder / "secret.json").write_text('{"seuils": []}')
    files = [{"path": p.name, "hash": f"sha256:{fingerprint(p)}"} for p in sorted(folder.iterdir())]
    told = {"name": folder.name, "licenses": [{"name": "etalab-2.0"}], "conventions": [],
            "observatoire": {"format": 2}, "resources": files}  # fmt: skip
    (folder / "datapackage.json").write_text(json.dumps(told))


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def timed(label: str, ask: object, *, times: int = 2) -> object:
    """Print the least time of a question, asked several times: the first one warms."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        answer = ask()  # type: ignore[operator]
        spent.append(time.perf_counter() - start)
    print(f"{label:38} {min(spent):8.3f} s  (première fois {spent[0]:.3f})")
    return answer


def say_peak() -> None:
    """Print the most memory that reading has taken so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"mémoire au plus haut {peak:.0f} Mo")


def main() -> None:
    """Make, federate, ask."""
    sizes = [int(each) for each in sys.argv[1:]] or [100, 25, 60, 12]
    with tempfile.TemporaryDirectory() as root:
        # Elsewhere, so that the memory that is measured is that of reading.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            folders = apart.submit(make, Path(root), *sizes).result()
        weight = sum(p.stat().st_size for f in folders for p in f.iterdir()) / 1e6
        print(f"{sizes[0]} membres, {pd.Series(sizes).prod():,} lignes, {weight:.0f} Mo")
        f = timed("vérifier et ouvrir", lambda: obs.federate(folders), times=1)
        if not f.rejected().empty:
            sys.exit(f.rejected()["reason"].iloc[0])
        say_peak()
        timed("f.table(indicateur)", lambda: f.table("indicateur_07"))
        timed("f.values(indicateur)", lambda: f.values("indicateur_07"))
        timed("f.values(indicateur, periode)", lambda: f.values("indicateur_07", period=2015))
        timed("f.inventory()", f.inventory)
        timed("f.verdicts()", f.verdicts)
        timed("f.conflicts()", f.conflicts)
        timed("f.common()", f.common)
        say_peak()
        timed("f.inventory_page()", f.inventory_page)
        timed("f.panel(indicateur), joint audit", lambda: f.panel(indicators=["indicateur_07"]))
        say_peak()
        start = time.perf_counter()
        every = pd.concat([pd.read_parquet(folder / "valeurs.parquet") for folder in folders])
        print(f"pandas lit tout en {time.perf_counter() - start:.2f} s")
        timed("pandas, un indicateur", lambda: every[every["indicateur"] == "indicateur_07"])


if __name__ == "__main__":
    main()

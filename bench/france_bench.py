"""All France in one federation: 49 000 IRIS, 100 indicators, 15 years, 73 million rows; seconds and megabytes.

    python bench/france_bench.py FOLDER [TERRITORIES] [INDICATORS] [YEARS]

Regions publish a package each, written by DuckDB alone and kept in FOLDER for the next run. Figures are
invented. Sums are of the files as they lie, so that opening checks all that it would of real ones.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
from federation_bench import ROWS, described, say_peak, timed

import observatoire as obs

REGIONS = 13


def write(folder: Path, first: int, territories: int, indicators: int, years: int) -> None:
    """Write the package of a region."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ROWS.replace("qpv-2015", "iris-2016").replace("Quartier", "Iris")
    for name, given in (("$first", first), ("$territories", territories),
                        ("$indicators", indicators), ("$years", years)):  # fmt: skip
        rows = rows.replace(name, str(given))
    parquet = folder / "valeurs.parquet"
    with duckdb.connect() as engine:
        engine.execute(f"SET memory_limit = '4GB'; SET temp_directory = '{folder.parent}/tri'")
        engine.execute(f"COPY ({rows}) TO '{parquet}' (COMPRESSION zstd)")
        engine.execute(f"COPY (FROM '{parquet}') TO '{folder}/valeurs.csv' (HEADER)")
        places = engine.execute(f"SELECT DISTINCT zonage, territoire, nom FROM '{parquet}'").df()  # noqa: S608
    described(folder, places, indicators)


def make(root: Path, territories: int, indicators: int, years: int) -> list[Path]:
    """Write the packages that are not there yet."""
    folders = [root / f"region-{rank:02d}" for rank in range(REGIONS)]
    each = -(-territories // REGIONS)
    for rank, folder in enumerate(folders):
        if not (folder / "datapackage.json").exists():
            first = rank * each
            write(folder, first, min(each, territories - first), indicators, years)
    return folders


def main() -> None:
    """Make, federate, ask."""
    root, sizes = Path(sys.argv[1]), [int(each) for each in sys.argv[2:]] or [49_000, 100, 15]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        folders = apart.submit(make, root, *sizes).result()
    weight = sum(p.stat().st_size for f in folders for p in f.iterdir()) / 1e6
    print(f"{REGIONS} paquets, {sizes[0] * sizes[1] * sizes[2]:,} lignes, {weight:.0f} Mo")
    f = timed("vérifier et ouvrir", lambda: obs.federate(folders), times=1)
    if not f.rejected().empty:
        sys.exit(f.rejected()["reason"].iloc[0])
    say_peak()
    for label, ask in {
        "f.values(indicateur, periode)": lambda: f.values("indicateur_07", period=2015),
        "f.inventory()": f.inventory,
        "f.verdicts()": f.verdicts,
        "f.conflicts()": f.conflicts,
        "f.common()": f.common,
        "f.table(indicateur)": lambda: f.table("indicateur_07"),
        "f.values(indicateur)": lambda: f.values("indicateur_07"),
        "f.audit()": f.audit,
    }.items():
        start = time.process_time()
        timed(label, ask)
        print(f"{'':38} {time.process_time() - start:8.3f} s de processeur en tout", flush=True)
        say_peak()


if __name__ == "__main__":
    main()

"""Spoilt files of fifteen forms, each read in a process of its own: our errors only, in bounds.

    python bench/hostile.py [COUNT] [SEED] [JOURNAL]

3 000 files when nothing is told. Each outcome is written to the journal as it comes, and what the
journal holds is not done again; the counts are printed, and go to ``bench/hostile.md`` by hand.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import time
import warnings
import zipfile
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from built_workspace import SOURCE_TOML, build_place  # noqa: E402 - found by the line above
from confined import MEGABYTES, SECONDS, confined  # noqa: E402
from spoilt_bytes import WAYS, good_files, good_layers, zip_bytes  # noqa: E402

from observatoire.sources import read_source  # noqa: E402
from observatoire.sources.preview.preview import preview_table  # noqa: E402
from observatoire.territories import Matcher  # noqa: E402
from observatoire.territories.layers.reader import read_layer  # noqa: E402
from observatoire.warehouse.loading.files import preview_context  # noqa: E402

KNOWN = Matcher({"972090101": "Centre Ville", "972090102": "Sainte-Thérèse"}, "IRIS")

#: Numbers that a count or a size may be told to be.
LIES = [b"0", b"-1", b"2147483647", b"4294967295", b"99999999999", b"1e308", b"NaN"]


def lying(content: bytes, chance: random.Random) -> bytes:
    """Tell another number somewhere: in a text as digits, in bytes as a whole word."""
    spoilt = bytearray(content)
    digits = [at for at, byte in enumerate(spoilt) if 48 <= byte <= 57]
    if digits and chance.random() < 0.5:
        at = chance.choice(digits)
        spoilt[at : at + 1] = chance.choice(LIES)
        return bytes(spoilt)
    at = chance.randrange(max(len(spoilt) - 4, 1))
    spoilt[at : at + 4] = chance.choice([b"\xff" * 4, b"\xff\xff\xff\x7f", bytes(4), b"\0\0\0\x80"])
    return bytes(spoilt)


def repeating(content: bytes, chance: random.Random) -> bytes:
    """Repeat a part of it thousands of times."""
    at, size = chance.randrange(len(content)), chance.randrange(1, 200)
    return content[:at] + content[at : at + size] * chance.choice([1000, 20_000]) + content[at:]


SPOILS = (*WAYS, lying, repeating)


def spoilt(content: bytes, chance: random.Random) -> bytes:
    """Spoil a file; of an archive, most often one of its parts, which is packed again."""
    way = chance.choice(SPOILS)
    if content[:2] != b"PK" or chance.random() < 0.25:
        return way(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as good:
        parts = {name: good.read(name) for name in good.namelist()}
    hit = chance.choice(sorted(name for name, part in parts.items() if part))
    return zip_bytes({**parts, hit: way(parts[hit], chance)})


def forms() -> dict[str, bytes]:
    """Return a good file of each of the fifteen forms."""
    files, layers = good_files(), good_layers()
    return {
        "a.csv": files["population.csv"],
        "a.txt": files["population.txt"],
        "a.xlsx": files["formules.xlsx"],
        "a.xlsm": files["population.xlsm"],
        "a.xlsb": files["population.xlsb"],
        "a.xls": files["population.xls"],
        "a.ods": files["population.ods"],
        "a.parquet": files["population.parquet"],
        "a.dbf": files["population.dbf"],
        "table.zip": files["population.zip"],
        "a.gpkg": layers["iris.gpkg"],
        "a.fgb": layers["iris.fgb"],
        "a.geojson": layers["iris.geojson"],
        "layer.zip": layers["iris.zip"],
        "source.toml": SOURCE_TOML.encode(),
    }


def campaign(count: int, seed: int, journal: Path) -> None:
    """Spoil so many files, and write what came of each that the journal does not hold."""
    done = len(journal.read_text("utf-8").splitlines()) if journal.is_file() else 0
    with tempfile.TemporaryDirectory() as folder, journal.open("a", encoding="utf-8") as written:
        place = build_place(Path(folder))
        ground, path = preview_context(place.workspace), Path(folder)

        def read(name: str) -> object:
            if name.endswith((".gpkg", ".fgb", ".geojson")) or name == "layer.zip":
                return read_layer(path / name, KNOWN, "EPSG:5490").rows_read
            if name == "source.toml":
                return read_source(path)
            return str(preview_table(path / name, ground, period="2016"))

        good = forms()
        for rank in range(done, count):
            name = list(good)[rank % len(good)]
            chance = random.Random(f"{seed} {rank}")  # noqa: S311 - the same files each time
            content = spoilt(good[name], chance)
            (path / name).write_bytes(content)
            found = confined(lambda name=name: read(name))
            if not found.sound:
                journal.with_name(f"{journal.stem}-{rank}-{name}").write_bytes(content)
                print(name, rank, found, flush=True)
            words = "" if found.kind == "read" else found.words
            row = (name, rank, found.kind, found.seconds, found.megabytes, words)
            written.write(json.dumps(row) + "\n")
            written.flush()


def main(count: int = 3000, seed: int = 1, journal: Path | None = None) -> int:
    """Spoil so many files, and say what came of them; 1 when one was not sound."""
    warnings.simplefilter("ignore")
    journal = journal or Path(tempfile.gettempdir()) / f"hostile-{seed}.jsonl"
    start = time.monotonic()
    campaign(count, seed, journal)
    rows = pd.read_json(journal, lines=True, dtype=False)
    rows.columns = ["form", "rank", "kind", "seconds", "memory", "words"]
    taken = time.monotonic() - start
    print(f"{len(rows)} files, seed {seed}, {taken:.0f} s; bounds: {SECONDS:.0f} s, {MEGABYTES} MB")
    print("| form | read | refused | faults | longest (s) | most memory (MB) |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, group in rows.groupby("form"):
        sound = [int((group["kind"] == kind).sum()) for kind in ("read", "refused")]
        counts = " | ".join(map(str, [*sound, len(group) - sum(sound)]))
        print(f"| {name} | {counts} | {group['seconds'].max():.1f} | {group['memory'].max():.0f} |")
    return int(not rows["kind"].isin(["read", "refused"]).all())


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(main(*map(int, told[:2]), *map(Path, told[2:3])))

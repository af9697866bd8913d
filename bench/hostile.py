"""Spoilt files of twelve forms, each read in a process of its own: our errors only, in bounds.

    python bench/hostile.py [COUNT] [SEED]

3 000 files when nothing is told; the counts are printed, and go to ``bench/hostile.md`` by hand.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "support"))

from built_workspace import SOURCE_TOML, build_place  # noqa: E402 - found by the line above
from confined import MEGABYTES, SECONDS, Outcome, confined  # noqa: E402
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
    """Return a good file of each of the twelve forms."""
    files, layers = good_files(), good_layers()
    return {
        "a.csv": files["population.csv"],
        "a.txt": files["population.txt"],
        "a.xlsx": files["formules.xlsx"],
        "a.xls": files["population.xls"],
        "a.ods": files["population.ods"],
        "a.parquet": files["population.parquet"],
        "a.dbf": files["population.dbf"],
        "table.zip": files["population.zip"],
        "a.gpkg": layers["iris.gpkg"],
        "a.geojson": layers["iris.geojson"],
        "layer.zip": layers["iris.zip"],
        "source.toml": SOURCE_TOML.encode(),
    }


def main(count: int = 3000, seed: int = 1) -> int:
    """Spoil so many files, and say what came of them; 1 when one was not sound."""
    warnings.simplefilter("ignore")
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        place = build_place(Path(folder))
        ground, path = preview_context(place.workspace), Path(folder)

        def read(name: str) -> object:
            if name.endswith((".gpkg", ".geojson")) or name == "layer.zip":
                return read_layer(path / name, KNOWN, "EPSG:5490").rows_read
            if name == "source.toml":
                return read_source(path)
            return str(preview_table(path / name, ground, period="2016"))

        good = forms()
        counts: Counter[tuple[str, str]] = Counter()
        worst: dict[str, Outcome] = {}
        start = time.monotonic()
        for rank in range(count):
            name = sorted(good)[rank % len(good)]
            chance = random.Random(f"{seed} {rank}")  # noqa: S311 - the same files each time
            content = spoilt(good[name], chance)
            (path / name).write_bytes(content)
            found = confined(lambda name=name: read(name))
            counts[name, found.kind] += 1
            if name not in worst or found.seconds > worst[name].seconds:
                worst[name] = found
            if not found.sound:
                faults.append((name, rank, found))
                (Path(tempfile.gettempdir()) / f"hostile-{seed}-{rank}-{name}").write_bytes(content)
        taken = time.monotonic() - start
    print(f"{count} files, seed {seed}, {taken:.0f} s; bounds: {SECONDS:.0f} s, {MEGABYTES} MB")
    print("| form | read | refused | faults | longest (s) | its memory (MB) |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in sorted(good):
        sound = [counts[name, kind] for kind in ("read", "refused")]
        other = sum(n for (form, _), n in counts.items() if form == name) - sum(sound)
        most = worst.get(name)
        if most is not None:
            print(
                f"| {name} | {sound[0]} | {sound[1]} | {other} | {most.seconds:.1f} | {most.megabytes:.0f} |"
            )
    for name, rank, found in faults:
        print(
            f"{name} {rank}: {found.kind} {found.seconds:.1f} s {found.megabytes:.0f} MB {found.words[-600:]}"
        )
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))

"""How long pictures take from an open observatory, in seconds of processor.

Asked is 0.25 at most for a map, 4 for 28 profiles, 3 for an atlas.

python bench/pictures.py
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Callable


def spent(make: Callable[[], object], times: int = 1) -> float:
    """Return the least time of some tries: what others do on the machine only adds to it."""
    tries = []
    for _ in range(times):
        start = time.process_time()
        make()
        tries.append(time.process_time() - start)
    return min(tries) if times > 1 else statistics.fmean(tries)


def main() -> None:
    """Print what each takes."""
    with tempfile.TemporaryDirectory() as folder:
        o = obs.demo()
        o.table("part_hlm")
        for label, make, times in (
            ("map, first", lambda: o.map("part_hlm").html, 1),
            ("map", lambda: o.map("part_hlm").html, 5),
            ("map, both", lambda: o.map("taux_pauvrete", kind="both").html, 5),
            ("profile, first", lambda: o.profile("Dillon").html, 1),
            ("28 profiles", lambda: o.profiles().html, 3),
            ("atlas", lambda: o.atlas(Path(folder) / "atlas.html"), 3),
        ):
            print(f"{label:16} {spent(make, times):6.2f} s")
        print(f"{'atlas':16} {(Path(folder) / 'atlas.html').stat().st_size / 1000:6.0f} ko")


if __name__ == "__main__":
    main()

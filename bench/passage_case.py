"""One engine on one case, in a process of its own: seconds, memory, and the outcome to compare."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import layers
import numpy as np
import pandas as pd

VARIABLES = 400


def inputs(case: str) -> Any:
    """Source and target of a case, and what is counted on the source."""
    if case in {"grid", "grid-rough"}:
        source = layers.grid(250, 200)
    elif case.startswith("circles"):
        source = layers.circles(250, 200, 24, seed=1)
    else:
        source = layers.mesh(250, 200, 12, seed=1)
    if case.endswith("rough"):
        target = layers.rough(7, 4, 2000, 0.1, seed=2)
    elif case in {"many", "apply", "circles-many"}:
        target = layers.mesh(50, 50, 200, seed=2)
    else:
        target = layers.mesh(7, 4, 2000, seed=2)
    names = [f"v{k}" for k in range(VARIABLES if case == "apply" else 1)]
    counts = np.random.default_rng(0).random((len(source), len(names)))
    return source, target, pd.DataFrame(counts, index=source.index, columns=names)


def tobler_weights(source: Any, target: Any, counts: Any) -> Any:
    from tobler.area_weighted import area_interpolate

    found = area_interpolate(
        source.join(counts),
        target,
        extensive_variables=list(counts),
        n_jobs=1,
        allocate_total=False,
    )
    return found[list(counts)].to_numpy()


def tobler_apply(source: Any, target: Any, counts: Any) -> Any:
    from tobler.area_weighted import area_interpolate
    from tobler.area_weighted.area_interpolate import _area_tables_binning

    weights = _area_tables_binning(source, target, "auto")
    joined = source.join(counts)

    def work() -> Any:
        found = area_interpolate(
            joined, target, extensive_variables=list(counts), n_jobs=1, table=weights,
            allocate_total=False,
        )  # fmt: skip
        return found[list(counts)].to_numpy()

    return work


def ours_weights(source: Any, target: Any, counts: Any) -> Any:
    from observatoire import passage

    return passage.by_area(source, target).apply(counts).value.to_numpy().reshape(len(target), -1)


def ours_product(source: Any, target: Any, counts: Any) -> Any:
    from observatoire import passage

    p = passage.by_area(source, target)
    _ = p.links
    return lambda: p.links.product(counts.to_numpy())


def ours_apply(source: Any, target: Any, counts: Any) -> Any:
    from observatoire import passage

    p = passage.by_area(source, target)
    _ = p.links
    return lambda: p.apply(counts).value.to_numpy().reshape(len(target), -1)


def main(engine: str, case: str, out: str) -> None:
    source, target, counts = inputs(case)
    if case == "apply":
        makers = {"tobler": tobler_apply, "ours": ours_product, "ours-full": ours_apply}
        work = makers[engine](source, target, counts)
    else:
        maker = {"tobler": tobler_weights, "ours": ours_weights}[engine]
        # Imports are no part of the work: a first call on a few of the sources pays for them.
        maker(source.iloc[::125], target, counts.iloc[::125])

        def work() -> Any:
            return maker(source, target, counts)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, cpu = time.perf_counter(), time.process_time()
    outcome = work()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    np.save(out, outcome)
    told = {"seconds": seconds, "cpu": cpu, "peak": peak / 1024, "more": (peak - before) / 1024}
    Path(out).with_suffix(".json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])

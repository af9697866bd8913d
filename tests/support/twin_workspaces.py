"""Two workspaces that show the same and hide otherwise: whatever differs in what leaves one gives something away.

Of a random workspace, an attacker's whole-number program makes another whose hidden counts are as far as
they can be, all that tables show being the same. Every form of every page is then written of both. An
attacker who reads only the tables can tell nothing of the one from the other; what no table holds (an order,
a class of a map, a sentence, an interval, a note of a package) may not tell him more.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from attacker import COMMUNES, VARIABLES, everything_shown
from modelled_parts import ModelAttacker, write_modelled
from pages_read import text_of
from scipy import optimize, sparse

import observatoire as obs
from observatoire.errors import ObservatoireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

#: What a reader sees of a figure, and where it stands.
_SEEN = ("zoning", "territory", "indicator", "period", "value", "low", "high", "status")

#: Tables of other counts that are tried before a workspace is held to have no twin.
_TRIED = 30

#: Forms that may leave a workspace, by what makes them.
FORMS: dict[str, Callable[[Observatory, Path], Any]] = {
    "annexe.html": lambda o, at: o.annex(at),
    "annexe.xlsx": lambda o, at: o.annex(at),
    "theme.html": lambda o, at: o.panel("aides").save(at),
    "theme.xlsx": lambda o, at: o.panel("aides").save(at),
    "tartan.html": lambda o, at: o.panel(kind="tartan").save(at),
    "compare.html": lambda o, at: o.panel(kind="compare").save(at),
    "evolution.html": lambda o, at: o.panel(kind="evolution").save(at),
    "completeness.html": lambda o, at: o.panel(kind="completeness").save(at),
    "iris.html": lambda o, at: o.panel("aides", zoning="iris-2016").save(at),
    "map.html": lambda o, at: o.map("part").save(at),
    "verdict.html": lambda o, at: o.map("part", colour="verdict").save(at),
    "circles.html": lambda o, at: o.map("aidA", zoning="iris-2016").save(at),
    "tiles.html": lambda o, at: o.map("part", kind="both", zoning="iris-2016").save(at),
    "quantile.html": lambda o, at: o.map("aidB", classes="quantile", zoning="iris-2016").save(at),
    "atlas.html": lambda o, at: o.atlas(at),
    "profiles.html": lambda o, at: o.profiles().save(at),
    "evaluation.html": lambda o, at: o.evaluate().save(at),
    "trend.html": lambda o, at: o.trend("aidB", 2016, 2016).save(at),
    "inequality.html": lambda o, at: o.inequality("part").save(at),
}


def twins(folder: Path, seed: int, **options: Any) -> tuple[Path, Path, pd.Series] | None:
    """Write a random workspace and its twin; nothing where all that is shown leaves but one.

    Returns
    -------
    tuple of Path, Path and Series
        The two, and by how much each count of the second differs.
    """
    first, second = folder / "a" / "essai", folder / "b" / "essai"
    true = write_modelled(first, np.random.default_rng(seed), **options)
    with obs.open(first) as o:
        o.load()
        periods = tuple(sorted(set(true.index.get_level_values(2))))
        seen = everything_shown(o, periods)
    attacker = ModelAttacker(true.index, first)
    attacker.add_sums(true.index)
    attacker.read_all(seen)
    write_modelled(second, np.random.default_rng(seed), **options)
    rng = np.random.default_rng(seed)
    for _ in range(_TRIED):
        other = _other(attacker, true, rng)
        if other is None:
            continue
        _rewrite(second, true, other)
        with obs.open(second) as o:
            o.load()
            if _same(seen, everything_shown(o, periods)):
                return first, second, other - true
    return None


def _other(attacker: ModelAttacker, true: pd.Series, rng: np.random.Generator) -> pd.Series | None:
    """Return whole counts that fit all that is shown, one of them moved, the others as little as can be."""
    known, size = attacker._constraints(), len(true)
    moved, by = int(rng.integers(size)), float(rng.choice([-9, -3, -2, -1, 1, 2, 3, 9]))
    one, none = sparse.eye_array(size), sparse.csr_array(known.A.shape)
    apart = sparse.csr_array(np.eye(1, 2 * size, moved))
    met = optimize.milp(
        np.repeat([0.0, 1.0], size),
        constraints=[
            optimize.LinearConstraint(sparse.hstack([known.A, none]), known.lb, known.ub),
            optimize.LinearConstraint(sparse.hstack([one, -one]), -np.inf, true.to_numpy()),
            optimize.LinearConstraint(sparse.hstack([one, one]), true.to_numpy(), np.inf),
            optimize.LinearConstraint(apart, true.iloc[moved] + by, true.iloc[moved] + by),
        ],
        bounds=optimize.Bounds(0, np.inf),
        integrality=np.ones(2 * size),
        options={"time_limit": 10.0},
    ).x
    return None if met is None else pd.Series(np.round(met[:size]), index=true.index)


def _rewrite(folder: Path, true: pd.Series, other: pd.Series) -> None:
    """Put other counts in the files of a workspace: of IRIS, and of communes where they are given."""
    sums = {(v, i, p): (true[v, i, p], other[v, i, p]) for v, i, p in true.index}
    for commune, members in COMMUNES.items():
        for variable in VARIABLES:
            for period in set(true.index.get_level_values(2)):
                pair = (sum(s[variable, i, period] for i in members) for s in (true, other))
                sums[variable, commune, period] = tuple(pair)  # type: ignore[assignment]
    for path in folder.glob("data/raw/*/aides.csv"):
        lines = path.read_text("utf-8").splitlines()
        for rank, line in enumerate(lines[1:], start=1):
            zoning, code, period, variable, value = line.split(";")
            if value != "s":
                now = sums[variable, code, period][1]
                lines[rank] = f"{zoning};{code};{period};{variable};{now:g}"
        path.write_text("\n".join([*lines, ""]), "utf-8")


def _same(first: pd.DataFrame, second: pd.DataFrame) -> bool:
    return (
        first[list(_SEEN)].reset_index(drop=True).equals(second[list(_SEEN)].reset_index(drop=True))
    )


def differences(first: Path, second: Path) -> Iterator[tuple[str, str, str]]:
    """Give what differs in what leaves two workspaces: the form, and the first words on either side."""
    with obs.open(first) as one, obs.open(second) as other:
        for o in (one, other):
            o.load()
        for name, made in _made(one, other):
            left, right = made
            if left != right:
                at = next(
                    (k for k, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
                    min(len(left), len(right)),
                )
                start = max(at - 80, 0)
                yield name, left[start : at + 80], right[start : at + 80]


def _made(one: Observatory, other: Observatory) -> Iterator[tuple[str, tuple[str, str]]]:
    for zoning in ("quartier-2007", "iris-2016", "zus-1996", "commune-2016"):
        for precision in ("declared", "all"):
            pair = tuple(_table(o, zoning, precision) for o in (one, other))
            yield f"table {zoning} {precision}", pair  # type: ignore[misc]
    for name, write in FORMS.items():
        yield name, tuple(_written(o, name, write) for o in (one, other))  # type: ignore[misc]
    yield "paquet", tuple(_packed(o) for o in (one, other))  # type: ignore[misc]
    yield "annexe depuis", tuple(_since(o) for o in (one, other))  # type: ignore[misc]


def _table(o: Observatory, zoning: str, precision: Any) -> str:
    found = o.table([*VARIABLES, "part"], zoning, compare=["commune", "zus"], precision=precision)
    gaps = found.differences
    return "\n".join(
        [
            found.df.to_csv(),
            "" if gaps is None else gaps.to_csv(),
            str(found.hidden),
            str(found.warnings),
            str(found.caveats),
            found._repr_html_(),
        ]
    )


def _written(o: Observatory, name: str, write: Callable[[Observatory, Path], Any]) -> str:
    at = o.workspace.root.parent / name
    try:
        write(o, at)
    except ObservatoireError as error:
        return f"{type(error).__name__}: {error}"
    return at.read_text("utf-8") if at.suffix == ".html" else text_of(at)


def _packed(o: Observatory) -> str:
    folder = o.publish(o.workspace.root.parent / "paquet")
    texts = [p.read_text("utf-8") for p in sorted(folder.glob("*.csv"))]
    described = json.loads((folder / "datapackage.json").read_text("utf-8"))
    for name in ("hash", "bytes", "created"):
        described.pop(name, None)
    for each in described["resources"]:
        each.pop("hash", None)
        each.pop("bytes", None)
    kept = (folder / "secret.json").read_text("utf-8")
    return _undated("\n".join([*texts, json.dumps(described, ensure_ascii=False), kept]))


def _since(o: Observatory) -> str:
    return _written(
        o, "depuis.html", lambda o, at: o.annex(at, since=o.workspace.root.parent / "paquet")
    )


def _undated(text: str) -> str:
    """Return a text without hours: the two were not written at one moment."""
    return re.sub(r"\d{2}:\d{2}:\d{2}(\.\d+)?", "", text)

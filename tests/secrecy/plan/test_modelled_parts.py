"""What a model foretells of a part of an IRIS is a share of its count: undone, it gives no small one."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from attacker import SOURCE, everything_shown, published, write
from attacks import kind_of
from modelled_parts import PARTS, ModelAttacker, model_parts, write_modelled
from pages_read import text_of

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

SIMPLE = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]

#: i4 is under the threshold; with i5, which pays for it, it is what q3, q6 and q7 are parts of.
PLAIN = {"i1": 90, "i2": 44, "i3": 57, "i4": 4, "i5": 60, "i6": 80, "i7": 33, "i8": 50, "i9": 44}


def laid(folder: Path, values: dict[str, int]) -> Observatory:
    rows = [f"iris-2016;{code};2016;aidA;{value}" for code, value in values.items()]
    rows += [f"iris-2016;{code};2016;aidT;260" for code in values]
    write(folder, rows, source=SIMPLE)
    model_parts(folder)
    o = obs.open(folder)
    o.load()
    return o


@pytest.mark.parametrize("seed", [1, 4])
def test_a_model_undone_gives_no_small_count(tmp_path: Path, seed: int) -> None:
    true = write_modelled(
        tmp_path, np.random.default_rng(seed), **kind_of(seed) | {"quarters": False}
    )
    attacker = ModelAttacker(true.index, tmp_path)
    attacker.add_sums(true.index)
    with obs.open(tmp_path) as o:
        o.load()
        attacker.read_all(everything_shown(o))
        attacker.read_package(published(o.publish(tmp_path / "paquet")))
    assert attacker.undone >= 6, "no estimate to undo"
    assert attacker.narrow(true) == []


def test_the_attacker_would_find_a_count_by_its_share(tmp_path: Path) -> None:
    """Of 13, a part is given to the unit: the model undone leaves less than a threshold."""
    with laid(tmp_path, PLAIN) as o:
        raw = o.table("aidA", "quartier-2007").df.set_index("territory")
    assert raw.loc[list(PARTS), "status"].eq("secret").all()
    assert (
        raw.loc[list(PARTS), ["value", "low", "high", "pi80_low", "pi95_high"]]
        .isna()
        .all(axis=None)
    )
    labels = [("aidA", iris, "2016") for iris in ("i4", "i5")]
    attacker = ModelAttacker(labels, tmp_path)
    row = {"zoning": "quartier-2007", "territory": "q7", "indicator": "aidA", "period": "2016"}
    row |= dict.fromkeys(("low", "high", "pi80_low", "pi80_high"), np.nan)
    attacker.read(row | {"status": "estimated", "value": 5.0}, None)
    low, high = attacker.interval([labels[1]], whole=True)
    assert 0 < high - low < 11


PAGES: dict[str, Callable[[Observatory, Path], Path]] = {
    "panel": lambda o, at: o.panel("aides").save(at.with_suffix(".html")),
    "workbook": lambda o, at: o.panel("aides").save(at.with_suffix(".xlsx")),
    "tartan": lambda o, at: o.panel(kind="tartan", indicators=["aidA", "part"]).save(
        at.with_suffix(".html")
    ),
    "profile": lambda o, at: o.profile("q3").save(at.with_suffix(".html")),
    "map of counts": lambda o, at: o.map("aidA").save(at.with_suffix(".svg")),
    "map of rates": lambda o, at: o.map("part").save(at.with_suffix(".svg")),
    "annex": lambda o, at: annexes(o, at.parent)[0],
    "annex, Word": lambda o, at: annexes(o, at.parent)[1],
    "annex, Excel": lambda o, at: annexes(o, at.parent)[2],
    "package": lambda o, at: package(o, at.parent) / "valeurs.csv",
    "its certificate": lambda o, at: package(o, at.parent) / "datapackage.json",
}


@cache
def annexes(o: Observatory, folder: Path) -> Any:
    return o.annex([folder / f"annexe{suffix}" for suffix in (".html", ".docx", ".xlsx")])


@cache
def package(o: Observatory, folder: Path) -> Path:
    return o.publish(folder / "paquet")


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Observatory, Path]]:
    """Give two workspaces that show the same, and hide other counts of the IRIS that parts are of."""
    found = []
    for values in (PLAIN, PLAIN | {"i4": 9, "i5": 55}):
        folder = tmp_path_factory.mktemp("twin")
        found.append((laid(folder, values), folder))
    return found


def plain(text: str) -> str:
    """Leave out what differs from one writing to the next: digests, sizes of files, instants."""
    text = re.sub(r"[0-9a-f]{64}|[0-9a-f]{12}…", "", text)
    text = re.sub(r"twin\d+|\d{4}-\d\d-\d\dT[\d:.+Z]+", "", text)
    return re.sub(r'"(bytes|rows)": \d+', "", text)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_depends_on_the_count_that_a_part_is_of(
    twins: list[tuple[Observatory, Path]], page: str
) -> None:
    texts = []
    for o, folder in twins:
        path = PAGES[page](o, folder / page.replace(" ", "-").replace(",", ""))
        texts.append(
            plain(path.read_text("utf-8") if path.suffix in (".csv", ".json") else text_of(path))
        )
    assert texts[0] == texts[1]
    assert texts[0]


def test_estimates_are_shown_where_nothing_forbids_it(
    twins: list[tuple[Observatory, Path]],
) -> None:
    for o, _ in twins:
        rows = o.table("aidT", "quartier-2007").df.set_index("territory")
        assert set(rows.loc[["q3", "q6", "q7"], "status"]) == {"estimated"}


def test_the_bounds_of_a_rate_do_not_tell_the_count_of_a_part(
    twins: list[tuple[Observatory, Path]],
) -> None:
    """z2 is i2, i3 and a part of i4: 20,1 % at most if i4 counts four, 20,8 % if nine."""
    for o, folder in twins:
        row = o.table("part", "zus-1996").df.set_index("territory").loc["z2"]
        assert row["status"] == "secret"
        attacker = ModelAttacker(
            [(v, i, "2016") for v in ("aidA", "aidT") for i in ("i2", "i3", "i4")], folder
        )
        given = {"zoning": "zus-1996", "territory": "z2", "indicator": "part", "period": "2016"}
        attacker.read(
            given | {"value": np.nan, "low": 13.0, "high": 20.1, "status": "bounded"}, None
        )
        for label in attacker.place:
            known = (
                {"aidT": 260.0}
                if label[0] == "aidT"
                else {"aidA": {"i2": 44.0, "i3": 57.0}.get(label[1])}
            )
            if (value := known[label[0]]) is not None:
                attacker.between({label: 1.0}, value, value)
        assert attacker.interval([("aidA", "i4", "2016")], whole=True) == (4.0, 4.0), (
            "what it would tell"
        )

"""What packages give away together; an attacker of our own (scipy) says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from packages_made import package
from scipy.optimize import linprog

import observatoire as obs

if TYPE_CHECKING:
    from pathlib import Path

FLOOR = {("cas", "2016"): 11.0}
#: LAM = Q1 + Q2 + Q3, as every member's links say.
LINKS = "".join(f"q,Q{k},c,LAM,1.0,proche,oui,table\n" for k in (1, 2, 3))
HIDDEN = [
    ("q", "Q1", "cas", "2016", None, "secret"),
    ("q", "Q2", "cas", "2016", None, "secret"),
    ("q", "Q3", "cas", "2016", 30.0, "observé"),
    ("c", "LAM", "cas", "2016", 60.0, "observé"),
]


def hiding(tmp_path: Path) -> Path:
    return package(tmp_path / "caf", HIDDEN, links=LINKS, thresholds=FLOOR)


def test_a_package_alone_gives_nothing_away(tmp_path: Path) -> None:
    assert obs.federate(hiding(tmp_path)).audit().empty


def test_one_hides_what_another_prints(tmp_path: Path) -> None:
    prints = package(tmp_path / "ville", [("q", "Q1", "cas", "2016", 5.0, "observé")], links=LINKS)
    found = obs.federate([hiding(tmp_path), prints]).audit().set_index("territoire")
    assert set(found.index) == {"Q1", "Q2"}  # Q2 = 60 - 30 - 5
    assert found.loc["Q1", "observatoire"] == "caf"
    assert found.loc["Q1", "a_retirer"] == "ville"
    assert "publié par ville" in found.loc["Q1", "retrouve_par"]
    assert "cas de LAM" in found.loc["Q2", "retrouve_par"]
    assert set(found["seul"]) == {"non"}


def test_totals_that_meet_are_found_and_the_part_to_withhold_is_named(tmp_path: Path) -> None:
    parts = package(tmp_path / "caf", [HIDDEN[0], HIDDEN[2]], links=LINKS, thresholds=FLOOR)
    other = package(tmp_path / "ville", [("q", "Q2", "cas", "2016", 25.0, "observé")], links=LINKS)
    total = package(tmp_path / "etat", [HIDDEN[3]], links=LINKS)
    assert obs.federate([parts, other]).audit().empty
    (row,) = obs.federate([parts, other, total]).audit().to_dict("records")
    assert (row["territoire"], row["seul"]) == ("Q1", "non")
    assert row["a_retirer"] == "cas de Q2 (q, 2016), par ville"
    kept = package(
        tmp_path / "ville2", [("q", "Q2", "cas", "2016", None, "secret")], name="ville", links=LINKS
    )
    assert obs.federate([parts, kept, total]).audit().empty  # what it advises is enough


def test_a_rate_beside_its_denominator_bounds_a_hidden_count(tmp_path: Path) -> None:
    defined = {
        "cas": {"numerateur": "CAS"},
        "pop": {"numerateur": "POP"},
        "part": {
            "nature": "taux",
            "unite": "%",
            "decimales": "1",
            "numerateur": "CAS",
            "denominateur": "POP",
        },
    }
    hides = package(
        tmp_path / "a",
        [("q", "Q1", "cas", "2016", None, "secret")],
        definitions=defined,
        thresholds=FLOOR,
    )
    rate = package(
        tmp_path / "b", [("q", "Q1", "part", "2016", 2.5, "observé")], definitions=defined
    )
    people = package(
        tmp_path / "c", [("q", "Q1", "pop", "2016", 200.0, "observé")], definitions=defined
    )
    assert obs.federate([hides, rate]).audit().empty
    (row,) = obs.federate([hides, rate, people]).audit().to_dict("records")
    assert "taux" in row["retrouve_par"]
    assert row["a_retirer"] == "part de Q1 (q, 2016), par b"


def test_figures_that_are_not_one_thing_give_nothing_away(tmp_path: Path) -> None:
    other = package(
        tmp_path / "ville", [("q", "Q1", "cas", "2016", 5.0, "observé")], links=LINKS,
        definitions={"cas": {"unite": "dossiers"}},
    )  # fmt: skip
    assert obs.federate([hiding(tmp_path), other]).audit().empty


TOPS = {"A": [0, 1, 2], "B": [3, 4, 5]}


def drawn(root: Path, draw: np.random.Generator) -> tuple[list[Path], dict[str, float]]:
    """Make three members that show and hide parts and totals at random; return what is shown."""
    counts = draw.integers(1, 40, 6)
    sums = {f"Q{k}": ("q", float(count)) for k, count in enumerate(counts)}
    sums |= {top: ("c", float(counts[ks].sum())) for top, ks in TOPS.items()}
    links = [f"q,Q{k},c,{top},1.0,proche,oui,table\n" for top, ks in TOPS.items() for k in ks]
    members, known = [], {}
    for name in ("x", "y", "z"):
        rows = []
        for cell, (zoning, count) in sums.items():
            if draw.random() < 0.45:
                hidden = zoning == "q" and draw.random() < 0.5
                given = (None, "secret") if hidden else (count, "observé")
                rows.append((zoning, cell, "cas", "2016", *given))
                known |= {} if hidden else {cell: count}
        if rows:
            members.append(package(root / name, rows, links="".join(links), thresholds=FLOOR))
    return members, known


def widths(known: dict[str, float], hidden: set[str]) -> dict[str, float]:
    """Return how wide linear programs leave each hidden count, from what is shown and at least one."""
    cells = [f"Q{k}" for k in range(6)]
    given = [top for top in TOPS if top in known]
    equal = [[1.0 if k in TOPS[top] else 0.0 for k in range(6)] for top in given] or None
    totals = [known[top] for top in given] or None
    box = [(known[c], known[c]) if c in known else (float(c in hidden), None) for c in cells]
    found = {}
    for k in (k for k, cell in enumerate(cells) if cell in hidden):
        low, high = (
            linprog(sign * np.eye(6)[k], A_eq=equal, b_eq=totals, bounds=box) for sign in (1, -1)
        )
        found[cells[k]] = -high.fun - low.fun if high.status == 0 else np.inf
    return found


def test_an_attacker_of_our_own_finds_what_the_audit_names_and_no_more(tmp_path: Path) -> None:
    exact = named = 0
    for seed in range(8):
        (tmp_path / str(seed)).mkdir()
        members, known = drawn(tmp_path / str(seed), np.random.default_rng(seed))
        f = obs.federate(members)
        given = f.engine.ask("counts", annee="", indicateurs="")
        hidden = set(given.loc[given["statut"] == "secret", "territoire"])
        found = set(f.audit()["territoire"])
        for cell, width in widths(known, hidden).items():
            assert cell in found or width > 1e-6, (seed, cell, known)
            assert cell not in found or width < FLOOR["cas", "2016"], (seed, cell, known)
            exact += width <= 1e-6
        named += len(found)
    assert exact > 5
    assert named >= exact


def test_what_a_whole_has_besides_its_parts_gives_nothing_away(tmp_path: Path) -> None:
    """The same three quartiers, in a commune that has other people too."""
    links = LINKS.replace(",oui,", ",non,")
    hides = package(tmp_path / "caf", HIDDEN, links=links, thresholds=FLOOR)
    second = package(tmp_path / "ville", [("q", "Q2", "cas", "2016", 25.0, "observé")], links=links)
    found = obs.federate([hides, second]).audit()
    assert set(found["territoire"]) == {"Q2", "Q1"}  # Q1 is at most 60 - 30 - 25


def test_a_total_that_contradicts_its_parts_hushes_nothing_else(tmp_path: Path) -> None:
    odd = [("q", f"P{k}", "cas", "2016", 20.0, "observé") for k in (1, 2)]
    odd.append(("c", "AUTRE", "cas", "2016", 900.0, "observé"))
    more = LINKS + "".join(f"q,P{k},c,AUTRE,1.0,proche,oui,table\n" for k in (1, 2))
    prints = package(
        tmp_path / "ville", [*odd, ("q", "Q2", "cas", "2016", 25.0, "observé")], links=more
    )
    found = obs.federate([hiding(tmp_path), prints]).audit()
    assert set(found["territoire"]) == {"Q1", "Q2"}

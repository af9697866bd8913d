"""What packages give away together; an attacker of our own (scipy) says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
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
    assert row["a_retirer"] in ("pop de Q1 (q, 2016), par c", "plusieurs chiffres, par b")


def test_figures_that_are_not_one_thing_give_nothing_away(tmp_path: Path) -> None:
    other = package(
        tmp_path / "ville", [("q", "Q1", "cas", "2016", 5.0, "observé")], links=LINKS,
        definitions={"cas": {"unite": "dossiers"}},
    )  # fmt: skip
    assert obs.federate([hiding(tmp_path), other]).audit().empty


@pytest.mark.parametrize("seed", range(6))
def test_an_attacker_of_our_own_finds_what_the_audit_names(  # noqa: C901 - the attacker, apart
    tmp_path: Path, seed: int
) -> None:
    """Random members show and hide parts and totals of two levels; linear programs say what is found."""
    draw = np.random.default_rng(seed)
    cells = [f"Q{k}" for k in range(6)]
    counts = draw.integers(1, 40, 6)
    tops = {"A": [0, 1, 2], "B": [3, 4, 5]}
    links = "".join(
        f"q,Q{k},c,{top},1.0,proche,oui,table\n" for top, ks in tops.items() for k in ks
    )
    members, known = [], {}
    for name in ("x", "y", "z"):
        rows = []
        for k, cell in enumerate(cells):
            if draw.random() < 0.4:
                hidden = draw.random() < 0.5
                rows.append(
                    (
                        "q",
                        cell,
                        "cas",
                        "2016",
                        None if hidden else float(counts[k]),
                        "secret" if hidden else "observé",
                    )
                )
                if not hidden:
                    known[cell] = float(counts[k])
        for top, ks in tops.items():
            if draw.random() < 0.5:
                rows.append(("c", top, "cas", "2016", float(counts[ks].sum()), "observé"))
                known[top] = float(counts[ks].sum())
        if rows:
            members.append(package(tmp_path / name, rows, links=links, thresholds=FLOOR))
    f = obs.federate(members)
    hidden = set(f.df.loc[f.df["statut"] == "secret", "territoire"])
    found = set(f.audit()["territoire"])
    equal = [
        [1.0 if k in ks else 0.0 for k in range(6)] for top, ks in tops.items() if top in known
    ]
    totals = [known[top] for top in tops if top in known]
    box = [
        (known[c], known[c]) if c in known else (0 if c not in hidden else 1, None) for c in cells
    ]
    for k, cell in enumerate(cells):
        if cell not in hidden:
            continue
        sides = [
            linprog(sign * np.eye(6)[k], A_eq=equal or None, b_eq=totals or None, bounds=box)
            for sign in (1, -1)
        ]
        exact = all(s.status == 0 for s in sides) and sides[0].fun + sides[1].fun > -1e-6
        if exact:
            assert cell in found, (cell, pd.Series(known))

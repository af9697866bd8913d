"""What pages hide so that packages give no count away together: proven by auditing what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from packages_made import package

import observatoire as obs
from observatoire.exchange.federation.joint.system import exposure
from observatoire.exchange.federation.joint_suppression import FIGURE, withheld_figures

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.exchange.federation import Federation

FLOOR = {("cas", "2016"): 11.0}
LINKS = "".join(f"q,Q{k},c,LAM,1.0,proche,oui,table\n" for k in (1, 2, 3))
CAF = [
    ("q", "Q1", "cas", "2016", None, "secret"),
    ("q", "Q3", "cas", "2016", 30.0, "observé"),
]
Q2 = ("q", "Q2", "cas", "2016", 25.0, "observé")
TOTAL = ("c", "LAM", "cas", "2016", 60.0, "observé")


def federation(tmp_path: Path, *others: list[tuple[object, ...]]) -> Federation:
    made = [package(tmp_path / "caf", CAF, links=LINKS, thresholds=FLOOR)]
    made += [
        package(tmp_path / f"autre{rank}", rows, links=LINKS) for rank, rows in enumerate(others)
    ]
    return obs.federate(made)


def test_nothing_is_withheld_where_nothing_is_given_away(tmp_path: Path) -> None:
    f = federation(tmp_path, [Q2])
    assert withheld_figures(f.members, f.engine.ask("counts", periode="")) == set()


@pytest.mark.parametrize(
    ("others", "hidden"),
    [
        ([[("q", "Q1", "cas", "2016", 5.0, "observé")]], {("q", "Q1", "cas", "2016")}),
        ([[Q2], [TOTAL]], {("q", "Q2", "cas", "2016")}),
    ],
)
def test_what_is_left_gives_nothing_away(
    tmp_path: Path, others: list[list[tuple[object, ...]]], hidden: set[tuple[str, ...]]
) -> None:
    f = federation(tmp_path, *others)
    assert not f.audit().empty
    figures = f.engine.ask("counts", periode="")
    found = withheld_figures(f.members, figures)
    assert found == hidden
    shown = [key in found for key in figures[FIGURE].itertuples(index=False, name=None)]
    kept = figures[~np.array(shown) | (figures["statut"] == "secret")]
    left = exposure(f.members, kept)
    assert not left.unsafe()
    assert not set(left.hiding) & set(left.shown)


def test_a_count_hidden_under_another_code_is_hidden_under_its_own(tmp_path: Path) -> None:
    """Two codes of one label and unit count one thing: an attacker would think so."""
    one = package(
        tmp_path / "caf",
        CAF,
        links=LINKS,
        thresholds=FLOOR,
        definitions={"cas": {"libelle": "Cas"}},
    )
    other = package(
        tmp_path / "ville",
        [("q", "Q1", "dossiers", "2016", 5.0, "observé")],
        definitions={"dossiers": {"libelle": "Cas"}},
    )
    f = obs.federate([one, other])
    assert withheld_figures(f.members, f.engine.ask("counts", periode="")) == {
        ("q", "Q1", "dossiers", "2016")
    }
    (row,) = f.panel(indicators=["dossiers"]).table.df.query("territory == 'Q1'").to_dict("records")
    assert row["status"] == "secret"
    assert row["value"] != row["value"]


def test_a_rate_that_bounds_a_hidden_count_is_withheld(tmp_path: Path) -> None:
    words = {
        "cas": {"numerateur": "aides"},
        "tous": {"numerateur": "foyers"},
        "part": {"nature": "taux", "unite": "%", "numerateur": "aides", "denominateur": "foyers"},
    }
    one = package(tmp_path / "caf", CAF, thresholds=FLOOR, definitions=words)
    rows = [
        ("q", "Q1", "tous", "2016", 100.0, "observé"),
        ("q", "Q1", "part", "2016", 5.0, "observé"),
    ]
    f = obs.federate([one, package(tmp_path / "ville", rows, definitions=words)])
    assert not f.audit().empty
    assert ("q", "Q1", "part", "2016") in withheld_figures(
        f.members, f.engine.ask("counts", periode="")
    )

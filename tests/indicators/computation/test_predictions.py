"""A part of an IRIS: foretold with its interval, never judged, never added, said with what it shares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import demo
import pytest

from observatoire.passage.conformal import logit
from observatoire.passage.prediction import Calibration, foretold, known_calibrations

if TYPE_CHECKING:
    import pandas as pd

CODES = ["population", "part_hlm", "part_etrangers", "niveau_vie_median", "gini_disponible"]


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    table = demo.demo().table(CODES, compare=["quartiers"])
    return table.cells.set_index(["indicator", "territory"]).sort_index()


def test_ravine_bouille_is_foretold_between_its_sharp_bounds(cells: pd.DataFrame) -> None:
    row = cells.loc[("population", "FDF06")]
    assert row["status"] == "estimated"
    assert row["method"].startswith(
        "modèle\N{NO-BREAK SPACE}: 1\N{NARROW NO-BREAK SPACE}141, entre 687"
    )
    assert (row["passage_low"], round(row["passage_high"])) == (0.0, 1987)
    assert (row["pi80_high"] - row["pi80_low"]) < row["value"]
    assert "ni verdict, ni somme" in row["reason"]


def test_quartiers_of_one_iris_share_it_and_their_union_is_told(cells: pd.DataFrame) -> None:
    four = cells.loc[("population", ["LAM01", "LAM03", "LAM04", "LAM05"]), :]
    assert (four["value"] == four["value"].iloc[0]).all()
    assert four["value"].sum() < four["passage_high"].iloc[0]
    assert four["method"].str.contains("avec 3.autres dans 972131302, ensemble").all()


def test_a_rate_is_foretold_where_others_taught_how(cells: pd.DataFrame) -> None:
    row = cells.loc[("part_etrangers", "FDF06")]
    assert row["pi95_low"] < row["pi80_low"] < row["value"] < row["pi80_high"] < row["pi95_high"]
    assert math.isnan(row["passage_low"])
    # Nobody publishes the Gini of a part: none taught it, it is that of the IRIS.
    assert cells.loc[("gini_disponible", "FDF06"), "status"] == "context"


def test_a_median_is_foretold_where_parts_and_wholes_are_published(cells: pd.DataFrame) -> None:
    row = cells.loc[("niveau_vie_median", "FDF06")]
    learnt = known_calibrations()["level-niveau_vie_median"]
    assert row["status"] == "estimated"
    whole = demo.demo().table("niveau_vie_median", "iris-2016").df.set_index("territory")
    wanted = foretold(learnt, {"whole": math.log(whole.loc["972090105", "value"])})
    assert row["value"] == pytest.approx(wanted.value, abs=0.5)
    assert row["pi80_low"] < row["value"] < row["pi80_high"] < 1.3 * row["value"]
    # Pelletier’s IRIS has a higher median than any that taught.
    assert cells.loc[("niveau_vie_median", "LAM13"), "status"] == "context"


def test_the_median_of_several_iris_lies_between_theirs(cells: pd.DataFrame) -> None:
    """Half of each IRIS is above its own median: half of them all is between the least and the most."""
    row = cells.loc[("niveau_vie_median", "FDF13")]
    iris = demo.demo().table("niveau_vie_median", "iris-2016").df.set_index("territory")["value"]
    ends = iris[["972090301", "972090302", "972090303"]]
    assert row["status"] == "bounded"
    assert (row["passage_low"], row["passage_high"]) == (ends.min(), ends.max())
    assert "la plus petite et la plus grande valeur des 3" in row["reason"]
    # An index of inequality may be higher in the whole than in any of its parts.
    assert cells.loc[("gini_disponible", "FDF13"), "status"] == "missing"


def test_no_set_adds_a_foretold_part(cells: pd.DataFrame) -> None:
    sets = cells[cells["zoning"] == "ensemble-cucs-2007"]
    assert len(sets) > 0
    assert not (sets.loc[["population", "part_hlm"], "status"] == "estimated").any()


def test_a_commune_has_its_rate_of_2010_within_two_points() -> None:
    """Between the smallest and the largest of 38 IRIS it was 22 points wide, and no gap was judged."""
    table = demo.demo().table(["part_etrangers", "part_en_emploi"], compare=["commune"])
    towns = table.cells[table.cells["zoning"] == "commune-2016"]
    assert set(towns["status"]) == {"estimated"}
    assert ((towns["pi95_high"] - towns["pi95_low"]) < 3).all()
    assert (towns["passage_high"] - towns["passage_low"] > 5).all()
    assert towns["pi80_low"].gt(towns["pi95_low"]).all()
    judged = ~table.differences["verdict"].isin(["", "indéterminé"])
    assert judged.sum() > 10


def test_every_calibration_says_on_what_when_and_how() -> None:
    known = [each for each in known_calibrations().values() if each.kind != "size"]
    assert len(known) > 30
    for each in known:
        assert isinstance(each, Calibration)
        assert each.on
        assert each.places >= 10
        assert each.command.startswith("python bench/")
        assert each.ends[2] <= each.ends[0] < 0 < each.ends[1] <= each.ends[3]
        assert 0.75 <= each.held[0] <= 0.9
        assert each.held[1] >= 0.92


def test_a_rate_beyond_what_was_met_is_not_foretold() -> None:
    """Pelletier's IRIS is less poor than any that taught: the edge, the same for all, is no figure."""
    shown = demo.demo().table("taux_pauvrete").df.set_index("name")
    assert shown.loc["Basse-Gondeau", "status"] == "estimated"
    learnt = known_calibrations()["rate-taux_pauvrete"]
    for name in ("Pelletier", "Plaisance", "Acajou", "Palmiste"):
        assert shown.loc[name, "status"] == "context"
        assert logit(shown.loc[name, "value"] / 100) < learnt.lows[0]
    assert learnt.served({"whole": learnt.lows[0]})
    assert not learnt.served({"whole": learnt.lows[0] - 0.001})
    assert not learnt.served({"whole": learnt.highs[0] + 0.001})


def test_what_no_file_gives_of_a_place_is_not_said_hidden_there() -> None:
    """IRIS hide some incomes: of Martinique, no file gives any, and nobody hid it."""
    cells = demo.demo().table("gini_declare", compare=["martinique"]).cells
    cell = cells[cells["territory"] == "972"].iloc[0]
    assert (cell["status"], cell["reason"]) == (
        "missing",
        "Aucun chiffre chargé pour ce territoire.",
    )

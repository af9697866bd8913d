"""What an objective lacks, and what secrecy covers; equals of an exhaustive source are no better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import evaluation_workspace as planted
import pytest
from made_once import loaded

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EQUALS = "".join(
    f"quartier-cucs-2007;{code};taux;2013;{rate}\n"
    for code, rate in (("FDF01", 25), ("FDF02", 25), ("LAM02", 25), ("FDF03", 40))
)


def write(place: Path) -> None:
    folder = planted.loaded_workspace(place) / "data/raw/plante"
    figures = planted.FIGURES.replace("FDF01;cas;2012;240", "FDF01;cas;2012;s")
    figures = figures.replace("FDF02;taux;2012;18", "FDF02;taux;2012;s")
    figures = figures.replace("FDF01;taux;2007;30", "FDF01;taux;2007;s")
    (folder / "chiffres.csv").write_text(figures + EQUALS, encoding="utf-8")
    source = planted.FIGURES_TOML + '\n[markers]\nsecret = ["s"]\n'
    (folder / "source.toml").write_text(source, encoding="utf-8")


@pytest.fixture(scope="module")
def o(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    opened = obs.open(loaded("masque", write, tmp_path_factory.mktemp("masque"), decide="taux"))
    yield opened
    opened.close()


def test_what_is_hidden_is_not_asked_for(o: Any, tmp_path: Path) -> None:
    found = o.evaluate(2007, 2012)
    aims = found.objectives.set_index("code")
    assert list(aims.loc[["A", "B", "E"], "hidden"]) == [("baseline",), ("value",), ()]
    assert aims.loc["A", "lacking"] == "Le secret couvre le point de départ (2007)."
    assert aims.loc["B", "lacking"] == "Le secret couvre le chiffre postérieur à 2007."
    assert aims.loc["E", "lacking"].startswith("Manque le point de départ (2007)")
    found.save(tmp_path / "evaluation.html")
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    assert "couvert par le secret pour ce territoire en 2012." in page


def test_a_hidden_figure_and_an_absent_one_have_each_their_reason(o: Any) -> None:
    rows = o.evaluate(2007, 2012).df.query("indicator == 'taux'").set_index("territory")
    assert rows.loc["FDF02", "reason"] == (
        "Chiffre couvert par le secret pour ce territoire en 2012."
    )
    assert rows.loc["LAM02", "reason"].startswith("Pas de chiffre pour ce territoire en 2007")


def test_equals_across_the_middle_are_in_no_half(o: Any) -> None:
    found = o.inequality("taux", period=2013).df.set_index("territory")
    assert list(found.loc[["FDF01", "FDF02", "LAM02"], "rank"]) == [1, 1, 1]
    assert set(found.loc[["FDF01", "FDF02", "LAM02"], "place"]) == {"au milieu"}
    assert found.loc["FDF03", "place"] == "moins bien placé"


def test_a_share_of_the_way_without_a_known_error_has_no_bounds(tmp_path: Path) -> None:
    path = planted.loaded_workspace(tmp_path) / "data/raw/plante/source.toml"
    path.write_text(planted.FIGURES_TOML.replace("exhaustive", "unknown"), encoding="utf-8")
    o = obs.open(tmp_path)
    o.load()
    aim = o.evaluate(2007, 2012).objectives.set_index("code").loc["A"]
    o.close()
    assert aim["reached"] == pytest.approx(50)
    assert math.isnan(aim["reached_low"])
    assert math.isnan(aim["reached_high"])


def test_a_target_overdue_without_a_figure_before_says_what_lacks(tmp_path: Path) -> None:
    path = planted.loaded_workspace(tmp_path) / "data/raw/programme/objectifs.csv"
    objectives = path.read_text(encoding="utf-8").replace(";20;;2012-12-31;", ";20;;2008-06-30;")
    path.write_text(objectives, encoding="utf-8")
    o = obs.open(tmp_path)
    o.load()
    aims = o.evaluate(2007, 2012).objectives.set_index("code")
    o.close()
    assert aims.loc["A", "due_period"] == ""
    assert aims.loc["A", "lacking"].startswith("Manque un chiffre entre 2007 et l’échéance (2008).")
    assert "échéance" not in aims.loc["B", "lacking"]

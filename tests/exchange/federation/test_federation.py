"""Several packages of the embedded default as one: what is published is what is read."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import demo
import numpy as np
import pandas as pd
import pytest

import observatoire as obs
from observatoire.errors import UnknownNameError
from observatoire.exchange.federation.engine import FIGURE_COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.exchange.federation import Federation


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same package under another name."""
    folder = shutil.copytree(demo.package(), tmp_path_factory.mktemp("deux") / "b")
    path = folder / "datapackage.json"
    announced = json.loads(path.read_text("utf-8")) | {"name": "autre-ville"}
    path.write_text(json.dumps(announced), "utf-8")
    return folder


@pytest.fixture(scope="module")
def both(twin: Path) -> Federation:
    return obs.federate([demo.package(), twin])


def test_two_observatories_as_one(both: Federation) -> None:
    assert both.observatories[1] == "autre-ville"
    frame = both.df
    assert tuple(frame.columns) == FIGURE_COLUMNS
    assert len(set(frame["observatoire"].value_counts())) == 1
    table = both.table("population")
    communes = table[table["territoire"] == "97209"]
    assert communes["valeur"].round(3).tolist() == [81017.0, 81017.0]
    assert len(both.common()) == len(demo.demo().indicators())
    assert both.rejected().empty


def test_twins_agree_on_everything(both: Federation) -> None:
    assert set(both.verdicts()["verdict"]) <= {"oui", "non"}  # « non » : no figure of it yet
    assert both.conflicts().empty
    assert both.audit().empty
    assert set(both.values()["observatoire"]) == {both.observatories[0]}
    assert len(both.values()) == len(both.df) // 2
    assert (both.inventory()["lacunes"] == "").all()


def test_twins_lose_nothing(both: Federation) -> None:
    """Neither adds to what the other says: each package has weighed all of it."""
    given = both.engine.ask("figures_of", indicateur="")
    assert (given["statut"] == "contexte").any()
    assert both.df["statut"].astype(str).tolist() == given["statut"].astype(str).tolist()


@pytest.mark.parametrize("code", ["populaton", ["population"], None])
def test_an_indicator_that_no_package_gives_is_refused(both: Federation, code: Any) -> None:
    with pytest.raises(UnknownNameError):
        both.table(code)


def test_codes_stay_texts_and_holes_stay_holes(both: Federation) -> None:
    frame = both.df
    assert {"97209", "972090101"} & set(frame["territoire"])
    hidden = frame[frame["statut"].isin(["secret", "non disponible"])]
    assert len(hidden)
    assert hidden[["valeur", "borne_basse", "borne_haute"]].isna().all(axis=None)
    assert frame["motif"].notna().all()


def test_it_says_what_the_parquet_says_value_by_value(both: Federation) -> None:
    """DuckDB by the federation, pandas and pyarrow by themselves: the same thousand values."""
    import geopandas as gpd
    from pyarrow import parquet

    path = demo.package()
    mine = both.df[both.df["observatoire"] == both.observatories[0]].drop(columns="observatoire")
    theirs = pd.read_parquet(path / "valeurs.parquet")
    text = pd.read_csv(path / "valeurs.csv", keep_default_na=False, dtype="str")
    drawn = np.random.default_rng(0).choice(len(theirs), 1000, replace=False)
    keys = ["zonage", "territoire", "indicateur", "periode"]
    sides = [f.sort_values(keys, ignore_index=True).iloc[drawn] for f in (mine, theirs, text)]
    assert sides[0]["valeur"].equals(sides[1]["valeur"])
    assert pd.to_numeric(sides[2]["valeur"]).equals(sides[1]["valeur"])
    assert (sides[0]["motif"] == sides[2]["motif"]).all()
    assert parquet.read_table(path / "valeurs.parquet").num_rows == len(mine)
    zones = gpd.read_file(path / "zones.gpkg")
    assert set(zones["territoire"]) == set(mine["territoire"])
    assert gpd.read_parquet(path / "zones.parquet").crs == zones.crs


def test_a_package_says_which_dates_compare_and_what_its_codes_are_called() -> None:
    f = obs.federate([demo.package()])
    words = f.indicators.set_index("indicateur")
    assert words.at["taux_pauvrete", "liaisons"].startswith("2014→2016")
    assert words.at["taux_pauvrete", "ruptures"].startswith("2019 : Rupture de série")
    assert f.zonings["iris-2016"] == demo.demo().workspace.zoning("iris-2016").label
    assert f.themes["habitat"]
    f.close()

"""How far from published populations each method falls, on real open data (never copied here)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from observatoire import passage
from observatoire.passage.methods import assembly, density, density_fit


def shared_folder() -> Path | None:
    """Find the folder of test data: from the environment, or next to a parent of the project."""
    declared = os.environ.get("OBSERVATOIRE_SHARED")
    places = (
        [Path(declared)] if declared else [p / "shared" for p in Path(__file__).resolve().parents]
    )
    return next((p / "data" for p in places if (p / "data" / "iris").is_dir()), None)


DATA = shared_folder()
pytestmark = pytest.mark.skipif(
    DATA is None, reason="the folder shared/data (open data, never committed) is not here"
)


def census(name: str) -> pd.DataFrame:
    assert DATA is not None
    return pd.read_csv(DATA / "iris" / name, dtype={"IRIS": str}).set_index("IRIS")


@pytest.fixture(scope="module")
def population() -> pd.Series[float]:
    table = census("IRIS_population_IR_Hab.csv")
    return table[[name for name in table if name.startswith("P16_POP")]].sum(axis=1)


@pytest.fixture(scope="module")
def fort_de_france(population: pd.Series[float]) -> tuple[gpd.GeoDataFrame, ...]:
    """IRIS, the grands quartiers they make, and the inhabited cells of 200 m."""
    assert DATA is not None
    path = DATA / "martinique" / "contours" / "iris_beababa_2019filosofi.gpkg"
    iris = gpd.read_file(path, layer="irisMartinique").set_index("CODE_IRIS").to_crs(5490)
    iris = iris.loc[iris.index.isin(population.index), ["geometry"]]
    grands = iris.assign(grand=iris.index.str[:7]).dissolve("grand")
    folder = DATA / "martinique" / "carreaux"
    table = pd.read_csv(folder / "filosofi2019_carreaux_200m_fdf_derived.csv")
    west, south = table["e_min_5490"], table["n_min_5490"]
    cells = shapely.box(west, south, west + 200, south + 200)
    carried = gpd.GeoDataFrame(table, geometry=cells, crs=5490).set_index("idcar_200m")
    return iris, grands[["geometry"]], carried


def errors(p: passage.Passage, counts: pd.DataFrame, known: pd.Series[float]) -> pd.DataFrame:
    """Error of each split target, and whether its bounds hold the published value."""
    table = p.apply(counts).set_index("target")
    table = table[table["status"] == "estimated"]
    truth = known.reindex(table.index)
    slack = 1e-6 * truth
    return pd.DataFrame(
        {
            "error": (table["value"] / truth - 1).abs(),
            "held": (truth >= table["low"] - slack) & ~(truth > table["high"] + slack),
            "width": (table["high"] - table["low"]) / truth,
        }
    )


def test_fort_de_france_on_cells_of_200_m(
    fort_de_france: tuple[gpd.GeoDataFrame, ...], population: pd.Series[float]
) -> None:
    iris, grands, cells = fort_de_france
    known = population.reindex(iris.index)
    counts = known.groupby(known.index.str[:7]).sum().to_frame("population")
    plain = errors(passage.by_area(grands, iris), counts, known)
    fine = errors(passage.by_support(grands, iris, cells, "ind"), counts, known)
    assert len(fine) == 33
    assert plain["error"].median() > 0.25
    assert fine["error"].median() <= 0.075
    assert fine["held"].mean() >= 0.98
    assert np.isfinite(fine["width"]).all()


@pytest.fixture(scope="module")
def occitanie(
    population: pd.Series[float],
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series[float]]:
    """IRIS with inhabitants, QPV, and their population between 2013 and 2018."""
    assert DATA is not None
    files = sorted((DATA / "occitanie").glob("iris_*.geojson"))
    iris = pd.concat([gpd.read_file(path) for path in files]).set_index("code_iris").to_crs(2154)
    iris = iris.loc[iris.index.isin(population.index), ["geometry"]]
    qpv = gpd.read_file(DATA / "occitanie" / "qp.geojson").set_index("code_qp").to_crs(2154)
    years = pd.read_csv(DATA / "qpv" / "qpv_evolution_population.csv").set_index("code")
    known = years["pop_2013"] + (years["pop_2018"] - years["pop_2013"]) * 3 / 5
    return iris, qpv[["code_commune", "geometry"]], known.reindex(qpv.index)


def test_plain_area_in_occitanie(
    occitanie: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series[float]],
    population: pd.Series[float],
) -> None:
    iris, qpv, known = occitanie
    p = passage.by_area(iris, qpv, repair=True)
    assert "réparées" in p.remarks[0]
    covered = p.coverage.index[p.coverage > 0.95].intersection(known.dropna().index)
    assert len(covered) == 75
    found = errors(p, population.reindex(iris.index).to_frame("population"), known)
    assert 0.35 < found.loc[covered, "error"].median() < 0.5
    assert found.loc[covered, "held"].mean() >= 0.98


@pytest.fixture
def overlaid_once(occitanie: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay the QPV over the IRIS once, for each group of towns asks the same of both."""
    layers = assembly.two_layers(*occitanie[:2], repair=True)
    shares = assembly.measured(layers, sliver=1e-9, threads=None)

    def once(source: object, target: object, *, repair: bool) -> Any:
        assert source is occitanie[0]
        assert target is occitanie[1]
        assert repair
        return layers

    for module in (density, density_fit):
        monkeypatch.setattr(module, "two_layers", once)
        monkeypatch.setattr(module, "measured", lambda *_, **__: shares)


def left_out_errors(
    layers: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series[float]],
    counts: pd.Series[float],
    covariates: pd.DataFrame | None,
    groups: int = 5,
) -> pd.DataFrame:
    """Errors of the QPV of some of the towns at a time, learnt from the other towns."""
    iris, qpv, known = layers
    towns = pd.factorize(qpv["code_commune"].astype(str))[0] % groups
    rows = []
    for group in range(groups):
        fit = passage.fit_density(
            iris, qpv, counts, known[towns != group], covariates=covariates, repair=True
        )
        p = passage.by_density(iris, qpv, fit, covariates=covariates, repair=True)
        found = errors(p, counts.to_frame("population"), known)
        unseen = p.coverage.index[(p.coverage > 0.95)].intersection(known.index[towns == group])
        rows.append(found.loc[found.index.intersection(unseen)])
    return pd.concat(rows)


@pytest.mark.usefixtures("overlaid_once")
def test_density_in_towns_it_has_not_seen(
    occitanie: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series[float]],
    population: pd.Series[float],
) -> None:
    found = left_out_errors(occitanie, population.reindex(occitanie[0].index), None)
    assert len(found) == 75
    assert found["error"].median() <= 0.12
    assert found["held"].mean() >= 0.98


@pytest.mark.usefixtures("overlaid_once")
def test_density_and_flats_do_no_worse(
    occitanie: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Series[float]],
    population: pd.Series[float],
) -> None:
    iris = occitanie[0]
    counts = population.reindex(iris.index)
    homes = census("IRIS_housing_IR_Hab.csv").reindex(iris.index)
    covariates = pd.DataFrame(
        {
            "log_density": np.log1p(counts / iris.area * 1e6),
            "flats": homes["P16_RPAPPART"] / (homes["P16_RPAPPART"] + homes["P16_RPMAISON"]),
        }
    )
    found = left_out_errors(occitanie, counts, covariates.fillna(0.0), groups=3)
    assert found["error"].median() <= 0.12

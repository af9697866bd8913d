"""How far each method falls from published populations, on places it has not seen.

Reads the folder of open test data (never copied here) that OBSERVATOIRE_SHARED names. Only public
functions are called, so that anybody can do the same on their own layers.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from observatoire import passage

COVERED = 0.95
SETS = (
    (),
    ("log_density",),
    ("flats",),
    ("social",),
    ("log_density", "flats"),
    ("log_density", "flats", "social"),
)


def census(data: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(data / "iris" / name, dtype={"IRIS": str}).set_index("IRIS")


def population(data: Path) -> pd.Series[float]:
    table = census(data, "IRIS_population_IR_Hab.csv")
    return table[[name for name in table if name.startswith("P16_POP")]].sum(axis=1).rename("pop")


def line(label: str, found: pd.DataFrame) -> None:
    row = found.iloc[0]
    write(
        f"{label:58} {int(row['compared']):3d} | {100 * row['error']:5.1f} % | "
        f"{100 * row['mean_error']:5.1f} % | {100 * row['held']:4.0f} % | {row['width']:.1f}"
    )


def held(found: pd.DataFrame, known: pd.Series[float]) -> str:
    """Say how many published figures the prediction intervals hold, and how wide these are."""
    table = found[found["pi95_low"].notna()] if "pi95_low" in found else found.iloc[:0]
    truth = known.reindex(table["target"]).to_numpy()
    told = []
    for level in ("80", "95"):
        low, high = table[f"pi{level}_low"], table[f"pi{level}_high"]
        share = ((truth >= low) & (truth <= high)).mean()
        told.append(
            f"à {level} % : {100 * share:.0f} %, large de {((high - low) / truth).median():.2f}"
        )
    return f"{len(table)} prévisions ; {' ; '.join(told)}"


def write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fort_de_france(data: Path) -> None:
    people = population(data)
    path = data / "martinique" / "contours" / "iris_beababa_2019filosofi.gpkg"
    iris = gpd.read_file(path, layer="irisMartinique").set_index("CODE_IRIS").to_crs(5490)
    iris = iris.loc[iris.index.isin(people.index), ["geometry"]]
    grands = iris.assign(grand=iris.index.str[:7]).dissolve("grand")[["geometry"]]
    cells = pd.read_csv(
        data / "martinique" / "carreaux" / "filosofi2019_carreaux_200m_fdf_derived.csv"
    )
    west, south = cells["e_min_5490"], cells["n_min_5490"]
    support = gpd.GeoDataFrame(
        cells, geometry=shapely.box(west, south, west + 200, south + 200), crs=5490
    )
    known = people.reindex(iris.index)
    counts = known.groupby(known.index.str[:7]).sum()
    for label, made in (
        ("Fort-de-France, surface", passage.by_area(grands, iris)),
        ("Fort-de-France, carreaux de 200 m", passage.by_support(grands, iris, support)),
    ):
        line(label, passage.assess(made.apply(counts), known))


class Occitanie:
    """IRIS, QPV, their published population between 2013 and 2018, and what may matter."""

    def __init__(self, data: Path) -> None:
        people = population(data)
        files = sorted((data / "occitanie").glob("iris_*.geojson"))
        iris = pd.concat([gpd.read_file(path) for path in files])
        iris = iris.set_index("code_iris").to_crs(2154)
        self.iris = iris.loc[iris.index.isin(people.index), ["geometry"]]
        qpv = gpd.read_file(data / "occitanie" / "qp.geojson").set_index("code_qp").to_crs(2154)
        years = pd.read_csv(data / "qpv" / "qpv_evolution_population.csv").set_index("code")
        known = years["pop_2013"] + (years["pop_2018"] - years["pop_2013"]) * 3 / 5
        self.town = qpv["code_commune"].astype(str)
        self.qpv, self.known = qpv[["geometry"]], known.reindex(qpv.index)
        self.counts = people.reindex(self.iris.index)
        homes = census(data, "IRIS_housing_IR_Hab.csv").reindex(self.iris.index)
        dwellings = homes["P16_RPAPPART"] + homes["P16_RPMAISON"]
        park = pd.read_csv(data / "iris" / "rpls_iris.csv", dtype=str).set_index("CodGeo")[
            "nbLsPls"
        ]
        stock = pd.to_numeric(park.str.replace(",", "."), errors="coerce").reindex(self.iris.index)
        self.covariates = pd.DataFrame(
            {
                "log_density": np.log1p(self.counts / self.iris.area * 1e6),
                "flats": homes["P16_RPAPPART"] / dwellings,
                "social": homes["P16_RP_LOCHLMV"] / dwellings,
                "rpls": (stock / dwellings)
                .clip(upper=1.5)
                .fillna(homes["P16_RP_LOCHLMV"] / dwellings),
            }
        ).fillna(0.0)
        self.area = passage.by_area(self.iris, self.qpv, repair=True)
        covered = self.area.coverage.index[self.area.coverage > COVERED]
        self.codes = covered.intersection(self.known.dropna().index)

    def fit(self, known: pd.Series[float], names: tuple[str, ...]) -> Any:
        chosen = self.covariates[list(names)] if names else None
        fit = passage.fit_density(
            self.iris, self.qpv, self.counts, known, covariates=chosen, repair=True
        )
        return fit, chosen

    def applied(self, fit: Any, chosen: pd.DataFrame | None, codes: pd.Index[str]) -> pd.DataFrame:
        made = passage.by_density(self.iris, self.qpv, fit, covariates=chosen, repair=True)
        table = made.apply(self.counts)
        return table[table["target"].isin(codes)]

    def best(self, known: pd.Series[float]) -> tuple[Any, pd.DataFrame | None, tuple[str, ...]]:
        """Choose covariates on the towns that teach, by what each choice does to those held out."""
        tried = []
        for names in SETS:
            fit, chosen = self.fit(known, names)
            size = float(np.abs(np.log1p(np.maximum(fit.held_out, -0.999))).mean())
            tried.append((size, len(names), fit, chosen, names))
        _, _, fit, chosen, names = min(tried, key=lambda one: one[:2])
        return fit, chosen, names

    def left_out(self, groups: Any, how: Any) -> tuple[pd.DataFrame, list[Any]]:
        """Carry people to the QPV of the towns of each group, learning from those of the others."""
        group = self.town.map(groups)
        tables, said = [], []
        for one in sorted(group.unique()):
            unseen = self.codes.intersection(group.index[group == one])
            if len(unseen) == 0:
                continue
            fit, chosen, *more = how(self.known[group != one])
            tables.append(self.applied(fit, chosen, unseen))
            said.append(more[0] if more else fit.names)
        return pd.concat(tables), said


def dealt(towns: pd.Series[str], groups: int, seed: int) -> dict[str, int]:
    names = np.array(sorted(towns.unique()))
    np.random.default_rng(seed).shuffle(names)
    return {str(name): k % groups for k, name in enumerate(names)}


def occitanie(data: Path) -> None:
    place = Occitanie(data)
    table = place.area.apply(place.counts)
    line(
        "Occitanie, surface",
        passage.assess(table[table["target"].isin(place.codes)], place.known),
    )
    departement = {town: int(town[:2]) for town in place.town.unique()}
    ways = {
        "géométrie seule": lambda known: place.fit(known, ()),
        "densité et appartements": lambda known: place.fit(known, ("log_density", "flats")),
        "modèles moyennés, HLM et RPLS": lambda known: place.fit(known, ("social", "rpls")),
        "variables choisies dedans": place.best,
    }
    deals = {f"5 groupes de villes, tirage {s}": dealt(place.town, 5, s) for s in range(3)}
    deals["départements laissés un à un"] = departement
    for deal, groups in deals.items():
        for way, how in ways.items():
            found, said = place.left_out(groups, how)
            line(f"{way} ; {deal}", passage.assess(found, place.known))
            write(f"    {said}")
            write(f"    {held(found, place.known)}")


if __name__ == "__main__":
    folder = Path(os.environ["OBSERVATOIRE_SHARED"]) / "data"
    write(f"{'':58}  n | médiane | moyenne | dedans | largeur")
    fort_de_france(folder)
    occitanie(folder)

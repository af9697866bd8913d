"""A small town of nine square IRIS, real perimeters, with planted figures."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import shapely
from made_once import write_files

if TYPE_CHECKING:
    from collections.abc import Mapping

X, Y, SIDE = 708000, 1613000, 1000
CODES = [f"{row}{column}" for row in range(3) for column in range(3)]

WORKSPACE = """\
[workspace]
name = "Essai"
main_zoning = "secteur-2020"
crs = "EPSG:5490"
series = "series.toml"

[zonings."ville-2020"]
label = "Villes"
singular = "ville"
members = "geo/ville.csv"

[zonings."iris-2016"]
label = "IRIS"
singular = "IRIS"
members = "geo/iris.csv"
geometry = "geo/iris.gpkg"

[zonings."secteur-2020"]
label = "Secteurs"
singular = "secteur"
members = "geo/secteurs.csv"
geometry = "geo/secteurs.gpkg"

[[passages]]
source = "iris-2016"
target = "secteur-2020"
method = "area"

[[passages]]
source = "iris-2016"
target = "ville-2020"
file = "geo/liens.csv"

[comparators.ville]
label = "Ville"
zoning = "ville-2020"

[comparators.reste]
label = "Le reste"
zoning = "ville-2020"
minus = "secteur-2020"

[comparators.autour]
label = "Autour"
ring = 300
"""

CATALOGUE = """\
[themes.t]
label = "Thème"

[indicators.part]
label = "Part des chômeurs"
theme = "t"
nature = "rate"
unit = "%"
polarity = "lower_is_better"
definition = "Part."
universe = "Population"
sources = ["rp"]
numerator = ["CHOM"]
denominator = ["ACT"]

[indicators.actifs]
label = "Actifs"
theme = "t"
nature = "count"
unit = "habitants"
decimals = 0
definition = "Actifs."
universe = "Population"
sources = ["rp"]
numerator = ["ACT"]
"""

SOURCE = """\
title = "Recensement"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"
caveats = ["À lire avec soin."]

[[files]]
name = "rp.csv"
separator = ";"
territory = "IRIS"
period_column = "AN"

[precision]
method = "census"
fraction = 0.4

[secrecy]
threshold = 0

[variables.ACT]
label = "Actifs"
nature = "count"
unit = "habitants"

[variables.CHOM]
label = "Chômeurs"
nature = "count"
unit = "habitants"
"""

SERIES = """\
[[gaps]]
years = 5
what = "Échantillons qui se recouvrent"
source = "Insee"
sources = ["rp"]

[[breaks]]
at = "2018"
what = "Le questionnaire a changé"
source = "Insee, note de 2018"
sources = ["rp"]
"""

#: Unemployed of 1 000 by period: the middle against the others.
PLANTED = {"2011": (300, 100), "2016": (200, 100), "2018": (200, 100), "2023": (200, 160)}


def write_town(
    folder: Path,
    source: str = SOURCE,
    workspace: str = WORKSPACE,
    *,
    middle: str = "11",
    more: Mapping[str, str] | None = None,
) -> Path:
    """Write the workspace; the sector is the IRIS ``middle``; ``more`` are files added to it."""
    files = {
        "observatoire.toml": workspace,
        "indicators.toml": CATALOGUE,
        "series.toml": SERIES,
        "data/raw/rp/source.toml": source,
        "data/raw/rp/rp.csv": "IRIS;AN;ACT;CHOM\n"
        + "".join(
            f"{code};{year};1000;{inside if code == middle else others}\n"
            for year, (inside, others) in PLANTED.items()
            for code in CODES
        ),
        "geo/iris.csv": "code;nom;commune\n" + "".join(f"{c};IRIS {c};V\n" for c in CODES),
        "geo/secteurs.csv": "code;nom;commune\nM;Le Milieu;V\n",
        "geo/ville.csv": "code;nom;commune\nV;La Ville;V\n",
        "geo/liens.csv": "source;target;link\n" + "".join(f"{c};V;proche\n" for c in CODES),
        **(more or {}),
    }
    write_files(folder, files)
    for name, shown in (("iris", tuple(CODES)), ("secteurs", (middle,))):
        (folder / "geo" / f"{name}.gpkg").write_bytes(_layer(name, shown))
    return folder


@cache
def _layer(name: str, shown: tuple[str, ...]) -> bytes:
    """Return a layer of squares, the sector under its own code: written once, for it is long to write."""
    squares = [
        shapely.box(
            X + SIDE * int(code[1]),
            Y + SIDE * int(code[0]),
            X + SIDE * (int(code[1]) + 1),
            Y + SIDE * (int(code[0]) + 1),
        )
        for code in shown
    ]
    codes = ["M"] if name == "secteurs" else list(shown)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"{name}.gpkg"
        gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=5490).to_file(path)
        return path.read_bytes()

"""Another town founds its own workspace: nothing of Martinique in it, and it answers."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely.geometry import box

import observatoire as obs
from observatoire.errors import WorkspaceError
from observatoire.workspace.scaffold import create_blank, create_workspace, national_catalogue

if TYPE_CHECKING:
    from pathlib import Path

#: Words of the default that no page of another place may say.
ELSEWHERE = r"Martinique|Lamentin|Fort-de-France|CUCS|quartier"

AGES = ("P16_POP0014", "P16_POP1529", "P16_POP3044", "P16_POP4559", "P16_POP6074", "P16_POP75P")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a town of four square IRIS and two zones, founded from the models."""
    root = create_blank(tmp_path_factory.mktemp("ailleurs") / "ville d’à côté")
    declared = (root / "observatoire.toml").read_text(encoding="utf-8")
    declared = declared.replace("…", "Ville").replace("Quartiers prioritaires", "Zones de suivi")
    declared = declared.replace('singular = "quartier"', 'singular = "zone"\ngender = "féminin"')
    (root / "observatoire.toml").write_text(declared, encoding="utf-8")
    codes = [f"66136010{i}" for i in range(1, 5)]
    squares = [box(x, 0, x + 1000, 1000) for x in (0, 1000, 2000, 3000)]
    places = gpd.GeoSeries(squares, crs="EPSG:2154").translate(690000, 6170000)
    gpd.GeoDataFrame({"code": codes}, geometry=places).to_file(root / "geo/iris.gpkg")
    zones = gpd.GeoSeries([box(0, 0, 1000, 1000), box(1500, 0, 2500, 1000)], crs="EPSG:2154")
    zones = gpd.GeoDataFrame({"code": ["Z1", "Z2"]}, geometry=zones.translate(690000, 6170000))
    zones.to_file(root / "geo/qpv.gpkg")
    _write(
        root / "geo/iris-2016.csv", "code;nom;commune", [f"{c};Secteur {c};66136" for c in codes]
    )
    _write(root / "geo/qpv-2015.csv", "code;nom;commune", ["Z1;La Gare;66136", "Z2;Le Pont;66136"])
    _write(root / "geo/commune-2016.csv", "code;nom;commune", ["66136;Ville;66136"])
    links = [f"{c};66136;proche" for c in codes]
    _write(root / "geo/passage_iris-2016_commune-2016.csv", "source;target;link", links)
    census = root / "data/raw/insee-rp2016"
    (root / "modeles/sources/insee-rp2016").rename(census)
    text = (census / "source.toml").read_text(encoding="utf-8")
    only = re.sub(r'(?s)\[\[files\]\]\nname = "(?:menages|logement).*?(?=\[\[|\n# |\n\[)', "", text)
    (census / "source.toml").write_text(only, encoding="utf-8")
    head = ";".join(["IRIS", "COM", "LIBIRIS", *(f"C16_POP15P_CS{i}" for i in range(1, 9)), *AGES])
    rows = [f"{c};66136;x;{';'.join(['100'] * 8)};{';'.join(['200'] * 6)}" for c in codes]
    _write(census / "population.csv", head, rows)
    return root


def _write(path: Path, head: str, rows: list[str]) -> None:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def test_the_models_keep_what_any_town_can_obtain(tmp_path: Path) -> None:
    root = create_blank(tmp_path / "neuf")
    declared = tomllib.loads((root / "indicators.toml").read_text(encoding="utf-8"))
    assert {"population", "part_hlm", "taux_pauvrete"} <= set(declared["indicators"])
    assert not any("convention" in code for code in declared["indicators"])
    listed = {
        c for theme in declared["themes"].values() for c in [*theme["maps"], *theme["profile"]]
    }
    assert listed <= set(declared["indicators"])
    assert (root / "modeles/sources/insee-rp2016/source.toml").is_file()
    assert not (root / "modeles/sources/convention-lamentin-2007").exists()
    registers, place = (
        tomllib.loads((root / name).read_text(encoding="utf-8"))
        for name in ("modeles/programmation/source.toml", "observatoire.toml")
    )
    assert registers["zoning"] == place["workspace"]["main_zoning"]
    asked = [one.get("ask", "") for part in declared.values() for one in part.values()]
    assert not any("Martinique" in text for text in asked)
    with pytest.raises(WorkspaceError, match="déjà"):
        create_blank(root)


def test_a_catalogue_loses_what_local_sources_give() -> None:
    text = (
        '[themes.t]\nask = "ARS de la Martinique"\nmaps = ["a", "b"]\nprofile = [\n  "a",\n  "b",\n]\n'
        '[indicators.a]\nsources = ["nat"]\n[indicators.b]\nsources = ["loc"]\n[indicators.c]\nx = 1\n'
    )
    declared = tomllib.loads(national_catalogue(text, frozenset({"nat"}), "Martinique"))
    assert set(declared["indicators"]) == {"a", "c"}
    assert declared["themes"]["t"] == {"ask": "ARS", "maps": ["a"], "profile": ["a"]}


def test_pages_speak_of_the_place_in_its_own_words(town: Path, tmp_path: Path) -> None:
    with obs.open(town) as o:
        t = o.table(["population", "part_0_14"], compare=["commune"])
        values = t.df.set_index(["territory", "indicator"])["value"]
        assert values["Z1", "population"] == pytest.approx(1200)
        assert values["66136", "population"] == pytest.approx(4800)
        assert (
            t.df.set_index(["territory", "indicator"])["status"]["Z2", "population"] == "estimated"
        )
        pages = [
            o.annex(tmp_path / "a.html").read_text(encoding="utf-8"),
            o.profile("La Gare").html,
            o.map("population").html,
            o.panel("population").html,
        ]
    for page in pages:
        assert not (said := re.findall(rf".{{30}}(?:{ELSEWHERE}).{{20}}", page)), said[:5]
    annex = pages[0]
    for sentence in (
        "Fiches des zones",
        "partie des IRIS",
        "faite de l’IRIS entier",
    ):
        assert sentence in annex, sentence
    assert "annexe statistique des 2\u00a0zones observées" in annex
    assert "Périmètres schématiques" not in annex


def test_real_perimeters_replace_drawings_by_one_line(tmp_path: Path) -> None:
    root = create_workspace(tmp_path / "espace")
    with obs.open(root) as o:
        o.load("data/raw/insee-rp2016")
        drawn = o.table("population", period=2016).gdf.dropna(subset="geometry")
        assert "Périmètres schématiques" in o.map("population").html
    drawn[["territory", "geometry"]].to_file(root / "geo" / "vrais.gpkg")
    declared = root / "observatoire.toml"
    line = 'members = "geo/quartier-cucs-2007.csv"\n'
    text = declared.read_text(encoding="utf-8")
    declared.write_text(
        text.replace(line, f'{line}geometry = "geo/vrais.gpkg"\n'), encoding="utf-8"
    )
    with obs.open(root) as o:
        page = o.map("population", 2016).html
        assert "Périmètres schématiques" not in page
        assert "contours des communes généralisés" in page
        assert o.areas("quartier-cucs-2007")["area_km2"].gt(0).sum() == len(drawn)

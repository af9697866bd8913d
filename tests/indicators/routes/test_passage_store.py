"""Passages between real perimeters: made once, kept, reused, named beside the figures they give."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from built_workspace import says
from made_once import loaded

import observatoire as obs
from observatoire.errors import (
    DescriptorError,
    NatureError,
    PassageError,
    SchematicGeometryError,
)
from observatoire.french.nouns import Noun
from observatoire.indicators.routes.routes import Route, routes_to

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

X, Y, SIDE = 708000, 1613000, 1000

WORKSPACE = """\
[workspace]
name = "Essai"
main_zoning = "secteur-2020"
crs = "EPSG:5490"

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
"""

CATALOGUE = """\
[themes.population]
label = "Population"

[indicators.population]
label = "Population"
theme = "population"
nature = "count"
unit = "habitants"
decimals = 0
definition = "Habitants."
universe = "Population"
sources = ["recensement"]
numerator = ["POP"]

[indicators.revenu]
label = "Revenu médian"
theme = "population"
nature = "median"
unit = "euros"
decimals = 0
definition = "Médiane."
universe = "Population"
sources = ["recensement"]
variable = "MED"
"""

SOURCE = """\
title = "Recensement"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"

[[files]]
name = "pop.csv"
territory = "IRIS"
period = "2016"

[variables.POP]
label = "Population"
nature = "count"

[variables.MED]
label = "Revenu médian"
nature = "median"
"""


def box(column: float, row: float, width: float = 1, height: float = 1) -> shapely.Polygon:
    """Return a rectangle measured in sides of an IRIS."""
    x, y = X + column * SIDE, Y + row * SIDE
    return shapely.box(x, y, x + width * SIDE, y + height * SIDE)


#: Three IRIS in a row; the first sector is the first IRIS and a quarter of the second.
IRIS = {"972090101": box(0, 0), "972090102": box(1, 0), "972090103": box(2, 0)}
SECTORS = {"S1": box(0, 0, 1.25), "S2": box(1.25, 0, 1.75)}


def layer(path: Path, shapes: dict[str, shapely.Polygon]) -> None:
    frame = gpd.GeoDataFrame({"code": list(shapes)}, geometry=list(shapes.values()), crs=5490)
    frame.to_file(path)


def _write(root: Path) -> None:
    """Write a workspace with real (made-up) perimeters, and cells where people live."""
    (root / "geo").mkdir(parents=True)
    source = root / "data" / "raw" / "recensement"
    source.mkdir(parents=True)
    (root / "indicators.toml").write_text(CATALOGUE, encoding="utf-8")
    (source / "source.toml").write_text(SOURCE, encoding="utf-8")
    rows = "IRIS;POP;MED\n972090101;100;9000\n972090102;400;8000\n972090103;50;7000\n"
    (source / "pop.csv").write_text(rows, encoding="utf-8")
    iris = "".join(f"{code};{code};97209\n" for code in IRIS)
    (root / "geo" / "iris.csv").write_text("code;nom;commune\n" + iris, encoding="utf-8")
    sectors = "code;nom;commune\nS1;Nord;97209\nS2;Sud;97209\n"
    (root / "geo" / "secteurs.csv").write_text(sectors, encoding="utf-8")
    layer(root / "geo" / "iris.gpkg", IRIS)
    layer(root / "geo" / "secteurs.gpkg", SECTORS)
    cells = (
        "idcar_200m,ind\n"
        f"CRS5490RES200mN{Y}E{X + SIDE},30\n"
        f"CRS5490RES200mN{Y}E{X + SIDE + 600},10\n"
    )
    (root / "geo" / "carreaux.csv").write_text(cells, encoding="utf-8")
    # Loaded without a passage: each test declares its own.
    (root / "observatoire.toml").write_text(WORKSPACE.partition("[[passages]]")[0], "utf-8")


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """Give a workspace with perimeters, its figures loaded: a copy."""
    return loaded("perimetres", _write, tmp_path / "espace")


def opened(space: Path, passage: str) -> Observatory:
    (space / "observatoire.toml").write_text(WORKSPACE + passage, encoding="utf-8")
    return obs.open(space)


@pytest.fixture
def by_area(space: Path) -> Iterator[Observatory]:
    with opened(space, 'method = "area"\n') as o:
        yield o


def test_split_counts_are_estimated_between_bounds(by_area: Observatory) -> None:
    row = by_area.table("population").df.set_index("territory").loc["S1"]
    assert row["status"] == "estimated"
    assert (row["low"], row["value"], row["high"]) == pytest.approx((100, 200, 500))
    assert "prorata des surfaces" in row["method"]
    assert "part de 972090102" in row["method"]


def test_a_median_is_not_split(by_area: Observatory) -> None:
    rows = by_area.table("revenu").df
    assert set(rows["status"]) == {"missing"}
    assert rows["reason"].str.contains("ne se déduit pas").all()


def test_support_shares_people_where_they_live(space: Path) -> None:
    with opened(space, 'method = "support"\nsupport = "geo/carreaux.csv"\n') as o:
        rows = o.table("population").df.set_index("territory")
    assert rows.loc["S1", "value"] == pytest.approx(100 + 400 * 30 / 40)
    assert rows["value"].sum() == pytest.approx(550)


def test_what_the_producer_imputed_is_said_beside_the_figure(space: Path) -> None:
    cells = (space / "geo" / "carreaux.csv").read_text(encoding="utf-8").splitlines()
    flagged = [cells[0] + ",i_est_200", cells[1] + ",1", cells[2] + ",0"]
    (space / "geo" / "carreaux.csv").write_text("\n".join(flagged) + "\n", encoding="utf-8")
    with opened(space, 'method = "support"\nsupport = "geo/carreaux.csv"\n') as o:
        methods = o.table("population").df.set_index("territory")["method"]
    assert "support imputé par le producteur à 100\u202f%" in methods["S1"]
    assert "imputé" not in methods["S2"]


def test_density_leans_towards_the_target(space: Path) -> None:
    with opened(space, 'method = "density"\nratio = 3.0\n') as o:
        value = o.table("population").df.set_index("territory").loc["S1", "value"]
    share = 3 * 0.25 / (3 * 0.25 + 3 * 0.75)  # both sectors lie inside the second IRIS
    assert value == pytest.approx(100 + 400 * share)


def test_a_passage_is_kept_once_and_reused_while_nothing_changed(space: Path) -> None:
    with opened(space, 'method = "area"\n') as o:
        o.table("population")
        first = o.passages()
    with obs.open(space) as o:
        again = o.table("population").df
        assert o.passages().equals(first)
    assert len(first) == 1
    assert first.loc[0, "method"] == "area"
    assert again.set_index("territory").loc["S1", "value"] == pytest.approx(200)


def test_another_perimeter_makes_another_passage(space: Path) -> None:
    with opened(space, 'method = "area"\n') as o:
        o.table("population")
    layer(space / "geo" / "secteurs.gpkg", {"S1": box(0, 0, 1.5), "S2": box(1.5, 0, 1.5)})
    with obs.open(space) as o:
        value = o.table("population").df.set_index("territory").loc["S1", "value"]
        assert len(o.passages()) == 2
    assert value == pytest.approx(300)


def test_what_is_kept_comes_back_whole(by_area: Observatory) -> None:
    made = by_area.passage("iris-2016", "secteur-2020", "area")
    kept = by_area.passage("iris-2016", "secteur-2020", "area")
    assert kept.weights.equals(made.weights) or (
        kept.weights["weight"].tolist() == pytest.approx(made.weights["weight"].tolist())
    )
    assert kept.method == made.method
    assert kept.to_frame()[["source", "target"]].to_numpy().tolist() == (
        made.to_frame()[["source", "target"]].to_numpy().tolist()
    )


def test_drawings_are_shown_never_measured() -> None:
    with obs.demo() as o:
        with pytest.raises(SchematicGeometryError, match="geometry") as caught:
            o.passage("iris-2016", "quartier-cucs-2007", "area")
        assert "iris-2016" in str(caught.value)
        with pytest.raises(SchematicGeometryError):
            o.areas("quartier-cucs-2007")


def test_real_perimeters_are_measured(by_area: Observatory) -> None:
    measured = by_area.areas("iris-2016")
    assert measured["area_km2"].tolist() == pytest.approx([1, 1, 1])


def test_the_passage_in_use_is_given_as_a_table() -> None:
    with obs.demo() as o:
        table = o.passage("iris-2016", "quartier-cucs-2007").to_frame()
        dillon = table[table["target"] == "FDF13"]
        assert sorted(dillon["source"]) == ["972090301", "972090302", "972090303"]
        o.table("population")
        assert set(o.passages()["method"]) == {"links"}
        with pytest.raises(PassageError, match="commune-2016"):
            o.passage("commune-2016", "quartier-cucs-2007")


@pytest.mark.parametrize(
    ("passage", "named"),
    [
        ("", "file"),
        ('method = "aire"\n', "« area »"),
        ('method = "support"\n', "support"),
        ('method = "density"\n', "ratio"),
        ('method = "area"\nfile = "geo/x.csv"\n', "l’une ou l’autre"),
    ],
)
def test_a_passage_ill_declared_is_refused(space: Path, passage: str, named: str) -> None:
    with pytest.raises(DescriptorError, match=named), opened(space, passage) as o:
        o.table("population")


def test_loaded_perimeters_stay_until_others_are_declared(tmp_path: Path) -> None:
    from observatoire.workspace.scaffold import create_workspace

    space = create_workspace(tmp_path / "espace")
    path = tmp_path / "communes.gpkg"
    with obs.demo() as o:
        table = o.table("population", zoning="commune-2016")
        drawn = table.gdf.set_index("territory").geometry
        layer(path, drawn.buffer(50).to_dict())
        o.load(path)
    assert (
        table.gdf.geometry.tolist() == drawn.tolist()
    )  # of when it was made, even once all is closed
    expected = (drawn.buffer(50).area / 1e6).tolist()
    with obs.open(space) as o:
        report = o.load(path)
        assert "commune-2016" in str(report)
        assert o.areas("commune-2016")["area_km2"].tolist() == pytest.approx(expected)
    with obs.open(space) as o:
        assert o.areas("commune-2016")["area_km2"].tolist() == pytest.approx(expected)
        traced = o.loads().set_index("source").loc["geo/commune-2016"]
        assert traced["file"] == "communes.gpkg"
        assert len(traced["sha256"]) == 64


SETS = """\

[zonings."ensemble-2020"]
label = "Ensembles"
singular = "ensemble"
members = "geo/ensembles.csv"

[[passages]]
source = "secteur-2020"
target = "ensemble-2020"
file = "geo/ensembles-liens.csv"

[comparators.ensembles]
label = "Ensembles"
zoning = "ensemble-2020"
panel = true
"""


def test_a_measured_passage_leads_on_to_sets(space: Path) -> None:
    (space / "geo" / "ensembles.csv").write_text(
        "code;nom;commune\nTOUT;Tout;\nNORD;Nord seul;\n", encoding="utf-8"
    )
    (space / "geo" / "ensembles-liens.csv").write_text(
        "source;target;link\nS1;TOUT;proche\nS2;TOUT;proche\nS1;NORD;proche\n", encoding="utf-8"
    )
    with opened(space, 'method = "area"\n' + SETS) as o:
        rows = o.table("population", compare=["ensembles"]).df.set_index("territory")
    assert rows.loc["TOUT", "value"] == pytest.approx(rows.loc[["S1", "S2"], "value"].sum())
    assert rows.loc["TOUT", "status"] == "aggregated"
    assert rows.loc["NORD", ["value", "low", "high"]].tolist() == pytest.approx([200, 100, 500])
    assert rows.loc["NORD", "status"] == "estimated"


def test_a_target_the_sources_do_not_cover_is_not_told(space: Path) -> None:
    layer(space / "geo" / "secteurs.gpkg", {"S1": box(0, 0, 1.25), "S2": box(1.25, 0, 3.75)})
    with opened(space, 'method = "area"\n') as o:
        rows = o.table("population").df.set_index("territory")
    assert rows.loc["S1", "status"] == "estimated"
    assert rows.loc["S2", "status"] == "missing"
    assert "47" in rows.loc["S2", "reason"]  # 1.75 of 3.75


def test_the_passage_is_named_on_what_is_shown(space: Path) -> None:
    with opened(space, 'method = "area"\n') as o:
        panel = o.panel(indicators=["population"])
        drawing = o.map("population")
    assert "au prorata des surfaces" in panel.html
    assert "au prorata des surfaces" in drawing.html


def test_a_kept_passage_is_not_measured_again(space: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from observatoire.indicators.routes import passage_store as passages

    with opened(space, 'method = "area"\n') as o:
        made = o.passage("iris-2016", "secteur-2020", "area")

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError

        monkeypatch.setattr(passages, "_make", refuse)
        kept = o.passage("iris-2016", "secteur-2020", "area")
    assert (kept.source_zoning, kept.target_zoning) == (made.source_zoning, made.target_zoning)
    assert kept.source_zoning == "iris-2016"
    assert kept.coverage.tolist() == pytest.approx(made.coverage.tolist())
    assert kept.outside.tolist() == pytest.approx(made.outside.tolist())


def test_one_passage_does_not_lead_to_targets_that_overlap() -> None:
    with obs.demo() as o, pytest.raises(PassageError, match="se recouvrent"):
        o.passage("quartier-cucs-2007", "ensemble-cucs-2007")


def test_what_an_analyst_alters_of_a_passage_is_his_own() -> None:
    """Workspaces of the same links share their routes: nobody else may see what he did."""
    asked = ("iris-2016", "quartier-cucs-2007")
    with obs.demo() as o:
        kept = o.passage(*asked).weights.copy()
        altered = o.passage(*asked).weights
        altered["weight"] = 0.5
        assert o.passage(*asked).weights.equals(kept)
    with obs.demo() as other:
        assert other.passage(*asked).weights.equals(kept)


def test_routes_are_made_once_for_the_same_links_and_anew_for_others() -> None:
    links = pd.DataFrame(
        [("i1", "q1", "proche"), ("i2", "q2", "inclus")], columns=["source", "target", "link"]
    )
    nouns = {"iris": Noun("IRIS")}

    def route(table: pd.DataFrame, members: list[str]) -> Route:
        return routes_to("quartier", {("iris", "quartier"): table}, {"quartier": members}, nouns)[0]

    first = route(links, ["q1", "q2"])
    assert route(links.copy(), ["q1", "q2"]) is first
    assert list(route(links, ["q1"]).passage.targets) == ["q1"]
    other = route(links.assign(link=["inclus", "inclus"]), ["q1", "q2"])
    assert other.kept[0] != first.kept[0]


def test_a_workspace_without_comparator_nor_profile_is_shown(space: Path) -> None:
    with opened(space, 'method = "area"\n') as o:
        assert o.profile("Nord").page.blocks
        assert o.annex(space / "annexe.html").is_file()
        assert o.panel("population").page.blocks


def test_a_layer_loaded_first_does_not_stand_for_the_sources(space: Path) -> None:
    with opened(space, 'method = "area"\n') as o:
        o.load(space / "geo" / "iris.gpkg")
        assert o.table("population").df["value"].notna().all()


# --- learnt from what is published, and brought to it -----------------------------------------

PUBLISHED = """\
title = "Population des secteurs"
producer = "Ville"
licence = "Licence Ouverte 2.0"
zoning = "secteur-2020"

[[files]]
name = "secteurs.csv"
territory = "SECTEUR"
period = "2016"

[variables.POP]
label = "Population"
nature = "count"
"""


@pytest.fixture
def published(space: Path) -> Path:
    """Add the population of the sectors, as the town publishes it."""
    source = space / "data" / "raw" / "ville"
    source.mkdir()
    (source / "source.toml").write_text(PUBLISHED, encoding="utf-8")
    (source / "secteurs.csv").write_text("SECTEUR;POP\nS1;340\nS2;210\n", encoding="utf-8")
    (space / "indicators.toml").write_text(
        CATALOGUE.replace(
            'sources = ["recensement"]\nnum', 'sources = ["recensement", "ville"]\nnum'
        ),
        encoding="utf-8",
    )
    return space


def test_weights_are_brought_to_published_totals(published: Path) -> None:
    with opened(published, 'method = "area"\ncalibrate = "population"\n') as o:
        o.load()
        made = o.passage("iris-2016", "secteur-2020")
        carried = made.apply(
            pd.DataFrame(
                {"POP": [100.0, 400.0, 50.0]}, index=["972090101", "972090102", "972090103"]
            )
        )
        remarks = o.passages()["parameters"].iloc[0]
    assert carried["value"].tolist() == pytest.approx([340, 210])
    assert "calibrate" in remarks
    assert made.method.endswith("calage")


def test_totals_are_found_where_the_catalogue_says_they_are_published(published: Path) -> None:
    source = published / "data" / "raw" / "ville"
    declaration = (
        (source / "source.toml").read_text("utf-8").replace("[variables.POP]", "[variables.TOT]")
    )
    (source / "source.toml").write_text(declaration, encoding="utf-8")
    (source / "secteurs.csv").write_text("SECTEUR;TOT\nS1;340\nS2;210\n", encoding="utf-8")
    (published / "indicators.toml").write_text(
        CATALOGUE.replace(
            'sources = ["recensement"]\nnum',
            'sources = ["recensement"]\npublished = "ville/TOT"\nnum',
        ),
        encoding="utf-8",
    )
    with opened(published, 'method = "area"\ncalibrate = "population"\n') as o:
        o.load()
        made = o.passage("iris-2016", "secteur-2020")
    people = pd.Series({"972090101": 100.0, "972090102": 400.0, "972090103": 50.0})
    assert made.apply(people)["value"].tolist() == pytest.approx([340, 210])


def test_the_ratio_is_learnt_from_published_totals(published: Path) -> None:
    recipe = 'method = "density"\nlearn = "population"\nperiod = "2016"\n'
    with opened(published, recipe) as o:
        o.load()
        made = o.passage("iris-2016", "secteur-2020")
        remarks = o.passages()["remarks"].iloc[0]
    assert made.parameters["learnt_on"] == 2
    assert "appris sur 2\xa0territoires" in remarks


def test_the_method_learnt_is_told_beside_the_figure(published: Path) -> None:
    with opened(published, 'method = "density"\nlearn = "population"\n') as o:
        o.load()
        shown = o.table("population", period=2016)
        label = o._context.routes("secteur-2020")[0].label
    assert shown.df["status"].tolist() == ["observed", "observed"]
    assert "appris sur 2 territoires" in label
    assert "erreur médiane" in label


SECRECY = """
[secrecy]
threshold = 300
unit = "habitants"
rule = "Rien au-dessous de 300."
"""
LENT = """
[convention]
partner = "la Ville"
audience = "{}"
{}
"""


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (SECRECY, "un seuil de secret les garde"),
        (LENT.format("interne", ""), "une convention limite leur diffusion"),
        (LENT.format("public", "until = 2099-12-31"), "une convention limite leur diffusion"),
        (SECRECY + 'diffusion = "public"', ""),
        (LENT.format("public", ""), ""),
    ],
)
@pytest.mark.parametrize(
    "recipe", ['method = "area"\ncalibrate', 'method = "density"\nlearn'], ids=["calé", "appris"]
)
def test_weights_are_not_made_of_figures_that_not_everyone_may_see(
    published: Path, recipe: str, terms: str, why: str
) -> None:
    path = published / "data" / "raw" / "ville" / "source.toml"
    path.write_text(PUBLISHED + terms, encoding="utf-8")
    with opened(published, f'{recipe} = "population"\n') as o:
        o.load()
        if not why:
            assert len(o.passage("iris-2016", "secteur-2020").weights)
            return
        for asked in (
            lambda: o.passage("iris-2016", "secteur-2020"),
            lambda: o.table("population"),
        ):
            with pytest.raises(PassageError) as refused:
                asked()
            says(refused.value, why, "« ville »", "calibrate")


def test_what_was_learnt_is_learnt_again_when_figures_change(published: Path) -> None:
    with opened(published, 'method = "area"\ncalibrate = "population"\n') as o:
        o.load()
        o.passage("iris-2016", "secteur-2020")
        assert len(o.passages()) == 1
    (published / "data" / "raw" / "ville" / "secteurs.csv").write_text(
        "SECTEUR;POP\nS1;300\nS2;250\n", encoding="utf-8"
    )
    with obs.open(published) as o:
        o.load()
        made = o.passage("iris-2016", "secteur-2020")
        assert len(o.passages()) == 2
    assert made.weights.set_index(["source", "target"]).weight["972090102", "S1"] == (
        pytest.approx(0.5)
    )


def test_nothing_published_is_said(space: Path) -> None:
    with (
        opened(space, 'method = "area"\ncalibrate = "population"\n') as o,
        pytest.raises(PassageError, match="secteur-2020"),
    ):
        o.table("population")


def test_only_what_adds_up_teaches(published: Path) -> None:
    with (
        opened(published, 'method = "area"\ncalibrate = "revenu"\n') as o,
        pytest.raises(NatureError, match="Revenu médian"),
    ):
        o.table("population")


def test_a_passage_told_twice_is_refused(space: Path) -> None:
    again = 'method = "area"\n\n[[passages]]\nsource = "iris-2016"\ntarget = "secteur-2020"\n'
    with (
        pytest.raises(DescriptorError, match="dit deux fois"),
        opened(space, again + 'method = "area"\n'),
    ):
        pass


def test_links_kept_are_counted_without_what_falls_outside(space: Path) -> None:
    near = {"S1": box(0, 0, 1.25), "S2": box(1.25, 0, 1.5), "S3": box(50, 0)}
    (space / "geo" / "secteurs.csv").write_text(
        "code;nom;commune\nS1;Nord;97209\nS2;Sud;97209\nS3;Loin;97209\n", encoding="utf-8"
    )
    layer(space / "geo" / "secteurs.gpkg", near)
    with opened(space, 'method = "area"\n') as o:
        made = o.passage("iris-2016", "secteur-2020", "area")
        assert o.passages()["links"].tolist() == [len(made.weights)] == [4]
        kept = o.passage("iris-2016", "secteur-2020", "area")
    assert kept.outside["972090103"] == pytest.approx(0.25)
    assert kept.coverage["S3"] == 0.0
    assert kept.enclosed.tolist() == made.enclosed.tolist() == [True, True, False]


def test_slivers_of_layers_digitised_apart_are_set_aside_when_told(space: Path) -> None:
    near = {"S1": box(0, 0, 1.004), "S2": box(1.004, 0, 1.996)}
    layer(space / "geo" / "secteurs.gpkg", near)
    with opened(space, 'method = "area"\n') as o:
        split = o.passage("iris-2016", "secteur-2020")
        whole = o.passage("iris-2016", "secteur-2020", "area", sliver=0.01)
    assert len(split.weights) == 4
    assert set(whole.weights["link"]) == {"proche"}
    assert "lamelle" in whole.remarks[0]
    with opened(space, 'method = "area"\nsliver = 0.01\n') as o:
        rows = o.table("population").df.set_index("territory")
        assert rows["status"].tolist() == ["aggregated", "aggregated"]
        assert '"sliver": 0.01' in o.passages()["parameters"].iloc[-1]
    with opened(space, 'method = "area"\nsliver = 0.7\n') as o, pytest.raises(PassageError):
        o.table("population")


def test_versions_of_both_zonings_are_kept(space: Path) -> None:
    with opened(space, 'method = "area"\n') as o:
        o.passage("iris-2016", "secteur-2020")
        before = o.passages().iloc[-1]
    layer(space / "geo" / "secteurs.gpkg", {"S1": box(0, 0, 1.5), "S2": box(1.5, 0, 1.5)})
    with obs.open(space) as o:
        o.passage("iris-2016", "secteur-2020")
        after = o.passages().iloc[-1]
    assert before["source_version"] == after["source_version"]
    assert before["target_version"] != after["target_version"]
    assert len(after["target_version"]) == 64


def nearly_covered(space: Path) -> None:
    """Let the second sector reach into the sea, which no IRIS covers: 96 % of it is covered."""
    sea = {"S1": box(0, 0, 1.25), "S2": box(1.25, 0, 1.75 / 0.96)}
    layer(space / "geo" / "secteurs.gpkg", sea)


def test_a_target_covered_at_96_per_cent_has_no_upper_bound(space: Path) -> None:
    nearly_covered(space)
    with opened(space, 'method = "area"\n') as o:
        for _ in range(2):  # made, then kept
            row = o.table("population").df.set_index("territory").loc["S2"]
            assert row["status"] == "estimated"
            assert row["value"] == pytest.approx(350)
            assert (row["low"], row["passage_low"]) == pytest.approx((50, 50))
            assert np.isnan([row["high"], row["passage_high"]]).all()
            assert "ne couvrent que 96" in row["reason"]
        path = o.panel(indicators=["population"]).save(space / "tableau.html")
        shown = path.read_text(encoding="utf-8")
    assert "350" in shown
    assert not re.search(r"\bnan\b", shown, re.IGNORECASE)


def test_a_rate_too_little_covered_has_the_reason_of_its_counts(space: Path) -> None:
    layer(space / "geo" / "secteurs.gpkg", {"S1": box(0, 0, 1.25), "S2": box(1.25, 0, 3.5)})
    rate = CATALOGUE.split("\n\n")[1].replace("population]", "part]").replace('"count"', '"rate"')
    rate = rate.replace('"habitants"', '"%"') + '\ndenominator = ["POP"]\n'
    (space / "indicators.toml").write_text(CATALOGUE + rate, encoding="utf-8")
    with opened(space, 'method = "area"\n') as o:
        rows = o.table(["population", "part"]).df.set_index("territory").loc["S2"]
    assert rows["status"].tolist() == ["missing", "missing"]
    assert set(rows["reason"]) == {"Les sources ne couvrent que 50\u202f% de ce territoire."}


def test_chance_gives_it_no_upper_bound_either(space: Path) -> None:
    nearly_covered(space)
    text = CATALOGUE.replace('numerator = ["POP"]', 'numerator = ["POP"]\nprecision = "byar"')
    (space / "indicators.toml").write_text(text, encoding="utf-8")
    with opened(space, 'method = "area"\n') as o:
        rows = o.table("population").df.set_index("territory")
    assert rows.loc["S1", "high"] > 500
    assert rows.loc["S2", "sampling_high"] > 350
    assert rows.loc["S2", "low"] < 50
    assert np.isnan(rows.loc["S2", "high"])


def test_nor_has_a_set_one_of_whose_members_is_not_covered_whole(space: Path) -> None:
    nearly_covered(space)
    (space / "geo" / "ensembles.csv").write_text("code;nom;commune\nTOUT;Tout;\n", encoding="utf-8")
    (space / "geo" / "ensembles-liens.csv").write_text(
        "source;target;link\nS1;TOUT;proche\nS2;TOUT;proche\n", encoding="utf-8"
    )
    with opened(space, 'method = "area"\n' + SETS) as o:
        rows = o.table("population", compare=["ensembles"]).df.set_index("territory")
    assert rows.loc["TOUT", "status"] == "estimated"
    assert np.isnan(rows.loc["TOUT", "high"])


def counted_as(space: Path, unit: str, label: str, universe: str) -> None:
    """Make the census count something else than people."""
    text = CATALOGUE.replace('unit = "habitants"', f'unit = "{unit}"', 1)
    text = text.replace('label = "Population"\ntheme', f'label = "{label}"\ntheme', 1)
    text = text.replace('universe = "Population"', f'universe = "{universe}"', 1)
    (space / "indicators.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "passage",
    ['method = "support"\nsupport = "geo/carreaux.csv"\n', 'method = "density"\nratio = 3.0\n'],
)
@pytest.mark.parametrize(
    ("unit", "label", "universe", "kind"),
    [
        ("logements", "Logements sociaux", "Parc des bailleurs", "les logements sociaux"),
        ("personnes", "Personnes pauvres", "Population", "la pauvreté"),
        ("ménages", "Ménages", "Ménages", "les ménages"),
    ],
)
def test_people_do_not_place_what_is_not_people(
    space: Path, passage: str, unit: str, label: str, universe: str, kind: str
) -> None:
    counted_as(space, unit, label, universe)
    with opened(space, passage) as o:
        row = o.table("population").df.set_index("territory").loc["S1"]
    assert row["status"] == "bounded"
    assert np.isnan(row["value"])
    assert (row["low"], row["high"]) == pytest.approx((100, 500))
    assert f"portent la population, non {kind}" in row["reason"]


def test_area_still_shares_them(space: Path) -> None:
    counted_as(space, "logements", "Logements sociaux", "Parc des bailleurs")
    with opened(space, 'method = "area"\n') as o:
        row = o.table("population").df.set_index("territory").loc["S1"]
    assert row["value"] == pytest.approx(200)

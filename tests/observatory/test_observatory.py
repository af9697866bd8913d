"""DESIGN's section 4, call by call, on the embedded default."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Any

import demo
import geopandas as gpd
import oracle
import pandas as pd
import pytest

import observatoire as obs
from observatoire.errors import (
    FileError,
    FormatError,
    GeometryError,
    UnknownNameError,
    WorkspaceError,
)
from observatoire.pages.blocks import TableBlock

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

TIDY = ["territory", "name", "indicator", "period", "value", "low", "high", "status", "coverage"]
QUARTIER = "quartier-cucs-2007"


@pytest.fixture(scope="module")
def o() -> Observatory:
    return demo.demo()


def test_the_names_of_the_door() -> None:
    assert {"open", "demo", "federate", "Observatory", "errors"} <= set(obs.__all__)
    assert obs.Observatory.__name__ == "Observatory"
    with pytest.raises(AttributeError, match="ouvrir"):
        _ = obs.ouvrir  # type: ignore[attr-defined]


def test_importing_opens_nothing_heavy() -> None:
    code = "import observatoire, sys; print([m for m in ('pandas', 'duckdb', 'scipy') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="espace de travail"):
        obs.open(tmp_path)


def test_what_is_there(o: Observatory) -> None:
    sources = o.sources()
    assert len(sources) == 29
    assert (sources["rows_read"] == sources["rows_kept"] + sources["rows_rejected"]).all()
    assert (sources["licence"] != "").all()
    zonings = o.zonings().set_index("zoning")
    assert zonings.loc[QUARTIER, ["territories", "shapes"]].tolist() == [28, 26]
    assert zonings.loc["iris-2016", "territories"] == 49
    assert not zonings["official"].any()
    quartiers = o.territories(QUARTIER)
    assert quartiers["code"].tolist() == list(oracle.quartiers())
    assert {"name", "commune", "official"} <= set(quartiers.columns)
    assert re.fullmatch("[0-9a-f]{64}", o.loads()["sha256"].iloc[0])
    assert list(o.rejects().columns) == [
        "source",
        "file",
        "line",
        "column",
        "raw",
        "kind",
        "reason",
    ]


def test_indicators_all_or_of_a_theme(o: Observatory) -> None:
    everything, habitat = o.indicators(), o.indicators(theme="habitat")
    assert len(everything) >= 200
    assert set(habitat["theme"]) == {"habitat"}
    assert set(habitat["indicator"]) < set(everything["indicator"])
    poverty = everything.set_index("indicator").loc["taux_pauvrete"]
    assert poverty["periods"] == "2014, 2015, 2016, 2017, 2018, 2019, 2020, 2021"


def test_a_table_is_tidy(o: Observatory) -> None:
    t = o.table(
        ["part_hlm", "taux_pauvrete"],
        zoning=QUARTIER,
        period=2016,
        compare=["commune", "quartiers"],
    )
    assert list(t.df.columns)[: len(TIDY) + 1] == [*TIDY, "source"]
    assert len(t.df) == 2 * (28 + 2 + 2)
    assert set(t.df["period"]) == {"2016"}
    assert t.df["territory"].tolist()[:28] == list(oracle.quartiers())
    assert isinstance(t.gdf, gpd.GeoDataFrame)
    assert t.gdf.crs.to_epsg() == 5490
    assert t.gdf.drop(columns=["geometry", "official"]).equals(t.df)
    assert "<table" in unescape(t._repr_html_())


@pytest.mark.parametrize("period", ["2016", 2016])
def test_a_period_is_a_number_or_a_text(o: Observatory, period: int | str) -> None:
    frame = o.table("taux_pauvrete", period=period).df
    assert frame.equals(o.table(["taux_pauvrete"], QUARTIER, "2016").df)


def test_without_period_each_indicator_has_its_latest(o: Observatory) -> None:
    frame = o.table(["part_hlm", "taux_pauvrete", "logements_sociaux"]).df
    latest = frame.drop_duplicates("indicator").set_index("indicator")["period"].to_dict()
    assert latest == {"part_hlm": "2016", "taux_pauvrete": "2021", "logements_sociaux": "2022"}


def test_a_period_with_nothing_of_this_says_which_have(o: Observatory) -> None:
    frame = o.table("taux_pauvrete", period=2022).df
    assert set(frame["status"]) == {"missing"}
    assert frame["reason"].str.contains("2014, 2015, 2016, 2017, 2018, 2019, 2020 et 2021").any()


def test_some_territories_by_code_or_name(o: Observatory) -> None:
    frame = o.table("population", territories=["Dillon", "LAM02"]).df
    assert frame["territory"].tolist() == ["FDF13", "LAM02"]


def test_a_comparator_asked_twice_or_alone(o: Observatory) -> None:
    once = o.table("population", compare=["commune"]).df
    assert o.table("population", compare=["commune", "commune"]).df.equals(once)
    assert o.table("population", compare="commune").df.equals(once)


def test_no_indicator_is_an_empty_question(o: Observatory) -> None:
    with pytest.raises(UnknownNameError, match="indicateur"):
        o.table([])


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        (lambda o: o.table("part_hml"), "part_hlm"),
        (lambda o: o.table("part_hlm", "quartier-cucs-2017"), QUARTIER),
        (lambda o: o.table("part_hlm", compare=["communes"]), "commune"),
        (lambda o: o.table("part_hlm", territories=["Dilon"]), "Dillon"),
        (lambda o: o.table("part_hlm", period=1984), "1982"),
        (lambda o: o.table("part_hlm", period="deux mille seize"), "Valeurs possibles"),
        (lambda o: o.panel(theme="habitta"), "habitat"),
        (lambda o: o.panel(), "population"),
        (lambda o: o.indicators(theme="sant"), "sante"),
        (lambda o: o.territories("iris-2015"), "iris-2016"),
        (lambda o: o.map("populations"), "population"),
        (lambda o: o.profile("Trénele-Citron"), "Trénelle-Citron"),
        (lambda o: o.evaluate(start=1984, end=2016), "1982"),
    ],
)
def test_unknown_names_give_the_nearest(o: Observatory, question: object, nearest: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        question(o)  # type: ignore[operator]
    assert nearest in str(caught.value)


def test_loading_what_is_not_there(o: Observatory) -> None:
    with pytest.raises(FileError, match="insee-rp2016"):
        o.load("data/raw/insee-rp2061")


def test_loading_again_changes_nothing(o: Observatory) -> None:
    before = o.table("population").df
    loads = len(o.loads())
    report = o.load("data/raw/insee-rp2016")
    named = o.load("insee-rp2016")  # as status names it
    assert not isinstance(report, list)
    assert not isinstance(named, list)
    assert named.source == report.source
    assert len(o.loads()) == loads
    assert o.table("population").df.equals(before)


@pytest.mark.parametrize(
    ("suffix", "start"),
    [
        (".html", b"<!doctype html>"),
        (".svg", b"<svg"),
        (".png", b"\x89PNG"),
        (".xlsx", b"PK"),
        (".pdf", b"%PDF"),
        (".docx", b"PK"),
        (".HTML", b"<!doctype html>"),
    ],
)
def test_every_suffix_is_written(o: Observatory, tmp_path: Path, suffix: str, start: bytes) -> None:
    sheet = o.map("part_hlm", period=2016)
    path = sheet.save(tmp_path / "sous" / f"carte{suffix}")
    assert path == tmp_path / "sous" / f"carte{suffix}"
    assert path.read_bytes().lstrip()[: len(start)].lower() == start.lower()
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    if start == b"PK":
        assert zipfile.ZipFile(path).testzip() is None


@pytest.mark.parametrize("name", ["carte.jpg", "carte", "carte.htm"])
def test_other_suffixes_are_refused_and_leave_nothing(
    o: Observatory, tmp_path: Path, name: str
) -> None:
    with pytest.raises(FormatError, match=r"\.html"):
        o.map("part_hlm").save(tmp_path / name)
    with pytest.raises(FormatError, match=r"\.xlsx"):
        o.annex(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_failed_writing_leaves_what_was_there(
    o: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "carte.html"
    path.write_text("la précédente", encoding="utf-8")

    def fail(_: object) -> str:
        message = "disque plein"
        raise OSError(message)

    monkeypatch.setattr("observatoire.pages.writers.html.render_page", fail)
    with pytest.raises(FileError, match="disque plein"):
        o.map("part_hlm").save(path)
    assert path.read_text(encoding="utf-8") == "la précédente"
    assert [p.name for p in tmp_path.iterdir()] == ["carte.html"]


def test_pages_show_themselves_in_a_notebook(o: Observatory) -> None:
    for sheet in (o.panel(theme="habitat", period=2016), o.map("part_hlm"), o.profile("Dillon")):
        shown = sheet._repr_html_()
        assert shown.startswith("<iframe srcdoc=")  # no rule of the host gets in, none of ours out
        assert "<html" not in shown
        assert "Dillon" in unescape(shown)


def test_a_profile_by_code_or_name(o: Observatory) -> None:
    by_name, by_code = o.profile("Dillon"), o.profile("FDF13")
    assert by_name.page == by_code.page
    assert "Dillon" in by_name.page.title
    assert o.profile("dillon").page == by_name.page


def test_an_evaluation_between_two_dates(o: Observatory) -> None:
    found = o.evaluate(start=2010, end=2016)
    assert isinstance(found.df, pd.DataFrame)
    assert set(found.df["convergence"]) <= {"rattrapage", "parallèle", "décrochage", "indéterminé"}
    lost = found.df[found.df["convergence"] == "indéterminé"]
    assert (lost["reason"] != "").all()
    assert len(found.objectives) == 20
    assert "pas de cible chiffrée" in found.html


def test_an_evaluation_without_dates_spans_all_that_is_loaded(o: Observatory) -> None:
    found = o.evaluate()
    moved = found.df[found.df["change"].notna()]
    # Not the span of what is loaded (1961-2025): the dates of the figures that are compared.
    assert set(moved["start"]) == {"2012", "2014"}
    assert found.page.title == f"Évaluation, chiffres de 2012 à {moved['end'].max()}"
    assert "Aucune date n’est demandée" in found.html
    asked = o.evaluate(2014, 2018)
    assert asked.page.title == "Évaluation 2014-2018"
    assert "Aucune date n’est demandée" not in asked.html


def test_every_table_of_figures_of_an_evaluation_names_its_source(o: Observatory) -> None:
    grids = [block for block in o.evaluate().page.blocks if isinstance(block, TableBlock)]
    titles = {grid.title for grid in grids if any(n.label == "Source" for n in grid.notes)}
    bare = {grid.title for grid in grids} - titles
    assert bare == {
        "Preuves manquantes, et à qui les demander",
        "Ce qui ne peut être jugé, et pourquoi",
    }  # they hold no figure
    money = next(grid for grid in grids if grid.title.startswith("Crédits promis"))
    (source,) = (note.text for note in money.notes if note.label == "Source")
    assert "Convention-cadre" in source


def test_the_audit_of_the_default_finds_no_secret_of_ours(o: Observatory) -> None:
    report = o.audit()
    assert report.empty
    assert {"low", "high", "threshold", "safe"} <= set(report.columns)


def test_the_annex_tells_its_steps() -> None:
    assert demo.annex(".html").stat().st_size > 500_000
    assert len(demo.annex_steps()) >= 3


def test_closing_with_a_block() -> None:
    with obs.demo() as mine:
        assert len(mine.zonings()) == 12
    with pytest.raises(WorkspaceError, match="fermé"):
        mine.zonings()


def test_reference_values_stand_where_nothing_better_is_known(o: Observatory) -> None:
    martinique = o.table("taux_pauvrete", period=2019, compare=["martinique"]).df
    row = martinique[martinique["territory"] == "972"].iloc[0]
    assert (row["value"], row["status"]) == (27.4, "observed")
    assert "Valeurs publiées" in row["source"]
    towns = o.table("population", "commune-2016", 2007).df.set_index("territory")["value"]
    assert towns.to_dict() == {"97209": 89794, "97213": 39442}
    computed = o.table("population", "commune-2016", 2016).df.set_index("territory")
    assert set(computed["status"]) == {"aggregated"}  # a sum is not replaced by what it equals


def test_the_annex_refuses_a_form_of_one_page_before_the_work(
    o: Observatory, tmp_path: Path
) -> None:
    with pytest.raises(FormatError, match=r"\.docx"):
        o.annex(tmp_path / "annexe.svg")
    with pytest.raises(FormatError, match="suffixe manque"):
        o.annex(tmp_path / "annexe")


def test_a_folder_in_the_way_is_said(o: Observatory, tmp_path: Path) -> None:
    (tmp_path / "carte.html").mkdir()
    with pytest.raises(FileError, match="dossier porte déjà ce nom"):
        o.map("part_hlm").save(tmp_path / "carte.html")


def test_periods_in_the_wrong_order_are_refused(o: Observatory) -> None:
    with pytest.raises(UnknownNameError, match="précéder"):
        o.evaluate(2019, 2014)


@pytest.mark.parametrize("path", [3, 2.5, ["a"], "a\0b"])
def test_what_is_no_path_is_said_in_our_words(o: Observatory, path: object) -> None:
    with pytest.raises(FileError, match="chemin"):
        o.load(path)  # type: ignore[arg-type]
    with pytest.raises(FileError, match="chemin"):
        o.preview(path)  # type: ignore[arg-type]
    writers = [o.publish, o.watch().save, lambda one: obs.federate([one])]
    if not isinstance(path, list):  # an annex is written under several names at once
        writers.append(o.annex)
    for write in writers:
        with pytest.raises(FileError, match="chemin"):
            write(path)


def test_what_is_no_name_is_refused_in_french(o: Observatory) -> None:
    for asked, message in (
        (lambda: o.table(3), 'o.table("part_hlm")'),
        (lambda: o.table("part_hlm", territories=[1]), "territoires"),
        (lambda: o.map(["part_hlm"]), 'o.map("part_hlm")'),
        (lambda: o.profile(12), 'o.profile("Dillon")'),
        (lambda: o.panel(indicators=[None]), "indicateurs"),
    ):
        with pytest.raises(UnknownNameError, match="On attend") as error:
            asked()
        assert message in str(error.value)
    assert len(o.table("part_hlm", territories="Dillon").main) == 1
    assert len(o.territories()) == 28


def test_a_page_tells_itself_in_a_line(o: Observatory) -> None:
    for sheet in (o.panel("habitat"), o.watch(), o.inequality("part_hlm")):
        assert sheet.page.title in repr(sheet)
        assert len(repr(sheet)) < 200
    assert o.workspace.name in repr(o)


def test_a_zoning_without_shapes_has_no_map(o: Observatory) -> None:
    with pytest.raises(GeometryError, match="geometry ="):
        o.map("part_hlm", zoning="departement-2016")


def test_a_map_of_small_territories_is_framed_by_commune(o: Observatory) -> None:
    page = o.map("part_hlm", zoning="iris-2016").html
    assert page.partition("</svg>")[0].count("<clipPath") == 2  # Fort-de-France, Le Lamentin
    assert "Basse Gondeau-Californie-Zone Indus" in page
    assert (
        "Basse Gondeau-Californie-Zone Industrielle et Aéroport" in page
    )  # in the alternative text


def test_a_method_of_passage_that_does_not_exist_is_refused_in_french(o: Observatory) -> None:
    with pytest.raises(UnknownNameError, match=r"« suport » n’existe pas\..*« support »"):
        o.passage("iris-2016", QUARTIER, "suport")  # type: ignore[arg-type]


def test_passages_are_listed_before_anything_is_asked() -> None:
    with obs.demo() as fresh:
        assert {"iris-2016"} <= set(fresh.passages()["source"])


@pytest.mark.parametrize("name", [None, 3, 2.5, [3]])
def test_what_is_no_name_is_said_in_our_words(o: Observatory, name: Any) -> None:
    for ask in (
        lambda: o.table(name),
        lambda: o.trend(name, 2014, 2016),
        lambda: o.inequality(name),
        lambda: o.profile(name),
        lambda: o.table("part_hlm", territories=[name]),
        lambda: o.table("part_hlm", compare=[name]),
        lambda: o.notes(name),
        lambda: o.evaluate(audience=name),
        lambda: o.table("part_hlm", precision=name),
    ):
        with pytest.raises(UnknownNameError):
            ask()


def test_one_name_alone_is_a_list_of_one(o: Observatory) -> None:
    assert set(o.table("part_hlm", territories="Dillon").main["name"]) == {"Dillon"}
    assert o.table("part_hlm", compare=None).compared.empty  # type: ignore[arg-type]


def test_a_neighbour_misspelt_is_found_again(o: Observatory) -> None:
    with pytest.raises(UnknownNameError, match="« Dillon »"):
        o.table("part_hlm", compare=["Dilon"])


def test_a_trial_writes_nothing_in_the_library(
    o: Observatory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths that nobody gave are of the current folder: the default lies in the library."""
    monkeypatch.chdir(tmp_path)
    assert o.atlas().resolve() == tmp_path / "atlas.html"
    assert o.outline().path.resolve() == tmp_path / "geo" / "a-dessiner.gpkg"
    assert {path.name for path in tmp_path.rglob("*")} == {"atlas.html", "geo", "a-dessiner.gpkg"}

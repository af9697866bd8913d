"""What is under a threshold shows nowhere: every output is searched for it."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import demo
import pandas as pd
import pyogrio
import pytest
from pages_read import text_of
from secrecy_workspace import HIDDEN, SHOWN, secret_texts

import observatoire as obs
from observatoire.annex import annex_page
from observatoire.errors import SecrecyError
from observatoire.exchange.publication.package import write_package
from observatoire.indicators.query import answer
from observatoire.maps import map_figure
from observatoire.pages.sheet import Sheet
from observatoire.panels.drawings.bearings import Bearings
from observatoire.panels.evaluation import evaluation_page
from observatoire.panels.panel import panel_blocks
from observatoire.panels.watch import watch_page
from observatoire.secrecy.primary.sensitive_cells import OURS
from observatoire.secrecy.release.protected_table import ProtectedTable

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

COMPARED = ["commune", "quartiers", "perimetre", "zus"]


@cache
def everything(observatory: Observatory) -> ProtectedTable:
    return observatory.table(SHOWN, compare=COMPARED)


def leaks(text: str) -> list[str]:
    return [secret for secret in secret_texts() if secret in text]


# --- what is hidden ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", SHOWN)
def test_exactly_the_cells_that_tell_a_small_count_are_hidden(kept: Observatory, code: str) -> None:
    main = kept.table(code).main.set_index("territory")
    assert set(main.index[main["status"] == "secret"]) == HIDDEN[code]
    for name in ("value", "low", "high", "count"):
        assert main.loc[list(HIDDEN[code]), name].isna().all()
    assert (main.loc[list(HIDDEN[code]), "method"] == "").all()
    assert (main.loc[list(HIDDEN[code]), "reason"] != "").all()


def test_what_hides_is_counted_without_saying_which_is_small(kept: Observatory) -> None:
    table = kept.table(SHOWN)
    assert table.hidden == {
        "masqué par le producteur": 2,
        "sous le seuil de la source, ou pour qu’un autre ne se retrouve pas par calcul": 18,
    }
    assert sum(table.hidden.values()) == (table.main["status"] == "secret").sum()


def test_zero_and_what_may_be_shown_are_not_hidden(kept: Observatory) -> None:
    rows = kept.table(SHOWN).main.set_index(["indicator", "territory"])
    assert rows.at[("menages_aides", "FDF07"), "value"] == 0
    assert rows.at[("part_aides", "FDF07"), "value"] == 0
    assert rows.at[("menages_aides", "FDF08"), "value"] == 53
    assert rows.at[("menages_aides", "FDF03"), "value"] == pytest.approx(62.4177)
    assert rows.at[("menages_aides", "FDF06"), "high"] == 41
    assert rows.at[("part_aides", "FDF06"), "status"] == "context"
    assert rows.at[("menages_par_aide", "FDF07"), "status"] == "not_applicable"
    assert rows.at[("cas_suivis", "FDF04"), "value"] == 0
    assert rows.at[("part_cas", "FDF04"), "status"] == "not_applicable"


def test_bounds_of_a_ratio_of_ranges_hold(kept: Observatory) -> None:
    """30 [20 ; 43] over 100 [90 ; 120]: whatever the true counts, 16.7 to 47.8 %."""
    row = kept.table("part_cas").main.set_index("territory").loc["FDF06"]
    assert row["value"] == pytest.approx(30)
    assert row["low"] == 16.6666  # the page prints four digits; bounds are rounded outwards
    assert row["high"] == 47.7778


def test_the_least_a_set_may_hold_does_not_tell_its_only_whole_part(kept: Observatory) -> None:
    zus = kept.table(["menages_aides", "part_aides"], "zus-1996").df.set_index(
        ["territory", "indicator"]
    )
    for code in ("menages_aides", "part_aides"):
        row = zus.loc[("ZUS-LAM", code)]
        assert row["status"] == "secret"
        assert row[["value", "low", "high"]].isna().all()


def test_every_zoning_hides_its_own(kept: Observatory) -> None:
    for zoning in ("iris-2016", "quartier-cucs-2007", "commune-2016", "zus-1996"):
        frame = kept.table(SHOWN, zoning).df
        assert not leaks(frame.to_csv()), zoning
    iris = kept.table("menages_aides", "iris-2016").df.set_index("territory")
    assert iris.at["972090701", "status"] == "secret"
    # The other IRIS of FDF03, whose sum is shown: the smaller loss is the IRIS, not the quartier.
    assert iris.at["972090702", "status"] == "secret"
    assert iris.at["972090203", "status"] == "observed"
    assert kept.table("menages_aides").main.set_index("territory").at["FDF03", "value"] > 62


# --- no output tells it -----------------------------------------------------------------------


def test_what_is_searched_for_would_be_found() -> None:
    assert leaks("<td>7,3191</td>") == ["7,3191", "7,3191"]
    assert leaks('<c r="B4"><v>8.13233333</v></c>')


def test_tables_in_every_form(kept: Observatory) -> None:
    table = everything(kept)
    for text in (table.df.to_csv(), table.gdf.to_json(), table._repr_html_(), repr(table)):
        assert not leaks(text)
    assert not leaks(table.cells.to_csv())


@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".docx", ".pdf"])
def test_a_panel_in_every_form(kept: Observatory, tmp_path: Path, suffix: str) -> None:
    if suffix == ".pdf" and not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not on this machine")
    sheet = kept.panel(indicators=SHOWN, compare=COMPARED)
    text = text_of(sheet.save(tmp_path / f"panneau{suffix}"))
    assert "41" in text
    assert not leaks(text)


@pytest.mark.parametrize("code", ["menages_aides", "part_aides"])
def test_maps(kept: Observatory, code: str) -> None:
    assert not leaks(kept.map(code).html)


@pytest.mark.parametrize("name", ["FDF01", "FDF04"])
def test_profiles(kept: Observatory, name: str) -> None:
    assert not leaks(kept.profile(name).html)


@pytest.mark.parametrize("kind", ["tartan", "compare", "evolution"])
def test_pictures(kept: Observatory, kind: Any, tmp_path: Path) -> None:
    sheet = kept.panel(kind=kind, indicators=SHOWN)
    for suffix in (".html", ".xlsx"):
        assert not leaks(text_of(sheet.save(tmp_path / f"{kind}{suffix}")))


def test_the_atlas_holds_no_secret_nor_depends_on_any(
    kept: Observatory, otherwise: Observatory, tmp_path: Path
) -> None:
    """Its data too: every indicator at every date, searched byte by byte."""
    pages = [
        o.atlas(tmp_path / f"{n}.html").read_text("utf-8") for n, o in enumerate((kept, otherwise))
    ]
    assert "part_aides" in pages[0]
    assert not leaks(pages[0].replace(".", ","))
    assert not leaks(pages[0])
    assert pages[0] == pages[1]


def test_packages(package: Path) -> None:
    texts = [
        (package / "valeurs.csv").read_text("utf-8"),
        (package / "indicateurs.csv").read_text("utf-8"),
        (package / "datapackage.json").read_text("utf-8"),
        pd.read_parquet(package / "valeurs.parquet").to_csv(),
        pyogrio.read_dataframe(package / "zones.gpkg").drop(columns="geometry").to_csv(),
    ]
    for text in texts:
        assert text
        assert not leaks(text)
    assert json.loads(texts[2])["secret"][OURS] > 17


# --- nothing shown depends on it --------------------------------------------------------------


def page_of_annex(observatory: Observatory, monkeypatch: pytest.MonkeyPatch) -> Any:
    pages: list[Any] = []
    monkeypatch.setattr(Sheet, "save_all", lambda self, paths: pages.append(self.page) or paths)
    observatory.annex("annexe.html")
    return pages[0]


def without_prints(text: str) -> str:
    """Leave out the prints of the files, which are those of other files."""
    return re.sub(r"\([0-9a-f]{12}…\)", "", text)


def test_the_two_workspaces_do_differ(kept: Observatory, otherwise: Observatory) -> None:
    frames = [
        o.warehouse.frame("SELECT value FROM current_observation ORDER BY ALL")
        for o in (kept, otherwise)
    ]
    assert not frames[0].equals(frames[1])


def test_tables_do_not_depend_on_what_is_hidden(kept: Observatory, otherwise: Observatory) -> None:
    first, second = everything(kept), everything(otherwise)
    pd.testing.assert_frame_equal(first.df, second.df)
    pd.testing.assert_frame_equal(first.cells, second.cells)


def test_the_annex_does_not_depend_on_what_is_hidden(
    kept: Observatory, otherwise: Observatory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the panels, the profiles, nor the maps: colours, classes, circles, legend, order."""
    pages = [page_of_annex(o, monkeypatch) for o in (kept, otherwise)]
    assert len(pages[0].blocks) > 100
    texts = [without_prints(repr(block)) for block in pages[0].blocks]
    assert texts == [without_prints(repr(block)) for block in pages[1].blocks]
    assert not leaks(repr(pages[0]))
    for block in pages[0].blocks:
        assert not leaks(getattr(block, "svg", ""))


# --- the door ---------------------------------------------------------------------------------


def test_nobody_makes_a_protected_table_by_hand(kept: Observatory) -> None:
    table = everything(kept)
    raw = table.cells.assign(value=1.0)
    with pytest.raises(SecrecyError, match="secret statistique"):
        ProtectedTable(raw, table.indicators, table.zoning, "", (), (), {})
    with pytest.raises(SecrecyError):
        ProtectedTable(raw, table.indicators, table.zoning, "", (), (), {}, seal=object())
    with pytest.raises(SecrecyError):
        replace(table, cells=raw)
    key = getattr(table, "seal", None)
    with pytest.raises(SecrecyError):
        ProtectedTable(raw, table.indicators, table.zoning, "", (), (), {}, seal=key)


def test_selecting_stays_protected(kept: Observatory) -> None:
    part = everything(kept).select(["part_aides"], ["FDF01", "FDF08"])
    assert set(part.main["territory"]) == {"FDF01", "FDF08"}
    assert set(part.main["indicator"]) == {"part_aides"}
    assert len(part.compared)
    assert part.main.set_index("territory").at["FDF01", "status"] == "secret"


def test_what_is_taken_out_cannot_be_put_back_in(kept: Observatory) -> None:
    table = kept.table("menages_aides")
    frame = table.df
    frame["value"] = 3.0
    assert table.df["value"].isna().any()


def test_no_room_lets_a_raw_table_in(kept: Observatory, tmp_path: Path) -> None:
    raw: Any = answer(kept._context, ["menages_aides"], "quartier-cucs-2007")
    ground = kept._gazetteer.base_map("quartier-cucs-2007")

    class Content:
        table = raw

    content: Any = Content()
    for show in (
        lambda: panel_blocks(raw, {}),
        lambda: Bearings(raw, {}),
        lambda: map_figure(raw, "menages_aides", ground, {}),
        lambda: evaluation_page(raw, content, content, "", ""),
        lambda: watch_page(raw, pd.DataFrame(), 0, content, "", ""),
        lambda: annex_page(content),
        lambda: write_package(raw, tmp_path / "p", content),
    ):
        with pytest.raises(SecrecyError, match="secret statistique"):
            show()
    assert not (tmp_path / "p").exists()


def test_the_audit_bounds_what_was_hidden(kept: Observatory) -> None:
    report = kept.audit()
    hidden = set(zip(report["territory"], report["indicator"], strict=True))
    assert ("FDF01", "menages_aides") in hidden
    assert ("FDF08", "menages_aides") not in hidden
    assert (report["low"] <= report["high"]).all()
    assert (report["threshold"] == 11).all()
    assert not leaks(report.to_csv())


def test_bounds_made_of_what_is_known_beside_a_hidden_part_are_hidden(tmp_path: Path) -> None:
    """A rate's low bound times the population shown would give the small known part."""
    space = demo.workspace(tmp_path / "espace")
    source = space / "data" / "raw" / "aides"
    source.mkdir()
    (source / "source.toml").write_text(
        """title = "Aides"
producer = "Caf"
licence = "Convention"
zoning = "iris-2016"
[[files]]
name = "aides.csv"
territory = "IRIS"
period = "2016"
[markers]
secret = ["s"]
[secrecy]
threshold = 11
[variables.AIDES]
label = "Aidés"
nature = "count"
[variables.TOUS]
label = "Tous"
nature = "count"
""",
        encoding="utf-8",
    )
    rows = "IRIS;AIDES;TOUS\n972090701;s;50\n972090702;4;400\n"
    (source / "aides.csv").write_text(rows, encoding="utf-8")
    with (space / "indicators.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(
            """
[indicators.part_aidee]
label = "Part aidée"
theme = "emploi"
nature = "rate"
unit = "%"
definition = "x"
universe = "x"
sources = ["aides"]
numerator = ["AIDES"]
denominator = ["TOUS"]
"""
        )
    with obs.open(space) as o:
        o.load(source)
        row = o.table("part_aidee", period=2016).df.set_index("territory").loc["FDF03"]
    assert row["status"] == "secret"
    assert math.isnan(row["low"])

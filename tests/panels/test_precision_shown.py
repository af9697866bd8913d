"""How sure, compared with what: what panels, profiles, maps, workbooks and the annex say of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import demo
import oracle
import pytest
from python_calamine import CalamineWorkbook

from observatoire.errors import UnknownNameError
from observatoire.indicators.comparison.gaps import OF_MODEL
from observatoire.indicators.precision.differences import MARKS
from observatoire.pages.blocks import Callout, TableBlock

if TYPE_CHECKING:
    from pathlib import Path


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def notes(grid: TableBlock) -> dict[str, str]:
    return {note.label: plain(note.text) for note in grid.notes}


@pytest.fixture(scope="module")
def panel() -> TableBlock:
    page = demo.demo().panel(theme="habitat").page
    return next(block for block in page.blocks if isinstance(block, TableBlock))


def test_a_panel_marks_every_verdict_and_explains_its_signs(panel: TableBlock) -> None:
    found = demo.demo().table("part_hlm", compare=["commune"]).differences
    assert found is not None
    marks = dict(zip(found["name"], found["mark"], strict=True))
    rank = next(i for i, column in enumerate(panel.columns) if column.label == "Locataires HLM")
    shown = {row.label: plain(row.cells[rank].text) for row in panel.rows if row.kind == "item"}
    for code, name in oracle.quartiers().items():
        ended = re.search(r"[▲▼●]*\)?$", shown[name])
        assert ended is not None
        assert ended[0].rstrip(")") == marks[name], code
    assert set(marks.values()) >= {"▲▲", "▼▼", "●", ""}
    said = notes(panel)["Écart"]
    assert "Fort-de-France et au Lamentin" in said
    assert all(mark in said for mark in MARKS.values())


def test_a_panel_tells_small_counts_and_which_brackets_are_which(panel: TableBlock) -> None:
    rank = next(i for i, column in enumerate(panel.columns) if column.label == "Logements HLM (RP)")
    for row in panel.rows:
        cell = row.cells[rank] if row.kind == "item" else None
        if cell is not None and cell.value is not None:
            assert ("†" in cell.text) == (cell.value < 200)
            foretold = "ni verdict, ni somme" in plain(cell.hint)
            assert ("80 %" if foretold else "Intervalle à 95 %") in plain(cell.hint)
    said = notes(panel)
    assert "200 pour l’Insee" in said["Signes"]
    assert "le partage du territoire et le sondage réunis" in said["Signes"]
    page = demo.demo().panel(theme="habitat").page
    boxes = [b for b in page.blocks if isinstance(b, Callout) and b.title == "Précautions"]
    assert len(boxes) == 1
    cautions = [plain(text) for text in boxes[0].items]
    assert any("sondage de 8 % des adresses" in text for text in cautions)  # the source's own
    assert len(cautions) == len(set(cautions))


def test_a_reading_example_tells_figure_interval_and_verdict(panel: TableBlock) -> None:
    said = notes(panel)["Lecture"]
    assert re.search(
        r"vaut 15,3 %, .* 95 % .*\[\d+,\d ; \d+,\d\] ; par rapport à Fort-de-France : ", said
    )


def test_a_map_shows_cautions_too() -> None:
    shown = demo.demo().map("locataires_hlm").html
    assert "†" in shown
    assert "à utiliser avec précaution" in shown


def test_a_workbook_holds_the_bounds_of_a_sampled_figure(tmp_path: Path) -> None:
    path = demo.demo().panel(indicators=["part_hlm"]).save(tmp_path / "p.xlsx")
    book = CalamineWorkbook.from_path(str(path))
    sheet: list[list[Any]] = book.get_sheet_by_index(1).to_python(skip_empty_area=False)
    row = next(line for line in sheet if line[0] == "Dillon")
    value, low, high, status = row[1:5]
    assert low < value < high
    assert status == "agrégé"


def test_more_euros_of_another_year_are_no_improvement() -> None:
    """From 2014 to 2018 prices rose: an income that gained 1.4 % was called better."""
    o = demo.demo()
    trend = o.trend("niveau_vie_median", 2014, 2018)
    words = set(trend.df["verdict"]) - {""}
    assert "nette hausse" in words  # beyond what the source moves by itself
    assert not any("amélioration" in one or "dégradation" in one for one in words)
    assert "sans correction des prix" in plain(trend.html)
    found = o.evaluate(2014, 2018).df
    found = found[found["indicator"] == "niveau_vie_median"]
    assert "nette hausse" in set(found["verdict"])
    assert not found["verdict"].str.contains("amélioration").any()


def test_a_trend_and_its_page(tmp_path: Path) -> None:
    trend = demo.demo().trend("taux_pauvrete", 2014, 2016)
    judged = ("amélioration", "pas de changement net")
    assert set(trend.df["verdict"]) == {"pas de changement net", "indéterminé", ""}
    modelled = trend.df[trend.df["status"] == "estimated"]
    assert len(modelled) > 5
    assert set(modelled["verdict"]) == {""}
    assert set(modelled["reason"]) == {OF_MODEL}
    # An evaluation says it in the same words.
    found = demo.demo().evaluate(2014, 2016).df
    found = found[found["indicator"] == "taux_pauvrete"].set_index("territory")["verdict"]
    own = trend.df[trend.df["verdict"].isin(judged) & (trend.df["status"] != "context")]
    assert len(own) > 5
    assert own.set_index("territory")["verdict"].to_dict() == found[own["territory"]].to_dict()
    for row in own.to_dict("records"):
        # Filosofi moves by 4.9 points of itself here: a smaller change is none.
        assert row["mark"] == ("▼" if row["change"] < -4.9 else "●")
        assert (row["verdict"] == "amélioration") == (row["change"] < -4.9)
        assert (row["low"], row["high"]) == pytest.approx(
            (row["change"] - 4.9, row["change"] + 4.9)
        )
    text = plain(trend.html)
    assert "jugée au-delà de son bruit propre" in text
    assert "le hasard seul en signalerait" in text
    assert "sans chiffre aux deux périodes" in text
    assert "Source exhaustive" in text
    grid = next(block for block in trend.page.blocks if isinstance(block, TableBlock))
    shown = {row.label: plain(row.cells[2].text) for row in grid.rows if row.cells}
    assert shown["Godissard"] == "−2,0"
    assert notes(grid)["Source"].startswith("Insee-DGFiP-Cnaf-Cnav-CCMSA, Revenus")
    assert "2014 à 2021 (2014 et 2016)." in notes(grid)["Source"]
    assert "Écart" not in notes(grid)
    assert all(sign in notes(grid)["Signes"] for sign in ("e :", "[ ; ] :", "(…) :"))
    assert "n.d." not in notes(grid)["Signes"]  # of territories that are not compared
    assert trend.save(tmp_path / "t.pdf").stat().st_size > 1000


def test_ranks_of_a_source_that_counts_everyone_are_facts() -> None:
    ranked = demo.demo().inequality("taux_pauvrete")
    values = ranked.df["value"].to_list()
    assert len(values) > 3
    assert values == sorted(values)
    assert ranked.df["rank"].to_list() == [1 + sum(v < own for v in values) for own in values]
    assert (ranked.df["rank_low"] == ranked.df["rank"]).all()
    assert (ranked.df["rank_high"] == ranked.df["rank"]).all()
    assert ranked.df["low"].isna().all()
    measures, ranks = (block for block in ranked.page.blocks if isinstance(block, TableBlock))
    assert "chaque rang est un fait" in notes(ranks)["Constaté"]
    assert "on ne sait pas sur combien" in notes(measures)["Non mesuré"]
    for grid in (measures, ranks):
        assert "Filosofi" in notes(grid)["Source"]
    assert "95 %, " not in plain(notes(ranks)["Lecture"])


def test_an_interval_asked_in_vain_says_why() -> None:
    table = demo.demo().table("taux_pauvrete", period=2019, precision="all", compare=["martinique"])
    found = table.main[table.main["value"].notna()]
    assert set(found.loc[found["status"] == "observed", "precision"]) == {"unsized"}
    assert "sur combien porte ce taux" in " ".join(table.differences["reason"])
    page = demo.demo().trend("taux_pauvrete", 2014, 2016, precision="all")
    assert "ne dit pas sur combien il porte" in plain(page.html)
    asked = plain(demo.demo().inequality("taux_pauvrete", precision="all").html)
    assert "on ne peut la lire comme un tirage" in asked


def test_a_page_without_rank_says_why() -> None:
    assert "aucun chiffre n’est disponible" in plain(demo.demo().inequality("taux_chomage").html)
    assert "Chiffre de 2022 non disponible." in plain(
        demo.demo().trend("part_hlm", 2016, 2022).html
    )


def test_measures_of_what_goes_by_buildings_say_they_are_widened() -> None:
    """HLM tenants are so by whole buildings: their intervals are widened (bench/precision.md)."""
    for code, widened in (("part_hlm", True), ("part_0_14", False)):
        page = demo.demo().inequality(code, zoning="iris-2016").page
        measures = next(block for block in page.blocks if isinstance(block, TableBlock))
        assert ("élargis de 30" in notes(measures).get("Prudence", "")) is widened, code


def test_a_precision_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="« tout »"):
        demo.demo().trend("taux_pauvrete", 2014, 2016, precision="tout")  # type: ignore[arg-type]


def test_ranks_go_with_their_interval() -> None:
    found = demo.demo().inequality("part_hlm")
    grids = [block for block in found.page.blocks if isinstance(block, TableBlock)]
    assert [plain(column.label) for column in grids[1].columns][2:4] == ["Rang", "Rang à 95 %"]
    first = found.df.iloc[0]
    assert first["name"] == "Godissard"
    # HLM buildings are HLM throughout: a rank is less sure than persons drawn one by one made it.
    assert (first["rank_low"], first["rank_high"]) == (1, 2)
    assert (
        "Godissard : 63,7 % ; à 95 %, son rang est compris entre 1 et 2"
        in notes(grids[1])["Lecture"]
    )
    assert found.page.title.endswith(", 2016")
    assert "17 territoires sans chiffre propre" in notes(grids[1])["Non classés"]
    assert "Signes" not in notes(grids[1])  # every figure ranked is a territory's own
    assert found.measures.dissimilarity.low > found.measures.dissimilarity.chance


def test_chance_is_counted_over_all_that_is_compared_not_over_what_came_out() -> None:
    found = demo.demo().evaluate(2014, 2018)
    tried = int(found.df["move_low"].notna().sum())
    assert tried > (found.df["convergence"] != "indéterminé").sum()
    assert plain(found.html).count(f"Sur {tried} comparaisons à 95 %") == 2  # in brief, and below

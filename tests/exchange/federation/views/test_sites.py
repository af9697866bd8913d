"""The sites of a federation: a page each, their dates, an atlas, an annex; nothing that is withheld."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from packages_made import package

import observatoire as obs
from observatoire.errors import FormatError, UnknownNameError
from observatoire.pages.blocks import Figure, TableBlock

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.exchange.federation import Federation

RATE = {"nature": "taux", "unite": "%", "decimales": "1", "libelle": "Part aidée"}
JOINED = {"liaisons": "2014→2016", "ruptures": ""}


def dated(who: str, values: dict[str, dict[str, float]]) -> list[tuple[Any, ...]]:
    return [
        ("q", site, who, period, value, "observé")
        for period, found in values.items()
        for site, value in found.items()
    ]


@pytest.fixture
def sites(tmp_path: Path) -> Federation:
    """Return two members: one has two dates of three sites, the other one site and one date more."""
    first = {"2014": {"Q1": 10.0, "Q2": 20.0, "Q3": 31.0}, "2016": {"Q1": 12.0, "Q2": 22.0}}
    other = {"2016": {"Q3": 33.3}}
    definitions = {"part": {**RATE, **JOINED}}
    return obs.federate(
        [
            package(tmp_path / "a", dated("part", first), definitions=definitions, title="Caf"),
            package(tmp_path / "b", dated("part", other), definitions=definitions, title="Ville"),
        ]
    )


def words(sheet: Any) -> list[str]:
    grid = next(block for block in sheet.page.blocks if isinstance(block, TableBlock))
    (row,) = [row for row in grid.rows if row.kind == "item"]
    return [cell.text for cell in row.cells]


def test_a_site_stands_among_the_others_and_has_what_it_was(sites: Federation) -> None:
    assert words(sites.profile("q1")) == [
        *("12,0", "2016", "de 12,0 à 33,3 (3 sites)", "10,0 en 2014")
    ]


def test_a_date_that_another_member_answers_is_no_earlier_date(sites: Federation) -> None:
    *_, before = words(sites.profile("Q3"))
    assert before == "—"


def test_a_count_is_not_set_among_others(tmp_path: Path) -> None:
    rows = [("q", f"Q{k}", "cas", "2016", 10.0 * k, "observé") for k in range(1, 5)]
    f = obs.federate([package(tmp_path / "a", rows)])
    assert words(f.profile("Q2"))[2] == "—"


def test_an_unknown_site_is_refused_with_the_nearest(sites: Federation) -> None:
    with pytest.raises(UnknownNameError, match="Q1"):
        sites.profile("Q9")


def test_dates_are_drawn_side_by_side_and_no_change_is_judged(sites: Federation) -> None:
    sheet = sites.panel(kind="evolution")
    (figure,) = [block for block in sheet.page.blocks if isinstance(block, Figure)]
    assert figure.title == "Part aidée (%), 2014 à 2016"
    assert "10,0" in figure.svg
    assert "12,0" in figure.svg
    assert "31,0" not in figure.svg  # another member's date
    assert not re.search("hausse|baisse|verdict", figure.svg + str(figure.notes))


def test_each_kind_of_panel_is_drawn(sites: Federation) -> None:
    for kind in ("tartan", "compare"):
        assert sites.panel(kind=kind).page.blocks
    with pytest.raises(UnknownNameError, match="tartan"):
        sites.panel(kind="tartans")  # type: ignore[arg-type]


def test_the_atlas_holds_every_date(sites: Federation, tmp_path: Path) -> None:
    page = sites.atlas(tmp_path / "atlas.html").read_text("utf-8")
    data = page[page.index('type="application/json"') :]
    assert '"2014"' in data
    assert '"2016"' in data
    assert "33.3" in data
    with pytest.raises(FormatError, match="pdf"):
        sites.atlas(tmp_path / "atlas.pdf")


def test_headings_and_zonings_are_called_as_packages_say(tmp_path: Path) -> None:
    about = {
        "format": 2,
        "zonages": {"q": "Quartiers"},
        "thematiques": {"emploi": "Emploi, insertion"},
    }
    f = obs.federate([package(tmp_path / "a", observatoire=about)])
    sheet = f.panel("emploi")
    assert (sheet.page.title, sheet.page.subtitle) == ("Emploi, insertion", "Quartiers")
    assert "Quartiers" in f.inventory_page().html


def test_a_descriptor_that_names_nothing_leaves_codes(tmp_path: Path) -> None:
    about = {"format": 2, "zonages": ["q"], "thematiques": 3}
    f = obs.federate([package(tmp_path / "a", observatoire=about)])
    assert f.panel("emploi").page.title == "Emploi"


def test_the_annex_says_all_in_four_forms(sites: Federation, tmp_path: Path) -> None:
    paths = [tmp_path / f"annexe.{suffix}" for suffix in ("html", "pdf", "docx", "xlsx")]
    assert sites.annex(paths, title="Nos sites") == paths
    page = paths[0].read_text("utf-8")
    for heading in (
        "Nos sites",
        "Qui observe quoi",
        "Ce qui se compare",
        "L’évolution des sites",
        "Caf",
        "Ville",
    ):
        assert heading in page
    assert paths[1].read_bytes().startswith(b"%PDF")
    for path in paths[2:]:
        assert zipfile.is_zipfile(path)


def test_the_annex_of_a_federation_file_bears_its_title(tmp_path: Path) -> None:
    package(tmp_path / "a")
    (tmp_path / "federation.toml").write_text(
        'title = "Martinique"\n[[members]]\nplace = "a"\n', "utf-8"
    )
    with_title = obs.federate(tmp_path / "federation.toml")
    assert "Martinique" in with_title.annex(tmp_path / "x.html").read_text("utf-8")


def test_what_packages_give_away_together_is_nowhere_in_the_annex(tmp_path: Path) -> None:
    """One hides 7.25 people, the other prints it: no page does, nor how it would be found."""
    definitions = {"cas": {"decimales": "2"}}
    hidden = [
        ("q", "Q1", "cas", "2016", None, "secret"),
        ("q", "Q2", "cas", "2016", 40.0, "observé"),
    ]
    shown = [
        ("q", "Q1", "cas", "2016", 7.25, "observé"),
        ("q", "Q2", "cas", "2016", 41.0, "observé"),
    ]
    f = obs.federate(
        [
            package(
                tmp_path / "a", hidden, definitions=definitions, thresholds={("cas", "2016"): 11.0}
            ),
            package(tmp_path / "b", shown, definitions=definitions),
        ]
    )
    assert len(f.audit()) == 1
    paths = f.annex([tmp_path / "x.html", tmp_path / "x.xlsx", tmp_path / "x.docx"])
    assert isinstance(paths, list)
    pages = [paths[0].read_text("utf-8")]
    for path in paths[1:]:
        with zipfile.ZipFile(path) as archive:
            pages += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    for page in pages:
        assert not re.search("7[,.]25", page)
    assert "1 effectif" in pages[0].replace("\u00a0", " ")
    assert f.atlas(tmp_path / "atlas.html").read_text("utf-8").count("7.25") == 0


def test_a_name_that_nothing_can_print_harms_no_form(tmp_path: Path) -> None:
    """Controls and halves of characters, as a stranger's descriptor may hold them."""
    f = obs.federate([package(tmp_path / "a", title="Ville\x00\x01 \ud800" + "x" * 1_000_000)])
    assert len(f.titles["a"]) == 200
    for form in ("html", "docx", "xlsx", "pdf"):
        assert f.annex(tmp_path / f"annexe.{form}").exists()


def test_a_character_that_no_font_has_is_said(tmp_path: Path) -> None:
    f = obs.federate([package(tmp_path / "a", title="Ville \U0010fffd")])
    with pytest.raises(FormatError, match=r"u\{10fffd\}"):
        f.panel().save(tmp_path / "page.pdf")

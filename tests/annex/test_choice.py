"""What an annex is asked for: its file, its keywords, its logo, and what changed since."""

from __future__ import annotations

import io
import re
from pathlib import Path

import demo
import pandas as pd
import pytest
from evaluation_workspace import loaded_workspace
from maps_made import plain
from PIL import Image

import observatoire as obs
from observatoire.annex.choice import read_choice
from observatoire.annex.logo import logo_figure
from observatoire.annex.revisions import revisions
from observatoire.annex.workbook import sheet_name
from observatoire.errors import DescriptorError, FileError, UnknownNameError
from observatoire.exchange.publication.figures import published_figures


def test_a_keyword_wins_over_the_file_and_one_place_over_another(tmp_path: Path) -> None:
    (tmp_path / "annex.toml").write_text(
        'title = "T"\ncommune = "Le Lamentin"\nlength = "long"\n', "utf-8"
    )
    kept = read_choice(tmp_path, quartier="Dillon", title="")
    assert (kept.title, kept.commune, kept.quartier, kept.length) == ("T", "", "Dillon", "long")
    with pytest.raises(UnknownNameError, match="bilan"):
        read_choice(tmp_path, stage="bilans")
    (tmp_path / "annex.toml").write_text('titel = "T"\n', "utf-8")
    with pytest.raises(DescriptorError, match="title"):
        read_choice(tmp_path)


@pytest.mark.parametrize(
    "asked",
    [
        {"commune": "Le Lamantin"},
        {"quartier": "Dilon"},
        {"theme": "habitats"},
        {"perimeter": "Intégrations"},
    ],
)
def test_a_place_that_does_not_exist_is_refused_with_the_nearest(
    asked: dict[str, str], tmp_path: Path
) -> None:
    with pytest.raises(UnknownNameError, match=r"Le Lamentin|Dillon|habitat|Intégration"):
        demo.demo().annex(tmp_path / "a.html", **asked)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_two_parts_of_the_territory_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="une partie du territoire à la fois"):
        demo.demo().annex(tmp_path / "a.html", commune="Le Lamentin", quartier="Dillon")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["Dillon", "Palmiste", "Pont de Chaînes"])
def test_one_quartier_alone_has_its_annex(name: str, tmp_path: Path) -> None:
    written = demo.demo().annex(tmp_path / "a.html", quartier=name)
    text = written.read_text("utf-8")
    assert f"({name})" in text
    assert "Les chiffres des thématiques" in text


def test_a_commune_has_its_quartiers_alone() -> None:
    o = demo.demo()
    choice = read_choice(Path("/nowhere"), commune="Le Lamentin")
    scope = o._scope(choice)
    table = scope.table(demo.annex_sheet().table, o.catalogue)
    assert {code[:3] for code in table.main["territory"]} == {"LAM"}
    assert "Fort-de-France" not in set(table.compared["name"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://a.example/b.png"/></svg>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg " + b"x" * 5_000_001,
    ],
)
def test_a_logo_that_is_no_picture_or_is_hostile_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "logo.svg"
    path.write_bytes(content)
    with pytest.raises(FileError, match="logo"):
        logo_figure(path)


def test_a_logo_leaves_without_what_its_file_hides(tmp_path: Path) -> None:
    content = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(content, "PNG")
    path = tmp_path / "logo.png"
    path.write_bytes(content.getvalue() + b"SECRET")
    assert "U0VDUkVU" not in logo_figure(path).svg
    path.write_bytes(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0L9 9" stroke="red"/></svg>'
    )
    assert "data:image/png;base64," in logo_figure(path).svg


def test_what_was_revised_added_and_withdrawn_is_said_with_its_reason() -> None:
    table = demo.annex_sheet().table
    then = published_figures(table.df)
    assert revisions([table], then, "avant").df.empty
    known = then.index[then["statut"] == "agrégé"]
    then.loc[known[0], "valeur"] += 5
    dropped = then.loc[known[1]]
    extra = then.loc[[known[2]]].assign(indicateur="disparu")
    then = pd.concat([then.drop(index=known[1]), extra], ignore_index=True)
    found = revisions([table], then, "avant").df
    assert sorted(found["change"]) == ["ajouté", "retiré", "révisé"]
    assert (found["why"] != "").all()
    withdrawn = found[found["change"] == "retiré"].iloc[0]
    assert withdrawn["before"] == "non redit"  # who had it withdrawn would read it again
    added = found[found["change"] == "ajouté"].iloc[0]
    kind = "" if dropped["zonage"] == table.zoning else f" ({dropped['zonage']})"
    assert added["territory"] == f"{dropped['nom']}{kind}"


def test_what_changed_is_of_the_part_asked_for_and_of_each_period(tmp_path: Path) -> None:
    root = loaded_workspace(tmp_path / "suivi")
    with obs.open(root) as o:
        former = o.publish(tmp_path / "paquet")
        figures = next(root.rglob("chiffres.csv"))
        text = figures.read_text("utf-8")
        for was, now in (("FDF01;taux;2007;30", "31"), ("FDF02;taux;2012;18", "17")):
            assert was in text
            text = text.replace(was, was.rpartition(";")[0] + ";" + now)
        figures.write_text(text, "utf-8")
        o.load(figures.parent)

        written = o.annex(tmp_path / "a.html", since=former, quartier="Centre-ville")
    text = written.read_text("utf-8")
    text = plain(re.sub("<[^>]+>", " ", text[text.rindex("Ce qui a changé depuis") :]))
    said = " ".join(text[:600].split())
    assert "1 chiffre révisé, 0 chiffre ajouté, 0 chiffre retiré." in said
    assert "Taux planté Centre-ville 2007 30,0 31,0" in said


def test_bounds_that_one_publication_leaves_out_are_no_revision() -> None:
    """Bounds that nothing separates are the figure of a bounded cell: a package gives them too."""
    table = demo.annex_sheet().table
    bounded = table.df[table.df["status"] == "bounded"]
    assert len(bounded)
    assert bounded[["low", "high"]].notna().any(axis=1).all()


def test_a_source_that_was_not_there_is_named() -> None:
    table = demo.annex_sheet().table
    then = published_figures(table.df)
    source = then.loc[then["statut"] == "observé", "source"].iloc[-1]
    found = revisions([table], then[then["source"] != source], "avant").df
    assert (found.loc[found["change"] == "ajouté", "why"].str.contains("ajouté")).all()
    assert (
        found["why"].str.startswith("source ajoutée").any()
        or (found["why"] == "indicateur ajouté").all()
    )


def test_figures_never_published_are_counted_and_not_printed() -> None:
    table = demo.annex_sheet().table
    then = published_figures(table.df).assign(tu=True)
    place = then.index[then["statut"] == "agrégé"][0]
    then.loc[place, "valeur"] += 5
    (row,) = revisions([table], then, "avant").df.to_dict("records")
    assert row["before"] == "non publié"


def test_names_of_sheets_fit() -> None:
    assert all(len(sheet_name(name)) <= 31 for name in ("a" * 50, "b c " * 20, "[x]:*?/"))

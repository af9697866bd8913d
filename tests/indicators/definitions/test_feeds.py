"""Indicators that name families of files: any loaded file of the family feeds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attacker import CATALOGUE as CATALOGUE_OF_AIDES
from attacker import SOURCE, write, write_source
from built_workspace import plain, says

import observatoire as obs
from observatoire.errors import DescriptorError, DuplicateKeyError

if TYPE_CHECKING:
    from pathlib import Path

    from built_workspace import Place

CATALOGUE = """\
[themes.t]
label = "Thème"

[indicators.jeunes]
label = "Enfants"
theme = "t"
nature = "count"
definition = "x"
universe = "x"
numerator = ["base-ic:POP0014"]

[indicators.part_hlm]
label = "Part de HLM"
theme = "t"
nature = "rate"
unit = "%"
definition = "x"
universe = "x"
numerator = ["base-ic:RP_LOCHLMV"]
denominator = ["base-ic:RP"]
"""

IRIS = ("972090101", "972090102", "972090103", "972130101")


def census(year: str, *values: float, column: str = "POP0014") -> str:
    rows = "".join(f"{code};x;{value}\n" for code, value in zip(IRIS, values, strict=True))
    return f"IRIS;LIBIRIS;P{year}_{column}\n{rows}"


@pytest.fixture
def town(place: Place) -> Place:
    (place.folder / "source.toml").unlink()
    place.write("indicators.toml", CATALOGUE)
    return place


def test_two_vintages_in_any_folder_make_a_series(town: Place) -> None:
    with obs.open(town.root) as o:
        old = o.load(town.write("recu/2010/rp2010.csv", census("10", 1, 2, 3, 4)))
        new = o.load(town.write("ailleurs/un nom.csv", census("16", 10, 20, 30, 40)))
        assert "Alimente 1 indicateur du catalogue (2010) : « Enfants »." in plain(old)
        assert "« Part de HLM » (P16_RP_LOCHLMV et P16_RP)" in plain(new)
        listed = o.indicators().set_index("indicator")
        assert listed.loc["jeunes", ["periods", "sources", "lacking"]].tolist() == [
            "2010, 2016", "rp2010, un-nom", "",
        ]  # fmt: skip
        assert listed.loc["part_hlm", "lacking"] == "famille base-ic (P##_RP_LOCHLMV, P##_RP)"
        for period, value in (("2010", 3), ("2016", 30)):
            cells = o.table("jeunes", period=period).df.set_index("territory")
            assert cells.loc["Q1", "value"] == value
        assert "2010" in str(o.trend("jeunes", 2010, 2016).df["start"].tolist())


def test_two_figures_of_one_quantity_are_refused_and_rounding_is_none(town: Place) -> None:
    with obs.open(town.root) as o:
        o.load(town.write("a.csv", census("16", 10, 20, 30, 40)))
        o.load(town.write("arrondi.csv", census("16", 10.4, 19.6, 30, 40)))
        with pytest.raises(DuplicateKeyError) as caught:
            o.load(town.write("b.csv", census("16", 10, 25, 30, 40)))
        says(
            caught.value,
            "« b.csv »",
            "P16_POP0014 (2016)",
            "972090102",
            "25",
            "20",
            "rien n’a été chargé",
        )
        assert "b" not in set(o.sources()["source"])
        # Another quantity of another family is nobody's business.
        o.load(town.write("c.csv", census("16", 1, 2, 3, 4, column="RP")))


def test_a_source_of_ones_own_may_be_of_a_family(town: Place) -> None:
    town.write("data/raw/src/source.toml", """\
family = "suivi"
title = "Suivi"
producer = "Ville"
licence = "x"
zoning = "iris-2016"

[[files]]
name = "population.csv"
territory = "IRIS"
period = "2016"
ignored = ["LIBIRIS", "TAUX"]

[variables.POP]
label = "Population"
nature = "count"
""")  # fmt: skip
    town.replace("indicators.toml", "base-ic:POP0014", "suivi:POP")
    with obs.open(town.root) as o:  # declared, not loaded yet
        assert (
            o.indicators().set_index("indicator").loc["jeunes", "lacking"] == "famille suivi (POP)"
        )
        o.load(town.folder)
        assert o.table("jeunes").df.set_index("territory").loc["Q1", "value"] == 3234


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("bas-ic:POP0014", "base-ic"), ("rpls:nbLsPlus", "rpls")],
)
def test_an_unknown_family_or_column_is_refused(town: Place, wrong: str, said: str) -> None:
    town.replace("indicators.toml", "base-ic:POP0014", wrong.replace("nbLsPlus", "zz"))
    with obs.open(town.root) as o, pytest.raises(DescriptorError) as caught:
        o.indicators()
    says(caught.value, "jeunes", said)


def test_a_partner_s_table_is_offered_blocks_whose_theme_is_never_guessed(town: Place) -> None:
    text = (
        "Quartier;Jeunes;Taux de suivi (%)\n"
        "Centre et Terres;10;12,5\nFour à Chaux;20;30,5\nPlace d’Armes;30;40,5\n"
    )
    path = town.write("suivi-2023.csv", text)
    with obs.open(town.root) as o:
        assert any("N’alimente encore aucun indicateur" in one for one in o.load(path).notices)
        written = o.preview(path).write()
        blocks = (written.parent / "indicateurs-a-completer.toml").read_text("utf-8")
    assert 'theme = "…"  # à choisir : t' in blocks
    assert "[indicators.jeunes_2]" in blocks, "the catalogue has « jeunes »"
    assert 'label = "Taux de suivi"' in blocks, "pages print the unit after it"
    town.write("indicators.toml", CATALOGUE + blocks)
    with obs.open(town.root) as o, pytest.raises(DescriptorError) as caught:
        o.indicators()
    assert "Valeurs possibles : t" in plain(caught.value)
    town.write("indicators.toml", CATALOGUE + blocks.replace('theme = "…"', 'theme = "t"'))
    with obs.open(town.root) as o:
        o.load(written.parent)
        assert len(o.indicators()) == 4


@pytest.mark.parametrize("zoning", ["iris-2016", "commune-2016"])
def test_of_two_sources_that_give_the_same_the_one_that_is_read_is_named(
    tmp_path: Path, zoning: str
) -> None:
    """Nothing is said where each gives it of its own zoning."""
    sources = 'sources = ["seconde", "aides"]'
    catalogue = CATALOGUE_OF_AIDES.replace('sources = ["aides"]', sources)
    write(tmp_path, ["iris-2016;i1;2016;aidA;40"], catalogue=catalogue)
    place = "i1" if zoning == "iris-2016" else "c1"
    write_source(tmp_path, "seconde", [f"{zoning};{place};2016;aidA;40"], SOURCE)
    with obs.open(tmp_path) as o:
        said = {report.source: " ".join(report.notices) for report in o.load()}
    for words in said.values():
        assert ("« Part » lisent « seconde », nommée la première" in words) == (
            zoning == "iris-2016"
        )

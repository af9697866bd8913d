"""The catalogue: what it holds, and what it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import demo
import oracle
import pytest

from observatoire.errors import DescriptorError, UnknownNameError
from observatoire.indicators.definitions.catalogue import Catalogue, read_catalogue
from observatoire.indicators.definitions.feeds import check_variables, resolved
from observatoire.sources.families.family import read_families
from observatoire.sources.inference.draft import unstated_natures
from observatoire.values import Nature

if TYPE_CHECKING:
    from pathlib import Path

THEMES = ["population", "emploi", "education", "habitat", "sante", "citoyennete"]

GOOD = {
    "label": '"Part des maisons"',
    "theme": '"habitat"',
    "nature": '"rate"',
    "unit": '"%"',
    "definition": '"Maisons sur logements."',
    "universe": '"Logements"',
    "sources": '["s"]',
    "numerator": '["PYY_MAISON"]',
    "denominator": '["PYY_LOG"]',
}

DECLARED = {
    "s": {
        "P16_MAISON": Nature.COUNT,
        "P16_LOG": Nature.COUNT,
        "taux": Nature.RATE,
        "revenu": Nature.MEDIAN,
        "euros": Nature.AMOUNT,
    }
}


def written(folder: Path, **changes: str | None) -> Path:
    lines = {key: value for key, value in (GOOD | changes).items() if value is not None}
    body = "\n".join(f"{key} = {value}" for key, value in lines.items())
    path = folder / "indicators.toml"
    path.write_text(
        f'[themes.habitat]\nlabel = "Habitat"\n\n[indicators.part_maisons]\n{body}\n',
        encoding="utf-8",
    )
    return path


def checked(folder: Path, **changes: str | None) -> Catalogue:
    path = written(folder, **changes)
    catalogue = read_catalogue(path)
    check_variables(catalogue, DECLARED, path)
    return catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return resolved(read_catalogue(oracle.ROOT / "indicators.toml"), {}, read_families(), {})


def test_six_headings_have_what_is_published_and_what_is_to_ask(catalogue: Catalogue) -> None:
    assert list(catalogue.themes) == THEMES
    assert len(list(catalogue)) >= 200
    for theme in THEMES:
        given = [one for one in catalogue.of_theme(theme) if not one.expected]
        assert len(given) >= 20, theme


def test_each_indicator_says_what_it_is(catalogue: Catalogue) -> None:
    for one in catalogue:
        for text in (one.label, one.short, one.definition, one.universe):
            assert text.strip(), one.code
            assert "'" not in text, one.code
            assert '"' not in text, one.code
        assert one.polarity_label
        assert one.sources or one.families
        assert one.unit or one.nature is Nature.INDEX, one.code
        assert 0 <= one.decimals <= 3
        assert len(one.short) <= 32, one.short


def test_labels_are_told_apart(catalogue: Catalogue) -> None:
    labels = [one.label for one in catalogue]
    assert len(set(labels)) == len(labels)


def test_headings_name_whom_to_ask(catalogue: Catalogue) -> None:
    assert all(theme.ask and theme.label and theme.lead for theme in catalogue.themes.values())
    assert all(one.ask for one in catalogue if one.expected)


def test_rates_take_both_counts_from_one_exploitation(catalogue: Catalogue) -> None:
    for one in catalogue:
        if one.denominator and not one.expected:
            names = (*one.numerator, *one.denominator)
            # PYY_ and CYY_ tell the exploitation; other producers’ names tell none.
            assert len({name[:4] if name[1:4] == "YY_" else "" for name in names}) == 1, one.code


def test_rates_and_denominators_agree_with_the_oracle(catalogue: Catalogue) -> None:
    for code, (top, base) in oracle.RATES.items():
        assert set(catalogue.get(code).at(catalogue.get(code).numerator, "2016")) == set(top)
        assert set(catalogue.get(code).at(catalogue.get(code).denominator, "2016")) == set(base)


def test_polarity_of_what_has_one(catalogue: Catalogue) -> None:
    assert catalogue.get("taux_pauvrete").polarity == "lower_is_better"
    assert catalogue.get("taux_chomage").polarity == "lower_is_better"
    assert catalogue.get("part_bac_plus_2").polarity == "higher_is_better"
    assert catalogue.get("population").polarity == "neutral"


def test_a_good_one_is_read(tmp_path: Path) -> None:
    one = checked(tmp_path).get("part_maisons")
    assert one.variables("2016") == ("P16_MAISON", "P16_LOG")
    assert one.factor == 100
    assert one.polarity == "neutral"
    assert one.short == one.label


def test_a_universe_left_as_drafted_is_not_printed_as_a_chore(tmp_path: Path) -> None:
    one = checked(tmp_path, universe='"À préciser"').get("part_maisons")
    assert one.universe == "non précisé"


def test_a_caution_on_a_variable_goes_with_that_variable(tmp_path: Path) -> None:
    one = checked(tmp_path).get("part_maisons")
    own, other = unstated_natures({"PYY_LOG": "nature à vérifier", "PYY_RP": "nature à vérifier"})
    assert (one.heeds(own), one.heeds(other)) == (True, False)
    assert one.heeds("Effectifs arrondis à cinq."), "what is said of a whole source goes with all"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"polarty": '"neutral"'}, "polarity"),
        ({"numerateur": '["x"]'}, "numerator"),
        ({"theme": '"habitta"'}, "habitat"),
        ({"nature": '"ratio"'}, "rate"),
        ({"polarity": '"bas"'}, "lower_is_better"),
        ({"label": None}, "label"),
        ({"definition": None}, "definition"),
        ({"universe": None}, "universe"),
        ({"sources": None}, "source"),
        ({"denominator": None}, "dénominateur"),
        ({"numerator": None, "denominator": None}, "numerator"),
        ({"variable": '"taux"'}, "numerator"),
        ({"nature": '"count"'}, "rapport"),
        ({"nature": '"median"'}, "rapport"),
        ({"nature": '"median"', "denominator": None}, "median|médiane"),
        ({"nature": '"index"', "denominator": None}, "index|indice"),
        (
            {"nature": '"count"', "numerator": None, "denominator": None, "variable": '"P16_LOG"'},
            "numerator",
        ),
        ({"numerator": None, "variable": '"taux"'}, "tout calculé"),
        ({"decimals": '"un"'}, "decimals"),
        ({"decimals": "-1"}, "decimals"),
        ({"sources": "[]"}, "source"),
    ],
)
def test_what_cannot_be_computed_is_refused(
    tmp_path: Path, changes: dict[str, str | None], said: str
) -> None:
    with pytest.raises(DescriptorError, match=said) as caught:
        checked(tmp_path, **changes)
    assert "indicators.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"numerator": '["PYY_MAISONS"]'}, "PYY_MAISONS"),
        ({"denominator": '["LOG"]'}, "expected = true"),
        ({"numerator": '["taux"]'}, "n’est pas un effectif"),
        ({"denominator": '["revenu"]'}, "n’est pas un effectif"),
        ({"numerator": None, "denominator": None, "variable": '"revenus"'}, "revenu"),
        ({"numerator": None, "denominator": None, "variable": '"revenu"'}, "médiane"),
        ({"numerator": None, "denominator": None, "variable": '"P16_LOG"'}, "effectif"),
        (
            {
                "nature": '"median"',
                "numerator": None,
                "denominator": None,
                "variable": '"taux"',
            },
            "taux",
        ),
    ],
)
def test_variables_must_be_declared_and_fit(
    tmp_path: Path, changes: dict[str, str | None], said: str
) -> None:
    with pytest.raises(DescriptorError, match=re.escape(said)):
        checked(tmp_path, **changes)


def test_amounts_add_up_like_counts(tmp_path: Path) -> None:
    one = checked(tmp_path, numerator='["euros"]', unit='"euros par logement"').get("part_maisons")
    assert one.factor == 1


def test_an_expected_indicator_waits_for_its_data(tmp_path: Path) -> None:
    assert checked(tmp_path, numerator='["DEMAIN"]', expected="true").get("part_maisons").expected


def test_a_source_not_loaded_is_not_checked(tmp_path: Path) -> None:
    assert checked(tmp_path, sources='["autre"]', numerator='["X"]')


def test_a_theme_names_only_indicators_there_are(tmp_path: Path) -> None:
    path = written(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"Habitat"\n', '"Habitat"\nmaps = ["part_maison"]\n'), "utf-8")
    with pytest.raises(DescriptorError, match="part_maisons"):
        read_catalogue(path)


def test_unknown_names_give_the_nearest(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownNameError, match="part_hlm"):
        catalogue.get("part_hml")
    with pytest.raises(UnknownNameError, match="habitat"):
        catalogue.theme("habitta")


def test_a_catalogue_without_themes_says_where_to_write_some(tmp_path: Path) -> None:
    path = tmp_path / "indicators.toml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(UnknownNameError, match=r"\[themes\.habitat\]"):
        read_catalogue(path).theme("habitat")


@pytest.mark.parametrize(("nature", "decimals"), [("count", 0), ("amount", 0), ("rate", 1)])
def test_what_adds_up_is_whole_unless_told(tmp_path: Path, nature: str, decimals: int) -> None:
    below = {} if nature == "rate" else {"denominator": None}
    made = read_catalogue(written(tmp_path, nature=f'"{nature}"', **below))
    assert made.get("part_maisons").decimals == decimals
    declared = read_catalogue(written(tmp_path, nature=f'"{nature}"', decimals="2", **below))
    assert declared.get("part_maisons").decimals == 2


def test_a_count_is_named_by_what_it_counts() -> None:
    """Houses and flats are not all main homes: homes for the old and huts are left out."""
    listed = demo.demo().indicators()
    listed = listed.set_index("code" if "code" in listed else "indicator")
    row = listed.loc["residences_principales"]
    assert row["label"].startswith("Maisons et appartements")
    assert "Résidences principales" not in set(listed["label"])

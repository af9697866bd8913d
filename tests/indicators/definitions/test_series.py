"""Series and breaks: what is refused, by which break, according to whom; what columns are read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from built_workspace import says

import observatoire as obs
from observatoire.errors import DescriptorError, SeriesError, UnknownNameError
from observatoire.indicators.definitions.catalogue import Indicator, read_catalogue
from observatoire.indicators.definitions.series import in_order, read_series
from observatoire.values import Nature

if TYPE_CHECKING:
    from pathlib import Path

    from built_workspace import Place

BOOK = read_series()


def indicator(code: str = "i", **changes: object) -> Indicator:
    made = Indicator(
        code, "Un taux", "Taux", "t", Nature.RATE, "%", 1, "neutral", "", "", ("insee-rp2016",),
        numerator=("PYY_A",), denominator=("PYY_B",),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


DIPLOMA = indicator(numerator=("PYY_NSCOL15P_DIPLMIN",), denominator=("PYY_NSCOL15P",))
FOLLOWER = indicator(spans=BOOK.series["sans_diplome"].spans)
LONE = indicator(numerator=(), denominator=(), variable="tx_tot_fam_mono")
POVERTY = indicator(sources=("filosofi-disponible",), numerator=(), denominator=(), variable="tp")
DIRECT = indicator(sources=("revenus",), numerator=(), denominator=(), variable="DISP_TP60YY")
GRID = indicator(sources=("insee-carroyage-200m",), numerator=(), denominator=(), variable="x")


@pytest.mark.parametrize(
    ("one", "start", "end", "said"),
    [
        (DIPLOMA, "2010", "2016", ("2013", "diplômes", "Insee, dictionnaires")),
        (LONE, "2010", "2016", ("2011", "par ménage en 2010", "Insee")),
        (
            indicator(numerator=(), denominator=(), variable="TX_TOT_FAM_MONO"),
            *("2010", "2021", ("2011", "par ménage en 2010")),
        ),
        # From 2017 the certificate has a column of its own: DIPLMIN alone is no longer the same.
        (DIPLOMA, "2013", "2018", ("2017", "Sans diplôme", 'series = "sans_diplome"')),
        (FOLLOWER, "2010", "2016", ("2013", "diplômes")),
        (
            indicator(sources=("f",), numerator=(), denominator=(), variable="tp60_aYY"),
            *("2018", "2021", ("2019", "géolocalisation")),
        ),
        (POVERTY, "2016", "2019", ("2019", "géolocalisation", "Filosofi")),
        # What forbids every pair is said of a pair that a dated break crosses too.
        (replace(DIRECT, variable="DISP_GIYY"), "2014", "2019", ("bruit propre", "pas mesuré")),
        (POVERTY, "2019", "2021", ("2020", "crise sanitaire")),
        (POVERTY, "2014", "2015", ("consécutifs",)),
        (DIRECT, "2014", "2015", ("consécutifs",)),  # a file loaded without a source.toml
        (DIRECT, "2016", "2019", ("2019", "géolocalisation")),
        (GRID, "2015", "2019", ("carreaux",)),
        (indicator(), "2012", "2016", ("moins de cinq ans", "échantillons se recouvrent")),
    ],
)
def test_a_break_is_named_with_its_source(
    one: Indicator, start: str, end: str, said: tuple[str, ...]
) -> None:
    with pytest.raises(SeriesError) as refused:
        BOOK.check(one, start, end)
    for part in (*said, one.label, start, end):
        assert part in str(refused.value)
    assert refused.value.remedy
    assert refused.value.data == {"indicator": "i", "start": start, "end": end}


@pytest.mark.parametrize(
    ("one", "start", "end"),
    [
        (indicator(), "2011", "2016"),
        (FOLLOWER, "2013", "2018"),
        (DIPLOMA, "2006", "2011"),
        (POVERTY, "2014", "2016"),
        (indicator(sources=("caf",)), "2015", "2016"),
    ],
)
def test_one_side_of_the_breaks_may_be_compared(one: Indicator, start: str, end: str) -> None:
    BOOK.check(one, start, end)
    assert BOOK.refusal(one, start, end) == ""


@pytest.mark.parametrize(
    ("start", "end"),
    [("2014", "2016-T4"), ("2014-T4", "2015"), ("2014-03", "2015-T1"), ("2010-2015", "2015-2016")],
)
def test_periods_that_do_not_last_as_long_are_not_compared(start: str, end: str) -> None:
    one = indicator(sources=("f",), numerator=(), denominator=(), variable="x")
    assert BOOK.refusal(one, start, end) == f"{start} et {end} n’ont pas la même durée."
    same = {"2016-T4": "2014-T4", "2015": "2014", "2015-T1": "2014-T1", "2015-2016": "2014-2015"}
    assert BOOK.refusal(one, same[end], end) == ""


def test_a_series_reads_the_columns_of_each_vintage(tmp_path: Path) -> None:
    path = tmp_path / "indicators.toml"
    path.write_text(
        '[themes.t]\nlabel = "T"\n[indicators.d]\nlabel = "Sans diplôme"\ntheme = "t"\n'
        'nature = "rate"\nunit = "%"\ndefinition = "d"\nuniverse = "u"\nsources = ["rp"]\n'
        'series = "sans_diplome"\n',
        "utf-8",
    )
    spans = {code: one.spans for code, one in BOOK.series.items()}
    found = read_catalogue(path, spans).get("d")
    assert found.variables("2010") == (
        "P10_NSCOL15P_DIPL0", "P10_NSCOL15P_CEP", "P10_NSCOL15P_BEPC", "P10_NSCOL15P",
    )  # fmt: skip
    assert found.variables("2015") == ("P15_NSCOL15P_DIPLMIN", "P15_NSCOL15P")
    assert found.of("2018").numerator == ("PYY_NSCOL15P_DIPLMIN", "PYY_NSCOL15P_BEPC")
    with pytest.raises(DescriptorError, match="aucune série"):
        read_catalogue(path, {})
    path.write_text(path.read_text("utf-8") + 'numerator = ["A"]\n', "utf-8")
    with pytest.raises(DescriptorError, match="déjà les colonnes"):
        read_catalogue(path, spans)


SPAN = '{ from = "2006", to = "2012", numerator = ["A"], denominator = ["B"] }'


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[series.a]\nlabel = "A"\n', "aucune période"),
        (f'[series.a]\nlabel = "A"\nspans = [{SPAN}, {SPAN}]\n', "avant la fin"),
        (
            '[series.a]\nlabel = "A"\nspans = [{ from = "2012", to = "2006", variable = "x" }]\n',
            "avant",
        ),
        (
            '[series.a]\nlabel = "A"\nspans = [{ from = "06", to = "2006", variable = "x" }]\n',
            "période",
        ),
        ('[series.a]\nlabel = "A"\nspans = [{ from = "2005", to = "2006" }]\n', "numerator"),
        ('[[breaks]]\nat = "2013"\nwhat = "x"\nsource = "y"\n', "touche"),
        ('[[breaks]]\nwhat = "x"\nsource = "y"\nsources = ["a"]\n', "at"),
        ('[[breaks]]\nat = "treize"\nwhat = "x"\nsource = "y"\nsources = ["a"]\n', "période"),
        (
            '[[breaks]]\nat = "2013"\nevery = true\nwhat = "x"\nsource = "y"\nsources = ["a"]\n',
            "every",
        ),
        ('[[breaks]]\nat = "2013"\nwhat = "x"\nsources = ["a"]\n', "source"),
        ('[[gaps]]\nyears = 0\nwhat = "x"\nsource = "y"\nsources = ["a"]\n', "années"),
        ("[[gap]]\nyears = 5\n", "gaps"),
    ],
)
def test_a_faulty_file_is_refused(toml: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "series.toml"
    path.write_text(toml, "utf-8")
    with pytest.raises(DescriptorError) as refused:
        read_series(path)
    assert said in str(refused.value)
    assert "series.toml" in str(refused.value)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("2016", "2012", "précéder"), ("2016", "2016", "précéder"), ("16", "2017", "pas une période")],
)
def test_periods_in_order(start: str, end: str, said: str) -> None:
    with pytest.raises(UnknownNameError, match=said):
        in_order(start, end)
    assert in_order("2011", "2016") == ("2011", "2016")


CATALOGUE = """
[themes.t]
label = "Thème"

[indicators.menages]
label = "Ménages"
theme = "t"
nature = "count"
unit = "ménages"
definition = "Ménages."
universe = "Ménages"
sources = ["src"]
numerator = ["POP"]
"""

RULE = """
[[breaks]]
at = "2013"
what = "Le champ a changé"
source = "Insee"
indicators = ["{named}"]
"""


def test_a_break_of_an_indicator_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "series.toml"
    path.write_text(RULE.format(named="part_hml"), "utf-8")
    with pytest.raises(DescriptorError) as refusal:
        read_series(path).check_indicators(["part_hlm", "population"])
    says(refusal.value, "« part_hml »", "Le champ a changé", "« part_hlm »", "series.toml")
    for named in ("part_hlm", "part_*"):
        path.write_text(RULE.format(named=named), "utf-8")
        read_series(path).check_indicators(["part_hlm", "population"])


def test_an_observatory_holds_its_rules_against_its_catalogue(place: Place) -> None:
    toml = place.root / "observatoire.toml"
    named = '[workspace]\nseries = "series.toml"'
    toml.write_text(toml.read_text("utf-8").replace("[workspace]", named), "utf-8")
    place.write("series.toml", RULE.format(named="nulle-part"))
    place.write("indicators.toml", CATALOGUE)
    with obs.open(place.root) as o, pytest.raises(DescriptorError) as refusal:
        o.indicators()
    says(refusal.value, "« nulle-part »")


def test_a_rule_about_a_blank_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "series.toml"
    path.write_text(RULE.format(named=" "), "utf-8")
    with pytest.raises(DescriptorError) as refusal:
        read_series(path)
    says(refusal.value, "un nom vide", "series.toml")

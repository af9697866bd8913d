"""The checks find what is wrong, keep quiet on what is right, and keep the rows that fail."""

from __future__ import annotations

import math
import shutil
import statistics
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from built_workspace import build_place, dump, says
from demo import demo, workspace
from effort import cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import box

import observatoire as obs
from observatoire.errors import DescriptorError, DuplicateKeyError, UnreadableNumberError
from observatoire.indicators.definitions.check_inputs import breaks
from observatoire.indicators.definitions.series import read_series
from observatoire.warehouse import open_warehouse
from observatoire.warehouse.checks import runner as checking
from observatoire.warehouse.checks.definitions import CHECKS_FILE, read_checks
from observatoire.warehouse.checks.runner import (
    TOTAL_COLUMNS,
    CheckInputs,
    kept_findings,
    run_checks,
    with_findings,
)
from observatoire.warehouse.checks.tables import lay_out, statements
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source
from observatoire.warehouse.reports import by_source
from observatoire.warehouse.storage.contents import see_loads
from observatoire.warehouse.storage.grid_cells import cut_cells, shares_left

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from built_workspace import Place

    from observatoire.warehouse import Warehouse
    from observatoire.warehouse.reports import CheckReport

NOTHING = CheckInputs()
IRIS = ("972090101", "972090102", "972090103", "972130101")

COMMUNE_SOURCE = """\
title = "Totaux publiés"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "commune-2016"

[[files]]
name = "totaux.csv"
territory = "COM"
period = "2016"

[variables.TOTAL]
label = "Population publiée"
nature = "count"
unit = "habitants"
"""

SERIES_SOURCE = """\
title = "Suivi"
producer = "Ville"
licence = "Convention"
zoning = "iris-2016"

[[files]]
name = "population.csv"
layout = "long"
territory = "IRIS"
variable_column = "variable"
value_column = "valeur"
period_column = "annee"

[markers]
secret = ["s"]

[variables.POP]
label = "Population"
nature = "count"
unit = "habitants"

[variables.TAUX]
label = "Taux"
nature = "rate"
unit = "%"

[variables.MED]
label = "Revenu médian"
nature = "median"
unit = "euros par an"
"""


def found(place: Place, inputs: CheckInputs = NOTHING, **options: str) -> CheckReport:
    warehouse = place.empty_warehouse()
    for folder in place.workspace.source_folders():
        load_source(warehouse, place.workspace, folder, LoadOptions(**options))
    return run_checks(warehouse, place.workspace, inputs)


def names(report: CheckReport) -> dict[str, int]:
    return report.df.groupby("check").size().to_dict()


def series(place: Place, rows: list[tuple[str, str, str, object]]) -> None:
    place.write("data/raw/src/source.toml", SERIES_SOURCE)
    lines = [";".join(map(str, row)) for row in rows]
    place.csv("\n".join(["IRIS;variable;annee;valeur", *lines, ""]))


def published(place: Place, fort: object, lamentin: object) -> CheckInputs:
    place.write("data/raw/totaux/source.toml", COMMUNE_SOURCE)
    place.write("data/raw/totaux/totaux.csv", f"COM;TOTAL\n97209;{fort}\n97213;{lamentin}\n")
    totals = [("totaux", "TOTAL", "2016", "src", "POP")]
    return CheckInputs(pd.DataFrame(totals, columns=list(TOTAL_COLUMNS)))


# --- honest data --------------------------------------------------------------------------------


def test_honest_figures_raise_nothing(place: Place) -> None:
    report = found(place)
    assert len(report) == 0
    assert "rien à signaler" in str(report)


def test_the_embedded_default_has_no_error_and_no_alert() -> None:
    report = demo().checks()
    assert report.by_level | {"remarque": 0} == {"erreur": 0, "alerte": 0, "remarque": 0}
    # Covid, censuses far apart and revised incomes are jumps; only files of polling stations are partial.
    assert names(report) == {"communes-partielles": 2, "saut": 49}
    assert "9 des 11 IRIS de la commune 97213" in str(report)


def test_a_predicate_finds_nothing_without_a_row_of_the_table_it_needs(tmp_path: Path) -> None:
    """It is then not run: what it found of the other tables would be lost."""
    with obs.open(workspace(tmp_path)) as o:
        cells = cut_cells(o.warehouse, o.workspace)
        declared = checking._given(o.workspace, o._check_inputs(), cells)
        # Whatever the thresholds: each is loosened as far as it goes.
        loose = {"times": 0, "changes": 0, "others": 0, "deviations": -1e9, "rounding": -1e9}
        chosen = {
            check.name: replace(
                check, parameters={k: loose.get(k, v) for k, v in check.parameters.items()}
            )
            for check in read_checks()
        }
        found = {}
        for name, table in checking.NEEDED.items():
            with o.warehouse.transaction():
                lay_out(o.warehouse, declared, list(statements()))
                asked = (chosen[name].sql, chosen[name].parameters or ())
                found[name] = len(o.warehouse.rows(*asked))
                o.warehouse.run(f"DELETE FROM {table}")  # noqa: S608 - our own names
                assert o.warehouse.rows(*asked) == [], name
    assert {name for name, count in found.items() if count} >= {
        "part-depasse-ensemble",
        "somme-communale",
        "serie-decalee",
        "communes-partielles",
    }


def test_no_embedded_figure_is_nothing_everywhere() -> None:
    """A year not yet published, summed, is 0 for the whole of France: it is no figure."""
    asked = (
        "SELECT source, variable, period FROM current_observation WHERE status = 'observed' "
        "GROUP BY ALL HAVING count(*) > 2 AND max(abs(value)) = 0"
    )
    assert demo().warehouse.rows(asked) == []


# --- rates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "wrong"), [("100", False), ("0", False), ("100,1", True), ("16 080", True)]
)
def test_a_rate_is_between_nothing_and_all(place: Place, rate: str, wrong: bool) -> None:  # noqa: FBT001
    place.replace("data/raw/src/population.csv", "27,4", rate)
    report = found(place)
    assert names(report) == ({"taux-hors-bornes": 1} if wrong else {})
    if wrong:
        row = report.errors.iloc[0]
        assert (row["line"], row["territory"], row["variable"]) == (2, "972090101", "TAUX")
        assert row["file"] == "population.csv"
        assert "Centre Ville" in row["message"]
        assert row["value"] == float(rate.replace(",", ".").replace(" ", ""))


@pytest.mark.parametrize(
    ("unit", "rate", "said"),
    [
        ("rapport de 0 à 1", "1,2", "compris entre 0 et 1."),
        ("rapport de 0 à 1", "1", ""),
        ("part", "1,2", "compris entre 0 et 1."),
        ("part", "1", ""),
        ("", "100,1", "compris entre 0 et 100."),
        ("", "100", ""),
        ("pour 1 000", "120", ""),
        ("pour 1 000", "-1", "positif ou nul."),
    ],
)
def test_the_unit_of_a_rate_tells_its_limit(place: Place, unit: str, rate: str, said: str) -> None:
    place.source_toml('unit = "%"', f'unit = "{unit}"')
    place.replace("data/raw/src/population.csv", "27,4", rate)
    report = found(place)
    assert names(report) == ({"taux-hors-bornes": 1} if said else {})
    assert all(message.endswith(said) for message in report.df["message"])


def test_a_negative_rate_is_impossible(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "-3")
    assert names(found(place)) == {"taux-hors-bornes": 1}


@pytest.mark.parametrize(("rate", "wrong"), [("112", False), ("-12,3", False), ("201", True)])
def test_a_share_of_an_income_net_of_taxes_may_be_negative_or_above_all(
    place: Place,
    rate: str,
    wrong: bool,  # noqa: FBT001
) -> None:
    place.source_toml('unit = "%"', 'unit = "%"\nuniverse = "Revenus"')
    place.replace("data/raw/src/population.csv", "27,4", rate)
    assert names(found(place)) == ({"taux-hors-bornes": 1} if wrong else {})


# --- a part and its whole -----------------------------------------------------------------------

PART_SOURCE = """\
title = "Recensement"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"

[[files]]
name = "population.csv"
territory = "IRIS"
period = "2016"

[markers]
secret = ["s"]

[variables.P16_CHOM]
label = "Chômeurs"
nature = "count"
[variables.P16_ACT]
label = "Actifs"
nature = "count"
[variables.P16_OCC]
label = "Actifs occupés"
nature = "count"
"""

PART_CATALOGUE = """\
[themes.t]
label = "Emploi"

[indicators.chomage]
label = "Taux de chômage"
theme = "t"
nature = "rate"
unit = "%"
definition = "Chômeurs parmi les actifs."
universe = "Actifs"
sources = ["src"]
numerator = ["PYY_CHOM"]
denominator = ["PYY_ACT"]
"""


def parts(
    place: Place, *rows: str, catalogue: str = PART_CATALOGUE, source: str = PART_SOURCE
) -> CheckReport:
    """Load rows of unemployed, active and employed, and pass the checks as the hall does."""
    place.write("indicators.toml", catalogue)
    place.write("data/raw/src/source.toml", source)
    full = [*rows, "972090101;1;2;1", "972090102;1;2;1", "972090103;1;2;1", "972130101;1;2;1"]
    last_rows = {row.partition(";")[0]: row for row in reversed(full)}
    place.csv("\n".join(["IRIS;P16_CHOM;P16_ACT;P16_OCC", *last_rows.values(), ""]))
    with obs.open(place.root) as o:
        report = o.load("data/raw/src")
        found = o.checks()
        assert report.findings["message"].tolist() == found.df["message"].tolist()
        return found


def test_more_unemployed_than_active_is_an_error_with_its_line_and_both_figures(
    place: Place,
) -> None:
    report = parts(place, "972090102;1 230,4;1 200,5;1")
    assert names(report) == {"part-depasse-ensemble": 1}
    row = report.errors.iloc[0]
    assert (row["territory"], row["variable"], row["value"]) == ("972090102", "P16_CHOM", 1230.4)
    assert (row["file"], row["source"], row["period"]) == ("population.csv", "src", "2016")
    text = (place.folder / "population.csv").read_text("utf-8").splitlines()
    assert text[row["line"] - 1].startswith("972090102")
    said = row["message"].replace("\u202f", " ")
    assert said == (
        "Taux de chômage, Terres Sainville (2016) : la partie (P16_CHOM) fait 1 230,4, "
        "l’ensemble (P16_ACT) 1 200,5."
    )
    assert names(parts(place, "972090102;1 200,5;1 200,5;1")) == {}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("3;0;0", 1),  # somebody in nobody
        ("0;0;0", 0),
        ("0,4;0,3;1", 1),
        ("4,00000000001;4;1", 0),  # the last decimal of a weighted sum
        ("s;2;1", 0),
        ("3;s;1", 0),
        ("<5;0;0", 0),  # from none to four, in nobody
        ("de 3 à 5;2;1", 1),
        ("de 3 à 5;3;1", 0),
        ("3;<5;1", 0),
        ("5;<5;1", 1),
        ("<5;1;1", 0),
    ],
)
def test_what_a_part_may_be(place: Place, row: str, expected: int) -> None:
    assert names(parts(place, f"972090101;{row}")).get("part-depasse-ensemble", 0) == expected


@pytest.mark.parametrize(
    ("row", "expected"), [("11;5;5", 0), ("12;5;5", 1), ("10,2;5,1;5", 0), ("10,3;5,1;5", 1)]
)
def test_a_sum_of_rounded_parts_may_be_short_of_a_step(
    place: Place, row: str, expected: int
) -> None:
    # 10.8 unemployed of 5.4 + 5.4 people is written 11 of 5 + 5: two at most cannot be.
    catalogue = PART_CATALOGUE.replace('["PYY_ACT"]', '["PYY_ACT", "PYY_OCC"]')
    found = parts(place, f"972090101;{row}", catalogue=catalogue)
    assert names(found).get("part-depasse-ensemble", 0) == expected


@settings(max_examples=cases(12))
@given(
    wholes=st.lists(
        st.tuples(st.floats(0, 500), st.floats(0, 500), st.floats(0, 1)), min_size=4, max_size=4
    ),
    digits=st.integers(0, 2),
)
def test_rounding_a_part_and_its_whole_alone_never_alarms(
    tmp_path_factory: pytest.TempPathFactory,
    wholes: list[tuple[float, float, float]],
    digits: int,
) -> None:
    place = build_place(tmp_path_factory.mktemp("parts"))
    catalogue = PART_CATALOGUE.replace('["PYY_ACT"]', '["PYY_ACT", "PYY_OCC"]')
    rows = [
        f"{iris};{round((one + two) * share, digits)};{round(one, digits)};{round(two, digits)}"
        for iris, (one, two, share) in zip(IRIS, wholes, strict=True)
    ]
    assert names(parts(place, *rows, catalogue=catalogue)) == {}


def test_a_ratio_may_exceed_one_and_two_indicators_of_one_share_are_said_once(place: Place) -> None:
    ratio = PART_CATALOGUE.replace('unit = "%"', 'unit = "pour 1 000"')
    assert names(parts(place, "972090101;3;2;1", catalogue=ratio)) == {}
    again = PART_CATALOGUE.partition("[indicators.chomage]")[2]
    twice = f"{PART_CATALOGUE}\n[indicators.autre]{again}"
    assert names(parts(place, "972090101;3;2;1", catalogue=twice)) == {"part-depasse-ensemble": 1}


def test_a_part_and_a_whole_of_two_sources_name_the_other(place: Place) -> None:
    place.write("data/raw/caf/source.toml", PART_SOURCE.replace("population.csv", "caf.csv"))
    place.write("data/raw/caf/caf.csv", "IRIS;P16_OCC\n972090102;9\n972130101;2\n")
    catalogue = PART_CATALOGUE.replace('["src"]', '["caf", "src"]').replace("_CHOM", "_OCC")
    source = PART_SOURCE.replace('period = "2016"', 'period = "2016"\nignored = ["P16_OCC"]')
    parts(place, catalogue=catalogue, source=source)
    with obs.open(place.root) as o:
        o.load("data/raw/caf")
        report = o.checks()
    (row,) = report.errors.to_dict("records")
    assert (row["check"], row["source"], row["territory"]) == (
        "part-depasse-ensemble", "caf", "972090102",
    )  # fmt: skip
    assert row["message"].endswith("l’ensemble (P16_ACT) 2 (src).")


def test_a_negative_count_is_refused_and_nothing_changes(place: Place) -> None:
    assert names(parts(place)) == {}
    with obs.open(place.root) as o:
        before = dump(o.warehouse)
        place.csv("IRIS;P16_CHOM;P16_ACT;P16_OCC\n972090101;-1;2;1\n")
        with pytest.raises(UnreadableNumberError) as refusal:
            o.load("data/raw/src")
        says(refusal.value, "population.csv, ligne 2, colonne P16_CHOM", "négatif")
        assert dump(o.warehouse) == before


# --- sums ---------------------------------------------------------------------------------------


def test_a_sum_equal_to_the_published_total_is_silent(place: Place) -> None:
    # 1 234.5 + 2 000 + 0 = 3 234.5, published whole: 3 235 or 3 234
    for total in (3234, 3235):
        assert names(found(place, published(place, total, 350))) == {}


@pytest.mark.parametrize("total", [3200, 3300])
def test_a_sum_that_is_not_the_total_is_said_with_both(place: Place, total: int) -> None:
    report = found(place, published(place, total, 350))
    assert names(report) == {"somme-communale": 1}
    row = report.df.iloc[0]
    assert (row["territory"], row["value"], row["source"]) == ("97209", 3234.5, "src")
    text = row["message"].replace("\u202f", " ")
    assert "3 234,5" in text
    assert str(total)[0] + " " + str(total)[1:] in text


def test_an_incomplete_sum_may_fall_short_but_not_exceed(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "2000;s", "s;s")
    assert names(found(place, published(place, 3235, 350))) == {}
    assert names(found(place, published(place, 1000, 350))) == {"somme-communale": 1}


@settings(max_examples=cases(8))
@given(parts=st.lists(st.floats(0, 5000), min_size=3, max_size=3))
def test_rounding_the_parts_alone_never_alarms(
    tmp_path_factory: pytest.TempPathFactory, parts: list[float]
) -> None:
    place = build_place(tmp_path_factory.mktemp("sommes"))
    codes = ("972090101", "972090102", "972090103")
    rows = [f"{code};x;{round(part)};1" for code, part in zip(codes, parts, strict=True)]
    place.csv("\n".join(["IRIS;LIBIRIS;POP;TAUX", *rows, "972130101;x;350;1", ""]))
    try:
        assert names(found(place, published(place, round(sum(parts)), 350))) == {}
    finally:
        place.close()


def test_the_same_code_in_two_zonings_of_a_source_is_compared(place: Place) -> None:
    place.source_toml('ignored = ["LIBIRIS"]', 'ignored = ["LIBIRIS"]\nzoning_column = "Z"')
    place.csv(
        "IRIS;Z;POP;TAUX\n972090101;iris-2016;10;1\n972090102;iris-2016;20;1\n"
        "972090103;iris-2016;30;1\n97209;commune-2016;90;1\n"
    )
    report = found(place)
    assert names(report) == {"somme-communale": 1}
    assert report.df.iloc[0]["value"] == 60


# --- jumps --------------------------------------------------------------------------------------


def steady(last: object, variable: str = "POP", base: float = 1000) -> list[tuple]:
    """Return figures that move by one per cent a year, but the last of them."""
    rows = [
        (iris, variable, year, round(base * 1.01 ** (year - 2010), 3))
        for iris in IRIS
        for year in range(2010, 2014)
    ]
    return [*rows[:-1], (*rows[-1][:3], last)]


@pytest.mark.parametrize(("last", "jumps"), [(1030, 0), (1070, 0), (1090, 1), (900, 1), (0, 1)])
def test_a_jump_is_beyond_five_times_the_usual(place: Place, last: int, jumps: int) -> None:
    series(place, steady(last))  # usual: ln 1.01; five times: up to 1020.1 x 1.051 = 1 072
    report = found(place)
    assert names(report).get("saut", 0) == jumps
    if jumps:
        row = report.df.iloc[0]
        assert (row["territory"], row["period"], row["value"]) == ("972130101", "2013", last)
        assert " en 2012 à " in row["message"]


def test_the_change_of_a_rate_is_in_points(place: Place) -> None:
    rows = [(iris, "TAUX", year, 20 + year % 2) for iris in IRIS for year in range(2010, 2014)]
    series(place, [*rows[:-1], (*rows[-1][:3], 25.5)])
    assert names(found(place)) == {"saut": 1}
    series(place, [*rows[:-1], (*rows[-1][:3], 24.5)])
    assert names(found(place)) == {}


def test_too_few_changes_tell_no_usual(place: Place) -> None:
    series(place, [row for row in steady(90000) if row[0] in IRIS[2:]])  # six changes, not eight
    assert "saut" not in names(found(place))


def test_a_small_count_may_double(place: Place) -> None:
    series(place, steady(49, base=20))
    assert "saut" not in names(found(place))


def test_the_year_in_an_insee_name_does_not_cut_the_series(place: Place) -> None:
    years = range(2010, 2014)
    variables = "".join(
        f'\n[variables.P{y - 2000}_POP]\nlabel = "Population"\nnature = "count"\nunit = "h"\n'
        for y in years
    )
    rows = [(iris, f"P{y - 2000}_POP", y, value) for iris, _, y, value in steady(5000)]
    series(place, rows)
    place.write("data/raw/src/source.toml", SERIES_SOURCE + variables)
    assert names(found(place)) == {"saut": 1}


def vintages(place: Place, name: str, last: float) -> CheckReport:
    """Load one file a year, each a source of its own, as they come from the producer."""
    with obs.open(place.root) as o:
        for year in (2010, 2011, 2012, 2013):
            rows = [
                f"{iris};{last if (iris, year) == (IRIS[-1], 2013) else (1000 + at) * 1.01 ** (year - 2010)}"
                for at, iris in enumerate(IRIS)
            ]
            header = f"IRIS;{name.replace('YY', str(year)[2:])}"
            o.load(place.write(f"base-{year}.csv", "\n".join([header, *rows, ""])))
        return o.checks()


@pytest.mark.parametrize(
    ("name", "last", "jumps"),
    [
        ("PYY_POP", 5000, 1),
        ("PYY_POP", 1030, 0),
        ("DISP_MEDYY", 5000, 1),
        ("allocataires", 5000, 0),  # a name that two partners may give to two things
    ],
)
def test_the_files_of_each_year_make_one_series(
    place: Place, name: str, last: float, jumps: int
) -> None:
    report = vintages(place, name, last)
    assert names(report).get("saut", 0) == jumps
    if jumps:
        row = report.df[report.df["check"] == "saut"].iloc[0]
        assert (row["source"], row["territory"]) == ("base-2013", IRIS[-1])
        assert " en 2012 (base-2012) à " in row["message"]


def test_a_second_file_of_one_year_that_says_otherwise_is_refused(place: Place) -> None:
    """Which of them follows the year before is not for the checks to choose."""
    with obs.open(place.root) as o:
        for name, year, times in (("m", 10, 1), ("n", 11, 1), ("p", 12, 9), ("q", 12, 1)):
            values = [1000 + year, 1100 + year, 1200 + year, times * 1300 + year]
            rows = [f"{iris};{value}" for iris, value in zip(IRIS, values, strict=True)]
            path = place.write(f"base-{name}-20{year}.csv", "\n".join([f"IRIS;P{year}_POP", *rows]))
            if name == "q":
                with pytest.raises(DuplicateKeyError) as refusal:
                    o.load(path)
                says(refusal.value, "base-q-2012.csv", "base-p-2012.csv", IRIS[-1])
            else:
                o.load(path)
        found = o.checks().df.query("check == 'saut'")
    assert found["source"].tolist() == ["base-p-2012"]


def broken(place: Place, at: str, source: str = "src") -> CheckInputs:
    """Return what a series.toml with one break tells of the figures of ``place``."""
    place.write(
        "series.toml",
        f'[[breaks]]\nat = "{at}"\nwhat = "Autre question"\nsource = "Insee"\nsources = ["{source}"]\n',
    )
    book = read_series(place.root / "series.toml")
    return CheckInputs(breaks=breaks((), book, [], [("src", "POP"), ("src", "TAUX")]))


@pytest.mark.parametrize(
    ("at", "source", "jumps"),
    [("2013", "src", 0), ("2013", "autre", 1), ("2012", "src", 1), ("2014", "src", 1)],
)
def test_what_changes_at_a_break_is_no_jump(place: Place, at: str, source: str, jumps: int) -> None:
    series(place, steady(5000))  # the last figure, of 2013, is five times the one before
    assert names(found(place, broken(place, at, source))).get("saut", 0) == jumps


PANEL = st.lists(
    st.tuples(
        st.sampled_from(IRIS),
        st.sampled_from(["POP", "TAUX", "MED"]),
        st.integers(2010, 2015),
        st.sampled_from([0.0, 20.0, 49.0, 50.0, 51.0, 52.0, 400.0]) | st.none(),
    ),
    min_size=20,
    unique_by=lambda row: row[:3],
)


def jumps_of(panel: pd.DataFrame) -> set[tuple[str, str, str]]:
    """Work the jumps out again, one territory after the other, as the comment of the check says."""
    natures = {"POP": "count", "TAUX": "rate", "MED": "median"}
    found: set[tuple[str, str, str]] = set()
    for variable, rows in panel.dropna(subset=["value"]).groupby("variable"):
        nature, changes = natures[str(variable)], []
        for territory, mine in rows.sort_values("period").groupby("territory"):
            values, periods = mine["value"].tolist(), mine["period"].tolist()
            for before, value, period in zip(values, values[1:], periods[1:], strict=False):
                if nature == "rate":
                    change = abs(value - before)
                elif nature == "count" and max(value, before) >= 50:
                    change = abs(math.log((value + 0.5) / (before + 0.5)))
                elif nature == "median" and value > 0 and before > 0:
                    change = abs(math.log(value / before))
                else:
                    continue
                changes.append((change, (str(territory), str(variable), str(period))))
        usual = statistics.median([change for change, _ in changes]) if changes else 0
        if len(changes) >= 8 and usual > 0:
            found |= {key for change, key in changes if change > 5 * usual}
    return found


@given(PANEL)
@settings(
    max_examples=cases(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_jumps_are_those_worked_out_by_hand_whatever_years_are_missing(
    place: Place, rows: list[tuple[str, str, int, float | None]]
) -> None:
    warehouse = place.empty_warehouse()
    series(place, steady(1030))
    load_source(warehouse, place.workspace, place.root / "data/raw/src")
    number = warehouse.rows("SELECT max(id) FROM load")[0][0]
    panel = pd.DataFrame(rows, columns=["territory", "variable", "period", "value"])
    panel = panel.astype({"period": "str", "value": "float64"})
    frame = panel.assign(
        load=number, line=range(2, len(panel) + 2), zoning="iris-2016", low=panel["value"],
        high=panel["value"], status="given", marker="", note="",
    )  # fmt: skip
    warehouse.run("DELETE FROM observation")
    warehouse.run("DELETE FROM seen_load")
    warehouse.insert("observation", frame)
    see_loads(warehouse)
    report = run_checks(warehouse, place.workspace, NOTHING).df
    jumps = report[report["check"] == "saut"]
    seen = set(zip(jumps["territory"], jumps["variable"], jumps["period"], strict=True))
    assert seen == jumps_of(panel)
    lines = frame.set_index(["territory", "variable", "period"])["line"]
    assert [
        lines[key]
        for key in zip(jumps["territory"], jumps["variable"], jumps["period"], strict=True)
    ] == list(jumps["line"])


def test_a_quarter_does_not_follow_a_year(place: Place) -> None:
    quarters = [(IRIS[0], "POP", f"{year}-T1", 250) for year in (2012, 2013)]
    series(place, [*steady(1030), *quarters])
    assert "saut" not in names(found(place))


def test_the_usual_is_that_of_one_series(place: Place) -> None:
    # Everyone doubles at the break of 2012: with it, nine would be a usual change.
    rows = [
        (iris, "POP", year, round(1000 * 1.01 ** (year - 2010) * (2 if year > 2011 else 1), 3))
        for iris in IRIS
        for year in (2010, 2011, 2012, 2013)
    ]
    series(place, [*rows[:-1], (*rows[-1][:3], 2300)])
    assert names(found(place, broken(place, "2012"))).get("saut", 0) == 1


def test_every_vintage_may_be_a_series_of_its_own(place: Place) -> None:
    series(place, steady(5000))
    place.write(
        "series.toml",
        '[[breaks]]\nevery = true\nwhat = "x"\nsource = "Insee"\nvariables = ["PO*"]\n',
    )
    inputs = CheckInputs(
        breaks=breaks((), read_series(place.root / "series.toml"), [], [("src", "POP")])
    )
    assert names(found(place, inputs)) == {}
    assert names(found(place)) == {"saut": 1}


# --- what territories are called ----------------------------------------------------------------


def test_sentences_call_territories_what_the_zoning_calls_them(place: Place) -> None:
    place.toml('singular = "IRIS"', 'singular = "îlot"')
    place.replace("data/raw/src/population.csv", "972090102;Terres Sainville;2000;s\n", "")
    report = found(place, published(place, 999, 350))
    assert names(report) == {"iris-manquants": 1, "somme-communale": 1}
    place.csv("IRIS;LIBIRIS;POP;TAUX\n972090101;x;10;1\n")
    every = pd.concat([report.df, found(place).df])
    assert set(every["check"]) == {"iris-manquants", "somme-communale", "communes-partielles"}
    assert every["message"].str.contains("3 îlots").all()
    texts = every[["title", "message", "remedy"]].to_numpy().ravel().tolist()
    assert not [text for text in texts if "IRIS" in text]


# --- IRIS that lack -----------------------------------------------------------------------------


def two_files(place: Place, second: str) -> None:
    """Cut the first and last IRIS into one file, and write another beside it."""
    kept = "IRIS;LIBIRIS;POP;TAUX\n972090101;a;1000;10\n972090103;c;1500;12\n"
    place.csv(kept)
    place.write("data/raw/src/suite.csv", second)
    toml = place.root / "data/raw/src/source.toml"
    text = toml.read_text("utf-8")
    block = text[text.index("[[files]]") : text.index("[markers]")]
    toml.write_text(
        text.replace(block, block + block.replace("population.csv", "suite.csv")), "utf-8"
    )


def test_what_another_file_of_the_same_columns_gives_does_not_lack(place: Place) -> None:
    two_files(place, "IRIS;LIBIRIS;POP;TAUX\n972090102;b;2000;11\n")
    assert "iris-manquants" not in names(found(place))


def test_what_a_file_of_other_columns_gives_lacks_all_the_same(place: Place) -> None:
    two_files(place, "IRIS;LIBIRIS;TAUX2\n972090102;b;11\n")
    toml = place.root / "data/raw/src/source.toml"
    toml.write_text(
        toml.read_text("utf-8").replace(
            "[variables.POP]", '[variables.TAUX2]\nlabel = "T"\nnature = "rate"\n\n[variables.POP]'
        ),
        "utf-8",
    )
    assert names(found(place))["iris-manquants"] == 1


def test_an_iris_absent_from_a_commune_is_named(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "972090102;Terres Sainville;2000;s\n", "")
    report = found(place)
    assert names(report) == {"iris-manquants": 1}
    row = report.df.iloc[0]
    assert (row["territory"], row["level"]) == ("972090102", "alerte")
    assert "2 des 3 IRIS" in row["message"]


def test_a_whole_commune_absent_is_another_scope(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "972130101;Bourg;350;nd\n", "")
    assert names(found(place)) == {}


def test_a_selection_of_iris_is_only_remarked(place: Place) -> None:
    place.csv("IRIS;LIBIRIS;POP;TAUX\n972090101;x;10;1\n")
    report = found(place)
    assert report.df[["check", "level", "territory"]].to_numpy().tolist() == [
        ["communes-partielles", "remarque", "97209"]
    ]


# --- a column slid ------------------------------------------------------------------------------


def test_a_neighbour_slid_into_a_masked_column_is_an_error(place: Place) -> None:
    rates = {"972090101": 27.4, "972090102": 31.0, "972090103": "s", "972130101": 18.2}
    rows = [
        row for iris, rate in rates.items() for row in ((iris, rate, 15000 + int(iris[-1]) * 100),)
    ]
    text = SERIES_SOURCE.replace('layout = "long"', 'period = "2016"', 1).replace(
        'variable_column = "variable"\nvalue_column = "valeur"\nperiod_column = "annee"\n', ""
    )
    place.write("data/raw/src/source.toml", text)

    def load(slid: bool) -> CheckReport:  # noqa: FBT001
        lines = [
            f"{iris};{med if slid and iris == '972090102' else rate};{med}"
            for iris, rate, med in rows
        ]
        place.csv("\n".join(["IRIS;TAUX;MED", *lines, ""]))
        return found(place)

    assert names(load(slid=False)) == {}
    assert names(load(slid=True)) == {"colonne-glissee": 1, "taux-hors-bornes": 1}


def test_a_coincidence_of_two_columns_is_no_slide(place: Place) -> None:
    text = SERIES_SOURCE.replace('layout = "long"', 'period = "2016"', 1).replace(
        'variable_column = "variable"\nvalue_column = "valeur"\nperiod_column = "annee"\n', ""
    )
    place.write("data/raw/src/source.toml", text)
    place.csv("IRIS;TAUX;MED\n972090101;5,8;5,8\n972090102;6,1;7\n972090103;s;6\n972130101;5,2;6\n")
    assert names(found(place)) == {}
    place.csv("IRIS;TAUX;MED\n972090101;5,8;5,8\n972090102;7;7\n972090103;s;6\n972130101;6;6\n")
    assert names(found(place)) == {"colonne-glissee": 3}


# --- cut cells ----------------------------------------------------------------------------------


def grid_file(place: Place, keep: float, counts: list[float]) -> None:
    codes = [f"CRS5490RES200mN{1614000 + 200 * row}E704000" for row in range(len(counts))]
    shapes = [
        box(
            704000,
            1614000 + 200 * row,
            704000 + 200 * (keep if row < 4 else 1),
            1614200 + 200 * row,
        )
        for row in range(len(counts))
    ]
    layer = gpd.GeoDataFrame({"idcar": codes, "ind": counts}, geometry=shapes, crs="EPSG:5490")
    layer.to_file(place.root / "geo" / "carreaux.gpkg")
    if "support" not in (place.root / "observatoire.toml").read_text("utf-8"):
        place.toml(
            "[comparators.commune]",
            '[[passages]]\nsource = "commune-2016"\ntarget = "quartier-2007"\nmethod = "support"\n'
            'support = "geo/carreaux.gpkg"\n\n[comparators.commune]',
        )


WHOLE = [12.0, 40.5, 7.0, 21.5, 30.0, 18.5]


@pytest.mark.parametrize(
    ("keep", "counts", "expected"),
    [
        (1.0, WHOLE, 0),  # nothing is cut
        (0.37, WHOLE, 4),  # cut, still holding everyone
        (0.37, [n * 0.37 for n in WHOLE[:4]] + WHOLE[4:], 0),  # cut and reduced
    ],
)
def test_cut_cells_that_kept_everyone_are_said(
    place: Place, keep: float, counts: list[float], expected: int
) -> None:
    grid_file(place, keep, counts)
    report = found(place)
    assert names(report).get("carreaux-coupes", 0) == expected
    if expected:
        assert "il en reste 37 %" in report.df.iloc[0]["message"]


@pytest.mark.parametrize("counts", [[3.137, 5.0], [3.1]])
def test_two_pieces_with_the_same_count_are_said_whatever_the_decimals(
    place: Place, counts: list[float]
) -> None:
    grid_file(place, 0.5, counts)
    path = place.root / "geo" / "carreaux.gpkg"
    layer = gpd.read_file(path)
    other = layer.iloc[:1].copy()
    other.geometry = [box(704100, 1614000, 704200, 1614200)]
    pd.concat([layer, other]).to_file(path)
    assert names(found(place)) == {"carreaux-coupes": 2}


@pytest.mark.parametrize(
    ("pieces", "counts", "expected"),
    [
        (1, WHOLE, {"carreaux-coupes-rares": 1}),
        (2, WHOLE, {"carreaux-coupes-rares": 2}),
        (3, WHOLE, {"carreaux-coupes": 3}),
        (2, [n * 0.37 for n in WHOLE[:2]] + WHOLE[2:], {}),
        (2, [0.0, 0.0, *WHOLE[2:]], {}),
    ],
)
def test_one_or_two_cut_cells_are_a_remark(
    place: Place, pieces: int, counts: list[float], expected: dict[str, int]
) -> None:
    grid_file(place, 1.0, counts)
    path = place.root / "geo" / "carreaux.gpkg"
    layer = gpd.read_file(path)
    for at in range(pieces):
        layer.loc[at, "geometry"] = box(704000, 1614000 + 200 * at, 704074, 1614200 + 200 * at)
    layer.to_file(path)
    report = found(place)
    assert names(report) == expected
    assert set(report.df["level"]) <= {"remarque", "alerte"}
    if pieces < 3 and expected:
        assert set(report.df["level"]) == {"remarque"}
        assert "il en reste 37 %" in report.df.iloc[0]["message"]


def test_a_cut_piece_of_real_cells_alone_is_a_remark(real: Path, place: Place) -> None:
    source = real / "martinique/carreaux/carreaux_1km_communes_beababa.gpkg"
    layer = gpd.read_file(source, layer="car_13056").rename(columns={"Ind": "ind"})
    shares = shares_left(layer.geometry, layer["Id_carr1km"])
    few = pd.concat([layer[shares >= 0.99], layer[(shares < 0.5) & (layer["ind"] > 0)].iloc[:2]])
    grid_file(place, 1.0, WHOLE)
    few.to_file(place.root / "geo" / "carreaux.gpkg")
    assert names(found(place)) == {"carreaux-coupes-rares": 2}
    few.loc[shares < 0.5, "ind"] *= shares[shares < 0.5]
    few.to_file(place.root / "geo" / "carreaux.gpkg")
    assert names(found(place)) == {}


@given(keep=st.floats(0.05, 1.0))
def test_the_share_left_is_that_of_the_square(keep: float) -> None:
    shape = gpd.GeoSeries([box(0, 0, 200 * keep, 200)], crs="EPSG:5490")
    shares = shares_left(shape, pd.Series(["CRS5490RES200mN0E0"]))
    assert shares.iloc[0] == pytest.approx(keep)
    assert shares_left(shape, pd.Series(["97209"])).isna().all()


def test_real_cells_cut_at_communes_are_recognised(real: Path, place: Place) -> None:
    source = real / "martinique/carreaux/carreaux_1km_communes_beababa.gpkg"
    layer = gpd.read_file(source, layer="car_13056").rename(columns={"Ind": "ind"})
    cut = int((shares_left(layer.geometry, layer["Id_carr1km"]) < 0.99).sum())
    grid_file(place, 1.0, WHOLE)
    layer.to_file(place.root / "geo" / "carreaux.gpkg")
    assert cut > 10
    assert names(found(place)) == {"carreaux-coupes": cut}


# --- what is kept, and shown --------------------------------------------------------------------


def test_findings_are_kept_until_something_changes(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    first = kept_findings(warehouse, place.workspace, NOTHING)
    ran = warehouse.rows("SELECT * FROM check_run")
    assert len(kept_findings(warehouse, place.workspace, NOTHING)) == len(first) == 1
    assert warehouse.rows("SELECT * FROM check_run") == ran
    place.replace("data/raw/src/population.csv", "127,4", "27,4")
    place.load(warehouse)
    assert len(kept_findings(warehouse, place.workspace, NOTHING)) == 0
    assert warehouse.rows("SELECT * FROM finding") == []


def test_a_support_put_in_place_of_another_is_looked_at_again(place: Place) -> None:
    grid_file(place, 0.37, WHOLE)
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    assert names(kept_findings(warehouse, place.workspace, NOTHING)) == {"carreaux-coupes": 4}
    grid_file(place, 1.0, WHOLE)
    assert names(kept_findings(warehouse, place.workspace, NOTHING)) == {}


def test_a_superseded_load_is_looked_at_no_more(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    place.replace("data/raw/src/population.csv", "127,4", "27,4")
    place.load(warehouse)
    assert len(run_checks(warehouse, place.workspace, NOTHING)) == 0


def test_a_report_of_load_tells_its_own_findings(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    warehouse = place.empty_warehouse()
    report = place.load(warehouse)
    (completed,) = with_findings([report], run_checks(warehouse, place.workspace, NOTHING))
    assert "erreur\u00a0: Taux hors de 0 à 100 % (1)" in str(completed)
    assert "population.csv, ligne 2" in str(completed)


def test_what_circulates_names_no_figure(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    report = found(place)
    sources = pd.DataFrame({"source": ["src"], "title": ["Population"]})
    counted = by_source(report, sources)
    assert counted[["level", "source", "rows"]].to_numpy().tolist() == [["erreur", "Population", 1]]
    assert "127" not in counted.to_string()
    assert "Centre Ville" not in counted.to_string()


def test_a_report_is_saved_as_a_french_csv(place: Place, tmp_path: Path) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    path = found(place).save(tmp_path / "anomalies.csv")
    assert "127,4" in path.read_text("utf-8-sig")
    with pytest.raises(Exception, match=r"\.csv"):
        found(place).save(tmp_path / "anomalies.xlsx")


# --- predicates of a workspace ------------------------------------------------------------------

OWN = '''
[checks.trop-petit]
title = "IRIS presque vide"
level = "remarque"
message = "{name} ({period}) n’a que {value} habitants."
parameters = { least = 400 }
sql = """
SELECT source, load, line, zoning, territory, name, variable, period, value
FROM figure WHERE variable = 'POP' AND value BETWEEN 1 AND $least
"""
'''


def test_a_workspace_adds_its_own_check(place: Place) -> None:
    place.write("checks.toml", OWN)
    report = found(place)
    assert names(report) == {"trop-petit": 1}
    assert report.df.iloc[0]["message"] == "Bourg (2016) n’a que 350 habitants."


def test_the_predicates_of_the_library_pass_what_is_asked_of_a_workspace(place: Place) -> None:
    own = resources.files("observatoire.warehouse.checks").joinpath(CHECKS_FILE).read_text("utf-8")
    place.write(CHECKS_FILE, own)
    checks = read_checks(place.root)
    assert {check.name for check in checks} == {check.name for check in read_checks()}
    assert not any(check.ours for check in checks)
    assert len(found(place)) == 0  # each gives the columns, and the kinds, that are asked


def test_a_workspace_turns_a_check_off(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    place.write("checks.toml", "[checks.taux-hors-bornes]\noff = true\n")
    assert names(found(place)) == {}


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a place loaded once, for predicates that are refused: they change nothing."""
    made = build_place(tmp_path_factory.mktemp("predicates"))
    made.load(made.empty_warehouse())
    yield made
    made.close()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('level = "remarque"', 'level = "erreurs"', "erreur"),
        ("title =", "titre =", "title"),
        ("FROM figure", "FROM figures", "figures"),
        ("FROM figure", "FROM 'source.csv'", "source.csv"),
        ("FROM figure", "FROM read_csv('x.csv')", "read_csv()"),
        ("SELECT source,", "SELECT", "« source »"),
        ("SELECT source, load", "DELETE FROM load", "SQL"),
        ("value\nFROM figure WHERE", "value\nFROM figure; DROP TABLE load; SELECT 1 WHERE", "seul"),
        ("{name}", "{nom}", "{nom}"),
        ("{name}", "{name", "accolade"),
        ("least = 400", "most = 400", "least et most"),
        ("least = 400", 'least = "x"', "nombre"),
        ("variable = 'POP'", "variable = ", "SQL"),
        ("variable = 'POP'", "personne = 'POP'", "personne"),
        ("value BETWEEN", "value / 'x' BETWEEN", "SQL"),
        ("{name}", "{name:>9}", "met en forme"),
        ("{name}", "{name!r}", "met en forme"),
        ("{name}", "{name.__class__}", "ne rend pas"),
        ("load, line,", "load, 'x' AS line,", "VARCHAR"),
        ("load, line,", "load, 99999999999999999999 AS line,", "nombres"),
        ("period, value\n", "period, [value] AS value\n", "DOUBLE[]"),
        ("territory, name,", "territory, getenv('HOME') AS name,", "getenv()"),
        ("FROM figure", "FROM (SUMMARIZE 'source.csv'), figure", "SUMMARIZE"),
        ("FROM figure", "FROM query_table('source.csv')", "query_table()"),
        (
            "SELECT source,",
            (
                'WITH t AS (WITH "source.csv" AS (SELECT 1 AS a) SELECT 1 AS b) '
                'SELECT (SELECT max(a) FROM "source.csv") AS c, source,'
            ),
            "source.csv",
        ),
        ("[checks.trop-petit]", "[checks.x]\noff = true\n[checks.trop-petit]", "éteindre"),
    ],
)
def test_a_predicate_that_is_wrong_is_refused(
    standing: Place, old: str, new: str, said: str
) -> None:
    assert old in OWN
    declared = standing.write("checks.toml", OWN.replace(old, new))
    try:
        with pytest.raises(DescriptorError) as refusal:
            run_checks(standing.empty_warehouse(), standing.workspace, NOTHING)
    finally:
        declared.unlink()
    says(refusal.value, said, "checks.toml")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", range(100000000000) AS far WHERE far.range < -1 AND", "n’a pas fini"),
        (", range(4000) AS far WHERE", "signale plus de 1 000 lignes"),
    ],
)
def test_a_predicate_without_end_is_stopped(
    place: Place, monkeypatch: pytest.MonkeyPatch, more: str, said: str
) -> None:
    monkeypatch.setattr(checking, "_PATIENCE", 0.5)
    monkeypatch.setattr(checking, "_MOST_ROWS", 1000)
    place.write("checks.toml", OWN.replace(" WHERE", more))
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    with pytest.raises(DescriptorError) as refusal:
        run_checks(warehouse, place.workspace, NOTHING)
    says(refusal.value, said, "checks.toml")
    place.write("checks.toml", OWN)  # the warehouse answers as before
    assert names(run_checks(warehouse, place.workspace, NOTHING)) == {"trop-petit": 1}


def test_a_predicate_may_end_with_a_comment_and_tell_decimals(place: Place) -> None:
    text = OWN.replace("period, value\n", "period, 1.5 AS value\n").replace(
        "$least\n", "$least -- fin\n"
    )
    place.write("checks.toml", text)
    assert found(place).df["message"].tolist() == ["Bourg (2016) n’a que 1,5 habitants."]


def test_a_sum_beyond_all_numbers_is_said(place: Place) -> None:
    place.write("checks.toml", OWN.replace("period, value\n", "period, 'inf'::DOUBLE AS value\n"))
    assert "sans fin" in found(place).df["message"].iloc[0]


def test_a_wrong_predicate_leaves_what_was_kept(place: Place) -> None:
    place.replace("data/raw/src/population.csv", "27,4", "127,4")
    warehouse = place.empty_warehouse()
    place.load(warehouse)
    run_checks(warehouse, place.workspace, NOTHING)
    before = warehouse.rows("SELECT * FROM finding")
    place.write("checks.toml", OWN.replace("variable = 'POP'", "personne = 'POP'"))
    with pytest.raises(DescriptorError):
        run_checks(warehouse, place.workspace, NOTHING)
    assert warehouse.rows("SELECT * FROM finding") == before


def test_an_older_warehouse_gets_the_new_tables(place: Place) -> None:
    warehouse = place.warehouse()
    place.load(warehouse)
    for table in ("finding", "check_run", "restored", "convention"):
        warehouse.run(f"DROP TABLE {table}")
    place.close()
    reopened: Warehouse = open_warehouse(place.workspace.warehouse, "EPSG:5490")
    try:
        assert len(run_checks(reopened, place.workspace, NOTHING)) == 0
    finally:
        reopened.close()


def test_a_wrong_predicate_refuses_a_load_before_it_starts(tmp_path: Path) -> None:
    import observatoire as obs
    from observatoire.workspace.scaffold import embedded_root

    for part in ("geo", "data", "indicators.toml", "observatoire.toml"):
        origin = embedded_root() / part
        if origin.is_dir():
            shutil.copytree(
                origin, tmp_path / part, ignore=shutil.ignore_patterns("processed", "*.duckdb")
            )
        else:
            shutil.copy(origin, tmp_path / part)
    (tmp_path / "checks.toml").write_text(OWN.replace("FROM figure", "FROM nulle_part"), "utf-8")
    with obs.open(tmp_path) as o:
        with pytest.raises(DescriptorError):
            o.load("data/raw/insee-rp2016")
        assert o.loads().empty

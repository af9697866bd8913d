"""What is found by lots of what changed is what looking at everything again would find."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from built_workspace import build_place, says
from effort import cases
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from observatoire.errors import DescriptorError
from observatoire.warehouse.checks import batches as lots
from observatoire.warehouse.checks.definitions import CHECKS_FILE, read_checks
from observatoire.warehouse.checks.runner import IDENTITY_COLUMNS, CheckInputs, run_checks
from observatoire.warehouse.loading.files import load_path
from observatoire.warehouse.storage.contents import see_loads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from built_workspace import Place

    from observatoire.warehouse import Warehouse

MEMBERS = tuple(f"9720901{at:02d}" for at in range(1, 13))

#: Made columns, of which the two last make the first.
WHOLE = ("P{yy}_POP", "P{yy}_POPH", "P{yy}_POPF")
INPUTS = CheckInputs(
    identities=pd.DataFrame(
        [("0", "P##_POP", "P##_POPH"), ("0", "P##_POP", "P##_POPF")],
        columns=list(IDENTITY_COLUMNS),
    )
)


def town_of(place: Place) -> Place:
    """Give a place twelve IRIS: enough for each period to tell what is usual."""
    rows = [
        f"{code};IRIS {code[-2:]};97209;-61.0{60 + 3 * at};14.61" for at, code in enumerate(MEMBERS)
    ]
    place.write("geo/iris.csv", "\n".join(["code;nom;commune;lon;lat", *rows, ""]))
    place.write(
        "geo/liens.csv",
        f"source;target;link\n{MEMBERS[0]};Q1;proche\n{MEMBERS[1]};Q2;inclus\n;Q3;inconnu\n",
    )
    return place


@pytest.fixture
def town(place: Place) -> Place:
    return town_of(place)


def warehouse_of(town: Place) -> Warehouse:
    return town.opened[0] if town.opened else town.warehouse()


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every file for a large one, and lots small."""
    monkeypatch.setattr(lots, "NARROW", 1)
    monkeypatch.setattr(lots, "MOST_FIGURES", 25)


Vintage = dict[str, "tuple[float, float] | None"]


def load(town: Place, year: int, figures: Vintage, name: str = "base") -> None:
    """Load a made census of one year: men and women of each IRIS, and their sum."""
    head = ";".join(["IRIS", *(one.format(yy=str(year)[2:]) for one in WHOLE)])
    rows = [
        f"{code};;;" if both is None else f"{code};{sum(both)};{both[0]};{both[1]}"
        for code, both in figures.items()
    ]
    path = town.write(f"{name}-{year}.csv", "\n".join([head, *rows, ""]))
    load_path(warehouse_of(town), town.workspace, path)


def steady(year: int, **others: tuple[float, float] | None) -> Vintage:
    """Return figures that grow by one per cent a year, each IRIS a little otherwise."""
    figures: Vintage = {
        code: (
            round((1000 + 10 * at) * (1.01 + at / 2000) ** (year - 2010), 2),
            round((900 + 10 * at) * (1.01 + at / 2000) ** (year - 2010), 2),
        )
        for at, code in enumerate(MEMBERS)
    }
    return figures | {MEMBERS[int(key[1:])]: value for key, value in others.items()}


def findings(town: Place, inputs: CheckInputs = INPUTS) -> pd.DataFrame:
    return run_checks(warehouse_of(town), town.workspace, inputs).df


def forget(warehouse: Warehouse) -> None:
    for table in ("seen_load", "seen_content", "seen_place", "seen_unit", "seen_pace"):
        warehouse.run(f"DELETE FROM {table}")  # noqa: S608 - our own names
    see_loads(warehouse)


def jumps(found: pd.DataFrame) -> list[tuple[str, str, str]]:
    mine = found[found["check"] == "saut"]
    return sorted(zip(mine["territory"], mine["variable"], mine["period"], strict=True))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The lots that are laid out, as they come."""
    seen: list[list[int]] = []
    parted = lots._parted

    def spied(units: Sequence[tuple[int, bool, int]]) -> Iterator[list[int]]:
        for lot in parted(units):
            seen.append(lot)
            yield lot

    monkeypatch.setattr(lots, "_parted", spied)
    return seen


# --- only what has changed ----------------------------------------------------------------------


@pytest.mark.usefixtures("wide")
def test_a_new_vintage_alone_is_looked_at(town: Place, looked: list[list[int]]) -> None:
    for year in (2010, 2011, 2012):
        load(town, year, steady(year))
    findings(town)
    looked.clear()
    findings(town)
    assert [lot for lot in looked if lot] == []
    load(town, 2013, steady(2013))
    findings(town)
    assert sorted(map(len, filter(None, looked))) == [
        1,
        1,
        2,
    ]  # its sums; its three changes, by two


def test_small_files_are_looked_at_each_time_and_nothing_is_remembered(
    town: Place, looked: list[list[int]]
) -> None:
    for year in (2010, 2011):
        load(town, year, steady(year))
    findings(town)
    looked.clear()
    findings(town)
    assert sorted(map(len, looked)) == [2, 3]
    assert warehouse_of(town).rows("SELECT * FROM seen_unit") == []


@pytest.mark.usefixtures("wide")
def test_what_still_holds_is_kept_as_it_was(town: Place) -> None:
    for year in (2010, 2011):
        load(town, year, steady(year, _3=(9000, 900)) if year == 2011 else steady(year))
    before = findings(town)
    assert len(jumps(before)) == 2  # the men and the sum
    warehouse_of(town).run("UPDATE finding SET message = 'gardé' WHERE \"check\" = 'saut'")
    load(town, 2012, steady(2012))
    after = findings(town)
    kept = after[(after["check"] == "saut") & (after["period"] == "2011")]
    assert kept["message"].tolist() == ["gardé", "gardé"]
    assert len(after[(after["check"] == "saut") & (after["period"] == "2012")]) == 2  # and back


@pytest.mark.usefixtures("wide")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE territory SET name = 'Autre nom' WHERE code = '972090104'",
        "UPDATE variable SET label = 'Autre libellé' WHERE code = 'P11_POP'",
        "UPDATE variable SET nature = 'median' WHERE source = 'base-2011'",
    ],
)
def test_what_a_sentence_rests_on_changes_what_is_kept(town: Place, change: str) -> None:
    for year in (2010, 2011):
        load(town, year, steady(year, _3=(9000, 900)) if year == 2011 else steady(year))
    findings(town)
    warehouse_of(town).run(change)
    see_loads(warehouse_of(town))
    kept = findings(town)
    forget(warehouse_of(town))
    pd.testing.assert_frame_equal(kept, findings(town))


@pytest.mark.usefixtures("wide")
def test_another_threshold_looks_at_everything_again(town: Place) -> None:
    for year in (2010, 2011):
        load(town, year, steady(year, _3=(1050, 925)) if year == 2011 else steady(year))
    assert jumps(findings(town)) == []
    (saut,) = (check for check in read_checks() if check.name == "saut")
    nearer = replace(saut, parameters={"times": 1.2, "changes": 8})
    again = run_checks(warehouse_of(town), town.workspace, INPUTS, [nearer]).df
    assert jumps(again)
    assert jumps(findings(town)) == []


@pytest.mark.usefixtures("wide")
def test_a_load_that_is_replaced_takes_its_findings_with_it(town: Place) -> None:
    load(town, 2010, steady(2010))
    load(town, 2011, steady(2011, _3=(9000, 900)))
    assert jumps(findings(town))
    load(town, 2011, steady(2011))
    assert jumps(findings(town)) == []
    assert findings(town).empty


@pytest.mark.usefixtures("wide")
def test_a_sum_that_is_wrong_stays_listed_after_another_load(town: Place) -> None:
    load(town, 2010, steady(2010))
    warehouse_of(town).run(
        "UPDATE observation SET value = value + 40 WHERE line = 3 AND variable = 'P10_POP'"
    )
    first = findings(town)
    assert first["check"].tolist() == ["somme-de-la-ligne"]
    load(town, 2011, steady(2011))
    found = findings(town)
    assert found[found["check"] == "somme-de-la-ligne"]["line"].tolist() == [3]
    assert (
        found[found["check"] == "somme-de-la-ligne"]["message"].tolist()
        == first["message"].tolist()
    )


# --- whatever is loaded, in whatever order ------------------------------------------------------

FIGURE = st.sampled_from(
    [None, (30.0, 10.0), (1000.0, 900.0), (1010.0, 905.0), (1400.0, 950.0), (9000.0, 20.0)]
)
VINTAGE = st.tuples(
    st.sampled_from([2010, 2011, 2012, 2013]),
    st.sampled_from(["base", "autre"]),
    st.dictionaries(st.integers(0, 11), FIGURE, max_size=5),
    st.sets(st.integers(0, 11), max_size=4),
)


def usual_of(changes: Sequence[float]) -> float:
    return statistics.median(changes) if len(changes) >= 8 else 0.0


def jumps_by_hand(warehouse: Warehouse, *, narrow: bool) -> list[tuple[str, str, str]]:
    """Work the jumps of counts out again, as the comment of the check says, figure by figure."""
    figures: dict[str, dict[str, dict[tuple[str, str], float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for source, variable, period, territory, value in warehouse.rows(
        "SELECT source, variable, period, territory, value FROM current_observation "
        "WHERE value IS NOT NULL"
    ):
        figures[variable[4:]][territory][period, source] = value
    found = []
    for series, places in figures.items():
        changes: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        for territory, dated in places.items():
            for period, source in dated:
                earlier = [key for key in dated if key[0] < period]
                if not earlier:
                    continue
                value, before = dated[period, source], dated[max(earlier)]
                if max(value, before) >= 50:
                    change = abs(math.log((value + 0.5) / (before + 0.5)))
                    changes[period, source][territory] = change
        pooled = usual_of([one for moves in changes.values() for one in moves.values()])
        for (period, _), moves in changes.items():
            enough = len(moves) >= 8
            usual = usual_of(list(moves.values())) if enough else pooled if narrow else 0.0
            found += [
                (territory, f"P{period[2:]}_{series}", period)
                for territory, change in moves.items()
                if usual > 0 and change > 5 * usual
            ]
    return sorted(found)


@pytest.mark.parametrize("narrow", [True, False])
@given(loads=st.lists(VINTAGE, min_size=2, max_size=4))
@settings(
    max_examples=cases(5),
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # each example founds a workspace
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_findings_kept_are_those_of_looking_at_everything(
    tmp_path_factory: pytest.TempPathFactory,
    narrow: bool,  # noqa: FBT001
    loads: list[tuple[int, str, dict[int, tuple[float, float] | None], set[int]]],
) -> None:
    town = town_of(build_place(tmp_path_factory.mktemp("lots")))
    with pytest.MonkeyPatch.context() as patch:
        if not narrow:
            patch.setattr(lots, "NARROW", 1)
            patch.setattr(lots, "MOST_FIGURES", 25)
        given: set[tuple[int, str]] = set()
        try:
            for year, name, others, without in loads:
                if any(other != name for at, other in given if at == year):
                    continue  # two sources of one family may not tell one year otherwise
                given.add((year, name))
                figures = steady(year, **{f"_{at}": both for at, both in others.items()})
                here = {code: figures[code] for at, code in enumerate(MEMBERS) if at not in without}
                load(town, year, here, name)
                kept = findings(town)
                forget(warehouse_of(town))
                whole = findings(town)
                pd.testing.assert_frame_equal(kept, whole)
                assert jumps(whole) == jumps_by_hand(warehouse_of(town), narrow=narrow)
        finally:
            town.close()


# --- all at once --------------------------------------------------------------------------------


def grown(year: int, times: float) -> Vintage:
    return {code: (both[0] * times, both[1] * times) for code, both in steady(year).items() if both}


@pytest.mark.parametrize(("times", "expected"), [(10.0, 3), (1.02, 0)])
def test_a_series_that_changes_everywhere_is_said_once_a_column(
    town: Place, times: float, expected: int
) -> None:
    for year in (2010, 2011, 2012):
        load(town, year, steady(year))
    load(town, 2013, grown(2013, times))
    found = findings(town)
    assert jumps(found) == []
    mine = found[found["check"] == "serie-decalee"]
    assert len(mine) == expected
    assert set(mine["period"]) <= {"2013"}
    if expected:
        assert "de 2012 à 2013, le changement habituel des IRIS est" in mine["message"].iloc[0]


def test_a_longer_time_changes_more_and_is_no_alarm(town: Place) -> None:
    for year in (1999, 2000, 2001, 2011):  # ten years: ten times the change of one
        load(town, year, steady(year))
    assert findings(town).empty


def test_two_periods_tell_no_rest_of_a_series(town: Place) -> None:
    for year, times in ((2010, 1), (2011, 1), (2012, 10)):
        load(town, year, grown(year, times))
    assert "serie-decalee" not in set(findings(town)["check"])  # one other change is no habit


# --- what a workspace may write -----------------------------------------------------------------

OWN = """\
[checks.baisse]
title = "Baisse"
level = "remarque"
message = "{name} : {before} puis {value}."
lot = "change"
sql = '''
SELECT s.source, s.load, m.line, s.zoning, p.territory, p.name, s.variable, s.period, m.value, m.before
FROM change AS m JOIN sequel AS s USING (id) JOIN place AS p ON p.id = m.place
WHERE m.value < m.before
'''
"""


@pytest.mark.usefixtures("wide")
def test_a_predicate_of_a_workspace_sees_every_lot_each_time(town: Place) -> None:
    town.write(CHECKS_FILE, OWN)
    for year in (2010, 2011, 2012):
        load(town, year, steady(year, _2=(1000 - (year - 2010), 900)))
        found = findings(town)
    falls = found[found["check"] == "baisse"]
    assert sorted(set(zip(falls["territory"], falls["period"], strict=True))) == [
        (MEMBERS[2], "2011"),
        (MEMBERS[2], "2012"),
    ]
    assert warehouse_of(town).rows("SELECT * FROM seen_unit") == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('lot = "change"\n', ""),
        ('lot = "change"', 'lot = "tally"'),
        ('lot = "change"', 'lot = "figure"'),
        ("FROM change AS m", "FROM figure AS m"),
    ],
)
def test_a_lot_that_is_not_stated_is_refused(town: Place, old: str, new: str) -> None:
    assert old in OWN
    town.write(CHECKS_FILE, OWN.replace(old, new))
    with pytest.raises(DescriptorError) as refusal:
        findings(town)
    says(refusal.value, "lot", "change", CHECKS_FILE)


def test_a_wrong_predicate_is_refused_where_there_is_no_lot_to_see(town: Place) -> None:
    town.write(CHECKS_FILE, OWN.replace("m.value < m.before", "m.valeur < m.before"))
    with pytest.raises(DescriptorError) as refusal:
        findings(town)  # nothing is loaded
    says(refusal.value, "baisse", "valeur", CHECKS_FILE)

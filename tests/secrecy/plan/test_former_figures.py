"""What left before, under other formulas, and beside figures that have been corrected since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attacker import CATALOGUE, SOURCE, write
from lent_levels import LENT, LENT_CATALOGUE, figures_of

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SIMPLE = SOURCE[: SOURCE.index("[[secrecy.sums]]")] + SOURCE[SOURCE.index("[variables") :]
IRIS, COMMUNE = "iris-2016", "commune-2016"


def rows_of(values: Mapping[str, object], variable: str = "aidA") -> list[str]:
    zonings = {"i": IRIS, "c": COMMUNE}
    return [f"{zonings[code[0]]};{code};2016;{variable};{n}" for code, n in values.items()]


def leave(folder: Path, zoning: str, indicator: str = "aidA") -> Iterator[tuple[str, float]]:
    """Load a workspace, have a page of a zoning leave, and give the figures that it shows."""
    with obs.open(folder) as o:
        o.load()
        o.panel(indicators=[indicator], zoning=zoning).save(folder / "page.html")
        assert o.audit()["safe"].all()
        frame = o.table(indicator, zoning).main.dropna(subset="value")
        yield from zip(frame["territory"], frame["value"], strict=True)


def test_what_left_under_a_code_is_not_taken_for_what_the_code_counts_now(tmp_path: Path) -> None:
    """q2 = i2 + i3 left as « aidA », which counts something else by now: i3 would give i2 all the same."""
    given = {
        "i1": 90,
        "i2": 4,
        "i3": 57,
        "i4": 60,
        "i5": 70,
        "i6": 80,
        "i7": 33,
        "i8": 50,
        "i9": 44,
    }
    rows = rows_of(given) + rows_of({code: 300 + n for code, n in given.items()}, "aidB")
    bare = CATALOGUE[: CATALOGUE.index("[indicators.aidT]")]
    assert (
        dict(leave(write(tmp_path, rows, source=SIMPLE, catalogue=bare), "quartier-2007"))["q2"]
        == 61
    )
    swapped = (
        bare.replace('"aidA"]', '"aidC"]').replace('"aidB"]', '"aidA"]').replace("aidC", "aidB")
    )
    more = f'\n[secrecy]\nheadlines = ["{IRIS}"]\n'  # costs another choice, if q2 were not known
    write(tmp_path, rows, source=SIMPLE, catalogue=swapped, more=more)
    assert not {"i2", "i3"} & dict(leave(tmp_path, IRIS, "aidB")).keys()


def test_a_zero_that_was_corrected_takes_nothing_from_what_is_known_of_others(
    tmp_path: Path,
) -> None:
    """i2 was nothing, and no page said it. The three that are hidden make 13, and are at least one each."""
    given = {"i1": 3, "i2": 0, "i3": 30, "i4": 5, "i5": 5, "i6": 70, "c2": 70}
    assert "c2" in dict(leave(write(tmp_path, rows_of(given | {"c1": 43}), source=SIMPLE), COMMUNE))
    write(tmp_path, rows_of(given | {"i2": 20, "c1": 63}), source=SIMPLE)
    shown = dict(leave(tmp_path, "quartier-2007")) | dict(leave(tmp_path, COMMUNE))
    assert not {"q2", "c1"} <= shown.keys()


def test_what_a_producer_hides_may_have_changed_with_what_it_corrects(tmp_path: Path) -> None:
    """It hides a total and a part of it; the other part is corrected: every table was refused."""
    hidden = rows_of({"i2": "s"}, "aidB") + rows_of({"i2": "s"}, "aidT")
    for given in (60, 71):
        folder = write(tmp_path, rows_of({"i1": 90, "i2": given}) + hidden)
        assert dict(leave(folder, IRIS))["i2"] == given


def test_a_numerator_of_before_was_at_most_its_universe(tmp_path: Path) -> None:
    """62,2 % of 37, then 51,4 %: the rate of i9 alone was corrected, four were aided, and it counts four."""
    places = {"i6": (5, 4), "i7": (17, 4), "i8": (11, 11)}
    shown = []
    for aided in (4, 0):
        given = places | {"i9": (4, aided), "c2": (37, 19 + aided)}
        figures = {code: figures_of(*two, 0.0) for code, two in given.items()}
        rows = [
            row
            for variable in ("aidA", "tx")
            for row in rows_of({code: each[variable] for code, each in figures.items()}, variable)
        ]
        write(tmp_path, rows, source=LENT, catalogue=LENT_CATALOGUE)
        shown += [
            dict(leave(tmp_path, zoning, "aidA")) for zoning in (COMMUNE, IRIS, "quartier-2007")
        ]
        shown.append(dict(leave(tmp_path, COMMUNE, "tx")))
    assert not all("c2" in each for each in (shown[0], shown[3], shown[7]))


def test_what_sums_deny_to_be_the_same_is_another_figure(tmp_path: Path) -> None:
    """i2, hidden at first, is given by now: its commune moved as it did, and told two. Then it is hidden anew."""
    others = {"i1": 90, "i3": 57, "i4": "s", "i5": 70}
    headline = f'\n[secrecy]\nheadlines = ["{COMMUNE}"]\n'
    write(tmp_path, rows_of(others | {"i2": "s", "c1": 222}), source=SIMPLE, more=headline)
    assert dict(leave(tmp_path, COMMUNE))["c1"] == 222
    write(tmp_path, rows_of(others | {"i2": 33, "c1": 253}), source=SIMPLE, more=headline)
    assert "i2" not in dict(leave(tmp_path, IRIS))
    assert dict(leave(tmp_path, COMMUNE))["c1"] == 253


def test_what_is_hidden_by_now_is_not_what_was_given(tmp_path: Path) -> None:
    """Forty left of i2, and all of its commune; hidden by now, three are left of it."""
    given = {"i1": 90, "i2": 40, "i3": 57, "i4": 60, "i5": 70}
    write(tmp_path, rows_of(given | {"c1": 317}), source=SIMPLE)
    assert dict(leave(tmp_path, IRIS))["i2"] == 40
    write(tmp_path, rows_of(given | {"i2": "s", "c1": 280}), source=SIMPLE)
    assert "c1" not in dict(leave(tmp_path, COMMUNE))


#: i1 and i5 are hidden, of which one knows that they are 74.
GIVEN = {"i1": 4, "i2": 90, "i3": 60, "i4": 57, "i5": 70, "c1": 281}
ONE_COUNT = CATALOGUE[: CATALOGUE.index("[indicators.aidB]")]
DEAR_IRIS = f'\n[secrecy]\nheadlines = ["{IRIS}"]\n'


@pytest.mark.parametrize("kept", [False, True], ids=["no longer given", "still given"])
def test_two_counts_that_were_given_together_are_two(tmp_path: Path, kept: bool) -> None:  # noqa: FBT001
    """A code counts by now what another one counted, of which 281 had left: five IRIS less four are i1."""
    zeros = dict.fromkeys(("i6", "i7", "i8", "i9", "c2"), 0)
    other = zeros | {"i1": 590, "i2": 90, "i3": 60, "i4": 560, "i5": 570, "c1": 1870}
    both = CATALOGUE[: CATALOGUE.index("[indicators.aidT]")]
    rows = rows_of(other)
    write(tmp_path, rows_of(GIVEN | zeros, "aidB") + rows, source=SIMPLE, catalogue=both)
    assert len(dict(leave(tmp_path, COMMUNE))) == 2
    assert {"i2", "i3", "i4"} < dict(leave(tmp_path, IRIS, "aidB")).keys()
    assert dict(leave(tmp_path, COMMUNE, "aidB"))["c1"] == 281
    corrected = rows_of(GIVEN | zeros | {"i4": 10, "c1": 234}, "aidB")
    swapped = ONE_COUNT.replace('"aidA"]', '"aidB"]')
    write(tmp_path, corrected + rows * kept, source=SIMPLE, catalogue=swapped)
    assert "i5" not in dict(leave(tmp_path, IRIS))


def test_a_folder_renamed_and_much_corrected_is_known_by_what_stayed(tmp_path: Path) -> None:
    """Most figures are others; i5, the same as before, still gives i1 by the commune of the time."""
    others = {"i6": 80, "i7": 33, "i8": 50, "i9": 44, "c2": 207}
    write(tmp_path, rows_of(GIVEN | others), source=SIMPLE, catalogue=ONE_COUNT)
    assert dict(leave(tmp_path, COMMUNE))["c1"] == 281
    assert {"i2", "i3", "i4"} < dict(leave(tmp_path, IRIS)).keys()
    (tmp_path / "data/raw/aides").rename(tmp_path / "data/raw/aides-bis")
    changed = {code: n + 1 for code, n in others.items()} | {"c2": 211, "i2": 91, "c1": 282}
    renamed = ONE_COUNT.replace('["aides"]', '["aides-bis"]')
    rows = rows_of(GIVEN | changed)
    write(tmp_path, rows, source=SIMPLE, catalogue=renamed, name="aides-bis", more=DEAR_IRIS)
    assert "i5" not in dict(leave(tmp_path, IRIS))


@pytest.mark.parametrize(
    ("first", "second", "found", "more"),
    [
        (GIVEN, GIVEN | {"i2": None, "i4": 10, "c1": 190}, "i5", ""),
        (GIVEN, GIVEN | {"c1": None, "i4": 10}, "c1", ""),  # 281 - 234 is what i4 lost: it is ten
        (GIVEN | {"c1": 284}, GIVEN | {"i4": 10, "c1": 234}, "i5", ""),  # i1 is seven at most
        (
            {"i1": 90, "i2": 33, "i3": 57, "i4": "s", "i5": "s", "c1": 255},
            {"i1": 90, "i2": 33, "i3": 57, "i4": "s", "i5": 70, "c1": 265},
            "i5",
            DEAR_IRIS,
        ),
    ],
    ids=["a part is withdrawn", "the total is withdrawn", "it had a rest", "one of two is given"],
)
def test_a_sum_of_the_time_stays_known_whatever_became_of_it(
    tmp_path: Path,
    first: dict[str, object],
    second: dict[str, object | None],
    found: str,
    more: str,
) -> None:
    write(tmp_path, rows_of(first), source=SIMPLE, catalogue=ONE_COUNT)
    assert dict(leave(tmp_path, COMMUNE))["c1"] == first["c1"]
    assert {"i2", "i3"} <= dict(leave(tmp_path, IRIS)).keys()
    given = {code: n for code, n in second.items() if n is not None}
    write(tmp_path, rows_of(given), source=SIMPLE, catalogue=ONE_COUNT, more=more)
    assert found not in dict(leave(tmp_path, COMMUNE if found == "c1" else IRIS))


def test_what_is_withdrawn_as_it_is_renamed_stays_known(tmp_path: Path) -> None:
    """Of 110, 39 left, which the new column does not give; less the 69 of i9 they are two, one each."""
    given = {"i6": 1, "i7": 1, "i8": 39, "i9": 69, "c2": 110}
    write(tmp_path, rows_of(given), source=SIMPLE, catalogue=ONE_COUNT)
    assert dict(leave(tmp_path, IRIS)) == {"i8": 39}
    assert dict(leave(tmp_path, COMMUNE)) == {"c2": 110}
    rest = {code: n for code, n in given.items() if code != "i8"}
    source = SIMPLE.replace("[variables.aidA]", "[variables.aidX]")
    catalogue = ONE_COUNT.replace('["aidA"]', '["aidX"]')
    write(tmp_path, rows_of(rest, "aidX"), source=source, catalogue=catalogue)
    assert not dict(leave(tmp_path, IRIS))


def test_a_sum_of_the_time_stays_known_under_another_name(tmp_path: Path) -> None:
    """281 left, which the new column does not give: less the total of today, that is what i4 lost."""
    write(tmp_path, rows_of(GIVEN), source=SIMPLE, catalogue=ONE_COUNT)
    assert dict(leave(tmp_path, COMMUNE))["c1"] == 281
    assert {"i2", "i3", "i4"} <= dict(leave(tmp_path, IRIS)).keys()
    rest = {code: n for code, n in (GIVEN | {"i4": 10}).items() if code != "c1"}
    source = SIMPLE.replace("[variables.aidA]", "[variables.aidX]")
    catalogue = ONE_COUNT.replace('["aidA"]', '["aidX"]')
    write(tmp_path, rows_of(rest, "aidX"), source=source, catalogue=catalogue)
    assert "c1" not in dict(leave(tmp_path, COMMUNE))


@pytest.mark.parametrize(
    ("hidden", "name", "corrected"),
    [
        ("aidT", "aides", {"aidA": 150}),  # all left of c1, that nothing gives: it is not 150 + 60
        ("aidB", "aides-bis", {"aidT": 165}),  # the folder of before, still known, says 60
    ],
    ids=["a total is withdrawn", "a folder is renamed"],
)
def test_a_mask_on_what_was_corrected_since_refuses_nothing(
    tmp_path: Path, hidden: str, name: str, corrected: dict[str, int]
) -> None:
    others = {"i2": 40, "i3": 53, "i4": 62, "i5": 75}
    more = {code: n + 30 for code, n in others.items()}
    of = {"aidA": {"i1": 100}, "aidB": {"i1": 60} | others, "aidT": {"i1": 160} | more}
    rows = [row for variable, given in of.items() for row in rows_of(given, variable)]
    write(tmp_path, rows + rows_of({"c1": 510}, "aidT"))
    assert dict(leave(tmp_path, COMMUNE, "aidT")) == {"c1": 510}
    (tmp_path / "data/raw/aides").rename(tmp_path / "data/raw" / name)
    now = {v: given | {"i1": corrected.get(v, given["i1"])} for v, given in of.items()}
    now[hidden] |= {"i1": "s"}
    rows = [row for variable, given in now.items() for row in rows_of(given, variable)]
    write(tmp_path, rows, catalogue=CATALOGUE.replace('["aides"]', f'["{name}"]'), name=name)
    assert "i1" not in dict(leave(tmp_path, IRIS, hidden))


ZEROS = dict.fromkeys(("i6", "i7", "i8", "i9", "c2"), 0)


@pytest.mark.parametrize("columns", [["aidA"], ["aidA", "aidB"]], ids=["a column", "two columns"])
def test_a_folder_renamed_as_rows_are_withdrawn_and_corrected_is_known(
    tmp_path: Path, columns: list[str]
) -> None:
    """281 left: i1 + i5 are 74. No file gives i5 any more, and i4 is corrected: 234 less all that would be it."""
    given = GIVEN | ZEROS
    cut = {code: n for code, n in given.items() if code != "i5"} | {"i4": 10, "c1": 234}
    numerator = f"numerator = {columns}".replace("'", '"')
    catalogue = ONE_COUNT.replace('numerator = ["aidA"]', numerator)
    for name, now in (("aides", given), ("aides-bis", cut)):
        rows = [
            row
            for column in columns
            for row in rows_of(now if column == "aidA" else dict.fromkeys(now, 0), column)
        ]
        if name != "aides":
            (tmp_path / "data/raw/aides").rename(tmp_path / "data/raw" / name)
        renamed = catalogue.replace('["aides"]', f'["{name}"]')
        write(tmp_path, rows, source=SIMPLE, catalogue=renamed, name=name)
        shown = dict(leave(tmp_path, COMMUNE)) | dict(leave(tmp_path, IRIS))
        assert {"i2", "i3"} <= shown.keys()
        assert ("c1" in shown) is (name == "aides")


def test_a_category_withdrawn_as_its_total_is_corrected_refuses_nothing(tmp_path: Path) -> None:
    """56 less the fifty that are given would be six, which no file gives any more."""
    others = {"aidA": {"i2": 40}, "aidB": {"i1": 50, "i2": 60}, "aidT": {"i2": 100}}
    for now in ({"aidA": 40, "aidT": 90}, {"aidT": 56}):
        given = {v: places | ({"i1": now[v]} if v in now else {}) for v, places in others.items()}
        rows = [row for variable, places in given.items() for row in rows_of(places, variable)]
        write(tmp_path, rows)
        shown = {v: dict(leave(tmp_path, IRIS, v)) for v in ("aidT", "aidB")}
        assert all("i2" in each for each in shown.values())
    assert not all("i1" in each for each in shown.values())

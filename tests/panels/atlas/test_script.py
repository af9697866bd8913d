"""The script of the atlas by itself: figures as the house prints them, classes as it makes them."""

from __future__ import annotations

import csv
import io
import random

import atlas_made
import demo
import pytest
from atlas_made import NODE, WHY_NOT, ran

from observatoire.french.typography import number
from observatoire.maps.classes import classify
from observatoire.pages.tokens import tokens

pytestmark = pytest.mark.skipif(not NODE, reason=WHY_NOT)


def drawn_values(seed: int) -> list[tuple[list[float], int]]:
    """Return sets of numbers of all sizes, with ties, negatives and zeros."""
    draw = random.Random(seed)  # noqa: S311 - numbers to try, no secret
    sets = []
    for count in (0, 1, 2, 3, 5, 11, 28, 60):
        for decimals in (0, 1):
            values = [round(draw.lognormvariate(2, 1.2) - 3, decimals) for _ in range(count)]
            sets.append((values, decimals))
    return [*sets, ([5.0] * 9, 1), ([1.0, 2.0] * 6, 0)]


def test_numbers_are_written_as_the_house_writes_them() -> None:
    given = [
        [81017, 0],
        [-1234.6, 1],
        [0.3, 1],
        [0, 1],
        [999, 0],
        [1000, 0],
        [12345678, 0],
        [6.52, 2],
    ]
    said = ran("given.map(([v, d]) => atlas.number(v, d))", given)
    assert said == [number(float(v), int(d)) for v, d in given]


def test_every_figure_of_the_atlas_reads_as_in_tables() -> None:
    """All indicators, all dates, all territories: the words of the script are those of the cells."""
    from observatoire.maps.marks import mark_of
    from observatoire.values import records

    data = atlas_made.data_of(atlas_made.atlas())
    code = (
        "Object.fromEntries(given.ind.flatMap((i) => Object.entries(i.p).map(([p, d]) => "
        "[i.c + ' ' + p, atlas.cellsOf(d.q, given.hole).map((c) => atlas.words(c, i.d))])))"
    )
    said = ran(code, data)
    assert len(said) > 150
    o, checked = demo.demo(), 0
    for period in ("2016", "2021"):
        codes = [key.split()[0] for key in said if key.endswith(period)]
        table = o.table(codes, period=period, compare=["commune"], audience="public")
        for one in codes:
            rows = records(table.main[table.main["indicator"] == one])
            printed = [mark_of(row, table.indicator(one), {}).text for row in rows]
            assert said[f"{one} {period}"] == printed, (one, period)
            checked += len(rows)
    assert checked > 1000


@pytest.mark.parametrize("method", ["jenks", "quantile", "equal"])
def test_classes_are_those_of_maps(method: str) -> None:
    sets = [(v, d, k) for v, d in drawn_values(18) for k in (3, 4, 5)]
    made = ran(f"given.map(([v, d, k]) => atlas.classes(v, d, '{method}', k))", sets)
    for (values, decimals, k), found in zip(sets, made, strict=True):
        wanted = classify(values, decimals, method, k)
        if wanted is None:
            assert found is None
            continue
        assert found["upper"] == pytest.approx(list(wanted.upper)), (values, k)
        assert found["low"] == wanted.least


def test_labels_and_ranks_of_classes_are_those_of_maps() -> None:
    sets = [(v, d) for v, d in drawn_values(7) if v]
    code = (
        "given.map(([v, d]) => { const c = atlas.classes(v, d, 'jenks', 4);"
        "return [atlas.ends(c), v.map((x) => atlas.rankIn(c, x))]; })"
    )
    for (values, decimals), (labels, ranks) in zip(sets, ran(code, sets), strict=True):
        cut = classify(values, decimals)
        assert cut is not None
        assert labels == cut.labels()
        assert ranks == [cut.rank(value) for value in values]


def test_shades_are_the_tokens() -> None:
    five = list(tokens().classes(5))
    for count, ranks in enumerate(ran("atlas.SHADES", None)[1:], 1):
        assert [five[rank] for rank in ranks] == list(tokens().classes(count))


def test_holes_repeats_and_blanks_are_read_back() -> None:
    cells = ran(
        "atlas.cellsOf(given[0], given[1])",
        [",47.3,44,50.5,3;h0;=0;3,,25,33;2,0,,,1,,80;,0", [[5, "Masqué."]]],
    )
    assert [c["kind"] for c in cells] == [0, 5, 0, 3, 2, 0]
    assert [c["value"] for c in cells] == [47.3, None, 47.3, None, 0, 0]
    assert (cells[1]["why"], cells[3]["low"], cells[3]["high"], cells[4]["level"]) == (
        "Masqué.",
        25,
        33,
        80,
    )


def test_order_is_own_first_from_the_highest_then_by_name() -> None:
    line = ",10;,30;2,90;4,95;h0;,30"
    names = ["Texaco", "Dillon", "Bon Air", "Acajou", "Élan", "Centre"]
    groups = ran(
        "atlas.ordered(atlas.cellsOf(given[0], [[6, '']]), given[1], 'value', true)", [line, names]
    )
    assert [rank for _, some in groups for rank in some] == [5, 1, 0, 2, 3, 4]
    by_name = ran(
        "atlas.ordered(atlas.cellsOf(given[0], [[6, '']]), given[1], 'name', false)", [line, names]
    )
    assert [names[rank] for rank in by_name[0][1]] == [
        "Acajou",
        "Bon Air",
        "Centre",
        "Dillon",
        "Élan",
        "Texaco",
    ]


def test_a_verdict_has_the_colour_of_its_sense() -> None:
    line = ",1,,,3;,1,,,5;,1,,,2;,1,,,1;2,1,,,3"
    code = "atlas.cellsOf(given, []).map((c) => atlas.toneOf(c, {}))"
    tones = [ran(code.format(polarity), line) for polarity in (1, -1, 0)]
    assert tones[0] == ["unfavourable", "favourable", "none", "", ""]
    assert tones[1] == ["favourable", "unfavourable", "none", "", ""]
    assert tones[2] == ["neutral", "neutral", "none", "", ""]


def test_the_csv_opens_in_a_french_spreadsheet() -> None:
    given = {
        "i": {"c": "part", "l": 'Part ; "test"', "u": "%", "d": 1},
        "q": ",1234.5,1200,1300,3;h0",
        "words": {n: atlas_made.data_of(atlas_made.atlas())[n] for n in ("head", "kinds", "said")},
    }
    code = (
        "atlas.csv(given.i, '2016', atlas.cellsOf(given.q, [[5, 'Masqué.']]),"
        "{terr: [['01', 'Dillon', 0], ['02', 'Élan', 0]], com: ['Ville'], ...given.words})"
    )
    text = ran(code, given)
    assert text.startswith("\ufeffcode;territoire;")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    assert rows[0]["libelle"] == 'Part ; "test"'
    assert (rows[0]["code"], rows[0]["valeur"], rows[0]["bas"], rows[0]["niveau"]) == (
        "01",
        "1234,5",
        "1200,0",
        "95",
    )
    assert (rows[1]["valeur"], rows[1]["statut"], rows[1]["raison"]) == ("", "secret", "Masqué.")

"""Every embedded figure is a gathered one, and every cell printed of it is worked out again with pandas."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import demo
import pytest
from gathered import carried_whole, embedded, gathered

from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

#: Worked out from what was gathered: tests/warehouse/loading says how, figure by figure.
WORKED_OUT = (
    "politique-ville-postes/postes_adultes_relais",
    "politique-ville-postes/postes_fonjep",
    "presidentielle-t2/participation",
    "vie-associative/asso_total",
    "valeurs-publiees/pub_taux_chomage",  # of the ZUS of France, which have no code there
)
#: Rates of the DNB by commune are weighted from those of its schools.
OF_SCHOOLS = {"candidats_dnb_general": 6, "taux_reussite_dnb_general": 6}

Found = dict[tuple[str, str, str, str], dict[str, float]]


@cache
def definitions() -> dict[str, dict[str, Any]]:
    text = (embedded_root() / "indicators.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["indicators"])


@cache
def rows() -> pd.DataFrame:
    return embedded()


@cache
def figures() -> Found:
    """Return embedded figures by variable without its vintage, zoning, territory and period; by source."""
    found: Found = defaultdict(dict)
    for row in rows().dropna(subset="value").to_dict("records"):
        name = re.sub(r"^([PC])\d\d_", "", row["variable"])
        for each in {row["variable"], name, name.removesuffix(row["period"][2:4])}:
            key = (each.casefold(), row["zoning"], row["territory"], row["period"])
            found[key][row["source"]] = float(row["value"])
    return found


def worked_out(code: str, zoning: str, territory: str, period: str) -> list[float]:
    """Return what an indicator is by each source that gives all that it needs; nothing where none does."""
    one = definitions()[code]
    top = [one["variable"]] if "variable" in one else one.get("numerator", [])
    below = one.get("denominator", [])
    given = {
        name: _given(name, one.get("sources"), zoning, territory, period) for name in (*top, *below)
    }
    if not given:
        return []
    scale = one.get("scale", quotients_in(one["unit"]) if below else 1)
    return [
        scale
        * sum(given[name][source] for name in top)
        / (sum(given[name][source] for name in below) if below else 1)
        for source in set.intersection(*(set(each) for each in given.values()))
    ]


def quotients_in(unit: str) -> int:
    """Return of how many a rate is: 100 for « % », 1 000 for « pour 1 000 habitants »."""
    number = re.match(r"pour ([\d\s]+)", unit)
    return {"%": 100}.get(unit, int(re.sub(r"\s", "", number[1])) if number else 1)


def _given(
    name: str, sources: list[str] | None, zoning: str, territory: str, period: str
) -> dict[str, float]:
    plain = name.rsplit(":", 1)[-1]
    dated = plain.replace("YY", period[2:4])
    keys = {dated.casefold(), re.sub(r"^[PC]YY_", "", plain).casefold()}
    by_source = {
        s: v for key in keys for s, v in figures().get((key, zoning, territory, period), {}).items()
    }
    return (
        by_source
        if ":" in name or sources is None
        else {s: v for s, v in by_source.items() if s in sources}
    )


@cache
def printed() -> list[dict[str, Any]]:
    """Return every cell of the zonings that sources give, at each of their periods."""
    listed = demo.demo().indicators()
    known = dict(
        zip(listed["indicator"], listed["periods"].astype(str).str.split(", "), strict=True)
    )
    given = rows().groupby("zoning")["period"].agg(set)
    cells = []
    for zoning, periods in given.items():
        when = {code: sorted(periods.intersection(dated)) for code, dated in known.items()}
        when = {code: dated for code, dated in when.items() if dated}
        if when:  # the periods of a zoning are one question, as for those who publish
            cells += demo.demo()._asked(str(zoning), when, "interne").df.to_dict("records")
    return cells


def test_every_embedded_figure_is_one_that_was_gathered(carried: Path) -> None:
    mine = rows().dropna(subset="value").query("source != 'convention-lamentin-2007'")
    mine = mine[
        (mine["source"] != "insee-bpe") | (mine["value"] != 0)
    ]  # what is not listed is none
    said = carried_whole(mine, gathered(carried))
    lost = {name: rows - right for name, (right, rows) in said.items() if right < rows}
    schools = {f"depp-etablissements/{name}": count for name, count in OF_SCHOOLS.items()}
    assert {k: v for k, v in lost.items() if k not in WORKED_OUT} == schools
    assert sum(right for right, _ in said.values()) > 10_000


def test_titles_of_sources_say_the_years_of_their_figures() -> None:
    years = rows().assign(year=rows()["period"].str[:4]).groupby("source")["year"].agg(set)
    wrong, spans = [], 0
    for path in sorted((embedded_root() / "data" / "raw").glob("*/source.toml")):
        source, title = path.parent.name, tomllib.loads(path.read_text("utf-8"))["title"]
        said = re.findall(r"(\d{4}) à (\d{4})", title)
        named = {year for span in said for year in span}
        spans += len(said)
        if said and not (
            named <= years[source]
            and min(named) == min(years[source])
            and max(named) == max(years[source])
        ):
            wrong.append((source, title, min(years[source]), max(years[source])))
    assert wrong == []
    assert spans > 10


def test_a_wrong_digit_is_seen(carried: Path) -> None:
    mine = rows().query("source == 'filosofi-communes'").dropna(subset="value").copy()
    place = mine.columns.get_loc("value")
    mine.iloc[17, place] = mine.iloc[17, place] + 1  # type: ignore[call-overload, index]
    said = carried_whole(mine, gathered(carried))
    assert [name for name, (right, rows) in said.items() if right < rows] == [
        f"filosofi-communes/{mine['variable'].iloc[17]}"
    ]


def test_every_printed_cell_is_what_its_table_says() -> None:
    seen, wrong = 0, []
    for cell in printed():
        where = str(cell["zoning"]), str(cell["territory"]), str(cell["period"])
        expected = worked_out(str(cell["indicator"]), *where)
        if expected:
            seen += 1
            if cell["status"] != "observed" or not any(
                cell["value"] == pytest.approx(value, rel=1e-12) for value in expected
            ):
                wrong.append((cell["indicator"], *where, cell["status"], cell["value"], expected))
    assert wrong == []
    assert seen > 11_000


def test_every_published_value_is_in_a_cell() -> None:
    shown = {
        (str(cell["zoning"]), str(cell["territory"]), str(cell["period"]), float(cell["value"]))
        for cell in printed()
        if cell["status"] in ("observed", "aggregated")
    }
    lost = [
        row
        for row in rows().query("source == 'valeurs-publiees'").to_dict("records")
        if (row["zoning"], row["territory"], row["period"], float(row["value"])) not in shown
    ]
    assert lost == []


def stored(source: str, zoning: str) -> dict[tuple[str, str, str], float]:
    found = rows().dropna(subset="value")
    found = found[(found["source"] == source) & (found["zoning"] == zoning)]
    return {
        (row["territory"], row["variable"], row["period"]): float(row["value"])
        for row in found.to_dict("records")
    }


@pytest.mark.parametrize("commune", ["97209", "97213"])
def test_communes_are_the_sums_of_their_iris(commune: str) -> None:
    counted = rows().query("source == 'insee-rp2016'")
    counted = counted[counted["territory"].str.startswith(commune)]
    sums = counted.groupby("variable")["value"].sum()
    people = sums[sums.index.str.match(r"P16_POP(\d{4}|75P)$")].sum()
    of_people = stored("insee-populations", "commune-2016")
    assert people == pytest.approx(of_people[commune, "POPULATION", "2016"], abs=1e-3)
    tenants = stored("insee-rp-communes", "commune-2016")[commune, "P16_RP_LOCHLMV", "2016"]
    assert sums["P16_RP_LOCHLMV"] == pytest.approx(tenants, rel=1e-9)


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("RP", "LOGVAC"), "LOG"),
        (("RP_PROP", "RP_LOC"), "RP"),
        (("RP_LOCHLMV",), "RP_LOC"),
        (("CHOM1564",), "ACT1564"),
        (("ACT1564",), "POP1564"),
        (("EMPLT_SAL",), "EMPLT"),
        (("SCOL1517",), "POP1517"),
        (("SCOL1824",), "POP1824"),
        (("ACTOCC15P_ILT2", "ACTOCC15P_ILT3", "ACTOCC15P_ILT4", "ACTOCC15P_ILT5"), "EMPLT"),
    ],
)
def test_parts_of_the_census_are_within_their_whole(parts: tuple[str, ...], whole: str) -> None:
    seen = 0
    for zoning in ("commune-2016", "epci-2016", "departement-2016", "pays-2016"):
        given = stored("insee-rp-communes", zoning)
        for (territory, name, period), value in given.items():
            if name != f"P{period[2:]}_{whole}":
                continue
            named = [given.get((territory, f"P{period[2:]}_{part}", period)) for part in parts]
            if None not in named:
                seen += 1
                assert 0 < sum(map(float, filter(None, named))) <= value, (territory, period, parts)
    assert seen


def test_wholes_hold_their_communes() -> None:
    """People, births, job-seekers: two communes are within their EPCI, it within Martinique."""
    for source in ("insee-populations", "france-travail-communes", "caf-communes"):
        small, wide = stored(source, "commune-2016"), stored(source, "epci-2016")
        island = stored(source, "departement-2016")
        for (_, name, period), value in wide.items():
            parts = [small.get((commune, name, period), 0.0) for commune in ("97209", "97213")]
            assert sum(parts) <= value, (source, name, period)
            assert value <= island.get(("972", name, period), value), (source, name, period)

"""Two sources give one indicator, each on its zoning; a third gives balances, one of them hidden."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from town import CATALOGUE, CODES, SOURCE, write_town

import observatoire as obs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory

#: Of the town as a whole, everyone is counted.
REGISTER = (
    SOURCE.replace('"Recensement"', '"Registre"')
    .replace('"iris-2016"', '"ville-2020"')
    .replace('method = "census"\nfraction = 0.4', 'method = "exhaustive"')
    .replace("rp.csv", "com.csv")
    .replace('territory = "IRIS"', 'territory = "VILLE"')
)

BALANCES = """\
title = "Soldes"
producer = "Insee"
licence = "Licence Ouverte 2.0"
zoning = "iris-2016"
markers = { secret = ["s"] }

[[files]]
name = "sol.csv"
separator = ";"
territory = "IRIS"
period_column = "AN"

[variables.SOLDE]
label = "Solde"
nature = "amount"
unit = "personnes"

[variables.TX]
label = "Taux"
nature = "rate"
unit = "%"
"""

MORE = """
[indicators.solde]
label = "Solde"
theme = "t"
nature = "amount"
unit = "personnes"
definition = "Solde."
universe = "Population"
sources = ["sol"]
numerator = ["SOLDE"]

[indicators.tx]
label = "Taux"
theme = "t"
nature = "rate"
unit = "%"
definition = "Taux."
universe = "Population"
sources = ["sol"]
variable = "TX"
"""

SOLD = dict(zip(CODES, [-40, 10, -5, 0, -30, 12, 3, 8, -1], strict=True))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observatory]:
    rows = [(code, 2016, SOLD[code], 100 if code == "00" else 0) for code in CODES]
    rows += [(code, 2018, "s" if code == "22" else SOLD[code], 5) for code in CODES]
    sold = "".join(";".join(map(str, row)) + "\n" for row in rows)
    files = {
        "indicators.toml": CATALOGUE.replace('["rp"]', '["rp", "com"]') + MORE,
        "data/raw/com/source.toml": REGISTER,
        "data/raw/com/com.csv": "VILLE;AN;ACT;CHOM\nV;2016;9100;1000\n",
        "data/raw/sol/source.toml": BALANCES,
        "data/raw/sol/sol.csv": f"IRIS;AN;SOLDE;TX\n{sold}",
    }
    with obs.open(write_town(tmp_path_factory.mktemp("town"), more=files)) as o:
        for source in ("rp", "com", "sol"):
            o.load(f"data/raw/{source}")
        yield o


def cells(table: Any) -> dict[tuple[str, str], Any]:
    return {(row["zoning"], row["indicator"]): row for row in table.df.to_dict("records")}


def test_each_figure_bears_the_rule_and_the_name_of_the_source_that_gave_it(
    town: Observatory,
) -> None:
    found = cells(town.table(["part", "actifs"], period=2016, compare=["ville", "reste"]))
    for code, value in (("part", 100 * 1000 / 9100), ("actifs", 9100)):
        counted = found["ville-2020", code]
        assert counted["value"] == pytest.approx(value)
        assert (counted["precision"], counted["source"]) == ("exact", "Insee, Registre")
        assert counted["low"] == counted["high"] == counted["value"]
        for zoning in ("secteur-2020", "ville-2020 - secteur-2020"):
            drawn = found[zoning, code]
            assert (drawn["precision"], drawn["source"]) == ("sondage", "Insee, Recensement")
            assert drawn["sampling_low"] < drawn["value"] < drawn["sampling_high"]


def test_a_part_drawn_by_one_source_shares_nothing_with_a_whole_counted_by_another(
    town: Observatory,
) -> None:
    table = town.table("part", period=2016, compare=["ville"])
    assert table.differences is not None
    own, gap = cells(table)["secteur-2020", "part"], table.differences.iloc[0]
    whole = 100 * 1000 / 9100
    assert gap["difference"] == pytest.approx(20 - whole)
    assert (gap["low"], gap["high"]) == pytest.approx((own["low"] - whole, own["high"] - whole))


def test_a_balance_adds_up_below_zero(town: Observatory) -> None:
    found = cells(town.table("solde", period=2016, compare=["ville"]))
    assert found["secteur-2020", "solde"]["value"] == SOLD["11"]
    assert found["ville-2020", "solde"]["value"] == sum(SOLD.values())


def test_a_balance_hidden_somewhere_leaves_its_sum_unknown(town: Observatory) -> None:
    found = cells(town.table("solde", period=2018, compare=["ville"]))
    assert found["secteur-2020", "solde"]["value"] == SOLD["11"]
    whole = found["ville-2020", "solde"]
    assert all(math.isnan(whole[name]) for name in ("value", "low", "high"))


def test_rates_of_nothing_and_of_all_are_not_said_to_be_parts_of_iris(town: Observatory) -> None:
    whole = cells(town.table("tx", period=2016, compare=["ville"]))["ville-2020", "tx"]
    assert whole["status"] == "missing"
    assert whole["reason"].startswith("Entre le plus petit et le plus grand taux des 9 IRIS")


def test_guarded_balances_below_zero_stop_no_table(tmp_path: Path) -> None:
    rows = "".join(f"{code};2016;{SOLD[code]};5\n" for code in CODES)
    files = {
        "indicators.toml": CATALOGUE + MORE,
        "data/raw/sol/source.toml": BALANCES.replace(
            "markers =", "secrecy = { threshold = 5 }\nmarkers ="
        ),
        "data/raw/sol/sol.csv": f"IRIS;AN;SOLDE;TX\n{rows}",
    }
    with obs.open(write_town(tmp_path, more=files)) as o:
        o.load("data/raw/sol")
        found = cells(o.table("solde", period=2016, compare=["ville"]))
    assert {row["status"] for row in found.values()} <= {"secret", "observed", "aggregated"}

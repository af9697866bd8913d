"""Links read off names say so with every figure, and are checked against published totals."""

from __future__ import annotations

import csv
from pathlib import Path

import demo
import pandas as pd
import pytest

import observatoire as obs
from observatoire.errors import PassageError
from observatoire.indicators.link_checks import between, check_sums
from observatoire.indicators.routes.routes import NAMED_LINK
from observatoire.territories.link_tables import compose, read_links
from observatoire.workspace.scaffold import create_workspace

ROOT = Path(__file__).parents[3]


def links(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["source", "target", "link", "quality"])


def test_a_table_may_state_the_quality_of_its_links(tmp_path: Path) -> None:
    path = tmp_path / "links.csv"
    path.write_text(
        "source;target;link;quality\ni1;q1;proche;noms\ni2;q2;inclus;officiel\n", "utf-8"
    )
    assert list(read_links(path)["quality"]) == ["noms", "officiel"]
    path.write_text("source;target;link\ni1;q1;proche\n", "utf-8")
    assert "quality" not in read_links(path)


@pytest.mark.parametrize("word", ["nom", "exact"])
def test_an_unknown_quality_is_refused_with_its_line(tmp_path: Path, word: str) -> None:
    path = tmp_path / "links.csv"
    path.write_text(f"source;target;link;quality\ni1;q1;proche;{word}\n", "utf-8")
    with pytest.raises(PassageError, match=f"« {word} »") as raised:
        read_links(path)
    assert "ligne 2" in str(raised.value)


def test_what_rests_on_a_named_link_is_named_too() -> None:
    first = links(("i1", "q1", "proche", "noms"), ("i2", "q2", "proche", "officiel"))
    second = links(("q1", "all", "proche", ""), ("q2", "all", "proche", ""))
    found = compose(first, second).set_index("source")["quality"]
    assert found.to_dict() == {"i1": "noms", "i2": ""}
    again = links(("q1", "all", "proche", "noms"), ("q2", "all", "proche", ""))
    official = compose(links(("i1", "q1", "proche", "officiel")), again).set_index("source")[
        "quality"
    ]
    assert official.to_dict() == {"i1": "noms"}


def test_every_sum_over_named_links_says_so() -> None:
    shown = demo.demo().table("population").df
    summed = shown[shown["status"] == "aggregated"]
    assert len(summed) > 5
    assert summed["method"].str.contains(NAMED_LINK, regex=False).all()
    towns = demo.demo().table("population", zoning="commune-2016").df
    assert not towns["method"].str.contains(NAMED_LINK, regex=False).any()


def test_five_quartiers_count_more_than_the_eight_of_their_qpv() -> None:
    """Insee's QPV « Quartiers Ouest » holds eight quartiers of the same name in our list."""
    quartiers = list(
        csv.DictReader((ROOT / "geo/quartier-cucs-2007.csv").open(encoding="utf-8"), delimiter=";")
    )
    members = {"QP972001": [q["code"] for q in quartiers if q["groupe"] == "Quartiers Ouest"]}
    shown = demo.demo().table("population", period=2016).df
    whole = shown[shown["status"] == "aggregated"].set_index("territory")["value"]
    published = {"QP972001": between(("2013", 12062), ("2018", 10367), "2016")}
    found = check_sums(whole.to_dict(), members, published).iloc[0]
    assert (found["parts"], found["known"]) == (8, 5)
    assert round(found["sum"]) == 11715
    assert round(found["published"]) == 11045


def test_a_whole_that_its_parts_do_not_exceed_is_not_told() -> None:
    parts = {"a": 40.0, "b": 61.0}
    assert check_sums(parts, {"w": ["a", "b"]}, {"w": 100.0}).empty
    assert len(check_sums(parts, {"w": ["a", "b"]}, {"w": 100.0}, tolerance=0.0)) == 1
    assert check_sums(parts, {"w": ["a", "b"]}, {}).empty


def test_the_qpv_of_the_lamentin_is_in_the_lamentin() -> None:
    rows = list(csv.DictReader((ROOT / "geo/qpv-2015.csv").open(encoding="utf-8"), delimiter=";"))
    assert {row["code"]: row["commune"] for row in rows}["QP972005"] == "97213"


def test_checks_find_the_wholes_that_their_parts_exceed(tmp_path: Path) -> None:
    """The same five quartiers, once a table says which QPV holds them; nothing without it."""
    create_workspace(tmp_path / "o")
    table = ROOT / "geo/quartier-cucs-2007.csv"
    quartiers = list(csv.DictReader(table.open(encoding="utf-8"), delimiter=";"))
    lines = [f"{q['code']};QP972001;proche" for q in quartiers if q["groupe"] == "Quartiers Ouest"]
    (tmp_path / "o/geo/qpv.csv").write_text("\n".join(["source;target;link", *lines, ""]), "utf-8")
    with obs.open(tmp_path / "o") as o:
        o.load("data/raw/insee-rp2016")
        o.load("data/raw/valeurs-publiees")
        assert "rattachement" not in set(o.checks().df["check"])
    with (tmp_path / "o/observatoire.toml").open("a", encoding="utf-8") as declared:
        declared.write(
            '\n[[passages]]\nsource = "quartier-cucs-2007"\ntarget = "qpv-2015"\nfile = "geo/qpv.csv"\n'
        )
    with obs.open(tmp_path / "o") as o:
        report = o.checks()
        found = report.df[report.df["check"] == "rattachement"].iloc[0]
    assert (found["territory"], found["period"], found["level"]) == ("QP972001", "2016", "alerte")
    assert round(found["value"]) == 11045
    assert "5 de ses 8 parties" in found["message"]
    assert "qpv.csv" in found["remedy"]
    assert "Parties qui comptent plus que leur tout" in str(report)

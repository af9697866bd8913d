"""Figures are laid in the order of the file, row by row, whatever its layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import SOURCE_TOML, source_of

from observatoire.sources import observe, read_table
from observatoire.territories import Matcher

if TYPE_CHECKING:
    from pathlib import Path

ZONINGS = {
    "iris-2016": Matcher(
        {"972090101": "Centre Ville", "972090102": "Dillon", "972090103": "Volga"}, "IRIS"
    )
}
WIDE = SOURCE_TOML.replace('["LIBIRIS"]', "[]")
LONG = WIDE.replace("ignored = []", 'layout = "long"\nvariable_column = "QUOI"\nvalue_column = "N"')
TABLES = {
    "wide": (WIDE, "IRIS;POP;TAUX\n972090102;1;<5\n972090101;2;s\nailleurs;9;9\n972090103;3;6,5\n"),
    "long": (
        LONG,
        """\
IRIS;QUOI;N
972090102;POP;1
972090102;TAUX;<5
972090101;POP;2
972090101;TAUX;s
ailleurs;POP;9
972090103;POP;3
972090103;TAUX;6,5
""",
    ),
}


@pytest.mark.parametrize("layout", TABLES)
def test_figures_come_in_the_order_of_the_file(tmp_path: Path, layout: str) -> None:
    toml, text = TABLES[layout]
    source = source_of(tmp_path / "s", toml)
    path = tmp_path / "s" / "population.csv"
    path.write_text(text, "utf-8")
    spec = source.files[0]
    cells = observe(read_table(path, spec), source, spec, ZONINGS).cells
    assert cells["line"].is_monotonic_increasing
    found = cells[["territory", "variable", "value", "high", "status", "marker"]].astype(object)
    assert found.fillna("").to_numpy().tolist() == [
        ["972090102", "POP", 1.0, "", "observed", ""],
        ["972090102", "TAUX", "", 5.0, "bounded", "<5"],
        ["972090101", "POP", 2.0, "", "observed", ""],
        ["972090101", "TAUX", "", "", "secret", "s"],
        ["972090103", "POP", 3.0, "", "observed", ""],
        ["972090103", "TAUX", 6.5, "", "observed", ""],
    ]

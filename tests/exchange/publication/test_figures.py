"""The tables of a package: what a spreadsheet opens runs nothing, what another sends is looked at."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from built_workspace import says
from pyarrow import parquet

from observatoire.errors import DuplicateKeyError, FileError, ObservatoireError
from observatoire.exchange.publication.figures import (
    DEFINED_COLUMNS,
    OBS_STATUS,
    parquet_bytes,
    published_figures,
    read_definitions,
)
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path

ROW = {"zoning": "q", "territory": "Q1", "indicator": "pop", "period": "2016", "status": "observed"}


def written(folder: Path, *rows: str, head: str = ",".join(DEFINED_COLUMNS)) -> Path:
    path = folder / "indicateurs.csv"
    path.write_text("\n".join([head, *rows, ""]), "utf-8")
    return path


def test_every_status_has_its_code() -> None:
    assert set(OBS_STATUS) == set(Status)


def test_rows_come_in_one_order_and_once() -> None:
    frame = pd.DataFrame(
        [{**ROW, "period": p, "value": v} for p, v in (("2016", 2.0), ("2014", 1.0))]
    )
    made = published_figures(pd.concat([frame, frame]))
    assert made["periode"].tolist() == ["2014", "2016"]
    assert made["valeur"].tolist() == [1.0, 2.0]
    assert published_figures(frame.iloc[::-1]).equals(made)


def test_a_column_of_holes_is_one_of_texts() -> None:
    made = published_figures(pd.DataFrame([ROW]))
    assert made["motif"].tolist() == [""]
    assert made["valeur"].isna().all()
    assert made["valeur"].dtype == "float64"


def test_definitions_are_read_as_texts(tmp_path: Path) -> None:
    row = ",".join(["pop", *["=1+1"] * (len(DEFINED_COLUMNS) - 1)])
    (read,) = read_definitions(written(tmp_path, row))
    assert read["definition"] == "=1+1"  # disarmed once, where all are put together


def test_a_definition_twice_is_refused(tmp_path: Path) -> None:
    row = "pop" + "," * (len(DEFINED_COLUMNS) - 1)
    with pytest.raises(DuplicateKeyError) as caught:
        read_definitions(written(tmp_path, row, row))
    says(caught.value, "lignes 2, 3", "pop")


@pytest.mark.parametrize("rows", [("a,b,c" * 40,), ('"' + "pop",)])
def test_a_csv_that_is_none(tmp_path: Path, rows: tuple[str, ...]) -> None:
    with pytest.raises(ObservatoireError) as caught:
        read_definitions(written(tmp_path, *rows))
    says(caught.value, "indicateurs.csv")


def test_a_column_that_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="champ"):
        read_definitions(written(tmp_path, head=",".join(DEFINED_COLUMNS).replace("champ", "x")))


def test_the_rows_of_an_indicator_follow_each_other() -> None:
    rows = [
        {"zoning": "z", "territory": t, "indicator": i, "period": p, "status": "secret"}
        for t in ("b", "a")
        for i in ("pop", "age")
        for p in ("2017", "2016")
    ]
    given = published_figures(pd.DataFrame(rows))
    assert given["indicateur"].tolist() == ["age"] * 4 + ["pop"] * 4
    assert given["territoire"].tolist() == ["a", "a", "b", "b"] * 2
    assert given["periode"].tolist() == ["2016", "2017"] * 4


def test_a_large_file_says_by_groups_which_indicators_it_holds() -> None:
    together = 122_880
    frame = pd.DataFrame({"indicateur": np.repeat(["a", "b", "c"], together)})
    foot = parquet.read_metadata(io.BytesIO(parquet_bytes(frame)))
    held = [foot.row_group(k).column(0).statistics for k in range(foot.num_row_groups)]
    assert [(each.min, each.max) for each in held] == [("a", "a"), ("b", "b"), ("c", "c")]

"""The questions of a federation on Spark: the same answers as DuckDB's, on the same files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import observatoire as obs

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyspark", reason="pyspark n’est pas installé (extra « spark »)")
if shutil.which("java") is None:
    pytest.skip("Java n’est pas sur cette machine", allow_module_level=True)


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    whole = frame.sort_values(list(frame.columns), ignore_index=True).astype("object")
    return whole.where(whole.notna(), None).astype("str")


@pytest.mark.filterwarnings("ignore")  # of pyspark, on pandas 3
def test_spark_answers_as_duckdb_does(tmp_path: Path) -> None:
    packages = obs.demo_packages(tmp_path)
    sides = [obs.federate(packages, engine=engine) for engine in ("duckdb", "spark")]
    code = sides[0].indicators["indicateur"].iloc[0]
    for question in ("table", "values"):  # first: its counts are asked by name, nothing being known
        mine, theirs = (ordered(getattr(f, question)(code)) for f in sides)
        assert len(mine)
        pd.testing.assert_frame_equal(mine, theirs)
    pd.testing.assert_frame_equal(*(ordered(f.df) for f in sides))
    for question in ("inventory", "verdicts", "conflicts", "values", "audit"):
        mine, theirs = (ordered(getattr(f, question)()) for f in sides)
        assert len(mine)
        pd.testing.assert_frame_equal(mine, theirs)

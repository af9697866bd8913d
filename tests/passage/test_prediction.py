"""Intervals learnt on some places hold as many others as they say; parts together fit in their source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from observatoire.declarations.reader import packaged
from observatoire.errors import DescriptorError, PassageError
from observatoire.passage.conformal import learn, logit
from observatoire.passage.prediction import (
    Calibration,
    calibration_of,
    foretold,
    foretold_together,
    known_calibrations,
)

if TYPE_CHECKING:
    from pathlib import Path


def places(count: int, seed: int) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    given = pd.DataFrame({"whole": rng.normal(-1.0, 1.0, count), "noise": rng.normal(size=count)})
    middle = 0.5 + 0.8 * given["whole"] + rng.standard_t(8, count) * 0.4
    return 1 / (1 + np.exp(-middle.to_numpy())), given


def made(count: int, seed: int) -> Calibration:
    learnt = learn(*places(count, seed))
    return Calibration(
        code="c", kind="rate", on="lieux", date="2026", command="c", numerator=("x",), **learnt
    )


@pytest.mark.parametrize("count", [25, 200])
def test_as_many_unseen_places_fall_inside_as_is_said(count: int) -> None:
    held = []
    for seed in range(20):
        calibration = made(count, seed)
        truth, given = places(400, 1000 + seed)
        found = [foretold(calibration, dict(row)) for _, row in given.iterrows()]
        ends = np.array([each.ends for each in found])
        held.append([((truth >= ends[:, k]) & (truth <= ends[:, k + 1])).mean() for k in (0, 2)])
    tight, wide = np.mean(held, axis=0)
    assert 0.77 <= tight <= 0.84
    assert 0.93 <= wide <= 0.975


def test_few_places_teach_nothing() -> None:
    with pytest.raises(PassageError, match="9 territoires publiés"):
        learn(*places(9, 1))


def test_outside_what_taught_a_slope_stops() -> None:
    calibration = made(50, 3)
    far, farther = ({"whole": x, "noise": 0.0} for x in (30.0, 300.0))
    assert foretold(calibration, far) == foretold(calibration, farther)


@pytest.mark.parametrize("parts", [2, 3])
def test_parts_of_one_source_fit_in_it(parts: int) -> None:
    calibration = known_calibrations()["part-people-alone"]
    one, together = foretold_together(calibration, {}, parts)
    assert one.value < foretold(calibration, {}).value
    assert one.value * parts == pytest.approx(together.value, abs=0.12)
    assert one.ends[3] < together.ends[3] <= 1
    # Drawn one by one, those that fit say the same.
    rng = np.random.default_rng(parts)
    spread = max(calibration.ends[1] / 1.2816, calibration.ends[3] / 1.96)
    drawn = rng.normal(calibration.center, spread, (400_000, parts))
    shares = 1 / (1 + np.exp(-drawn))
    fit = shares[shares.sum(axis=1) <= 1]
    assert one.value == pytest.approx(np.median(fit[:, 0]), abs=0.01)
    assert one.ends[:2] == pytest.approx(np.quantile(fit[:, 0], [0.1, 0.9]), abs=0.01)
    assert together.value == pytest.approx(np.median(fit.sum(axis=1)), abs=0.01)


def test_a_calibration_is_found_by_what_is_counted_and_what_is_known() -> None:
    known = tuple(known_calibrations().values())
    social = (["P20_RP_LOCHLMV"], [])
    assert calibration_of(known, "part", (["C16_POP15P_CS1"], []), {}) is None
    alone = calibration_of(known, "part", social, {"log_people": 7.0})
    better = calibration_of(known, "part", social, {"log_people": 7.0, "social": 0.4})
    assert (alone.code, better.code) == ("part-social_dwellings-alone", "part-social_dwellings")
    assert logit(np.array([0.0]))[0] > -6


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        ("ends", "[-1.0, 1.0, -2.0, 2.0, 3.0]", "il en faut 4"),
        ("ends", "[-1.0, 1.0, -2.0]", "il en faut 4"),
        ("ends", "[1.0, -1.0, -2.0, 2.0]", "n’est pas dans l’ordre"),
        ("ends", "[-2.0, 2.0, -1.0, 1.0]", "n’est pas dans l’ordre"),
        ("held", "[3.0, -1.0]", "entre 0 et 1"),
        ("places", "0", "un au moins"),
    ],
)
def test_a_calibration_that_says_what_cannot_be_is_refused_with_its_line(
    tmp_path: Path, key: str, written: str, said: str
) -> None:
    text = packaged("observatoire.passage", "calibration.toml").read_text("utf-8")
    path = tmp_path / "calibration.toml"
    path.write_text(re.sub(rf"(?m)^{key} = .*$", f"{key} = {written}", text, count=1), "utf-8")
    with pytest.raises(DescriptorError, match=said) as caught:
        known_calibrations(path)
    assert "calibration.toml, ligne" in str(caught.value)

import numpy as np
import pandas as pd
import pytest

from observatoire import passage
from observatoire.errors import DuplicateKeyError, PassageError, UnknownNameError

LINKS = pd.DataFrame(
    {
        "source": ["a", "b", "b", "c"],
        "target": ["X", "X", "Y", "Z"],
        "weight": [1.0, 0.5, 0.5, 1.0],
    }
)
P = passage.from_table(LINKS, targets=["X", "Y", "Z", "Q"])
POP = pd.DataFrame({"pop": [10.0, 4.0, 7.0]}, index=["a", "b", "c"])


def test_widths_are_told_beside_the_estimates() -> None:
    found = passage.assess(P.apply(POP)).loc["pop"]
    assert found[["targets", "exact", "framed", "missing"]].tolist() == [4, 1, 2, 1]
    # X lies between 10 and 14 around 12, Y between 0 and 4 around 2.
    assert found["width"] == pytest.approx((4 / 12 + 2) / 2)
    assert (found["widest"], found["widest_target"]) == (2.0, "Y")


def test_published_figures_are_held_against_the_bounds() -> None:
    found = passage.assess(P.apply(POP), pd.Series({"X": 15.0, "Y": 4.0, "Z": 9.0, "Q": 1.0}))
    row = found.loc["pop"]
    # Z is a sum, not an estimate: it is not compared; 15 is above what its sources hold.
    assert row["compared"] == 2
    assert row["error"] == row["mean_error"] == pytest.approx((0.2 + 0.5) / 2)
    assert row["held"] == 0.5
    sentence = found.attrs["sentences"][0]
    assert sentence.startswith("pop : 4\xa0territoires, dont 2 encadrés")
    assert "2,0 fois" in sentence
    assert "erreur médiane de 35,0" in sentence
    assert "50\u202f% d’entre eux" in sentence


def test_each_variable_has_its_row() -> None:
    table = P.apply(POP.assign(men=POP["pop"] / 2))
    found = passage.assess(table, pd.DataFrame({"men": {"X": 6.0}}))
    assert found["compared"].to_dict() == {"pop": 0, "men": 1}
    assert found.loc["men", "error"] == 0.0
    assert np.isnan(found.loc["pop", "error"])
    named = passage.assess(table, pd.Series({"X": 6.0}, name="men"))
    assert named["compared"].to_dict() == {"pop": 0, "men": 1}


def test_rates_are_assessed_too() -> None:
    table = P.apply_ratio(POP / 2, POP, share=True)
    found = passage.assess(table, {"X": 0.5}).loc["pop"]
    assert (found["compared"], found["held"], found["error"]) == (1, 1.0, 0.0)


def test_what_cannot_be_assessed_is_said() -> None:
    table = P.apply(POP)
    with pytest.raises(PassageError, match="low"):
        passage.assess(POP)
    with pytest.raises(UnknownNameError, match="zz"):
        passage.assess(table, pd.DataFrame({"zz": {"X": 1.0}}))
    with pytest.raises(UnknownNameError, match="Aucune"):
        passage.assess(table, {"W": 1.0})
    with pytest.raises(PassageError, match="nombres"):
        passage.assess(table, {"X": "s"})  # type: ignore[dict-item]
    with pytest.raises(DuplicateKeyError, match="X"):
        passage.assess(table, pd.Series([1.0, 2.0], index=["X", "X"]))

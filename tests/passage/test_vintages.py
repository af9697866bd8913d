from typing import Any

import numpy as np
import pandas as pd
import pytest
from layers_made import squares

from observatoire import passage
from observatoire.errors import DuplicateKeyError, PassageError, UnknownNameError

VINTAGES = {
    "iris-2013": ["972090101", "972090102", "972090103"],
    "iris-2016": ["972090101", "972090102", "972090104", "972090105"],
}


def test_a_list_is_placed_in_its_vintage() -> None:
    found = passage.identify_vintage(["972090101", "972090104"], VINTAGES)
    assert (found.name, found.known, found.complete, found.certain) == ("iris-2016", 1.0, 0.5, True)
    assert found.table.vintage.tolist() == ["iris-2016", "iris-2013"]


def test_codes_that_cannot_tell_say_so() -> None:
    found = passage.identify_vintage(["01"], {"a": ["01", "02"], "b": ["01", "03"]})
    assert found.ties == ("b",)
    assert not found.certain


def test_strange_codes_are_named() -> None:
    found = passage.identify_vintage(["972090103", "999999999"], VINTAGES)
    assert (found.name, found.unknown) == ("iris-2013", ("999999999",))
    assert not found.certain


@pytest.mark.parametrize(
    ("codes", "references", "error", "word"),
    [
        (["1"], VINTAGES, UnknownNameError, "« 1 »"),
        ([972090101], VINTAGES, PassageError, "texte"),
        ([], VINTAGES, PassageError, "vide"),
        (["1"], {}, PassageError, "millésime"),
    ],
)
def test_bad_lists_are_refused(
    codes: Any, references: Any, error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        passage.identify_vintage(codes, references)


def test_codes_that_came_and_went() -> None:
    table = passage.changed_territories(VINTAGES["iris-2013"], VINTAGES["iris-2016"])
    assert table[["code", "change"]].to_numpy().tolist() == [
        ["972090103", "supprimé"],
        ["972090104", "créé"],
        ["972090105", "créé"],
    ]


def test_outlines_that_moved_under_the_same_code() -> None:
    before = squares((0, 0, 10, 10), (10, 0, 20, 10), (20, 0, 30, 10), codes=["a", "b", "c"])
    after = squares((0, 0, 12, 10), (12, 0, 20, 10), (20, 0, 30, 10), codes=["a", "b", "d"])
    table = passage.changed_territories(passage.by_area(before, after))
    assert table[["code", "change"]].to_numpy().tolist() == [
        ["a", "modifié"],
        ["b", "modifié"],
        ["c", "supprimé"],
        ["d", "créé"],
    ]
    assert table.moved[1] == pytest.approx(0.2)


def test_one_list_is_not_enough() -> None:
    with pytest.raises(PassageError, match="second"):
        passage.changed_territories(["a"])


@pytest.mark.parametrize(
    ("moved", "verdict"),
    [(0.001, "comparables"), (0.05, "comparables avec réserve"), (0.5, "non comparables")],
)
def test_verdicts(moved: float, verdict: str) -> None:
    links = pd.DataFrame(
        {"source": ["a", "a", "b"], "target": ["A", "B", "B"], "weight": [1 - moved, moved, 1.0]}
    )
    found = passage.comparability(passage.from_table(links), pd.Series({"a": 50.0, "b": 50.0}))
    assert found.verdict == verdict
    assert found.sentence.lower().startswith(verdict)
    assert found.table.loc["a", "target"] == "A" or moved == 0.5


def test_a_zoning_compares_with_itself() -> None:
    layer = squares((0, 0, 10, 10), (10, 0, 20, 10))
    found = passage.comparability(passage.by_area(layer, layer), pd.Series(1.0, index=layer.index))
    assert found.common == 1.0


def test_unknown_population_is_refused() -> None:
    p = passage.from_table(pd.DataFrame({"source": ["a"], "target": ["A"], "weight": [1.0]}))
    with pytest.raises(PassageError, match="a"):
        passage.comparability(p, pd.Series({"a": np.nan}))
    with pytest.raises(PassageError, match="nulle"):
        passage.comparability(p, pd.Series({"a": 0.0}))
    with pytest.raises(PassageError, match="négative"):
        passage.comparability(p, pd.Series({"a": -1.0}))
    with pytest.raises(DuplicateKeyError, match="a"):
        passage.comparability(p, pd.Series([1.0, 1.0], index=["a", "a"]))


def test_one_text_is_one_code() -> None:
    assert passage.identify_vintage("0102", {"x": ["0102"], "y": ["0", "1", "2"]}).name == "x"

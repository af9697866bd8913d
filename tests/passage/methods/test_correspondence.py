from typing import Any

import numpy as np
import pandas as pd
import pytest
from layers_made import grid, mesh, squares

from observatoire import passage
from observatoire.errors import DuplicateKeyError, ObservatoireError, PassageError


def table(*rows: Any, columns: Any = ("source", "target", "weight")) -> Any:
    return pd.DataFrame(list(rows), columns=list(columns))


LINKED = ("source", "target", "weight", "link")


def test_words_of_the_links() -> None:
    p = passage.from_table(
        table(
            ("a", "X", 1.0, "proche"),
            ("b", "X", np.nan, "proche"),
            ("c", "Y", np.nan, "inclus"),
            ("c", "Z", np.nan, "inclus"),
            ("", "W", np.nan, "inconnu"),
            columns=LINKED,
        )
    )
    rows = p.weights.set_index(["source", "target"])
    assert rows.loc[("b", "X"), ["weight", "low", "high"]].tolist() == [1.0, 1.0, 1.0]
    assert rows.loc[("c", "Y"), ["low", "high"]].tolist() == [0.0, 1.0]
    assert np.isnan(rows.loc[("c", "Y"), "weight"])
    assert p.coverage.to_dict() == {"W": 0.0, "X": 1.0, "Y": 1.0, "Z": 1.0}
    assert np.isnan(p.outside["c"])
    out = p.apply(pd.DataFrame({"pop": [1.0, 2.0, 7.0]}, index=["a", "b", "c"]))
    assert out.status.tolist() == ["missing", "aggregated", "bounded", "bounded"]
    assert out.high.tolist()[1:] == [3.0, 7.0, 7.0]
    assert "c" in out.reason[2]


def test_columns_come_first_in_the_promised_order() -> None:
    p = passage.from_table(table(("a", "X", 0.5)))
    assert list(p.weights.columns[:5]) == ["source", "target", "weight", "low", "high"]
    assert p.weights.weight.dtype == np.float64


def test_split_weights_have_bounds_without_assumption() -> None:
    p = passage.from_table(table(("a", "X", 0.25), ("a", "Y", 0.75)))
    assert p.weights[["low", "high"]].to_numpy().tolist() == [[0.0, 1.0], [0.0, 1.0]]


def test_targets_without_any_link_exist() -> None:
    p = passage.from_table(table(("a", "X", 1.0)), targets=["X", "Z"])
    assert p.targets.tolist() == ["X", "Z"]
    assert p.apply(pd.DataFrame({"v": [1.0]}, index=["a"])).status.tolist() == [
        "aggregated",
        "missing",
    ]


@pytest.mark.parametrize(
    ("frame", "error", "word"),
    [
        (table(("a", "X", np.nan)), PassageError, "« a »"),
        (table(("a", "X", -0.1)), PassageError, "négatif"),
        (table(("a", "X", 1.5)), PassageError, "dépasse 1"),
        (table(("a", "X", 0.6), ("a", "Y", 0.5)), PassageError, "« a »"),
        (table(("a", "X", 0.5), ("a", "X", 0.5)), DuplicateKeyError, "« X »"),
        (table((1, "X", 0.5)), PassageError, "texte"),
        (table(("a", "X", "0,5")), PassageError, "nombres"),
        (table(("a", "X", 1.0, "voisin"), columns=LINKED), PassageError, "voisin"),
        (table(("a", "X", 0.5, "proche"), columns=LINKED), PassageError, "proche"),
        (table(("a", "X", 0.5, "inclus"), columns=LINKED), PassageError, "inclus"),
        (table(("a", "X"), columns=("source", "target")), PassageError, "weight"),
        (
            table(("a", "X", 0.5, 0.9, 0.1), columns=("source", "target", "weight", "low", "high")),
            PassageError,
            "bornes",
        ),
    ],
)
def test_bad_tables_are_refused(frame: Any, error: type[Exception], word: str) -> None:
    with pytest.raises(error, match=word):
        passage.from_table(frame)


def test_the_tolerance_on_sums_is_that_of_rounding() -> None:
    assert passage.from_table(table(("a", "X", 0.5), ("a", "Y", 0.5 + 9e-10))) is not None
    with pytest.raises(PassageError):
        passage.from_table(table(("a", "X", 0.5), ("a", "Y", 0.5 + 2e-9)))


@pytest.mark.parametrize(
    "made",
    [
        passage.by_area(mesh(6, 6, 1), mesh(3, 3, 2, side=800, prefix="t")),
        passage.by_area(grid(6, 6), squares((0, 0, 250, 250), (5000, 0, 5100, 100))),
        passage.by_density(mesh(6, 6, 1), mesh(3, 3, 2, side=800, prefix="t"), 3.0),
        passage.from_table(
            table(("a", "X", 1.0, "proche"), ("b", "Y", np.nan, "inclus"), columns=LINKED),
            targets=["Z"],
            source_zoning="iris-2016",
        ),
    ],
    ids=["area", "holes", "density", "table"],
)
def test_a_passage_comes_back_from_its_table(made: Any) -> None:
    again = passage.from_table(made.to_frame())
    pd.testing.assert_frame_equal(again.weights, made.weights)
    pd.testing.assert_series_equal(again.coverage, made.coverage)
    pd.testing.assert_series_equal(again.outside, made.outside, atol=1e-12)
    assert again.description == made.description


def test_a_table_without_attrs_can_be_told_them() -> None:
    unnamed = pd.DataFrame(passage.from_table(table(("a", "X", 1.0))).to_frame().to_dict("list"))
    p = passage.from_table(
        unnamed, method="surface", parameters={"sliver": 0}, source_zoning="s", target_zoning="t"
    )
    assert (p.method, p.parameters, p.source_zoning, p.target_zoning) == (
        "surface",
        {"sliver": 0},
        "s",
        "t",
    )
    assert "s → t" in repr(p)


def test_a_share_outside_that_contradicts_the_weights_is_refused() -> None:
    with pytest.raises(ObservatoireError, match="« a »"):
        passage.from_table(table(("a", "X", 0.5), ("a", "", 0.1)))


def test_weights_that_only_writing_keeps_from_one_make_one() -> None:
    for third in (1 / 3 + 2e-10, 1 / 3 - 2e-10):
        p = passage.from_table(table(*(("a", target, third) for target in "XYZ")))
        assert p.verify().balanced.all()
        assert p.outside.tolist() == [0.0]


def test_a_weight_of_zero_is_no_link() -> None:
    p = passage.from_table(table(("a", "X", 1.0), ("a", "Y", 0.0)))
    assert p.apply(pd.Series({"a": 3.0})).status.tolist() == ["aggregated", "missing"]


def test_tables_as_they_are_read() -> None:
    made = table(("a", "X", 1), ("b", "X", 0.5))
    expected = passage.from_table(made).weights
    for same in (
        made.astype({"weight": object}),
        made.astype({"source": "category", "target": "string"}),
        made.assign(note="…").iloc[::-1],
    ):
        pd.testing.assert_frame_equal(passage.from_table(same).weights, expected)
    assert passage.from_table(made, targets=pd.Index(["X", "Q"])).targets.tolist() == ["Q", "X"]
    with pytest.raises(PassageError, match="dict"):
        passage.from_table({"source": ["a"]})  # type: ignore[arg-type]
    with pytest.raises(PassageError, match="infini"):
        passage.from_table(table(("a", "X", np.inf)))


def test_an_empty_table_is_refused_unless_its_targets_are_told() -> None:
    with pytest.raises(PassageError, match="vide"):
        passage.from_table(table())
    assert passage.from_table(table(), targets=["X"]).coverage.to_dict() == {"X": 0.0}


@pytest.mark.parametrize(
    ("weights", "lost"),
    [
        ([0.333] * 3, None),
        ([0.143] * 7, None),  # 1.001: it was refused
        ([0.17, 0.17, 0.17, 0.17, 0.17, 0.17], None),
        ([0.333, 0.333], 0.333),  # what is lost is rounded too
    ],
)
def test_rounded_weights_lose_nobody(weights: list[float], lost: float | None) -> None:
    rows = [("a", f"T{k}", weight) for k, weight in enumerate(weights)]
    p = passage.from_table(table(*rows, *([("a", "", lost)] if lost else [])))
    assert p.verify().balanced.all()
    assert p.outside["a"] == pytest.approx((lost and 1 / 3) or 0.0)
    assert any("arrondis" in remark for remark in p.remarks)


@pytest.mark.parametrize("weights", [[0.5, 0.4], [0.3, 0.3, 0.3], [0.3331, 0.333, 0.333]])
def test_what_rounding_does_not_explain_is_outside_and_said(weights: list[float]) -> None:
    p = passage.from_table(table(*(("a", f"T{k}", weight) for k, weight in enumerate(weights))))
    assert p.outside["a"] == pytest.approx(1 - sum(weights))
    assert "hors de toute cible" in p.remarks[0]
    assert passage.from_table(p.to_frame()).remarks == p.remarks  # stated once, said once


def test_what_is_stated_as_lost_is_no_news() -> None:
    assert passage.from_table(table(("a", "X", 0.3), ("a", "", 0.7))).remarks == ()

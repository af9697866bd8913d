import pandas as pd
import pytest

from observatoire import passage
from observatoire.errors import PassageError, UnknownNameError

P = passage.from_table(pd.DataFrame({"source": ["a"], "target": ["X"], "weight": [0.5]}))
COUNTS = pd.DataFrame({"pop": [10.0], "men": [4.0]}, index=["a"])


def test_what_variables_are_about_goes_with_them() -> None:
    about = {
        "pop": {"unit": "habitants", "universe": "Population municipale", "period": 2016},
        "men": {"unit": "ménages", "period": "2016"},
    }
    table = P.apply(COUNTS, about=about).set_index("variable")
    assert table.loc["pop", ["unit", "universe", "period"]].tolist() == [
        "habitants",
        "Population municipale",
        "2016",
    ]
    assert table.loc["men", ["unit", "universe", "period"]].tolist() == ["ménages", "", "2016"]


def test_one_thing_may_be_said_of_all() -> None:
    table = P.apply(COUNTS, about={"period": "2011-T2"})
    assert table["period"].tolist() == ["2011-T2", "2011-T2"]
    assert "unit" not in table
    assert P.apply(COUNTS).columns[-1] == "reason"


def test_attributes_of_the_frame_go_on() -> None:
    counts = COUNTS.copy()
    counts.attrs = {"universe": "Ménages", "passage": "forgotten"}
    attrs = P.apply(counts).attrs
    assert attrs["universe"] == "Ménages"
    assert attrs["passage"]["method"] == "table de passage"


def test_a_ratio_has_not_the_unit_of_its_counts() -> None:
    top, bottom = COUNTS[["men"]] / 2, COUNTS[["men"]].copy()
    top.attrs = {"unit": "ménages", "period": "2016", "source": "Filosofi"}
    bottom.attrs = {"unit": "ménages", "period": "2016", "source": "RP"}
    table = P.apply_ratio(top, bottom, scale=100, about={"unit": "%", "period": "2016"})
    assert table["unit"].tolist() == ["%"]
    assert {"unit", "source"}.isdisjoint(table.attrs)
    assert table.attrs["period"] == "2016"
    assert table.attrs["numerator"]["source"] == "Filosofi"
    assert table.attrs["denominator"]["source"] == "RP"


def test_what_is_ill_said_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="universe"):
        P.apply(COUNTS, about={"univers": "Ménages"})
    with pytest.raises(UnknownNameError, match="pop"):
        P.apply(COUNTS, about={"popu": {"unit": "habitants"}})
    with pytest.raises(PassageError, match="période"):
        P.apply(COUNTS, about={"period": "16"})

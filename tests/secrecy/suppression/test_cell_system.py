"""Every bad input has its error, in French, that names the cell or the relation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tables_of_cells import series

from observatoire.errors import SecrecyError
from observatoire.secrecy import Part, protect
from observatoire.secrecy.suppression.cell_system import build_system

TABLE = {"T": 60, "a": 5, "b": 15, "c": 40}
SUM = [("T", ["a", "b", "c"])]


@pytest.mark.parametrize(
    ("cells", "relations", "said"),
    [
        (TABLE | {"T": 61}, SUM, "T = a, b et c » : Les parties et le total diffèrent de 1,00"),
        (TABLE | {"a": np.nan, "T": 50}, SUM, "diffèrent de 5,00"),
        (TABLE | {"a": -5}, SUM, "cellule « a » : L’effectif est négatif"),
        (TABLE | {"a": np.inf}, SUM, "cellule « a » : L’effectif n’est pas entre les bornes"),
        (TABLE | {"a": "s"}, SUM, "n’est pas un nombre"),
        (TABLE, [("T", ["a", "b", "d"])], "relation n° 1, total « T » : Cellule inconnue : « d »"),
        (TABLE, [("U", ["a", "b"])], "Cellule inconnue : « U »"),
        (TABLE, [("T", ["a", "a", "b"])], "« a » y figure deux fois"),
        (TABLE, [("T", ["T", "a"])], "« T » y figure deux fois"),
        (TABLE, [("T", [])], "n’a aucune partie"),
        (TABLE, [("T", "abc")], "Ce n’est pas une relation"),
        (TABLE, [("T",)], "Ce n’est pas une relation"),
        (TABLE, [("T", [Part("a", 0)])], "poids de 0"),
        (TABLE, [("T", [Part("a", np.nan)])], "poids de nan"),
    ],
)
def test_cells_and_relations_that_cannot_be(cells: dict, relations: list, said: str) -> None:
    given = pd.Series(cells)
    with pytest.raises(SecrecyError, match=said) as caught:
        protect(given, relations, 11)
    assert caught.value.what
    assert caught.value.where
    assert caught.value.why or caught.value.remedy


@pytest.mark.parametrize("threshold", [0, -1, np.nan, np.inf])
def test_thresholds_that_protect_nobody(threshold: float) -> None:
    with pytest.raises(SecrecyError, match="Le seuil vaut"):
        protect(series(TABLE), SUM, threshold)
    by_cell = pd.Series(11.0, index=list(TABLE))
    by_cell["b"] = threshold
    with pytest.raises(SecrecyError, match="threshold, cellule « b » : Le seuil vaut"):
        protect(series(TABLE), SUM, by_cell)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"headlines": ["X"]}, "headlines : Cellule inconnue : « X »"),
        ({"alone": ["X"]}, "alone : Cellule inconnue : « X »"),
        ({"published": ["X"]}, "published : Cellule inconnue"),
        ({"latent": ["X"]}, "latent : Cellule inconnue"),
        ({"already_hidden": ["X"]}, "already_hidden : Cellule inconnue"),
        ({"already_hidden": ["a"], "published": ["a"]}, "à la fois publiée et cachée"),
        ({"threshold": pd.Series({"T": 11})}, "threshold : La cellule « a » n’y figure pas"),
        ({"cost": pd.Series(0.0, index=list(TABLE))}, "Le coût vaut 0"),
        ({"cost": pd.Series(np.nan, index=list(TABLE))}, "Le coût vaut nan"),
        ({"cost": pd.Series("cher", index=list(TABLE))}, "cost : Un coût n’est pas un nombre"),
        ({"cost": [1.0, 2.0, 3.0]}, "« cost » est de type list"),
        ({"bounds": {"a": 9}}, "« bounds » est de type dict"),
        ({"bounds": pd.DataFrame({"low": [9]}, index=["a"])}, "pas entre les bornes connues"),
        ({"bounds": pd.DataFrame({"high": [4]}, index=["a"])}, "pas entre les bornes connues"),
        ({"bounds": pd.DataFrame({"high": [4]}, index=["X"])}, "bounds : Cellule inconnue"),
        ({"bounds": pd.DataFrame({"high": [9, 9]}, index=["a", "a"])}, "plusieurs fois"),
    ],
)
def test_options_that_cannot_be(options: dict, said: str) -> None:
    with pytest.raises(SecrecyError, match=said):
        protect(series(TABLE), SUM, **options)


@pytest.mark.parametrize("cells", [[20, 5, 15], dict(TABLE), pd.DataFrame({"n": TABLE})])
def test_cells_that_are_no_series(cells: object) -> None:
    with pytest.raises(SecrecyError, match="cells : « cells » est de type"):
        protect(cells, SUM, 11)


def test_repeated_labels() -> None:
    with pytest.raises(SecrecyError, match="cells : La cellule « a » y figure plusieurs fois"):
        protect(pd.Series([1.0, 2.0], index=["a", "a"]), [], 11)


def test_unknown_cells_that_no_count_can_fill() -> None:
    cells = series({"T": 10, "U": 30, "a": np.nan, "b": np.nan})
    relations = [("T", ["a", "b"]), ("U", ["a", "b"])]
    with pytest.raises(SecrecyError, match="Aucun effectif des cellules inconnues"):
        protect(cells, relations, 11)


def test_rounded_totals_are_accepted_when_declared() -> None:
    cells = series(TABLE | {"T": 60.4})
    with pytest.raises(SecrecyError, match="0,40"):
        protect(cells, SUM, 11)
    assert protect(cells, SUM, 11, tolerance=0.5)["a"] == "secret"


def test_census_weights_need_no_tolerance() -> None:
    rng = np.random.default_rng(0)
    inner = rng.gamma(2, 9000, 500)
    cells = series(dict(enumerate(inner)) | {"T": float(np.sum(inner[::-1]))})
    assert (protect(cells, [("T", list(range(500)))], 11) == "observed").all()


def test_balances_may_be_negative_when_declared() -> None:
    cells = series({"change": -12, "before": 40, "after": 28})
    bounds = pd.DataFrame({"low": [-np.inf]}, index=["change"])
    system = build_system(cells, [("change", ["after", Part("before", -1)])], bounds)
    assert system.labels == ("after", "before", "change")
    assert np.isneginf(system.low[2])


def test_repeated_relations_count_once() -> None:
    system = build_system(series(TABLE), [*SUM, ("T", ["c", "b", "a"])])
    assert system.matrix.shape == (1, 4)


def test_labels_of_mixed_types() -> None:
    cells = series({1: 5, "1": 30, ("x", 1): 35})
    statuses = protect(cells, [(("x", 1), [1, "1"])], 11)
    assert statuses.tolist() == ["secret", "secret", "observed"]

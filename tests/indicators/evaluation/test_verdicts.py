"""Every verdict of three indicators of the embedded default, worked out again by other means."""

from __future__ import annotations

import math
import re
from typing import Any

import demo
import numpy as np
import oracle
import pytest
from scipy import stats


@pytest.fixture(scope="module")
def table() -> Any:
    return demo.demo().table(
        list(oracle.EFFECTS), compare=["commune", "hors_quartiers", "epci", "Dillon"]
    )


@pytest.mark.parametrize("code", oracle.EFFECTS)
def test_every_verdict_against_the_commune(code: str, table: Any) -> None:
    differences = table.differences
    words = oracle.words(code)
    judged = 0
    for row in differences[
        (differences["comparator"] == "commune") & (differences["indicator"] == code)
    ].to_dict("records"):
        whole, part = oracle.links()[row["territory"]]
        if not whole and not part:
            assert (row["verdict"], row["mark"]) == ("", "")
            assert row["reason"]
            continue
        commune = {"FDF": "97209", "LAM": "97213"}[row["territory"][:3]]
        town = [iris for iris in oracle.census() if iris.startswith(commune)]
        if not whole:  # foretold from the IRIS that encloses it, or that IRIS's: never a verdict
            assert (row["rank"], row["verdict"], row["mark"]) == (0, "", "")
            assert re.search("estimé par un modèle|qui contient celui-ci", row["reason"])
            assert "aucun verdict" in row["reason"]
            assert math.isnan(row["low"])
            continue
        rank, low, high = oracle.by_hand(code, whole, town, part=True)
        people = oracle.count(whole, oracle.AGES)
        if code == "part_pop_monoparentale" and people < 2000:
            assert row["verdict"] == ""
            assert "à ne pas commenter" in row["reason"]
            continue
        judged += 1
        assert row["rank"] == rank, row
        assert row["verdict"] == words[rank + 2]
        assert (row["low"], row["high"]) == pytest.approx((low, high), abs=1e-6)
    assert judged == {"part_0_14": 11, "part_hlm": 11, "part_pop_monoparentale": 6}[code]


#: What the source declares of counts: effect, whole, and how the whole varies.
WHOLES = {
    "locataires_hlm": (10.0, oracle.DWELLINGS, 0.4),
    "population": (2.0, oracle.AGES, 1.1),
    "residences_principales": (2.0, oracle.DWELLINGS, 0.4),
}


def ends(indicator: str, count: float, places: Any) -> list[float]:
    """Solve (x - c)² = z² k (effect (1 - c/whole) + spread c/whole) c: the interval of a count."""
    effect, variables, spread = WHOLES[indicator]
    k, z2 = (1 - oracle.FRACTION) / oracle.FRACTION, stats.norm.ppf(0.975) ** 2
    square = 1 + z2 * k * (effect - spread) / oracle.count(places, variables)
    return sorted(np.roots([square, -2 * count - z2 * k * effect, count**2]))


def test_intervals_and_cautions_of_the_counts() -> None:
    shown = demo.demo().table(list(WHOLES)).df
    by_status = {"aggregated": 0, "bounded": 0, "estimated": 0}
    for row in shown[shown["status"].isin(by_status)].to_dict("records"):
        by_status[row["status"]] += 1
        whole, part = oracle.links()[row["territory"]]
        if row["status"] != "aggregated":
            # From nothing of the IRIS to all of it, widened by the sampling of the whole IRIS.
            most = ends(row["indicator"], row["passage_high"], part)[1]
            assert not whole
            assert (row["low"], row["high"]) == pytest.approx((0, most))
            assert math.isnan(row["sampling_low"])
            continue
        few = row["indicator"] == "locataires_hlm" and row["value"] < 200
        assert row["flag"] == ("à utiliser avec précaution" if few else "")
        around = ends(row["indicator"], row["value"], whole)
        assert [row["sampling_low"], row["sampling_high"]] == pytest.approx(around)
        assert (row["low"], row["high"]) == (row["sampling_low"], row["sampling_high"])
        assert row["passage_low"] == row["passage_high"] == row["value"]
    assert min(by_status.values()) > 0


def test_passage_and_sampling_are_told_apart(table: Any) -> None:
    rest = table.cells.set_index(["zoning", "territory", "indicator"]).loc[
        ("commune-2016 - quartier-cucs-2007", "97209", "part_hlm")
    ]
    assert rest["status"] == "bounded"
    assert rest["low"] < rest["passage_low"] < rest["passage_high"] < rest["high"]
    assert math.isnan(rest["sampling_low"])
    own = demo.demo().table("part_hlm", precision="none").df
    assert own["sampling_low"].isna().all()
    # No interval was asked for: the bounds are empty rather than equal to the figure.
    measured = own[own["value"].notna() & (own["status"] != "estimated")]
    assert set(measured["precision"]) == {"inconnue"}
    assert measured[["low", "high"]].isna().all(axis=None)


def test_what_is_left_of_a_commune_by_hand(table: Any) -> None:
    """IRIS that no quartier touches are left; of one that holds a part, anything may be."""
    rest = table.cells.set_index(["zoning", "territory", "indicator"]).loc[
        ("commune-2016 - quartier-cucs-2007", "97209", "part_hlm")
    ]
    whole = {i for w, _ in oracle.links().values() for i in w}
    part = {i for _, p in oracle.links().values() for i in p}
    town = {iris for iris in oracle.census() if iris.startswith("97209")}
    sure, unsure = town - whole - part, (part & town) - whole
    top, base = oracle.RATES["part_hlm"]
    group, people = oracle.count(sure, top), oracle.count(sure, base)
    others = sum(oracle.count([i], base) - oracle.count([i], top) for i in unsure)
    assert rest["passage_low"] == pytest.approx(100 * group / (people + others))
    more = oracle.count(unsure, top)
    assert rest["passage_high"] == pytest.approx(100 * (group + more) / (people + more))
    assert "Pont de Chaînes" in rest["method"]


def test_a_whole_that_is_not_known_whole_is_not_told(table: Any) -> None:
    cacem = table.cells[table.cells["zoning"] == "epci-2016"]
    assert set(cacem["status"]) == {"missing"}


def test_another_quartier_is_a_comparator_but_not_of_itself(table: Any) -> None:
    differences = table.differences[table.differences["comparator"] == "FDF13"]
    assert "FDF13" not in set(differences["territory"])
    assert set(differences["against_name"]) == {"Dillon"}


def test_rates_without_counts_have_an_interval_by_the_size_told_elsewhere() -> None:
    row = demo.demo().table("part_femmes", territories=["Four-à-Chaux"]).df.iloc[0]
    people = oracle.count(["972131301"], oracle.AGES)
    worth = people * oracle.FRACTION / (1 - oracle.FRACTION) / 1.3
    low, high = oracle.score(row["value"] / 100, worth, 0.95)
    assert (row["low"], row["high"]) == pytest.approx((100 * low, 100 * high))
    assert row["precision"] == "sondage"


def test_exhaustive_sources_have_no_interval_and_no_verdict() -> None:
    found = demo.demo().table("taux_pauvrete", period=2019, compare=["martinique"])
    row = found.df[found.df["name"] == "Centre-ville"].iloc[0]
    assert row["precision"] == "exact"
    assert math.isnan(row["sampling_low"])
    difference = found.differences.iloc[0]
    assert difference["difference"] == pytest.approx(row["value"] - 27.4)
    assert difference["verdict"] == ""
    assert "exhaustive" in difference["reason"]

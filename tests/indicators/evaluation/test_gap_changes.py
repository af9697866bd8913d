"""Gaps and how they move: intervals, verdicts, bounds that settle, medians that lack members."""

from __future__ import annotations

import math
import re
import statistics
from typing import Any

import demo
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatoire.indicators.comparison.comparators import Counterpart
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.indicators.evaluation.gap_changes import (
    EVALUATION_COLUMNS,
    evaluate_frames,
    settle,
)
from observatoire.indicators.evaluation.median_bounds import median_bounds, medians
from observatoire.indicators.evaluation.windows import no_window, window, within
from observatoire.indicators.precision.differences import Difference, difference
from observatoire.indicators.precision.estimates import estimate_of
from observatoire.values import Nature

NAN = float("nan")
TAUX = Indicator("taux", "Taux", "Taux", "t", Nature.RATE, "%", 1, "lower_is_better", "", "", ())


def row(
    zoning: str, value: float, low: float = NAN, high: float = NAN, **more: Any
) -> dict[str, Any]:
    figure = {"zoning": zoning, "territory": "a", "name": "A", "indicator": "taux", "value": value}
    bounds = {"low": value if math.isnan(low) else low, "high": value if math.isnan(high) else high}
    status = "bounded" if math.isnan(value) else "observed"
    return figure | bounds | {"status": status, "period": "2010"} | more


def evaluated(start: list[dict[str, Any]], end: list[dict[str, Any]]) -> Any:
    against = {
        "a": [
            Counterpart("c", "a", "la commune", holds=False),
            Counterpart("m", "a", "la médiane", holds=False),
        ]
    }
    later = [one | {"period": "2016"} for one in end]
    found = evaluate_frames(pd.DataFrame(start), pd.DataFrame(later), against, {"taux": TAUX}, "q")
    assert list(found.columns) == list(EVALUATION_COLUMNS)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        ((30.0, 20.0), (26.0, 20.0), "rattrapage"),
        ((30.0, 20.0), (36.0, 20.0), "décrochage"),
        ((30.0, 20.0), (40.0, 30.0), "parallèle"),
        ((30.0, 20.0), (30.04, 20.0), "parallèle"),
        ((10.0, 20.0), (15.0, 20.0), "rattrapage"),
        ((10.0, 20.0), (5.0, 20.0), "décrochage"),
    ],
)
def test_verdicts_of_exact_figures(
    start: tuple[float, float], end: tuple[float, float], verdict: str
) -> None:
    change = evaluated(
        [row("q", start[0]), row("c", start[1])], [row("q", end[0]), row("c", end[1])]
    )
    assert change["convergence"] == verdict
    assert change["gap_start"] == pytest.approx(start[0] - start[1])
    assert change["gap_end"] == pytest.approx(end[0] - end[1])
    assert change["change"] == pytest.approx(end[0] - start[0])
    assert change["comparator"] == "la commune"
    assert (change["start"], change["end"]) == ("2010", "2016")


def test_a_quartier_better_placed_than_its_comparator_is_said_so() -> None:
    change = evaluated([row("q", 10), row("c", 20)], [row("q", 15), row("c", 20)])
    assert change["reason"] == "Mieux placé que le comparateur aux deux dates."
    change = evaluated([row("q", 10), row("c", 20)], [row("q", 22), row("c", 20)])
    assert change["reason"] == "L’écart a changé de sens."
    assert evaluated([row("q", 30), row("c", 20)], [row("q", 22), row("c", 20)])["reason"] == ""


def test_sampling_wider_than_the_move_gives_no_closing() -> None:
    def census(value: float) -> dict[str, Any]:
        return row(
            "q",
            value,
            value - 3,
            value + 3,
            precision="census",
            passage_low=value,
            passage_high=value,
        )

    change = evaluated([census(30), row("c", 20)], [census(28), row("c", 20)])
    assert change["convergence"] == "parallèle"
    assert change["move"] == pytest.approx(-2)
    assert change["move_low"] == pytest.approx(-2 - math.hypot(3, 3))
    assert change["verdict"] == "pas de changement net"
    change = evaluated([census(30), row("c", 20)], [census(22), row("c", 20)])
    assert change["convergence"] == "rattrapage"
    assert change["verdict"] == "nette amélioration"


def test_bounds_settle_a_verdict_when_they_do_not_meet() -> None:
    change = evaluated([row("q", NAN, 40, 42), row("c", 20)], [row("q", NAN, 30, 33), row("c", 20)])
    assert change["convergence"] == "rattrapage"
    assert (change["move_low"], change["move_high"]) == (-12, -7)
    assert math.isnan(change["gap_start"])
    assert (change["gap_start_low"], change["gap_start_high"]) == (20, 22)
    change = evaluated([row("q", NAN, 40, 42), row("c", 20)], [row("q", NAN, 38, 41), row("c", 20)])
    assert change["convergence"] == "indéterminé"
    assert change["reason"].startswith("Les bornes des écarts se recouvrent")


def test_bounds_around_zero_allow_no_size_below_zero() -> None:
    def gap(low: float, high: float) -> Difference:
        return Difference(NAN, low, high, verdict="x")

    moved = settle(gap(-2, 3), gap(5, 6))
    assert (moved.low, moved.high, moved.verdict) == (2, 6, "décrochage")
    assert settle(gap(-6, -5), gap(-2, 1)).verdict == "rattrapage"


def test_bounds_that_hold_zero_at_one_date_may_still_settle_the_move() -> None:
    change = evaluated([row("q", NAN, 18, 23), row("c", 20)], [row("q", NAN, 30, 33), row("c", 20)])
    assert change["convergence"] == "décrochage"
    assert (change["move_low"], change["move_high"]) == (7, 13)


@given(
    st.tuples(*[st.floats(-50, 50) for _ in range(4)]),
    st.tuples(*[st.floats(0, 1) for _ in range(2)]),
)
def test_no_truth_inside_the_bounds_contradicts_a_verdict(
    ends: tuple[float, ...], at: tuple[float, ...]
) -> None:
    start, end = sorted(ends[:2]), sorted(ends[2:])
    moved = settle(*(Difference(NAN, *pair, verdict="x") for pair in (start, end)))
    truth = [
        pair[0] + share * (pair[1] - pair[0]) for pair, share in zip((start, end), at, strict=True)
    ]
    size = abs(truth[1]) - abs(truth[0])
    assert moved.low - 1e-9 <= size <= moved.high + 1e-9
    if moved.verdict == "rattrapage":
        assert size < 1e-9
    if moved.verdict == "décrochage":
        assert size > -1e-9


@pytest.mark.parametrize("status", ["secret", "context", "missing"])
def test_what_is_no_figure_of_the_quartier_gives_no_verdict(status: str) -> None:
    change = evaluated([row("q", 30), row("c", 20)], [row("q", 26, status=status), row("c", 20)])
    assert change["convergence"] == "indéterminé"
    word = "Chiffre couvert par le secret" if status == "secret" else "Pas de chiffre"
    assert change["reason"] == f"{word} pour ce territoire en 2016."


def test_what_lacks_on_both_sides_is_one_sentence() -> None:
    gone = [row("q", 26, status="missing"), row("c", 20, status="missing")]
    change = evaluated([row("q", 30), row("c", 20)], gone)
    assert re.fullmatch(
        r"Pas de chiffre pour ce territoire en 2016, ni pour .+ en 2016\.", change["reason"]
    )


def test_an_unknown_sampling_error_gives_no_verdict() -> None:
    change = evaluated(
        [row("q", 30, precision="unknown"), row("c", 20)],
        [row("q", 10, precision="unknown"), row("c", 20)],
    )
    assert change["convergence"] == "indéterminé"
    assert change["reason"].startswith("Erreur d’échantillonnage inconnue")


def test_the_next_comparator_serves_where_the_first_has_no_figure_at_both_dates() -> None:
    start = [row("q", 30), row("c", 20), row("m", NAN, 18, 19)]
    change = evaluated(start, [row("q", 20), row("m", NAN, 18, 19)])
    assert change["comparator"] == "la médiane"
    assert change["convergence"] == "rattrapage"


# --- the median of a commune's IRIS -----------------------------------------------------------


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=9), st.lists(st.floats(-1e3, 1e3), max_size=8)
)
def test_whatever_the_unknown_values_the_median_is_inside_its_bounds(
    known: list[float], hidden: list[float]
) -> None:
    low, high = median_bounds(known, len(hidden))
    truth = statistics.median([*known, *hidden])
    assert math.isnan(low) or low - 1e-9 <= truth <= high + 1e-9
    if not hidden:
        assert low == high == pytest.approx(truth)


def test_half_the_values_unknown_bound_nothing() -> None:
    assert all(map(math.isnan, median_bounds([10, 20], 2)))
    assert all(map(math.isnan, median_bounds([], 0)))


def test_medians_are_taken_by_commune_and_are_bounded_by_hidden_iris() -> None:
    table = pd.DataFrame(
        [
            row("iris", value, territory=code)
            for code, value in zip("abcde", (10, 20, 30, 40, 50), strict=True)
        ]
    )
    table.loc[table["territory"] == "e", "status"] = "secret"
    made = medians(table, {"a": "X", "b": "X", "c": "X", "d": "Y", "e": "Y"}, "m", "IRIS médian")
    by = made.set_index("territory")
    assert (by.loc["X", "value"], by.loc["X", "status"]) == (20, "observed")
    assert by.loc["Y", "status"] == "missing"


# --- which dates ------------------------------------------------------------------------------


def test_the_widest_pair_that_is_not_refused_is_taken() -> None:
    periods = ["2014", "2016", "2018", "2019"]

    def broken(_: Indicator, start: str, end: str) -> str:
        return "rupture en 2019" if start < "2019" <= end else ""

    assert window(TAUX, periods, broken) == (("2014", "2018"), "rupture en 2019")
    assert window(TAUX, periods, lambda *_: "") == (("2014", "2019"), "")
    later = [*periods, "2021", "2023"]
    assert window(TAUX, later, broken)[0] == ("2019", "2023")
    assert window(TAUX, later[:-1], broken)[0] == ("2014", "2018")
    assert window(TAUX, later[:-1], broken, newest=True)[0] == ("2019", "2021")
    assert window(TAUX, ["2018", "2019"], broken) == (None, "rupture en 2019")
    assert window(TAUX, ["2018"], broken) == (None, "")


def test_every_reason_is_said_where_no_pair_may_be_compared() -> None:
    def refuse(_: Indicator, start: str, end: str) -> str:
        return "Rupture." if start < "2019" <= end else "Trop proches."

    assert window(TAUX, ["2015", "2016", "2021"], refuse) == (None, "Rupture. Trop proches.")


def test_dates_within_two_others() -> None:
    assert within(["2009", "2010-T2", "2016", "2016-T3", "2017"], "2010", "2016") == [
        "2010-T2",
        "2016",
        "2016-T3",
    ]


def test_why_there_is_no_pair_of_dates_names_whom_to_ask() -> None:
    assert "Aucun chiffre entre 2010 et 2016. À demander : Insee." in no_window(
        TAUX, [], ("2010", "2016"), {"t": "Insee"}
    )
    # Nobody asked for two dates: 1961-2025, all that is loaded, is not the indicator's span.
    reason = no_window(TAUX, ["2016"], None, {})
    assert reason == "Un seul millésime chargé (2016) : il en faut deux de la même série."


# --- the embedded default, by hand ------------------------------------------------------------


def test_every_verdict_of_the_default_is_found_again_by_hand() -> None:
    """Poverty rate and median income, 2014 to 2018, from the file itself."""
    o = demo.demo()
    raw = pd.read_csv(
        o.workspace.raw / "filosofi-disponible" / "filosofi-disponible.csv",
        sep=";", dtype={"IRIS": str, "COM": str},
    )  # fmt: skip
    towns = pd.read_csv(
        o.workspace.raw / "filosofi-communes" / "filosofi-communes.csv",
        sep=";", dtype={"territoire": str},
    )  # fmt: skip
    medians = towns[towns["variable"] == "DISP_MED"].set_index(["territoire", "annee"])["valeur"]
    alone = {"FDF01": "972090101", "FDF02": "972090102", "FDF07": "972090203", "FDF08": "972090201",
             "FDF14": "972090803", "LAM06": "972131310", "FDF09": "972090106"}  # fmt: skip
    found = o.evaluate(2010, 2019).df
    found = found[found["indicator"].isin(["taux_pauvrete", "niveau_vie_median"])]
    verdicts = found.set_index(["territory", "indicator"])["convergence"]
    for territory, iris in alone.items():
        poverty, income = (
            raw[raw["COM"] == iris[:5]].set_index(["IRIS", "ANNEE"])[column].pipe(
                pd.to_numeric, errors="coerce"
            )
            for column in ("DISP_TP60", "DISP_MED")
        )  # fmt: skip
        gaps = [poverty_gap(poverty.xs(year, level="ANNEE"), iris) for year in (2014, 2018)]
        assert verdicts[territory, "taux_pauvrete"] == by_hand(gaps), territory
        sizes = [abs(math.log(income[iris, y] / medians[iris[:5], y])) for y in (2014, 2018)]
        assert verdicts[territory, "niveau_vie_median"] == by_noise(sizes), territory
    judged = found[found["convergence"].isin(["rattrapage", "décrochage"])]
    assert set(judged["territory"]) <= set(alone)


#: What Filosofi moves by itself between two dates, of which each bears its part: points of a rate of an
#: IRIS, share of the median of an IRIS and of a commune.
POINTS, SHARE, SHARE_OF_TOWN = (noise / math.sqrt(2) for noise in (4.9, 0.051, 0.013))


def poverty_gap(rates: pd.Series, iris: str) -> tuple[float, float]:
    """Gap in points to the median IRIS, for the commune’s own rate is not known at these dates."""
    own = float(rates[iris])
    lows, highs = rates.fillna(1e-9).median(), rates.fillna(1e9).median()
    return own - POINTS - highs, own + POINTS - lows


def by_noise(sizes: list[float]) -> str:
    """Say how the gap of a median to its commune’s moved, both dates bearing both their noises."""
    if any(map(math.isnan, sizes)):
        return "indéterminé"
    moved, side = sizes[1] - sizes[0], math.sqrt(2) * math.hypot(SHARE, SHARE_OF_TOWN)
    return "parallèle" if abs(moved) <= side else "décrochage" if moved > 0 else "rattrapage"


def by_hand(gaps: list[tuple[float, float]]) -> str:
    """Say how a gap moved, from its bounds at both dates; nothing where they are not known."""
    if any(math.isnan(side) for gap in gaps for side in gap):
        return "indéterminé"
    (first_low, first_high), (last_low, last_high) = (
        (0 if low <= 0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high)))
        for low, high in gaps
    )
    if last_high < first_low:
        return "rattrapage"
    return "décrochage" if last_low > first_high else "indéterminé"


def test_figures_of_an_exhaustive_source_are_judged_as_facts() -> None:
    exact = estimate_of(row("q", 30, precision="exhaustive"))
    assert exact.sampled
    assert difference(exact, estimate_of(row("c", 20, precision="reference"))).low == 10

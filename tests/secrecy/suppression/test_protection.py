"""No cell under its threshold can be worked out, by anyone, from what is shown."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from effort import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_of_cells import (
    DEEP,
    SHAPES,
    enumerated,
    margins,
    series,
    shuffled,
    table,
    whole_interval,
)

from observatoire.errors import SecrecyError
from observatoire.secrecy import Part, audit, protect, protection
from observatoire.secrecy.suppression import choice, complementary
from observatoire.secrecy.suppression.audit import exact_intervals, measured
from observatoire.secrecy.suppression.cell_system import build_system, lay_out
from observatoire.secrecy.suppression.complementary import SuppressionState, Surroundings
from observatoire.secrecy.suppression.intervals import Bracket
from observatoire.secrecy.suppression.linear_programs import Program
from observatoire.values import Status

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.secrecy.suppression.linear_programs import Solution

THRESHOLD = 11


def hidden_of(statuses: pd.Series) -> list:
    return [label for label, status in statuses.items() if status == Status.SECRET]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=cases(15), deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_independent_solver_finds_no_narrow_cell(shape: str, seed: int) -> None:
    cells, relations = table(np.random.default_rng(seed), shape)
    statuses = protect(cells, relations, THRESHOLD)
    assert statuses.index.equals(cells.index)
    hidden = hidden_of(statuses)
    for label in hidden:
        assert cells[label] != 0
        if cells[label] < THRESHOLD:
            low, high = whole_interval(cells, hidden, relations, label)
            assert high - low >= THRESHOLD - 1e-5
            assert high >= THRESHOLD - 1e-5
    under = cells.index[(cells > 0) & (cells < THRESHOLD)]
    assert set(under) <= set(hidden)


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=cases(8), deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_of_rows_changes_nothing(shape: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cells, relations = table(rng, shape)
    before = cells.copy()
    first = protect(cells, relations, THRESHOLD)
    again = protect(*shuffled(rng, cells, relations), THRESHOLD)
    assert dict(first) == dict(again)
    pd.testing.assert_series_equal(cells, before)


def test_our_audit_passes_over_many_tables() -> None:
    rng = np.random.default_rng(20)
    for turn in range(cases(160)):
        cells, relations = table(rng, SHAPES[1 + turn % 3 if turn % 20 else 0])
        statuses = protect(cells, relations, THRESHOLD, cost=pd.Series(1.0, index=cells.index))
        assert audit(cells, statuses, relations, threshold=THRESHOLD)["safe"].all()


@pytest.mark.parametrize("shape", SHAPES)
def test_narrowest_interval_is_that_of_the_choice_made(shape: str) -> None:
    rng = np.random.default_rng(12)
    for _ in range(5):
        cells, relations = table(rng, shape)
        record = protection(cells, relations, THRESHOLD)
        found = audit(cells, record.statuses, relations, threshold=THRESHOLD)
        width = found.loc[found["sensitive"], "width"].min()
        assert record.narrowest == pytest.approx(np.inf if np.isnan(width) else width)


def test_the_proof_asks_less_than_an_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    extreme = Program.extreme

    def counted(program: Program, column: int, *, maximise: bool) -> Solution:
        asked.append(column)
        return extreme(program, column, maximise=maximise)

    monkeypatch.setattr(Program, "extreme", counted)
    cells, relations = margins(np.random.default_rng(7).poisson(8, (6, 4, 3)))
    statuses = protect(series(cells), relations, THRESHOLD)
    system = build_system(series(cells), relations)
    hidden = np.array([statuses[label] == Status.SECRET for label in system.labels])
    sensitive = (system.counts > 0) & (system.counts < THRESHOLD)
    of = system, hidden, hidden, sensitive, np.full(len(hidden), float(THRESHOLD))
    asked.clear()
    low, high = measured(*of)
    every = len(asked)
    least, most = measured(*of, sensitive)
    assert len(asked) - every < every
    assert (most - least)[sensitive[hidden]].min() == (high - low)[sensitive[hidden]].min()


def test_whole_tables_an_attacker_could_enumerate() -> None:
    rng = np.random.default_rng(3)
    tried = 0
    while tried < 8:
        inner = rng.integers(0, 5, (2, 3)).astype(float)
        cells = {(r, c): inner[r, c] for r in range(2) for c in range(3)}
        cells |= {("T", c): inner[:, c].sum() for c in range(3)}
        relations = [(("T", c), [(0, c), (1, c)]) for c in range(3)]
        cells |= {(r, "T"): inner[r].sum() for r in range(2)}
        relations += [((r, "T"), [(r, c) for c in range(3)]) for r in range(2)]
        table_of = series(cells)
        hidden = hidden_of(protect(table_of, relations, 3))
        if not 0 < len(hidden) <= 5:
            continue
        tried += 1
        bounds = enumerated(table_of, hidden, relations, most=14)
        for label in hidden:
            if table_of[label] < 3:
                low, high = bounds[label]
                assert high - low >= 3


def test_headlines_and_published_cells_stay() -> None:
    cells = series({"T": 100, "a": 5, "b": 20, "c": 75})
    statuses = protect(cells, [("T", ["a", "b", "c"])], 11, headlines=["T"], published=["b"])
    assert hidden_of(statuses) == ["a", "c"]


def test_published_cell_under_threshold_is_named() -> None:
    cells = series({"T": 30, "a": 5, "b": 25})
    record = protection(cells, [("T", ["a", "b"])], 11, published=["a"])
    assert record.exposed == ("a",)
    assert not hidden_of(record.statuses)


def test_cost_decides_who_is_hidden() -> None:
    cells = series({"T": 80, "a": 5, "b": 25, "c": 50})
    relations = [("T", ["a", "b", "c"])]
    assert hidden_of(protect(cells, relations, 11)) == ["a", "b"]
    cost = pd.Series({"T": 9, "a": 1, "b": 9, "c": 2})
    assert hidden_of(protect(cells, relations, 11, cost=cost)) == ["a", "c"]


def test_equal_cells_are_chosen_by_their_label() -> None:
    cells = series({"T": 65, "d": 20, "c": 20, "b": 20, "a": 5})
    relations = [("T", ["d", "c", "b", "a"])]
    chosen = {
        tuple(sorted(hidden_of(protect(cells.iloc[order], relations, 11))))
        for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3])
    }
    assert len(chosen) == 1


def test_thresholds_by_cell() -> None:
    cells = series({"people": 40, "households": 20, "a": 30, "b": 10})
    threshold = pd.Series({"people": 11, "households": 50, "a": 11, "b": 5})
    hidden = hidden_of(protect(cells, [("people", ["a", "b"])], threshold, alone=["households"]))
    assert hidden == ["households"]


def test_a_cell_in_no_relation_is_refused_unless_it_is_said_alone() -> None:
    cells = series({"T": 62, "a": 5, "b": 42, "c": 15, "apart": 40, "alone": 3})
    relations = [("T", ["a", "b", "c"])]
    with pytest.raises(SecrecyError, match="« alone » : La cellule n’est dans aucune") as refused:
        protect(cells, relations, 11)
    assert refused.value.data["labels"] == ["alone", "apart"]
    with pytest.raises(SecrecyError, match="« apart » : La cellule n’est dans aucune"):
        protect(cells, relations, 11, alone=["alone"])
    found = protect(cells, relations, 11, alone=iter(["alone", "apart"]))
    assert sorted(hidden_of(found)) == ["a", "alone", "c"]
    with pytest.raises(SecrecyError, match="La cellule n’est dans aucune relation"):
        protect(series({"a": 5}), [], 11)


def test_the_sum_that_gives_a_cell_away_is_named_where_nothing_can_be_done() -> None:
    cells = series({"all": 76, "T": 62, "x": 14, "a": 5, "b": 42, "c": 15, "c1": 9, "c2": 6})
    relations = [("c", ["c1", "c2"]), ("all", ["T", "x"]), ("T", ["a", "b", "c"])]
    with pytest.raises(SecrecyError, match="retrouver, par « T = a, b et c » :") as refused:
        protect(cells, relations, 11, headlines=["all", "T", "x", "b", "c"])
    assert refused.value.data["relations"][0] == "T = a, b et c"


def test_a_cost_may_be_the_size_even_where_it_is_zero_or_unknown() -> None:
    cells = series({"T": 62, "a": 5, "b": 42, "c": 15, "d": 0})
    relations = [("T", ["a", "b", "c", "d"])]
    assert hidden_of(protect(cells, relations, 11, cost=cells)) == ["a", "c"]
    masked = series({"T": 62, "a": np.nan, "b": 42, "c": 15, "d": 0})
    assert hidden_of(protect(masked, relations, 11, cost=masked)) == ["a", "c"]
    with pytest.raises(SecrecyError, match="cost, cellule « d » : Le coût vaut 0"):
        protection(cells, relations, 11, cost=cells, spare_zeros=False)


def test_zero_is_hidden_only_when_asked() -> None:
    cells = series({"T": 40, "a": 0, "b": 15, "c": 25})
    relations = [("T", ["a", "b", "c"])]
    assert not hidden_of(protect(cells, relations, 11))
    assert hidden_of(protect(cells, relations, 11, hide_zero=True)) == ["a", "b"]


def test_producer_and_earlier_hidings_are_kept_and_count() -> None:
    cells = series({"T": 100, "a": np.nan, "b": 40, "c": 30, "d": 25})
    record = protection(cells, [("T", ["a", "b", "c", "d"])], 11)
    assert record.causes.to_dict() == {"a": "producteur", "d": "complémentaire"}
    record = protection(cells, [("T", ["a", "b", "c", "d"])], 11, already_hidden=["b"])
    assert record.causes.to_dict() == {"a": "producteur", "b": "producteur"}


def test_absent_total_above_its_threshold_needs_no_protection() -> None:
    cells = series({"T": np.nan, "a": 40, "b": 30})
    record = protection(cells, [("T", ["a", "b"])], 11, absent=["T"])
    assert record.causes.to_dict() == {"T": "producteur"}
    record = protection(cells, [("T", ["a", "b"])], 11)  # hidden, not absent: never given back
    assert record.causes.to_dict() == {"T": "producteur", "b": "complémentaire"}


def test_latent_pieces_are_secret_for_nobody() -> None:
    cells = series({"zus": 40, "quartier": 50, "both": 38, "zus only": 2, "quartier only": 12})
    relations = [("zus", ["both", "zus only"]), ("quartier", ["both", "quartier only"])]
    latent = ["both", "zus only", "quartier only"]
    statuses = protect(cells, relations, 11, latent=latent)
    assert hidden_of(statuses) == latent
    assert audit(cells, statuses, relations, threshold=11, latent=latent)["safe"].all()


def test_a_rate_shown_beside_its_hidden_count() -> None:
    """A rate of 12.5 % of 40 gives 5 away: the denominator is hidden too, and not just any."""
    cells = series({"unemployed": 5, "active": 40, "others": 60, "T": 100})
    relations = [("unemployed", [Part("active", 0.125)]), ("T", ["active", "others"])]
    hidden = hidden_of(protect(cells, relations, 11))
    assert {"unemployed", "active"} < set(hidden)


def test_difference_between_perimeters() -> None:
    """A ZUS and the IRIS that hold it differ by six persons: one of the two is hidden."""
    cells = series({"iris": 206, "zus": 200, "ring": 6})
    hidden = hidden_of(protect(cells, [("ring", ["iris", Part("zus", -1)])], 11))
    assert set(hidden) in ({"ring", "iris"}, {"ring", "zus"})


def test_bounds_an_attacker_knows() -> None:
    cells = series({"T": 60, "a": 5, "b": 15, "c": 40})
    relations = [("T", ["a", "b", "c"])]
    assert hidden_of(protect(cells, relations, 11)) == ["a", "b"]
    bounds = pd.DataFrame({"low": [14], "high": [16]}, index=["b"])
    assert hidden_of(protect(cells, relations, 11, bounds=bounds)) == ["a", "c"]


def test_record_counts_and_never_tells_the_intervals() -> None:
    cells = series({"T": 62, "a": 5, "b": 42, "c": 15, "alone": 3})
    record = protection(cells, [("T", ["a", "b", "c"])], 11)
    assert record.causes.value_counts().to_dict() == {"primaire": 2, "complémentaire": 1}
    assert record.narrowest == 18
    assert record.unrelated == ("alone",)
    assert record.bound == pytest.approx(record.cost)
    assert "HiGHS" in record.solver
    assert record.statuses.attrs == {}
    assert all(isinstance(status, Status) for status in record.statuses)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"headlines": ["T", "b", "c"]}, "Aucun choix de cellules"),
        ({"published": ["T", "b", "c"]}, "Aucun choix de cellules"),
        ({"bounds": pd.DataFrame({"high": [9]}, index=["a"])}, "Aucun choix de cellules"),
    ],
)
def test_nothing_is_published_on_doubt(options: dict, said: str) -> None:
    cells = series({"T": 62, "a": 5, "b": 42, "c": 15})
    with pytest.raises(SecrecyError, match=said) as caught:
        protect(cells, [("T", ["a", "b", "c"])], 11, **options)
    assert caught.value.data["label"] == "a"


def test_ones_under_their_total_are_not_all_found() -> None:
    """Five ones under a total of five: each being at least one, the total gives them all."""
    cells = series({"T": 5} | {f"c{rank}": 1 for rank in range(5)})
    assert "T" in hidden_of(protect(cells, [("T", [f"c{rank}" for rank in range(5)])], 3))


@pytest.mark.parametrize("seed", range(40 if DEEP else 4))
def test_whole_tables_where_zeros_are_shown(seed: int) -> None:
    """Of 253 hidden cells of forty such tables, 59 were found by « at least one » alone."""
    rng = np.random.default_rng(seed)
    inner = rng.choice([0, 1, 2, 3, 5, 8, 20], size=(6, 4), p=[0.2, 0.25, 0.15, 0.1, 0.1, 0.1, 0.1])
    made, relations = margins(inner.astype(float))
    cells = series(made)
    hidden = hidden_of(protect(cells, relations, 3))
    for label in hidden:
        if cells[label] < 3:
            low, high = whole_interval(cells, hidden, relations, label)
            assert high - low >= 3


def test_the_solver_prints_nothing() -> None:
    """In a process of its own: HiGHS 1.16 prints once, when the first solver is made."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import pandas as pd; from observatoire.secrecy import protect;"
                "print(protect(pd.Series([3, 20, 30, 53], list('abct')), [('t', list('abc'))], 11).a)"
            ),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (said.stdout, said.stderr) == ("secret\n", "")


def test_empty_table() -> None:
    assert protect(pd.Series(dtype=float), [], 11).empty


def test_multiindex_labels() -> None:
    index = pd.MultiIndex.from_product([["a", "b", "T"], ["x", "y"]])
    cells = pd.Series([5.0, 20, 30, 12, 35, 32], index=index)
    relations = [(("T", c), [("a", c), ("b", c)]) for c in "xy"]
    statuses = protect(cells, relations, 11)
    assert statuses.index.equals(cells.index)
    assert hidden_of(statuses) == [("a", "x"), ("b", "x")]


def test_a_cell_that_one_sum_brackets_asks_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly every program asked proves something, and what is said cramped is too narrow indeed."""
    proved, cramped = [], []
    pair, alone = complementary._cheapest_pair, complementary._cramped

    def answered(*of: Any) -> object:
        proved.append((answer := pair(*of)) is not None)
        return answer

    def judged(hidden: Surroundings, cell: int) -> bool:
        plan = hidden.plan
        if not alone(hidden, cell):
            return False
        if len(cramped) < 5:
            found = exact_intervals(plan.system, plan.hidden)
            place = np.flatnonzero(plan.hidden) == cell
            low, high = found.outer_low[place], found.outer_high[place]
            assert min(high - low, plan.system.counts[cell] + high) < plan.asked[cell]
        cramped.append(cell)
        return True

    monkeypatch.setattr(complementary, "_cheapest_pair", answered)
    monkeypatch.setattr(complementary, "_cramped", judged)
    rng, shares = np.random.default_rng(2), [8, 6, 5, 4, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2]
    cells, relations = margins(rng.poisson(np.outer(rng.gamma(2.0, 10.0, 30), shares)))
    protect(series(cells), relations, THRESHOLD)
    assert cramped
    assert proved.count(False) < len(proved) / 10


def test_what_proved_the_choice_spares_the_final_proof_its_programs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same widths are found without these tables, by many more programs."""
    asked = []
    extreme = Program.extreme

    def counted(*of: Any, **how: Any) -> object:
        asked.append(1)
        return extreme(*of, **how)

    monkeypatch.setattr(Program, "extreme", counted)
    monkeypatch.setattr(choice, "improve", lambda *_: None)
    rng, shares = np.random.default_rng(2), [8, 6, 5, 4, 3, 2, 1.5, 1, 0.7, 0.5, 0.3, 0.2]
    cells, relations = margins(rng.poisson(np.outer(rng.gamma(2.0, 10.0, 15), shares)))
    widths, programs = [], []
    for _ in range(2):
        asked.clear()
        found = protection(series(cells), relations, THRESHOLD)
        widths.append((found.narrowest, found.floor, found.proved))
        programs.append(len(asked))
        monkeypatch.setattr(Bracket, "recall", lambda *_: None)
    assert widths[0] == pytest.approx(widths[1])
    assert programs[0] < programs[1] / 2


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ({"a": 2.0, "b": -2.0}, True),
        ({"a": 2.0}, False),  # the total that is shown denies it
        ({"a": 2.0, "c": -2.0}, False),  # c is shown
        ({"a": 9.0, "b": -9.0}, False),  # b would be below zero
        ({"a": 0.5, "b": -0.5}, False),  # people are whole
    ],
)
def test_a_table_met_elsewhere_is_believed_if_nothing_shown_denies_it(
    moves: dict[str, float],
    told: bool,  # noqa: FBT001 - a case
) -> None:
    system = build_system(pd.Series({"T": 30, "a": 4, "b": 6, "c": 20}), [("T", ["a", "b", "c"])])
    hidden = np.array([label in "ab" for label in system.labels])
    found = Bracket(*system.room(np.flatnonzero(hidden)))
    found.count_by_ones(system.counts[hidden], system.whole[hidden])
    cells = np.array([system.labels.index(label) for label in moves])
    found.recall(system.matrix[:, hidden], hidden, [(cells, np.array(list(moves.values())))])
    ends = found.inner_low.tolist(), found.inner_high.tolist()
    assert ends == (([0.0, -2.0], [2.0, 0.0]) if told else ([0.0, 0.0], [0.0, 0.0]))
    assert (found.whole_high.tolist() == [2.0, -2.0]) is told


def test_what_lies_around_a_cell_is_gathered_relation_by_relation() -> None:
    """What sets gather at once is what a walk gathers: the cheapest of a relation, a step at a time."""
    rng = np.random.default_rng(5)
    cells = pd.Series(1.0, index=[f"c{rank:03}" for rank in range(60)])
    relations = [
        (cells.index[t], list(rng.choice(cells.index[20:], 6, replace=False))) for t in range(20)
    ]
    system = lay_out(cells, relations)
    hidden, usable = rng.random(60) < 0.4, rng.random(60) < 0.8
    state = SuppressionState(system, np.ones(60), np.zeros(60, dtype=bool), rng.random(60), hidden)
    surroundings = Surroundings(state, usable)
    for cell in range(60):
        usable[cell] = ~usable[cell]  # what changes is told
        surroundings.turn([cell])
        for depth, breadth in ((1, 2), (2, 3), (5, 60)):
            found = surroundings.around(cell, depth, breadth)
            assert set(found.tolist()) == walked(state, cell, usable, depth, breadth)


def walked(
    state: SuppressionState, cell: int, usable: NDArray[np.bool_], depth: int, breadth: int
) -> set[int]:
    matrix = state.system.matrix.toarray() != 0
    gathered, read = {cell}, set()
    for _ in range(depth):
        rows = {int(row) for each in gathered for row in np.flatnonzero(matrix[:, each])} - read
        for row in rows:
            members = [m for m in np.flatnonzero(matrix[row]).tolist() if usable[m]]
            price = {m: (0.0 if state.hidden[m] else state.cost[m], m) for m in members}
            gathered |= set(sorted(members, key=price.__getitem__)[:breadth])
        read |= rows
    return gathered

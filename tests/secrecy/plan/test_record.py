"""The record of secrecy: what is said of the proof, and of nothing to prove."""

from __future__ import annotations

from observatoire.secrecy.plan.record import Record
from observatoire.secrecy.primary.sensitive_cells import OURS, PRODUCER


def test_where_nothing_is_hidden_there_is_nothing_to_prove() -> None:
    (said,) = Record(counts={PRODUCER: 89}, solver="HiGHS 1.7").sentences()
    assert "il n’y a pas d’intervalle à prouver" in said
    assert "0 intervalle" not in said


def test_where_something_is_hidden_the_proof_is_said() -> None:
    said = " ".join(Record(counts={OURS: 4}, solver="HiGHS 1.7", measured=3).sentences()).replace(
        "\u00a0", " "
    )
    assert "solveur HiGHS, tous les intervalles prouvés" in said
    assert "Aucun effectif protégé ne se laisse encadrer" in said

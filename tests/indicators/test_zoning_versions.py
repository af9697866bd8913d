"""Versions of zonings, asked of a workspace."""

from __future__ import annotations

import pytest
from demo import demo

from observatoire.errors import PassageError, UnknownNameError


def test_codes_tell_their_zoning() -> None:
    o = demo()
    found = o.vintage(o.territories("iris-2016")["code"])
    assert (found.name, found.certain) == ("iris-2016", True)
    assert found.sentence == "Codes de « iris-2016 »."


def test_codes_that_no_zoning_holds_whole_are_listed() -> None:
    found = demo().vintage(["97209", "97213", "97299"])
    assert found.name == "commune-2016"
    assert found.unknown == ("97299",)
    assert "97299" in found.sentence


def test_codes_from_nowhere_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="Aucun code"):
        demo().vintage(["31555"])


def test_changes_between_drawings_are_given_by_codes_alone() -> None:
    o = demo()
    changed = o.changes("commune-2016", "commune-2016")
    other = o.changes("zus-1996", "perimetre-cucs-2007")
    zus = list(o.territories("zus-1996")["code"])
    assert changed.empty
    assert set(other.loc[other["change"] == "supprimé", "code"]) == set(zus)
    assert other["moved"].isna().all()


def test_comparability_by_common_population() -> None:
    found = demo().comparability("iris-2016", "commune-2016", period=2016)
    # 49 IRIS of two communes: each commune corresponds to its largest IRIS, for its share alone.
    assert found.verdict == "non comparables"
    assert 0 < found.common < 0.2
    with pytest.raises(PassageError, match="publié"):
        demo().comparability("quartier-cucs-2007", "zus-1996", period=1900)

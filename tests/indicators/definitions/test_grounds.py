"""A catalogue is read once for the same grounds, and anew as soon as one of them changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import oracle
import pytest

from observatoire.errors import DescriptorError
from observatoire.indicators.definitions.grounds import Grounds, catalogue_on, check_inputs_on
from observatoire.indicators.definitions.series import read_series
from observatoire.sources.families.family import read_families

if TYPE_CHECKING:
    from pathlib import Path

FAMILIES = read_families()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    text = (oracle.ROOT / "indicators.toml").read_text("utf-8")
    (tmp_path / "indicators.toml").write_text(text, "utf-8")
    return tmp_path / "indicators.toml"


def grounds(path: Path, loaded: dict[str, str] | None = None, **natures: str) -> Grounds:
    variables = dict.fromkeys(loaded or {}, natures)
    return Grounds(path, read_series(), FAMILIES, loaded or {}, variables, [])


def test_the_same_grounds_give_the_same_catalogue(path: Path) -> None:
    first = catalogue_on(grounds(path))
    assert catalogue_on(grounds(path)) is first
    assert check_inputs_on(grounds(path), ("2016",)) is check_inputs_on(grounds(path), ("2016",))


def test_whatever_changes_is_read_anew(path: Path) -> None:
    first = catalogue_on(grounds(path))
    population = next(c for c, one in FAMILIES.items() if one.could_give("P16_POP0014"))
    fed = catalogue_on(grounds(path, {"rp-2016": population}, P16_POP0014="count"))
    assert "rp-2016" in {source for each in fed for source in each.sources}
    assert "rp-2016" not in {source for each in first for source in each.sources}
    other = check_inputs_on(grounds(path), ("2016", "2017")).shares
    assert set(other["period"]) > set(check_inputs_on(grounds(path), ("2016",)).shares["period"])
    code = next(iter(first)).code
    label = first.get(code).label
    path.write_text(path.read_text("utf-8").replace(f'"{label}"', '"Autre libellé"', 1), "utf-8")
    assert catalogue_on(grounds(path)).get(code).label == "Autre libellé"


def test_a_refusal_is_not_kept(path: Path) -> None:
    text = path.read_text("utf-8")
    path.write_text(text + "\n[inconnu]\n", "utf-8")
    for _ in range(2):
        with pytest.raises(DescriptorError, match="inconnu"):
            catalogue_on(grounds(path))
    path.write_text(text, "utf-8")
    assert len(catalogue_on(grounds(path)).indicators) > 200


def test_no_catalogue_gives_no_sum(tmp_path: Path) -> None:
    inputs = check_inputs_on(grounds(tmp_path / "indicators.toml"), ("2016",))
    assert inputs.totals.empty
    assert inputs.shares.empty

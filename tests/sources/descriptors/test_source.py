"""A source.toml is read into what it says, and into its defaults."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from built_workspace import SOURCE_TOML, says, source_of

from observatoire.errors import DescriptorError
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from pathlib import Path


def test_worked_example(tmp_path: Path) -> None:
    source = source_of(tmp_path / "src", SOURCE_TOML)
    (spec,) = source.files
    assert (source.code, source.zoning, source.producer) == ("src", "iris-2016", "Insee")
    assert (spec.layout, spec.territory, spec.period) == ("wide", "IRIS", "2016")
    assert spec.role_columns == ("IRIS",)
    assert source.variables["TAUX"].nature is Nature.RATE
    assert source.markers.statuses() == {"s": Status.SECRET, "nd": Status.MISSING}
    assert source.secrecy.threshold == 0
    assert source.sha256 == hashlib.sha256(SOURCE_TOML.encode()).hexdigest()


def test_code_stated_wins_over_the_folder(tmp_path: Path) -> None:
    assert source_of(tmp_path / "src", f'code = "autre"\n{SOURCE_TOML}').code == "autre"


def test_threshold_is_read_and_may_be_whole(tmp_path: Path) -> None:
    toml = f'{SOURCE_TOML}\n[secrecy]\nthreshold = 11\nunit = "ménages"\n'
    rule = source_of(tmp_path, toml).secrecy
    assert (rule.threshold, rule.unit) == (11.0, "ménages")


BAD = {
    "seuil négatif": ("[markers]", "[secrecy]\nthreshold = -1\n[markers]", ("threshold", "négatif")),
    "section des fichiers": ("[[files]]", "[[fichiers]]", ("ligne 6", "« fichiers »", "« files »")),
    "section des variables": ("[variables.", "[variable.", ("ligne 17", "« variables »")),
    "sans période": ('period = "2016"\n', "", ("population.csv", "period_column")),
    "long seul": ('territory = "IRIS"', 'territory = "IRIS"\nlayout = "long"', ("value_column",)),
    "mise en page": ('"IRIS"', '"IRIS"\nlayout = "large"', ("ligne 9", "« large »", "wide")),
    "décimale": ('territory = "IRIS"', 'territory = "IRIS"\ndecimal = ";"', ("ligne 9", "decimal")),
    "blanc": ('missing = ["nd"]', 'blank = "nul"', ("ligne 15", "missing, secret, zero")),
    "marque à deux sens": ('missing = ["nd"]', 'missing = ["s"]', ("ligne 15", "« s »", "autre sens")),
    "nature absente": ('nature = "count"\n', "", ("[variables.POP]", "nature")),
    "nature mal écrite": ('nature = "rate"', 'nature = "taux"', ("ligne 24", "« taux »", "rate")),
    "zonage absent": ('zoning = "iris-2016"\n', "", ("« zoning »",)),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_descriptor(tmp_path: Path, case: str) -> None:
    old, new, parts = BAD[case]
    assert old in SOURCE_TOML
    with pytest.raises(DescriptorError) as caught:
        source_of(tmp_path, SOURCE_TOML.replace(old, new))
    says(caught.value, "source.toml", *parts)


def test_a_source_without_variables_is_refused(tmp_path: Path) -> None:
    head, rest = SOURCE_TOML.split("[[files]]")
    files, _ = rest.split("[variables.POP]")
    with pytest.raises(DescriptorError) as caught:
        source_of(tmp_path, f"{head}[[files]]{files}")
    says(caught.value, "source.toml", "[variables.CODE]")


def test_a_source_all_of_whose_files_are_withdrawn_is_read(tmp_path: Path) -> None:
    head, rest = SOURCE_TOML.split("[[files]]")
    _, variables = rest.split("[variables.POP]")
    assert source_of(tmp_path, f"{head}[variables.POP]{variables}").files == ()


def test_file_that_replaces_another_stands_alone(tmp_path: Path) -> None:
    second = '[[files]]\nname = "b.csv"\nterritory = "IRIS"\nperiod = "2016"\nreplaces = "population.csv"\n'
    source = source_of(tmp_path, SOURCE_TOML.replace("[markers]", f"{second}\n[markers]"))
    assert [spec.name for spec in source.standing()] == ["b.csv"]
    assert source.asked("b.csv")[0].replaces == "population.csv"
    with pytest.raises(DescriptorError) as caught:
        source.asked("population.csv")
    says(caught.value, "population.csv", "b.csv")


@pytest.mark.parametrize("name", ["../secret.csv", "/etc/passwd", "a/b.csv", "..\\\\secret.csv"])
def test_a_source_reads_only_its_own_folder(tmp_path: Path, name: str) -> None:
    toml = SOURCE_TOML.replace("population.csv", name)
    with pytest.raises(DescriptorError, match="simple nom de fichier"):
        source_of(tmp_path / "src", toml)

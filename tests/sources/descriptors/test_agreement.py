"""What a source's agreement says is read strictly, and never loosens its secrecy."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from built_workspace import SOURCE_TOML, says, source_of

from observatoire.errors import DescriptorError
from observatoire.sources.descriptors.agreement import Agreement, agreement_words

if TYPE_CHECKING:
    from pathlib import Path

    from built_workspace import Place

AGREED = """
[convention]
partner = "la Caf de la Martinique"
reference = "Convention du 12 mars 2025, article 4."
signed = 2025-03-12
from = 2025-01-01
until = 2027-12-31
audience = "partenaires"
recipients = ["Ville du Lamentin", "Deal"]
threshold = 5
threshold_kind = "allocataires"
contact = "statistiques@caf.example"
"""


def test_everything_it_says_is_read(tmp_path: Path) -> None:
    source = source_of(tmp_path / "caf", SOURCE_TOML + AGREED)
    assert source.convention == Agreement(
        partner="la Caf de la Martinique",
        audience="partenaires",
        signed=dt.date(2025, 3, 12),
        starts=dt.date(2025, 1, 1),
        ends=dt.date(2027, 12, 31),
        recipients=("Ville du Lamentin", "Deal"),
        threshold=5.0,
        threshold_kind="allocataires",
        reference="Convention du 12 mars 2025, article 4.",
        contact="statistiques@caf.example",
    )


def test_a_source_without_an_agreement_has_none(tmp_path: Path) -> None:
    assert source_of(tmp_path / "rp", SOURCE_TOML).convention is None


@pytest.mark.parametrize(("own", "threshold", "unit"), [(3, 5, "allocataires"), (11, 11, "foyers")])
def test_the_stricter_threshold_wins(tmp_path: Path, own: int, threshold: int, unit: str) -> None:
    rule = f'[secrecy]\nthreshold = {own}\nunit = "foyers"\nrule = "Règle du producteur."\n'
    source = source_of(tmp_path / "caf", SOURCE_TOML + rule + AGREED)
    assert (source.secrecy.threshold, source.secrecy.unit) == (threshold, unit)
    assert source.secrecy.rule.startswith("Règle du producteur.")


def test_a_day_may_be_written_as_text(tmp_path: Path) -> None:
    text = AGREED.replace("until = 2027-12-31", 'until = "2027-12-31"')
    source = source_of(tmp_path / "caf", SOURCE_TOML + text)
    assert source.convention is not None
    assert source.convention.ends == dt.date(2027, 12, 31)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('partner = "la Caf de la Martinique"\n', "", "partner"),
        ("partner", "partnaire", "partner"),
        ('"partenaires"', '"tous"', "interne"),
        ('audience = "partenaires"\n', "", "audience"),
        ('"partenaires"', '"public"', "destinataires"),
        ("until = 2027-12-31", "until = 2024-12-31", "avant le 2025-03-12"),
        ("from = 2025-01-01\nuntil = 2027-12-31", "until = 2025-03-11", "avant le 2025-03-12"),
        ("until = 2027-12-31", 'until = "31/12/2027"', "n’est pas un jour"),
        ("until = 2027-12-31", "until = 2027-12-31T10:00:00", "n’est pas un jour"),
        ("until = 2027-12-31", "until = 2027", "n’est pas un jour"),
        ("until = 2027-12-31", 'until = ""', "n’est pas un jour"),
        ("signed = 2025-03-12", "signed = 2028-01-01", "avant le 2028-01-01"),
        ('"la Caf de la Martinique"', '" "', "avec qui la convention est passée"),
        ("threshold = 5", "threshold = -5", "négatif"),
        ("threshold = 5", "threshold = nan", "« nan » n’est pas un nombre fini"),
        ("threshold = 5", "threshold = inf", "« inf » n’est pas un nombre fini"),
        ('threshold_kind = "allocataires"\n', "", "threshold_kind"),
        ("threshold = 5\n", "", "threshold = 5"),
        ("contact =", "contacts =", "contact"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in AGREED
    with pytest.raises(DescriptorError) as refusal:
        source_of(tmp_path / "caf", SOURCE_TOML + AGREED.replace(old, new))
    says(refusal.value, said, "source.toml")


def test_an_agreement_left_blank_is_no_agreement_with_all(tmp_path: Path) -> None:
    with pytest.raises(DescriptorError) as refusal:
        source_of(tmp_path / "caf", SOURCE_TOML + "\n[convention]\n")
    says(refusal.value, "partner", "source.toml")


def test_a_report_of_load_tells_the_agreement(place: Place) -> None:
    path = place.folder / "source.toml"
    path.write_text(path.read_text("utf-8") + AGREED, "utf-8")
    report = place.load(place.empty_warehouse())
    printed = str(report).replace("\u00a0", " ")
    assert "Convention avec la Caf de la Martinique" in printed
    assert "Ville du Lamentin et Deal" in printed
    assert "jusqu’au 31 décembre 2027" in printed


def test_an_agreement_open_to_all_without_an_end_is_said_so() -> None:
    assert agreement_words(Agreement("la Deal", "public")).endswith("tout public.")

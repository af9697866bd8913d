"""A package carries its agreements: what has ended since it was made is shown no more."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING, Any, ClassVar

import demo
import pytest
from built_workspace import says
from secrecy_workspace import loaded_workspace

import observatoire as obs
from observatoire.errors import FileError, UnknownNameError
from observatoire.exchange.agreements import read_terms, written_terms
from observatoire.exchange.federation import federate
from observatoire.sources.descriptors.agreement import Agreement

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

ENDS = dt.date(2026, 12, 31)
LAST, AFTER = ENDS, ENDS + dt.timedelta(1)
AGREED = """
[convention]
partner = "la Caf"
signed = 2025-02-03
from = 2025-01-01
until = 2026-12-31
audience = "partenaires"
recipients = ["Ville", "Deal"]
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = loaded_workspace(tmp_path_factory.mktemp("termes") / "e")
    path = folder / "data" / "raw" / "essai-cas" / "source.toml"
    path.write_text(path.read_text("utf-8") + AGREED, encoding="utf-8")
    with obs.open(folder) as o:
        o.load()
        o.today = lambda: dt.date(2026, 6, 1)
        return o.publish(folder / "paquet", audience="partenaires")


def described(package: Path) -> dict[str, Any]:
    return dict(json.loads((package / "datapackage.json").read_text("utf-8")))


def changed(package: Path, to: Path, **keys: object) -> Path:
    folder = shutil.copytree(package, to)
    agreement = {k: v for k, v in (described(package) | keys).items() if v is not ...}
    (folder / "datapackage.json").write_text(json.dumps(agreement), encoding="utf-8")
    return folder


def lent(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["indicateur"] == "cas_suivis"].set_index("territoire")


def test_a_package_says_what_ends_when_and_for_whom(package: Path) -> None:
    (agreement,) = described(package)["conventions"]
    assert agreement["partenaire"] == "la Caf"
    assert (agreement["public"], agreement["destinataires"]) == ("partenaires", ["Ville", "Deal"])
    assert (agreement["du"], agreement["au"]) == (
        "2025-02-03",
        "2026-12-31",
    )  # never before it is signed
    assert {one["indicateur"] for one in agreement["chiffres"]} == {"cas_suivis", "part_cas"}
    assert {one["periode"] for one in agreement["chiffres"]} == {"2016"}
    assert any(
        "jusqu’au 31\u00a0décembre\u00a02026" in w for w in described(package)["avertissements"]
    )


def test_what_is_under_no_agreement_carries_none() -> None:
    assert described(demo.package())["conventions"] == []


def test_the_last_day_is_in_and_the_next_one_is_not(package: Path) -> None:
    before = federate([package], date=LAST)
    assert lent(before.df).loc["FDF02", "valeur"] == 29
    assert [w for w in before.warnings if "Ville et Deal" in w]
    after = federate([package], date=AFTER)
    ended = lent(after.df)
    assert ended[["valeur", "borne_basse", "borne_haute"]].isna().all(axis=None)
    assert set(ended["statut"]) == {"non disponible"}
    assert set(ended["methode"]) == {""}
    assert ended["motif"].str.contains("échue le 31\u00a0décembre\u00a02026").all()
    assert [w for w in after.warnings if "à renouveler avant" in w and "cases retenues" in w]
    other = before.df["indicateur"].isin(["cas_suivis", "part_cas"])
    assert after.df[~other].equals(before.df[~other])


def test_today_is_the_day_when_none_is_said(package: Path, tmp_path: Path) -> None:
    (agreement,) = described(package)["conventions"]
    ended = changed(package, tmp_path / "e", conventions=[agreement | {"au": "2026-02-04"}])
    assert lent(obs.federate([ended]).df)["valeur"].isna().all()


def test_a_narrower_circle_is_kept_from_a_wider_one(package: Path) -> None:
    found = federate([package], date=LAST, audience="public")
    assert lent(found.df)["valeur"].isna().all()
    assert (
        lent(found.df)["motif"]
        .str.contains("réservés aux partenaires (Ville et Deal)", regex=False)
        .all()
    )
    with pytest.raises(UnknownNameError) as refused:
        obs.federate([package], audience="tous")  # type: ignore[arg-type]
    says(refused.value, "public")


def test_the_agreement_of_one_package_says_nothing_of_another(
    package: Path, tmp_path: Path
) -> None:
    other = changed(package, tmp_path / "b", name="autre-ville", conventions=[])
    both = lent(federate([package, other], date=AFTER).df)
    seen = both[both["observatoire"] == "autre-ville"]
    assert seen.loc["FDF02", "valeur"] == 29
    assert both[both["observatoire"] != "autre-ville"]["valeur"].isna().all()


def test_a_package_of_before_agreements_were_kept_opens(package: Path, tmp_path: Path) -> None:
    old = federate([changed(package, tmp_path / "a", conventions=...)], date=AFTER)
    assert lent(old.df).loc["FDF02", "valeur"] == 29
    assert old.warnings == ()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"au": "31/12/2026"},
        {"au": 2026},
        {"public": "tous"},
        {"public": None},
        {"destinataires": None},
        {"chiffres": [{"indicateur": "cas_suivis"}]},
        {"chiffres": 3},
    ],
)
def test_an_agreement_that_cannot_be_read_is_refused(
    package: Path, tmp_path: Path, spoilt: dict[str, object]
) -> None:
    (agreement,) = described(package)["conventions"]
    for terms in ([agreement | spoilt], "x", None):
        folder = changed(package, tmp_path / f"p{len(str(terms))}", conventions=terms)
        with pytest.raises(FileError, match="conventions"):
            federate([folder])


def test_what_is_written_is_what_is_read() -> None:
    class Shown:
        agreements: ClassVar = {
            ("b", "2016"): (
                Agreement("la Caf", "public"),
                Agreement("Pôle emploi", "partenaires"),
            ),
            ("a", ""): (Agreement("la Caf", "public"),),
        }

    terms, sentences = written_terms(Shown.agreements)
    assert len(sentences) == 2
    assert read_terms({"conventions": json.loads(json.dumps(terms))}) == {
        column: list(each) for column, each in Shown.agreements.items()
    }

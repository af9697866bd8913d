"""``federation.toml``: who, in which order, until when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from built_workspace import says
from packages_made import package

import observatoire as obs
from observatoire.errors import DescriptorError, FileError
from observatoire.exchange.federation import federate

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.sources.descriptors.agreement import Audience

TEXT = """
title = "Observatoire des observatoires"
[[members]]
name = "caf"
place = "paquets/caf"
until = 2026-12-31
[[members]]
place = "paquets/ville"
"""
LAST = dt.date(2026, 12, 31)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "paquets").mkdir()
    for name, value in (("caf", 12.0), ("ville", 14.0)):
        package(tmp_path / "paquets" / name, [("q", "Q1", "pop", "2016", value, "observé")])
    return tmp_path


def written(folder: Path, text: str = TEXT) -> Path:
    path = folder / "federation.toml"
    path.write_text(text, "utf-8")
    return path


def test_places_start_from_the_file_and_the_first_is_believed(folder: Path) -> None:
    f = federate(written(folder), date=LAST)
    assert f.observatories == ("caf", "ville")
    assert f.values()["valeur"].tolist() == [12.0]
    other = written(folder, TEXT.replace("caf", "x").replace("ville", "caf").replace("x", "ville"))
    assert federate(other, date=LAST).values()["valeur"].tolist() == [14.0]


@pytest.mark.parametrize(
    ("declared", "asked"), [("", "public"), ('audience = "public"\n', "interne")]
)
def test_the_wider_of_the_circles_that_are_declared_and_asked_for_counts(
    tmp_path: Path, declared: str, asked: Audience
) -> None:
    """What an agreement keeps for partners is not shown to all, whichever says for whom it is."""
    lent = {
        "partenaire": "Caf", "public": "partenaires", "destinataires": [], "du": None, "au": None,
        "chiffres": [{"indicateur": "pop", "periode": "2016"}],
    }  # fmt: skip
    package(tmp_path / "caf", conventions=[lent])
    path = written(tmp_path, f'{declared}[[members]]\nplace = "caf"\n')
    assert federate(path, date=LAST, audience=asked).df["valeur"].isna().all()


def test_a_member_goes_the_day_after_its_agreement(folder: Path) -> None:
    f = federate(written(folder), date=LAST + dt.timedelta(1))
    assert f.observatories == ("ville",)
    (refused,) = f.rejected().itertuples()
    assert "échu le 31\u00a0décembre\u00a02026" in refused.reason


def test_a_member_that_withdraws_says_why(folder: Path) -> None:
    text = TEXT.replace(
        "until = 2026-12-31", 'withdrawn = 2026-06-01\nreason = "Fusion des services."'
    )
    assert federate(written(folder, text), date=dt.date(2026, 5, 31)).observatories == (
        "caf",
        "ville",
    )
    f = federate(written(folder, text), date=dt.date(2026, 6, 1))
    assert "Fusion des services." in f.rejected()["reason"].item()
    assert set(f.df["observatoire"]) == {"ville"}


def test_another_package_under_a_member_s_name_is_refused(folder: Path) -> None:
    f = federate(written(folder, TEXT.replace('name = "caf"', 'name = "plie"')), date=LAST)
    assert f.observatories == ("ville",)
    assert "s’appelle « caf », non « plie »" in f.rejected()["reason"].item()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT + '[[members]]\nplace = "paquets/caf"\n', ("deux fois", "paquets/caf")),
        (TEXT.replace("place", "palce", 1), ("palce", "place")),
        (TEXT.replace("2026-12-31", '"bientôt"'), ("until",)),
    ],
)
def test_what_is_badly_declared_is_said(folder: Path, text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(DescriptorError) as caught:
        obs.federate(written(folder, text))
    says(caught.value, *words)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="n’existe pas"):
        obs.federate(tmp_path / "federation.toml")


BARE = {"taux": {"nature": "taux", "unite": "%", "decimales": "1"}}
LINKS = "".join(f"q,Q{k},c,LAM,1.0,proche,oui,table\n" for k in (1, 2, 3))
PEOPLE = {"Q1": 100.0, "Q2": 100.0, "Q3": 100.0, "LAM": 300.0}


def figure(place: str, code: str, value: float | None) -> tuple[object, ...]:
    status = "secret" if value is None else "observé"
    return "q" if place.startswith("Q") else "c", place, code, "2016", value, status


@pytest.mark.parametrize("code", ["cas", "taux"])
@pytest.mark.parametrize("by", ["departure", "version", "agreement"])
def test_what_readers_have_of_what_is_no_longer_shown_is_reckoned_with(
    tmp_path: Path, by: str, code: str
) -> None:
    """A total that left, with the parts that stay, gave what one member hides."""
    shown = {"Q2": 30.0, "Q3": 40.0}
    lost = figure(*(("LAM", code, 24.7) if code == "taux" else ("Q2", code, 30.0)))
    if code == "cas":
        shown = {"Q3": 40.0, "LAM": 75.0}
    kept = [figure("Q1", code, None), *(figure(at, code, value) for at, value in shown.items())]
    given: dict[str, Any] = {"links": LINKS, "thresholds": {(code, "2016"): 11.0}}
    given["definitions"] = BARE if code == "taux" else {}
    a = package(tmp_path / "a", kept, **given)
    package(tmp_path / "b", [figure(at, "pop", value) for at, value in PEOPLE.items()], links=LINKS)
    text = "".join(f'[[members]]\nplace = "{name}"\n' for name in "ab")
    if by == "version":
        former = package(tmp_path / "v", [*kept, lost], name="a", **given)
        (a / "versions").mkdir()
        former.rename(a / "versions" / "1.0.0")
    else:
        ended = {
            "partenaire": "Caf", "public": "public", "destinataires": [], "du": None, "au": "2020-01-01",
            "chiffres": [{"indicateur": code, "periode": "2016"}],
        }  # fmt: skip
        ends = [ended] if by == "agreement" else []
        package(tmp_path / "c", [lost], conventions=ends, **given)
        text += '[[members]]\nplace = "c"\n'
        text += "withdrawn = 2020-01-01\n" if by == "departure" else ""
    left = federate(written(tmp_path, text), date=LAST).values(code)
    readable = set(left.loc[left["statut"] == "observé", "territoire"])
    assert len(readable) == 1
    assert readable < shown.keys()

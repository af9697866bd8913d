"""The command line: the library's words, errors as sentences, statuses that a script can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from observatoire import cli
from observatoire.workspace import create_workspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_workspace(tmp_path_factory.mktemp("cli") / "espace")


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["observatoire", *map(str, words)])
    monkeypatch.setattr(cli.out, "width", 200)
    monkeypatch.setattr(cli.err, "width", 200)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return int(stop.value.code or 0)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["anex"], 2, ["« anex » n’existe pas", "annex"]),
        (["panel"], 2, ["Il manque l’argument « theme »"]),
        (["panel", "--foo"], 2, ["« --foo » n’existe pas"]),
        (["status", "un", "deux"], 2, ["en trop"]),
        (["status", "-w", "/nulle/part"], 1, ["observatoire.toml", "observatoire init"]),
        (["federate", "ici", "-o", "x.xlsx"], 1, [".csv"]),
    ],
)
def test_a_wrong_call_is_a_french_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    status: int,
    said: list[str],
) -> None:
    assert call(monkeypatch, *words) == status
    shown = capsys.readouterr().err
    assert shown.startswith("Erreur : ")
    assert "Traceback" not in shown
    for text in said:
        assert text in shown


def test_init_does_not_overwrite(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (space / "observatoire.toml").read_bytes()
    assert call(monkeypatch, "init", space) == 1
    assert "déjà" in capsys.readouterr().err
    assert (space / "observatoire.toml").read_bytes() == before


def test_load_then_status_tell_what_was_read(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "load", "data/raw/insee-rp2016", "-w", space) == 0
    assert "147\u00a0lignes lues, 147\u00a0gardées" in capsys.readouterr().out
    assert call(monkeypatch, "load", "data/raw/insee-rp2016", "-w", space) == 0
    assert "inchangé" in capsys.readouterr().out
    assert call(monkeypatch, "status", "-w", space) == 0
    shown = capsys.readouterr().out
    assert "insee-rp2016" in shown
    assert "schématique" in shown


def test_status_of_an_empty_workspace_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = create_workspace(tmp_path / "vide")
    assert call(monkeypatch, "status", "-w", empty) == 0
    assert "observatoire load" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["panel", "population", "-p", "2016"], "tableau-population.html"),
        (["map", "part_hlm", "-p", "2016"], "carte-part_hlm.html"),
        (["profile", "centre ville"], "fiche-FDF01.html"),
    ],
)
def test_what_is_shown_is_written_where_it_says(
    space: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    name: str,
) -> None:
    assert call(monkeypatch, *words, "-w", space) == 0
    written = space / "data" / "processed" / name
    assert written.is_file()
    assert name in capsys.readouterr().out


def test_unknown_names_give_the_nearest(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "map", "part_hml", "-w", space) == 1
    assert "« part_hlm »" in capsys.readouterr().err
    assert call(monkeypatch, "profile", "Dilon", "-w", space) == 1
    assert "« Dillon »" in capsys.readouterr().err


def test_publish_then_federate(
    space: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package, together = tmp_path / "paquet", tmp_path / "ensemble.csv"
    assert call(monkeypatch, "publish", package, "-w", space) == 0
    assert (package / "datapackage.json").is_file()
    assert call(monkeypatch, "federate", package, "-o", together) == 0
    assert together.read_text(encoding="utf-8").startswith("observatoire,zonage,territoire")
    assert "indicateurs communs" in capsys.readouterr().out


def test_audit_says_when_nothing_is_hidden(
    space: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "audit", "-w", space) == 0
    assert "rien à retrouver" in capsys.readouterr().out


def test_trends_and_inequalities_are_asked_by_the_same_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], space: Path, tmp_path: Path
) -> None:
    made = [tmp_path / "evolution.html", tmp_path / "inegalites.html"]
    words = ["trend", "taux_pauvrete", "2014", "2016", "-w", space, "-o", made[0]]
    assert call(monkeypatch, *words) == 0
    assert call(monkeypatch, "inequality", "part_hlm", "-w", space, "-o", made[1]) == 0
    assert all(path.stat().st_size > 1000 for path in made)
    capsys.readouterr()
    assert call(monkeypatch, "trend", "taux_pauvrete", "2016", "2019", "-w", space) == 1
    assert "Rupture de série en 2019" in capsys.readouterr().err

"""What the command line prints holds on any terminal, whatever names it prints."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import demo
import pytest
import typer
from built_workspace import says
from rich.console import Console

from observatoire.cli import console
from observatoire.cli import ingest as loading
from observatoire.cli import main as cli
from observatoire.errors import UnreadableFileError
from observatoire.territories.zoning import read_members

if TYPE_CHECKING:
    from built_workspace import Place


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["observatoire", *map(str, words)])
    monkeypatch.setattr(console.out, "width", 200)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    return int(stop.value.code or 0)


def printed(encoding: str, text: str) -> str:
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, encoding=encoding, errors="observatoire")
    Console(file=stream, width=80).print(text, markup=False, highlight=False)
    stream.flush()
    return content.getvalue().decode(encoding)


def test_no_code_is_cut_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = ["Source", "Producteur", "Zonage", "Lues"]
    row = [
        "convention-lamentin-2007",
        "Ville du Lamentin et ses associations",
        "quartier-cucs-2007",
        "63",
    ]
    for width in (200, 80, 60, 40):
        monkeypatch.setattr(console.out, "width", width)
        console.show("Sources", heads, [row])
        said = capsys.readouterr().out
        assert "convention-lamentin-2007" in said, width
        assert "quartier-cucs-2007" in said, width


def test_a_file_is_given_by_its_place_or_by_an_option() -> None:
    one, other = Path("a.html"), Path("b.html")
    assert (
        console.one_file(one, None)
        == console.one_file(None, one)
        == console.one_file(one, one)
        == one
    )
    with pytest.raises(typer.BadParameter, match="Deux fichiers"):
        console.one_file(one, other)


def test_what_an_encoding_lacks_becomes_the_nearest_it_has() -> None:
    assert printed("cp1252", "1\u202f234 « Four à Chaux »") == "1 234 « Four à Chaux »\n"
    assert printed("ascii", "l’œuvre « été » ≤ 5 ☃") == 'l\'oeuvre " ete " <= 5 ?\n'
    assert printed("utf-8", "1\u202f234") == "1\u202f234\n"


@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
def test_a_load_is_printed_in_any_encoding(
    place: Place, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    place.close()
    content, said = io.BytesIO(), io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(content, encoding, "strict"))
    monkeypatch.setattr("sys.stderr", io.TextIOWrapper(said, encoding, "strict"))
    assert call(monkeypatch, "load", "--workspace", place.root) == 0
    sys.stdout.flush()
    sys.stderr.flush()
    assert "Traceback" not in said.getvalue().decode(encoding, "replace")
    assert "Ensuite" in content.getvalue().decode(encoding)


def test_a_load_is_printed_in_the_encoding_of_its_process(place: Place) -> None:
    place.close()
    made = subprocess.run(
        [sys.executable, "-m", "observatoire", "load", "--workspace", str(place.root)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    text = made.stdout.decode("ascii")
    assert made.returncode == 0, made.stderr
    assert "Traceback" not in made.stderr.decode("ascii", "replace")
    assert "Ensuite" in text


def test_brackets_in_a_producer_are_printed_as_they_are(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.replace("data/raw/src/source.toml", '"Insee"', '"[/red] Insee [bold"')
    place.close()
    assert call(monkeypatch, "load", "--workspace", place.root) == 0
    assert call(monkeypatch, "status", "--workspace", place.root) == 0
    assert "[/red] Insee [bold" in capsys.readouterr().out


def test_status_counts_the_rejected_rows(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place.root / "data/raw/src/population.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, *(f"99999{rank:04};1;2;3" for rank in range(500))]), "utf-8")
    place.close()
    assert call(monkeypatch, "load", "--reject", "--workspace", place.root) == 0
    capsys.readouterr()
    assert call(monkeypatch, "status", "--workspace", place.root) == 0
    shown = capsys.readouterr().out
    assert "Lignes rejetées (détail : o.rejects())" in shown
    assert "500" in shown
    assert shown.count("99999") <= 2, "one line a kind of fault, not one a row"
    assert len(shown.splitlines()) < 60


def test_status_tells_the_natures_that_nothing_states(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place.write("defm-2016.csv", "code;defm;Nombre d’aidés\n97209;100;5\n97213;40;6\n")
    place.close()
    assert call(monkeypatch, "load", str(path), "--workspace", place.root) == 0
    capsys.readouterr()
    assert call(monkeypatch, "status", "--workspace", place.root) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "la nature de chiffres de « defm-2016 »" in shown.replace("\u00a0", " ")


def test_the_counts_of_faults_are_those_of_the_rows() -> None:
    import pandas as pd

    rows = [("s", "a.csv", line, "POP", "x", "figure", f"ligne {line}") for line in (9, 4, 7)]
    rows.append(("s", "a.csv", 2, "POP", "x", "territory", "inconnu"))
    columns = ["source", "file", "line", "column", "raw", "kind", "reason"]
    found = loading._counted(pd.DataFrame(rows, columns=columns))
    assert found[["kind", "rows", "first"]].to_numpy().tolist() == [
        ["figure", "3", 4],
        ["territory", "1", 2],
    ]


def test_a_workspace_may_have_a_name_of_300_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = demo.workspace(tmp_path / "espace")
    toml, name = root / "observatoire.toml", "Observatoire " + "très long " * 29
    text = re.sub('^name = ".*"', f'name = "{name}"', toml.read_text("utf-8"), flags=re.MULTILINE)
    toml.write_text(text, "utf-8")
    demo.keep_open(monkeypatch, root)
    for suffix in ("docx", "xlsx", "html"):
        output = root / f"tableau.{suffix}"
        assert call(monkeypatch, "panel", "habitat", "-o", output, "--workspace", root) == 0
        assert output.stat().st_size > 1000
    assert call(monkeypatch, "status", "--workspace", root) == 0


def test_a_control_character_in_a_name_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "membres.csv"
    path.write_text("code;nom;commune\nA;Four\u0007 à Chaux;97209\n", "utf-8")
    with pytest.raises(UnreadableFileError) as refusal:
        read_members(path)
    says(refusal.value, "membres.csv, ligne 2, colonne nom", "« Four� à Chaux »", "contrôle")

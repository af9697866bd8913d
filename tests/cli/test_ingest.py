"""What a load and a preview say next."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

import observatoire as obs
from observatoire.cli import main as cli
from observatoire.cli.ingest import _fed_theme

if TYPE_CHECKING:
    from pathlib import Path


def test_a_load_names_the_panel_of_what_it_fed() -> None:
    before = {("population", "population"): "2016", ("habitat", "part_hlm"): "2016"}
    assert _fed_theme({**before, ("emploi", "chomeurs"): "2016"}, before) == "emploi"
    assert _fed_theme({**before, ("habitat", "part_hlm"): "2016, 2020"}, before) == "habitat"
    assert _fed_theme(before, before) == "population", "nothing new: a panel that is not empty"
    assert _fed_theme(before, None) == "population"
    assert _fed_theme({}, {}) == ""


def test_what_a_preview_wrote_is_loaded_by_the_command_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: object) -> str:
        monkeypatch.setattr(sys, "argv", ["observatoire", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert not stop.value.code
        return "".join(capsys.readouterr())

    root = obs.init(tmp_path / "essai").root
    shutil.rmtree(root / "data/raw")
    table = tmp_path / "suivi.csv"
    table.write_text("Quartier;Ménages suivis 2020\nDillon;310\nTexaco;120\n", encoding="utf-8")
    said = "".join(call("preview", table, "--write", "-w", root).split())
    assert f"observatoireload{root}/data/raw/suivi" in said
    assert "Tableau d’un partenaire" not in call("load", root / "data/raw/suivi", "-w", root)

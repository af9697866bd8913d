"""What a load and a preview say next."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import observatoire as obs
from observatoire.cli import main as cli
from observatoire.cli.ingest import _fed_theme
from observatoire.errors import DescriptorError
from observatoire.warehouse.loading.files import failed

if TYPE_CHECKING:
    from pathlib import Path


def test_a_load_names_the_panel_of_what_it_fed() -> None:
    rows = [("population", "2016", "a, b"), ("habitat", "2016", "b"), ("sante", "", "c")]
    listed = pd.DataFrame(rows, columns=["theme", "periods", "sources"])
    assert _fed_theme(listed, {"b"}) == "population"
    assert _fed_theme(listed[1:], {"b"}) == "habitat", "the same file once more"
    assert _fed_theme(listed, {"c"}) == "population", "nothing fed: a panel that is not empty"
    assert _fed_theme(listed[:0], {"a"}) == ""


def test_what_keeps_all_sources_out_is_said_once() -> None:
    fault = DescriptorError("Cette table est déjà déclarée.", where="indicators.toml, ligne 3")
    said = str(failed({"a": fault, "b": fault}, [], 2))
    assert said.count("déjà déclarée") == 1
    assert "a, b" in said


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

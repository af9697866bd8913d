"""A town founded on the command line: each step says what to do next, and what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from built_workspace import plain
from shapely.geometry import box

from observatoire.cli import console
from observatoire.cli import main as cli

if TYPE_CHECKING:
    from pathlib import Path


def test_each_step_says_the_next_and_what_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def call(*words: object, status: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["observatoire", *map(str, words)])
        monkeypatch.setattr(console.out, "width", 200)
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert (stop.value.code or 0) == status
        return plain("".join(capsys.readouterr()))

    shapes = [box(x, 6_600_000, x + 500, 6_600_500) for x in (700_000, 701_000)]
    layer = tmp_path / "contours.gpkg"
    gpd.GeoDataFrame({"nom": ["La Gare", "Le Pont"]}, geometry=shapes, crs=2154).to_file(layer)
    root = tmp_path / "ville"
    said = call("init", root, "--from", layer)
    assert "Ce qu’il y a :\n  - 2 contours observés (quartier)" in said
    assert "Ce qui n’est pas là :\n  - les contours des IRIS" in said
    assert "LISEZMOI.md" in said
    assert "déjà" in call("init", root, "--from", layer, status=1)
    assert "Aucune source dans data/raw" in call("load", "-w", root)
    printed = call("status", "-w", root)
    assert "« observatoire load FICHIER »" in printed
    assert "Ce qui n’est pas là :" in printed
    assert "objectifs, actions et notes : modèles à remplir" in printed
    assert "watch.toml : aucun seuil" in printed
    table = tmp_path / "suivi-2020.csv"
    table.write_text("Quartier;Allocataires\nLa Gare;40\nLe Pont;60\n", encoding="utf-8")
    loaded = call("load", table, "-w", root)
    assert "2 gardées" in loaded
    assert "observatoire panel" not in loaded  # no theme has a figure yet
    wanted = call("panel", "-w", root, status=1)
    assert "Il manque l’argument « THEME »" in wanted
    assert "habitat (Habitat et cadre de vie)" in wanted
    assert "Par exemple observatoire panel population." in wanted

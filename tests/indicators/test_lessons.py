"""A workspace learns of its own published totals what a part holds of its whole, and uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import observatoire as obs
from observatoire.cli import main
from observatoire.errors import DescriptorError, PassageError
from observatoire.passage.prediction import known_calibrations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WORKSPACE = """\
[workspace]
name = "Une autre ville"
main_zoning = "quartier"
crs = "EPSG:2154"
[zonings.ilot]
label = "Îlots"
singular = "îlot"
members = "geo/ilots.csv"
[zonings.quartier]
label = "Quartiers suivis"
singular = "quartier"
members = "geo/quartiers.csv"
[[passages]]
source = "ilot"
target = "quartier"
file = "geo/liens.csv"
model = "part"
"""

SOURCE = """\
title = "Chiffres de la ville"
producer = "La ville"
licence = "Licence Ouverte 2.0"
zoning = "quartier"
[[files]]
name = "chiffres.csv"
layout = "long"
zoning_column = "zonage"
territory = "territoire"
variable_column = "variable"
period_column = "annee"
value_column = "valeur"
[precision]
method = "exhaustive"
[variables.gens]
label = "Habitants"
nature = "count"
unit = "personnes"
[variables.taux]
label = "Taux"
nature = "rate"
unit = "%"
[variables.revenu]
label = "Revenu"
nature = "median"
unit = "euros"
"""

CATALOGUE = """\
[themes.emploi]
label = "Emploi"
"""
for code, nature, unit in (
    ("gens", "count", "personnes"),
    ("taux", "rate", "%"),
    ("revenu", "median", "euros"),
):
    CATALOGUE += f"""
[indicators.{code}]
label = "{code.capitalize()}"
short = "{code.capitalize()}"
theme = "emploi"
nature = "{nature}"
unit = "{unit}"
polarity = "neutral"
definition = "Essai."
universe = "Tous"
sources = ["ville"]
{"numerator = ['gens']" if code == "gens" else f"variable = '{code}'"}
"""


def build(folder: Path, published: int, silent: int = 4) -> dict[tuple[str, str], float]:
    """Write a town whose first quartiers have figures of their own; return what all of them hold."""
    rng = np.random.default_rng(7)
    geo, raw = folder / "geo", folder / "data" / "raw" / "ville"
    geo.mkdir(parents=True)
    raw.mkdir(parents=True)
    count, truth = published + silent, {}
    rows = ["zonage;territoire;variable;annee;valeur"]
    for at in range(count):
        whole = {
            "gens": rng.uniform(1500, 3500),
            "taux": rng.uniform(20, 50),
            "revenu": rng.uniform(11000, 19000),
        }
        odds = whole["taux"] / (100 - whole["taux"]) * np.exp(0.3 + rng.normal() * 0.2)
        share = 1 / (1 + np.exp(-rng.normal(0.2, 0.3)))
        part = {
            "gens": whole["gens"] * share,
            "taux": 100 * odds / (1 + odds),
            "revenu": whole["revenu"] * np.exp(-0.1 + rng.normal() * 0.05),
        }
        for name, figure in whole.items():
            rows.append(f"ilot;i{at:02};{name};2016;{figure:.1f}")
            truth[f"q{at:02}", name] = part[name]
            if at < published:
                rows.append(f"quartier;q{at:02};{name};2016;{part[name]:.1f}")
    places = range(count)
    for name, letter in (("ilots", "i"), ("quartiers", "q")):
        members = "".join(f"{letter}{at:02};{letter}{at:02};1\n" for at in places)
        (geo / f"{name}.csv").write_text("code;nom;commune\n" + members, "utf-8")
    links = "".join(f"i{at:02};q{at:02};inclus\n" for at in places)
    (geo / "liens.csv").write_text("source;target;link\n" + links, "utf-8")
    (folder / "observatoire.toml").write_text(WORKSPACE, "utf-8")
    (folder / "indicators.toml").write_text(CATALOGUE, "utf-8")
    (raw / "source.toml").write_text(SOURCE, "utf-8")
    (raw / "chiffres.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return truth


def test_what_is_learnt_here_foretells_the_territories_without_figures(tmp_path: Path) -> None:
    truth = build(tmp_path, 30, silent=60)
    codes = ["gens", "taux", "revenu"]
    with obs.open(tmp_path) as o:
        before = o.table(codes).df
        assert not (before["status"] == "estimated").any()
        said = o.calibrate("quartier").set_index("indicator")
        after = o.table(codes).df
    assert said.loc[codes, "places"].tolist() == [30, 30, 30]
    assert said["held_80"].between(0.7, 0.9).all()
    assert (said["note"] == "").all()
    own = known_calibrations(tmp_path / "calibration.toml")
    assert {own[code].kind for code in ("part-gens-alone", "rate-taux", "level-revenu")} == {
        "part",
        "rate",
        "level",
    }
    foretold = after[after["status"] == "estimated"]
    methods = foretold["method"].str.replace("\N{NO-BREAK SPACE}", " ")
    assert methods.str.contains("appris sur 30 territoires de « Quartiers suivis »").all()
    assert len(foretold) >= 150
    keys = zip(foretold["territory"], foretold["indicator"], strict=True)
    figures = np.array([truth[key] for key in keys])
    for bound, least, most in (("80", 0.72, 0.9), ("95", 0.9, 1.0)):
        low, high = foretold[f"pi{bound}_low"], foretold[f"pi{bound}_high"]
        assert least <= ((figures >= low) & (figures <= high)).mean() <= most


def test_too_few_territories_teach_nothing_and_nothing_is_written(tmp_path: Path) -> None:
    build(tmp_path, 9)
    with obs.open(tmp_path) as o, pytest.raises(PassageError, match="Rien ne s’apprend") as refusal:
        o.calibrate("quartier")
    assert "9 au plus" in str(refusal.value)
    assert "au moins 10" in str(refusal.value)
    assert not (tmp_path / "calibration.toml").exists()


def rewrite(folder: Path, row_of: Callable[[str, str, float], str]) -> None:
    """Write other figures of the quartiers, by their place, their variable and their former figure."""
    path = folder / "data" / "raw" / "ville" / "chiffres.csv"
    rows = path.read_text("utf-8").splitlines()
    for at, row in enumerate(rows):
        zoning, place, name, year, figure = row.split(";")
        if zoning == "quartier":
            rows[at] = ";".join([zoning, place, name, year, row_of(place, name, float(figure))])
    path.write_text("\n".join(rows) + "\n", "utf-8")


def test_a_part_that_counts_nobody_teaches_and_what_is_set_aside_fell_outside(
    tmp_path: Path,
) -> None:
    build(tmp_path, 60)
    rewrite(tmp_path, lambda place, _, figure: "0" if int(place[1:]) % 3 == 0 else f"{figure}")
    with obs.open(tmp_path) as o:
        said = o.calibrate("quartier").set_index("indicator")
        table = o.table(["gens"]).df
    # A median of nothing has no logarithm: a third of them was not foretold.
    assert said.loc["revenu", "places"] == 40
    assert float(str(said.loc["revenu", "held_80"])) < 0.6
    assert "mis de côté" in str(said.loc["revenu", "note"])
    assert said.loc["gens", "places"] == 60
    foretold = table[table["status"] == "estimated"]
    assert len(foretold) == 4
    assert (foretold["pi80_low"] == 0).all()


def test_figures_copied_from_their_whole_teach_nothing(tmp_path: Path) -> None:
    build(tmp_path, 60)
    path = tmp_path / "data" / "raw" / "ville" / "chiffres.csv"
    wholes = {
        (place[1:], name): figure
        for zoning, place, name, _, figure in (
            row.split(";") for row in path.read_text("utf-8").splitlines()
        )
        if zoning == "ilot"
    }
    rewrite(tmp_path, lambda place, name, _: wholes[place[1:], name])
    with obs.open(tmp_path) as o, pytest.raises(PassageError, match="recopié de son tout"):
        o.calibrate("quartier")


def test_many_parts_of_few_wholes_teach_nothing(tmp_path: Path) -> None:
    build(tmp_path, 12)
    links = "".join(f"i{at % 9:02};q{at:02};inclus\n" for at in range(16))
    (tmp_path / "geo" / "liens.csv").write_text("source;target;link\n" + links, "utf-8")
    with obs.open(tmp_path) as o, pytest.raises(PassageError, match=r"tiennent dans 9.territoires"):
        o.calibrate("quartier")


def test_what_a_source_taught_is_forgotten_when_its_figures_are_kept(tmp_path: Path) -> None:
    build(tmp_path, 30)
    with obs.open(tmp_path) as o:
        o.calibrate("quartier")
        assert (o.table(["gens"]).df["status"] == "estimated").any()
    source = tmp_path / "data" / "raw" / "ville" / "source.toml"
    rule = '\n[secrecy]\nthreshold = 11\nunit = "personnes"\n'
    source.write_text(source.read_text("utf-8") + rule, "utf-8")
    with obs.open(tmp_path) as o:
        o.load()
        assert not (o.table(["gens", "taux", "revenu"]).df["status"] == "estimated").any()


def test_learning_again_replaces_what_was_learnt_and_keeps_the_rest(tmp_path: Path) -> None:
    build(tmp_path, 12)
    with obs.open(tmp_path) as o:
        o.calibrate("quartier")
        first = known_calibrations(tmp_path / "calibration.toml")
        o.calibrate("quartier", indicators="taux")
        again = known_calibrations(tmp_path / "calibration.toml")
    assert first == again
    assert again["rate-taux"].command == "observatoire calibrate quartier --source ilot"


def test_the_command_says_what_was_learnt_and_what_makes_it_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(tmp_path, 12)
    declared = tmp_path / "observatoire.toml"
    declared.write_text(declared.read_text("utf-8").replace('model = "part"\n', ""), "utf-8")
    monkeypatch.setattr("sys.argv", ["observatoire", "calibrate", "quartier", "-w", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main.main()
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert "Territoires" in said
    assert "calibration.toml" in said
    assert 'model = "part"' in said


def test_a_calibration_that_does_not_say_all_of_each_support_is_refused(tmp_path: Path) -> None:
    build(tmp_path, 12)
    with obs.open(tmp_path) as o:
        o.calibrate("quartier")
    own = tmp_path / "calibration.toml"
    own.write_text(own.read_text("utf-8").replace("means = [", "means = [1.0, "), "utf-8")
    with obs.open(tmp_path) as o, pytest.raises(DescriptorError, match="même nombre"):
        o.table("taux")

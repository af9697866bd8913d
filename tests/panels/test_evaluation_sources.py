"""The sources of an evaluation are named once each, though two indicators share one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import evaluation_workspace as planted

import observatoire as obs
from observatoire.pages.blocks import TableBlock

if TYPE_CHECKING:
    from pathlib import Path

SHARE = """
[indicators.part_cas]
label = "Part des cas"
theme = "emploi"
nature = "rate"
unit = "%"
definition = "Planté."
universe = "Tous"
sources = ["plante", "gens"]
numerator = ["cas"]
denominator = ["gens"]
"""

PEOPLE = (
    planted.FIGURES_TOML.split("[variables.taux]")[0].replace("Chiffres plantés", "Gens plantés")
    + '[variables.gens]\nlabel = "Gens"\nnature = "count"\nunit = "personnes"\n'
)

FIGURES = "zonage;territoire;variable;annee;valeur\n" + "".join(
    f"{zoning};{code};{variable};{year};{count}\n"
    for zoning, code, variable, count in (
        ("quartier-cucs-2007", "FDF01", "gens", 1000),
        ("commune-2016", "97209", "gens", 9000),
    )
    for year in (2007, 2012)
)


def test_a_source_that_two_indicators_share_is_named_once(tmp_path: Path) -> None:
    planted.loaded_workspace(tmp_path)
    folder = tmp_path / "data/raw"
    (folder / "gens").mkdir()
    (folder / "gens/source.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "gens/chiffres.csv").write_text(FIGURES, encoding="utf-8")
    figures = planted.FIGURES + "".join(f"commune-2016;97209;cas;{y};900\n" for y in (2007, 2012))
    (folder / "plante/chiffres.csv").write_text(figures, encoding="utf-8")
    catalogue = tmp_path / "indicators.toml"
    catalogue.write_text(catalogue.read_text(encoding="utf-8") + SHARE, encoding="utf-8")
    o = obs.open(tmp_path)
    o.load()
    page = o.evaluate(2007, 2012).page
    o.close()
    (counts,) = (
        b for b in page.blocks if isinstance(b, TableBlock) and b.title.startswith("Nombre de")
    )
    (text,) = (note.text for note in counts.notes if note.label == "Source")
    assert [row.label for row in counts.rows] == ["Taux planté", "Part des cas"]
    assert (text.count("Chiffres plantés"), text.count("Gens plantés")) == (1, 1)

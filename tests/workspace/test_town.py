"""A town of Occitanie from producers' files to a panel: no line of TOML written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import plain, says

import observatoire as obs
from observatoire.errors import UnknownTerritoryError, WorkspaceError
from observatoire.workspace.town import create_town

if TYPE_CHECKING:
    from pathlib import Path

#: Code of the commune, département of its IRIS, how many IRIS and QPV, its population in 2016.
TOWNS = [("66136", "66", 63, 9), ("11262", "11", 22, 3)]


@pytest.mark.parametrize(("town", "department", "iris", "qpv"), TOWNS)
def test_from_files_to_panel(
    real: Path, tmp_path: Path, town: str, department: str, iris: int, qpv: int
) -> None:
    layers = [real / f"occitanie/iris_{department}.geojson", real / "occitanie/qp.geojson"]
    root = create_town(tmp_path / "ville", town, layers)
    with obs.open(root) as o:
        counts = o.zonings().set_index("zoning")["territories"]
        assert (counts["iris"], counts["qpv-2015"]) == (iris, qpv)
        report = o.load(real / "iris/IRIS_population_IR_Hab.csv")
        assert "Alimente" in plain(report)
        assert "Des colonnes manquent" in plain(report)
        o.load(real / "iris/IRIS_housing_IR_Hab.csv")
        listed = o.indicators().set_index("indicator")
        assert listed.loc[["population", "part_hlm"], "periods"].tolist() == ["2016", "2016"]
        cells = o.table(["population", "part_hlm"], compare=["commune"]).df
        shown = cells.set_index(["territory", "indicator"])
        whole = shown.loc[(town, "population"), "value"]
        rows = o.table("population", "iris").df["value"]
        assert whole == pytest.approx(rows.sum())
        quartiers = cells[cells["territory"].str.startswith("QP")]
        assert set(quartiers["status"]) <= {"estimated", "bounded", "missing", "aggregated"}
        assert (quartiers["status"] == "estimated").sum() >= qpv
        assert "Population" in o.panel("population").html


def test_what_a_town_lacks_is_said(real: Path, tmp_path: Path) -> None:
    iris, qpv = real / "occitanie/iris_66.geojson", real / "occitanie/qp.geojson"
    with pytest.raises(WorkspaceError) as caught:
        create_town(tmp_path / "a", "66136", [iris])
    says(caught.value, "des quartiers")
    with pytest.raises(UnknownTerritoryError) as unknown:
        create_town(tmp_path / "b", "31555", [iris, qpv])
    says(unknown.value, "31555")
    assert not (tmp_path / "b").exists()

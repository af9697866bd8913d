"""A town of Occitanie from producers' files to a panel: no line of TOML written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from built_workspace import plain, says
from effort import PROFILE

import observatoire as obs
from observatoire.errors import UnknownTerritoryError, WorkspaceError
from observatoire.workspace.town import create_town

if TYPE_CHECKING:
    from pathlib import Path

#: Code of the commune, its IRIS and QPV, its IRIS of the census file; quartiers that get an estimate.
TOWNS = [("66136", 47, 9, 45, 8), ("11262", 24, 3, 21, 1)][: 1 if PROFILE == "fast" else 2]


@pytest.mark.parametrize(("town", "iris", "qpv", "given", "estimated"), TOWNS)
def test_from_files_to_panel(
    real: Path, tmp_path: Path, town: str, iris: int, qpv: int, given: int, estimated: int
) -> None:
    layers = [real / f"occitanie/iris_{town[:2]}.geojson", real / "occitanie/qp.geojson"]
    root = create_town(tmp_path / "ville", town, layers).root
    with obs.open(root) as o:
        counts = o.zonings().set_index("zoning")["territories"]
        assert (counts["iris"], counts["qpv-2015"]) == (iris, qpv)
        report = o.load(real / "iris/IRIS_population_IR_Hab.csv")
        assert report.kept == given
        assert "Alimente 14 indicateurs du catalogue (2016) : « Population »" in plain(report)
        assert "« Logements HLM (RP) » (P16_RP_LOCHLMV)" in plain(report)
        listed = o.indicators().set_index("indicator")
        assert listed.loc["population", ["periods", "sources"]].tolist() == [
            "2016", "iris-population-ir-hab",
        ]  # fmt: skip
        assert (
            "P16_RP_LOCHLMV" in listed.loc["part_hlm", "lacking"]
            or "base-ic" in listed.loc["part_hlm", "lacking"]
        )
        assert o.table("population", "iris").df["value"].notna().sum() == given
        cells = o.table("population").df
        assert (cells["status"] == "estimated").sum() >= estimated
        assert "Population" in o.panel("population").html
        # What is published of the QPV feeds their own figures.
        report = o.load(real / "qpv/qpv_evolution_population.csv")
        assert "Alimente 1 indicateur du catalogue (2013 et 2018)" in plain(report)
        figures = o.table("population_publiee", period=2018).df
        assert (figures["status"] == "observed").sum() == qpv
        report = o.load(real / "qpv/panel_qpv_2016_2019.csv")
        assert "Alimente" in plain(report)
        figures = o.table("taux_pauvrete", period=2019).df
        assert (figures["status"] == "observed").sum() > 0
        report = o.load(real / "qpv/rpls_qpv.csv", period="2022")
        assert "Alimente 6 indicateurs du catalogue (2022) : « Logements sociaux »" in plain(report)


def test_what_a_town_lacks_is_said(real: Path, tmp_path: Path) -> None:
    iris, qpv = real / "occitanie/iris_66.geojson", real / "occitanie/qp.geojson"
    with pytest.raises(WorkspaceError) as caught:
        create_town(tmp_path / "a", "", [iris])
    says(caught.value, "couvre 226 communes", "--commune 66136")
    with pytest.raises(UnknownTerritoryError) as unknown:
        create_town(tmp_path / "b", "31555", [iris, qpv])
    says(unknown.value, "31555")
    assert not (tmp_path / "b").exists()

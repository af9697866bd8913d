"""The embedded default: every figure that the project carries is the one that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from observatoire.french.typography import number
from observatoire.sources import Source, read_source
from observatoire.territories import read_members
from observatoire.territories.link_tables import read_links
from observatoire.warehouse import Warehouse, open_warehouse
from observatoire.warehouse.connection import MEMORY
from observatoire.warehouse.loading.sources import load_source
from observatoire.warehouse.loading.zonings import fill_zonings
from observatoire.workspace.model import Workspace, read_workspace
from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return read_workspace(embedded_root())


@pytest.fixture(scope="module")
def warehouse(workspace: Workspace) -> Iterator[Warehouse]:
    opened = open_warehouse(MEMORY, workspace.crs)
    fill_zonings(opened, workspace)
    for folder in workspace.source_folders():
        report = load_source(opened, workspace, folder)
        assert report.read == report.kept, report.source
        assert report.notices == (), report.source
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def sources(workspace: Workspace) -> list[Source]:
    return [read_source(folder) for folder in workspace.source_folders()]


def table(carried: Path, name: str) -> pd.DataFrame:
    table = pd.read_csv(carried / name, dtype=str, keep_default_na=False)
    return table.map(lambda cell: cell.replace("'", "’"))  # the project writes real apostrophes


def standing(warehouse: Warehouse, source: str = "") -> pd.DataFrame:
    return warehouse.frame(
        "SELECT source, zoning, territory, variable, period, value, low, high, status "
        "FROM current_observation WHERE ? IN ('', source)",
        [source],
    )


# --- On its own ----------------------------------------------------------------------------------


def test_every_source_says_who_when_and_under_which_licence(sources: list[Source]) -> None:
    assert len(sources) >= 7
    for source in sources:
        assert all((source.title, source.producer, source.licence, source.page, source.obtained))
        assert all(
            (variable.unit or variable.nature == "index") for variable in source.variables.values()
        )
        assert all(variable.universe for variable in source.variables.values())
        assert source.absence, source.code
        assert {spec.name for spec in source.files} == {
            path.name for path in source.folder.iterdir() if path.name != "source.toml"
        }


def test_population_of_both_communes(warehouse: Warehouse) -> None:
    ages = [f"P16_POP{age}" for age in ("0014", "1529", "3044", "4559", "6074", "75P")]
    stored = standing(warehouse, "insee-rp2016")
    stored = stored[stored["variable"].isin(ages)]
    sums = stored.groupby(stored["territory"].str[:5])["value"].sum()
    assert [number(sums[commune]) for commune in ("97209", "97213")] == [
        "81\u202f017",
        "40\u202f175",
    ]


def test_figures_are_those_of_the_csv_files(
    warehouse: Warehouse, workspace: Workspace, sources: list[Source]
) -> None:
    total = 0
    for source in sources:
        for spec in (spec for spec in source.files if spec.layout == "wide" and not spec.register):
            raw = pd.read_csv(
                workspace.raw / source.code / spec.name, sep=";", dtype={spec.territory: str}
            )
            stored = standing(warehouse, source.code)
            iris = stored[stored["zoning"] == "iris-2016"]
            for code in set(raw.columns) & set(source.variables):
                written = pd.to_numeric(raw[code], errors="coerce")  # signs of secrecy are none
                mine = iris[iris["variable"] == code]
                assert mine["value"].sum() == pytest.approx(written.sum(), rel=1e-12)
                assert mine["value"].notna().sum() == written.notna().sum()
                total += int(written.notna().sum())
    assert total > 2 * 2980


def test_links_name_members_and_leave_no_quartier_out(workspace: Workspace) -> None:
    codes = {c: set(read_members(z.members)["code"]) for c, z in workspace.zonings.items()}
    for passage in workspace.passages:
        links = read_links(passage.file)
        assert set(links["source"]) <= codes[passage.source] | {""}
        assert set(links["target"]) == codes[passage.target]
    assert len(codes["quartier-cucs-2007"]) == 28
    assert len(codes["iris-2016"]) == 49


def test_an_iris_is_wholly_in_one_quartier_at_most(workspace: Workspace) -> None:
    (passage,) = [p for p in workspace.passages if p.target == "quartier-cucs-2007"]
    whole = read_links(passage.file).query("link == 'proche'")
    assert not whole["source"].duplicated().any()


def test_members_are_in_their_commune(workspace: Workspace) -> None:
    iris = read_members(workspace.zoning("iris-2016").members)
    assert (iris["code"].str[:5] == iris["commune"]).all()
    assert iris["commune"].value_counts().to_dict() == {"97209": 38, "97213": 11}
    quartiers = read_members(workspace.zoning("quartier-cucs-2007").members)
    assert quartiers["commune"].value_counts().to_dict() == {"97209": 14, "97213": 14}


# --- Beside what was read ------------------------------------------------------------------------


def test_every_iris_figure(warehouse: Warehouse, carried: Path) -> None:
    oracle = table(carried, "iris_valeurs.csv").query("variable != 'Note'")
    notes = table(carried, "iris_valeurs.csv").query("variable == 'Note'")
    stored = standing(warehouse).query("zoning == 'iris-2016'")
    key = ["territory", "variable", "period"]
    mine = stored.dropna(subset="value").set_index(key)["value"]
    assert not mine.index.duplicated().any()
    names = {"taux_pauvrete": "DISP_TP60", "revenu_median": "DISP_MED"}
    plain = oracle["variable"].replace(names).str.replace(r"^(DEC_.+)19$", r"\1", regex=True)
    theirs = oracle.assign(variable=plain)  # a family’s name is the same in all its vintages
    theirs = theirs.set_index(["iris", "variable", "annee"])["valeur"].astype(float)
    theirs.index.names = key
    assert len(oracle) + len(notes) == 2980
    # Insee’s file of disposable income rounds to the euro and to a tenth of a point.
    rounded = theirs.index.get_level_values("variable").isin(names.values())
    for exact, tolerance in ((~rounded, 0.0), (rounded, 0.5)):
        pd.testing.assert_series_equal(
            mine[theirs.index[exact]], theirs[exact], check_names=False, rtol=1e-12, atol=tolerance
        )
    rpls = pd.read_csv(
        embedded_root() / "data/raw/sdes-rpls-2022/rpls-iris-2022.csv", sep=";", dtype=str
    )
    assert dict(zip(rpls["IRIS"], rpls["Note"], strict=True)) == dict(
        zip(notes["iris"], notes["valeur"].str.removesuffix(".0"), strict=True)
    )


def test_every_figure_of_the_convention(warehouse: Warehouse, carried: Path) -> None:
    oracle = table(carried, "convention_lamentin_2007.csv")
    stored = standing(warehouse, "convention-lamentin-2007")
    assert len(oracle) == len(stored) == 42
    for column, name in (("value", "valeur"), ("low", "valeur_basse"), ("high", "valeur_haute")):
        theirs = pd.to_numeric(oracle[name].where(oracle[name] != "")).dropna()
        assert sorted(stored[column].dropna()) == sorted(theirs)
    ranged = stored[stored["value"].isna()]
    assert set(ranged["status"]) <= {"bounded"}


def test_every_published_value(warehouse: Warehouse, carried: Path) -> None:
    oracle = table(carried, "valeurs_publiees.csv")
    stored = standing(warehouse, "valeurs-publiees")
    assert len(oracle) == len(stored) == 52
    mine = sorted(zip(stored["period"], stored["value"], strict=True))
    theirs = sorted(zip(oracle["annee"], oracle["valeur"].astype(float), strict=True))
    assert mine == theirs


def test_quartiers_and_their_iris(workspace: Workspace, carried: Path) -> None:
    oracle = table(carried, "quartiers.csv")
    mine = read_members(workspace.zoning("quartier-cucs-2007").members)
    assert len(oracle) == 28
    assert mine["code"].to_list() == oracle["quartier"].to_list()
    for name in ("nom", "commune", "groupe", "zus", "statut_liste", "source"):
        assert mine[name].to_list() == oracle[name].to_list()
    (passage,) = [p for p in workspace.passages if p.target == "quartier-cucs-2007"]
    theirs = {
        (iris, row.quartier, row.lien_iris or "inconnu", "noms" if iris else "")
        for row in oracle.itertuples()
        for iris in (row.iris.split(";") if row.iris else [""])
    }
    assert set(read_links(passage.file).itertuples(index=False, name=None)) == theirs


def test_iris_and_outlines(workspace: Workspace, carried: Path) -> None:
    oracle = table(carried, "iris.csv").rename(columns={"iris": "code"})
    points = table(carried, "iris_points_ign.csv").set_index("iris")
    mine = read_members(workspace.zoning("iris-2016").members)
    assert len(oracle) == 49
    columns = ["lon", "lat", "qualite_point"]  # the true points, in the place of those of iris.csv
    oracle[columns] = points.loc[oracle["code"], columns].to_numpy()
    pd.testing.assert_frame_equal(mine[list(oracle.columns)], oracle)
    corners = table(carried, "communes_contour_generalise.csv").rename(columns={"commune": "code"})
    plan = workspace.zoning("commune-2016").schematic
    assert plan is not None
    assert plan.file is not None
    drawn = pd.read_csv(plan.file, sep=";", dtype=str)
    pd.testing.assert_frame_equal(drawn, corners[list(drawn.columns)], check_dtype=False)

"""A territory named in a row is the one of the row's commune: namesakes are never taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from built_workspace import SOURCE_TOML, Place, dump, says, source_of
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import DescriptorError, UnknownTerritoryError
from observatoire.sources.descriptors.file_spec import FileSpec
from observatoire.sources.places.row_territories import assign
from observatoire.sources.places.unplaced_rows import RowContents
from observatoire.sources.tables.reader import read_table
from observatoire.territories.matcher import Matcher
from observatoire.warehouse.loading.files import load_file, preview_file
from observatoire.warehouse.loading.options import LoadOptions
from observatoire.warehouse.loading.sources import load_source

if TYPE_CHECKING:
    from observatoire.warehouse import Warehouse

#: A second « Place d’Armes »: each town has its own.
_TWIN = "Q3;Place d’Armes;97213\nQ4;Place d’Armes;97209\n"


def twins(place: Place) -> Place:
    place.replace("geo/quartiers.csv", "Q3;Place d’Armes;97213\n", _TWIN)
    return place


def stored(warehouse: Warehouse) -> dict[str, float]:
    query = "SELECT territory, value FROM current_observation WHERE variable = 'Aidés'"
    return dict(warehouse.rows(query))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rows",
    [
        "Commune;Quartier;Aidés\nLe Lamentin;Four à Chaux;5\nLe Lamentin;Place d’Armes;6\n",
        "INSEE;Quartier;Aidés\n97213;Four à Chaux;5\n97213;Place d’Armes;6\n",
        "Quartier;Aidés\nLE LAMENTIN;\nFour à Chaux;5\nPlace d’Armes;6\n",
        "Ville;Quartier;Aidés\nLe Lamentin;Place d’Armes;6\n;Four à Chaux;5\n",
    ],
    ids=["column", "code", "heading", "merged"],
)
def test_a_namesake_in_another_commune_is_refused(
    place: Place, warehouse: Warehouse, rows: str
) -> None:
    before = dump(warehouse)
    path = place.write("aides-2016.csv", rows)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "« Four à Chaux »", "Fort-de-France", "ligne")
    assert dump(warehouse) == before
    report = load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert report.read == report.kept + report.rejected
    assert stored(warehouse) == {"Q3": 6}


def test_a_subtotal_of_a_commune_heads_no_row_and_ends_the_former_heading(
    place: Place, warehouse: Warehouse
) -> None:
    text = "Quartier;Aidés\nFort-de-France;\nFour à Chaux;5\nLe Lamentin;9\nPlace d’Armes;6\n"
    path = place.write("aides-2016.csv", text)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, twins(place).workspace, path)
    says(caught.value, "ligne 5", "Q3 et Q4")
    assert stored(warehouse) == {}


def test_rows_of_quartiers_are_not_those_of_their_communes(
    place: Place, warehouse: Warehouse
) -> None:
    """« Commune » names more territories than « Quartier » does, and is not what the rows are of."""
    rows = "Commune;Quartier;Aidés\nFort-de-France;Four à Chaux;5\nLe Lamentin;Four à Chaux;6\n"
    path = place.write("aides-2016.csv", rows)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 3", "colonne Quartier", "Le Lamentin")
    load_file(
        warehouse,
        place.workspace,
        place.write("aides.csv", rows.replace("Quartier", "Agence")),
        LoadOptions(period="2016"),
    )
    assert stored(warehouse) == {"97209": 5.0, "97213": 6.0}


def test_a_commune_that_is_not_observed_is_no_place_of_ours(
    place: Place, warehouse: Warehouse
) -> None:
    text = "Commune;Quartier;Aidés\nLe Lamentin;Place d’Armes;6\nSchoelcher;Four à Chaux;5\n"
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, place.write("aides-2016.csv", text))
    says(caught.value, "« Schoelcher »", "ligne 3")


#: A made-up table of a whole island: two towns of ours, two that are not.
_ISLAND = """\
Commune;Quartier;Aidés
Fort-de-France;Four à Chaux;1
Le Lamentin;Place d’Armes;2
Le Robert;Place d’Armes;3
Le Robert;Vert-Pré;4
Le Robert;Total;7
Schoelcher;Terreville;8
"""


def test_rows_of_other_towns_are_said_once_and_counted(place: Place, warehouse: Warehouse) -> None:
    path = place.write("aides-2016.csv", _ISLAND)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "3 lignes sont d’autres communes", "« Le Robert » (2), « Schoelcher » (1)",
         "colonne Commune", 'on_error="reject"')  # fmt: skip
    assert "[aliases]" not in str(caught.value)
    verdict = str(preview_file(place.workspace, path)).replace("\u00a0", " ").split("Verdict")[1]
    assert verdict.count("Le Robert") == 1
    assert 'on_error="reject", ou --reject' in verdict
    report = load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert stored(warehouse) == {"Q2": 1, "Q3": 2}
    assert (report.read, report.kept, report.rejected) == (6, 2, 4)
    rows = warehouse.rows(
        'SELECT kind, raw, "column", count(*) FROM reject GROUP BY ALL ORDER BY ALL'
    )
    assert rows == [
        ("elsewhere", "Le Robert", "Commune", 2),
        ("elsewhere", "Schoelcher", "Commune", 1),
        ("total", "Total", "Quartier", 1),
    ]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ("INSEE;Quartier;Aidés\n97222;Four à Chaux;5\n97209;Centre et Terres;7\n", {"Q1": 7}),
        (
            "Ville;Quartier;Aidés\nLe Robert;Four à Chaux;5\n;Vert-Pré;6\n97209;Four à Chaux;8\n",
            {"Q2": 8},
        ),
        ("Commune;Quartier;Aidés\nLe François;Place d’Armes;6\nLe Robert;Vert-Pré;5\n", {}),
        ("Commune;IRIS;Aidés\nLe François;Bourg;6\n", {}),
        ("Quartier;Aidés;Commune\nPlace d’Armes;6;97222\nFour à Chaux;4;97222\n", {}),
    ],
    ids=["codes", "merged", "none of ours", "one row", "codes, none of ours"],
)  # fmt: skip
def test_a_column_headed_as_communes_is_one_whatever_it_tells(
    place: Place, warehouse: Warehouse, rows: str, kept: dict[str, float]
) -> None:
    """Passed over, it would give the figures of another town to a namesake of ours."""
    path = place.write("aides-2016.csv", rows)
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "cet espace de travail", "« alias »")
    load_file(warehouse, place.workspace, path, LoadOptions(on_error="reject"))
    assert stored(warehouse) == kept
    assert warehouse.rows("SELECT DISTINCT variable FROM current_observation") in (
        [("Aidés",)], [],
    )  # fmt: skip


def test_without_a_list_of_communes_their_names_are_not_judged(place: Place) -> None:
    place.toml('[zonings."commune-2016"]', '[zonings."autre-2016"]')
    place.toml('within = "commune-2016"', 'within = "autre-2016"')
    place.toml('zoning = "commune-2016"', 'zoning = "autre-2016"')
    place.write("geo/communes.csv", "code;nom;commune\nA1;Ailleurs;\n")
    place.write("geo/contours.csv", "code;sommet;lon;lat\n" + "".join(
        f"A1;{at};{lon};{lat}\n" for at, (lon, lat) in enumerate(
            [(-61.2, 14.5), (-61.2, 14.7), (-60.9, 14.7), (-60.9, 14.5)], 1)))  # fmt: skip
    text = "Commune;Quartier;Aidés\nFort-de-France;Four à Chaux;5\n"
    shown = preview_file(place.workspace, place.write("aides-2016.csv", text))
    assert shown.parsed is not None
    assert shown.parsed.rows_kept == 1


def test_a_column_headed_quartier_names_quartiers_though_iris_bear_their_names(
    place: Place,
) -> None:
    place.replace("geo/quartiers.csv", "Four à Chaux", "Centre-Ville")
    text = "Quartier;Aidés\nCentre Ville;5\nBourg;6\n"
    shown = preview_file(place.workspace, place.write("aides-2016.csv", text))
    assert shown.found is not None
    assert shown.found.zoning == "quartier-2007"
    preview = preview_file(
        place.workspace, place.write("aides.csv", text.replace("Quartier", "IRIS")), period="2016"
    )
    assert preview.found is not None
    assert preview.found.zoning == "iris-2016"


def test_a_fault_of_our_own_rows_is_said_first(place: Place, warehouse: Warehouse) -> None:
    text = _ISLAND + "Le Lamentin;Place d’Arme;9\n"
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, place.write("aides-2016.csv", text))
    says(caught.value, "ligne 8", "« Place d’Arme »", "Par ailleurs, 3 lignes", "« Le Robert » (2)")


def test_a_commune_ill_written_is_not_taken_for_another_town(
    place: Place, warehouse: Warehouse
) -> None:
    text = "Commune;Quartier;Aidés\nFort-de-Frnce;Four à Chaux;1\nLe Lamentin;Place d’Armes;2\n"
    with pytest.raises(UnknownTerritoryError) as caught:
        load_file(warehouse, place.workspace, place.write("aides-2016.csv", text))
    says(caught.value, "ligne 2", "« Fort-de-Frnce »", "Vouliez-vous dire « Fort-de-France »")


def test_a_whole_named_after_its_commune_is_no_place_of_rows(place: Place) -> None:
    """« Quartiers de Fort-de-France » reduces to the commune's name, and is another zoning's."""
    place.write("geo/ensembles.csv", "code;nom;commune\nE1;Quartiers de Fort-de-France;97209\n"
                "E2;Quartiers du Lamentin;97213\n")  # fmt: skip
    place.toml(
        '[zonings."quartier-2007"]',
        '[zonings."ensemble-2007"]\nlabel = "Ensembles"\nsingular = "ensemble"\n'
        'members = "geo/ensembles.csv"\n\n[zonings."quartier-2007"]',
    )
    text = (
        "Commune;Quartier;Aidés\nFort-de-France;Four à Chaux;1\nLe Lamentin;Place d’Armes;2\n"
        "Le Robert;Four à Chaux;3\nLe Robert;Bourg;4\n97209;Centre et Terres;3\n"
        "Schoelcher;Four à Chaux;4\n"
    )
    shown = preview_file(place.workspace, place.write("aides-2016.csv", text))
    assert shown.found is not None
    assert (shown.found.zoning, shown.found.spec.territory) == ("quartier-2007", "Quartier")


@pytest.mark.parametrize(
    "rows",
    [
        "Commune;Quartier;Aidés\nFdF;Four à Chaux;1\nFort-de-France;Place d’Armes;5\nLAMENTIN;Place d’Armes;6\n",
        (
            "Quartier;Aidés\nFort-de-France;\nFour à Chaux;1\nCentre et Terres;2\nPlace d’Armes;5\n"
            "Le Lamentin;\nPlace d’Armes;6\n"
        ),
    ],
    ids=["column", "heading"],
)
def test_two_territories_of_one_name_are_distinguished_by_their_commune(
    place: Place, warehouse: Warehouse, rows: str
) -> None:
    twins(place)
    path = place.write("aides-2016.csv", rows.replace("FdF", "Fort de France"))
    load_file(warehouse, place.workspace, path)
    figures = stored(warehouse)
    assert (figures["Q4"], figures["Q3"]) == (5, 6)


def test_a_subtotal_says_nothing_of_the_rows_below(place: Place, warehouse: Warehouse) -> None:
    text = "Quartier;Aidés\nFour à Chaux;5\nFort-de-France;5\nPlace d’Armes;6\nLe Lamentin;6\n"
    report = load_file(warehouse, place.workspace, place.write("aides-2016.csv", text))
    assert stored(warehouse) == {"Q2": 5, "Q3": 6}
    assert (report.read, report.kept) == (4, 2)


def test_the_preview_names_the_column_of_communes_and_measures_it_not(place: Place) -> None:
    text = "INSEE;Quartier;Aidés\n97209;Four à Chaux;5\n97213;Place d’Armes;6\n"
    shown = preview_file(place.workspace, place.write("aides-2016.csv", text))
    assert 'commune_column = "INSEE"' in shown.toml
    assert "[variables.INSEE]" not in shown.toml
    assert "Communes : colonne « INSEE »" in str(shown).replace("\u00a0", " ").replace(
        "\u202f", " "
    )


@given(st.lists(st.tuples(st.sampled_from(["Q2", "Q3", "Q4"]), st.booleans()), min_size=1))
def test_by_names_and_communes_a_row_goes_where_its_code_says(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, bool]]
) -> None:

    names = {"Q2": "Four à Chaux", "Q3": "Place d’Armes", "Q4": "Place d’Armes"}
    homes = {"Q2": "97209", "Q3": "97213", "Q4": "97209"}
    towns = {"97209": "Fort-de-France", "97213": "Le Lamentin"}
    other = {"97209": "97213", "97213": "97209"}
    zonings = {
        "iris-2016": Matcher(names, communes=homes),
        "c": Matcher(towns, communes={c: c for c in towns}),
    }
    stated = [homes[code] if right else other[homes[code]] for code, right in rows]
    lines = [f"{towns[town]};{names[code]};1" for (code, _), town in zip(rows, stated, strict=True)]
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    path.write_text("\n".join(["Commune;Quartier;Aidés", *lines]), "utf-8")
    spec = FileSpec(path.name, "wide", "Quartier", commune_column="Commune")

    table = read_table(path, spec)
    source = source_of(path.parent, SOURCE_TOML)
    figured = np.ones(len(rows), dtype=bool)
    contents = RowContents(["Aidés"], figured, ~figured)
    placed = assign(table, contents, source, spec, zonings, ())
    held = set(placed.rejects["line"])
    for at, ((code, _), town) in enumerate(zip(rows, stated, strict=True)):
        matches = [one for one in names if names[one] == names[code] and homes[one] == town]
        line = table.lines.iloc[at]
        assert (line in held) == (not matches)
        assert not matches or placed.rows["territory"].iloc[at] == matches[0]


@pytest.mark.parametrize(
    "second",
    ["Secteur;Refus\nFour à Chaux;1;Place d’Armes;8", "Code du lieu;Refus\nFour à Chaux;1;Q3;8"],
    ids=["names", "codes"],
)
def test_two_tables_side_by_side_are_not_read_as_one(
    place: Place, warehouse: Warehouse, second: str
) -> None:
    """Whose « Refus » are is said by the column beside them, and not by the first."""
    before = dump(warehouse)
    text = f"Quartier;Aidés;{second}\nCentre et Terres;2;Centre et Terres;9\n"
    path = place.write("aides-2016.csv", text)
    with pytest.raises(DescriptorError) as caught:
        load_file(warehouse, place.workspace, path)
    says(caught.value, "ligne 2", "deux territoires", "« Four à Chaux »", "côte à côte")
    assert dump(warehouse) == before
    load_source(warehouse, place.workspace, preview_file(place.workspace, path).write().parent)


def test_the_code_and_the_name_of_one_territory_are_one(place: Place, warehouse: Warehouse) -> None:
    text = "Code;Quartier;Aidés\nQ2;Four à Chaux;1\nQ3;Place d’Armes;2\n"
    load_file(warehouse, place.workspace, place.write("aides-2016.csv", text))
    assert stored(warehouse) == {"Q2": 1, "Q3": 2}

"""Registers: what is kept, what is refused with its line and column, nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from built_workspace import Place, build_place, dump, says

from observatoire.errors import (
    DescriptorError,
    DuplicateKeyError,
    ObservatoireError,
    RowError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableNumberError,
)
from observatoire.sources.observations.registers import registers
from observatoire.sources.parsers.periods import last_day, read_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.warehouse import LoadReport, Warehouse

    Dump = dict[str, list[tuple[Any, ...]]]

SOURCE = """\
title = "Programmation"
producer = "Ville"
licence = "Interne"
zoning = "quartier-2007"

[[files]]
name = "objectifs.csv"
register = "objectives"

[[files]]
name = "actions.csv"
register = "actions"
funders = { montant_etat = "État" }

[[files]]
name = "notes.csv"
register = "notes"
"""

CATALOGUE = """\
[themes.emploi]
label = "Emploi"

[indicators.chomage]
label = "Chômage"
theme = "emploi"
nature = "rate"
unit = "%"
definition = "Chômeurs rapportés aux actifs."
universe = "Actifs"
sources = ["src"]
variable = "TAUX"
"""

OBJECTIVES = """\
code;orientation;objectif;zonage;perimetre;indicateur;depart;reference;cible;variation;echeance
O1;Emploi;Moins de chômeurs;;Four à Chaux;chomage;2007;46,4;;-33,3;31/12/2009
O2;Emploi;Relais;commune-2016;97213;;;;;;2009
"""

ACTIONS = """\
annee;intitule;perimetre;thematique;type;etape;montant_etat;montant_ville_du_lamentin;personnes
2008;Chantier;Four à Chaux;emploi;Action;engagé;10 000;5 000,50;12
2008;Chantier;Four à Chaux;emploi;Action;versé;8 000;;
2009;Fête;Q1;;Action;engagé;;;
"""

NOTES = """\
date;perimetre;thematique;source;force;texte;lecteurs
12/03/2012;Q2;emploi;Mission locale;forte;Des jeunes repartent en formation;public
2012-04;Q3;;Conseil citoyen;faible;Tensions entre voisins;confidentiel
"""


def fill(place: Place) -> Place:
    place.write("indicators.toml", CATALOGUE)
    place.write("data/raw/prog/source.toml", SOURCE)
    for name, text in (("objectifs", OBJECTIVES), ("actions", ACTIONS), ("notes", NOTES)):
        place.write(f"data/raw/prog/{name}.csv", text)
    return place


@pytest.fixture
def filled(place: Place) -> Place:
    return fill(place)


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Dump]]:
    """Give the registers loaded once, and all that is then kept: whoever spoils a file puts it back."""
    place = fill(build_place(tmp_path_factory.mktemp("registers")))
    load(place, place.empty_warehouse())
    yield place, dump(place.empty_warehouse())
    place.close()


def load(place: Place, warehouse: Warehouse, **options: Any) -> LoadReport:
    from observatoire.warehouse.loading.options import LoadOptions
    from observatoire.warehouse.loading.sources import load_source

    folder = place.root / "data/raw/prog"
    return load_source(warehouse, place.workspace, folder, LoadOptions(**options))


def test_every_row_is_kept_once_whatever_its_register(filled: Place) -> None:
    warehouse = filled.empty_warehouse()
    report = load(filled, warehouse)
    assert (report.rows_read, report.rows_kept, report.rows_rejected) == (7, 7, 0)
    aims = warehouse.frame("SELECT * FROM current_target ORDER BY code")
    assert list(aims["territory"]) == ["Q2", "97213"]
    assert list(aims["zoning"]) == ["quartier-2007", "commune-2016"]
    assert aims["baseline"].iloc[0] == 46.4
    assert aims["relative"].iloc[0] == -33.3
    assert pd.isna(aims["goal"].iloc[0])
    assert list(aims["due"]) == ["2009-12-31", "2009"]
    assert list(aims["indicator"]) == ["chomage", ""]


def test_each_funder_has_its_row_and_an_action_without_money_is_kept(filled: Place) -> None:
    warehouse = filled.empty_warehouse()
    load(filled, warehouse)
    rows = warehouse.rows(
        "SELECT line, funder, stage, amount, people FROM current_action ORDER BY line, funder"
    )
    assert [row[:4] for row in rows] == [
        (2, "ville du lamentin", "engagé", 5000.5),
        (2, "État", "engagé", 10000.0),
        (3, "État", "versé", 8000.0),
        (4, "", "engagé", None),
    ]
    assert rows[0][4] == 12


def test_the_same_bytes_change_nothing_and_a_corrected_file_takes_the_place(filled: Place) -> None:
    warehouse = filled.empty_warehouse()
    load(filled, warehouse)
    assert not load(filled, warehouse).changed
    filled.replace("data/raw/prog/notes.csv", "faible", "moyenne")
    assert load(filled, warehouse).changed
    strengths = {row[0] for row in warehouse.rows("SELECT strength FROM current_note")}
    assert strengths == {"forte", "moyenne"}
    assert warehouse.rows("SELECT count(*) FROM note")[0][0] == 4
    assert warehouse.rows("SELECT count(*) FROM load WHERE superseded_by IS NOT NULL") == [(1,)]


BAD: list[tuple[str, str, str, type[ObservatoireError], tuple[str, ...]]] = [
    ("objectifs", ";chomage;", ";chomaje;", RowError, ("ligne 2", "indicateur", "« chomage »")),
    (
        "objectifs", "Four à Chaux", "Four à Chaud", UnknownTerritoryError,
        ("ligne 2", "perimetre", "Four à Chaux"),
    ),
    (
        "objectifs", ";commune-2016;", ";comune-2016;", UnknownTerritoryError,
        ("ligne 3", "zonage", "commune-2016"),
    ),
    (
        "objectifs", "31/12/2009", "31/12/2006", RowError,
        ("ligne 2", "echeance", "précède le point de départ (2007)"),
    ),
    ("objectifs", "31/12/2009", "31/02/2009", RowError, ("ligne 2", "echeance", "pas une date")),
    ("objectifs", ";2007;46", ";en 2007;46", RowError, ("ligne 2", "depart", "pas une période")),
    ("objectifs", "46,4", "beaucoup", UnreadableNumberError, ("ligne 2", "reference", "pas un nombre")),
    ("objectifs", ";46,4;;", ";46,4;30;", RowError, ("ligne 2", "cible", "laquelle viser")),
    ("objectifs", "46,4", "-46,4", RowError, ("ligne 2", "reference", "« chomage » ne peut être négatif")),
    ("objectifs", ";46,4;;-33,3;", ";46,4;120;;", RowError, ("ligne 2", "cible", "dépasser 100 %")),
    ("objectifs", "-33,3", "-133", RowError, ("ligne 2", "variation", "Une baisse ne peut dépasser")),
    ("objectifs", "46,4", "0", RowError, ("ligne 2", "variation", "départ nul")),
    ("objectifs", "O2;", "O1;", DuplicateKeyError, ("ligne 3, colonne code", "répète la ligne 2")),
    ("objectifs", ";2009\n", ";\n", RowError, ("ligne 3", "echeance", "est vide")),
    ("actions", ";Q1;", ";Q9;", UnknownTerritoryError, ("ligne 4", "perimetre", "« Q9 »")),
    ("actions", "10 000", "dix mille", UnreadableNumberError, ("ligne 2", "montant_etat", "dix mille")),
    ("actions", "10 000", "-10 000", UnreadableNumberError, ("ligne 2", "montant_etat", "négatif")),
    ("actions", ";12\n", ";-12\n", UnreadableNumberError, ("ligne 2", "personnes", "négatif")),
    ("actions", "versé", "rendu", RowError, ("ligne 3", "etape", "engagé, versé")),
    ("actions", "2009;Fête", "hier;Fête", RowError, ("ligne 4", "annee", "pas une période")),
    ("actions", ";emploi;Action;versé", ";emplois;Action;versé", RowError, ("ligne 3", "« emploi »")),
    ("actions", ";versé;", ";engagé;", DuplicateKeyError, ("ligne 3", "répète la ligne 2")),
    ("notes", ";confidentiel", ";", RowError, ("ligne 3", "lecteurs", "public, partenaires ou confidentiel")),
    ("notes", ";confidentiel", ";secret", RowError, ("ligne 3", "lecteurs")),
    ("notes", "12/03/2012", "31/02/2012", RowError, ("ligne 2", "date", "pas une date")),
    ("actions", ";Q1;", ";;", RowError, ("ligne 4", "perimetre", "est vide")),
    ("actions", "10 000", "dix mille", UnreadableNumberError, ("laissez la cellule vide",)),
    ("notes", "12/03/2012", "12 mars", RowError, ("ligne 2", "date", "31/12/2009")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "error", "parts"), BAD)
def test_a_faulty_row_refuses_the_file_and_says_why(
    standing: tuple[Place, Dump],
    name: str,
    old: str,
    new: str,
    error: type[ObservatoireError],
    parts: tuple[str, ...],
) -> None:
    place, before = standing
    assert all(before[table] for table in ("target", "action", "note"))
    path = place.root / f"data/raw/prog/{name}.csv"
    whole = path.read_bytes()
    place.replace(f"data/raw/prog/{name}.csv", old, new)
    try:
        with pytest.raises(error) as caught:
            load(place, place.empty_warehouse())
    finally:
        path.write_bytes(whole)
    says(caught.value, f"{name}.csv", *parts)
    assert dump(place.empty_warehouse()) == before


@pytest.mark.parametrize("name", ["objectifs", "actions", "notes"])
@pytest.mark.parametrize("cut", ["empty", "header", "twice"])
def test_an_empty_register_or_a_repeated_column_changes_nothing(
    standing: tuple[Place, Dump], name: str, cut: str
) -> None:
    place, before = standing
    path = place.root / f"data/raw/prog/{name}.csv"
    whole = path.read_bytes()
    lines = whole.decode().splitlines()
    twice = "\n".join(f"{line};{line.partition(';')[0]}" for line in lines)
    path.write_text({"empty": "", "header": f"{lines[0]}\n", "twice": twice}[cut], "utf-8")
    try:
        with pytest.raises(ObservatoireError) as caught:
            load(place, place.empty_warehouse())
    finally:
        path.write_bytes(whole)
    says(caught.value, f"{name}.csv")
    assert dump(place.empty_warehouse()) == before


@pytest.mark.parametrize(("name", "old", "new"), [case[:3] for case in BAD])
def test_a_faulty_row_set_aside_is_traced_and_the_others_kept(
    filled: Place, name: str, old: str, new: str
) -> None:
    warehouse = filled.empty_warehouse()
    filled.replace(f"data/raw/prog/{name}.csv", old, new)
    report = load(filled, warehouse, on_error="reject")
    assert report.rows_read == 7
    assert report.rows_kept + report.rows_rejected == 7
    assert report.rows_rejected == 1
    held = warehouse.rows('SELECT line, "column", reason FROM reject')
    assert len({line for line, _, _ in held}) == 1
    assert all(reason for _, _, reason in held)


def test_columns_that_lack_or_that_nobody_knows_are_said(filled: Place) -> None:
    warehouse = filled.empty_warehouse()
    filled.replace("data/raw/prog/notes.csv", ";lecteurs", ";lecteur")
    with pytest.raises(UnknownColumnError) as caught:
        load(filled, warehouse)
    says(caught.value, "notes.csv", "« lecteurs »", "« lecteur »")
    filled.write(
        "data/raw/prog/notes.csv",
        NOTES.replace(";lecteurs", ";lecteurs;avis", 1)
        .replace(";public", ";public;oui")
        .replace(";confidentiel", ";confidentiel;non"),
    )
    with pytest.raises(UnknownColumnError) as caught:
        load(filled, warehouse)
    says(caught.value, "« avis »", "ignored")


def test_the_same_objective_in_two_sources_is_refused(filled: Place) -> None:
    from observatoire.warehouse.loading.sources import load_source

    warehouse = filled.empty_warehouse()
    load(filled, warehouse)
    other = filled.write(
        "data/raw/autre/source.toml", SOURCE[: SOURCE.index('[[files]]\nname = "actions')]
    )
    filled.write("data/raw/autre/objectifs.csv", OBJECTIVES)
    with pytest.raises(DuplicateKeyError) as caught:
        load_source(warehouse, filled.workspace, other.parent)
    says(caught.value, "O1", "autre/objectifs.csv", "prog/objectifs.csv")
    assert warehouse.rows("SELECT count(*) FROM target") == [(2,)]


def test_an_unknown_register_is_said(filled: Place) -> None:
    filled.replace("data/raw/prog/source.toml", '"notes"', '"note"')
    with pytest.raises(DescriptorError) as caught:
        load(filled, filled.empty_warehouse())
    says(caught.value, "« note »", "« notes »")


def test_templates_have_the_columns_of_their_registers() -> None:
    from observatoire.sources import read_source
    from observatoire.workspace.scaffold import embedded_root

    folder = embedded_root() / "modeles" / "programmation"
    for spec in read_source(folder).files:
        register = registers()[spec.register]
        header = (folder / spec.name).read_text("utf-8").strip().split(";")
        headed = [column for column in header if not column.startswith(register.amounts or "\0")]
        assert set(headed) <= set(register.columns)
        assert set(register.required) <= set(headed)
        assert set(spec.funders) <= set(header)


@pytest.mark.parametrize(
    ("text", "read"),
    [("2009-02-29", ""), ("2008-02-29", "2008-02-29"), ("1/8/2008", "2008-08-01"), ("2009-T2", "2009-T2"),
     ("2009-12-31 00:00:00", "2009-12-31"), ("", ""), ("12 mars 2009", "")],
)  # fmt: skip
def test_dates(text: str, read: str) -> None:
    assert read_date(text) == read


def test_dates_sort_by_their_last_day() -> None:
    assert last_day("2007") < last_day("2008-S1") < last_day("2008-08-01") < last_day("2008")
    assert last_day("2008-12-31") == last_day("2008")


def test_a_warehouse_of_the_first_version_is_brought_up_to_date(filled: Place) -> None:
    import duckdb

    path = filled.workspace.warehouse
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as old:
        old.execute("CREATE TABLE target (code VARCHAR PRIMARY KEY, goal DOUBLE)")
        old.execute("CREATE TABLE note (load INTEGER, confidential BOOLEAN)")
    warehouse = filled.warehouse()
    assert load(filled, warehouse).rows_kept == 7

"""Tables of members and of links: small, ours, and checked to the last code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from built_workspace import Place, dump, says
from hypothesis import given
from hypothesis import strategies as st

from observatoire.errors import (
    DescriptorError,
    DuplicateKeyError,
    EmptyFileError,
    InvalidGeometryError,
    ObservatoireError,
    PassageError,
    SeparatorError,
    UnknownColumnError,
    UnknownNameError,
    UnknownTerritoryError,
    UnreadableFileError,
    UnreadableNumberError,
)
from observatoire.territories import read_members
from observatoire.territories.link_tables import compose, read_links

if TYPE_CHECKING:
    from pathlib import Path


def test_members_are_texts_and_keep_their_own_columns(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text('\ufeffcode;nom;commune;note\n01;" a ";;NA\n', "utf-8")
    assert read_members(path).to_dict("records") == [
        {"code": "01", "nom": "a", "commune": "", "note": "NA"}
    ]


BAD_TABLES = {
    "absent": ("members", None, EmptyFileError, "n’existe pas"),
    "vide": ("members", "", EmptyFileError, "aucune ligne"),
    "en-tête seul": ("members", "code;nom;commune\n", EmptyFileError, "aucune ligne"),
    "virgules": ("members", "code,nom,commune\n1,a,b\n", SeparatorError, "point-virgule"),
    "cp1252": (
        "members",
        "code;nom;commune\n1;é;b\n".encode("cp1252"),
        UnreadableFileError,
        "UTF-8",
    ),
    "cellule de trop": ("members", "code;nom;commune\n1;a;b;c\n", UnreadableFileError, "ligne 2"),
    "colonne absente": ("members", "cdoe;nom;commune\n1;a;b\n", UnknownColumnError, "« cdoe »"),
    "code double": ("members", "code;nom;commune\n1;a;b\n1;c;d\n", DuplicateKeyError, "ligne 3"),
    "code vide": ("members", "code;nom;commune\n1;a;b\n;c;d\n", UnknownTerritoryError, "ligne 3"),
    "lien inconnu": ("links", "source;target;link\na;b;proch\n", PassageError, "« proche »"),
    "lien double": (
        "links",
        "source;target;link\na;b;proche\na;b;inclus\n",
        DuplicateKeyError,
        "ligne 3",
    ),
    "source vide": ("links", "source;target;link\n;b;proche\n", PassageError, "ligne 2"),
    "colonne de lien": ("links", "source;target;lien\na;b;proche\n", UnknownColumnError, "link"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_table(tmp_path: Path, case: str) -> None:
    kind, content, expected, part = BAD_TABLES[case]
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ObservatoireError) as caught:
        (read_members if kind == "members" else read_links)(path)
    assert type(caught.value) is expected
    says(caught.value, "t.csv", part)


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [("972090103;Q2", "972090193;Q2", "source"), ("972090103;Q2", "972090103;Q22", "target")],
)
def test_link_to_a_territory_that_is_not_there(
    place: Place, old: str, new: str, column: str
) -> None:
    place.replace("geo/liens.csv", old, new)
    with pytest.raises(UnknownTerritoryError) as caught:
        place.warehouse()
    says(caught.value, f"liens.csv, ligne 4, colonne {column}", "Vouliez-vous dire")


BAD_WORKSPACES = {
    "clé mal écrite": ('label = "IRIS"', 'labl = "IRIS"', DescriptorError, "« labl »"),
    "clé de trop": ('singular = "IRIS"', 'singulier = "IRIS"', DescriptorError, "« singular »"),
    "section mal écrite": (
        "[comparators.commune]",
        "[comparateurs.commune]",
        DescriptorError,
        "« comparators »",
    ),
    "méthode": ('"cells"', '"cell"', DescriptorError, "« cells »"),
    "dessin sans fichier": (', file = "geo/contours.csv"', "", DescriptorError, "file"),
    "cellules sans contour": (', within = "commune-2016"', "", DescriptorError, "within"),
    "liens sans source": (', source = "iris-2016" }', " }", DescriptorError, "source"),
    "zonage principal": (
        'main_zoning = "quartier-2007"',
        'main_zoning = "quartier-2006"',
        UnknownNameError,
        "« quartier-2007 »",
    ),
    "zonage du dessin": (
        'within = "commune-2016"',
        'within = "commune-2006"',
        UnknownNameError,
        "« commune-2016 »",
    ),
    "zonage du passage": (
        'target = "quartier-2007"',
        'target = "quartier-2009"',
        UnknownNameError,
        "« quartier-2007 »",
    ),
    "zonage du comparateur": (
        'label = "Communes"\nzoning = "commune-2016"',
        'label = "Communes"\nzoning = "communes"',
        UnknownNameError,
        "« commune-2016 »",
    ),
}


@pytest.mark.parametrize("case", BAD_WORKSPACES)
def test_bad_workspace_leaves_the_warehouse_as_it_was(place: Place, case: str) -> None:
    old, new, expected, part = BAD_WORKSPACES[case]
    warehouse = place.warehouse()
    before = dump(warehouse)
    place.toml(old, new)
    with pytest.raises(ObservatoireError) as caught:
        _ = place.workspace
    assert type(caught.value) is expected
    says(caught.value, "observatoire.toml", part)
    assert dump(warehouse) == before


BAD_DRAWINGS = {
    "contour absent": (
        "communes",
        "contours.csv",
        "97213;",
        "97219;",
        InvalidGeometryError,
        "97213",
    ),
    "deux sommets": (
        "communes",
        "contours.csv",
        "97213;3;-60.98;14.64\n97213;4;-60.98;14.60\n",
        "",
        InvalidGeometryError,
        "97213",
    ),
    "sommet illisible": (
        "communes",
        "contours.csv",
        "14.64\n97209;3",
        "nord\n97209;3",
        UnreadableNumberError,
        "« nord »",
    ),
    "point illisible": (
        "iris",
        "iris.csv",
        "-61.07;14.61",
        "-61,07;14.61",
        UnreadableNumberError,
        "972090102",
    ),
    "colonne lon absente": ("iris", "iris.csv", ";lon;", ";x;", UnknownColumnError, "lon"),
    "point au loin": (
        "iris",
        "iris.csv",
        "-61.07;14.61",
        "14.61;-61.07",
        InvalidGeometryError,
        "972090102",
    ),
    "points confondus": (
        "iris",
        "iris.csv",
        "-61.07;14.61",
        "-61.09;14.61",
        InvalidGeometryError,
        "972090102",
    ),
}


@pytest.mark.parametrize("case", BAD_DRAWINGS)
def test_drawing_that_cannot_be_made(place: Place, case: str) -> None:
    _, name, old, new, expected, part = BAD_DRAWINGS[case]
    place.replace(f"geo/{name}", old, new)
    with pytest.raises(ObservatoireError) as caught:
        place.warehouse()
    assert type(caught.value) is expected
    says(caught.value, part)


def test_drawing_that_leans_on_itself(place: Place) -> None:
    place.toml(
        '{ method = "outline", file = "geo/contours.csv" }',
        '{ method = "cells", within = "iris-2016" }',
    )
    with pytest.raises(UnknownNameError) as caught:
        place.warehouse()
    says(caught.value, "lui-même", "geometry")


# --- Links, composed ---------------------------------------------------------------------------

CODES = st.sampled_from("abcd")
LINKS = st.dictionaries(st.tuples(CODES, CODES), st.sampled_from(["proche", "inclus"]), max_size=8)


def frame(links: dict[tuple[str, str], str]) -> pd.DataFrame:
    rows = [(source, target, link) for (source, target), link in links.items()]
    return pd.DataFrame(rows, columns=["source", "target", "link"], dtype="str")


@given(first=LINKS, second=LINKS)
def test_composed_links_follow_a_path_and_keep_its_weakest_word(
    first: dict[tuple[str, str], str], second: dict[tuple[str, str], str]
) -> None:
    rank = {"proche": 0, "inclus": 1}
    expected: dict[tuple[str, str], int] = {}
    for (source, middle), one in first.items():
        for (other, target), two in second.items():
            if middle == other:
                weak = max(rank[one], rank[two])
                expected[source, target] = min(weak, expected.get((source, target), 1))
    links = compose(frame(first), frame(second))
    found = {(s, t): rank[link] for s, t, link in links.itertuples(index=False)}
    assert found == expected

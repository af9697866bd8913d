"""A TOML file is read strictly: every fault is told with its line and the nearest right word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from built_workspace import says

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.errors import DescriptorError
from observatoire.errors.arguments import nearest, suggestion

TOML = """\
title = "Un titre"
rank = 3
share = 1

[markers]
secret = ["s"]
nature = "x"

[variables.A]
nature = "count"

[variables."B-2"]
nature = "cuont"  # l’erreur

[[files]]
name = "a.csv"

[[files]]  # le second
name = 3
inline = { method = "celles" }
"""


@pytest.fixture
def toml(tmp_path: Path) -> Declaration:
    path = tmp_path / "source.toml"
    path.write_text(TOML, "utf-8")
    return read_toml(path)


def test_values_come_out_with_their_kind(toml: Declaration) -> None:
    assert toml.text("title") == "Un titre"
    assert toml.take("rank", int) == 3
    share = toml.take("share", float)
    assert (share, type(share)) == (1.0, float)
    assert toml.child("markers").texts("secret") == ("s",)
    assert toml.text("absent", "défaut") == "défaut"
    assert list(toml.children("variables")) == ["A", "B-2"]
    assert [child.table["name"] for child in toml.array("files")] == ["a.csv", 3]


def test_line_is_that_of_the_right_table(toml: Declaration) -> None:
    with pytest.raises(DescriptorError) as caught:
        toml.children("variables")["B-2"].text("nature", choices=("count", "rate"))
    assert caught.value.where == "source.toml, ligne 13"
    says(caught.value, "cuont", "« count »")


def test_line_is_that_of_the_right_table_of_an_array(toml: Declaration) -> None:
    with pytest.raises(DescriptorError) as caught:
        toml.array("files")[1].text("name")
    assert caught.value.where == "source.toml, ligne 19"
    says(caught.value, "name", "texte")


def test_line_of_a_table_written_on_one_line(toml: Declaration) -> None:
    with pytest.raises(DescriptorError) as caught:
        toml.array("files")[1].child("inline").text("method", choices=("cells", "links"))
    assert caught.value.where == "source.toml, ligne 20"
    says(caught.value, "celles", "« cells »")


@pytest.mark.parametrize(
    ("rank", "where"),
    [(0, "source.toml, ligne 15, [files]"), (1, "source.toml, ligne 18, [files]")],
)
def test_missing_key_says_in_which_table(toml: Declaration, rank: int, where: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        toml.array("files")[rank].text("territory")
    assert caught.value.where == where
    says(caught.value, "« territory »", "Ajoutez")


def test_required_key_misspelt_names_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text('a = 1\ntilte = "T"\n', "utf-8")
    with pytest.raises(DescriptorError) as caught:
        read_toml(path).text("title")
    says(caught.value, "« title »", "« tilte » (ligne 2)")


def test_unknown_key_is_told_with_the_nearest(toml: Declaration) -> None:
    toml.text("tilte", "")
    with pytest.raises(DescriptorError) as caught:
        toml.close()
    assert (caught.value.where, caught.value.data["key"]) == ("source.toml, ligne 1", "title")
    says(caught.value, "« tilte »")


def test_unknown_table_is_told_with_its_line(toml: Declaration) -> None:
    for key in ("title", "rank", "share", "variables", "files"):
        toml.take(key, object)
    toml.child("marker")
    with pytest.raises(DescriptorError) as caught:
        toml.close()
    assert caught.value.where == "source.toml, ligne 5"
    says(caught.value, "« marker »")


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ({"k": "1"}, int),
        ({"k": True}, int),
        ({"k": True}, float),
        ({"k": 1}, bool),
        ({"k": 1}, str),
        ({"k": "1"}, float),
        ({"k": "x"}, dict),
        ({"k": {}}, list),
    ],
)
def test_wrong_kind(tmp_path: Path, table: dict[str, Any], kind: type) -> None:
    with pytest.raises(DescriptorError) as caught:
        Declaration(tmp_path / "x.toml", table).take("k", kind)
    says(caught.value, "x.toml", "« k »", "on attend")


@pytest.mark.parametrize("value", [3, ["a", 1], [["a"]], {"a": 1}])
def test_wrong_list_of_texts(tmp_path: Path, value: object) -> None:
    with pytest.raises(DescriptorError) as caught:
        Declaration(tmp_path / "x.toml", {"k": value}).texts("k")
    says(caught.value, "« k »", "liste de textes")


def test_lone_text_counts_as_a_list(tmp_path: Path) -> None:
    assert Declaration(tmp_path / "x.toml", {"k": "a"}).texts("k") == ("a",)


def test_tables_expected(tmp_path: Path) -> None:
    declaration = Declaration(tmp_path / "x.toml", {"files": ["a"], "variables": {"A": 1}})
    with pytest.raises(DescriptorError) as caught:
        declaration.array("files")
    says(caught.value, "[[files]]")
    with pytest.raises(DescriptorError) as caught:
        declaration.children("variables")
    says(caught.value, "« A »", "table")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("a = 1\nb = \n", ("ligne 2",)),
        ("a = 1\na = 2\n", ("ligne 2",)),
        ("[x\n", ("ligne 1",)),
        ('a = "é"\n'.encode("cp1252"), ("UTF-8",)),
        (b"\x00\x01\x02", ("x.toml",)),
        ("a = '''x\n", ("x.toml",)),
    ],
)
def test_file_that_is_not_toml(
    tmp_path: Path, content: str | bytes, parts: tuple[str, ...]
) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DescriptorError) as caught:
        read_toml(path)
    says(caught.value, "x.toml", *parts)


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(DescriptorError) as caught:
        read_toml(tmp_path / "x.toml")
    says(caught.value, "x.toml", "init")


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes('\ufeffa = "1"\r\n'.encode())
    assert read_toml(path).text("a") == "1"


def test_nearest_ignores_case_and_refuses_the_far() -> None:
    assert nearest("THRESHOLD", ["threshold"]) == "threshold"
    assert nearest("abc", ["xyz"]) == ""
    assert nearest("abc", []) == ""


def test_suggestion_lists_at_most_what_is_asked() -> None:
    known = ["aa", "bb", "cc", "dd"]
    assert "aa, bb et 2 autres" in suggestion("zz", known, most=2)
    assert suggestion("zz", known, most=0) == ""
    assert suggestion("zz", []) == ""


@pytest.mark.parametrize("content", ['a = 1\nb = ["x",\n\n', 'a = 1\nb = """x\n', 'a = 1\nb = "x'])
def test_a_file_cut_short_is_told_with_its_last_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "source.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DescriptorError) as caught:
        read_toml(path)
    says(caught.value, "source.toml, ligne 2", "s’arrête", "b = ")


def test_a_table_where_a_value_is_due_is_not_quoted_in_another_language(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text("[[files]]\nname = true", encoding="utf-8")
    with pytest.raises(DescriptorError, match=r"on attend une table\. "):
        read_toml(path).child("files")


@pytest.mark.parametrize("content", ["x = " + "[" * 20_000, None])
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "source.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DescriptorError, match=r"source\.toml"):
        read_toml(path)


def test_a_file_that_may_not_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "source.toml"
    path.write_text("x = 1", encoding="utf-8")

    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(DescriptorError, match="Permission denied"):
        read_toml(path)


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("[a]\nb = 1\n[c]\n[a]\nd = 1\n", "ligne 4", ("déjà déclarée plus haut", "« [a] »")),
        ("[[a]]\nb = 1\n[a]\n", "ligne 3", ("déjà déclarée plus haut", "doublez")),
        ("b = 1\nc = 2\nb = 3\nd = 4\n", "ligne 3", ("déjà écrit plus haut", "« b = 3 »")),
        ("b = 1\nb = 2", "ligne 2", ("déjà écrit plus haut", "l’une des deux")),
        ('b = "[0-9]\\d"\n', "ligne 1", ("barre oblique inverse", "apostrophes")),
        ('b = "x\n', "ligne 1", ("n’est pas du TOML", "guillemets")),
        ("b = [1", "ligne 1", ("au milieu d’une valeur",)),
    ],
)
def test_what_is_not_toml_is_told_by_what_it_is(
    tmp_path: Path, text: str, where: str, said: tuple[str, ...]
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DescriptorError) as refused:
        read_toml(path)
    says(refused.value, f"x.toml, {where}", *said)

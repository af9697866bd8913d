"""A TOML file is read strictly: every fault is said with its line and the nearest right word."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from built_workspace import says

from observatoire.declarations.fields import (
    Code,
    Count,
    Flag,
    Named,
    Number,
    Pattern,
    Texts,
    declared,
    fault,
    lacking,
    on_reading,
    refuse,
)
from observatoire.declarations.reader import build, read, toml_table
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
nature = "count"  # l’erreur

[[files]]
name = "a.csv"

[[files]]  # le second
name = "b.csv"
inline = { method = "cells" }
"""


@declared
class Markers:
    secret: Texts = ()
    nature: str = ""


@declared
class Variable:
    code: Code
    nature: Literal["", "count", "rate"]


@declared
class Drawing:
    method: Literal["cells", "links"]


@declared
class File:
    name: str
    territory: str = ""
    inline: Drawing | None = None

    @on_reading
    def _is_placed(self) -> None:
        if self.name == "sans":
            raise lacking("territory")
        if self.name == "refus":
            raise refuse("il ne va pas", "inline")
        if self.name == "faute":
            raise fault("Ce fichier est fautif.", why="Pour voir.", remedy="Ôtez-le.")


@declared
class Whole:
    title: str
    rank: Count = 0
    share: Number = 0.0
    shown: Flag = False
    form: Annotated[Pattern | None, None] = None
    markers: Markers = Markers()
    variables: Named[Variable] = field(default_factory=dict)
    files: tuple[File, ...] = ()


def refusal(tmp_path: Path, old: str, new: str) -> DescriptorError:
    path = tmp_path / "source.toml"
    assert old in TOML
    path.write_text(TOML.replace(old, new, 1), "utf-8")
    with pytest.raises(DescriptorError) as caught:
        read(path, Whole)
    return caught.value


def test_values_come_out_with_their_kind(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text(TOML, "utf-8")
    whole = read(path, Whole)
    assert (whole.title, whole.rank, whole.form) == ("Un titre", 3, None)
    assert (whole.share, type(whole.share)) == (1.0, float)
    assert whole.markers.secret == ("s",)
    assert {code: one.code for code, one in whole.variables.items()} == {"A": "A", "B-2": "B-2"}
    assert [file.name for file in whole.files] == ["a.csv", "b.csv"]
    assert whole.files[1].inline == Drawing("cells")


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ('nature = "count"  #', 'nature = "cuont"  #', "ligne 13", ("cuont", "« count »")),
        ('nature = "count"  #', 'nature = ""  #', None, ()),
        ('"b.csv"', "3", "ligne 19", ("name", "on attend un texte entre guillemets, et non « 3 »")),
        ('"cells"', '"celles"', "ligne 20", ("celles", "« cells »")),
        ('name = "a.csv"\n', "", "ligne 15, [files]", ("« name »", "Ajoutez une ligne")),
        ('name = "b.csv"', "", "ligne 18, [files]", ("« name »", "Ajoutez")),
        ("title =", "tilte =", "source.toml", ("« title » manque", "« tilte » (ligne 1)")),
        ("rank", "ranck", "ligne 2", ("« ranck » n’existe pas", "« rank »")),
        ("[markers]", "[marker]", "ligne 5", ("« marker » n’existe pas", "« markers »")),
        ('nature = "x"', 'natures = "x"', "ligne 7", ("« natures »", "« nature »")),
        ("rank = 3", 'rank = "3"', "ligne 2", ("on attend un nombre entier, et non « 3 »",)),
        ("rank = 3", "rank = true", "ligne 2", ("on attend un nombre entier",)),
        ("rank = 3", "rank = 3.5", "ligne 2", ("on attend un nombre entier",)),
        ("share = 1", "share = true", "ligne 3", ("on attend un nombre, et non « True »",)),
        ("share = 1", 'share = "1"', "ligne 3", ("on attend un nombre",)),
        ("share = 1", "share = nan", "ligne 3", ("« nan » n’est pas un nombre fini",)),
        ("share = 1", "share = inf", "ligne 3", ("« inf » n’est pas un nombre fini",)),
        ("share = 1", "shown = 1", "ligne 3", ("on attend true ou false, et non « 1 »",)),
        ("share = 1", "form = 1", "ligne 3", ("« form »", "on attend")),
        ("share = 1", 'form = "("', "ligne 3", ("n’est pas une expression régulière",)),
        ("share = 1", 'form = ""', "ligne 3", ("un motif vide ne reconnaît rien",)),
        ('["s"]', "3", "ligne 6", ("on attend une liste de textes",)),
        ('["s"]', '["s", 1]', "ligne 6", ("on attend une liste de textes",)),
        ('["s"]', '[["s"]]', "ligne 6", ("on attend une liste de textes",)),
        ('["s"]', "{ a = 1 }", "ligne 6", ("on attend une liste de textes",)),
        ("[markers]", "[[markers]]", "ligne 5", ("on attend une table.",)),
        ("[variables.A]", "[[variables.A]]", "ligne 9", ("« A »", "on attend une table.")),
        ('"a.csv"', '"sans"', "ligne 15, [files]", ("« territory » manque",)),
        ('"b.csv"', '"refus"', "ligne 20", ("« inline » ne convient pas : il ne va pas.",)),
        ('"b.csv"', '"faute"', "ligne 18, [files]", ("fautif. Pour voir. Ôtez-le.",)),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(
    tmp_path: Path, old: str, new: str, where: str | None, said: tuple[str, ...]
) -> None:
    if where is None:
        path = tmp_path / "source.toml"
        path.write_text(TOML.replace(old, new, 1), "utf-8")
        assert read(path, Whole).variables["B-2"].nature == ""
        return
    found = refusal(tmp_path, old, new)
    assert found.where == (where if where == "source.toml" else f"source.toml, {where}")
    says(found, *said)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"files": {"name": "a"}}, "on attend des crochets doublés, [[files]]"),
        ({"files": ["a"]}, "on attend des tables [[files]]"),
        ({"variables": {"A": 1}}, "« A » ne convient pas : on attend une table, et non « 1 »"),
        ({"variables": 1}, "« variables » ne convient pas : on attend une table"),
    ],
)
def test_tables_expected(tmp_path: Path, table: dict[str, Any], said: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        build(tmp_path / "x.toml", {"title": "T", **table}, Whole)
    says(caught.value, "x.toml", said)


def test_a_key_that_only_code_gives_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(DescriptorError, match="« code » n’existe pas"):
        build(
            tmp_path / "x.toml",
            {"title": "T", "variables": {"A": {"nature": "count", "code": "B"}}},
            Whole,
        )


def test_a_single_text_counts_as_a_list(tmp_path: Path) -> None:
    table = {"title": "T", "markers": {"secret": "a"}}
    assert build(tmp_path / "x.toml", table, Whole).markers.secret == ("a",)


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
        toml_table(path)
    says(caught.value, "x.toml", *parts)


@pytest.mark.parametrize("written", ["\\u202E", "\u2066", "\\u0007"])
def test_a_sign_that_does_not_print_is_said_with_its_line(tmp_path: Path, written: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'a = 1\n[b]\nc = ["Cité {written}txt"]\n', "utf-8")
    with pytest.raises(DescriptorError) as caught:
        toml_table(path)
    says(caught.value, "x.toml, ligne 3", "« Cité �txt »", "U+")


def test_a_folder_whose_name_does_not_print(tmp_path: Path) -> None:
    path = tmp_path / "caf\u202e" / "source.toml"
    path.parent.mkdir()
    path.write_text("a = 1\n", "utf-8")
    with pytest.raises(DescriptorError, match=r"dossier de source\.toml"):
        toml_table(path)


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(DescriptorError) as caught:
        toml_table(tmp_path / "x.toml")
    says(caught.value, "x.toml", "init")


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes('\ufeffa = "1"\r\n'.encode())
    assert toml_table(path)["a"] == "1"


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
def test_a_file_cut_short_is_said_with_its_last_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "source.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DescriptorError) as caught:
        toml_table(path)
    says(caught.value, "source.toml, ligne 2", "s’arrête", "b = ")


def test_a_table_where_a_value_is_due_is_not_quoted_in_another_language(tmp_path: Path) -> None:
    path = tmp_path / "source.toml"
    path.write_text('title = "T"\n[[markers]]\nnature = true', encoding="utf-8")
    with pytest.raises(DescriptorError, match=r"on attend une table\. "):
        read(path, Whole)


@pytest.mark.parametrize("content", ["x = " + "[" * 20_000, None])
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "source.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DescriptorError, match=r"source\.toml"):
        toml_table(path)


def test_a_file_that_may_not_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "source.toml"
    path.write_text("x = 1", encoding="utf-8")

    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(DescriptorError, match="Permission denied"):
        toml_table(path)


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
def test_what_is_not_toml_is_said_by_what_it_is(
    tmp_path: Path, text: str, where: str, said: tuple[str, ...]
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DescriptorError) as refused:
        toml_table(path)
    says(refused.value, f"x.toml, {where}", *said)

"""A French word, a label, a list, an empty period: each is answered with the right word."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from built_workspace import says
from demo import demo

import observatoire as obs
from observatoire.errors import ObservatoireError, UnknownArgumentError, UnknownMethodError
from observatoire.exchange.federation.federation import Federation
from observatoire.french import calls

if TYPE_CHECKING:
    from pathlib import Path

    from observatoire.observatory.observatory import Observatory


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("carte", "o.map("),
        ("Carte", "o.map("),
        ("évaluer", "o.evaluate("),
        ("annexe", "o.annex("),
        ("tabel", "o.table("),
        ("indicateur", "o.indicators("),
        ("zzz", "help(o)"),
    ],
)
def test_a_method_that_does_not_exist(word: str, found: str) -> None:
    with pytest.raises(UnknownMethodError) as refusal:
        getattr(demo(), word)
    says(refusal.value, f"o.{word} n’existe pas", found)


def test_python_and_notebooks_still_see_an_attribute_that_lacks() -> None:
    o = demo()
    assert not hasattr(o, "carte")
    assert getattr(o, "_repr_html_", None) is None or callable(o._repr_html_)
    assert getattr(o, "_ipython_canary_method", 3) == 3
    with pytest.raises(AttributeError, match="no attribute '_x'"):
        _ = o._x  # type: ignore[attr-defined]
    assert copy.copy(np.float64(1)) == 1


@pytest.mark.parametrize(("word", "found"), [("ouvrir", "obs.open("), ("federer", "obs.federate(")])
def test_a_function_that_does_not_exist(word: str, found: str) -> None:
    with pytest.raises(UnknownMethodError) as refusal:
        getattr(obs, word)
    says(refusal.value, f"obs.{word} n’existe pas", found)
    assert not hasattr(obs, "pytest_plugins")


CALLS: list[tuple[Callable[[Any], object], tuple[str, ...]]] = [
    (lambda o: o.map("part_hlm", periode=2016), ("o.map ne connaît pas « periode= »", "period=")),
    (lambda o: o.map("part_hlm", période=2016), ("« période= »", "Écrivez period=")),
    (lambda o: o.table("part_hlm", zonage="x"), ("« zonage= »", "Écrivez zoning=")),
    (lambda o: o.evaluate(debut=2010), ("« debut= »", "Écrivez start=")),
    (lambda o: o.map("part_hlm", zzz=1), ("« zzz= »", "o.map(indicator, period")),
    (lambda o: o.sources(zzz=1), ("« zzz= »", "o.sources() s’écrit sans argument")),
    (lambda o: o.rejects("x"), ("trop d’arguments", "o.rejects() s’écrit sans argument")),
    (lambda o: o.inequality("part_hlm", since=1950), ("Aucun chiffre chargé", "1950")),
    (lambda o: o.map(), ("o.map demande « indicator »",)),
    (lambda o: o.profiles(zoning=True), ("Le zonage « True »", "un seul code, en texte")),
    (lambda o: o.vintage(codes=np.int64(3)), ("« codes= » attend une liste de textes", "int64")),
    (lambda o: o.profiles(audience=[[]]), ("attend un mot (interne, partenaires, public)",)),
    (lambda o: o.save_profiles("x", form=["html"]), ("« form= » attend du texte", "« list »")),
    (lambda o: o.map("part_hlm", 2016, 3, 4), ("trop d’arguments", "zoning=")),
    (lambda o: o.map("part_hlm", [2016, 2017]), ("une période, et une seule", "period=2016")),
    (lambda o: o.table("part_hlm", period=True), ("une période, et une seule",)),
    (lambda o: o.map(["part_hlm"]), ("un indicateur, nommé par du texte",)),
    (lambda o: o.panel(["habitat"]), ("thématique", "un seul code", "« habitat »")),
    (lambda o: o.panel("Habitat et cadre de vie"), ("le libellé de « habitat »",)),
    (lambda o: o.indicators(theme=["habitat"]), ("un seul code", "« habitat »")),
    (lambda o: o.map("Part_HLM"), ("Aucun indicateur", "Vouliez-vous dire « part_hlm »")),
    (lambda o: o.table("part_hlm", zoning=["iris-2016"]), ("un seul code", "« iris-2016 »")),
    (
        lambda o: o.table("part_hlm", zoning="Quartiers prioritaires du CUCS"),
        ("le libellé de « quartier-cucs-2007 »",),
    ),
    (lambda o: o.territories(["x"]), ("Le zonage", "un seul code")),
    (lambda o: o.map("part_hlm", period=1999), ("n’a aucun chiffre en 1999", "2016")),
    (lambda o: o.map("part_hlm", period=1950), ("Aucun chiffre chargé", "1950", "1961")),
]


@pytest.mark.parametrize("rank", range(len(CALLS)))
def test_a_wrong_call_is_a_sentence(rank: int) -> None:
    call, said = CALLS[rank]
    with pytest.raises(ObservatoireError) as refusal:
        call(demo())
    says(refusal.value, *said)


@pytest.mark.parametrize(
    ("kind", "fitting", "misfits"),
    [
        (str, ["a"], [3, None, ["a"]]),
        (int | str | None, [3, np.int64(3), "a", None], [True, 3.5, [3]]),
        (float, [3, 3.5, np.float64(1)], [True, "3"]),
        (Sequence[str], [["a"], ("a",), []], ["a", ["a", 3], {"a"}, 3]),
        (str | Sequence[float], ["a", [1, 2.5]], [[1, "a"], 3]),
        (tuple[int | str, int | str] | None, [(2016, "2018"), None], [[2016, 2018], (None, 3)]),
        (Literal["a", "b"], ["a", "z"], [3]),
        (Callable[[str], None] | None, [print, None], ["print"]),
        (Any, [3, None], []),
    ],
)
def test_what_is_of_a_kind(kind: object, fitting: list[object], misfits: list[object]) -> None:
    assert [each for each in fitting if not calls.fits(each, kind)] == []
    assert [each for each in misfits if calls.fits(each, kind)] == []


def test_a_fault_of_ours_is_not_laid_on_the_arguments() -> None:
    def broken(name: str) -> None:
        raise KeyError(name)

    with pytest.raises(KeyError):
        calls.checked_arguments(broken, "broken")("a")
    with pytest.raises(UnknownArgumentError, match="attend du texte"):
        calls.checked_arguments(broken, "broken")(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("cls", [obs.Observatory, Federation])
def test_every_argument_of_a_public_method_has_a_kind_that_is_known(cls: type) -> None:
    names = calls._names_of(cls)
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if not name.startswith("_"):
            given = dict.fromkeys(inspect.signature(method).parameters, object())
            given.pop("self")
            found = dict(calls._misfits(inspect.unwrap(method), given, names))
            assert found.keys() == given.keys(), name
            assert all(calls._asked(kind) for kind in found.values())


def test_a_federation_of_nothing_asks_of_what() -> None:
    with pytest.raises(ObservatoireError) as refusal:
        obs.federate(None)  # type: ignore[arg-type]
    says(refusal.value, "Quels paquets fédérer", "obs.federate([")


def test_a_federation_answers_as_an_observatory_does(tmp_path: Path) -> None:
    demo().publish(tmp_path / "paquet")
    with closing(obs.federate([tmp_path / "paquet"])) as f:
        for call, said in (
            (lambda: f.carte, ("f.carte n’existe pas", "f.map(")),
            (lambda: f.map("part_hlm", periode=2016), ("f.map ne connaît pas", "period=")),
            (lambda: f.map("part_hlm", classes=None), ("« classes= » attend",)),
        ):
            with pytest.raises(ObservatoireError) as refusal:
                call()
            says(refusal.value, *said)


def test_a_label_that_an_indicator_bears_gives_its_code() -> None:
    o = demo()
    labelled = [each for each in o.catalogue if each.label.casefold() != each.code]
    for indicator in labelled[:5]:
        with pytest.raises(ObservatoireError) as refusal:
            o.map(indicator.label)
        says(refusal.value, "C’est le libellé de", f"« {indicator.code} »")


def test_what_is_rightly_called_goes_through() -> None:
    o: Observatory = demo()
    assert o.map("part_hlm", period=np.int64(2016)) is not None
    assert o.table.__doc__
    assert issubclass(UnknownArgumentError, TypeError)


def test_every_french_word_leads_to_a_name_that_exists() -> None:
    found = calls._french()
    public = {name for name in dir(type(demo())) if not name.startswith("_")} | set(obs.__all__)
    assert set(found["methods"].values()) <= public
    assert set(found["commands"].values()) - public <= {"check", "status"}
    parameters = {
        name
        for method in public & set(dir(type(demo())))
        if callable(getattr(type(demo()), method))
        for name in inspect.signature(getattr(type(demo()), method)).parameters
    } | set(inspect.signature(obs.federate).parameters)
    assert set(found["parameters"].values()) <= parameters

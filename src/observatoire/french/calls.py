"""What an analyst calls that does not exist, or gives of the wrong kind: the right word, in French."""

from __future__ import annotations

import collections.abc
import functools
import inspect
import sys
import tomllib
from importlib import resources
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin

from observatoire.errors import ObservatoireError, UnknownArgumentError, UnknownMethodError
from observatoire.errors.arguments import nearest
from observatoire.french.typography import NO_BREAK, unaccented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

T = TypeVar("T")

#: What the annotations of the public methods name without importing it when they run.
_NAMED = {**vars(collections.abc), "Path": Path}

#: How an analyst is asked for a thing of a kind, and for a list of them.
_KINDS: dict[Any, tuple[str, str]] = {
    str: ("du texte", "de textes"),
    int: ("un nombre entier", "de nombres entiers"),
    float: ("un nombre", "de nombres"),
    bool: ("True ou False", "de True ou False"),
    Path: ("un chemin", "de chemins"),
}


@functools.cache
def _french() -> dict[str, dict[str, str]]:
    path = resources.files("observatoire.french").joinpath("calls.toml")
    words = tomllib.loads(path.read_text("utf-8"))
    return words | {"commands": words["methods"] | words["commands"]}


def right_word(word: str, known: Iterable[str], kind: str) -> str:
    """Return the name that a word most likely stands for, or nothing.

    Parameters
    ----------
    word : str
        What was typed: « carte », « périodes ».
    known : iterable of str
        The names there are.
    kind : {"methods", "commands", "parameters"}
        Which French words to look among.

    Examples
    --------
    >>> right_word("carte", ["map", "table"], "methods"), right_word("tabel", ["table"], "methods")
    ('map', 'table')
    >>> right_word("xyz", ["map"], "methods")
    ''
    """
    names = set(known)
    plain = unaccented(word).replace(" ", "_")
    french = {key: name for key, name in _french()[kind].items() if name in names}
    if plain in french:
        return french[plain]
    near = nearest(plain, names) or nearest(plain, french)
    return french.get(near, near)


def unknown_method(word: str, owner: str, known: Iterable[str]) -> UnknownMethodError:
    """Return the error of a method or a function that does not exist."""
    found = right_word(word, known, "methods")
    return UnknownMethodError(
        f"{owner}.{word} n’existe pas.",
        remedy=f"Écrivez {owner}.{found}(…)." if found else f"help({owner}) dit ce qui existe.",
        name=word,
    )


def checked_arguments(
    function: Callable[..., T], call: str, names: Mapping[str, object] | None = None
) -> Callable[..., T]:
    """Return a function that answers in French to arguments that it does not take.

    A wrong name or number of arguments is refused before anything is done. A wrong kind is answered
    when the call stumbles: what it takes without harm, it goes on taking.

    Parameters
    ----------
    function : callable
        The function.
    call : str
        How it is called: ``o.map``.
    names : mapping, optional
        What its annotations name, beside what its module holds.

    Raises
    ------
    UnknownArgumentError
        By the function that is returned.

    Examples
    --------
    >>> def quotient(whole: int, *, parts: int) -> float:
    ...     return whole / parts
    >>> checked_arguments(quotient, "quotient")(6, parts="2")
    Traceback (most recent call last):
    ...
    observatoire.errors.exceptions.UnknownArgumentError: quotient : « parts= » attend un nombre entier, ...
    """
    signature = inspect.signature(function)
    parameters = [name for name in signature.parameters if name != "self"]

    @functools.wraps(function)
    def call_it(*args: Any, **options: Any) -> T:
        wrong = next((name for name in options if name not in parameters), "")
        if wrong:
            found = right_word(wrong, parameters, "parameters")
            raise UnknownArgumentError(
                f"{call} ne connaît pas « {wrong}= ».",
                remedy=f"Écrivez {found}=…" if found else _list_of(call, parameters),
                name=wrong,
            )
        try:
            given = signature.bind(*args, **options).arguments
        except TypeError as error:
            raise _miscalled(signature, call, args, options) from error
        try:
            return function(*args, **options)
        except ObservatoireError:
            raise
        except Exception as error:
            for name, kind in _misfits(function, given, names or {}):
                raise _of_another_kind(call, name, kind, given[name]) from error
            raise

    return call_it


def _miscalled(
    signature: inspect.Signature, call: str, args: tuple[Any, ...], options: dict[str, Any]
) -> UnknownArgumentError:
    """Return the error of a call that lacks an argument, or gives too many."""
    taken = set(list(signature.parameters)[: len(args)]) | set(options)
    needed = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.default is parameter.empty and name not in taken
    ]
    names = [name for name in signature.parameters if name != "self"]
    if needed:
        what = f"{call} demande « {needed[0]} »."
        return UnknownArgumentError(what, remedy=_list_of(call, names), name=needed[0])
    return UnknownArgumentError(
        f"{call} reçoit trop d’arguments, ou deux fois le même.",
        remedy=f"Nommez-les : {', '.join(f'{name}=…' for name in names)}."
        if names
        else _list_of(call, names),
    )


def _list_of(call: str, names: list[str]) -> str:
    if not names:
        return f"{call}() s’écrit sans argument."
    return f"Il s’écrit {call}({', '.join(names)})."


def _misfits(
    function: Callable[..., object], given: Mapping[str, object], names: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    """Yield the arguments that are not of the kind that the signature declares, and that kind."""
    known = {**_NAMED, **names, **getattr(function, "__globals__", {})}
    for name, value in given.items():
        declared = getattr(function, "__annotations__", {}).get(name)
        kind = eval(declared, known) if isinstance(declared, str) else declared  # noqa: S307, ours
        if kind is not None and not fits(value, kind):
            yield name, kind


def fits(value: object, kind: Any) -> bool:
    """Say whether a value is of the kind that an annotation names.

    Examples
    --------
    >>> fits("a", str | None), fits(["a", 3], list[str]), fits(True, int), fits(3, float)
    (True, False, False, True)
    """
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return any(fits(value, each) for each in parts)
    if origin is Literal:
        return isinstance(value, str)
    if kind in (int, float):
        return isinstance(value, Integral if kind is int else Real) and not isinstance(value, bool)
    if kind is Any or not isinstance(value, origin or kind):
        return kind is Any
    if isinstance(value, str) or not isinstance(value, collections.abc.Iterable):
        return not parts or origin is collections.abc.Callable
    return not parts or all(fits(item, parts[0]) for item in value)


def _of_another_kind(call: str, name: str, kind: Any, value: object) -> UnknownArgumentError:
    shown = repr(value)
    short = f"{NO_BREAK}: {shown}" if len(shown) <= 40 and "\n" not in shown else ""  # noqa: PLR2004
    return UnknownArgumentError(
        f"{call} : « {name}= » attend {_asked(kind)}, non un objet "
        f"« {type(value).__name__} »{short}.",
        remedy=f"help({call}) dit ce que {name}= veut dire.",
        name=name,
    )


def _asked(kind: Any, *, several: bool = False) -> str:
    """Say in French what an annotation asks for."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        asked = (_asked(each, several=several) for each in parts if each is not NoneType)
        return " ou ".join(dict.fromkeys(asked))
    if origin is Literal:
        return f"un mot ({', '.join(map(str, parts))})"
    if origin is collections.abc.Callable:
        return "une fonction"
    if parts:
        return f"une liste {_asked(parts[0], several=True)}"
    return _KINDS.get(kind, (f"un objet « {kind.__name__} »",) * 2)[several]


def _names_of(cls: type) -> dict[str, object]:
    """Return what the modules of a class and of those it stands on name."""
    names: dict[str, object] = {}
    for base in reversed(cls.__mro__):
        names |= vars(sys.modules[base.__module__])
    return names


def in_french(owner: str) -> Callable[[type[T]], type[T]]:
    """Make a class answer in French to methods and arguments that it does not have.

    Parameters
    ----------
    owner : str
        How an analyst calls one: « o » for an observatory.
    """

    def answering(cls: type[T]) -> type[T]:
        names = _names_of(cls)
        for name, method in inspect.getmembers(cls, inspect.isfunction):
            if not name.startswith("_"):
                setattr(cls, name, checked_arguments(method, f"{owner}.{name}", names))

        def missing(self: T, name: str) -> object:
            if name.startswith("_"):
                message = f"{type(self).__name__!r} object has no attribute {name!r}"
                raise AttributeError(message)
            public = [known for known in dir(type(self)) if not known.startswith("_")]
            raise unknown_method(name, owner, public)

        cls.__getattr__ = missing  # type: ignore[attr-defined]
        return cls

    return answering

"""What an analyst calls that does not exist: the right word, found from the French one or a near one."""

from __future__ import annotations

import functools
import inspect
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from observatoire.errors import UnknownArgumentError, UnknownMethodError
from observatoire.errors.arguments import nearest
from observatoire.territories.spelling import unaccented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")


@functools.cache
def _french() -> dict[str, dict[str, str]]:
    path = resources.files("observatoire.observatory").joinpath("french_words.toml")
    return tomllib.loads(path.read_text("utf-8"))


def right_word(word: str, known: Iterable[str], kind: str) -> str:
    """Return the name that a word most likely stands for, or nothing.

    Parameters
    ----------
    word : str
        What was typed: « carte », « périodes ».
    known : iterable of str
        The names there are.
    kind : {"methods", "parameters"}
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


def checked_arguments(function: Callable[..., T], call: str) -> Callable[..., T]:
    """Return a function that answers in French to a wrong name or number of arguments.

    Parameters
    ----------
    function : callable
        The function.
    call : str
        How it is called: ``o.map``.
    """
    signature = inspect.signature(function)
    names = [name for name in signature.parameters if name != "self"]

    @functools.wraps(function)
    def call_it(*args: Any, **options: Any) -> T:
        wrong = next((name for name in options if name not in names), "")
        if wrong:
            found = right_word(wrong, names, "parameters")
            raise UnknownArgumentError(
                f"{call} ne connaît pas « {wrong}= ».",
                remedy=f"Écrivez {found}=…" if found else _list_of(call, names),
                name=wrong,
            )
        try:
            signature.bind(*args, **options)
        except TypeError as error:
            raise _miscalled(signature, call, args, options) from error
        return function(*args, **options)

    return call_it


def _miscalled(
    signature: inspect.Signature, call: str, args: tuple[Any, ...], options: dict[str, Any]
) -> UnknownArgumentError:
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
        remedy=f"Nommez-les : {', '.join(f'{name}=…' for name in names)}.",
    )


def _list_of(call: str, names: list[str]) -> str:
    if not names:
        return f"{call}() s’écrit sans argument."
    return f"Il s’écrit {call}({', '.join(names)})."


def in_french(cls: type[T]) -> type[T]:
    """Make the public methods of a class answer in French to what they are not given to take."""
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if not name.startswith("_"):
            setattr(cls, name, checked_arguments(method, f"o.{name}"))
    return cls

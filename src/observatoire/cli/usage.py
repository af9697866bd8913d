"""What was wrong with a call of the command line, and how it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from typer.core import TyperGroup

from observatoire.errors.arguments import nearest
from observatoire.french.calls import right_word
from observatoire.values import is_period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typer.exceptions import TyperException


def _proposed(found: re.Match[str]) -> str:
    return _meant(re.findall(r"[\w-]+", found[1]))


#: What Typer says of a wrong call, and its French.
_USAGE = (
    (r"Missing argument '(.+?)'\.", r"Il manque l’argument « \1 »."),
    (r"Missing option '(.+?)'\.", r"Il manque l’option « \1 »."),
    (r"Did you mean (.+?)\?", _proposed),
    (r"\(Possible options?: (.+?)\)", _proposed),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\)", r"Argument en trop : \1."),
    (r"Option '(.+?)' requires an argument\.", r"L’option « \1 » demande une valeur."),
    (r"Invalid value for '?(.+?)'?: (.+)", r"Valeur impossible pour \1 : \2"),
    (r"Option '(.+?)' requires (\d+) arguments\.", r"L’option « \1 » demande \2 valeurs."),
    (r"Option '(.+?)' does not take a value\.", r"L’option « \1 » s’écrit seule, sans valeur."),
    (r"Missing command\.", r"Il manque la commande."),
)


def usage_message(error: TyperException) -> str:
    """Say in French what is wrong with a call."""
    message, asked = error.format_message(), getattr(error, "ctx", None)
    if asked is not None and message.startswith("No such option"):
        return _of_option(asked, str(getattr(error, "option_name", "")))
    wrong = re.match(r"No such command '(.+?)'\.", message)
    if asked is not None and wrong:
        return _of_command(asked, wrong[1])
    extra = re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\)", message)
    for english, french in _USAGE:
        message = re.sub(english, french, message)
    return message + (_of_extra(asked, extra[1]) if asked is not None and extra else "")


def help_of(error: TyperException) -> str:
    """Return what to type for the help of the command that was called."""
    asked = getattr(error, "ctx", None)
    return f"{asked.command_path if asked is not None else 'observatoire'} --help"


def _of_command(asked: Any, word: str) -> str:
    """Say that there is no such command, and which was meant, in French or nearly."""
    refusal, known = f"La commande « {word} » n’existe pas.", asked.command.list_commands(asked)
    found = right_word(word, known, "commands")
    return f"{refusal} {_meant([found])}" if found else refusal


def _meant(names: Iterable[str]) -> str:
    return f"Vouliez-vous dire {' ou '.join(f'« {name} »' for name in names)} ?"


def _of_option(asked: Any, option: str) -> str:
    """Say that a command has no such option, and which of its words was meant, if any is near."""
    refusal, words = f"L’option « {option} » n’existe pas.", _words(asked)
    if option.casefold() in _options(asked):
        return f"{refusal} Vouliez-vous dire « {option.casefold()} » ?"
    near = _near(option.strip("-"), words)
    if near and not words[near]:
        given = _arguments(asked)
        argument = next(parameter for parameter in given if near in _names(parameter))
        usage = " ".join(str(parameter.metavar) for parameter in given)
        return f"« {argument.metavar} » s’écrit sans « {option} » : {asked.command_path} {usage}."
    if near:
        return f"{refusal} Vouliez-vous dire « {words[near]} » ?"
    if isinstance(asked.command, TyperGroup):
        return f"{refusal} Les options d’une commande s’écrivent après elle."
    known = dict.fromkeys(first for first in words.values() if first)
    return f"{refusal} Options de cette commande : {', '.join(known)}."


def _words(asked: Any) -> dict[str, str]:
    """Return the option that each word may mean, without dashes; none for an argument's name.

    An analyst writes what the help calls an option in French: --dossier, --periode, --aide.
    """
    words: dict[str, str] = {}
    for parameter in asked.command.get_params(asked):
        if parameter.param_type_name == "argument":
            words |= dict.fromkeys(_names(parameter), "")
            continue
        first = max(parameter.opts, key=len)
        called = (str(parameter.metavar or "").casefold(), *parameter.opts)
        words |= {word.strip("-"): first for word in called if word}
    return words | {"aide": "--help"}


def _near(word: str, words: dict[str, str]) -> str:
    """Return the nearest of the words, or nothing."""
    near = nearest(word, [parameter for parameter in words if len(parameter) > 1])
    # « --them » is as near to « --help » as to nothing.
    return "" if near == "help" and not word.startswith("hel") else near


def _options(asked: Any) -> set[str]:
    return {name for parameter in asked.command.get_params(asked) for name in parameter.opts}


def _arguments(asked: Any) -> list[Any]:
    return [
        parameter for parameter in asked.command.params if parameter.param_type_name == "argument"
    ]


def _names(argument: Any) -> tuple[str, str]:
    return str(argument.name).casefold(), str(argument.metavar).casefold()


def _of_extra(asked: Any, extra: str) -> str:
    """Say how what was written too many is written; nothing when nobody can know."""
    if is_period(extra) and "--period" in _options(asked):
        return f" Une période s’écrit --period {extra}."
    if _arguments(asked) and not is_period(extra):
        return " Un nom de plusieurs mots se met entre guillemets."
    return ""

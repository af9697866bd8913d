"""Typer in French: the help, the usage, what every command shows while it works."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as RichTable
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from observatoire.errors import nearest
from observatoire.values import is_period

if TYPE_CHECKING:
    import pandas as pd
    from typer.exceptions import TyperException

    from observatoire.observatory import Observatory


for _name, _french in {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "ERRORS_PANEL_TITLE": "Erreur",
}.items():
    setattr(rich_utils, _name, _french)


#: What Typer writes around our words in a help page, and how it is said in French.
_HELP = (
    (r"^Usage: ", "Emploi : "),
    (r"COMMAND \[ARGS\]\.\.\.", "COMMANDE [ARGUMENTS]…"),
    (r"^(Arguments|Options):", r"\1 :"),
    (r"Show this message and exit\.", "Affiche cette aide."),
    (r"\[default:", "[par défaut :"),
    (r"\[required\]", "[obligatoire]"),
    (r" <(?:str|path|list\[Path\])>", ""),
    (r"\{(\w+)\}", r"\1"),
    (r"\.\.\.", "…"),
)


def _in_french(text: str) -> str:
    for english, french in _HELP:
        text = re.sub(english, french, text, flags=re.MULTILINE)
    return text


class _Command(TyperCommand):
    """A command whose help page is in French."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))


class _Group(TyperGroup):
    """The list of commands, in French, each told in full."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command does, never cut short."""
        told = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commandes "):
            formatter.write_dl([(name, one.help or "") for name, one in told if one])


app = typer.Typer(
    help="Observation territoriale : des fichiers des partenaires à l’annexe d’évaluation.",
    cls=_Group,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


command = partial(app.command, cls=_Command)


out = Console()


err = Console(stderr=True)


Workspace = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DOSSIER",
        help="Dossier de l’espace de travail (avec observatoire.toml).",
    ),
]


Period = Annotated[
    str | None, typer.Option("--period", "-p", metavar="PERIODE", help="Période, par exemple 2016.")
]


Precision = Annotated[
    str,
    typer.Option(
        "--precision",
        metavar="CHOIX",
        help="Intervalles : declared (sources d’un sondage), all (les exhaustives aussi), none.",
    ),
]

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FICHIER", help="Fichier à écrire ; son suffixe dit la forme."
    ),
]


def _proposed(found: re.Match[str]) -> str:
    names = re.findall(r"[\w-]+", found[1])
    return f"Vouliez-vous dire {' ou '.join(f'« {name} »' for name in names)} ?"


#: What Typer says of a wrong call, and how it is said in French.
_USAGE = (
    (r"Missing argument '(.+?)'\.", r"Il manque l’argument « \1 »."),
    (r"Missing option '(.+?)'\.", r"Il manque l’option « \1 »."),
    (r"No such command '(.+?)'\.", r"La commande « \1 » n’existe pas."),
    (r"Did you mean (.+?)\?", _proposed),
    (r"\(Possible options?: (.+?)\)", _proposed),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\)", r"Argument en trop : \1."),
    (r"Option '(.+?)' requires an argument\.", r"L’option « \1 » demande une valeur."),
    (r"Invalid value for '?(.+?)'?: (.+)", r"Valeur impossible pour \1 : \2"),
    (r"Option '(.+?)' does not take a value\.", r"L’option « \1 » s’écrit seule, sans valeur."),
    (r"Missing command\.", r"Il manque la commande."),
)


def said_of_usage(error: TyperException) -> str:
    """Say in French what is wrong with a call."""
    message, asked = error.format_message(), getattr(error, "ctx", None)
    if asked is not None and message.startswith("No such option"):
        return _of_option(asked, str(getattr(error, "option_name", "")))
    extra = re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\)", message)
    for english, french in _USAGE:
        message = re.sub(english, french, message)
    return message + (_of_extra(asked, extra[1]) if asked is not None and extra else "")


def help_of(error: TyperException) -> str:
    """Return what to type for the help of the command that was called."""
    asked = getattr(error, "ctx", None)
    return f"{asked.command_path if asked is not None else 'observatoire'} --help"


def _of_option(asked: Any, option: str) -> str:
    """Say that a command has no such option, and which of its words was meant, if any is near."""
    words: dict[str, str] = {}
    for one in asked.command.get_params(asked):
        if one.param_type_name == "argument":
            words |= dict.fromkeys(_names(one), "")
            continue
        first = max(one.opts, key=len)
        # An analyst writes what the help calls it in French: --dossier, --periode.
        words |= {word: first for word in (str(one.metavar or "").casefold(), *one.opts) if word}
    said = f"L’option « {option} » n’existe pas."
    if option.casefold() in words:
        return f"{said} Vouliez-vous dire « {option.casefold()} » ?"
    bare = {word.strip("-"): first for word, first in words.items()} | {"aide": "--help"}
    near = nearest(option.strip("-"), [one for one in bare if len(one) > 1])
    if near == "help" and not option.strip("-").startswith("hel"):
        near = ""  # « --them » is as near to it as to nothing
    if near and not bare[near]:
        given = [one for one in asked.command.params if one.param_type_name == "argument"]
        mine = (one for one in given if near in _names(one))
        usage = " ".join(str(one.metavar) for one in given)
        return f"« {next(mine).metavar} » s’écrit sans « {option} » : {asked.command_path} {usage}."
    if near:
        return f"{said} Vouliez-vous dire « {bare[near]} » ?"
    if isinstance(asked.command, _Group):
        return f"{said} Les options d’une commande s’écrivent après elle."
    known = dict.fromkeys(first for first in words.values() if first)
    return f"{said} Options de cette commande : {', '.join(known)}."


def _names(argument: Any) -> tuple[str, str]:
    return str(argument.name).casefold(), str(argument.metavar).casefold()


def _of_extra(asked: Any, extra: str) -> str:
    """Say how what was written too many is written; nothing when nobody can tell."""
    options = {name for one in asked.command.params for name in one.opts}
    if is_period(extra) and "--period" in options:
        return f" Une période s’écrit --period {extra}."
    given = [one for one in asked.command.params if one.param_type_name == "argument"]
    if given and not is_period(extra):
        return " Un nom de plusieurs mots se met entre guillemets."
    return ""


@contextmanager
def opened(workspace: Path) -> Iterator[Observatory]:
    """Open a workspace, and close it."""
    import observatoire

    with step("Ouverture de l’espace de travail"), observatoire.open(workspace) as opened:
        yield opened


@contextmanager
def step(label: str) -> Iterator[Callable[[str], None]]:
    """Show a moving line while something runs; each step told replaces the last."""
    with err.status(label) as status:
        yield status.update


def written_in(path: Path, start: float) -> None:
    """Tell which file was written, and how long it took."""
    seconds = f"{time.monotonic() - start:.1f}".replace(".", ",")
    out.print(f"Écrit : {path} ({seconds} s)", highlight=False, markup=False, soft_wrap=True)


def show(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Show a table, unless it has no row."""
    if not rows:
        return
    table = RichTable(title=title, title_justify="left", title_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)


def show_frame(title: str, frame: pd.DataFrame, heads: Mapping[str, str]) -> None:
    """Show some columns of a frame, under the heads that are told."""
    show(title, list(heads.values()), frame[list(heads)].astype(str).to_numpy().tolist())

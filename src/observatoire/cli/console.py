"""Typer in French: the help, the usage, what every command shows while it works."""

from __future__ import annotations

import codecs
import io
import re
import sys
import time
import tomllib
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    import pandas as pd

    from observatoire.observatory.observatory import Observatory


for _name, _french in {
    "ARGUMENTS_PANEL_TITLE": "Arguments",
    "OPTIONS_PANEL_TITLE": "Options",
    "COMMANDS_PANEL_TITLE": "Commandes",
    "ERRORS_PANEL_TITLE": "Erreur",
}.items():
    setattr(rich_utils, _name, _french)


#: What Typer writes around our words in a help page, and its French.
_HELP = (
    (r"^Usage: ", "Emploi : "),
    (r"COMMAND \[ARGS\]\.\.\.", "COMMANDE [ARGUMENTS]…"),
    (r"^(Arguments|Options):", r"\1 :"),
    (r"Show this message and exit\.", "Affiche cette aide."),
    (r"\[default:", "[par défaut :"),
    (r"\[required\]", "[obligatoire]"),
    (r" <(?:str|path|list\[\w+\])>", ""),
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
    """The list of commands, in French, each in full."""

    def get_help(self, ctx: Any) -> str:
        """Return the help page."""
        return _in_french(super().get_help(ctx))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write what each command does, never cut short."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commandes "):
            formatter.write_dl([(name, known.help or "") for name, known in commands if known])


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


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """Write what a terminal or a file cannot hold as the nearest it can: never a traceback."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = []
    for char in error.object[error.start : error.end]:
        nearest = _PLAINER.get(char) or unicodedata.normalize("NFKD", char)
        try:
            nearest.encode(error.encoding)
        except UnicodeEncodeError:
            nearest = nearest.encode("ascii", "ignore").decode() or "?"
        plain.append(nearest)
    return "".join(plain), error.end


#: What our typography becomes where the encoding of the output lacks it.
_PLAINER = {"\u202f": " ", "\u2009": " ", "’": "'", "…": "...", "–": "-", "—": "-", "−": "-",
            "≤": "<=", "≥": ">=", "→": "->", "«": '"', "»": '"', "œ": "oe", "Œ": "OE"}  # fmt: skip

codecs.register_error("observatoire", _plainer)


def open_output() -> None:
    """Let the output take what its encoding lacks: a file in cp1252, a terminal in ASCII."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="observatoire")


def option(names: str, metavar: str, text: str) -> Any:
    """Declare an option once, for every command that takes it."""
    return typer.Option(*names.split(), metavar=metavar or None, help=text)


def argument(metavar: str, text: str) -> Any:
    """Declare an argument: its name in the help, and what it is."""
    return typer.Argument(metavar=metavar, help=text)


_FORM = "Fichier à écrire ; son suffixe dit la forme."
_PRECISION = "Intervalles : declared (sources d’un sondage), all (les exhaustives aussi), none."
_WORKSPACE = "Dossier de l’espace de travail (avec observatoire.toml)."

# Options and arguments that several commands take.
Workspace = Annotated[Path, option("--workspace -w", "DOSSIER", _WORKSPACE)]
Period = Annotated[str | None, option("--period -p", "PERIODE", "Période, par exemple 2016.")]
Precision = Annotated[str, option("--precision", "CHOIX", _PRECISION)]
Zoning = Annotated[str | None, option("--zoning -z", "ZONAGE", "Zonage ; le principal par défaut.")]
Classes = Annotated[
    str,
    option(
        "--classes", "FAÇON", "Classes : jenks, quantile, equal, pretty, ou des bornes : 10,20,30."
    ),
]
ClassCount = Annotated[int, option("-k", "NOMBRE", "Nombre de classes, de trois à cinq.")]
Kind = Annotated[str, option("--kind", "FORME", "map (carte), tiles (carrés) ou both (les deux).")]
Output = Annotated[Path | None, option("--output -o", "FICHIER", _FORM)]
Outputs = Annotated[list[Path] | None, option("--output -o", "FICHIER", _FORM)]


def one_file(path: Path | None, output: Path | None) -> Path | None:
    """Return the file to write, given by its place or by ``--output``; never two.

    Raises
    ------
    BadParameter
        When both are given, and are two files.
    """
    if path and output and path != output:
        raise typer.BadParameter(f"Deux fichiers à écrire : {path} et {output}. Gardez-en un.")
    return path or output


@contextmanager
def opened(workspace: Path) -> Iterator[Observatory]:
    """Open a workspace, and close it."""
    import observatoire

    with warned(), step("Ouverture de l’espace de travail"):
        observatory = observatoire.open(workspace)
    with observatory:
        yield observatory


@contextmanager
def warned() -> Iterator[None]:
    """Print what the library warns of as sentences, without the line of code."""
    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always", UserWarning)
        yield
    for notice in notices:
        if notice.category is UserWarning:
            err.print(str(notice.message), highlight=False, markup=False, soft_wrap=True)


@contextmanager
def step(label: str) -> Iterator[Callable[[str], None]]:
    """Show a moving line while something runs; each step replaces the last."""
    with err.status(label) as status:
        yield status.update


def say(text: str) -> None:
    """Write a line as it is: no colour, no markup, no fold."""
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def written_in(path: Path, start: float) -> None:
    """Tell which file was written, and how long it took."""
    seconds = f"{time.monotonic() - start:.1f}".replace(".", ",")
    say(f"Écrit : {path} ({seconds} s)")


def show(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Show a table, unless it has no row; a line a row where the terminal would cut a code."""
    if not rows:
        return
    words = [
        max(len(word) for cell in cells for word in [*cell.split(), ""])
        for cells in zip(columns, *rows, strict=True)
    ]
    if sum(words) + 3 * len(words) + 1 > out.width:
        out.print(Text(title, style="bold"))
        for first, *rest in rows:
            labelled = (
                f"{head} {cell}" for head, cell in zip(columns[1:], rest, strict=True) if cell
            )
            say(f"  {first} : {' ; '.join(labelled)}")
        return
    table = RichTable(title=Text(title), title_justify="left", title_style="bold")
    for column, least in zip(columns, words, strict=True):
        table.add_column(Text(column), overflow="fold", min_width=least)
    for row in rows:
        table.add_row(
            *(Text(cell.translate(_BOUND)) for cell in row)
        )  # a name may hold brackets: no markup
    with out.capture() as drawn:
        out.print(table)
    out.file.write(drawn.get().translate(_BOUND_BACK))


#: Spaces that do not break stand as signs while a table is laid out: what draws it would fold there.
_BOUND = {0xA0: 0xE0A0, 0x202F: 0xE02F}
_BOUND_BACK = {sign: space for space, sign in _BOUND.items()}


def show_frame(title: str, frame: pd.DataFrame, columns: list[str], **named: str) -> None:
    """Show some columns of a frame, each under its head of ``heads.toml``, or the one ``named`` here."""
    known = tomllib.loads(resources.files(__package__).joinpath("heads.toml").read_text("utf-8"))
    shown = [(known | named)[column] for column in columns]
    show(title, shown, frame[columns].astype(str).to_numpy().tolist())

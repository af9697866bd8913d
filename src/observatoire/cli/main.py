"""The command line: the same words as the library, errors as sentences, progress shown."""

from __future__ import annotations

import gc
import re
import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from observatoire import __version__
from observatoire.cli import ingest as loading
from observatoire.cli import publish as writing
from observatoire.cli import schema as describing
from observatoire.cli import views as showing
from observatoire.cli.console import app, err, open_output, option, say
from observatoire.cli.usage import help_of, usage_message
from observatoire.errors import ObservatoireError

#: The commands, in the order of the help.
COMMANDS = (loading, showing, writing, describing)

#: The status of a command that the analyst stops (Ctrl+C).
_INTERRUPTED = 130


def main() -> None:
    """Run the command line; an expected error is a sentence and a status, never a traceback."""
    open_output()
    # A command makes millions of small objects and ends: looking for circles among them is a tenth of its time.
    gc.set_threshold(200_000, 50, 50)
    try:
        status = app(standalone_mode=False, prog_name="observatoire") or 0
    except ObservatoireError as error:
        _refuse(f"Erreur : {_in_words_of_the_line(error)}", 1)
    except typer.Abort:
        status = _INTERRUPTED
    except TyperException as error:
        _refuse(f"Erreur : {usage_message(error)} Pour l’aide : {help_of(error)}", 2)
    if status == _INTERRUPTED:
        _refuse("Interrompu. Relancez la commande quand vous voudrez.", status)
    sys.exit(status)


def _in_words_of_the_line(error: ObservatoireError) -> str:
    """Give the options of the command line where the library's message gives Python's."""
    message = str(error).replace('on_error="reject"', "--reject")
    message = message.replace("la thématique (theme=)", "l’argument « THEME »")
    return re.sub(r'o\.panel\(theme="(\w+)"\)', r"observatoire panel \1", message)


def _refuse(message: str, status: int) -> NoReturn:
    err.print(message, style="bold red", highlight=False, markup=False, soft_wrap=True)
    sys.exit(status)


@app.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    *,
    version: Annotated[bool, option("--version", "", "Dit la version et s’arrête.")] = False,
) -> None:
    """Observation territoriale : des fichiers des partenaires à l’annexe d’évaluation."""
    if version:
        say(f"observatoire {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        say(context.get_help())


if __name__ == "__main__":
    main()

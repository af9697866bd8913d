"""The notebooks run from top to bottom, what each cell shows included; they are kept without outputs.

Their cells run here in the tests' own process, which has the default loaded; ``make test-deep`` gives
each notebook a real kernel.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import pytest
from demo import lend, lend_packages
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


class Answers(DisplayHook):
    """What cells answer, in every form that a notebook would choose from."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: object = None) -> None:  # noqa: ARG002
        self.shell.answers.append(format_dict)


class Shell(InteractiveShell):
    """A shell that keeps answers and what goes wrong while they are put in form.

    A kernel prints an error of a ``_repr_html_`` and goes on: it would pass unseen.
    """

    def init_displayhook(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.failures: list[object] = []
        super().init_displayhook()

    def showtraceback(self, exc_tuple: object = None, *_: object, **__: object) -> None:
        self.failures.append(exc_tuple or sys.exc_info())

    def figures(self) -> list[dict[str, Any]]:
        """Put in form the figures that a cell leaves open, as a kernel does, and close them."""
        shown = [self.display_formatter.format(plt.figure(n))[0] for n in plt.get_fignums()]
        plt.close("all")
        return shown


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    lend(monkeypatch)
    lend_packages(monkeypatch)
    plt.close("all")
    made = Shell(
        config=Config(HistoryManager={"enabled": False}),
        displayhook_class=Answers,
        user_module=ModuleType("carnet"),
    )
    select_figure_formats(made, {"png"})
    yield made
    made.restore_sys_module_state()
    made.reset(new_session=False)
    plt.close("all")


def cells(notebook: Path) -> list[dict[str, Any]]:
    found = json.loads(notebook.read_text("utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_run_and_show_what_they_answer(notebook: Path, shell: Shell) -> None:
    shown = 0
    for cell in cells(notebook):
        result = shell.run_cell("".join(cell["source"]))
        result.raise_error()
        figures = shell.figures()
        assert all("image/png" in figure for figure in figures)
        if result.result is not None:
            assert shell.answers, result.result
        if hasattr(type(result.result), "_repr_html_"):
            assert shell.answers[-1].get("text/html")
        assert not shell.failures
        shown += len(shell.answers) + len(figures)
        shell.answers.clear()
    assert shown > 1


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_stored_without_outputs(notebook: Path) -> None:
    assert all(cell["outputs"] == [] and not cell["execution_count"] for cell in cells(notebook))

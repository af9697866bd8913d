"""The style of the house for matplotlib."""

from __future__ import annotations

import matplotlib as mpl

from observatoire.pages.axes import house_style


def test_what_a_notebook_turns_on_with_its_first_figure_stays_on() -> None:
    before, spines = mpl.is_interactive(), mpl.rcParams["axes.spines.top"]
    try:
        mpl.interactive(b=False)
        with house_style():
            assert not mpl.rcParams["axes.spines.top"]
            mpl.interactive(b=True)
        assert mpl.is_interactive(), "or the next figures of a notebook would not show"
        assert mpl.rcParams["axes.spines.top"] is spines
    finally:
        mpl.interactive(before)

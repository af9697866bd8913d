"""The style of the house for matplotlib, with the face that the library carries."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from observatoire.pages.tokens import matplotlib_style, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes


@cache
def _with_face() -> None:
    """Let matplotlib find the face of the text, whatever the machine has."""
    from matplotlib import font_manager  # noqa: PLC0415 - heavy, when first used

    for entry in resources.files("observatoire.pages").joinpath("fonts").iterdir():
        if entry.name.endswith(".ttf"):
            font_manager.fontManager.addfont(str(entry))


@contextmanager
def house_style() -> Iterator[None]:
    """Return the style of the house, for the figures made inside a ``with`` block.

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with house_style():
    ...     mpl.rcParams["axes.spines.top"]
    False
    """
    import matplotlib as mpl  # noqa: PLC0415 - heavy, when first used

    _with_face()
    # Named, not « sans-serif »: a generic family would be looked for when drawn, outside the block.
    face = tokens().fonts.text[0]
    settings: dict[Any, Any] = {**matplotlib_style(), "font.family": [face, "DejaVu Sans"]}
    shown = mpl.is_interactive()
    try:
        with mpl.rc_context(settings):
            yield
            shown = mpl.is_interactive()
    finally:
        # A notebook turns it on with its first figure: put back as it was, the next ones would not show.
        mpl.interactive(shown)


def axes_of(ax: Axes | None, high: float) -> Axes:
    """Return the axes given, or those of a new figure; names and legends beside them are given their room."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - heavy, when first used

    if ax is None:
        _, ax = plt.subplots(figsize=(7.2, high), layout="constrained")
    elif (figure := ax.get_figure(root=True)) is not None and figure.get_layout_engine() is None:
        figure.set_layout_engine("constrained")
    return ax


def room_of(axes: Axes, *, across: bool = False) -> float:
    """Return about how high axes are, or how wide, in points."""
    box, figure = axes.get_position(), axes.get_figure(root=True)
    wide, high = figure.get_size_inches() if figure else (0.0, 0.0)
    return 72.0 * float(box.width * wide if across else box.height * high)


def type_size(axes: Axes, count: int, *, across: bool = False) -> float:
    """Return the size of so many lines of text, one under another: that of the body, or what fits.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure(figsize=(5, 4)).subplots()
    >>> type_size(axes, 3), round(type_size(axes, 40), 1)
    (9.0, 4.7)
    """
    return min(tokens().sizes["body"], 0.85 * room_of(axes, across=across) / max(count, 1))

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
    """Return the axes given, or those of a new figure."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - heavy, when first used

    if ax is not None:
        return ax
    _, made = plt.subplots(figsize=(7.2, high), layout="constrained")
    return made

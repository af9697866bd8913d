"""Colours and sizes of all that is shown, once, for CSS, SVG, Typst, Excel and matplotlib."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from observatoire.declarations.fields import Texts, checked, declared
from observatoire.declarations.reader import packaged, read

THEME = ("ink", "soft", "paper", "tint", "rule", "row", "accent", "warn", "warn_tint", "chosen")
GROUND = ("land", "sea", "cell", "outline", "edge", "bar", "stripe")
VERDICTS = ("unfavourable", "favourable", "neutral", "none")
SIZES = ("body", "table", "note")

#: Fewest and most classes that a reader tells apart.
FEWEST_CLASSES, MOST_CLASSES = 3, 5


def _exactly(names: tuple[str, ...]) -> Any:
    return checked(lambda table: set(table) == set(names), f"on attend {', '.join(names)}")


@declared
class VerdictColours:
    """The colour of a sign, and of the surface or the cell that bears it."""

    mark: str
    fill: str


@declared
class ChangeColours:
    """Colours of a change, from the strongest fall to the strongest rise; nothing is white."""

    fall: Texts
    none: str
    rise: Texts


@declared
class Fonts:
    """Faces of the text, the first one carried by the library."""

    text: Texts


@declared
class DrawingColours:
    """What drawings are coloured with on a dark screen: as many of each as in the light."""

    sequential: Texts
    diverging: ChangeColours
    ground: Annotated[Mapping[str, str], _exactly(GROUND)]
    verdicts: Annotated[Mapping[str, VerdictColours], _exactly(VERDICTS)]


@declared
class Tokens:
    """What ``tokens.toml`` declares."""

    light: Annotated[Mapping[str, str], _exactly(THEME)]
    dark: Annotated[Mapping[str, str], _exactly(THEME)]
    sequential: Mapping[int, Texts]
    diverging: ChangeColours
    ground: Annotated[Mapping[str, str], _exactly(GROUND)]
    verdicts: Annotated[Mapping[str, VerdictColours], _exactly(VERDICTS)]
    dark_drawings: DrawingColours
    sizes: Annotated[Mapping[str, float], _exactly(SIZES)]
    fonts: Fonts

    def classes(self, count: int) -> tuple[str, ...]:
        """Return as many colours as classes, from light to dark.

        Examples
        --------
        >>> tokens().classes(2)
        ('#a5c4df', '#366f9f')
        """
        return tuple(self.sequential[count])


@cache
def tokens() -> Tokens:
    """Return the colours and sizes of the library.

    Raises
    ------
    DescriptorError
        When ``tokens.toml`` lacks one, or has one too many.

    Examples
    --------
    >>> tokens().light["accent"]
    '#17456b'
    """
    return read(packaged("observatoire.pages", "tokens.toml"), Tokens)


#: A channel below it is linear (WCAG 2).
_LINEAR = 0.04045


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 computes it: 1 for none, 21 at most.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= _LINEAR else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(fill: str) -> str:
    """Return the colour of a text that is read on a surface: dark, or white.

    Examples
    --------
    >>> ink_on("#d6e4f0"), ink_on("#123f66")
    ('#1c2430', '#ffffff')
    """
    light = tokens().light
    return max(light["ink"], light["paper"], key=lambda colour: contrast(colour, fill))


def css_properties() -> str:
    """Return the tokens as CSS custom properties, for the host's light or dark theme.

    A page that is printed is light; so is what a host marks ``data-theme="light"``.
    """
    light, dark = (_declarations(theme) for theme in themes())
    sizes = "".join(f" --{name}-size: {size:g}pt;" for name, size in tokens().sizes.items())
    font = ", ".join(f'"{face}"' if " " in face else face for face in tokens().fonts.text)
    return (
        f".observatoire {{ color-scheme: light dark;{light} --font: {font};{sizes} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ .observatoire {{{dark} }} }}\n"
        f'[data-theme="light"] .observatoire, .observatoire[data-theme="light"] '
        f"{{ color-scheme: light;{light} }}\n"
        f'[data-theme="dark"] .observatoire {{ color-scheme: dark;{dark} }}\n'
    )


@cache
def themes() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return each colour by the name of its CSS property: in the light, then in the dark.

    Examples
    --------
    >>> light, dark = themes()
    >>> light["class-5"], dark["class-5"]
    ('#123f66', '#c6e1f6')
    """
    chosen, drawn = tokens(), tokens().dark_drawings
    return (
        _named(chosen.light, chosen.classes(MOST_CLASSES), chosen),
        _named(chosen.dark, drawn.sequential, drawn),
    )


def _named(
    theme: Mapping[str, str], five: Sequence[str], drawn: Tokens | DrawingColours
) -> dict[str, str]:
    """Name the colours of one theme; a page uses them, then its drawings."""
    change, verdicts = drawn.diverging, drawn.verdicts
    return {
        **{name.replace("_", "-"): colour for name, colour in theme.items()},
        **drawn.ground,
        **{name: colours.mark for name, colours in verdicts.items()},
        **{f"{name}-fill": colours.fill for name, colours in verdicts.items()},
        **{f"class-{rank}": colour for rank, colour in enumerate(five, 1)},
        **{f"fall-{rank}": colour for rank, colour in enumerate(change.fall, 1)},
        "no-change": change.none,
        **{f"rise-{rank}": colour for rank, colour in enumerate(change.rise, 1)},
    }


def _declarations(theme: Mapping[str, str]) -> str:
    return "".join(f" --{name}: {colour};" for name, colour in theme.items())


def following(drawing: str) -> str:
    """Return an SVG drawing whose colours are those of the page around it, light or dark.

    Alone, a drawing keeps the colours of paper: it is on a page only that it follows a theme, and leaves to
    the style of the page what most of its texts share.

    Examples
    --------
    >>> following('<path fill="#e9e7e1" stroke="#33404d"/>')
    '<path fill="var(--land)" stroke="var(--edge)"/>'
    """
    names = _names()
    coloured = _COLOURED.sub(lambda found: f'{found[1]}="var(--{names[found[2]]})"', drawing)
    for written, styled in _STYLED:
        coloured = coloured.replace(written, styled)
    return coloured


#: What style.css says of most texts of a drawing, or of those over lines; a number needs no « .0 ».
_STYLED = (
    (' font-size="13.6"', ""),
    (
        ' stroke="var(--paper)" stroke-width="3.4" stroke-linejoin="round" paint-order="stroke"',
        ' class="over"',
    ),
    ('.0"', '"'),
)

_COLOURED = re.compile(r'\b(fill|stroke)="(#[0-9a-f]{6})"')


@cache
def _names() -> dict[str, str]:
    """Return the name of each colour of the light theme, the first where several share it."""
    return {colour: name for name, colour in reversed(list(themes()[0].items()))}


def typst_colours() -> str:
    """Return the light theme and the sizes as Typst definitions, for paper."""
    colours = (
        f'#let {name.replace("_", "-")} = rgb("{colour}")'
        for name, colour in tokens().light.items()
    )
    sizes = (f"#let {name}-size = {size:g}pt" for name, size in tokens().sizes.items())
    return "\n".join([*colours, *sizes])


def matplotlib_style() -> dict[str, Any]:
    """Return the tokens as matplotlib settings, for ``matplotlib.rc_context``.

    Examples
    --------
    >>> matplotlib_style()["axes.edgecolor"]
    '#c9d1da'
    """
    light, text = tokens().light, tokens().sizes["body"]
    return {
        "font.family": "sans-serif",
        "font.sans-serif": [face for face in tokens().fonts.text if face != "sans-serif"],
        "font.size": text,
        "text.color": light["ink"],
        "figure.constrained_layout.use": True,
        "figure.facecolor": light["paper"],
        "axes.facecolor": light["paper"],
        "axes.edgecolor": light["rule"],
        "axes.labelcolor": light["soft"],
        "axes.titlecolor": light["ink"],
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": light["row"],
        "xtick.color": light["soft"],
        "ytick.color": light["soft"],
        "image.cmap": "Blues",
        "patch.edgecolor": tokens().ground["edge"],
        "patch.facecolor": tokens().ground["bar"],
        "lines.color": light["accent"],
        "svg.fonttype": "none",
    }

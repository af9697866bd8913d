"""Palettes, read from data and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated

from observatoire.declarations.fields import Texts, checked, declared
from observatoire.declarations.reader import packaged, read

GROUND_COLOURS = ("land", "cell", "outline", "edge", "circle", "ink", "soft")


@declared
class Palettes:
    """Colours of classes by number of classes, and of the ground of a map."""

    sequential: Mapping[int, Texts]
    ground: Annotated[
        Mapping[str, str],
        checked(
            lambda colours: set(colours) == set(GROUND_COLOURS),
            f"on attend {', '.join(GROUND_COLOURS)}",
        ),
    ]

    def classes(self, count: int) -> tuple[str, ...]:
        """Return as many colours as classes, from light to dark."""
        for size in sorted(self.sequential):
            if size >= count:
                return self.sequential[size][:count] if count > 1 else self.sequential[size][-1:]
        return self.sequential[max(self.sequential)]


@cache
def palettes() -> Palettes:
    """Return the palettes of the library.

    Raises
    ------
    DescriptorError
        When ``palettes.toml`` lacks a colour, or has one too many.
    """
    return read(packaged("observatoire.maps", "palettes.toml"), Palettes)


def patterns() -> str:
    """Return the patterns that fill what has no class, as SVG definitions."""
    soft = palettes().ground["soft"]
    return (
        '<defs><pattern id="bounded" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>'
        f'<rect width="2" height="6" fill="{soft}"/></pattern>'
        '<pattern id="context" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<circle cx="3" cy="3" r="1.1" fill="{palettes().ground["ink"]}"/></pattern>'
        '<pattern id="secret" width="6" height="6" patternUnits="userSpaceOnUse">'
        f'<rect width="6" height="6" fill="#ffffff"/><path d="M0 3H6M3 0V6" stroke="{soft}" '
        'stroke-width="0.9"/></pattern><pattern id="missing" width="6" height="6" '
        'patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#ffffff"/></pattern></defs>'
    )

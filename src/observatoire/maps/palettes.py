"""Palettes, read from data and checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.declarations import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUND_COLOURS = ("land", "cell", "outline", "edge", "circle", "ink", "soft")


@dataclass(frozen=True)
class Palettes:
    """Colours of classes by number of classes, and of the ground of a map."""

    sequential: Mapping[int, tuple[str, ...]]
    ground: Mapping[str, str]

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
    path = Path(str(resources.files("observatoire.maps").joinpath("palettes.toml")))
    table = read_toml(path)
    sequential = table.child("sequential")
    ground = table.child("ground")
    made = Palettes(
        {int(size): sequential.texts(size) for size in sequential.table},
        {name: ground.text(name) for name in GROUND_COLOURS},
    )
    for part in (sequential, ground, table):
        part.close()
    return made

"""Maps: rates by colour, counts by area of circle, never the reverse."""

from observatoire.maps.drawing import Ground
from observatoire.maps.figure import map_figure

__all__ = ["Ground", "map_figure"]

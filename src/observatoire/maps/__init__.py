"""Maps: rates by colour, counts by area of circle, never the reverse.

``classes`` and ``palettes``, ``layout`` and ``labels``, ``svg`` (drawn), ``locator``, ``figure`` (what is saved).
"""

from observatoire.maps.figure import map_figure
from observatoire.maps.svg import BaseMap

__all__ = ["BaseMap", "map_figure"]

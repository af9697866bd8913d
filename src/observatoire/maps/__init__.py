"""Maps: rates by colour, counts by area of circle, never the reverse.

``classes`` and ``palettes``, ``layout`` and ``labels``, ``svg`` (drawn), ``locator``, ``figure`` (what is saved).
"""

from observatoire.maps.figure import map_figure
from observatoire.maps.svg import Ground

__all__ = ["Ground", "map_figure"]

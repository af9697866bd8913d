"""Maps of protected tables: rates by colour, counts by area of circle, never the reverse.

``figure`` first: one indicator becomes a picture with its notes. It is made of ``marks`` (territories as they
are shown, rounded as printed), ``classes``, ``territories`` drawn on the ground (``layout`` shares the page,
``labels`` never meet), ``tiles`` (an equal square each), ``ranks`` (dots with intervals) and ``legend``;
``svg`` draws. ``multiples`` sets dates side by side, ``locator`` shows where one territory lies.
"""

from observatoire.maps.figure import MapStyle, map_figure
from observatoire.maps.marks import BaseMap

__all__ = ["BaseMap", "MapStyle", "map_figure"]

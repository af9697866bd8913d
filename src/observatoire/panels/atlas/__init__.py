"""One page that holds every figure at every date, to look at by oneself.

In reading order: ``figures`` (what protected tables give it), ``ground`` (the map and the squares that it
colours), ``document`` (the page: ``atlas.html.j2``, ``atlas.css`` and the script ``atlas.js``).
"""

from observatoire.panels.atlas.document import atlas_document, write_atlas
from observatoire.panels.atlas.figures import AtlasContent

__all__ = ["AtlasContent", "atlas_document", "write_atlas"]

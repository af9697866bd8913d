"""Layers of real geometry, read and checked.

``signatures`` (a file is what its name says), ``crs`` (which system a layer seems to be in, ``crs.toml``; one
that cannot be measured is refused by ``passage/geometry/layers``), ``location`` (where on Earth the numbers
lie), ``reader`` (a layer becomes outlines), ``outlines`` (that may be measured), ``supports`` (cells,
buildings, addresses that carry people), ``namesakes`` (columns and layers of one name), ``drawings``
(outlines drawn by hand: by whom).
"""

"""Layers of real geometry, read and checked.

``signatures`` (a file is what its name says), ``crs`` (which system a layer seems to be in, ``crs.toml``, where on
Earth it lies; one that cannot be measured is refused by ``passage/geometry/layers``), ``namesakes`` (rows, columns
and layers of one name), ``reader`` (a layer becomes outlines), ``outlines`` (that may be measured), ``supports``
(cells, buildings, addresses that carry people), ``drawings`` (outlines drawn by hand: by whom).
"""

"""Layers of real geometry, read and checked.

``signatures`` (a file is what its name says), ``crs`` (reference systems, ``crs.toml``), ``location``
(where on Earth the numbers lie), ``reader`` (a layer becomes outlines), ``outlines`` (that may be measured), ``supports`` (cells, buildings,
addresses that carry people), ``namesakes`` (columns and layers of one name).
"""

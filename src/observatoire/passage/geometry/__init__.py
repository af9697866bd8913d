"""Outlines measured.

``layers`` (what is refused before it is measured: degrees, Web Mercator, schematic, overlapping), by
``projections`` (whether areas are true) and ``overlaps``; ``corners`` (of polygons), ``outlines``, ``clipping``,
``grid`` (squares), ``overlay`` (who meets whom).
"""

"""Outlines measured.

``layers`` (what is refused before it is measured: degrees, Web Mercator, schematic), ``corners`` (of polygons),
``outlines``, ``overlaps``, ``clipping``, ``grid`` (squares), ``overlay`` (who meets whom).
"""

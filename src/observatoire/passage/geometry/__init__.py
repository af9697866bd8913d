"""Outlines measured.

``layers`` (checked), ``outlines``, ``clipping``, ``grid`` (squares), ``overlay`` (who meets
whom), ``overlaps`` (what must not).
"""

"""Outlines measured.

``projections`` (that show areas as they are), ``layers`` (checked), ``outlines``, ``clipping``, ``grid`` (squares), ``overlay`` (who meets
whom), ``overlaps`` (what must not).
"""

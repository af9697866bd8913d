"""French for results.

``typography`` (numbers, lists, ordinals), ``nouns`` (what territories are called).
"""

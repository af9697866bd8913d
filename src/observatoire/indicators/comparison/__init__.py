"""A figure next to others.

``comparators`` (commune, rest of it, all quartiers…), ``gaps``, ``inequality``.
"""

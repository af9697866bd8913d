"""A figure next to others.

``comparators`` (commune, rest of it, all quartiers…), ``gaps`` (how far a territory stands from each, and
whether that is sure), ``inequality`` (how far territories stand from one another).
"""

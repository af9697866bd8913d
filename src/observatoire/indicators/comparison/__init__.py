"""A figure next to others.

``comparators`` (commune, rest of it, all quartiers…), ``gaps`` (how far a territory stands from each, and
whether that is sure), ``inequality`` (how far territories stand from one another). The ring around a territory is
measured where passages are: ``routes/passage_store``.
"""

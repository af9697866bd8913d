"""What a cell or a name says.

``numbers``, ``number_style`` (how a table writes them), ``ranges``, ``periods``, ``vocabulary``
(marks and words, ``vocabulary.toml``).
"""

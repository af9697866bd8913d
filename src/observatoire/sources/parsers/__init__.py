"""What a cell or a name says.

``numbers``, ``number_style`` (how a table writes them), ``ranges``, ``periods``, ``stated_periods`` (those that a
text states, and those that only stand in it), ``vocabulary`` (marks and words, ``vocabulary.toml``).
"""

"""What a cell or a name says.

``numbers`` (and the ``[markers]`` written instead of one), ``number_style`` (how a table writes them; what a
column is in is ``inference/column_types``), ``ranges`` (« <5 », « de 5 à 9 »),
``periods``, ``spans_of_years`` (or of ages), ``stated_periods`` (those that a text states, and those that only
stand in it), ``parts_of_year`` (those said apart from their year), ``vocabulary`` and ``declared_words`` (marks,
calls of notes, words of a total: ``vocabulary.toml``).
"""

"""What a file that nothing declares is.

``table_finder``, ``territory_column``, ``counts_or_codes``, ``short_codes``, ``column_types`` (the nature
and the unit of a column), ``number_texts``, ``long_layout``, ``table_periods`` (where the period is stated,
and the candidates that ``preview/refusals`` asks about); ``draft_builder``, or ``family_draft`` for a known
family, makes of it the ``draft`` of a declaration, ``diagnosis`` says what a file is that holds no table.
"""

"""What a file that nothing declares is.

``table_finder``, ``territory_column``, ``short_codes``, ``column_types``, ``long_layout``,
``table_periods``; ``draft_builder`` makes of it the ``draft`` of a declaration, ``diagnosis``
says what a file is that holds no table.
"""

"""Whose each row is.

``row_territories`` first: a raw table comes in, ``PlacedRows`` come out, the territory of each row found once.
It asks ``communes`` (stated by a column, a title, a heading), ``code_repair`` (zeros a spreadsheet ate) and
``unplaced_rows`` (rows that no territory is found for); ``near_names`` says what an unknown name resembles,
``column_texts`` what the texts of a column may name, whatever the zoning.
"""

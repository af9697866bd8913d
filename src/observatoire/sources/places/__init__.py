"""Whose each row is.

``row_territories``, ``communes`` (stated by a column, a title, a heading), ``code_repair`` (zeros a
spreadsheet ate), ``unplaced_rows`` (rows that no territory is found for), ``near_names`` (what an unknown
name resembles).
"""

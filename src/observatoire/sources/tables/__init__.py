"""From sheets to one raw table.

``files`` (opened), ``sheets`` (which one), ``header``, ``merged_cells``, ``reader``;
``raw_table`` is what comes out, ``rejects`` the lines that are not kept.
"""

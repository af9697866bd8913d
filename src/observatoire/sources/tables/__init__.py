"""From the sheets of an opened file to one raw table.

``sheets`` (which one), ``header`` (its names, which may be over two lines), ``location`` (where the table
stands, found once), ``reader``, ``merged_cells`` (one cell over several rows of figures or places);
``raw_table`` is what comes out, ``rejects`` the lines that are not kept.
``member_list`` reads a table that describes territories and measures nothing.
"""

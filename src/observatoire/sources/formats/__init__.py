"""From bytes to sheets of cells, one module a format.

``archive``, ``encoding`` and ``limits`` (what may be opened at all); ``text``, ``workbook`` (which hands over to
``ooxml``, ``ods`` or ``xls``), ``parquet``, ``dbase``; ``cells`` is what they all give.
"""

"""From bytes to sheets of cells, one module a format.

``document`` opens a file and takes its SHA-256: ``archive`` takes it out of a zip, ``limits`` says what may be
opened at all. Its sheets, described in ``cells``, come from ``text`` (with ``encoding``), ``parquet``,
``attributes`` (of a layer, or dBase) or ``workbook``, which hands an xls over to ``xls`` and looks at the parts
of the others in ``ooxml`` and ``ods``. ``tables/merged_cells`` says what a merged cell means.
"""

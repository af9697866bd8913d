"""One writer a form: ``html``, ``typst`` (PDF, SVG, PNG), ``word``, ``excel``.

``word_styles`` are the looks of a Word document; ``excel_sheets`` the typed sheets that a page gives a workbook.
"""

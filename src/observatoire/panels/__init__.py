"""Panels: indicators by territories, profiles, evaluations; each makes a sheet of blocks.

``panel`` (territories in rows, indicators in columns) and ``profile`` (one territory on one page) come
first; ``trend`` and ``inequality`` compare dates and territories; ``evaluation`` is made of what
``assessment`` gathers, with ``objectives``, ``actions`` and ``watch``. ``single_page`` puts any of them on a
page of its own. In come protected tables, nothing else; out go sheets that save themselves.
"""

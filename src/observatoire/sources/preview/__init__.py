"""A file shown before anything is stored.

``preview``, ``display``; ``refusals``: the questions put to the analyst before a load (which period, which
sheet, whose rows), and what is refused outright; ``column_refusals``: those about one column (its unit, its
years, what a row is of). ``indicator_draft``: the indicators a partner's table could feed; the
``source.toml`` that loads it is made in ``inference/draft_builder``.
"""

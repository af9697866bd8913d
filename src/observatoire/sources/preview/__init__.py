"""A file shown before anything is stored.

``preview``, ``display``; ``refusals``: the questions put to the analyst before a load (which period, which
unit, which sheet), and what is refused outright. ``indicator_draft``: the indicators a partner's table could feed.
"""

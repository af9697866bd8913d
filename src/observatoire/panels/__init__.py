"""Panels: indicators by territories, profiles, evaluations; each makes a sheet of blocks.

``panel`` (territories in rows, indicators in columns) and ``profile`` (one territory on one page: its
``identities``, its ``sentences``) come first; ``trend`` and ``inequality`` compare dates and territories;
``evaluation`` is made of what ``assessment`` gathers, with ``objectives``, ``actions`` and ``watch``.
``atlas`` is one page to look at by oneself; ``drawings`` are the pictures of all of them, ``plots`` their
figures on matplotlib axes. In come protected tables, nothing else; out go sheets that save themselves.
"""

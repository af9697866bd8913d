"""Checks of what is loaded.

``definitions`` (``checks.toml``, one SELECT each over ``checked.sql``), ``batches`` (only what
has changed is looked at: ``change.sql``, ``tally.sql``), ``tables`` (of checked.sql, those that are read),
``runner``.
"""

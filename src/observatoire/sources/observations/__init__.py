"""Rows become observations.

``builder`` first, then ``figure_columns``, ``long_format``, ``figure_checks``; ``aliases`` and
``registers`` (objectives, actions, notes); ``parsed`` is what comes out, with ``reject_messages``
and ``notices`` for what is written of it.
"""

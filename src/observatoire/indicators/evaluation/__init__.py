"""What changed between two dates.

``windows`` (which dates), ``changes`` (of a figure), ``gap_changes`` (to a comparator),
``median_bounds``, ``trends``, ``objective`` and ``objectives`` (targets next to figures), ``actions``,
``watch``.
"""

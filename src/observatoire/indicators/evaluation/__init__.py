"""What changed between two dates.

``windows`` (which dates), ``trends`` (how a figure moved, and every one of a table), ``gap_changes`` (to a
comparator), ``median_bounds``; ``objective`` and ``objectives`` (targets next to figures),
``actions`` (what was programmed, and who was never reached), ``watch`` (``watch.toml``).
"""

"""What changed between two dates.

``windows`` (which dates), ``changes`` (of a figure), ``gap_changes`` (to a comparator), ``trends`` (every
figure of a series), ``median_bounds``; ``objective`` and ``objectives`` (targets next to figures),
``actions`` (what was programmed, and who was never reached), ``watch`` (``watch.toml``).
"""

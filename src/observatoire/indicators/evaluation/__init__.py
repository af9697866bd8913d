"""What changed between two dates.

``windows`` (which dates), ``gap_changes``, ``median_bounds``, ``trends``, ``objective`` and
``objectives`` (targets held against figures), ``actions``, ``watch``.
"""

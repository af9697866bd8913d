"""What a passage does to figures.

``inputs`` and ``frames`` (what is given), ``counts``, ``rates``, ``ratios``, ``bounds`` (from
published totals), ``calibration``, ``balance`` (given, inside, outside), ``metadata``,
``outcome``; ``carry`` takes each variable by the rule of its nature.
"""

"""What a passage does to figures.

``inputs`` and ``frames`` (what is given; a nature that may not pass, as a median, is refused there), ``counts``,
``rates`` (without their two counts), ``ratios`` (of two counts), ``bounds`` (from published totals),
``calibration``, ``balance`` (given, inside, outside), ``metadata``, ``outcome``; ``carry`` takes each variable
by the rule of its nature.
"""

"""What is declared.

``catalogue`` (``indicators.toml``), ``spans`` (which columns say the same between which periods), ``series``
(their breaks: whether two periods compare), ``feeds`` (which sources feed indicators that name families, all
checked with what sources declare), ``check_inputs`` (what the warehouse's
checks are given of it), ``grounds`` (what all this rests on: it is read once for the same).
"""

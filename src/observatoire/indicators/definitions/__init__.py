"""What is declared.

``catalogue`` (``indicators.toml``), ``series`` and ``spans`` (breaks, what may be compared),
``feeds`` (which sources feed indicators that name families), ``declared_variables`` (both checked
with what sources declare), ``check_inputs`` (what the warehouse's checks are given of it), ``grounds``
(what all this rests on: it is read once for the same).
"""

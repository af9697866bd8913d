"""How sure a figure is.

``intervals`` (of a proportion, a count), ``differences`` (of two figures), ``sampling_bases`` and
``sampling_error`` (what a census's sampling adds), ``source_noise`` (what a source that counts everyone
leaves open), ``estimates`` (a row as what may be compared),
``interval_inputs`` (checked). The prediction interval of an estimate is learnt in ``passage/conformal``.
"""

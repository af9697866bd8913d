"""How sure a figure is.

``intervals`` (of a proportion, a count), ``differences`` (of two figures), ``sampling_bases`` and
``sampling_error`` (what a census's sampling adds), ``interval_inputs`` (checked).
"""

"""What ``source.toml`` says.

``source``, its files (``file_spec``), ``agreement`` (who may see what, until when),
``sampling_design`` (how the producer drew its sample).
"""

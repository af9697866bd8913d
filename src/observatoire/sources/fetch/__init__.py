"""Open sources brought in.

``registry`` (``registry.toml``), ``download`` (resumed), ``received`` (what came, checked), ``lock``,
``retrieval``.
"""

"""Open sources brought in.

``registry`` (``registry.toml``), ``download`` (resumed, checked), ``lock``, ``retrieval``.
"""

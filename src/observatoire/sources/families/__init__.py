"""Families of files that producers publish, as data (``*.toml``), read by ``family``."""

"""Families of files that producers publish: their columns and years, as data (``*.toml``), read by ``family``."""

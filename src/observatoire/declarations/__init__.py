"""Declared data.

``reader`` (strict TOML, faults told with their line), ``writer`` (TOML as the library writes it),
``secrecy_rules`` (rules of secrecy, as sources and workspaces declare them).
"""

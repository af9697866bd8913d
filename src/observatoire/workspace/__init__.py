"""A workspace.

``model`` is what ``observatoire.toml`` declares, ``scaffold`` writes a new one to fill in, ``town`` one
for a commune, from its layers; ``kept_demo`` is the embedded default, loaded once a machine.
"""

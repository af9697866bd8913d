"""A workspace.

``model`` is what ``observatoire.toml`` declares, ``scaffold`` writes a new one to fill in.
"""

"""A workspace: what its folder declares, and how a new one is founded.

``model`` is what ``observatoire.toml`` declares, ``scaffold`` writes a new one to fill in, with its guide,
``town`` one for a town, from what ``town_layers`` reads of its layers;
``kept_demo`` is the embedded default, loaded once a machine.
"""

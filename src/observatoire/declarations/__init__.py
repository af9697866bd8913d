"""Declared data: what the TOML files of a workspace, and the library's own, may say.

Read first ``fields``: a class made by ``declared`` is one TOML table, its fields are the keys, and the
kinds of values (``Texts``, ``Period``, ``Named``…) say how each is written. ``reader`` makes such a
class of a file, or the JSON Schema of it; ``faults`` puts into French what does not fit, with the
file, the line and the nearest key. ``sentences`` words refusals,
``writer`` writes TOML as the library does, and ``secrecy_rules`` declares the rules of secrecy that
sources and workspaces share.
"""

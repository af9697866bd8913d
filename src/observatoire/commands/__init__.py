"""The command line's words, one module a kind of command; :mod:`observatoire.cli` runs them."""

"""``python -m observatoire``: the command line."""

from __future__ import annotations

from observatoire.cli.main import main

main()

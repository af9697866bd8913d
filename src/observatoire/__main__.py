"""``python -m observatoire``: the command line."""

from observatoire.cli import main

main()

"""The errors an analyst can meet, in French: what is wrong, where, why, and what to do.

- ``exceptions``: the classes, one base and a few kinds, each carrying its data;
- ``arguments``: what an analyst gives, checked, with the nearest known name;
- ``translations``: what the system and the readers underneath say, put into French
  (``translations.toml``).
"""

from observatoire.errors import exceptions
from observatoire.errors.exceptions import *  # noqa: F403 - all of them, named once, there

__all__ = [name for name in vars(exceptions) if name.endswith("Error")]

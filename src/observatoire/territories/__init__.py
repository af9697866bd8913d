"""Zonings, their territories and their perimeters.

Read in this order: ``zoning`` (a dated set of territories), ``spelling`` and ``aliases`` (how names
are written, which words say a total, what else they are called), ``matcher`` (a name or a code becomes a
territory),
``link_tables`` (which territory lies in which, as tables say), ``schematic`` (drawings that may be
shown, never measured), ``perimeters`` (all of it, for one workspace). Real layers are in ``layers``.
In come tables of codes and drawings; out go :class:`Perimeters` and :class:`Matcher`.
"""

from observatoire.territories.matcher import Matcher
from observatoire.territories.spelling import simplify
from observatoire.territories.zoning import Zoning, read_members

__all__ = ["Matcher", "Zoning", "read_members", "simplify"]

"""Zonings, their territories and their perimeters."""

from observatoire.territories.names import Matcher, simplify
from observatoire.territories.zoning import Zoning, read_members, read_zonings

__all__ = ["Matcher", "Zoning", "read_members", "read_zonings", "simplify"]

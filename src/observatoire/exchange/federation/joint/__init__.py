"""The one system into which a federation puts all counts that its members show and hide.

``programs`` (what rates and sums leave together), ``exposure`` (what is shown, hidden and tied, and what it
gives away), ``quotients`` (what rates bound), ``system`` (made of packages).
"""

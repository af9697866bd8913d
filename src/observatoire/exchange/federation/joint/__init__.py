"""The one system into which a federation puts all counts that its members show and hide.

``exposure`` (what is shown, hidden and tied, and what sums give away), ``programs`` (what rates and sums
leave together), ``quotients`` (what rates bound), ``system`` (made of packages).
"""

"""French for results.

``typography`` (numbers, lists, ordinals), ``nouns`` (what territories are called),
``calls`` (what an analyst calls or gives wrongly, answered in French; ``calls.toml``).
"""

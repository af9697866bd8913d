"""The one system into which a federation puts all counts that its members show and hide.

``exposure`` (what is shown and hidden, the facts that tie it), ``twins`` and ``definitions`` (what indicators
count, one name for one thing), ``links`` (what zonings and years add up), ``rates`` (what they tell and hide of
their terms, stated or not), ``neighbours`` (which figures bear on a hidden one), ``system`` (made of packages),
``programs`` (what whole tables that fit all facts leave; what to withhold, as little as can be).
"""

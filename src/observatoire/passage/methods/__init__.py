"""How weights are found.

``area``, ``support`` (people's cells), ``density`` with ``density_ratio`` and ``density_fit`` (the ratio,
learnt), ``correspondence`` (a table of passage); ``shares`` (bounds, slivers, what is covered) and ``assembly``
are their common ground.
"""

"""How weights are found.

``area``, ``support`` (people's cells), ``density`` with ``density_ratio`` and ``density_fit``,
``correspondence`` (a table of passage); ``shares`` and ``assembly`` are their common ground.
"""

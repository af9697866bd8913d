"""Pages.

``blocks`` and ``cells`` that every writer knows, ``notes`` under them, ``sheet`` that saves
itself; ``writers`` make HTML, PDF, Word and Excel of the same blocks.
"""

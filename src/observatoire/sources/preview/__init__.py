"""A file shown before anything is stored.

``preview``, ``display``; ``refusals`` when it cannot be read safely.
"""

"""The warehouse's tables, read and written.

``zonings``, ``loads``, ``contents`` (what a load holds, read once), ``passages``, ``agreements``,
``grid_cells``; ``listings`` are the frames that analysts see.
"""

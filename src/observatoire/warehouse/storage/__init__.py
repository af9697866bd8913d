"""The warehouse's tables, read and written.

``zonings``, ``loads``, ``contents`` (what a load holds, read once), ``passages``, ``agreements``,
``grid_cells``, ``decisions`` (of the plan of secrecy);
``ledger_text`` (the ledger, kept beside as a text); ``listings`` are the frames that analysts see.
"""

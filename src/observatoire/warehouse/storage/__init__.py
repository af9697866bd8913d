"""The warehouse's tables, read and written.

``zonings``, ``loads`` (a file stored once: the same bytes change nothing, a correction takes the place of its
predecessor), ``contents`` (what a load holds, read once), ``passages``, ``agreements``,
``grid_cells``, ``kept_results`` (answers already computed, decisions of the plan of secrecy), ``digests`` (of
the rows that these rest on);
``ledger_text`` (the ledger, kept beside as a text); ``listings`` are the frames that analysts see.
"""

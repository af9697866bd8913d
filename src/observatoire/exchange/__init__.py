"""What observatories give each other: packages, several of them as one, and the ledger of what left.

- ``publication``: the package that others read;
- ``federation``: several packages as one;
- ``agreements`` (what travels with the figures), ``ledger`` (what was ever published);
- ``lake``: packages that several put at once (extra ``lake``; its SQL in ``lake_sql``);
- ``outline``: a layer to draw in, and how it comes back.
"""

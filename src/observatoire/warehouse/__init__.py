"""The warehouse: one DuckDB file that keeps every figure with its trace.

``schema.sql`` is what is kept; ``connection`` holds the file and its transactions, ``database`` opens
it. ``storage`` reads and writes its tables, ``loading`` brings a source in, ``checks`` look at what
stands there; ``reports`` are what a load and a check say, ``failures`` what the engine’s own failures mean.
"""

from observatoire.warehouse.connection import Warehouse
from observatoire.warehouse.database import open_warehouse
from observatoire.warehouse.reports import FileReport, LoadReport
from observatoire.warehouse.storage.loads import store_files, store_source
from observatoire.warehouse.storage.zonings import read_shapes, store_zonings

__all__ = [
    "FileReport",
    "LoadReport",
    "Warehouse",
    "open_warehouse",
    "read_shapes",
    "store_files",
    "store_source",
    "store_zonings",
]

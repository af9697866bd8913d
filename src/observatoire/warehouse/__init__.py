"""The warehouse: one DuckDB file that keeps every figure with its trace."""

from observatoire.warehouse.connection import Warehouse, open_warehouse
from observatoire.warehouse.loads import store_files, store_source
from observatoire.warehouse.reports import FileReport, LoadReport
from observatoire.warehouse.zones import read_shapes, store_zoning

__all__ = [
    "FileReport",
    "LoadReport",
    "Warehouse",
    "open_warehouse",
    "read_shapes",
    "store_files",
    "store_source",
    "store_zoning",
]

"""Sources: what producers send, how it is described, and how it becomes observations."""

from observatoire.sources.descriptor import Source, Variable, read_source
from observatoire.sources.filespec import FileSpec
from observatoire.sources.observations import Parsed, observe
from observatoire.sources.reading import RawTable, read_table

__all__ = [
    "FileSpec",
    "Parsed",
    "RawTable",
    "Source",
    "Variable",
    "observe",
    "read_source",
    "read_table",
]

"""From a producer's file to observations, each line kept or rejected with its reason.

``descriptors`` (what ``source.toml`` says) and ``families`` (what a producer's files look like) come first.
Then the way of a file: ``formats`` (bytes become sheets of cells), ``tables`` (one raw table), ``places``
(whose each row is), ``observations`` (figures), with ``parsers`` for what a cell says. ``inference`` and
``preview`` describe a file that nothing declares, for those four to read. ``fetch`` brings open sources.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source, Variable, read_source
    from observatoire.sources.observations.builder import observe
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.sources.tables.reader import read_table

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

_MODULES = {
    "FileSpec": "descriptors.file_spec",
    **dict.fromkeys(("Source", "Variable", "read_source"), "descriptors.source"),
    "Parsed": "observations.parsed",
    "RawTable": "tables.raw_table",
    "observe": "observations.builder",
    "read_table": "tables.reader",
}


def __getattr__(name: str) -> Any:
    """Import the readers when something is first read: who wants an agreement's words has no use for them."""
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

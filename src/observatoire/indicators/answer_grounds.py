"""All that an answer rests on, known by its contents.

Rows of the warehouse, declarations as they were read, links, measured passages, the library itself.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.families.family import FOLDER_NAME
from observatoire.warehouse.storage.digests import ANSWERS_REST_ON, content_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from observatoire.indicators.context import Context

#: What computes an answer, or a plan of secrecy, besides the library.
_ENGINES = ("duckdb", "geopandas", "highspy", "numpy", "pandas", "scipy", "shapely")


def answer_grounds(context: Context, rows: str = "") -> str:
    """Return a digest of all that the answers of a workspace rest on.

    ``rows`` is the digest of the rows of the warehouse, where it was taken already.
    """
    digest = hashlib.sha256(library_digest().encode())
    for ground in _grounds(context, rows or content_digest(context.warehouse, ANSWERS_REST_ON)):
        digest.update(hashlib.sha256(ground).digest())
    return digest.hexdigest()


def _grounds(context: Context, rows: str) -> Iterator[bytes]:
    yield rows.encode()
    # As they were read, not as their files are by now; a copied folder rests on the same.
    declared = repr((context.workspace, context.catalogue.indicators))
    yield declared.replace(str(context.workspace.root), "").encode()
    # What families name is in the catalogue and the warehouse; their files all the same, when in doubt.
    for path in sorted((context.workspace.root / FOLDER_NAME).glob("*.toml")):
        yield repr(path.name).encode() + path.read_bytes()
    for pair, links in sorted(context.links.items()):
        yield repr(pair).encode() + _rows(links)
    for recipe in context.workspace.passages:
        if recipe.method:
            passage = context.measured(recipe).passage
            for part in (passage.weights, passage.coverage, passage.outside):
                yield _rows(part)
            yield repr((passage.parameters, sorted(passage.reaching))).encode()
        if recipe.model:
            yield repr(context.calibrations).encode()
        if recipe.support is not None:
            yield recipe.support.read_bytes()


def _rows(table: pd.DataFrame | pd.Series[float]) -> bytes:
    return bytes(pd.util.hash_pandas_object(table, index=True).to_numpy().tobytes())


@cache
def library_digest() -> str:
    """Return a digest of the library’s own files, and the versions of what it computes with."""
    digest = hashlib.sha256(repr([metadata.version(each) for each in _ENGINES]).encode())
    root = Path(__file__).resolve().parents[1]
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".sql", ".toml"):
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()

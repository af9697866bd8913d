"""The tables of checked.sql: those that predicates read are laid out, and no others.

Each is planned by the engine, however small it is: laid out for nothing, they took longer than a load.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from observatoire.warehouse.checks.batches import BATCHED, MAKING, script

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from observatoire.warehouse.connection import Warehouse

_MADE = re.compile(r"^CREATE OR REPLACE TEMP (TABLE|VIEW) (\w+)", re.MULTILINE)
_READ = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")

#: Where a source gives counts of communes themselves, to which those of their parts may add up.
_HELD = """
SELECT EXISTS (FROM seen_place AS g JOIN territory AS t ON t.zoning = g.zoning AND t.code = g.territory
               WHERE g.additive AND t.commune = t.code)
"""


def statements() -> Mapping[str, str]:
    """Return what lays out each table of checked.sql, in order."""
    return _cut(script("checked"))


@lru_cache(maxsize=4)
def _cut(text: str) -> Mapping[str, str]:
    starts = [found.start() for found in _MADE.finditer(text)]
    parts = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    return {named(part)[0][1]: part for part in parts}


def named(text: str) -> list[tuple[str, str]]:
    """Return what a script makes: « TABLE » or « VIEW », and its name."""
    return _MADE.findall(text)


def rested_on(queries: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return which known tables queries read, themselves or through others, in the order of laying out.

    Examples
    --------
    >>> rested_on(["SELECT 1 FROM pace"], statements())
    ['content', 'given', 'era', 'sequel', 'pace']
    """
    laid, names = statements(), list(known)
    found, unread = set[str](), list(queries)
    while unread:
        more = set(_READ.findall(unread.pop())) & set(names) - found
        found |= more
        unread += [laid[name] for name in more if name in laid]
    return [name for name in names if name in found]


def vacant(warehouse: Warehouse, given: Mapping[str, pd.DataFrame]) -> set[str]:
    """Return the tables that could have no row, by what is loaded and what is declared.

    Parameters
    ----------
    given : mapping of str to DataFrame
        What is declared, by the name that checked.sql gives it.
    """
    contents = warehouse.rows("SELECT DISTINCT variable, period FROM current_content")
    variables = {re.sub("^([PC])[0-9]{2}_", r"\1##_", name.upper()) for name, _ in contents}
    found = {name for name in ("cell", "share") if given[_DECLARED[name]].empty}
    if len({period for _, period in contents}) < 2:  # noqa: PLR2004 - a series has two periods
        found.add("sequel")
    if variables.isdisjoint(given["declared_identities"]["whole"].str.upper()):
        found.add("addend")
    if given["declared_totals"].empty and warehouse.rows(_HELD) == [(False,)]:
        found.add("total")
    return found


#: Tables that hold nothing but what is declared under this name.
_DECLARED = {"cell": "declared_cells", "share": "declared_shares"}


def lay_out(warehouse: Warehouse, given: Mapping[str, pd.DataFrame], names: Sequence[str]) -> None:
    """Make some tables of checked.sql, which read what is declared."""
    text = "".join(statements()[name] for name in names)
    declared = {name: given[name] for name in rested_on([text], given)}
    with warehouse.registered(**declared):
        warehouse.run(text)


def drop(warehouse: Warehouse, names: Sequence[str]) -> None:
    """Drop what a pass has laid out: nothing else of ours is temporary."""
    # The engine's own list of what is temporary costs more than all of it.
    made = "".join(statements()[name] for name in names)
    if "unit" in names:
        made = "\n".join([made, *map(script, BATCHED), *MAKING])
    warehouse.run("".join(f"DROP {kind} IF EXISTS temp.{name};" for kind, name in named(made)))

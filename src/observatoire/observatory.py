"""The hall: opens every door and does no work itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.errors import FileError, UnknownNameError, suggestion
from observatoire.warehouse import open_warehouse
from observatoire.workspace import Workspace, read_workspace

if TYPE_CHECKING:
    from types import TracebackType

    import geopandas as gpd

    from observatoire.indicators.catalogue import Catalogue
    from observatoire.secrecy.table import ProtectedTable
    from observatoire.territories.names import Matcher
    from observatoire.warehouse import LoadReport, Warehouse

"""What a catalogue rests on: it is read, and handed to the checks, once for the same grounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from observatoire.declarations.reader import toml_table
from observatoire.indicators.definitions.catalogue import Catalogue, read_catalogue
from observatoire.indicators.definitions.check_inputs import check_inputs
from observatoire.indicators.definitions.feeds import resolved
from observatoire.memo import FileContent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from observatoire.indicators.definitions.series import SeriesBook
    from observatoire.sources.families.family import Family
    from observatoire.warehouse.checks.runner import CheckInputs


@dataclass(frozen=True)
class Grounds:
    """What is written and loaded now: equal to another of the same contents, in whatever workspace.

    Parameters
    ----------
    path, series : Path, SeriesBook
        ``indicators.toml``, and the series that indicators may follow.
    variables : mapping
        The nature of each variable that each loaded source declares.
    descriptors : sequence of Path
        The ``source.toml`` of the workspace.
    """

    path: Path = field(compare=False)
    series: SeriesBook = field(compare=False)
    families: Mapping[str, Family] = field(compare=False)
    loaded: Mapping[str, str] = field(compare=False)
    variables: Mapping[str, Mapping[str, str]] = field(compare=False)
    descriptors: Sequence[Path] = field(compare=False)

    contents: tuple[object, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Take what tells these grounds from others."""
        contents = (
            self.path.is_file(),
            *(FileContent.of(written) for written in (self.path, *self.descriptors)),
            # Series and families are read once for the same bytes, and held by those who ask here.
            id(self.series),
            *((name, id(family)) for name, family in self.families.items()),
            *self.loaded.items(),
            *((source, *given.items()) for source, given in self.variables.items()),
        )
        object.__setattr__(self, "contents", contents)

    def awaited(self) -> set[str]:
        """Return the families of the sources that are described, loaded or not."""
        return {str(toml_table(path).get("family", "")) for path in self.descriptors}


@lru_cache(maxsize=16)
def catalogue_on(grounds: Grounds) -> Catalogue:
    """Return the indicators, each with the loaded sources of the families that it names."""
    spans = {code: series.spans for code, series in grounds.series.series.items()}
    written = read_catalogue(grounds.path, spans)
    given = (grounds.loaded, grounds.families, grounds.variables)
    return resolved(written, *given, grounds.awaited)


@lru_cache(maxsize=16)
def check_inputs_on(grounds: Grounds, periods: tuple[str, ...]) -> CheckInputs:
    """Return what checks need of the catalogue and the series; no sum without a catalogue."""
    variables = [(source, code) for source, given in grounds.variables.items() for code in given]
    return check_inputs(
        catalogue_on(grounds) if grounds.path.is_file() else (),
        grounds.series,
        periods,
        variables,
        grounds.families.values(),
    )

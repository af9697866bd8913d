"""Known families of files: what a producer's columns look like, as data, not as modules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from observatoire.declarations.fields import (
    Code,
    MaybePattern,
    Number,
    Pattern,
    Patterns,
    Texts,
    as_written,
    called,
    checked,
    declared,
    fault,
    given,
    on_reading,
    refuse,
)
from observatoire.declarations.reader import read
from observatoire.sources.descriptors.file_spec import (
    DecimalMark,
    Layout,
    PeriodForm,
    ThousandsMark,
)
from observatoire.sources.descriptors.sampling_design import SamplingDesign
from observatoire.sources.parsers.numbers import Markers
from observatoire.sources.parsers.periods import period_mentions, year_of
from observatoire.sources.parsers.stated_periods import title_period
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Sequence


FOLDER_NAME = "families"


_SHORT = 2  # digits of a year that its century does not come with


@declared
class ColumnPattern:
    """Columns of one nature: a pattern of names, and what a ``source.toml`` says of each."""

    columns: Pattern
    nature: Nature
    unit: str = ""
    universe: str = ""
    exploitation: str = ""


@declared
class SumIdentity:
    """A column that is the sum of others, on each row; « ## » stands for two digits of a year."""

    whole: str
    parts: Texts = ()

    @on_reading
    def _adds_up(self) -> None:
        columns = [*self.parts, self.whole]
        if len(self.parts) < 2 or len(set(columns)) < len(columns):  # noqa: PLR2004 - a sum
            raise refuse(
                "au moins deux colonnes, chacune une fois, sans la somme elle-même", "parts"
            )


@declared
class PeriodRule:
    """Where the period is: in the names of columns, a column, the titles, or the file's name."""

    columns: Annotated[
        MaybePattern,
        checked(
            lambda pattern: pattern is None or pattern.groups == 1,
            "le motif doit mettre les chiffres de l’année entre ( )",
        ),
    ] = None
    column: MaybePattern = None
    form: PeriodForm = ""
    title: MaybePattern = None
    file: MaybePattern = None


@declared
class FamilyRule:
    """The rule of secrecy that a producer's files come under."""

    threshold: Annotated[
        Number, checked(lambda number: number >= 0, "un seuil ne peut être négatif")
    ] = 0.0
    unit: str = ""
    rule: str = ""


@declared
class Family:
    """A family of files, as its TOML declares it. Patterns do not look at the case.

    ``own`` is that of a workspace: unlike a producer's, its files may write numbers in any way.
    ``collection`` names several families at once; ``stem`` is what stands before a name of variable
    that an indicator writes without its year; ``columns`` the variable of those of another name.
    """

    code: Code
    own: Annotated[bool, called(given("own"))]
    title: str
    producer: str
    licence: str
    territory: Pattern
    page: str = ""
    collection: str = ""
    stem: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["figures", "members", "layer"] = "figures"
    layout: Layout = "wide"
    zoning: Texts = ()
    codes: MaybePattern = None
    name: MaybePattern = None
    commune: MaybePattern = None
    variable_column: MaybePattern = None
    value_column: MaybePattern = None
    required: Patterns = ()
    ignored: Patterns = ()
    absence: str = ""
    caveats: Texts = ()
    period: PeriodRule = PeriodRule()
    markers: Markers = Markers()
    secrecy: FamilyRule = FamilyRule()
    precision: Annotated[Mapping[str, object], as_written(SamplingDesign)] = field(
        default_factory=dict
    )
    measures: Annotated[tuple[ColumnPattern, ...], called("variables")] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    identities: tuple[SumIdentity, ...] = ()
    decimal: DecimalMark = ""
    thousands: ThousandsMark = ""

    @on_reading
    def _is_whole(self) -> None:
        if not self.required:
            raise fault(
                "La famille ne dit pas à quelles colonnes on la reconnaît.",
                remedy='Ajoutez required = ["motif de colonne", …].',
            )
        if not self.zoning:
            raise fault(
                "La famille ne dit pas de quel zonage sont ses territoires.",
                remedy='Ajoutez zoning = ["début du code d’un zonage", …], par exemple ["quartier"].',
            )
        if self.thousands and self.thousands == self.decimal:
            raise refuse("un autre signe que « decimal »", "thousands")
        if self.kind == "figures" and not self.measures:
            raise fault(
                "La famille ne décrit aucune colonne de chiffres.",
                remedy="Ajoutez une table [[variables]] par nature de colonnes.",
            )
        if self.layout == "long" and not (self.variable_column and self.value_column):
            raise fault(
                "La famille est en long mais ne dit pas où sont la variable et la valeur.",
                remedy="Ajoutez variable_column et value_column.",
            )

    def is_named(self, name: str) -> bool:
        """Say whether a name is that of the family, or of the collection it is in."""
        return name in (self.code, self.collection)

    def recognises(self, header: Sequence[str]) -> int:
        """Return how many columns the family explains, 0 when the header is not of the family."""
        named = [name for name in header if name]
        if not self.territory_column(named):
            return 0
        if not all(any(pattern.fullmatch(name) for name in named) for pattern in self.required):
            return 0
        explained = sum(self.measure(name) is not None for name in named)
        # A pattern that ignores everything explains nothing.
        explained += sum(
            any(pattern.fullmatch(name) for pattern in self.ignored if pattern.pattern != ".*")
            for name in named
        )
        return 1 + len(self.required) + explained

    def territory_column(self, header: Sequence[str]) -> str:
        """Return the column of codes; the first name that the pattern lists wins."""
        return _first(self.territory, header)

    def measure(self, name: str) -> ColumnPattern | None:
        """Return what a column measures, or None."""
        return next((each for each in self.measures if each.columns.fullmatch(name)), None)

    def could_give(self, variable: str) -> bool:
        """Say whether a column could give a variable, whose name may be without its year."""
        stems = (variable, *(k for k, v in self.columns.items() if v == variable))
        tried = (stem + year for stem in stems for year in ("", "22", "_A22", "_2022"))
        return any(self.measure(name) is not None for name in tried)

    def is_ignored(self, name: str) -> bool:
        """Say whether a column is known and not a figure."""
        return any(pattern.fullmatch(name) for pattern in self.ignored)

    def label(self, name: str) -> str:
        """Return the label of a variable; its own name when the family has none."""
        plain = name.upper()
        hashed = re.sub(r"(?<=[A-Z_])[0-9]{2}(?=_|$)", "##", plain, count=1)
        known = {key.upper(): label for key, label in self.labels.items()}
        candidates = (plain, hashed, re.sub(r"[0-9]{2}$", "##", plain))
        return next((known[key] for key in candidates if key in known), name)

    def periods_of(self, header: Sequence[str]) -> dict[str, str]:
        """Return the period that the name of each column states, those that state one."""
        rule = self.period.columns
        found = {name: rule.fullmatch(name) for name in header} if rule is not None else {}
        years = {name: parts[1] for name, parts in found.items() if parts}
        return {
            name: year_of(year) if len(year) == _SHORT else year for name, year in years.items()
        }

    def dateless(self, name: str) -> str:
        """Return the variable of a column: its name in capitals, without the year that may end it.

        Another vintage, or the same in small letters, gives the same variable; a name that states no
        year is left as it is.
        """
        found = self.period.columns.fullmatch(name) if self.period.columns is not None else None
        if found is not None:
            name = (name if found.end(1) < len(name) else name[: found.start(1)]).upper()
            name = re.sub(r"_A?$", "", name)
        return self.columns.get(name, name)

    def period_of(self, header: Sequence[str], titles: str, file: str) -> str:
        """Return the one period that the names of columns, the titles or the file's name state."""
        if self.period.columns is not None:
            found = set(self.periods_of(header).values())
            return found.pop() if len(found) == 1 else ""
        # Where the family says that its titles, or its file's name, bear the year, it needs no word before it.
        lines = titles.split("\n") if self.period.title is not None else []
        readings = [title_period(line) for line in lines]
        cited = {one.period for reading in readings for one in reading.candidates if one.weak}
        named = {mention.period for mention in period_mentions(file)} if self.period.file else set()
        places = ({reading.period for reading in readings} - {""}, cited, named)
        return next((found.pop() for found in places if len(found) == 1), "")


def _first(pattern: re.Pattern[str], header: Sequence[str]) -> str:
    """Return the column that matches the earliest alternative of a pattern."""
    for alternative in _alternatives(pattern):
        for name in header:
            if alternative.fullmatch(name):
                return name
    return ""


def _alternatives(pattern: re.Pattern[str]) -> list[re.Pattern[str]]:
    depth, start, parts = 0, 0, []
    for at, char in enumerate(pattern.pattern):
        depth += (char == "(") - (char == ")")
        if char == "|" and not depth:
            parts.append(pattern.pattern[start:at])
            start = at + 1
    parts.append(pattern.pattern[start:])
    return [re.compile(part, re.IGNORECASE) for part in parts]


def role(pattern: re.Pattern[str] | None, header: Sequence[str]) -> str:
    """Return the column that plays a role, or an empty text."""
    return _first(pattern, header) if pattern is not None else ""


def recognise(header: Sequence[str], known: Mapping[str, Family]) -> Family | None:
    """Return the family that explains most columns of a header, if any does.

    Examples
    --------
    >>> recognise(["IRIS", "COM", "P20_LOG", "P20_RP"], read_families()).code
    'base-ic-logement'
    >>> recognise(["Quartier", "Allocataires"], read_families()) is None
    True
    """
    scores = {code: family.recognises(header) for code, family in known.items()}
    # A family of figures says more than one of outlines, whose columns any table may have.
    best = max(
        scores, key=lambda code: (scores[code] > 0, known[code].kind == "figures", scores[code]),
        default="",
    )  # fmt: skip
    return known[best] if best and scores[best] else None


def kin_of(name: str, known: Mapping[str, Family]) -> frozenset[str]:
    """Return the names under which sources give the same quantities as a family, itself first of all.

    Examples
    --------
    >>> sorted(kin_of("filosofi", read_families())), kin_of("", {})
    (['filosofi', 'filosofi-panel', 'filosofi-panel-qpv', 'filosofi-qpv'], frozenset())
    """
    if not name:
        return frozenset()
    collections = {one.collection for one in known.values() if one.is_named(name)} - {""}
    kin = {one.code for one in known.values() if one.collection in collections}
    return frozenset({name, *collections, *kin})


def read_families(root: Path | None = None) -> dict[str, Family]:
    """Read the families the library knows, and those of a workspace (``families/*.toml``).

    Parameters
    ----------
    root : Path, optional
        The workspace. A family of its own replaces the library's of the same name.

    Raises
    ------
    DescriptorError
        On an unknown key, a pattern that is none, a nature out of the list.
    """
    folders = [_library()] if root is None else [_library(), root / FOLDER_NAME]
    paths = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    return {path.stem: read_family(path) for path in paths}


def _library() -> Path:
    return Path(str(resources.files("observatoire.sources.families")))


def read_family(path: Path) -> Family:
    """Read and validate one family.

    Raises
    ------
    DescriptorError
        See :func:`read_families`.
    """
    return _read_family(path, path.read_bytes())


@lru_cache(maxsize=256)
def _read_family(path: Path, _: bytes) -> Family:
    # Every load asks for all of them: the same bytes are read once.
    return read(path, Family, code=path.stem, own=path.parent != _library())

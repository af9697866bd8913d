"""Known families of files: what a producer's columns look like, as data, not as modules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.errors import DescriptorError
from observatoire.sources.descriptors.file_spec import LAYOUTS, PERIOD_COLUMN_FORMS
from observatoire.sources.descriptors.sampling_design import read_precision
from observatoire.sources.parsers.number_style import THOUSANDS
from observatoire.sources.parsers.numbers import BLANK_MEANINGS
from observatoire.sources.parsers.periods import year_of
from observatoire.sources.parsers.stated_periods import name_period, title_period
from observatoire.sources.parsers.vocabulary import SIGN_KINDS
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


#: What a file of a family is: figures of territories, a list of territories, or their perimeters.
KINDS = ("figures", "members", "layer")

FOLDER_NAME = "families"


@dataclass(frozen=True)
class ColumnPattern:
    """Columns of one nature: a pattern of names, and what a ``source.toml`` says of each."""

    columns: re.Pattern[str]
    nature: Nature
    unit: str
    universe: str
    exploitation: str


@dataclass(frozen=True)
class SumIdentity:
    """A column that is the sum of others, on each row; « ## » stands for two digits of a year."""

    whole: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class PeriodRule:
    """Where the period is told: in the names of columns, a column, the titles, or the file's name."""

    columns: re.Pattern[str] | None = None
    column: re.Pattern[str] | None = None
    form: str = ""
    title: re.Pattern[str] | None = None
    file: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Family:
    """A family of files, as its TOML declares it. Patterns do not look at the case.

    ``own`` is that of a workspace: unlike a producer's, its files may write numbers in any way.
    """

    code: str
    title: str
    producer: str
    licence: str
    page: str
    kind: str
    layout: str
    zoning: tuple[str, ...]
    territory: re.Pattern[str]
    codes: re.Pattern[str] | None
    name: re.Pattern[str] | None
    commune: re.Pattern[str] | None
    variable_column: re.Pattern[str] | None
    value_column: re.Pattern[str] | None
    required: tuple[re.Pattern[str], ...]
    ignored: tuple[re.Pattern[str], ...]
    absence: str
    caveats: tuple[str, ...]
    period: PeriodRule
    markers: Mapping[str, object]
    secrecy: Mapping[str, object]
    precision: Mapping[str, object]
    measures: tuple[ColumnPattern, ...]
    labels: Mapping[str, str]
    identities: tuple[SumIdentity, ...] = ()
    decimal: str = ""
    thousands: str = ""
    own: bool = False

    def recognises(self, header: Sequence[str]) -> int:
        """Return how many columns the family explains, 0 when the header is not of the family."""
        named = [name for name in header if name]
        if not self.territory_column(named):
            return 0
        if not all(any(told.fullmatch(name) for name in named) for told in self.required):
            return 0
        explained = sum(self.measure(name) is not None for name in named)
        # A pattern that ignores everything explains nothing.
        explained += sum(
            any(told.fullmatch(name) for told in self.ignored if told.pattern != ".*")
            for name in named
        )
        return 1 + len(self.required) + explained

    def territory_column(self, header: Sequence[str]) -> str:
        """Return the column of codes; the first name that the pattern lists wins."""
        return _first(self.territory, header)

    def measure(self, name: str) -> ColumnPattern | None:
        """Return what a column measures, or None."""
        return next((one for one in self.measures if one.columns.fullmatch(name)), None)

    def is_ignored(self, name: str) -> bool:
        """Say whether a column is known and not a figure."""
        return any(told.fullmatch(name) for told in self.ignored)

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
        return {name: year_of(parts[1]) for name, parts in found.items() if parts}

    def period_of(self, header: Sequence[str], titles: str, file: str) -> str:
        """Return the one period that the names of columns, the titles or the file's name state."""
        if self.period.columns is not None:
            found = set(self.periods_of(header).values())
            return found.pop() if len(found) == 1 else ""
        lines = titles.split("\n") if self.period.title is not None else []
        stated = {title_period(line).period for line in lines} - {""}
        if len(stated) == 1:
            return stated.pop()
        return name_period(file).period if self.period.file is not None else ""


def _first(pattern: re.Pattern[str], header: Sequence[str]) -> str:
    """Return the column that matches the earliest alternative of a pattern."""
    for one in _alternatives(pattern):
        for name in header:
            if one.fullmatch(name):
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
    table = read_toml(path)
    family = Family(
        code=path.stem,
        title=table.text("title"),
        producer=table.text("producer"),
        licence=table.text("licence"),
        page=table.text("page", ""),
        kind=table.text("kind", "figures", choices=KINDS),
        layout=table.text("layout", "wide", choices=LAYOUTS),
        zoning=table.texts("zoning"),
        territory=table.pattern("territory"),
        codes=_pattern(table, "codes"),
        name=_pattern(table, "name"),
        commune=_pattern(table, "commune"),
        variable_column=_pattern(table, "variable_column"),
        value_column=_pattern(table, "value_column"),
        required=table.patterns("required"),
        ignored=table.patterns("ignored"),
        absence=table.text("absence", ""),
        caveats=table.texts("caveats"),
        period=_read_period(table.child("period")),
        markers=_read_markers(table.child("markers")),
        secrecy=_read_secrecy(table.child("secrecy")),
        precision=_read_precision(table.child("precision")),
        measures=tuple(_read_measure(child) for child in table.array("variables")),
        labels=_read_labels(table.child("labels")),
        identities=tuple(_read_identity(child) for child in table.array("identities")),
        decimal=table.text("decimal", "", choices=(".", ",")),
        thousands=table.text("thousands", "", choices=THOUSANDS),
        own=path.parent != _library(),
    )
    table.close()
    _check(family, table)
    return family


def _check(family: Family, table: Declaration) -> None:
    if not family.required:
        raise DescriptorError(
            "La famille ne dit pas à quelles colonnes on la reconnaît.",
            where=table.where,
            remedy='Ajoutez required = ["motif de colonne", …].',
        )
    if not family.zoning:
        raise DescriptorError(
            "La famille ne dit pas de quel zonage sont ses territoires.",
            where=table.where,
            remedy='Ajoutez zoning = ["début du code d’un zonage", …], par exemple ["quartier"].',
        )
    if family.thousands and family.thousands == family.decimal:
        raise table.refuse("thousands", "un autre signe que « decimal »")
    if family.kind == "figures" and not family.measures:
        raise DescriptorError(
            "La famille ne décrit aucune colonne de chiffres.",
            where=table.where,
            remedy="Ajoutez une table [[variables]] par nature de colonnes.",
        )
    if family.layout == "long" and not (family.variable_column and family.value_column):
        raise DescriptorError(
            "La famille est en long mais ne dit pas où sont la variable et la valeur.",
            where=table.where,
            remedy="Ajoutez variable_column et value_column.",
        )


def _pattern(table: Declaration, key: str) -> re.Pattern[str] | None:
    text = table.text(key, "")
    return table.pattern(key, text) if text else None


def _read_period(table: Declaration) -> PeriodRule:
    rule = PeriodRule(
        columns=_pattern(table, "columns"),
        column=_pattern(table, "column"),
        form=table.text("form", "", choices=PERIOD_COLUMN_FORMS),
        title=_pattern(table, "title"),
        file=_pattern(table, "file"),
    )
    table.close()
    if rule.columns is not None and rule.columns.groups != 1:
        raise table.refuse("columns", "le motif doit mettre les chiffres de l’année entre ( )")
    return rule


def _read_markers(table: Declaration) -> dict[str, object]:
    read: dict[str, object] = {key: list(table.texts(key)) for key in SIGN_KINDS}
    read["blank"] = table.text("blank", "missing", choices=BLANK_MEANINGS)
    table.close()
    return {key: value for key, value in read.items() if value}


def _read_secrecy(table: Declaration) -> dict[str, object]:
    read: dict[str, object] = {
        "threshold": table.take("threshold", float, 0.0),
        "unit": table.text("unit", ""),
        "rule": table.text("rule", ""),
    }
    table.close()
    if not 0 <= table.take("threshold", float, 0.0) < float("inf"):
        raise table.refuse("threshold", "un seuil ne peut être négatif")
    return read


def _read_precision(table: Declaration) -> Mapping[str, object]:
    """Return the table as it stands, for a ``source.toml`` to say it again, once it is known to be fit."""
    read_precision(table)
    return table.table


def _read_measure(table: Declaration) -> ColumnPattern:
    measure = ColumnPattern(
        columns=table.pattern("columns"),
        nature=Nature(table.text("nature", choices=tuple(Nature))),
        unit=table.text("unit", ""),
        universe=table.text("universe", ""),
        exploitation=table.text("exploitation", ""),
    )
    table.close()
    return measure


def _read_identity(table: Declaration) -> SumIdentity:
    identity = SumIdentity(table.text("whole"), table.texts("parts"))
    table.close()
    told = [*identity.parts, identity.whole]
    if len(identity.parts) < 2 or len(set(told)) < len(told):  # noqa: PLR2004 - a sum
        raise table.refuse(
            "parts", "au moins deux colonnes, chacune une fois, sans la somme elle-même"
        )
    return identity


def _read_labels(table: Declaration) -> dict[str, str]:
    return {key: table.text(key) for key in table.table}

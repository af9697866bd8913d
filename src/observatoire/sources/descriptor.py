"""A source as its ``source.toml`` declares it: who, what, on which zoning, under which rules."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from observatoire.declarations import Declaration, read_toml
from observatoire.errors import DescriptorError, suggestion
from observatoire.rules import Rule, read_rule
from observatoire.sources.conventions import Convention, read_convention
from observatoire.sources.precision import PrecisionRule, read_precision
from observatoire.sources.writings import THOUSANDS
from observatoire.values import PERIOD_FORMS, Nature, Status, is_period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DESCRIPTOR_NAME = "source.toml"
LAYOUTS = ("wide", "long")
#: Files whose rows are no figures (see registers.toml).
REGISTERS = ("objectives", "actions", "notes")
BLANK_MEANINGS = ("missing", "secret", "zero")

#: How a column writes its periods: two digits of a year, or the date of a day.
PERIOD_COLUMN_FORMS = ("yy", "date")


@dataclass(frozen=True)
class Variable:
    """One column of figures: its nature decides what may be done to it."""

    code: str
    label: str
    nature: Nature
    unit: str
    universe: str
    exploitation: str = ""


@dataclass(frozen=True)
class FileSpec:
    """One file of a source: how its rows become observations.

    A ``wide`` file has one column a variable; a ``long`` file has one figure a row. ``header`` is
    the line of the column names (0: found), ``member`` the file to read inside an archive,
    ``period_form`` how the period column is written when it is neither a year nor a month,
    ``periods`` the period of the columns that are about another one than ``period``, ``columns``
    the variable of those that are not named after it (« Allocataires 2014 »), ``thousands`` the
    mark between thousands when it is not a space.
    """

    name: str
    layout: str
    territory: str
    separator: str = ""
    encoding: str = ""
    decimal: str = ""
    thousands: str = ""
    sheet: str = ""
    header: int = 0
    member: str = ""
    period: str = ""
    period_form: str = ""
    periods: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    period_column: str = ""
    zoning_column: str = ""
    variable_column: str = ""
    value_column: str = ""
    low_column: str = ""
    high_column: str = ""
    note_column: str = ""
    ignored: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    replaces: str = ""
    register: str = ""
    funders: Mapping[str, str] = field(default_factory=dict)

    @property
    def role_columns(self) -> tuple[str, ...]:
        """Columns that are not variables, in the order in which they are declared."""
        roles = (
            self.territory,
            self.period_column,
            self.zoning_column,
            self.variable_column,
            self.value_column,
            self.low_column,
            self.high_column,
            self.note_column,
        )
        return tuple(column for column in roles if column)


@dataclass(frozen=True)
class Markers:
    """The signs a producer writes instead of a number, and what a blank cell means.

    ``zero_below`` says whether « <5 » may be zero.
    """

    secret: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    blank: str = "missing"
    zero_below: bool = True

    def statuses(self) -> dict[str, Status]:
        """Return the status that each sign stands for."""
        return {
            **dict.fromkeys(self.secret, Status.SECRET),
            **dict.fromkeys(self.missing, Status.MISSING),
            **dict.fromkeys(self.not_applicable, Status.NOT_APPLICABLE),
        }


@dataclass(frozen=True)
class Source:
    """A source: its identity, its files, its variables, its markers and its secrecy rule."""

    code: str
    folder: Path
    title: str
    producer: str
    licence: str
    page: str
    published: str
    obtained: str
    zoning: str
    absence: str
    caveats: tuple[str, ...]
    files: tuple[FileSpec, ...]
    variables: Mapping[str, Variable]
    markers: Markers
    secrecy: Rule
    sha256: str
    precision: PrecisionRule = PrecisionRule()  # noqa: RUF009 - frozen
    convention: Convention | None = None

    def standing(self) -> tuple[FileSpec, ...]:
        """Return the files that no other one replaces."""
        replaced = {spec.replaces for spec in self.files}
        return tuple(spec for spec in self.files if spec.name not in replaced)

    def file(self, name: str) -> FileSpec:
        """Return the specification of one file.

        Raises
        ------
        DescriptorError
            When ``source.toml`` does not declare it, or says that another one replaces it.
        """
        for spec in self.files:
            if spec.replaces == name:
                raise DescriptorError(
                    f"Le fichier « {name} » est remplacé par « {spec.name} ».",
                    where=f"{self.code}/{DESCRIPTOR_NAME}",
                    remedy=f"Chargez « {spec.name} », ou retirez sa ligne « replaces ».",
                )
        for spec in self.files:
            if spec.name == name:
                return spec
        raise DescriptorError(
            f"Le fichier « {name} » n’est pas déclaré.",
            where=f"{self.code}/{DESCRIPTOR_NAME}",
            remedy=f"{suggestion(name, [spec.name for spec in self.files], most=0)} Sinon ajoutez "
            f'une table [[files]] avec name = "{name}".',
        )


def read_source(folder: Path) -> Source:
    """Read and validate ``source.toml`` in a source's folder.

    Raises
    ------
    DescriptorError
        On an unknown key (with the nearest right one), a value out of its list, a missing file
        table, or a file that says its period neither once nor by column.
    """
    path = folder / DESCRIPTOR_NAME
    table = read_toml(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return build_source(table, folder, folder.resolve().name, digest)


def build_source(table: Declaration, folder: Path, code: str, sha256: str) -> Source:
    """Validate a source's declaration, read from its file or made by a preview.

    Parameters
    ----------
    table : Declaration
        What ``source.toml`` says, or would say.
    folder : Path
        Where its files are.
    code : str
        The source's code when the declaration tells none.
    sha256 : str
        Digest of the declaration.
    """
    convention = read_convention(table.child("convention"))
    source = Source(
        code=table.text("code", code),
        folder=folder,
        title=table.text("title"),
        producer=table.text("producer"),
        licence=table.text("licence"),
        page=table.text("page", ""),
        published=table.text("published", ""),
        obtained=table.text("obtained", ""),
        zoning=table.text("zoning"),
        absence=table.text("absence", ""),
        caveats=table.texts("caveats"),
        files=tuple(_read_file(child) for child in table.array("files")),
        variables={
            code: _read_variable(code, child) for code, child in table.children("variables").items()
        },
        markers=_read_markers(table.child("markers")),
        secrecy=_agreed(read_rule(table.child("secrecy")), convention),
        sha256=sha256,
        precision=read_precision(table.child("precision")),
        convention=convention,
    )
    table.close()
    _check_whole(source, table)
    return source


def _read_file(table: Declaration) -> FileSpec:
    register = table.text("register", "", choices=REGISTERS)
    spec = FileSpec(
        name=table.text("name"),
        register=register,
        funders=_read_texts(table.child("funders")),
        layout=table.text("layout", "wide", choices=LAYOUTS),
        territory=table.text("territory", "perimetre" if register else None),
        separator=table.text("separator", ""),
        encoding=table.text("encoding", ""),
        decimal=table.text("decimal", "", choices=(".", ",")),
        thousands=table.text("thousands", "", choices=THOUSANDS),
        sheet=table.text("sheet", ""),
        header=table.take("header", int, 0),
        member=table.text("member", ""),
        period_form=table.text("period_form", "", choices=PERIOD_COLUMN_FORMS),
        period=table.text("period", ""),
        period_column=table.text("period_column", ""),
        zoning_column=table.text("zoning_column", ""),
        variable_column=table.text("variable_column", ""),
        value_column=table.text("value_column", ""),
        low_column=table.text("low_column", ""),
        high_column=table.text("high_column", ""),
        note_column=table.text("note_column", ""),
        ignored=table.texts("ignored"),
        totals=table.texts("totals"),
        replaces=table.text("replaces", ""),
        periods=_read_column_periods(table.child("periods")),
        columns=_read_texts(table.child("columns")),
    )
    table.close()
    _check_marks(spec, table)
    _check_columns(spec, table)
    if spec.header < 0:
        raise table.refuse("header", "le numéro d’une ligne, à partir de 1")
    if spec.period and not is_period(spec.period):
        raise table.refuse("period", f"une période s’écrit {PERIOD_FORMS}")
    if bool(spec.low_column) != bool(spec.high_column):
        one, other = sorted(("low_column", "high_column"), key=lambda key: not getattr(spec, key))
        raise table.refuse(one, f"une borne ne va pas sans l’autre ; ajoutez {other}")
    if PurePath(spec.name).name != spec.name or "\\" in spec.name:
        raise DescriptorError(
            f"« {spec.name} » n’est pas un simple nom de fichier.",
            where=table.where,
            why="Une source ne lit que les fichiers de son propre dossier.",
            remedy="Déposez le fichier à côté de source.toml et donnez son nom seul.",
        )
    if not spec.period and not spec.period_column and not register:
        raise DescriptorError(
            f"On ne sait pas à quelle période se rapporte « {spec.name} ».",
            where=table.where,
            remedy='Ajoutez period = "2016", ou period_column = "nom de la colonne".',
        )
    if spec.layout == "long" and not (spec.variable_column and spec.value_column):
        raise DescriptorError(
            f"Le fichier « {spec.name} » est en long mais ne dit pas où sont la variable et la valeur.",
            where=table.where,
            remedy="Ajoutez variable_column et value_column.",
        )
    return spec


def _check_marks(spec: FileSpec, table: Declaration) -> None:
    if len(spec.separator) > 1 or spec.separator in ('"', "\n", "\r"):
        raise table.refuse("separator", 'un seul signe, par exemple ";" ou "\\t"')
    if spec.thousands and spec.thousands == spec.decimal:
        raise table.refuse("thousands", "un autre signe que « decimal »")


def _check_columns(spec: FileSpec, table: Declaration) -> None:
    """Check that two columns of one variable are about two periods."""
    seen: dict[tuple[str, str], str] = {}
    for column, variable in spec.columns.items():
        told = (variable, spec.periods.get(column, spec.period))
        if told in seen:
            raise DescriptorError(
                f"« {seen[told]} » et « {column} » donnent tous deux {variable} ({told[1]}).",
                where=table.where,
                why="On ne saurait lequel garder.",
                remedy="Dites la période de chacune dans [files.periods].",
            )
        seen[told] = column


def _read_texts(table: Declaration) -> dict[str, str]:
    """Read a word for each column: who pays it, which variable it holds."""
    told = {column: table.text(column) for column in table.table}
    table.close()
    return told


def _read_column_periods(table: Declaration) -> dict[str, str]:
    periods = {column: table.text(column) for column in table.table}
    for column, period in periods.items():
        if not is_period(period):
            raise table.refuse(column, f"une période s’écrit {PERIOD_FORMS}")
    return periods


def _read_variable(code: str, table: Declaration) -> Variable:
    variable = Variable(
        code=code,
        label=table.text("label"),
        nature=Nature(table.text("nature", choices=tuple(Nature))),
        unit=table.text("unit", ""),
        universe=table.text("universe", ""),
        exploitation=table.text("exploitation", ""),
    )
    table.close()
    return variable


def _read_markers(table: Declaration) -> Markers:
    markers = Markers(
        secret=table.texts("secret"),
        missing=table.texts("missing"),
        not_applicable=table.texts("not_applicable"),
        blank=table.text("blank", "missing", choices=BLANK_MEANINGS),
        zero_below=table.take("zero_below", bool, True),  # noqa: FBT003 - a default, not a switch
    )
    table.close()
    signs = [*markers.secret, *markers.missing, *markers.not_applicable]
    twice = next((sign for sign in signs if signs.count(sign) > 1), "")
    if twice:
        key = next(
            key
            for key in ("not_applicable", "missing", "secret")
            if twice in table.table.get(key, ())
        )
        raise table.refuse(key, f"la marque « {twice} » a déjà un autre sens")
    return markers


def _agreed(rule: Rule, convention: Convention | None) -> Rule:
    """Return the rule as the agreement makes it stricter; it never makes it looser."""
    if convention is None or convention.threshold <= rule.threshold:
        return rule
    told = convention.reference or f"Convention avec {convention.partner}."
    return replace(
        rule,
        threshold=convention.threshold,
        dated=tuple(
            replace(each, threshold=max(each.threshold, convention.threshold))
            for each in rule.dated
        ),
        unit=convention.threshold_kind,
        rule=" ".join(text for text in (rule.rule, told) if text),
    )


def _check_whole(source: Source, table: Declaration) -> None:
    if not source.files:
        raise DescriptorError(
            "La source ne déclare aucun fichier.",
            where=table.where,
            remedy="Ajoutez une table [[files]] par fichier.",
        )
    if not source.variables and not all(spec.register for spec in source.files):
        raise DescriptorError(
            "La source ne déclare aucune variable.",
            where=table.where,
            remedy="Ajoutez une table [variables.CODE] par colonne de chiffres.",
        )
    _check_secrecy(source, table)


def _check_secrecy(source: Source, table: Declaration) -> None:
    """Check that the rule names variables of the source."""
    rule = source.secrecy
    told = [name for total, parts in rule.sums for name in (total, *parts)]
    told += [name for condition in rule.conditions for name in condition.variables]
    told += [condition.basis for condition in rule.conditions if "/" not in condition.basis]
    if rule.dominance:
        told += [*rule.dominance.largest, *rule.dominance.largest.values(), rule.dominance.units]
    unknown = next((name for name in told if name and name not in source.variables), "")
    if unknown:
        raise DescriptorError(
            f"La règle de secret nomme « {unknown} », que la source ne déclare pas.",
            where=f"{table.where}, [secrecy]",
            why="Une règle mal écrite ne cacherait rien.",
            remedy=suggestion(unknown, source.variables),
        )

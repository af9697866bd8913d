"""One file of a source, as a ``[[files]]`` table of ``source.toml`` declares it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.sources.parsers.number_style import THOUSANDS
from observatoire.values import PERIOD_FORMS, is_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.declarations.reader import Declaration


LAYOUTS = ("wide", "long")
#: Files whose rows are no figures (see registers.toml).
REGISTERS = ("objectives", "actions", "notes")

#: What may be done with rows of other places, when it is not to refuse them.
OUTSIDE = ("skip",)

#: How a column writes its periods: two digits of a year, or the date of a day.
PERIOD_COLUMN_FORMS = ("yy", "date")


@dataclass(frozen=True)
class FileSpec:
    """One file of a source: how its rows become observations.

    A ``wide`` file has one column a variable; a ``long`` file has one figure a row, in
    ``value_column``, or, without it, one in each column that ``periods`` names. ``header`` is
    the line of the column names (0: found), ``member`` the file to read inside an archive,
    ``period_form`` how the period column is written when it is neither a year nor a month,
    ``periods`` the period of the columns that are about another one than ``period``, ``columns``
    the variable of those that are not named after it (« Allocataires 2014 »), ``thousands`` the
    mark between thousands when it is not a space, ``prefix_column`` that of the communes to which
    short codes of IRIS are joined, ``commune_column`` that of the communes in which the territories
    named lie, ``outside`` what is done with the rows of other places: ``"skip"``, or refused.
    """

    name: str
    layout: str
    territory: str
    prefix_column: str = ""
    commune_column: str = ""
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
    outside: str = ""

    @property
    def role_columns(self) -> tuple[str, ...]:
        """Columns that are not variables, in the order in which they are declared."""
        roles = (
            self.territory,
            self.prefix_column,
            self.commune_column,
            self.period_column,
            self.zoning_column,
            self.variable_column,
            self.value_column,
            self.low_column,
            self.high_column,
            self.note_column,
        )
        return tuple(column for column in roles if column)

    @property
    def value_columns(self) -> tuple[str, ...]:
        """Columns of figures of a long file: one, or one a period; none of a wide one."""
        if self.layout != "long":
            return ()
        return (self.value_column,) if self.value_column else tuple(self.periods)


def read_file(table: Declaration) -> FileSpec:
    """Read and validate what ``source.toml`` says of one file.

    Raises
    ------
    DescriptorError
        On a value out of its list, or a file that says its period neither once nor by column.
    """
    spec = _written(table)
    table.close()
    for check in (_check_name, _check_marks, _check_periods, _check_roles, _check_columns):
        check(spec, table)
    return spec


def _written(table: Declaration) -> FileSpec:
    register = table.text("register", "", choices=REGISTERS)
    return FileSpec(
        name=table.text("name"),
        register=register,
        funders=_read_texts(table.child("funders")),
        layout=table.text("layout", "wide", choices=LAYOUTS),
        territory=table.text("territory", "perimetre" if register else None),
        prefix_column=table.text("prefix_column", ""),
        commune_column=table.text("commune_column", ""),
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
        outside=table.text("outside", "", choices=OUTSIDE),
        replaces=table.text("replaces", ""),
        periods=_read_column_periods(table.child("periods")),
        columns=_read_texts(table.child("columns")),
    )


def _check_name(spec: FileSpec, table: Declaration) -> None:
    if PurePath(spec.name).name != spec.name or "\\" in spec.name:
        raise DescriptorError(
            f"« {spec.name} » n’est pas un simple nom de fichier.",
            where=table.where,
            why="Une source ne lit que les fichiers de son propre dossier.",
            remedy="Déposez le fichier à côté de source.toml et donnez son nom seul.",
        )


def _check_marks(spec: FileSpec, table: Declaration) -> None:
    if len(spec.separator) > 1 or spec.separator in ('"', "\n", "\r"):
        raise table.refuse("separator", 'un seul signe, par exemple ";" ou "\\t"')
    if spec.thousands and spec.thousands == spec.decimal:
        raise table.refuse("thousands", "un autre signe que « decimal »")
    if spec.header < 0:
        raise table.refuse("header", "le numéro d’une ligne, à partir de 1")


def _check_periods(spec: FileSpec, table: Declaration) -> None:
    if spec.period and not is_period(spec.period):
        raise table.refuse("period", f"une période s’écrit {PERIOD_FORMS}")
    if not spec.period and not spec.period_column and not spec.register:
        raise DescriptorError(
            f"On ne sait pas à quelle période se rapporte « {spec.name} ».",
            where=table.where,
            remedy='Ajoutez period = "2016", ou period_column = "nom de la colonne".',
        )


def _check_roles(spec: FileSpec, table: Declaration) -> None:
    """Check that columns which go together are all there."""
    if bool(spec.low_column) != bool(spec.high_column):
        one, other = sorted(("low_column", "high_column"), key=lambda key: not getattr(spec, key))
        raise table.refuse(one, f"une borne ne va pas sans l’autre ; ajoutez {other}")
    if spec.layout == "long" and not (spec.variable_column and spec.value_columns):
        raise DescriptorError(
            f"Le fichier « {spec.name} » est en long mais ne dit pas où sont la variable et la valeur.",
            where=table.where,
            remedy="Ajoutez variable_column et value_column ; si chaque période a sa colonne, "
            'variable_column et [files.periods] : "2010" = "2010".',
        )
    if len(spec.value_columns) > 1 and spec.low_column:
        raise table.refuse("low_column", "des bornes vont avec une seule colonne de valeurs")
    by_period = spec.layout == "long" and not spec.value_column
    if by_period and spec.period_column:
        raise table.refuse("period_column", "[files.periods] dit déjà la période de chaque colonne")
    if by_period and len(set(spec.periods.values())) < len(spec.periods):
        raise table.refuse("periods", "deux colonnes ne peuvent dire la même période")


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

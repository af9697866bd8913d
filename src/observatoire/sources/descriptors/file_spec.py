"""One file of a source, as a ``[[files]]`` table of ``source.toml`` declares it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from observatoire.declarations.fields import (
    Count,
    MaybePeriod,
    Texts,
    checked,
    declared,
    doc,
    fault,
    lacking,
    on_reading,
    refuse,
)
from observatoire.values import PERIOD_FORMS, is_period

#: How a file lays its figures out: one column a variable, or one figure a row.
Layout = Literal["wide", "long"]
#: How a column writes its periods: two digits of a year, or the date of a day.
PeriodForm = Literal["", "yy", "date"]
#: What is done with the rows of other places: skipped, or refused.
Outside = Literal["", "skip"]
DecimalMark = Literal["", ".", ","]
ThousandsMark = Literal["", ".", ",", "'"]

_PERIOD = checked(is_period, f"une période s’écrit {PERIOD_FORMS}")


def _in_its_folder(name: str) -> str:
    if PurePath(name).name != name or "\\" in name:
        raise fault(
            f"« {name} » n’est pas un simple nom de fichier.",
            why="Une source ne lit que les fichiers de son propre dossier.",
            remedy="Déposez le fichier à côté de source.toml et donnez son nom seul.",
        )
    return name


@declared
class FileSpec:
    """One file of a source: how its rows become observations.

    A ``wide`` file has one column a variable; a ``long`` file has one figure a row, in
    ``value_column``, or, without it, one in each column that ``periods`` names. ``header`` is
    the line of the column names (0: found), ``member`` the file to read inside an archive,
    ``period_form`` how the period column is written when it is neither a year nor a month,
    ``part_column`` that of the quarter, half-year or month of the year said beside it or by ``period``,
    ``periods`` the period of the columns that are about another one than ``period``, ``columns``
    the variable of those that are not named after it (« Allocataires 2014 »), ``thousands`` the
    mark between thousands when it is not a space, ``prefix_column`` that of the communes to which
    short codes of IRIS are joined, ``commune_column`` that of the communes in which the territories
    named lie, ``outside`` what is done with the rows of other places: ``"skip"``, or refused.
    """

    name: Annotated[str, AfterValidator(_in_its_folder), doc("Nom du fichier, dans ce dossier.")]
    layout: Annotated[
        Layout,
        doc("wide : une colonne par variable ; long : un chiffre par ligne.", default="wide"),
    ]
    territory: Annotated[str, doc("Colonne des codes ou des noms de territoires.", default="")]
    prefix_column: Annotated[str, doc("Colonne de la commune à joindre à un code court.")] = ""
    commune_column: Annotated[str, doc("Colonne de la commune des territoires nommés.")] = ""
    separator: Annotated[
        str,
        doc("Séparateur des colonnes ; sans cette clé, il est trouvé."),
        checked(
            lambda mark: len(mark) <= 1 and mark not in ('"', "\n", "\r"),
            'un seul signe, par exemple ";" ou "\\t"',
        ),
    ] = ""
    encoding: Annotated[str, doc("Encodage du texte ; sans cette clé, il est trouvé.")] = ""
    decimal: Annotated[DecimalMark, doc("Marque décimale.")] = ""
    thousands: Annotated[
        ThousandsMark, doc("Marque des milliers, quand ce n’est pas une espace.")
    ] = ""
    sheet: Annotated[str, doc("Feuille du classeur.")] = ""
    header: Annotated[
        Count,
        doc("Ligne des noms de colonnes ; 0 : à trouver."),
        checked(lambda line: line >= 0, "le numéro d’une ligne, à partir de 1"),
    ] = 0
    member: Annotated[str, doc("Fichier à lire dans une archive.")] = ""
    period: Annotated[MaybePeriod, doc("Période de tout le fichier.")] = ""
    period_form: Annotated[PeriodForm, doc("Comment period_column écrit ses périodes.")] = ""
    periods: Annotated[
        Mapping[str, Annotated[str, _PERIOD]],
        doc("Période des colonnes qui ne sont pas de « period », ou de chaque colonne en long."),
    ] = Field(default_factory=dict)
    columns: Annotated[
        Mapping[str, str], doc("Variable des colonnes qui n’en portent pas le nom.")
    ] = Field(default_factory=dict)
    period_column: Annotated[str, doc("Colonne des périodes.")] = ""
    part_column: Annotated[
        str, doc("Colonne du trimestre, du semestre ou du mois, à côté de celle de l’année.")
    ] = ""
    zoning_column: Annotated[str, doc("Colonne du zonage de chaque ligne.")] = ""
    variable_column: Annotated[str, doc("Colonne du nom de la variable, en long.")] = ""
    value_column: Annotated[str, doc("Colonne du chiffre, en long.")] = ""
    low_column: Annotated[str, doc("Colonne de la borne basse.")] = ""
    high_column: Annotated[str, doc("Colonne de la borne haute.")] = ""
    note_column: Annotated[str, doc("Colonne des notes.")] = ""
    ignored: Annotated[Texts, doc("Colonnes à ne pas lire.")] = ()
    totals: Annotated[Texts, doc("Lignes qui sont des totaux, à ne pas lire.")] = ()
    replaces: Annotated[str, doc("Fichier que celui-ci corrige.")] = ""
    register: Annotated[
        Literal["", "objectives", "actions", "notes"],
        doc("Registre dont ce fichier donne les lignes, au lieu de chiffres."),
    ] = ""
    funders: Annotated[Mapping[str, str], doc("Financeur de chaque colonne de montants.")] = Field(
        default_factory=dict
    )
    outside: Annotated[
        Outside,
        doc("skip : les lignes d’autres lieux, ou d’aucun, sont mises de côté sans faute."),
    ] = ""

    @model_validator(mode="before")
    @classmethod
    def _of_a_register(cls, table: Any) -> Any:
        if isinstance(table, dict) and table.get("register"):
            return {"territory": "perimetre", **table}
        return table

    @on_reading
    def _holds_together(self) -> None:
        if not self.territory:
            raise lacking("territory")
        if self.thousands and self.thousands == self.decimal:
            raise refuse("un autre signe que « decimal »", "thousands")
        if not self.period and not self.period_column and not self.register:
            raise fault(
                f"On ne sait pas à quelle période se rapporte « {self.name} ».",
                remedy='Ajoutez period = "2016", ou period_column = "nom de la colonne".',
            )
        self._check_roles()
        self._check_columns()

    def _check_roles(self) -> None:
        """Check that columns which go together are all there."""
        if bool(self.low_column) != bool(self.high_column):
            bounds = ("low_column", "high_column")
            there, absent = sorted(bounds, key=lambda key: not getattr(self, key))
            raise refuse(f"une borne ne va pas sans l’autre ; ajoutez {absent}", there)
        if self.layout == "long" and not (self.variable_column and self.value_columns):
            raise fault(
                f"Le fichier « {self.name} » est en long mais ne dit pas où sont la variable et la "
                "valeur.",
                remedy="Ajoutez variable_column et value_column ; si chaque période a sa colonne, "
                'variable_column et [files.periods] : "2010" = "2010".',
            )
        if len(self.value_columns) > 1 and self.low_column:
            raise refuse("des bornes vont avec une seule colonne de valeurs", "low_column")
        by_period = self.layout == "long" and not self.value_column
        if by_period and self.period_column:
            raise refuse("[files.periods] dit déjà la période de chaque colonne", "period_column")
        if by_period and len(set(self.periods.values())) < len(self.periods):
            raise refuse("deux colonnes ne peuvent dire la même période", "periods")

    def _check_columns(self) -> None:
        """Check that two columns of one variable are about two periods."""
        columns: dict[tuple[str, str], str] = {}
        for column, variable in self.columns.items():
            figure = (variable, self.periods.get(column, self.period))
            if figure in columns:
                raise fault(
                    f"« {columns[figure]} » et « {column} » donnent tous deux {variable} "
                    f"({figure[1]}).",
                    why="On ne saurait lequel garder.",
                    remedy="Dites la période de chacune dans [files.periods].",
                )
            columns[figure] = column

    @property
    def role_columns(self) -> tuple[str, ...]:
        """Columns that are not variables, in the order in which they are declared."""
        roles = (
            self.territory,
            self.prefix_column,
            self.commune_column,
            self.period_column,
            self.part_column,
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

"""Read the registers of an evaluation: objectives, actions, notes; rows kept or refused by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import pandas as pd

from observatoire.declarations.fields import Code, Flag, Named, Texts, called, declared
from observatoire.declarations.reader import packaged, read
from observatoire.errors import UnknownColumnError
from observatoire.errors.arguments import suggestion
from observatoire.sources.observations.aliases import aliased_rows
from observatoire.sources.observations.parsed import NO_ALIAS, Parsed
from observatoire.sources.parsers.numbers import parse_numbers
from observatoire.sources.parsers.periods import last_day, read_date
from observatoire.sources.tables.rejects import REJECT_COLUMNS
from observatoire.values import Nature, is_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.descriptors.file_spec import FileSpec
    from observatoire.sources.descriptors.source import Source
    from observatoire.sources.tables.raw_table import RawTable
    from observatoire.territories.matcher import Matcher


_NUMBERS = ("number", "amount", "count")

#: Columns that say where, in every register: the zoning is the source's when not stated.
PLACE_COLUMNS = ("zonage", "perimetre")


@declared
class Field:
    """One column of a register: what it is called in the file and in the warehouse."""

    column: Code
    field: str
    kind: Literal[
        "text", "choice", "indicator", "theme", "period", "date", "number", "amount", "count"
    ]
    required: Flag = False
    choices: Texts = ()


@declared
class Register:
    """A kind of file whose rows are no figures: objectives, actions or notes.

    ``amounts`` starts the columns that hold one funder's money each; ``envelope`` is the type of a
    row that promises money before any action.
    """

    code: Code
    label: str
    table: str
    key: Texts
    fields: Annotated[Named[Field], called("columns")]
    amounts: str = ""
    envelope: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of its files, in order."""
        return (*PLACE_COLUMNS, *self.fields)

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every file has."""
        needed = (column for column, field in self.fields.items() if field.required)
        return (PLACE_COLUMNS[1], *needed)


@dataclass(frozen=True)
class RegisterVocabulary:
    """The codes that a register may name; of each indicator, its nature and its unit."""

    zonings: Mapping[str, Matcher]
    indicators: Mapping[str, tuple[str, str]]
    themes: tuple[str, ...]


@cache
def registers() -> dict[str, Register]:
    """Return the registers of the library, by code.

    Raises
    ------
    DescriptorError
        When ``registers.toml`` says something impossible.

    Examples
    --------
    >>> list(registers())
    ['objectives', 'actions', 'notes']
    """
    path = packaged("observatoire.sources.observations", "registers.toml")
    found: dict[str, Register] = read(path, Named[Register])  # type: ignore[arg-type]
    return found


@dataclass(frozen=True)
class Reject:
    """Why one row is refused."""

    line: int
    column: str
    raw: str
    kind: str
    reason: str


def enrol(table: RawTable, source: Source, spec: FileSpec, words: RegisterVocabulary) -> Parsed:
    """Read the rows of a register.

    Parameters
    ----------
    table : RawTable
        The file's raw rows.
    source, spec : Source, FileSpec
        What ``source.toml`` says of it; ``spec.register`` names the register.
    words : RegisterVocabulary
        Territories, indicators and themes known.

    Returns
    -------
    Parsed
        Rows as the register's table in the warehouse takes them, and rejects; nothing raised for a
        faulty row, see :func:`~observatoire.sources.observations.refuse_faults`.

    Raises
    ------
    UnknownColumnError
        On a column that is required and lacks, or that the register does not know.
    """
    register = registers()[spec.register]
    _check_columns(table, register, spec)
    reader = _Reader(table, source, spec, register, words)
    rows = reader.rows()
    rejects = pd.DataFrame(
        [(r.line, r.column, r.raw, r.kind, r.reason) for r in reader.rejects],
        columns=list(REJECT_COLUMNS),
    ).astype(dict.fromkeys(("column", "raw", "kind", "reason"), "str"))
    kept = rows[~rows["line"].isin(rejects["line"])]
    again = _repeated(kept, register)
    rejects = pd.concat([rejects, again], ignore_index=True)
    kept = kept[~kept["line"].isin(again["line"])]
    if register.amounts:
        kept = _by_funder(kept)
    rejects = rejects.sort_values("line", kind="stable")
    aliased = _aliased(kept, table, spec, words)
    return Parsed(table, kept.reset_index(drop=True), rejects, aliased=aliased)


def _aliased(
    kept: pd.DataFrame, table: RawTable, spec: FileSpec, words: RegisterVocabulary
) -> pd.DataFrame:
    """Tell which rows went by another name of their perimeter, where the file has that column."""
    if spec.territory not in table.frame.columns:
        return NO_ALIAS
    raw = dict(zip(table.lines, table.frame[spec.territory].str.strip(), strict=True))
    rows = kept.drop_duplicates("line")
    named = rows.assign(raw=rows["line"].map(raw))[["line", "raw", "zoning", "territory"]]
    return aliased_rows(named, words.zonings)


def _check_columns(table: RawTable, register: Register, spec: FileSpec) -> None:
    header = [str(name) for name in table.frame.columns]
    for column in register.required:
        if column not in header:
            raise UnknownColumnError(
                f"La colonne « {column} » n’est pas dans le fichier.",
                where=table.name,
                why=f"Un registre des {register.label} ne se lit pas sans elle.",
                remedy=suggestion(column, [name for name in header if name]),
                column=column,
            )
    for column in header:
        paid = bool(register.amounts) and column.startswith(register.amounts)
        if column not in (*register.columns, *spec.ignored) and not paid:
            raise UnknownColumnError(
                f"La colonne « {column} » n’est pas de celles d’un registre des {register.label}.",
                where=table.name,
                why="Ignorée sans bruit, elle serait perdue.",
                remedy=f"{suggestion(column, register.columns, most=20)} Ou ajoutez « {column} » à "
                "ignored dans source.toml.",
                column=column,
            )


class _Reader:
    """Reads one register, and gathers what it refuses."""

    def __init__(
        self,
        table: RawTable,
        source: Source,
        spec: FileSpec,
        register: Register,
        words: RegisterVocabulary,
    ) -> None:
        self.table, self.source, self.spec = table, source, spec
        self.register, self.words = register, words
        self.lines = [int(line) for line in table.lines]
        self.rejects: list[Reject] = []

    def rows(self) -> pd.DataFrame:
        """Return the rows, those that are refused too."""
        columns: dict[str, object] = {"line": self.lines, **self._place()}
        for field in self.register.fields.values():
            columns[field.field] = self._read(field)
        rows = pd.DataFrame(columns)
        if self.register.amounts:
            rows = rows.assign(**self._amounts())
        if self.register.code == "objectives":
            self._check_objectives(rows)
        return rows

    def _texts(self, column: str) -> pd.Series:
        if column in self.table.frame.columns:
            return self.table.frame[column].str.strip()
        return pd.Series("", index=self.table.frame.index, dtype="str")

    def _refuse(self, at: int, column: str, kind: str, reason: str) -> None:
        raw = str(self._texts(column).iloc[at])
        self.rejects.append(Reject(self.lines[at], column, raw, kind, reason))

    def _blank(self, at: int, column: str, choices: tuple[str, ...] = ()) -> None:
        first, last = ", ".join(choices[:-1]), "".join(choices[-1:])
        choices_text = f" Écrivez {first} ou {last}." if choices else ""
        self._refuse(at, column, "blank", f"La cellule « {column} » est vide.{choices_text}")

    def _place(self) -> dict[str, list[str]]:
        zonings, codes = [], []
        written = self._texts(PLACE_COLUMNS[0]).where(lambda text: text != "", self.source.zoning)
        for at, (zoning, text) in enumerate(
            zip(written, self._texts(self.spec.territory), strict=True)
        ):
            code = ""
            if zoning not in self.words.zonings:
                reason = f"Le zonage « {zoning} » n’est pas déclaré."
                near = suggestion(zoning, self.words.zonings)
                self._refuse(at, PLACE_COLUMNS[0], "zoning", f"{reason} {near}")
            else:
                code = self.words.zonings[zoning].find(text)
                if not text:
                    self._blank(at, self.spec.territory)
                elif not code:
                    what, near = self.words.zonings[zoning].unknown(text)
                    self._refuse(at, self.spec.territory, "territory", f"{what} {near}")
            zonings.append(zoning)
            codes.append(code)
        return {"zoning": zonings, "territory": codes}

    def _read(self, field: Field) -> list[object]:
        texts = self._texts(field.column)
        if field.required:
            for at in np.flatnonzero((texts == "").to_numpy()):
                self._blank(int(at), field.column, field.choices)
        if field.kind in _NUMBERS:
            return list(self._numbers(field.column, field.kind))
        return [self._word(field, at, text) if text else "" for at, text in enumerate(texts)]

    def _word(self, field: Field, at: int, text: str) -> str:
        known = {
            "choice": field.choices,
            "indicator": self.words.indicators,
            "theme": self.words.themes,
        }.get(field.kind)
        if known is not None and text not in known:
            what = {
                "indicator": f"L’indicateur « {text} » n’est pas au catalogue.",
                "theme": f"La thématique « {text} » n’est pas au catalogue.",
            }.get(field.kind, f"« {text} » n’est pas une valeur de « {field.column} ».")
            self._refuse(at, field.column, "word", f"{what} {suggestion(text, known, most=8)}")
        if field.kind == "period" and not is_period(text):
            self._refuse(at, field.column, "period", f"« {text} » n’est pas une période.")
        if field.kind == "date":
            found = read_date(text)
            if not found:
                self._refuse(at, field.column, "date", f"« {text} » n’est pas une date.")
            return found or text
        return text

    def _numbers(self, column: str, kind: str) -> pd.Series:
        texts = self._texts(column).str.replace(r"\s*(€|%)$", "", regex=True)
        decimal = self.spec.decimal if self.table.separator else ""
        # A blank amount is not stated, whatever blanks mean among the source’s figures.
        numbers = parse_numbers(texts, replace(self.source.markers, blank="missing"), decimal)
        for at in np.flatnonzero(numbers.unreadable.to_numpy()):
            raw = self._texts(column).iloc[at]
            self._refuse(int(at), column, "figure", f"« {raw} » n’est pas un nombre.")
        if kind != "number":
            word = "montant" if kind == "amount" else "effectif"
            for at in np.flatnonzero((numbers.value < 0).to_numpy()):
                raw = self._texts(column).iloc[at]
                reason = f"« {raw} » est négatif : un {word} ne peut l’être."
                self._refuse(int(at), column, "below", reason)
        return numbers.value

    def _amounts(self) -> dict[str, pd.Series]:
        """Return each funder's money, under the name that the descriptor or the column gives."""
        prefix = self.register.amounts
        found = {}
        for column in map(str, self.table.frame.columns):
            if column.startswith(prefix):
                funder = column.removeprefix(prefix).replace("_", " ")
                name = self.spec.funders.get(column, funder)
                found[_AMOUNT + name] = self._numbers(column, "amount")
        return found

    def _check_objectives(self, rows: pd.DataFrame) -> None:
        names = ["start", "due", "baseline", "goal", "relative", "indicator"]
        for at, (start, due, baseline, goal, relative, code) in enumerate(
            rows[names].itertuples(index=False)
        ):
            if start and due and is_period(start) and last_day(due) < last_day(start):
                reason = f"L’échéance ({due}) précède le point de départ ({start})."
                self._refuse(at, "echeance", "order", reason)
            if not (np.isnan(goal) or np.isnan(relative)):
                reason = "Une cible et une variation sont données : on ne saurait laquelle viser."
                self._refuse(at, "cible", "goals", reason)
            if baseline == 0 and not np.isnan(relative):
                reason = "Une variation en % d’un départ nul n’a pas de sens."
                self._refuse(at, "variation", "aim", reason)
            self._check_figures(at, code, {"reference": baseline, "cible": goal}, relative)

    def _check_figures(
        self, at: int, code: str, figures: Mapping[str, float], relative: float
    ) -> None:
        """Refuse what an indicator of that nature can never be."""
        nature, unit = self.words.indicators.get(code, ("", ""))
        if nature not in _NEVER_NEGATIVE:
            return
        for column, figure in figures.items():
            if figure < 0:
                reason = f"« {code} » ne peut être négatif."
                self._refuse(at, column, "aim", reason)
            if nature == str(Nature.RATE) and unit == "%" and figure > _WHOLE:
                self._refuse(at, column, "aim", f"« {code} » ne peut dépasser 100 %.")
        if relative < -_WHOLE:
            self._refuse(at, "variation", "aim", "Une baisse ne peut dépasser 100 %.")


_NEVER_NEGATIVE = (str(Nature.COUNT), str(Nature.AMOUNT), str(Nature.RATE))

_WHOLE = 100.0  # per cent

_AMOUNT = "\0"  # starts the columns of money while a row has one a funder


def _repeated(rows: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Tell the rows that repeat another one."""
    key = list(register.key)
    own = {field.field: field.column for field in register.fields.values()}
    column = next((own[field] for field in reversed(key) if field in own), PLACE_COLUMNS[1])
    first: dict[tuple[object, ...], int] = {}
    again = []
    for line, *values in rows[["line", *key]].itertuples(index=False):
        kept = first.setdefault(tuple(values), line)
        if kept != line:
            reason = f"Cette ligne répète la ligne {kept}."
            again.append((line, column, str(values[-1]), "duplicate", reason))
    return pd.DataFrame(again, columns=list(REJECT_COLUMNS))


def _by_funder(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row an action and funder; an action without any amount keeps one row."""
    paid = [name for name in rows.columns if name.startswith(_AMOUNT)]
    plain = rows.drop(columns=paid)
    parts = [
        plain.assign(funder=name.removeprefix(_AMOUNT), amount=rows[name])[rows[name].notna()]
        for name in paid
    ]
    unpaid = rows[paid].isna().all(axis=1) if paid else pd.Series(data=True, index=rows.index)
    parts.append(plain.assign(funder="", amount=np.nan)[unpaid])
    return pd.concat(parts).sort_values(["line", "funder"], kind="stable")

"""Turn raw rows into observations; every row is kept, or refused with its line and its reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownColumnError,
    UnknownTerritoryError,
    UnreadableNumberError,
    suggestion,
)
from observatoire.sources.dates import DATE_FORMS
from observatoire.sources.numbers import parse_numbers
from observatoire.typography import enumerate_words, plural
from observatoire.values import PERIOD_FORMS, Nature, Status, is_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.descriptor import FileSpec, Source
    from observatoire.sources.reading import RawTable
    from observatoire.territories.names import Matcher

OBSERVATION_COLUMNS = (
    "line",
    "zoning",
    "territory",
    "variable",
    "period",
    "value",
    "low",
    "high",
    "status",
    "marker",
    "note",
)
REJECT_COLUMNS = ("line", "column", "raw", "kind", "reason")

#: Kinds of reject that are no fault: the row is about something else.
HARMLESS = ("outside", "total")


@dataclass(frozen=True)
class Parsed:
    """What became of a file's rows: ``rows_read`` = ``rows_kept`` + ``rows_rejected``, always."""

    table: RawTable
    observations: pd.DataFrame
    rejects: pd.DataFrame
    restored: pd.DataFrame = field(default_factory=pd.DataFrame)  # codes given back their zero

    @property
    def rows_read(self) -> int:
        """Rows of the file below its header."""
        return len(self.table.frame)

    @property
    def rows_rejected(self) -> int:
        """Rows set aside, each counted once."""
        return int(self.rejects["line"].nunique())

    @property
    def rows_kept(self) -> int:
        """Rows that gave observations."""
        return self.rows_read - self.rows_rejected

    @property
    def faults(self) -> pd.DataFrame:
        """Rejects that are faults of the file, harmless ones left out."""
        return self.rejects[~self.rejects["kind"].isin(HARMLESS)]


def observe(
    table: RawTable,
    source: Source,
    spec: FileSpec,
    zonings: Mapping[str, Matcher],
    scope: tuple[str, ...] = (),
) -> Parsed:
    """Read the observations of one file.

    Parameters
    ----------
    table : RawTable
        The file's raw rows.
    source, spec : Source, FileSpec
        What ``source.toml`` says of it.
    zonings : mapping of str to Matcher
        The territories known, by zoning.
    scope : tuple of str
        Communes observed. A code that starts with none of them is *outside* (a file that covers
        France): its row is set aside, and no fault. A code inside them that is unknown is a fault.

    Returns
    -------
    Parsed
        Observations and rejects; nothing raised for a faulty row, see :func:`refuse_faults`.

    Raises
    ------
    UnknownColumnError, UnknownTerritoryError
        On a column that is no variable of the source, or a zoning that is not declared.
    """
    cells = _melt(table, source, spec)
    cells = _place(cells, spec, source, zonings, table)
    # In a workbook or a Parquet file, numbers are typed: no decimal mark was written.
    decimal = spec.decimal if table.separator else ""
    numbers = parse_numbers(_without_percent(cells, source), source.markers, decimal)
    cells = cells.assign(
        value=numbers.value,
        low=numbers.low,
        high=numbers.high,
        status=numbers.status,
        marker=numbers.marker,
    )
    cells, wrong_bounds = _bounds(cells, table, source, spec)
    rejects = pd.concat(
        [
            _territory_rejects(cells, spec, zonings, scope),
            _number_rejects(cells, numbers.unreadable),
            _negative_rejects(cells, source),
            wrong_bounds,
            _period_rejects(cells, spec),
            _unknown_variables(cells, source, spec),
        ]
    )
    good = ~cells["line"].isin(rejects["line"])
    rejects = pd.concat([rejects, _duplicates(cells[good], spec)])
    good = ~cells["line"].isin(rejects["line"])
    kept = cells.loc[good, list(OBSERVATION_COLUMNS)].reset_index(drop=True)
    ordered = rejects.drop_duplicates().sort_values(["line", "column"], ignore_index=True)
    return Parsed(table, kept, ordered[list(REJECT_COLUMNS)])


def refuse_faults(parsed: Parsed) -> None:
    """Raise the error of the first faulty row, and say how many there are.

    Raises
    ------
    UnreadableNumberError, UnknownTerritoryError, DuplicateKeyError
        With the file, the line, the column and the raw text.
    """
    faults = parsed.faults
    if faults.empty:
        return
    first = faults.iloc[0]
    kind: type[RowError] = _ERROR_BY_KIND[str(first["kind"])]
    others = int(faults["line"].nunique()) - 1
    remedy = _remedy(str(first["kind"]), str(first["raw"]))
    if others:
        remedy += f" ({plural(others, 'autre ligne', 'autres lignes')} en faute dans ce fichier.)"
    raise kind(
        str(first["reason"]),
        where=f"{parsed.table.name}, ligne {first['line']}, colonne {first['column']}",
        why="Rien n’a été chargé.",
        remedy=remedy,
        rejects=faults,
    )


_ERROR_BY_KIND: dict[str, type[RowError]] = {
    "number": UnreadableNumberError,
    "territory": UnknownTerritoryError,
    "bounds": RowError,
    "period": RowError,
    "negative": UnreadableNumberError,
    "variable": RowError,
    "duplicate": DuplicateKeyError,
    "zoning": UnknownTerritoryError,
    "below": UnreadableNumberError,
    "blank": RowError,
    "word": RowError,
    "date": RowError,
    "order": RowError,
    "goals": RowError,
}
_REMEDY_BY_KIND = {
    "number": "Si c’est la marque du secret, déclarez-la dans source.toml : "
    '[markers] secret = ["{raw}"] ; sinon corrigez la cellule.',
    "written": "Corrigez la cellule, ou vérifiez « decimal » dans source.toml : un nombre s’écrit "
    "1 234,5 ou 1234.5, sans unité.",
    "bounds": "Corrigez l’une des deux bornes, ou la valeur.",
    "period": f"Une période s’écrit {PERIOD_FORMS}.",
    "territory": 'Corrigez le code ou le nom, ou chargez avec on_error="reject" pour mettre '
    "ces lignes de côté.",
    "negative": "Corrigez la cellule, ou déclarez la variable comme un montant (nature = "
    '"amount") si c’est un solde.',
    "variable": "Déclarez-la dans source.toml par une table [variables.{raw}].",
    "duplicate": "Gardez une seule des deux lignes.",
    "zoning": "Corrigez le zonage, ou déclarez-le dans observatoire.toml.",
    "below": "Corrigez la cellule ; ce qui a été rendu se dit par une ligne à part, en clair.",
    "blank": "Remplissez la cellule.",
    "word": "Corrigez la cellule.",
    "date": f"Une date s’écrit {DATE_FORMS}.",
    "order": "Corrigez l’une des deux dates.",
    "goals": "Gardez la cible (dans l’unité de l’indicateur) ou la variation (en % de la référence).",
}


def _remedy(kind: str, raw: str) -> str:
    # What starts with a digit was meant as a number, not as a sign.
    written = kind == "number" and raw.lstrip("+-−.,")[:1].isdecimal()
    return _REMEDY_BY_KIND["written" if written else kind].format(raw=raw)


def _melt(table: RawTable, source: Source, spec: FileSpec) -> pd.DataFrame:
    """Return one row a cell of figures: line, territory text, variable, period, raw text."""
    frame = table.frame
    base = pd.DataFrame({"line": table.lines, "territory_raw": frame[spec.territory].str.strip()})
    base["period"] = frame[spec.period_column].str.strip() if spec.period_column else spec.period
    base["zoning"] = frame[spec.zoning_column].str.strip() if spec.zoning_column else source.zoning
    base["note"] = frame[spec.note_column].str.strip() if spec.note_column else ""
    if spec.layout == "long":
        base["variable"] = frame[spec.variable_column].str.strip()
        return base.assign(raw=frame[spec.value_column].str.strip(), column=spec.value_column)
    variables = _wide_variables(table, source, spec)
    if not variables:
        raise UnknownColumnError(
            "Aucune colonne de chiffres dans ce fichier.",
            where=table.name,
            why=f"Colonnes lues : {enumerate_words(list(map(str, frame.columns)), most=8)}.",
            remedy="Vérifiez ignored dans source.toml ; pour un chiffre par ligne, layout = "
            '"long", variable_column et value_column.',
        )
    parts = [
        base.assign(variable=name, raw=frame[name].str.strip(), column=name) for name in variables
    ]
    return pd.concat(parts, ignore_index=True)


def _wide_variables(table: RawTable, source: Source, spec: FileSpec) -> list[str]:
    known = set(spec.role_columns) | set(spec.ignored)
    names = [str(name) for name in table.frame.columns if name not in known]
    for name in names:
        if not name:
            raise UnknownColumnError(
                "Une colonne remplie n’a pas de nom.",
                where=table.name,
                why="On ne sait pas ce qu’elle compte.",
                remedy='Nommez-la dans le fichier, ou ajoutez "" à ignored dans source.toml.',
                column=name,
            )
        if name not in source.variables:
            raise UnknownColumnError(
                f"La colonne « {name} » n’est décrite nulle part.",
                where=table.name,
                why="Sans sa nature (effectif, taux, médiane…), on ne sait pas quoi en faire.",
                remedy=f"Ajoutez une table [variables.{name}] à source.toml, ou « {name} » à "
                f"ignored. {suggestion(name, source.variables, most=0)}".strip(),
                column=name,
            )
    return names


def _place(
    cells: pd.DataFrame,
    spec: FileSpec,
    source: Source,
    zonings: Mapping[str, Matcher],
    table: RawTable,
) -> pd.DataFrame:
    """Find the territory that each row names, in the zoning it belongs to."""
    for zoning in cells["zoning"].unique():
        if zoning not in zonings:
            line = int(cells.loc[cells["zoning"] == zoning, "line"].iloc[0])
            where = f"{table.name}, ligne {line}" if spec.zoning_column else source.code
            raise UnknownTerritoryError(
                f"Le zonage « {zoning} » n’est pas déclaré.",
                where=where,
                remedy=suggestion(str(zoning), zonings),
                zoning=zoning,
            )
    pairs = cells[["zoning", "territory_raw"]].drop_duplicates()
    pairs["territory"] = [
        zonings[zoning].find(text) for zoning, text in pairs.itertuples(index=False)
    ]
    return cells.merge(pairs, on=["zoning", "territory_raw"], how="left")


def _without_percent(cells: pd.DataFrame, source: Source) -> pd.Series:
    """Drop the « % » that is written in the cells of a variable whose unit it is."""
    percent = [code for code, variable in source.variables.items() if variable.unit == "%"]
    raw = cells["raw"]
    return raw.mask(cells["variable"].isin(percent), raw.str.replace(r"\s*%$", "", regex=True))


def _bounds(
    cells: pd.DataFrame, table: RawTable, source: Source, spec: FileSpec
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the bounds a file states, and tell the rows whose bounds are wrong.

    A range without a value is ``bounded``; what the producer hides stays hidden.
    """
    if not (spec.low_column and spec.high_column):
        return cells, _reject(cells[:0], "bounds", "", cells["raw"][:0], "")
    signs = replace(source.markers, blank="missing")
    decimal = spec.decimal if table.separator else ""
    bounds, faults = pd.DataFrame({"line": table.lines}), []
    for name, column in (("low", spec.low_column), ("high", spec.high_column)):
        raw = table.frame[column].str.strip()
        numbers = parse_numbers(raw, signs, decimal)
        bounds[f"{name}_told"] = numbers.value
        bad = numbers.unreadable
        reasons = "« " + raw[bad] + " » n’est pas un nombre."
        faults.append(_reject(bounds[bad], "number", reasons, raw[bad], column))
    merged = cells.merge(bounds, on="line", how="left")
    told = merged["low_told"].notna() & merged["high_told"].notna()
    merged["low"] = merged["low_told"].where(told)
    merged["high"] = merged["high_told"].where(told)
    unread = merged["line"].isin(pd.concat(faults)["line"])
    faults.append(_disordered(merged[~unread], spec))
    ranged = told & (merged["status"] == str(Status.MISSING))
    merged.loc[ranged, ["status", "marker"]] = [str(Status.BOUNDED), ""]
    return merged, pd.concat(faults)


def _disordered(cells: pd.DataFrame, spec: FileSpec) -> pd.DataFrame:
    """Tell the rows with one bound only, or whose value or bounds are in the wrong order."""
    low, high, value = cells["low_told"], cells["high_told"], cells["value"]
    lone = low.notna() != high.notna()
    wrong = cells[lone | (low > high) | (value < low) | (value > high)].drop_duplicates("line")
    reasons = pd.Series(
        [
            "Une borne est donnée sans l’autre."
            if alone
            else "La borne basse dépasse la borne haute, ou la valeur n’est pas entre les deux."
            for alone in lone[wrong.index]
        ],
        index=wrong.index,
        dtype="str",
    )
    return _reject(wrong, "bounds", reasons, wrong["raw"], spec.low_column)


def _period_rejects(cells: pd.DataFrame, spec: FileSpec) -> pd.DataFrame:
    lost = cells[~cells["period"].map(is_period).astype(bool)].drop_duplicates("line")
    reasons = "« " + lost["period"] + " » n’est pas une période."
    return _reject(lost, "period", reasons, lost["period"], spec.period_column)


def _reject(
    cells: pd.DataFrame,
    kind: str,
    reasons: pd.Series | str,
    raw: pd.Series,
    column: pd.Series | str,
) -> pd.DataFrame:
    return pd.DataFrame(
        {"line": cells["line"], "column": column, "raw": raw, "kind": kind, "reason": reasons}
    ).astype({"reason": "str", "column": "str", "raw": "str"})


def _territory_rejects(
    cells: pd.DataFrame, spec: FileSpec, zonings: Mapping[str, Matcher], scope: tuple[str, ...]
) -> pd.DataFrame:
    lost = cells[cells["territory"] == ""].drop_duplicates("line")
    raw = lost["territory_raw"]
    total = raw.isin(spec.totals)
    coded = raw.str.fullmatch(r"[0-9AB]{5,}").fillna(value=False).astype(bool)
    outside = coded & ~raw.str.startswith(scope or ("",)) & ~total
    reasons = pd.Series(
        [
            _unknown_reason(text, zonings[zoning])
            for text, zoning in zip(raw, lost["zoning"], strict=True)
        ],
        index=lost.index,
        dtype="str",
    )
    kinds = np.select([total, outside], ["total", "outside"], "territory")
    reasons = reasons.mask(outside, "Hors des communes observées.")
    reasons = reasons.mask(total, "Ligne de total, mise de côté.")
    found = _reject(lost, "territory", reasons, raw, spec.territory)
    return found.assign(kind=kinds)


def _unknown_reason(text: str, matcher: Matcher) -> str:
    if not text:
        return "La cellule du territoire est vide."
    if matcher.bearers(text):
        return " ".join(matcher.unknown(text))
    known = [*matcher.names.values(), *matcher.names]
    return f"Aucun territoire « {text} » dans ce zonage. {suggestion(text, known, most=0)}".strip()


def _number_rejects(cells: pd.DataFrame, unreadable: pd.Series) -> pd.DataFrame:
    bad = cells[unreadable.to_numpy() & (cells["territory"] != "").to_numpy()]
    reasons = "« " + bad["raw"] + " » n’est pas un nombre."
    return _reject(bad, "number", reasons, bad["raw"], bad["column"])


def _negative_rejects(cells: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Refuse counts below zero: nobody counts minus four people."""
    counts = [code for code, one in source.variables.items() if one.nature is Nature.COUNT]
    bad = cells[cells["variable"].isin(counts) & (cells["value"] < 0) & (cells["territory"] != "")]
    reasons = "« " + bad["raw"] + " » est négatif : un effectif ne peut l’être."
    return _reject(bad, "negative", reasons, bad["raw"], bad["column"])


def _unknown_variables(cells: pd.DataFrame, source: Source, spec: FileSpec) -> pd.DataFrame:
    lost = cells[~cells["variable"].isin(list(source.variables))].drop_duplicates("line")
    reasons = "La variable « " + lost["variable"] + " » n’est pas déclarée."
    return _reject(lost, "variable", reasons, lost["variable"], spec.variable_column)


def _duplicates(cells: pd.DataFrame, spec: FileSpec) -> pd.DataFrame:
    key = ["zoning", "territory", "variable", "period"]
    again = cells[cells.duplicated(key)]
    first = cells.drop_duplicates(key).set_index(key)["line"]
    lines = first.reindex(pd.MultiIndex.from_frame(again[key])).to_numpy()
    reasons = [
        f"« {raw} » donne {variable} ({period}) une seconde fois, après la ligne {line}."
        for raw, variable, period, line in zip(
            again["territory_raw"], again["variable"], again["period"], lines, strict=True
        )
    ]
    found = _reject(
        again,
        "duplicate",
        pd.Series(reasons, index=again.index, dtype="str"),
        again["territory_raw"],
        spec.territory,
    )
    return found.drop_duplicates("line")

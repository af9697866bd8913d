"""The embedded tables and the figures they were carried from, read with pandas alone."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.workspace.scaffold import embedded_root

if TYPE_CHECKING:
    from pathlib import Path

#: Columns of a table of figures: whose, of what, when, how much.
COLUMNS = ["territory", "variable", "period", "value"]

#: How each gathered file calls them; several of one are joined.
GATHERED: dict[str, tuple[str, tuple[str, ...], str, str]] = {
    "iris_valeurs.csv": ("iris", ("variable",), "annee", "valeur"),
    "iris_filosofi_disponible.csv": ("iris", ("variable",), "annee", "valeur"),
    "iris_filosofi_declare_2019.csv": ("iris", ("variable",), "annee", "valeur"),
    "iris_equipements_bpe.csv": ("iris", ("type_equipement",), "annee", "nombre"),
    "iris_menages_sans_voiture_2020.csv": ("iris", ("variable",), "annee", "valeur"),
    "qpv_filosofi.csv": ("qpv", ("variable",), "annee", "valeur"),
    "qpv_demographie.csv": ("qpv", ("variable",), "annee", "valeur"),
    "communes_series.csv": ("territoire", ("table", "variable"), "annee", "valeur"),
    "communes_rp_2018.csv": ("territoire", ("variable",), "annee", "valeur"),
    "communes_rp_2022.csv": ("territoire", ("variable",), "annee", "valeur"),
    "communes_filosofi.csv": ("territoire", ("variable",), "annee", "valeur"),
    "communes_pauvrete.csv": ("territoire", ("variable",), "annee", "valeur"),
    "communes_divers.csv": ("territoire", ("variable",), "annee", "valeur"),
    "communes_equipements_bpe.csv": ("territoire", ("type_equipement",), "annee", "nombre"),
    "martinique_delinquance.csv": ("territoire", ("classe",), "annee", "faits"),
    "etablissements_ips.csv": ("uai", ("mesure",), "rentree", "valeur"),
    "colleges_dnb.csv": ("uai", ("variable",), "session", "valeur"),
    "valeurs_publiees.csv": ("code", ("indicateur",), "annee", "valeur"),
}

#: Overseas, the censuses that the gathered table files under 1962, 1968 and 1975.
OVERSEAS = {"1962": "1961", "1968": "1967", "1975": "1974"}
_ROUNDING = 1e-12


def embedded() -> pd.DataFrame:
    """Return every row of the embedded tables: also of which source and zoning, and as it is written."""
    return pd.concat(
        _rows_of(path.parent, declared, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(embedded_root().glob("data/raw/*/source.toml"))
        for declared in tomllib.loads(path.read_text(encoding="utf-8"))["files"]
        if "register" not in declared
    )


def _rows_of(folder: Path, file: dict[str, Any], source: dict[str, Any]) -> pd.DataFrame:
    table = pd.read_csv(
        folder / file["name"], sep=file["separator"], dtype=str, keep_default_na=False
    )
    place = table[file["territory"]]
    dated = table[file["period_column"]] if "period_column" in file else file["period"]
    of_zoning = file.get("zoning", source.get("zoning"))
    if file["layout"] == "long":
        named = table[file["variable_column"]], table[file["value_column"]]
        frame = pd.DataFrame({"territory": place, "period": dated, "variable": named[0]})
        frame["text"] = named[1]
        frame["zoning"] = table[file["zoning_column"]] if "zoning_column" in file else of_zoning
    else:
        apart = {file["territory"], file.get("period_column"), *file.get("ignored", [])}
        kept = table[[name for name in table if name not in apart]]
        frame = kept.assign(territory=place, period=dated).melt(
            ["territory", "period"], value_name="text"
        )
        frame["zoning"] = of_zoning
    value = pd.to_numeric(frame["text"], errors="coerce")
    return frame.assign(value=value, source=folder.name)


@cache
def gathered(carried: Path) -> pd.DataFrame:
    """Return every gathered figure: also of which series, its years taken off its name."""
    frames = []
    for name, (place, names, when, value) in GATHERED.items():
        table = pd.read_csv(carried / name, dtype=str, keep_default_na=False)
        dated = table[when].where(table[when] != "", table.get("edition", ""))
        joined = table[list(names)].agg("/".join, axis=1)
        found = pd.DataFrame(
            {
                "territory": table[place].replace({"D972": "972"}),
                "variable": joined,
                "period": dated.str[:4] if name.startswith("etablissements") else dated,
                "value": pd.to_numeric(table[value]),
            }
        )
        plain = [_undated(*row) for row in zip(joined, found["period"], strict=True)]
        # « dent_16_24 » of 2024 is of ages, « d121 » of 2021 is of a year: each is tried.
        frames.append(found.assign(series=f"{name}:" + joined))
        frames.append(found.assign(series=f"{name}, année ôtée:" + pd.Series(plain)))
    every = pd.concat(frames, ignore_index=True)
    overseas = every["variable"].str.contains("psdc") & (every["territory"] != "FR")
    every["period"] = every["period"].where(~overseas, every["period"].replace(OVERSEAS))
    return every.drop_duplicates()


def carried_whole(mine: pd.DataFrame, theirs: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return how many rows of each embedded variable some gathered series says, of how many.

    No list of names is given: a series is that of a variable when all that they share is equal.
    """
    joined = mine.merge(theirs, on=["territory", "period"], how="inner", suffixes=("", "_theirs"))
    equal = (joined["value"] - joined["value_theirs"]).abs() <= _ROUNDING * joined["value"].abs()
    joined = joined.assign(equal=equal)
    pair = ["source", "variable", "series"]
    agreed = joined.groupby(pair)["equal"].transform("all")
    said = joined[agreed].drop_duplicates(["source", "variable", "territory", "period"])
    counts = said.groupby(["source", "variable"]).size()
    every = mine.groupby(["source", "variable"]).size()
    return {
        f"{source}/{variable}": (int(counts.get((source, variable), 0)), int(rows))
        for (source, variable), rows in every.items()
    }


def _undated(name: str, year: str) -> str:
    """Return a name without the year that it ends, or begins, with."""
    return (
        re.sub(rf"_?({year}|{year[2:4]})$|(?<=[PCpc]){year[2:4]}(?=_)", "", name) if year else name
    )

"""Show how unequal territories are: ranks with their interval, dispersion, dissimilarity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from observatoire.french.typography import (
    NO_BREAK,
    enumerate_words,
    interval,
    ordinal,
    plural,
    with_unit,
)
from observatoire.indicators.precision.sampling_error import UNSIZED, WITHHELD
from observatoire.pages.blocks import (
    Block,
    Column,
    Note,
    Page,
    Paragraph,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.pages.cells import flagged, number_cell, range_cell
from observatoire.pages.notes import notes_of
from observatoire.pages.sheet import Sheet
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from observatoire.indicators.comparison.inequality import Inequality, Measure
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


@dataclass(frozen=True, repr=False)
class InequalityProfile(Sheet):
    """A page of ranks, its rows in ``df`` and its measures in ``measures``.

    ``changes`` holds how much ``"spread"`` and ``"dissimilarity"`` moved since an earlier period,
    when one is asked for.
    """

    df: pd.DataFrame
    measures: Inequality
    changes: Mapping[str, Measure]


def inequality_page(
    table: ProtectedTable,
    found: Inequality,
    indicator: Indicator,
    date: str,
    place: str,
    former: tuple[str, Measure, Measure] | None = None,
) -> InequalityProfile:
    """Return the page of one indicator's inequality between territories.

    Parameters
    ----------
    former : tuple, optional
        An earlier period, and how much the dispersion and the dissimilarity moved since.
    """
    admit(table)
    blocks: list[Block] = []
    if found.ranks.empty:
        blocks.append(Paragraph(_nothing(table)))
    else:
        blocks += [Paragraph(_ends(found, indicator)), _measures(table, found, indicator, former)]
        blocks.append(_ranks(table, found, indicator))
    when = "".join(f", {period}" for period in dict.fromkeys(map(str, table.main["period"])))
    title = f"Inégalités{NO_BREAK}: {indicator.label}{when}"
    page = Page(title, table.zoning_label, tuple(blocks), date, place)
    changes = dict(zip(("spread", "dissimilarity"), former[1:], strict=True)) if former else {}
    return InequalityProfile(page, table, found.ranks, found, changes)


def _nothing(table: ProtectedTable) -> str:
    """Say why no territory is ranked."""
    kinds = set(table.main.loc[table.main["value"].notna(), "precision"])
    if UNSIZED in kinds:
        why = "la source ne dit pas sur combien porte chaque taux : on ne peut la lire comme un tirage"
    elif "exhaustive" in kinds:
        why = "la source compte tout le monde, mais n’est connue ici que par des bornes"
    elif WITHHELD in kinds:
        why = "la largeur d’un intervalle trahirait un effectif couvert par le secret"
    elif kinds:
        why = "la précision de la source n’est pas connue"
    else:
        why = "aucun chiffre n’est disponible ou montré à cette période"
    return f"Aucun territoire n’a de chiffre propre avec son intervalle{NO_BREAK}: {why}."


def _ends(found: Inequality, indicator: Indicator) -> str:
    """Name the territories that are surely in one half of the ranks."""
    first, last = (
        ("mieux placé", "moins bien placé")
        if indicator.polarity != "neutral"
        else ("plus haut", "plus bas")
    )
    halves = []
    for word in (first, last):
        names = [str(r["name"]) for r in records(found.ranks) if r["place"] == word]
        listed = enumerate_words(names, most=5) if names else "aucun avec certitude"
        halves.append(f"dans la moitié des {_plural_of(word)}{NO_BREAK}: {listed}")
    lead = f"Constat{NO_BREAK}:" if found.facts else "À 95 %,"
    return f"{lead} {' ; '.join(halves)}."


def _plural_of(word: str) -> str:
    head, *tail = word.rsplit(" ", 1)
    return f"{head} {tail[0]}s" if tail[0] != "bas" else word


def _measures(
    table: ProtectedTable,
    found: Inequality,
    indicator: Indicator,
    former: tuple[str, Measure, Measure] | None,
) -> TableBlock:
    shared = "Dissimilarité (part à déplacer pour l’égalité, en %)"
    rows = [
        _measure_row(f"Dispersion (écart-type pondéré, {indicator.points})", found.spread),
        _measure_row(shared, _hundredfold(found.dissimilarity)),
    ]
    if former:
        since, spread, apart = former
        shared = f"Évolution de la dissimilarité depuis {since} (points)"
        rows.append(_change_row(f"Évolution de la dispersion depuis {since}", spread))
        rows.append(_change_row(shared, _hundredfold(apart)))
    return TableBlock(
        title="Mesures de l’inégalité entre territoires",
        head="Mesure",
        columns=(
            Column("Valeur", decimals=1),
            Column("Intervalle à 95 %", decimals=1),
            Column("Par le seul hasard", decimals=1),
        ),
        rows=tuple(rows),
        notes=(
            *([] if np.isnan(found.spread.value) or found.facts else [_BY_CHANCE]),
            *([_WIDENED] if found.grouped and not np.isnan(found.spread.value) else []),
            *_unmeasured(found, indicator),
            *(note for note in notes_of(table, table.main, [indicator]) if note.label == "Source"),
        ),
    )


_BY_CHANCE = Note(
    "Lecture",
    "« par le seul hasard » : ce que l’on mesurerait en moyenne si tous les territoires "
    "avaient le même taux ; seul ce qui le dépasse est de l’inégalité.",
)


_WIDENED = Note(
    "Prudence",
    "ce que l’on compte ici va par immeubles entiers : les intervalles de ces mesures sont élargis de 30 %, et "
    "tiennent ainsi la vraie valeur 93 à 97 fois sur 100 dans des villes simulées. Là où les grands immeubles "
    "sont nombreux, ils restent trop étroits.",
)


def _unmeasured(found: Inequality, indicator: Indicator) -> list[Note]:
    """Say why a measure is not there."""
    if len(found.ranks) < 2:  # noqa: PLR2004 - one alone is not unequal
        return [Note("Non mesuré", "il faut au moins deux territoires classés.")]
    if np.isnan(found.spread.value):
        return [
            Note(
                "Non mesuré",
                "ces mesures pèsent chaque territoire, et l’on ne sait pas sur combien porte chaque taux.",
            )
        ]
    if np.isnan(found.dissimilarity.value) and indicator.unit != "%":
        return [Note("Non mesuré", "la dissimilarité est celle d’une part (en %).")]
    return []


def _measure_row(label: str, measure: Measure) -> Row:
    around = range_cell(measure.low, measure.high, 1)
    return Row(label, (number_cell(measure.value, 1), around, number_cell(measure.chance, 1)))


def _change_row(label: str, measure: Measure) -> Row:
    shown = number_cell(measure.value, 1, sign=True)
    return Row(label, (shown, range_cell(measure.low, measure.high, 1), TextCell("")))


def _hundredfold(measure: Measure) -> Measure:
    return replace(
        measure,
        value=100 * measure.value,
        low=100 * measure.low,
        high=100 * measure.high,
        chance=100 * measure.chance,
    )


def _ranks(table: ProtectedTable, found: Inequality, indicator: Indicator) -> TableBlock:
    rows = [
        Row(
            flagged(str(row["name"]), row),
            (
                number_cell(row["value"], indicator.decimals),
                range_cell(row["low"], row["high"], indicator.decimals),
                TextCell(f"{row['rank']}", value=float(row["rank"])),
                TextCell(interval(row["rank_low"], row["rank_high"])),
                TextCell(str(row["place"])),
            ),
        )
        for row in records(found.ranks)
    ]
    ranked = table.main[table.main["territory"].isin(found.ranks["territory"])]
    notes = notes_of(table, ranked, [indicator])
    return TableBlock(
        title="Rangs, du plus haut au plus bas"
        if indicator.polarity == "neutral"
        else "Rangs, du plus favorable au moins favorable",
        head=table.zoning_label,
        columns=(
            Column(indicator.short, indicator.unit, decimals=indicator.decimals),
            Column("Intervalle à 95 %", indicator.unit, decimals=indicator.decimals),
            Column("Rang"),
            Column("Rang à 95 %"),
            Column("Ce que l’on peut en dire"),
        ),
        rows=tuple(rows),
        notes=(
            Note("Lecture", _example(found, indicator)),
            *([_CONSTATED] if found.facts else []),
            *_unranked(found),
            *(note for note in notes if note.label not in ("Lecture", "Écart")),
        ),
    )


def _example(found: Inequality, indicator: Indicator) -> str:
    """Read the first rank out."""
    first = records(found.ranks)[0]
    least, most = int(first["rank_low"]), int(first["rank_high"])
    place = (
        f"il est {ordinal(least)}"
        if least == most
        else f"son rang est compris entre {least} et {most}"
    )
    shown = with_unit(first["value"], indicator.unit, indicator.decimals)
    rank = f"{place} sur {len(found.ranks)}"
    rank = f"{rank}, c’est un constat" if found.facts else f"à 95 %, {rank}"
    return f"{first['name']}{NO_BREAK}: {shown} ; {rank}."


def _unranked(found: Inequality) -> tuple[Note, ...]:
    if not found.left_out:
        return ()
    count = f"{plural(len(found.left_out), 'territoire')} sans chiffre propre ou sans intervalle"
    names = enumerate_words(list(found.left_out), most=8)
    return (Note("Non classés", f"{count}{NO_BREAK}: {names}."),)


_CONSTATED = Note(
    "Constaté",
    "la source compte tout le monde, sans aléa de sondage : chaque rang est un fait, sans autre intervalle "
    "que lui-même.",
)

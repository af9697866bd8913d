"""The workbook of an annex: a sheet a theme as it is read, every figure in a long one, the dictionary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import capital, round_half_up
from observatoire.indicators.computation.table import by_spot
from observatoire.pages.blocks import DataSheet
from observatoire.pages.cells import cell_of
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from observatoire.annex.content import AnnexContent
    from observatoire.indicators.definitions.catalogue import Indicator, Theme
    from observatoire.pages.blocks import Held

#: The longest name of a sheet, and what none may hold.
_LONGEST, _FORBIDDEN = 31, str.maketrans(dict.fromkeys("[]:*?/\\'", " "))

#: Most sheets of a theme: with the others they make fifteen at most.
_MOST_THEMES = 9

_ASIDE = (
    "Entre parenthèses ou en italique : ce qui n’est pas le chiffre propre du territoire. Un texte : aucune "
    "somme ni moyenne ne le prend."
)

_DATA = (
    "Thématique", "Indicateur", "Code", "Unité", "Zonage", "Code du territoire", "Territoire", "Commune",
    "Période", "Statut", "Valeur", "Territoire plus grand", "Au moins", "Au plus", "Intervalle à 95 %, bas",
    "Intervalle à 95 %, haut", "Écart", "Comparé à", "Prudence", "Raison", "Méthode", "Source",
)  # fmt: skip
_DATA_WIDTHS = (22, 40, 22, 9, 20, 12, 22, 16, 8, 12, 11, 11, 11, 11, 11, 11, 7, 18, 20, 30, 30, 40)

_WORDS = (
    "Code", "Libellé", "Libellé court", "Thématique", "Unité", "Nature", "Sens", "Périodes", "Définition",
    "Champ", "Précautions",
)  # fmt: skip

_AIMS = {
    "code": "Code", "orientation": "Orientation", "objective": "Objectif", "name": "Périmètre",
    "indicator": "Indicateur", "start": "Départ, date", "baseline": "Départ", "end": "Dernier, date",
    "value": "Dernier chiffre", "low": "Au moins", "high": "Au plus", "goal": "Cible",
    "relative": "Cible, % du départ",
    "due": "Échéance", "verdict": "Verdict", "convergence": "Écart", "lacking": "Ce qui manque, à qui le demander",
    "source": "Source",
}  # fmt: skip

_GAPS = {
    "name": "Territoire", "indicator": "Indicateur", "start": "De", "end": "À", "value_start": "Départ",
    "value_end": "Dernier chiffre", "change": "Évolution", "change_low": "Évolution, au moins",
    "change_high": "Évolution, au plus", "verdict": "Verdict", "comparator": "Comparé à",
    "convergence": "Écart", "reason": "Raison",
}  # fmt: skip

_CHANGES = {
    "change": "Changement", "indicator": "Indicateur", "territory": "Territoire", "period": "Période",
    "before": "Avant", "after": "Maintenant", "why": "Pourquoi",
}  # fmt: skip


def sheets(content: AnnexContent) -> tuple[DataSheet, ...]:
    """Return the sheets of the workbook, fifteen at most with its index."""
    spots = by_spot(content.table.cells)
    themes = (_theme(content, theme, spots) for theme in content.themes)
    made = [sheet for sheet in themes if sheet is not None][:_MOST_THEMES]
    made += [_figures(content), _dictionary(content)]
    found, changed = content.found, content.changed
    if found is not None and len(found.objectives):
        title = "Objectifs et ce qui en est connu"
        made.append(_plain("Objectifs", title, found.objectives, _AIMS, content))
    if found is not None and len(found.gaps):
        title = "Évolution des écarts, et pourquoi l’on ne sait pas"
        made.append(_plain("Évolutions", title, found.gaps, _GAPS, content))
    if changed is not None:
        title = f"Changements depuis {changed.since}"
        made.append(_plain("Révisions", title, changed.df, _CHANGES, content))
    return (*made, _sources(content.done.sources))


def sheet_name(label: str) -> str:
    """Return a name that Excel accepts.

    Examples
    --------
    >>> sheet_name("Accès à l’emploi et développement économique")
    'Accès à l’emploi et'
    """
    words = " ".join(label.translate(_FORBIDDEN).split())
    if len(words) <= _LONGEST:
        return words
    short = words[:_LONGEST].rsplit(" ", 1)[0]
    kept = short.removesuffix(" et").removesuffix(" de")
    return f"{kept}" if kept == short else f"{kept} et" if short.endswith(" et") else kept


def _theme(
    content: AnnexContent, theme: Theme, spots: Mapping[tuple[str, str, str], Any]
) -> DataSheet | None:
    """Lay a theme out, territories in rows: what is their own as numbers, the rest as texts."""
    table = content.table
    cells = table.cells
    known = set(cells.loc[cells["status"] != str(Status.MISSING), "indicator"])
    shown = [i for i in table.indicators.values() if i.theme == theme.code and i.code in known]
    if not shown:
        return None
    periods = cells.drop_duplicates("indicator").set_index("indicator")["period"]
    once = cells[cells["zoning"].isin([table.zoning, *content.foot])].drop_duplicates(
        ["zoning", "territory"]
    )
    verdicts = table.verdicts
    rows = tuple(
        (
            str(row["name"]),
            content.communes.get(str(row["territory"]), "")
            if row["zoning"] == table.zoning
            else "Pour comparer",
            *(
                cell_of(spot, one, verdicts.get((str(row["territory"]), one.code)))
                if (spot := spots.get((str(row["zoning"]), str(row["territory"]), one.code)))
                else ""
                for one in shown
            ),
        )
        for row in records(once)
    )
    heads = tuple(_headed(one, str(periods[one.code])) for one in shown)
    here = capital(table.words.here.singular)
    return DataSheet(
        sheet_name(theme.label), theme.label, (here, "Commune", *heads), rows,
        widths=(30, 18, *(15.0 for _ in shown)), head=2, remark=_ASIDE,
    )  # fmt: skip


def _headed(indicator: Indicator, period: str) -> str:
    unit = ", ".join(text for text in (indicator.unit, period) if text)
    return f"{indicator.short}\n{unit}" if unit else indicator.short


def _figures(content: AnnexContent) -> DataSheet:
    """List every figure, a row each: its own value, or its context, in columns apart."""
    table = content.table
    verdicts, rows, decimals = table.verdicts, [], []
    labels = {code: theme.label for code, theme in content.catalogue.themes.items()}
    for row in records(table.cells):
        indicator = table.indicators[str(row["indicator"])]
        status, places = Status(str(row["status"])), indicator.decimals
        gap = (
            verdicts.get((str(row["territory"]), indicator.code))
            if row["zoning"] == table.zoning
            else None
        )
        context, bounded = status is Status.CONTEXT, status is Status.BOUNDED
        value = _number(row["value"], places)
        sampled = row["precision"] != "reference"
        rows.append(
            (
                labels.get(indicator.theme, ""), indicator.label, indicator.code, indicator.unit,
                str(row["zoning"]), str(row["territory"]), str(row["name"]),
                content.communes.get(str(row["territory"]), ""), str(row["period"]), status.shown,
                None if context else value, value if context else None,
                _number(row["low"], places) if bounded else None,
                _number(row["high"], places) if bounded else None,
                _number(row["sampling_low"], places) if sampled else None,
                _number(row["sampling_high"], places) if sampled else None,
                str(gap["mark"]) if gap else "", str(gap["against_name"]) if gap and gap["mark"] else "",
                str(row["flag"]), str(row["reason"]), str(row["method"]), str(row["source"]),
            )
        )  # fmt: skip
        decimals.append(places)
    return DataSheet(
        "Données",
        "Tous les chiffres, un par ligne",
        _DATA,
        tuple(rows),
        _DATA_WIDTHS,
        tuple(decimals),
        head=2,
    )


def _number(value: object, decimals: int) -> float | None:
    """Return a figure as it is printed: no decimal that no reader sees leaves in a file."""
    figure = float(str(value))
    return None if math.isnan(figure) else round_half_up(figure, decimals)


def _dictionary(content: AnnexContent) -> DataSheet:
    table, themes = content.table, content.catalogue.themes
    periods = table.cells.groupby("indicator")["period"].agg(
        lambda p: ", ".join(sorted({*map(str, p)} - {""}))
    )
    rows: list[tuple[Held, ...]] = [
        (
            one.code, one.label, one.short, themes[one.theme].label, one.unit, one.nature.label,
            one.polarity_label, str(periods.get(one.code, "")), one.definition, one.universe,
            " ".join(one.caveats),
        )
        for one in table.indicators.values()
    ]  # fmt: skip
    widths = (24, 46, 28, 24, 10, 12, 20, 14, 60, 34, 60)
    return DataSheet(
        "Dictionnaire", "Ce que mesure chaque indicateur", _WORDS, tuple(rows), widths, head=2
    )


def _plain(
    name: str, title: str, frame: pd.DataFrame, heads: Mapping[str, str], content: AnnexContent
) -> DataSheet:
    """Write some columns of a frame: texts as texts, numbers as numbers."""
    known = content.catalogue.indicators
    rows, decimals = [], []
    for row in records(frame):
        indicator = known.get(str(row.get("indicator", "")))
        places = indicator.decimals if indicator else 1
        decimals.append(places)
        rows.append(
            tuple(
                indicator.label
                if column == "indicator" and indicator
                else _held(row[column], places)
                for column in heads
            )
        )
    widths = tuple(
        34.0 if column in ("objective", "lacking", "reason", "why", "source", "indicator") else 15.0
        for column in heads
    )
    return DataSheet(name, title, tuple(heads.values()), tuple(rows), widths, tuple(decimals))


def _held(value: object, decimals: int) -> Held:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, decimals)
    return "" if value is None else str(value)


def _sources(sources: Sequence[Mapping[str, Any]]) -> DataSheet:
    heads = {
        "title": "Source", "producer": "Producteur", "licence": "Licence", "page": "Page",
        "obtained": "Obtention",
        "loaded": "Chargée le", "rule": "Règle de secret", "rows_read": "Lignes lues",
        "rows_kept": "Lignes gardées",
        "rows_rejected": "Lignes rejetées", "files": "Fichiers (SHA-256)",
    }  # fmt: skip
    rows = tuple(tuple(_held(source.get(key, ""), 0) for key in heads) for source in sources)
    widths = (50.0, 26.0, 20.0, 34.0, 34.0, 16.0, 40.0, 11.0, 11.0, 11.0, 60.0)
    return DataSheet("Sources", "Sources chargées", tuple(heads.values()), rows, widths)

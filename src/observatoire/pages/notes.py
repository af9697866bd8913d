"""What every table and figure carries: Champ, Source, Lecture, marks, warnings (Insee's manner)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.french.typography import (
    NARROW,
    NO_BREAK,
    capital,
    enumerate_words,
    interval,
    to_name,
)
from observatoire.indicators.precision.estimates import expected_by_chance
from observatoire.indicators.precision.sampling_error import CAREFUL, TOO_SMALL, UNSIZED
from observatoire.pages.blocks import Note
from observatoire.pages.cells import FLAG_MARKS, figure_words
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.secrecy.release.protected_table import ProtectedTable


#: Statuses whose mark is explained where it is shown.
_MARKED = (
    Status.ESTIMATED,
    Status.BOUNDED,
    Status.CONTEXT,
    Status.SECRET,
    Status.MISSING,
    Status.NOT_APPLICABLE,
)

#: How a method names the passage that carried a figure (see ``indicators.routes.routes.Route``).
_PASSAGE_WORDS = ("table de passage", "au prorata", "densité relative")


def schematic_warning(drawn: str) -> str:
    """Say that perimeters are only drawn, and how."""
    how = f", {drawn}" if drawn else ""
    return f"Périmètres schématiques{how} : à regarder, jamais à mesurer."


def notes_of(
    table: ProtectedTable,
    cells: pd.DataFrame,
    indicators: Sequence[Indicator],
    *,
    warn: bool = True,
    extra: Iterable[Note] = (),
) -> tuple[Note, ...]:
    """Return the notes of a table or figure that shows ``cells``.

    Parameters
    ----------
    table : ProtectedTable
        Where the cells come from; gives the warnings.
    cells : DataFrame
        The rows shown.
    indicators : sequence of Indicator
        What they measure.
    warn : bool
        Print the workspace's warnings too.
    extra : iterable of Note
        Notes of the figure's own, put before the warnings.
    """
    notes = [
        *_reading(table, cells, indicators),
        Note("Champ", f"{' ; '.join(dict.fromkeys(i.universe for i in indicators))}."),
        *sign_notes(cells),
        *_precision(cells),
        *_verdicts(table, cells),
        *(Note("Précaution", text) for text in _caveats(table, cells, indicators)),
        *extra,
        *(Note("Avertissement", text) for text in (table.warnings if warn else ())),
        *source_notes(cells),
        *_passages(cells),
    ]
    return tuple(notes)


#: The four lines under a grid or a picture, and the notes that stand on each.
_LINES = {
    "Lecture": ("Lecture", "Premier rang"),
    "Écart": ("Écart",),
    "Signes": ("Signes", "Précision", "Prudence", "Classement"),
    "Champ et source": ("Champ", "Source", "Passage", "Liste"),
}


def four_lines(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Gather notes on four lines at most; precautions and warnings are said elsewhere."""
    lines = {
        label: [note.text for name in kept for note in notes if note.label == name and note.text]
        for label, kept in _LINES.items()
    }
    return tuple(
        Note(label, " ".join([texts[0], *map(capital, texts[1:])]))
        for label, texts in lines.items()
        if texts
    )


def _caveats(
    table: ProtectedTable, cells: pd.DataFrame, indicators: Sequence[Indicator]
) -> list[str]:
    """Return what the indicators and the sources shown ask to keep in mind, each once."""
    shown = set(cells.loc[cells["status"] != str(Status.MISSING), "source"])
    caveats = [caveat for indicator in indicators for caveat in indicator.caveats]
    caveats += [
        caveat
        for source, cautions in table.caveats.items()
        for caveat in cautions
        if any(source in str(label).split(" ; ") for label in shown)
        and any(indicator.heeds(caveat) for indicator in indicators)
    ]
    return list(dict.fromkeys(caveats))


def _precision(cells: pd.DataFrame) -> list[Note]:
    """Say what the sampling leaves open, what brackets say, and the producer's cautions."""
    shown = cells[cells["status"] != str(Status.MISSING)]
    sampled = shown[shown["sampling_low"].notna() & (shown["precision"] != "reference")]
    bounded = shown[shown["status"] == str(Status.BOUNDED)]
    widened = bounded[bounded["precision"].isin(["census", "wilson", "byar", "exact"])]
    sentences = []
    if len(sampled):
        sentences.append(
            "chiffres d’un sondage : l’intervalle à 95 % de chacun est au classeur et sur les fiches"
        )
    if len(widened):
        sentences.append(
            f"entre crochets [{NARROW};{NARROW}], ce que laissent ouvert le partage du territoire et le "
            "sondage réunis"
        )
    if len(bounded) > len(widened):
        lead = "ailleurs, les" if len(widened) else "les"
        sentences.append(f"{lead} crochets ne disent que le partage du territoire")
    if (shown["precision"] == UNSIZED).any():
        sentences.append(
            "un taux dont la source ne dit pas sur combien il porte n’a pas d’intervalle : on ne peut le "
            "lire comme un tirage"
        )
    notes = [Note("Précision", _sentence(sentences))] if sentences else []
    flags = set(shown["flag"])
    marks = [
        f"{mark}{NO_BREAK}: {FLAG_MEANINGS[flag]}"
        for flag, mark in FLAG_MARKS.items()
        if flag in flags
    ]
    return [*notes, *([Note("Prudence", f"{' ; '.join(marks)}.")] if marks else [])]


#: What a producer's cautions say.
FLAG_MEANINGS = {
    CAREFUL: "effectif, ou dénominateur d’un taux, au-dessous du seuil de son producteur (200 pour l’Insee), "
    "à utiliser avec précaution",
    TOO_SMALL: "exploitation complémentaire sur moins de 2 000 habitants, ou l’on ne sait combien : à ne pas "
    "commenter (Insee)",
}


def _sentence(parts: Sequence[str]) -> str:
    return f"{capital(' ; '.join(parts))}."


def _verdicts(table: ProtectedTable, cells: pd.DataFrame) -> list[Note]:
    """Explain the signs of differences, where some are shown."""
    verdicts = table.verdicts
    shown = [
        verdicts[key]
        for key in zip(cells["territory"], cells["indicator"], strict=True)
        if key in verdicts
    ]
    judged = [row for row in shown if row["mark"]]
    if not judged:
        return []
    comparators = dict.fromkeys(to_name(str(row["against_name"])) for row in judged)
    names = enumerate_words(list(comparators), most=3)
    text = (
        f"par rapport {names}{NO_BREAK}: ▲ plus haut, ▼ plus bas, sûr à 95 % ; ▲▲ et ▼▼, sûr à "
        f"99,8 % ; ● pas de différence nette. {expected_by_chance(len(judged))}"
    )
    return [Note("Écart", capital(text))]


def _passages(cells: pd.DataFrame) -> list[Note]:
    """Name the passages that carried the figures shown to these territories."""
    known = passages_named(cells)
    return [Note("Passage", f"{' ; '.join(known)}.")] if known else []


def passages_named(cells: pd.DataFrame) -> list[str]:
    """Return the passages that carried some cells: « IRIS, table de passage »."""
    heads = {str(method).split(NO_BREAK)[0] for method in cells["method"] if ", " in str(method)}
    return sorted(head for head in heads if any(word in head for word in _PASSAGE_WORDS))


def _reading(
    table: ProtectedTable, cells: pd.DataFrame, indicators: Sequence[Indicator]
) -> list[Note]:
    """Write a reading example: a figure that is judged if there is one, an exact one, or bounds."""
    own = cells[
        (cells["zoning"] == table.zoning) & cells["indicator"].isin([i.code for i in indicators])
    ]
    by_code = {indicator.code: indicator for indicator in indicators}
    rank = {indicator.code: place for place, indicator in enumerate(indicators)}
    own = own.sort_values("indicator", key=lambda codes: codes.map(rank), kind="stable")
    judged = {key for key, row in table.verdicts.items() if row["mark"]}
    for statuses, needed in _EXAMPLES:
        shown = own[own["status"].isin(statuses)]
        if needed:
            keys = zip(shown["territory"].tolist(), shown["indicator"].tolist(), strict=True)
            shown = shown[[key in judged for key in keys]]
        for row in records(shown.head(1)):
            return [Note("Lecture", _example(table, row, by_code[str(row["indicator"])]))]
    return []


_EXACT = (str(Status.OBSERVED), str(Status.AGGREGATED), str(Status.ESTIMATED))

#: What is taken as an example, in order: statuses, and whether a verdict must go with the figure.
_EXAMPLES: tuple[tuple[tuple[str, ...], bool], ...] = (
    (_EXACT, True),
    (_EXACT, False),
    ((str(Status.CONTEXT),), False),
    ((str(Status.BOUNDED),), False),
)


def _example(table: ProtectedTable, row: Record, indicator: Indicator) -> str:
    """Write a figure, its interval and its verdict as one sentence."""
    status = Status(row["status"])
    lead = _LEADS.get(status, "vaut")
    text = f"{row['name']}, {row['period']}{NO_BREAK}: l’indicateur « {indicator.label} » "
    if status is Status.CONTEXT:
        words = table.words
        text += f"vaut {figure_words(row, indicator)[1:-1]} dans {words.holder.the} qui "
        text += f"{words.here.pronoun} contient"
    else:
        text += f"{lead} {figure_words(row, indicator)}"
    if status is Status.ESTIMATED and row["passage_low"] < row["passage_high"]:
        bounds = interval(row["passage_low"], row["passage_high"], indicator.decimals)
        text += f" (dans {bounds} sans l’hypothèse de la méthode)"
    if status is not Status.BOUNDED and row["sampling_low"] < row["sampling_high"]:
        around = interval(row["sampling_low"], row["sampling_high"], indicator.decimals)
        text += f", et le sondage permet de dire à 95 % qu’il est dans {around}"
    difference = table.verdicts.get((str(row["territory"]), indicator.code))
    if difference and difference["mark"]:
        text += f" ; par rapport {to_name(str(difference['against_name']))}{NO_BREAK}: {difference['verdict']}"
    return f"{text}."


_LEADS = {
    Status.BOUNDED: "est compris dans l’intervalle",
    Status.ESTIMATED: "est estimé à",
}


def sign_notes(cells: pd.DataFrame) -> list[Note]:
    """Explain the marks of the statuses shown."""
    shown = set(cells["status"])
    signs = [
        f"{status.mark}{NO_BREAK}: {status.meaning}" for status in _MARKED if str(status) in shown
    ]
    return [Note("Signes", f"{' ; '.join(signs)}.")] if signs else []


def source_notes(cells: pd.DataFrame) -> list[Note]:
    """Return the sources of some cells, with their periods."""
    pairs = cells[["source", "period"]].drop_duplicates()
    by_source: dict[str, set[str]] = {}
    for source, period in pairs.itertuples(index=False):
        for each in filter(None, str(source).split(" ; ")):
            by_source.setdefault(each, set()).add(str(period))
    sources = [
        f"{source} ({enumerate_words(sorted(filter(None, periods)))})" if any(periods) else source
        for source, periods in by_source.items()
    ]
    return [Note("Source", f"{' ; '.join(sources)}.")] if sources else []

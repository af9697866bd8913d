"""The values of a federation as a table that pages admit: whose each figure is, what it may stand by.

And which of its dates compare: those that every member that has both says may be joined.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from observatoire.exchange.federation.comparability import CARE, NO
from observatoire.exchange.publication.figures import FIGURE_KEY, decimals_of
from observatoire.exchange.publication.series import read_series_words
from observatoire.french.typography import NO_BREAK, enumerate_words, plural
from observatoire.indicators.computation.table import CELL_COLUMNS, Table
from observatoire.indicators.definitions.catalogue import POLARITIES, Indicator
from observatoire.panels.drawings.bearings import Course
from observatoire.secrecy.release.protected_table import HIDDEN_REASON, protect_table
from observatoire.values import Nature, Status, records

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from observatoire.secrecy.release.protected_table import ProtectedTable
    from observatoire.values import Record

_STATUSES = {status.label: status for status in Status}
_NATURES = {nature.label: nature for nature in Nature}
_NAN = float("nan")

#: What a page knows of precision, from the word that a package says.
_PRECISIONS = {
    "exact": "exhaustive",
    "sondage": "census",
    "prévision": "unknown",
    "inconnue": "unknown",
}

_OTHER_OWNER = "Un autre observatoire répond à cette date : les deux ne se suivent pas."

_WITHHELD = (
    "Des chiffres que publie l’un des observatoires sont masqués ici (s) : réunis à ceux des autres, ils "
    "dévoileraient un effectif que l’un d’eux masque."
)


@dataclass(frozen=True)
class Imprint:
    """What the pages of a federation say of themselves: whose they are, and their day."""

    place: str
    date: str


@dataclass(frozen=True)
class Answers:
    """What a federation answers of some indicators on one zoning.

    ``rows`` are those of :meth:`Federation.values`, a period an indicator; ``definitions`` and
    ``verdicts`` the federation's; ``titles`` what members are called, in order of precedence; ``names``
    the territories; ``withheld`` what may not be shown; ``zonings`` what zonings are called. ``owners``
    tell, when several dates are set side by side, who answers of a territory and an indicator: another
    member's figure of another date is left out.
    """

    rows: pd.DataFrame
    definitions: pd.DataFrame
    verdicts: pd.DataFrame
    titles: Mapping[str, str]
    names: Mapping[str, str]
    zoning: str
    periods: Mapping[str, str]
    withheld: Collection[tuple[str, str, str, str]] = ()
    zonings: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[tuple[str, str], str] | None = None

    def owned(self) -> dict[tuple[str, str], str]:
        """Return who answers, by territory and indicator."""
        keys = ["territoire", "indicateur", "observatoire"]
        return {(row[keys[0]], row[keys[1]]): row[keys[2]] for row in records(self.rows[keys])}

    @cached_property
    def holders(self) -> dict[str, str]:
        """Whose figures of each territory are shown."""
        found: dict[str, set[str]] = defaultdict(set)
        for code, name in zip(self.rows["territoire"], self.rows["observatoire"], strict=True):
            found[str(code)].add(str(name))
        return {
            code: enumerate_words([title for name, title in self.titles.items() if name in names])
            for code, names in sorted(found.items())
        }

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """The territories and their names, those of one member together."""
        return sorted(self.names.items(), key=lambda one: (self.holders.get(one[0], "~"), one[0]))


def protected_answers(answers: Answers, warnings: Sequence[str]) -> ProtectedTable:
    """Return what a federation answers as a protected table.

    Its figures were protected by who published them; what the packages give away together is hidden
    besides, like any other secret figure.
    """
    columns = {code: _column(answers, code) for code in answers.periods}
    rows = [row for _, found in columns.values() for row in found]
    cells = pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(CELL_COLUMNS))
    indicators = {code: indicator for code, (indicator, _) in columns.items()}
    keys = answers.rows[FIGURE_KEY].itertuples(index=False, name=None)
    hidden = any(key in answers.withheld for key in keys)
    return protect_table(
        Table(
            cells,
            indicators,
            answers.zoning,
            answers.zonings.get(answers.zoning, answers.zoning),
            (*warnings, *([_WITHHELD] if hidden else [])),
        )
    )


def _column(answers: Answers, code: str) -> tuple[Indicator, list[Record]]:
    """Return an indicator as its first member defines it, and its figures that may stand by that one's."""
    period = answers.periods[code]
    values = answers.rows[answers.rows["indicateur"] == code]
    defined = answers.definitions[answers.definitions["indicateur"] == code]
    given = set(values["observatoire"])
    rank = {name: place for place, name in enumerate(answers.titles)}
    held = sorted(given or set(defined["observatoire"]), key=rank.__getitem__)
    first = held[0]
    verdicts = answers.verdicts
    same = (verdicts["indicateur_a"] == code) & (verdicts["indicateur_b"] == code)
    judged = {
        row["observatoire_b"]: (row["verdict"], row["motif"])
        for row in records(verdicts[same & (verdicts["observatoire_a"] == first)])
    }
    by_territory = {str(row["territoire"]): row for row in records(values)}
    cells = [
        _cell(answers, by_territory.get(place), (place, name), (code, period), judged)
        for place, name in answers.places
    ]
    word = next(row for row in records(defined) if row["observatoire"] == first)
    return _indicator(word, tuple(_cautions(answers, values, word, judged))), cells


def _indicator(word: Record, cautions: tuple[str, ...]) -> Indicator:
    return Indicator(
        code=word["indicateur"],
        label=word["libelle"],
        short=word["libelle"],
        theme=word["thematique"],
        nature=_NATURES.get(word["nature"], Nature.INDEX),
        unit=word["unite"],
        decimals=decimals_of(str(word["decimales"])),
        polarity=POLARITIES.get(word["sens"], "neutral"),
        definition=word["definition"],
        universe=word["champ"],
        sources=(),
        caveats=(*filter(None, [word["precautions"]]), *cautions),
    )


def _cautions(
    answers: Answers, values: pd.DataFrame, word: Record, judged: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    """Say which members count a little otherwise, and where several answered."""
    titles, label = answers.titles, word["libelle"]
    shown = values[values["valeur"].notna() | values["borne_basse"].notna()]
    for name in sorted(set(shown["observatoire"]) & set(judged)):
        verdict, why = judged[name]
        if verdict == CARE:
            yield f"{label}{NO_BREAK}: à lire avec précaution à côté de {titles[name]}. {why}."
    several = int((shown["reponses"] > 1).sum())
    if several:
        places = plural(several, "territoire")
        yield f"{label}{NO_BREAK}: plusieurs observatoires répondent pour {places} ; le premier est cru."


def _cell(
    answers: Answers,
    row: Record | None,
    place: tuple[str, str],
    asked: tuple[str, str],
    judged: Mapping[str, tuple[str, str]],
) -> Record:
    """Return one cell, with all that a table needs; what must not be shown is emptied."""
    (territory, name), (code, period) = place, asked
    made: dict[str, Any] = dict.fromkeys(CELL_COLUMNS, _NAN) | {
        "territory": territory, "name": name, "indicator": code, "period": period,
        "zoning": answers.zoning, "status": str(Status.MISSING), "coverage": 0.0, "source": "",
        "reason": "Aucun des paquets n’en a de chiffre.", "method": "", "origin": "", "precision": "",
        "flag": "", "threshold": 0.0,
    }  # fmt: skip
    if row is None:
        return made
    who = str(row["observatoire"])
    package = f"paquet « {answers.titles[who]} »"
    made["source"] = f"{row['source']} ({package})" if row["source"] else package
    verdict, why = judged.get(who, ("", ""))
    status = _STATUSES[row["statut"]]
    if (answers.zoning, territory, code, period) in answers.withheld:
        return made | {"status": str(Status.SECRET), "reason": HIDDEN_REASON}
    owner = who if answers.owners is None else answers.owners.get((territory, code), who)
    if owner != who and status is not Status.SECRET:
        return made | {"reason": _OTHER_OWNER, "source": ""}
    if verdict == NO and status is not Status.SECRET:
        said = (
            f"Le chiffre de {answers.titles[who]} ne se met pas à côté des autres{NO_BREAK}: {why}."
        )
        return made | {"reason": said, "source": ""}
    return made | _measures(row, status)


def _measures(row: Record, status: Status) -> dict[str, Any]:
    """Return what a package says of a figure, in the columns of a table."""
    low, high = row["borne_basse"], row["borne_haute"]
    sampled = row["precision"] == "sondage"
    own = sampled and status in (Status.OBSERVED, Status.AGGREGATED, Status.CONTEXT)
    shared = not sampled and status in (Status.ESTIMATED, Status.BOUNDED)
    return {
        "status": str(status), "value": row["valeur"], "low": low, "high": high,
        "coverage": row["couverture"], "reason": row["motif"], "method": row["methode"],
        "precision": _PRECISIONS.get(row["precision"], "unknown"),
        "sampling_low": low if own else _NAN, "sampling_high": high if own else _NAN,
        "passage_low": low if shared else _NAN, "passage_high": high if shared else _NAN,
        "pi80_low": row["plausible_bas"], "pi80_high": row["plausible_haut"],
    }  # fmt: skip


def federation_course(
    code: str, periods: Sequence[str], observed: pd.DataFrame, definitions: pd.DataFrame
) -> Course:
    """Say which dates of an indicator compare, from what each member declares of its own.

    Parameters
    ----------
    periods : sequence of str
        Its dates on a zoning, in order.
    observed : DataFrame
        The answer of ``inventory.sql`` on that zoning.
    """
    own = observed[observed["indicateur"] == code]
    dates = {str(who): set(rows["periode"]) for who, rows in own.groupby("observatoire")}
    said = {
        row["observatoire"]: read_series_words(row)
        for row in records(definitions[definitions["indicateur"] == code])
        if row["observatoire"] in dates
    }
    joined, broken = [], {}
    last = periods[0] if periods else ""
    for after in periods[1:]:
        reasons = [breaks[after] for _, breaks in said.values() if after in breaks]
        holding = [who for who, known in dates.items() if {last, after} <= known]
        if reasons:
            broken[after], last = reasons[0], after
        elif holding and all(_reaches(said[who][0], last, after) for who in holding):
            joined.append((last, after))
            last = after
        elif not any(last in dict(pairs) for pairs, _ in said.values()):
            last = after  # nothing leads on from there
    return Course(tuple(periods), tuple(joined), broken, judged=False)


def _reaches(joined: set[tuple[str, str]], start: str, end: str) -> bool:
    """Say whether dates that follow each other lead from one to another."""
    steps, at = dict(joined), start
    for _ in range(len(steps)):
        at = steps.get(at, "")
        if at == end:
            return True
    return False

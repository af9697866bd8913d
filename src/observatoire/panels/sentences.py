"""Plain sentences of a profile, each true of the figures it is written from, at their extremes too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from observatoire.french.typography import (
    NARROW,
    NO_BREAK,
    enumerate_words,
    number,
    plural,
    round_half_up,
    with_unit,
)
from observatoire.maps.marks import NOT_COMPARED
from observatoire.pages.cells import FLAG_MARKS
from observatoire.pages.notes import FLAG_MEANINGS
from observatoire.panels.drawings.bearings import LEFT_OUT
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import TerritoryNames
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.panels.drawings.bearings import Bearing, Reference
    from observatoire.panels.identities import SharedSource

#: What is counted by hundreds, in the sentences of a catalogue.
_HUNDRED = " sur 100"

#: Most headlines of a profile.
MOST_HEADLINES = 3

_MOST_NAMED, _MOST_ASKED = 3, 2


def headlines(rows: Sequence[Bearing]) -> tuple[tuple[str, str], ...]:
    """Return the widest sure gaps as sentences: what is read first, then the rest."""
    sure = sorted((row for row in rows if row.sure), key=lambda row: -row.gap)
    return tuple(_headline(row) for row in sure[:MOST_HEADLINES])


def _headline(row: Bearing) -> tuple[str, str]:
    indicator, value, other = row.indicator, row.mark.value, row.references[0]
    decimals = _enough(row, other)
    # The figure never goes alone to another line.
    against = f"{other.name}{NO_BREAK}:{NO_BREAK}{number(other.value, decimals)}"
    said = indicator.sentence.replace("{v}", number(value, decimals))
    lead, hundred, rest = said.partition(_HUNDRED)
    if not hundred or round_half_up(value, decimals) < 2:  # noqa: PLR2004 - « 1 habitants » is no French
        lead = (
            f"{indicator.short}{NO_BREAK}: {with_unit(value, indicator.unit, indicator.decimals)}"
        )
        return (
            lead,
            f"({row.period}) ; {other.name}{NO_BREAK}:{NO_BREAK}{number(other.value, indicator.decimals)}.",
        )
    return f"{lead}{hundred}", f"{rest.strip()} ({row.period}) ; {against}."


def _enough(row: Bearing, other: Reference) -> int:
    """Return no decimals where the two figures still differ without, else those of the indicator."""
    apart = round_half_up(row.mark.value) != round_half_up(other.value)
    return 0 if apart else row.indicator.decimals


def nothing_sure(
    rows: Sequence[Bearing], words: TerritoryNames, commune: str, sharing: int = 1
) -> str:
    """Say why no sentence stands out."""
    here = words.here
    if not any(row.mark.own for row in rows) and sharing > 1:
        return f"Rien ne distingue ces {here.many} de façon sûre{NO_BREAK}: aucun chiffre ne leur est propre."
    if not any(row.mark.own for row in rows):
        return f"Rien ne distingue {here.this} de façon sûre{NO_BREAK}: aucun chiffre ne lui est propre."
    if not any(row.mark.own and row.reference for row in rows):
        nothing = "Rien à quoi comparer les chiffres de cette page"
        return f"{nothing}{NO_BREAK}: leurs sources ne donnent aucun autre territoire."
    against = f" avec {commune}" if commune else ""
    return f"Aucun écart sûr{against} ne distingue {here.this} parmi les chiffres de cette page."


#: How a page says what its figures are.
ON_THIS_PAGE = "Sur cette page"


def band(
    rows: Sequence[Bearing], shared: SharedSource | None, words: TerritoryNames, sharing: int
) -> tuple[str, str]:
    """Say whose figures the page shows: its title, then the sentence."""
    here = words.here
    counts = Counter("own" if row.mark.exact else str(row.mark.status) for row in rows)
    own, context = counts["own"], counts[str(Status.CONTEXT)]
    larger = (
        f"plus grand que {here.it}" if sharing == 1 else f"qui contient les {sharing} {here.many}"
    )
    if own:
        exactly = "est exactement le sien" if own == 1 else "sont exactement les siens"
        total = plural(len(rows), "chiffre")
        text = (
            f"{own} des {total} de cette page {exactly}"
            if len(rows) > 1
            else f"Le chiffre de cette page {exactly}"
        )
        return f"Chiffres propres {here.to_the}.", f"{text}{_others(counts)}."
    if counts[str(Status.ESTIMATED)]:
        theirs = here.to_the if sharing == 1 else f"à ces {here.many}"
        lead = f"Aucun chiffre propre {theirs}, mais des estimations."
        rest = f" ; on se fonde sur {shared.noun.the} {shared.named}, {larger}" if shared else ""
        return lead, f"{ON_THIS_PAGE}{_others(counts, first=True)}{rest}."
    if context and shared:
        text = (
            f"On ne les connaît que pour {shared.noun.the} {shared.named}, {larger}{NO_BREAK}: ils sont entre "
            f"parenthèses, en losange creux{_others(counts)}."
        )
        owners = here.of_the if sharing == 1 else f"de ces {here.many}"
        return f"Ces chiffres ne sont pas ceux {owners}.", text
    if context:
        text = f"On ne les connaît que pour {words.holder.the} qui {here.pronoun} contient{_others(counts)}."
        return f"Ces chiffres ne sont pas ceux {here.of_the}.", text
    return f"Aucun chiffre propre {here.to_the}.", f"{ON_THIS_PAGE}{_others(counts, first=True)}."


_KINDS = (
    (Status.ESTIMATED, "est estimé", "sont estimés"),
    (Status.BOUNDED, "est connu entre deux bornes", "sont connus entre deux bornes"),
    (
        Status.CONTEXT,
        "est celui d’un territoire plus grand",
        "sont ceux d’un territoire plus grand",
    ),
    (Status.SECRET, "est couvert par le secret", "sont couverts par le secret"),
    (Status.MISSING, "manque", "manquent"),
)


def _others(counts: Counter[str], *, first: bool = False) -> str:
    """Say how many are known otherwise; those of a page of context are said already."""
    parts = []
    for status, one, several in _KINDS:
        count = counts[str(status)]
        said = not counts["own"] and not counts[str(Status.ESTIMATED)]
        if count and not (status is Status.CONTEXT and said):
            parts.append(f"{count} {one if count == 1 else several}")
    if not parts:
        return ""
    return f"{NO_BREAK}: {enumerate_words(parts)}" if first else f" ; {enumerate_words(parts)}"


def in_short(rows: Sequence[Bearing]) -> tuple[str, str]:
    """Write some figures on a line each, with what they are compared with: their title, then the lines.

    Nothing is written of what has no figure.
    """
    known = [row for row in rows if row.mark.status not in (Status.MISSING, Status.NOT_APPLICABLE)]
    levels = {row.mark.level for row in known if row.mark.interval[0] == row.mark.interval[0]}
    around = f" (intervalle à {levels.pop()}{NARROW}%)" if len(levels) == 1 else ""
    others = list(dict.fromkeys(row.reference.name for row in known if row.reference))
    against = f" ; {others[0]}" if len(others) == 1 else ""
    return f"Chiffres{NO_BREAK}: ici{around}{against}", "\n".join(
        _in_short(row, named=len(others) > 1) for row in known
    )


def _in_short(row: Bearing, *, named: bool) -> str:
    indicator, mark, other = row.indicator, row.mark, row.reference
    unit = f"{NO_BREAK}{indicator.unit.replace('euros', '€')}" if indicator.unit else ""
    said = f"{indicator.short}{unit}, {row.period}{NO_BREAK}: {mark.text}"
    low, high = mark.interval
    if low == low and high == high:  # noqa: PLR0124 - an interval has both ends
        said += f" ({number(low, indicator.decimals)} à {number(high, indicator.decimals)})"
    if other is None:
        return said
    return f"{said} ; {f'{other.name}{NO_BREAK}: ' if named else ''}{other.text}"


def lecture(rows: Sequence[Bearing], name: str, words: TerritoryNames) -> str:
    """Write how a row of the spine is read, from the first that shows the most."""
    for row in sorted(rows, key=_worth):
        mark, indicator = row.mark, row.indicator
        said = f"« {indicator.label} », {row.period}{NO_BREAK}: "
        if mark.own:
            return said + _own(row, name, words)
        if mark.status is Status.CONTEXT and mark.known:
            value = with_unit(mark.value, indicator.unit, indicator.decimals)
            here = words.here
            return (
                f"{said}{value} dans {words.holder.the} qui contient {name} ; on ne sait ce qu’il en est "
                f"{here.of_the} {here.agree('seul')}."
            )
        if mark.status is Status.BOUNDED:
            return f"{said}entre {_ends(indicator, mark.low, mark.high)} pour {name}."
    return ""


def signs(rows: Sequence[Bearing]) -> str:
    """Explain the signs of a page that its legend does not."""
    shown = {row.mark.status for row in rows}
    flags = {sign for row in rows for sign in FLAG_MARKS.values() if sign in row.mark.text}
    said = [
        f"{status.mark}{NO_BREAK}: {status.label}"
        for status in (Status.ESTIMATED, Status.SECRET, Status.MISSING, Status.NOT_APPLICABLE)
        if status in shown
    ]
    said += [
        f"{FLAG_MARKS[flag]}{NO_BREAK}: {FLAG_MEANINGS[flag]}"
        for flag in FLAG_MARKS
        if FLAG_MARKS[flag] in flags
    ]
    if any(row.reference is None for row in rows):
        said.append(f"–{NO_BREAK}: la source ne donne rien à quoi comparer")
    return f"{' ; '.join(said)}." if said else ""


def unjudged(rows: Sequence[Bearing], reasons: Mapping[str, str]) -> str:
    """Say why the gaps that bear a hollow sign are not judged.

    Parameters
    ----------
    reasons : mapping
        Why a gap has no verdict, by code of indicator.
    """
    found: dict[str, list[str]] = {}
    for row in rows:
        reason = reasons.get(row.indicator.code, "")
        # What is too few to be commented has its sign explained already.
        hollow = row.mark.sign == NOT_COMPARED and not row.mark.careful
        if row.mark.own and row.reference and hollow and reason:
            found.setdefault(reason, []).append(row.indicator.short)
    return " ".join(
        f"{enumerate_words(names)}{NO_BREAK}: {reason[:1].lower()}{reason[1:].rstrip('.')}."
        for reason, names in found.items()
    )


def _worth(row: Bearing) -> tuple[bool, bool, bool, float]:
    mark = row.mark
    return not mark.own, not row.sure, not mark.sampled, -row.gap


def _own(row: Bearing, name: str, words: TerritoryNames) -> str:
    mark, indicator, other = row.mark, row.indicator, row.reference
    text = f"{with_unit(mark.value, indicator.unit, indicator.decimals)} pour {name}"
    low, high = mark.interval
    if mark.sampled:
        text += f" (entre {_ends(indicator, low, high)}, à {mark.level}{NARROW}%)"
    if other is not None:
        text += f", contre {with_unit(other.value, indicator.unit, indicator.decimals)} pour {other.name}"
    if len(row.known) > 1:
        here = words.here
        known = f"les {len(row.known)} {here.many} {here.agree('connu', several=True)}"
        known += LEFT_OUT if row.left_out else ""
        text += f" ; parmi {known}, de {_ends(indicator, row.known[0], row.known[-1], 'à')}"
    return f"{text}."


def _ends(indicator: Indicator, low: float, high: float, word: str = "et") -> str:
    first = number(low, indicator.decimals)
    return f"{first} {word} {with_unit(high, indicator.unit, indicator.decimals)}"


#: What comes before those whom to ask.
ASKED_FIRST = "D’abord à demander"


def lacking(
    absent: Sequence[Indicator], hidden: Sequence[Indicator], total: int, asks: dict[str, str]
) -> str:
    """Say what is missing and whom to ask.

    Parameters
    ----------
    absent, hidden : sequence of Indicator
        Those without a figure, and those that secrecy covers.
    """
    parts = []
    if absent:
        verb = "n’a" if len(absent) == 1 else "n’ont"
        parts.append(f"{plural(len(absent), 'indicateur')} sur {total} {verb} pas de chiffre ici.")
    if hidden:
        verb = "est couvert" if len(hidden) == 1 else "sont couverts"
        names = enumerate_words([one.short for one in hidden], most=_MOST_NAMED)
        count = plural(len(hidden), "autre" if absent else "indicateur")
        parts.append(f"{count} {verb} par le secret ({names}).")
    whom: dict[str, list[str]] = {}
    for one in absent:
        asked = one.ask or asks.get(one.theme, "")
        if asked:
            whom.setdefault(asked, []).append(one.short)
    nearest = sorted(whom.items(), key=lambda pair: -len(pair[1]))[:_MOST_ASKED]
    lines = [
        f"{asked}{NO_BREAK}: {enumerate_words(names, most=_MOST_NAMED)}."
        for asked, names in nearest
    ]
    if lines:
        parts.append(f"{ASKED_FIRST}{NO_BREAK}à{NO_BREAK}:\n" + "\n".join(lines))
    return " ".join(parts) or "Rien ne manque : tous les indicateurs ont un chiffre ici."

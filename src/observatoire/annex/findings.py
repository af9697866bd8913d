"""What to retain: the sure gaps stated in a sentence each, what is known, what became of objectives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from observatoire.french.typography import NARROW, NO_BREAK, capital, number, plural, with_unit
from observatoire.maps.figure import marks_of
from observatoire.maps.marks import extremes, of_one_source
from observatoire.maps.ranks import first_place
from observatoire.pages.blocks import Block, Callout, Heading, Row, TableBlock, heads, text_row
from observatoire.panels.objectives import asked_first
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import Noun
    from observatoire.indicators.definitions.catalogue import Indicator, Theme
    from observatoire.maps.marks import Mark
    from observatoire.panels.assessment import Assessment
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: How many findings a cover holds, and how many of them are gaps.
MOST_FINDINGS, _MOST_GAPS = 5, 3

#: Share of the objectives without their evidence above which the evaluation is said nearly empty.
_NEARLY = 0.75


@dataclass(frozen=True)
class Finding:
    """What a reader keeps of an indicator: what is sure, then the figures; ``weight`` ranks it.

    ``span`` is from the lowest to the highest that may be commented, ``known`` how many have a figure of their
    own, ``sure`` the gaps in brief, ``references`` the figures that they are compared with, by name, ``first``
    whether the highest is so for sure.
    """

    indicator: Indicator
    lead: str
    text: str
    weight: tuple[int, float] = (0, 0.0)
    period: str = ""
    span: str = ""
    known: str = ""
    sure: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    first: str = ""

    @property
    def sentence(self) -> str:
        """Both, as one text."""
        return f"{self.lead}. {self.text}".strip()


def finding(
    table: ProtectedTable,
    code: str,
    communes: Mapping[str, str],
    alike: Sequence[Sequence[str]] = (),
) -> Finding | None:
    """Return what an indicator says of the territories that have their own figure; None without one.

    Parameters
    ----------
    table : ProtectedTable
        Holds the indicator and its differences.
    code : str
        Which one.
    communes : mapping
        The commune of each territory.
    alike : sequence of sequences of str
        Codes of the territories that share one source: they are one for the first place.
    """
    indicator = table.indicator(code)
    marks = marks_of(table, code, communes)
    own = [mark for mark in marks if mark.own]
    if not any(mark.exact for mark in own):
        return None
    lead, sure, brief = _lead(table, indicator, own)
    judged = sum(bool(mark.tone) for mark in own)
    share = sure / judged if judged else 0.0
    rank = (int(sure > 0) + int(sure > 0 and indicator.polarity != "neutral"), share)
    references = _references(table, indicator, own)
    compared = " ; ".join(f"{name}{NO_BREAK}: {shown}" for name, shown in references.items())
    texts = (_range(table, indicator, own), f"{compared}." if compared else "")
    rows, _ = table.by_indicator[code]
    guessed = sum(not mark.exact for mark in own)
    known = f"{number(len(own))} sur {number(len(marks))}"
    return Finding(
        indicator,
        lead,
        " ".join(filter(None, texts)),
        rank,
        str(rows[0]["period"]),
        _span(own, indicator.decimals),
        f"{known}, dont {number(guessed)}{NARROW}e" if guessed else known,
        brief,
        references,
        first_place(table, code, of_one_source(marks, alike)),
    )


def _span(own: Sequence[Mark], decimals: int) -> str:
    """Give the lowest and the highest figures that may be commented; the only one where it is alone."""
    ends = extremes(own)
    if not ends:
        return number(own[0].value, decimals) if len(own) == 1 and not own[0].careful else "—"
    texts = [f"{number(m.value, decimals)}{'' if m.exact else f'{NARROW}e'}" for m in ends]
    return f"{texts[0]} à {texts[1]}"


def _lead(table: ProtectedTable, indicator: Indicator, own: Sequence[Mark]) -> tuple[str, int, str]:
    """Say how many differ from their commune for sure, and on which side most of them are; then in brief."""
    here, short = table.words.here, indicator.short
    tones = ("unfavourable", "favourable") if indicator.polarity != "neutral" else ("▲", "▼")
    judged = [mark for mark in own if mark.tone]
    worse, better = (
        sum(mark.tone == tone or mark.sign.startswith(tone) for mark in judged) for tone in tones
    )
    known = f"{plural(len(own), here.singular, here.many)}{_guessed(own, here)}"
    if not judged:
        return f"{short}{NO_BREAK}: chiffre connu dans {known}", 0, "aucun écart ne se juge"
    if not worse and not better:
        return (
            f"{short}{NO_BREAK}: aucun écart sûr avec {_other(table, indicator, own)}",
            0,
            "aucun écart sûr",
        )
    words = _words(indicator)
    count, word = max((worse, words[0]), (better, words[1]), key=lambda pair: pair[0])
    several = here.agree("jugé", several=True)
    judged_words = f"{number(count)} des {number(len(judged))} {here.many} {several}"
    if count == len(judged):
        judged_words = (
            f"les {number(count)} {here.many} {several}"
            if count > 1
            else f"le seul {here.singular} {here.agree('jugé')}"
        )
    compared = f"{word} {_against(table, indicator, own)}"
    guessed = _guessed(judged, here)
    brief = f"{word} dans {number(count)} des {number(len(judged))} {several}"
    return f"{short}{NO_BREAK}: {compared} dans {judged_words}{guessed}", count, brief


def _guessed(marks: Sequence[Mark], here: Noun) -> str:
    """Say how many of them are known by an estimate alone: the pages judge them, the sentence counts them."""
    guessed = sum(not mark.exact for mark in marks)
    return (
        f", dont {number(guessed)} {here.agree('estimé', several=guessed > 1)}" if guessed else ""
    )


def _words(indicator: Indicator) -> tuple[str, str]:
    if indicator.polarity == "neutral":
        return "plus haut", "plus bas"
    return "moins favorable", "plus favorable"


def _others(
    table: ProtectedTable, indicator: Indicator, own: Sequence[Mark]
) -> dict[str, tuple[str, str]]:
    """Return what figures are compared with: where it is, by its name."""
    rows = (table.verdicts.get((mark.code, indicator.code)) for mark in own)
    return {
        str(row["against_name"]): (str(row["against_zoning"]), str(row["against"]))
        for row in rows
        if row
    }


def _references(table: ProtectedTable, indicator: Indicator, own: Sequence[Mark]) -> dict[str, str]:
    """Give the figures of what the others are compared with: a gap is read against them."""
    _, spots = table.by_indicator[indicator.code]
    figures = {}
    for name, spot in _others(table, indicator, own).items():
        row = spots.get(spot)
        if row is None or not Status(str(row["status"])).has_value:
            continue
        shown = with_unit(float(row["value"]), indicator.unit, indicator.decimals)
        guessed = " (estimé)" if row["status"] == str(Status.ESTIMATED) else ""
        figures[name] = f"{shown}{guessed}"
    return figures


def _other(table: ProtectedTable, indicator: Indicator, own: Sequence[Mark]) -> str:
    names = list(_others(table, indicator, own))
    return names[0] if len(names) == 1 else "la commune"


def _against(table: ProtectedTable, indicator: Indicator, own: Sequence[Mark]) -> str:
    names = list(_others(table, indicator, own))
    return (
        f"qu’à {names[0]}"
        if len(names) == 1 and not names[0].startswith("Le ")
        else ("que dans leur commune")
    )


def _range(table: ProtectedTable, indicator: Indicator, own: Sequence[Mark]) -> str:
    """Give the extremes that may be commented, and the period."""
    rows, _ = table.by_indicator[indicator.code]
    when = f" en {rows[0]['period']}" if rows[0]["period"] else ""
    ends = extremes(own)
    if not ends:
        one = own[0]
        if len(own) > 1 or one.careful:
            return ""
        return f"{with_unit(one.value, indicator.unit, indicator.decimals)} ({one.name}){when}."
    texts = [
        f"{with_unit(mark.value, indicator.unit, indicator.decimals)} "
        f"({mark.name}{'' if mark.exact else ', estimé'})"
        for mark in ends
    ]
    marked = (
        ", hors chiffres trop fragiles pour être commentés (†\N{NO-BREAK SPACE}ou\N{NO-BREAK SPACE}‡)"
        if any(mark.careful for mark in own)
        else ""
    )
    return f"De {texts[0]} à {texts[1]}{when}{marked}."


def strongest(found: Sequence[Finding]) -> list[Finding]:
    """Return the sure gaps, those of most territories first, no theme before another has had its turn."""
    ranked = sorted(
        (each for each in found if each.weight[0]), key=lambda each: each.weight, reverse=True
    )
    seen: dict[str, int] = {}
    turns = []
    for each in ranked:
        theme = each.indicator.theme
        seen[theme] = seen.get(theme, 0) + 1
        turns.append((seen[theme], each))
    return [each for _, each in sorted(turns, key=lambda pair: pair[0])]


def _owning(owners: int, total: int, here: Noun) -> str:
    r"""Say how many of some territories have figures of their own.

    Examples
    --------
    >>> from observatoire.french.nouns import Noun
    >>> _owning(1, 9, Noun("quartier")), _owning(9, 9, Noun("quartier"))
    ('1 des 9\xa0quartiers a des chiffres propres', 'Chacun des 9\xa0quartiers a des chiffres propres')
    """
    if total == 1:
        return f"{capital(here.the)} {'a des chiffres propres' if owners else 'n’a aucun chiffre propre'}"
    every = plural(total, here.singular, here.many)
    if not owners:
        return f"{capital(here.agree('aucun'))} des {every} n’a de chiffre propre"
    if owners == total:
        return f"{capital(here.agree('chacun'))} des {every} a des chiffres propres"
    return f"{number(owners)} des {every} {'ont' if owners > 1 else 'a'} des chiffres propres"


def knowledge(table: ProtectedTable) -> tuple[str, str]:
    """Say of how many territories figures are their own, and what is shown of the others."""
    here = table.words.here
    cells = table.main
    total = cells["territory"].nunique()
    own = cells["status"].isin([str(s) for s in (Status.OBSERVED, Status.AGGREGATED)])
    figures = cells[own].groupby("territory")["indicator"].nunique()
    # One figure among dozens makes no territory known: the pages class it with those that have none.
    lone = int((figures == 1).sum()) if (figures > 1).any() else 0
    owners = len(figures) - lone
    blind = total - cells.loc[cells["status"] != str(Status.MISSING), "territory"].nunique()
    lead = _owning(owners, total, here)
    parts = table.words.parts
    rest = total - owners - lone - blind
    text = []
    if lone:
        text = [f"{number(lone)} autre{'s n’en ont' if lone > 1 else ' n’en a'} qu’un seul"]
    if rest:
        verb, them = ("n’est", here.pronoun) if rest == 1 else ("ne sont", "les")
        larger = f"{parts.one} qui {them} contient" if parts else "un territoire plus grand"
        guessed = (cells["status"] == str(Status.ESTIMATED)).any()
        how = f"par estimation ou par {larger}" if guessed else f"par {larger}"
        text.append(f"{number(rest)} {verb} {here.agree('connu', several=rest > 1)} que {how}")
    if blind:
        text.append(f"{number(blind)} {'n’a' if blind == 1 else 'n’ont'} aucun chiffre")
    return lead, f"{capital(' ; '.join(text))}." if text else ""


def outcome(found: Assessment | None) -> tuple[str, str] | None:
    """Say what is known of the objectives; None where none is loaded."""
    if found is None or found.objectives.empty:
        return None
    aims = found.objectives
    later, lacking = int(aims["low"].notna().sum()), int((aims["lacking"] != "").sum())
    if lacking >= _NEARLY * len(aims):
        empty = "vide" if lacking == len(aims) else "presque vide"
        which = (
            f"{number(lacking)} des {len(aims)} objectifs" if len(aims) > 1 else "son seul objectif"
        )
        lead = f"L’évaluation est {empty}{NO_BREAK}: la preuve manque à {which}"
    else:
        since = f"{number(later)} avec" if later else "aucun n’a"
        article = "un" if later else "de"
        lead = (
            f"{plural(len(aims), 'objectif')}{NO_BREAK}: {since} {article} chiffre depuis le départ"
        )
    whom = asked_first(aims)
    asked = f"À demander d’abord{NO_BREAK}: {whom}." if whom else ""
    rest = "Le détail est au chapitre de l’évaluation."
    if lacking < _NEARLY * len(aims):  # the lead has not said how many
        rest = f"{plural(lacking, 'preuve manque', 'preuves manquent')}. {rest}"
    return lead, f"{asked} {rest}".strip() if lacking else ""


def in_short(
    table: ProtectedTable, found: Sequence[Finding], evaluated: Assessment | None
) -> tuple[tuple[str, str], ...]:
    """Return the findings of the cover: gaps first, then what is known and what was obtained."""
    last = [each for each in (knowledge(table), outcome(evaluated)) if each]
    gaps = strongest(found)[: max(_MOST_GAPS, MOST_FINDINGS - len(last))]
    said = [(f"{each.lead}.", each.text) for each in gaps]
    return (*said, *((f"{lead}.", text) for lead, text in last))[:MOST_FINDINGS]


def retain_blocks(
    table: ProtectedTable,
    themes: Sequence[Theme],
    found: Sequence[Finding],
    warnings: Callout,
) -> list[Block]:
    """Lay out the page of what to retain, after the findings of the cover: a line a theme, the warnings.

    Parameters
    ----------
    table : ProtectedTable
        Everything that the annex shows.
    themes : sequence of Theme
        The headings shown.
    found : sequence of Finding
        What the indicators say.
    warnings : Callout
        What must be read before the figures.
    """
    rows = tuple(_theme_row(table, theme, found) for theme in themes)
    grid = TableBlock(
        "Thématique par thématique",
        "Thématique",
        heads("Ce que disent les chiffres", "Chiffres propres", "À qui demander la suite"),
        rows,
        kind="texts",
        widths=(1.6, 4.2, 1.4, 2.6),
    )
    return [
        Heading("Ce qu’il faut retenir", 1, "retenir"),
        grid,
        warnings,
    ]


def _theme_row(table: ProtectedTable, theme: Theme, found: Sequence[Finding]) -> Row:
    mine = sorted(
        (each for each in found if each.indicator.theme == theme.code),
        key=lambda each: each.weight,
        reverse=True,
    )
    codes = [code for code, one in table.indicators.items() if one.theme == theme.code]
    cells = table.main[table.main["indicator"].isin(codes)]
    own = cells["status"].isin([str(s) for s in (Status.OBSERVED, Status.AGGREGATED)]).sum()
    none = (
        "Aucun taux propre, des effectifs seulement."
        if own
        else f"Aucun chiffre propre {table.words.here.to_the}."
    )
    # What the heading maps first is what its readers look for, sure gap or not.
    first = [each for each in mine[1:] if each.indicator.code == next(iter(theme.maps), "")]
    said = " ".join(each.sentence for each in [*mine[:1], *first]) if mine else none
    known = f"{number(int(own))} sur {number(len(cells))}"
    return text_row(theme.label, said, known, theme.ask)

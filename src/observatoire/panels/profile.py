"""A territory on one page: whose figures these are, what stands out, its place among the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from observatoire.french.typography import NO_BREAK, capital, enumerate_words
from observatoire.maps.locator import locator_figure
from observatoire.pages.blocks import (
    Block,
    Callout,
    Facts,
    Figure,
    Heading,
    Note,
    Page,
    PageBreak,
    Row,
    TableBlock,
    TextCell,
    heads,
)
from observatoire.pages.cells import figure_words, given, sampling_cell
from observatoire.pages.notes import four_lines, schematic_warning, source_notes
from observatoire.panels.drawings.spine import draw_spine
from observatoire.panels.identities import TerritoryIdentity, sharing
from observatoire.panels.objectives import aims_in_short
from observatoire.panels.sentences import (
    ASKED_FIRST,
    ON_THIS_PAGE,
    band,
    headlines,
    in_short,
    lacking,
    lecture,
    nothing_sure,
    signs,
    unjudged,
)
from observatoire.values import Status, records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from observatoire.indicators.definitions.catalogue import Indicator, Theme
    from observatoire.maps.marks import BaseMap
    from observatoire.panels.drawings.bearings import Bearing, Bearings

#: Most rows of a spine: as many as a page holds.
MOST_ROWS = 20


@dataclass(frozen=True)
class Aims:
    """The objectives of an evaluation, and the wholes that each territory belongs to."""

    frame: pd.DataFrame
    wholes: Callable[[str], set[tuple[str, str]]]

    def of(self, codes: Sequence[str]) -> pd.DataFrame:
        """Return the objectives that bear on some territories, the nearest ones first."""
        spots = set[tuple[str, str]]().union(*(self.wholes(code) for code in codes))
        keys = zip(self.frame["zoning"], self.frame["territory"], strict=True)
        return self.frame.loc[[key in spots for key in keys]]


@dataclass(frozen=True, eq=False)
class ProfileContent:
    """What profiles are made of: figures in their place, who territories are, what was aimed at."""

    bearings: Bearings
    identities: Sequence[TerritoryIdentity]
    themes: Sequence[Theme]
    base_map: BaseMap
    aims: Aims


@dataclass(frozen=True)
class Entry:
    """The profile of one territory, or of those that share one source; ``short``: shares its page.

    ``rows`` are the figures of its spine.
    """

    title: str
    codes: tuple[str, ...]
    blocks: tuple[Block, ...]
    short: bool = False
    rows: tuple[Bearing, ...] = ()


def entries(content: ProfileContent, only: str = "") -> list[Entry]:
    """Return the profiles, in order; territories that share one source share one.

    Parameters
    ----------
    only : str
        The code of the one territory whose profile is wanted.
    """
    chosen = _chosen(content)
    return [
        _entry(content, group, chosen)
        for group in sharing(content.identities)
        if not only or any(identity.code == only for identity in group)
    ]


#: Where the other figures of a shortened profile are: its page no longer has them.
_ELSEWHERE = "Dans l’annexe"


def in_short_form(entry: Entry, kept: Sequence[str]) -> Entry:
    """Shorten a profile that has no figure of its own: the tartan has those of its source.

    Parameters
    ----------
    entry : Entry
        The profile; one that has figures of its own stays as it is.
    kept : sequence of str
        The indicators whose figures stay, a line each.
    """
    if not any(isinstance(block, Callout) and block.kind == "warning" for block in entry.blocks):
        return entry
    figures = in_short([row for row in entry.rows if row.indicator.code in kept])
    blocks = tuple(
        _in_short(block, figures) for block in entry.blocks if not isinstance(block, Figure)
    )
    return replace(entry, blocks=blocks, short=True)


def _in_short(block: Block, figures: tuple[str, str]) -> Block:
    if isinstance(block, Callout):
        items = tuple(text.replace(ON_THIS_PAGE, _ELSEWHERE, 1) for text in block.items)
        return replace(block, items=items)
    if not isinstance(block, Facts) or block.kind != "boxes" or not figures[1]:
        return replace(block, notes=()) if isinstance(block, Facts) else block
    (aimed, aims), (_, missing) = block.items
    lacks = missing.partition(ASKED_FIRST)[0].strip()
    return replace(block, items=((aimed, aims), (figures[0], f"{figures[1]}\n{lacks}")), notes=())


def after_each_other(
    found: Sequence[Entry], local: Callable[[str], Sequence[Block]]
) -> list[Block]:
    """Set profiles on their pages, short ones one under the other; ``local`` is what goes under each."""
    blocks: list[Block] = []
    short = False
    for entry in found:
        if blocks and not (short and entry.short):
            blocks.append(PageBreak())
        short = entry.short
        blocks += entry.blocks
        for code in entry.codes:
            blocks += local(code)
    return blocks


def headed_entries(found: Sequence[Entry], local: Callable[[str], Sequence[Block]]) -> list[Block]:
    """Set profiles on their pages, each under its heading; short ones come last, and share theirs."""
    headed = [
        replace(entry, blocks=(Heading(entry.title, 2, f"fiche-{entry.codes[0]}"), *entry.blocks))
        for entry in sorted(found, key=lambda entry: entry.short)
    ]
    return after_each_other(headed, local)


def profiles_page(
    found: Sequence[Entry],
    content: ProfileContent,
    local: Callable[[str], Sequence[Block]],
    date: str,
    place: str,
) -> Page:
    """Return the page of one profile, or the pages of several; ``local`` is what goes under each."""
    here = content.bearings.table.words.here
    if len(found) == 1:
        blocks = after_each_other(found, local)
        return Page(found[0].title, "", tuple(blocks), date, f"{place} · fiche")
    title = f"Fiches des {here.many}"
    return Page(title, "", tuple(headed_entries(found, local)), date, place)


def _chosen(content: ProfileContent) -> dict[str, list[Indicator]]:
    """Return the rows of the spine by heading: rates and medians; the best known where too many."""
    table = content.bearings.table
    every = {
        theme.label: [
            table.indicators[code]
            for code in theme.profile
            if code in table.indicators and not table.indicators[code].nature.additive
        ]
        for theme in content.themes
    }
    main = table.main
    known = main[~main["status"].isin([str(Status.MISSING), str(Status.NOT_APPLICABLE)])]
    counts = known["indicator"].value_counts()
    codes = [one.code for each in every.values() for one in each if counts.get(one.code, 0)]
    kept = set(sorted(codes, key=lambda code: -counts[code])[:MOST_ROWS])
    rows = {label: [one for one in each if one.code in kept] for label, each in every.items()}
    return {label: each for label, each in rows.items() if each}


def _entry(
    content: ProfileContent,
    group: Sequence[TerritoryIdentity],
    chosen: Mapping[str, Sequence[Indicator]],
) -> Entry:
    first = group[0]
    bearings, words = content.bearings, content.bearings.table.words
    rows = {
        label: [bearings.of(first.code, one.code) for one in each] for label, each in chosen.items()
    }
    flat = [row for each in rows.values() for row in each]
    codes = tuple(identity.code for identity in group)
    names = [identity.name for identity in group]
    title = enumerate_words(names)
    known = any(row.mark.status not in (Status.MISSING, Status.NOT_APPLICABLE) for row in flat)
    where = locator_figure(codes, title, content.base_map)
    head = Facts(_facts(content, group), where)
    boxes = _boxes(content, first, codes)
    if not known:
        return Entry(title, codes, (head, _nothing(first, content), boxes), short=True)
    lead, said = band(flat, first.shared, words, len(group))
    own = any(row.mark.exact for row in flat)
    stands_out = headlines(flat) or (
        (nothing_sure(flat, words, first.commune_name, len(group)), ""),
    )
    blocks = (
        head,
        Callout(lead, (said,), "plain" if own else "warning"),
        Facts(stands_out, kind="headlines"),
        _spine(content, first, rows, title),
        replace(boxes, notes=_notes(content, first, flat, title)),
    )
    return Entry(title, codes, blocks, rows=tuple(flat))


def _facts(
    content: ProfileContent, group: Sequence[TerritoryIdentity]
) -> tuple[tuple[str, str], ...]:
    """Return what is said of the territories at the head; of several, what they have in common."""
    first = group[0]
    common = [fact for fact in first.facts if all(fact in other.facts for other in group)]
    table = content.bearings.table
    people = next((one for one in table.indicators.values() if one.nature.additive), None)
    if people is None or len(group) > 1:
        return tuple(common)
    row = next(
        r
        for r in records(table.main[table.main["territory"] == first.code])
        if r["indicator"] == people.code
    )
    if row["status"] == str(Status.MISSING):
        return tuple(common)
    guessed = " (estimé)" if row["status"] == str(Status.ESTIMATED) else ""
    counted = (f"{people.short}, {row['period']}", f"{figure_words(row, people)}{guessed}")
    return (counted, *common)


def _spine(
    content: ProfileContent,
    first: TerritoryIdentity,
    rows: Mapping[str, Sequence[Bearing]],
    title: str,
) -> Figure:
    table = content.bearings.table
    words = table.words
    flat = [row for each in rows.values() for row in each]
    codes = [row.indicator.code for row in flat]
    cells = table.cells[
        table.cells["indicator"].isin(codes) & (table.cells["territory"] == first.code)
    ]
    known = sum(row.mark.own for row in flat)
    alternative = (
        f"{title}{NO_BREAK}: {known} des {len(flat)} chiffres lui sont propres. "
        + " ".join(f"{lead} {rest}".strip() for lead, rest in headlines(flat))
        + " Le tableau qui suit donne chaque chiffre."
    )
    commune = first.commune_name or "commune"
    return Figure(
        draw_spine(rows, words, commune),
        "",
        alternative,
        numbers=_numbers(table.zoning_label, title, rows, cells),
        narrow=draw_spine(rows, words, commune, narrow=True),
    )


def _notes(
    content: ProfileContent, first: TerritoryIdentity, flat: Sequence[Bearing], title: str
) -> tuple[Note, ...]:
    table = content.bearings.table
    codes = [row.indicator.code for row in flat if row.mark.status is not Status.MISSING]
    cells = table.main[
        table.main["indicator"].isin(codes) & (table.main["territory"] == first.code)
    ]
    universes = dict.fromkeys(table.indicators[code].universe for code in codes)
    judged = {code: table.verdicts.get((first.code, code)) for code in codes}
    reasons = {code: str(each["reason"]) for code, each in judged.items() if each}
    alone = unjudged(flat, reasons)
    notes = (
        Note("Lecture", lecture(flat, title, table.words)),
        Note("Champ", f"{' ; '.join(universes)}."),
        Note("Signes", signs(flat)),
        Note("Prudence", f"ne se juge pas{NO_BREAK}: {alone}" if alone else ""),
        *source_notes(cells),
        Note("Liste", _ground(content.base_map, first)),
    )
    return four_lines(notes)


def _ground(base_map: BaseMap, first: TerritoryIdentity) -> str:
    drawn = "" if base_map.official else schematic_warning(base_map.drawn)
    return " ".join(capital(f"{text.rstrip('.')}.") for text in (drawn, first.listed) if text)


def _numbers(
    head: str, title: str, rows: Mapping[str, Sequence[Bearing]], cells: pd.DataFrame
) -> TableBlock:
    """Return the figures of a spine as a table."""
    by_code = {str(row["indicator"]): row for row in records(cells)}
    lines: list[Row] = []
    for label, bearings in rows.items():
        lines.append(Row(label, kind="group"))
        for bearing in bearings:
            mark, indicator, other = bearing.mark, bearing.indicator, bearing.reference
            value, low, high = map(given, (mark.value, mark.low, mark.high))
            own = TextCell(mark.text, mark.status, value, low, high)
            lines.append(
                Row(
                    f"{indicator.label} ({indicator.unit})" if indicator.unit else indicator.label,
                    (
                        own,
                        sampling_cell(by_code[indicator.code], indicator),
                        TextCell(
                            f"{other.text} ({other.name})" if other else "",
                            value=other.value if other else None,
                        ),
                        TextCell(mark.sign),
                        TextCell(bearing.period),
                        TextCell(bearing.watched),
                    ),
                    hint=indicator.definition,
                )
            )
    columns = (
        "Chiffre",
        "Intervalle à 95 %",
        "Commune, ou l’ensemble",
        "Signe",
        "Période",
        "Veille",
    )
    return TableBlock(f"Les chiffres de {title}", head, heads(*columns), tuple(lines), kind="texts")


def _boxes(content: ProfileContent, first: TerritoryIdentity, codes: Sequence[str]) -> Facts:
    table = content.bearings.table
    mine = table.main[table.main["territory"] == first.code]
    by_status = {
        status: [
            table.indicators[code]
            for code in mine.loc[mine["status"] == str(status), "indicator"]
            if code in table.indicators
        ]
        for status in (Status.MISSING, Status.SECRET)
    }
    asks = {theme.code: theme.ask for theme in content.themes}
    missing = lacking(by_status[Status.MISSING], by_status[Status.SECRET], len(mine), asks)
    aimed = aims_in_short(content.aims.of(codes), table.indicators, table.words.here)
    return Facts((("Objectifs du contrat", aimed), ("Ce qui manque", missing)), kind="boxes")


def _nothing(identity: TerritoryIdentity, content: ProfileContent) -> Callout:
    words = content.bearings.table.words
    here, parts = words.here, words.parts
    if identity.linked:
        return Callout(
            f"Aucun chiffre pour {here.this}.", ("Aucune source chargée ne le renseigne.",)
        )
    linked = f"{capital(parts.none)} ne lui est {parts.agree('rattaché')}, et " if parts else ""
    tied = f", ou son rattachement aux {parts.many}" if parts else ", ou son rattachement"
    said = capital(f"{linked}aucune source n’en donne de chiffre à son nom.")
    wanted = f"Pour en avoir{NO_BREAK}: établir son périmètre avec la commune{tied}."
    return Callout(f"Aucun chiffre pour {here.this}.", (f"{said} {wanted}",))

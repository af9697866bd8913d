"""A territory on one page: who it is, what is known of it, next to what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from observatoire.french.nouns import TERRITORY
from observatoire.french.typography import NO_BREAK, capital, enumerate_words, of_name, plural
from observatoire.indicators.computation.table import Spot, by_spot
from observatoire.pages.blocks import (
    Block,
    Callout,
    Column,
    Facts,
    Figure,
    Note,
    Row,
    TableBlock,
    TextCell,
)
from observatoire.pages.cells import cell_of, figure_words, sampling_cell
from observatoire.pages.notes import notes_of
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.french.nouns import Noun, TerritoryNames
    from observatoire.indicators.definitions.catalogue import Indicator, Theme
    from observatoire.secrecy.release.protected_table import ProtectedTable


@dataclass(frozen=True)
class SharedSource:
    """The single source that a territory is a part of, and the others that are parts of it too."""

    named: str
    others: tuple[str, ...]
    noun: Noun = TERRITORY


@dataclass(frozen=True)
class TerritoryIdentity:
    """Who a territory is: what its zoning's table of members and its links say of it."""

    code: str
    name: str
    commune: str
    commune_name: str
    facts: tuple[tuple[str, str], ...]
    linked: bool
    shared: SharedSource | None = None


def identity_facts(
    attributes: Mapping[str, str], commune: str, links: str, noun: Noun = TERRITORY
) -> tuple[tuple[str, str], ...]:
    """Return the facts printed at the head of a profile, in French."""
    facts = [("Commune", commune)] if commune else []
    if attributes.get("groupe"):
        facts.append(("Périmètre ou groupe", attributes["groupe"]))
    if attributes.get("zus"):
        facts.append(("En zone urbaine sensible", attributes["zus"]))
    if links:
        facts.append(("Rattachement", links))
    if attributes.get("statut_liste"):
        facts.append((f"Liste des {noun.many}", attributes["statut_liste"]))
    if attributes.get("source"):
        facts.append(("Source de la liste", attributes["source"]))
    return tuple(facts)


def profile_blocks(
    table: ProtectedTable,
    identity: TerritoryIdentity,
    themes: Sequence[Theme],
    against: Sequence[tuple[str, str, str]],
    locator: Figure | None = None,
    *,
    warn: bool = True,
) -> list[Block]:
    """Lay out the profile of one territory.

    Parameters
    ----------
    table : ProtectedTable
        The indicators of the profile for this territory, with its comparators.
    identity : TerritoryIdentity
        Who it is.
    themes : sequence of Theme
        Headings, in order, with the indicators they show.
    against : sequence of (zoning, code, label)
        The comparators to print next to it.
    locator : Figure, optional
        Where it lies.
    warn : bool
        Print the workspace's warnings.
    """
    by_key = by_spot(admit(table).cells)
    rows: list[Row] = []
    holes: list[str] = []
    for theme in themes:
        chosen = [table.indicators[code] for code in theme.profile if code in table.indicators]
        known, lacking = _split(chosen, by_key, table.zoning, identity.code)
        holes += [indicator.short for indicator in lacking]
        if known:
            rows.append(Row(theme.label, kind="group"))
        rows += [_row(i, by_key, table, identity.code, against) for i in known]
    blocks: list[Block] = [Facts(identity.facts, locator)]
    if rows and identity.shared:
        blocks.append(_banner(identity.shared, table.words.here))
    if not rows:
        blocks.append(_nothing(identity, table.words))
    else:
        blocks.append(_grid(table, identity, rows, against, holes, warn=warn))
    return blocks


def _split(
    indicators: Sequence[Indicator],
    by_key: Mapping[Spot, Record],
    zoning: str,
    code: str,
) -> tuple[list[Indicator], list[Indicator]]:
    known: list[Indicator] = []
    lacking: list[Indicator] = []
    for indicator in indicators:
        status = by_key[zoning, code, indicator.code]["status"]
        (lacking if status == str(Status.MISSING) else known).append(indicator)
    return known, lacking


def _row(
    indicator: Indicator,
    by_key: Mapping[Spot, Record],
    table: ProtectedTable,
    code: str,
    against: Sequence[tuple[str, str, str]],
) -> Row:
    own = by_key[table.zoning, code, indicator.code]
    unit = f" ({indicator.unit})" if indicator.unit else ""
    comparators = [
        cell_of(row, indicator) if (row := by_key.get((z, c, indicator.code))) else _NOTHING
        for z, c, _ in against
    ]
    difference = table.verdicts.get((code, indicator.code)) if against else None
    verdict = (
        TextCell(f"{difference['mark']} {difference['verdict']}".strip(), hint=difference["reason"])
        if difference
        else TextCell("")
    )
    cells = (
        cell_of(own, indicator),
        sampling_cell(own, indicator),
        *comparators[:1],
        *([verdict] if against else []),
        *comparators[1:],
        TextCell(str(own["period"])),
    )
    return Row(f"{indicator.label}{unit}", cells, hint=indicator.definition)


_NOTHING = TextCell("", Status.MISSING)


def _grid(
    table: ProtectedTable,
    identity: TerritoryIdentity,
    rows: list[Row],
    against: Sequence[tuple[str, str, str]],
    holes: list[str],
    *,
    warn: bool,
) -> TableBlock:
    shown = {row.label for row in rows}
    indicators = [
        i
        for i in table.indicators.values()
        if f"{i.label} ({i.unit})" in shown or (not i.unit and i.label in shown)
    ]
    cells = table.cells[
        table.cells["indicator"].isin([i.code for i in indicators])
        & ((table.cells["zoning"] != table.zoning) | (table.cells["territory"] == identity.code))
    ]
    notes = [
        note
        for note in notes_of(table, cells, indicators, warn=warn)
        if note.label not in ("Précaution", "Passage")
    ]
    if holes:
        listed = enumerate_words(holes)
        notes.insert(1, Note(f"Non disponible ({plural(len(holes), 'indicateur')})", f"{listed}."))
    return TableBlock(
        title=f"Ce que l’on sait {of_name(identity.name)}",
        head="Indicateur",
        columns=(
            Column(identity.name),
            Column("Intervalle à 95 %"),
            *(Column(label) for _, _, label in against[:1]),
            *([Column("Écart")] if against else []),
            *(Column(label) for _, _, label in against[1:]),
            Column("Période"),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
        kind="profile",
    )


def _banner(shared: SharedSource, here: Noun) -> Callout:
    """Say that the rates are those of a wider source, and who shares them."""
    if not shared.others:
        text = (
            f"{capital(here.this)} n’est qu’une partie {shared.noun.of_the} {shared.named}, dont "
            f"{here.agree('aucun')} autre {here.singular} ne relève."
        )
    else:
        count = len(shared.others) + 1
        text = (
            f"{capital(shared.noun.the)} {shared.named} est {shared.noun.agree('partagé')} par {count} "
            f"{here.many}{NO_BREAK}: {'celle-ci' if here.feminine else 'celui-ci'} et "
            f"{enumerate_words(list(shared.others))}. Leurs fiches montrent les mêmes taux, qui ne "
            "les distinguent pas."
        )
    return Callout(
        f"Les taux entre parenthèses sont ceux {shared.noun.of_the}, non {here.of_the} "
        f"{here.agree('seul')}",
        (text,),
    )


def _nothing(identity: TerritoryIdentity, words: TerritoryNames) -> Callout:
    here, parts = words.here, words.parts
    linked = f"{capital(parts.none)} ne lui est {parts.agree('rattaché')}, et " if parts else ""
    tied = f", ou son rattachement aux {parts.many}" if parts else ", ou son rattachement"
    return Callout(
        f"Aucun chiffre pour {here.this}",
        (
            capital(f"{linked}aucune source ne {here.pronoun} désigne par son nom."),
            (
                f"Pour en avoir{NO_BREAK}: établir son périmètre avec la commune{tied} "
                "dans la table que [[passages]] déclare (observatoire.toml)."
            ),
        )
        if not identity.linked
        else ("Aucune source chargée ne le renseigne.",),
    )


def sentence(row: Mapping[str, object], indicator: Indicator) -> str:
    """Write one figure as a sentence, for an alternative text."""
    return f"{row['name']}{NO_BREAK}: {figure_words(row, indicator)}"

"""The sites of a federation beside one another: a page each, their dates side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors.arguments import check_known
from observatoire.french.typography import number, plural
from observatoire.indicators.definitions.catalogue import Theme
from observatoire.maps.locator import locator_figure
from observatoire.pages.blocks import Callout, Facts, Note, Page, Row, TableBlock, TextCell, heads
from observatoire.pages.notes import source_notes
from observatoire.pages.sheet import Sheet
from observatoire.panels.atlas import AtlasContent
from observatoire.panels.drawings.cells import bounds_in_short
from observatoire.panels.drawings.pages import picture_page
from observatoire.panels.identities import TerritoryIdentity
from observatoire.territories import simplify
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from observatoire.exchange.federation.views.figures import Imprint
    from observatoire.maps.marks import BaseMap
    from observatoire.panels.drawings.bearings import Bearing, Bearings

_HEADS = ("Chiffre", "Période", "Parmi les sites", "Avant")
_WIDTHS = (0.3, 0.16, 0.1, 0.24, 0.2)

_READ = (
    "« Parmi les sites » va du plus bas au plus haut de leurs chiffres propres ; « Avant » ne donne que les "
    "dates que leur auteur déclare comparables. Aucun écart n’est jugé ici : les paquets ne disent pas de "
    "combien une source varie d’elle-même."
)

#: Fewest figures among which one has a place, and most earlier dates that are written.
_FEWEST, _MOST_DATES = 3, 3


def identities(bearings: Bearings) -> list[TerritoryIdentity]:
    """Return who the sites are: whose figures they bear stands for what they belong to."""
    names = bearings.table.main.drop_duplicates("territory").set_index("territory")["name"]
    return [
        TerritoryIdentity(
            code=str(code),
            name=str(name),
            commune=bearings.communes.get(str(code), ""),
            commune_name=bearings.communes.get(str(code), ""),
            facts=(("Observatoire", bearings.communes.get(str(code), "")),),
            linked=True,
        )
        for code, name in names.items()
    ]


def themes_of(bearings: Bearings, labels: Mapping[str, str]) -> list[Theme]:
    """Return the headings of the indicators, all of them on the page of a site."""
    found: dict[str, list[str]] = {}
    for one in bearings.table.indicators.values():
        found.setdefault(one.theme, []).append(one.code)
    return [
        Theme(code=code, label=labels.get(code, code), maps=tuple(codes), profile=tuple(codes))
        for code, codes in found.items()
    ]


def site_sheet(
    bearings: Bearings, ground: BaseMap, labels: Mapping[str, str], territory: str, imprint: Imprint
) -> Sheet:
    """Return the page of one site: each figure, those of the other sites, what it was before.

    Parameters
    ----------
    territory : str
        The code or the name of the site.

    Raises
    ------
    UnknownNameError
        When no site has that code or name.
    """
    table = bearings.table
    site = _named(identities(bearings), territory)
    rows: list[Row] = []
    lacking = 0
    for theme in themes_of(bearings, labels):
        found = [bearings.of(site.code, code) for code in theme.profile]
        known = [each for each in found if each.mark.status is not Status.MISSING]
        lacking += len(found) - len(known)
        rows += [Row(theme.label, kind="group"), *map(_row, known)] if known else []
    have = "a" if lacking == 1 else "ont"
    said = f"{plural(lacking, 'indicateur')} des paquets n’{have} pas de chiffre ici."
    facts = (("Zonage", table.zoning_label), *site.facts)
    grid = TableBlock(
        "Ce que l’on sait, et ce que l’on sait des autres sites",
        "Indicateur",
        heads(*_HEADS),
        tuple(rows),
        (
            Note("Lecture", _READ),
            *([Note("Ce qui manque", said)] if lacking else []),
            *source_notes(table.main[table.main["territory"] == site.code]),
        ),
        kind="texts",
        widths=_WIDTHS,
    )
    care = Callout("Précautions", table.warnings)
    blocks = (Facts(facts, locator_figure([site.code], site.name, ground)), grid, care)
    page = Page(site.name, "", blocks, imprint.date, f"{imprint.place} · fiche")
    return Sheet(page, table.with_others(*bearings.earlier))


def _row(bearing: Bearing) -> Row:
    """Return one figure of a site in words."""
    indicator, mark = bearing.indicator, bearing.mark
    unit = f" ({indicator.unit})" if indicator.unit else ""
    shown = bounds_in_short(mark) if mark.status is Status.BOUNDED else mark.text
    texts = (shown, bearing.period or "—", _among(bearing), _before(bearing))
    return Row(f"{indicator.label}{unit}", tuple(map(TextCell, texts)), hint=indicator.code)


def _among(bearing: Bearing) -> str:
    """Say between which figures those of the sites stand; no rank: too many would not be sure."""
    known, decimals = bearing.known, bearing.indicator.decimals
    if bearing.indicator.nature.additive or len(known) < _FEWEST:
        return "—"
    return f"de {number(known[0], decimals)} à {number(known[-1], decimals)} ({len(known)} sites)"


def _before(bearing: Bearing) -> str:
    """Write the earlier dates that compare with this one, the nearest first."""
    if bearing.course is None:
        return "—"
    steps = {after: before for before, after in bearing.course.joined}
    written, at = [], bearing.period
    while at in steps:
        at = steps[at]
        if (mark := bearing.dates.get(at)) is not None and mark.known:
            written.append(f"{mark.text} en {at}")
    return " ; ".join(written[:_MOST_DATES]) or "—"


def sites_sheet(
    kind: str, bearings: Bearings, labels: Mapping[str, str], imprint: Imprint
) -> Sheet:
    """Return a page of pictures of all the sites: ``tartan``, ``compare`` or ``evolution``."""
    # Counts are left out of what is set side by side: they only tell the size.
    counts = {c for c, one in bearings.table.indicators.items() if one.nature.additive}
    chosen = {
        theme.label: [c for c in theme.profile if kind == "evolution" or c not in counts]
        for theme in themes_of(bearings, labels)
    }
    themes = {label: codes for label, codes in chosen.items() if codes}
    return picture_page(kind, bearings, identities(bearings), themes, imprint.date, imprint.place)


def sites_atlas(
    bearings: Bearings, ground: BaseMap, labels: Mapping[str, str], imprint: Imprint
) -> AtlasContent:
    """Return what the atlas of the sites is made of.

    Raises
    ------
    UnknownNameError
        When no indicator has a figure there.
    """
    tables = [bearings.table, *bearings.earlier]
    themes = themes_of(bearings, labels)
    return AtlasContent(
        imprint.place, imprint.date, tables, themes, ground, bearings.communes, bearings.courses
    )


def _named(sites: Sequence[TerritoryIdentity], territory: str) -> TerritoryIdentity:
    named = {simplify(each.name): each for each in sites}
    named |= {simplify(each.code): each for each in sites}
    if simplify(territory) not in named:
        what = f"Aucun site de la fédération ne s’appelle « {territory} »."
        check_known(territory, [each.name for each in sites], what)
    return named[simplify(territory)]

"""Pages of pictures: a tartan, territories compared, indicators followed over their dates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import enumerate_words
from observatoire.pages.blocks import Block, Page, Paragraph
from observatoire.pages.sheet import Sheet
from observatoire.panels.drawings.matrices import plot_courses, plot_matrix
from observatoire.panels.drawings.ranked import compare_figure, evolution_figure
from observatoire.panels.drawings.tartan import tartan_figures
from observatoire.panels.identities import shared_names, sharing
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

    from observatoire.panels.drawings.bearings import Bearings
    from observatoire.panels.identities import TerritoryIdentity

#: Kinds of panels, in the words of a message.
KINDS = {
    "theme": "le tableau d’une thématique",
    "tartan": "tous les indicateurs, tous les territoires",
    "compare": "les territoires comparés",
    "evolution": "les dates de chaque indicateur",
    "completeness": "ce que l’on sait, ce qui manque",
}


def require_kind(kind: str, known: Iterable[str] = KINDS) -> None:
    """Refuse a kind of panel that is not drawn.

    Examples
    --------
    >>> require_kind("tartans")
    Traceback (most recent call last):
    observatoire.errors.exceptions.UnknownNameError: « tartans » n’est pas une forme de tableau...
    """
    if kind not in (names := list(known)):
        raise UnknownNameError(
            f"« {kind} » n’est pas une forme de tableau.",
            remedy=suggestion(kind, names),
            name=kind,
        )


def picture_page(
    kind: str,
    bearings: Bearings,
    identities: Sequence[TerritoryIdentity],
    themes: Mapping[str, Sequence[str]],
    date: str,
    place: str,
) -> Sheet:
    """Return the page of a tartan, of territories compared, or of indicators over their dates.

    Parameters
    ----------
    themes : mapping
        Codes of indicators, by heading.
    """
    table = bearings.table
    codes = [code for each in themes.values() for code in each]
    blocks: list[Block]
    if kind == "tartan":
        blocks = list(tartan_figures(bearings, identities, themes))
        blocks = blocks or _said("Sans chiffre par territoire", bearings, codes)
        title = "Tous les indicateurs"
    elif kind == "compare":
        blocks, title = _compared(bearings, identities, codes), "Comparaison"
    else:
        blocks, title = _followed(bearings, identities, codes), "Évolution"
    only = next(iter(themes)) if len(themes) == 1 else ""
    title = f"{title}, {only.lower()}" if only else title
    page = Page(title, table.zoning_label, tuple(blocks), date, place)
    drawn: Callable[[Axes | None], Axes] | None = None
    if kind == "tartan":
        drawn = partial(plot_matrix, table.select(codes), title, bearings.communes)
    elif kind == "compare" and len(codes) == 1:
        drawn = partial(table.plot, codes[0])
    elif kind == "evolution" and len(codes) == 1 and (course := bearings.courses.get(codes[0])):
        names = shared_names(identities)
        rows = {name: bearings.of(each, codes[0]) for each, name in names.items()}
        drawn = partial(plot_courses, rows, course)
    return Sheet(page, table.select(codes).with_others(*bearings.earlier), drawn=drawn)


def _compared(
    bearings: Bearings, identities: Sequence[TerritoryIdentity], codes: Sequence[str]
) -> list[Block]:
    table = bearings.table
    known = set(table.main.loc[table.main["status"] != str(Status.MISSING), "indicator"])
    shown = [
        compare_figure(table, code, bearings.communes, sharing(identities))
        for code in codes
        if code in known
    ]
    return [
        *shown,
        *_said("Sans chiffre par territoire", bearings, [c for c in codes if c not in known]),
    ]


def _followed(
    bearings: Bearings, identities: Sequence[TerritoryIdentity], codes: Sequence[str]
) -> list[Block]:
    names = shared_names(identities)
    drawn = {code: evolution_figure(bearings, code, names) for code in codes}
    alone = [code for code, figure in drawn.items() if figure is None]
    figures = [figure for figure in drawn.values() if figure is not None]
    return [*figures, *_said("Une seule date, ou aucune", bearings, alone)]


def _said(what: str, bearings: Bearings, codes: Sequence[str]) -> list[Block]:
    names = [bearings.table.indicator(code).short for code in codes]
    return [Paragraph(f"{what} : {enumerate_words(names)}.")] if names else []

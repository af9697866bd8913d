"""One indicator of a protected table as a map, with its ranking, notes and alternative text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from observatoire.errors import GeometryError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.french.typography import NO_BREAK, enumerate_words, plural
from observatoire.maps.classes import Classes, classify
from observatoire.maps.legend import draw_sizes, draw_swatches, status_swatches
from observatoire.maps.marks import Mark, extremes, mark_of, of_one_source
from observatoire.maps.ranks import draw_ranking, first_place
from observatoire.maps.svg import WIDTH, drawing, pattern
from observatoire.maps.territories import circle_radii, draw_territories, map_labels, numbers_of
from observatoire.maps.tiles import draw_tiles, tiles_are_named
from observatoire.pages.blocks import Figure, Note
from observatoire.pages.cells import figure_words
from observatoire.pages.notes import notes_of, schematic_warning
from observatoire.pages.tokens import tokens
from observatoire.secrecy.release.protected_table import admit
from observatoire.values import Record, Status, records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.maps.marks import BaseMap
    from observatoire.secrecy.release.protected_table import ProtectedTable

#: Width of the column of the map and of that of its ranking, side by side on a page; a telephone has the room
#: of one.
COLUMN_WIDTH, RIGHT = 458.0, 482.0
_TOP, _GAP, _MOST_HIGH = 30.0, 16.0, 470.0

COLOURS = {"value": "la valeur", "verdict": "l’écart à la commune"}
KINDS = {"map": "la carte", "tiles": "un carré par territoire", "both": "les deux"}

#: Tones of a verdict, as legends say them.
TONES = (
    ("unfavourable", "moins favorable"),
    ("favourable", "plus favorable"),
    ("neutral", "plus haut ▲ ou plus bas ▼, sûr"),
    ("none", "pas de différence sûre ●"),
    ("", "ne se juge pas ○"),
)

#: What the ranking shows that tables do not.
_LINE = "trait vertical : la commune"
_SPAN = (
    "trait fin : intervalle à 95 %, à 80 % pour un modèle ; deux chiffres propres dont les traits ne se "
    "touchent pas diffèrent de façon sûre"
)
_SIGNS = "▲ ▼ écart sûr, deux signes à 99,8 % ; ● pas de différence sûre ; ○ ne se juge pas"
_ENDS = "deux taquets : entre ces bornes"
_DIAMOND = "◇ chiffre d’un territoire plus grand"

#: Beyond so many territories, the alternative text does not list them: the table does.
_MOST_LISTED = 60


@dataclass(frozen=True)
class MapStyle:
    """How a map is drawn: classes and their number, what colour shows, a map or tiles.

    The ranking stands at its right; without one, the map is ``width`` wide.
    """

    classes: str | Sequence[float] | Classes = "jenks"
    k: int = 4
    colour: str = "value"
    kind: str = "map"
    ranked: bool = True
    width: float = WIDTH

    def __post_init__(self) -> None:
        """Refuse what no map shows."""
        for what, name, known in (
            ("colour", self.colour, COLOURS),
            ("kind", self.kind, KINDS),
        ):
            if name not in known:
                raise UnknownNameError(
                    f"« {name} » n’est pas une valeur de {what} pour une carte.",
                    remedy=suggestion(str(name), known),
                    name=str(name),
                )

    def cut(self, values: Sequence[float], decimals: int) -> Classes | None:
        """Return the classes of some values."""
        if isinstance(self.classes, Classes):
            return self.classes
        return classify(values, decimals, self.classes, self.k)


@dataclass(frozen=True)
class Colouring:
    """What fills each territory, and the boxes of the legend that say so."""

    fill: Callable[[Mark], str]
    title: str
    swatches: tuple[tuple[str, str], ...]


def map_figure(
    table: ProtectedTable,
    code: str,
    ground: BaseMap,
    communes: Mapping[str, str],
    *,
    style: MapStyle | None = None,
    warn: bool = True,
) -> Figure:
    """Draw one indicator: a rate, a median or an index by colour, a count by area of circle.

    Parameters
    ----------
    table : ProtectedTable
        Holds the indicator; with a comparator, the ranking says how each figure differs from it.
    code : str
        Which one.
    ground : BaseMap
        Shapes of the territories and what lies under them.
    communes : mapping
        Name of the commune of each territory.
    style : MapStyle, optional
        Classes, colour and kind.
    warn : bool
        Print the workspace's warnings.

    Raises
    ------
    GeometryError
        When no territory has a shape.
    UnknownNameError
        On an unknown class, colour or kind, or verdicts where nothing is compared.
    """
    indicator = admit(table).indicator(code)
    require_shapes(table, ground)
    chosen = style or MapStyle()
    cells = table.main[table.main["indicator"] == code]
    marks = marks_of(table, code, communes)
    if chosen.colour == "verdict" and not any(mark.tone for mark in marks):
        raise UnknownNameError(
            f"« {indicator.label} » ne se compare à rien ici : pas de couleur par écart.",
            remedy='Demandez colour="value", ou un taux dont la commune est connue.',
            name="verdict",
        )
    counted = indicator.unit if indicator.nature.additive and chosen.colour == "value" else None
    colouring = colouring_of(marks, indicator, chosen)
    picture, halves = draw_map(marks, ground, chosen, colouring, counted)
    period = period_of(table, code)
    first = first_place(table, code, of_one_source(marks, ground.alike))
    extra = [*([Note("Premier rang", first)] if first else []), *ground_notes(ground, marks)]
    notes = notes_of(table, cells, [indicator], warn=warn, extra=extra)
    title = title_of(indicator, period)
    said = _alternative(title, marks, records(cells), indicator)
    narrow = ""
    if not halves:
        thin = replace(chosen, width=COLUMN_WIDTH)
        narrow, _ = draw_map(marks, ground, thin, colouring, counted)
    return Figure(picture, title, said, notes, narrow=narrow, halves=halves)


def require_shapes(table: ProtectedTable, ground: BaseMap) -> None:
    """Refuse a zoning that has no outline at all."""
    if not ground.shapes.notna().any():
        raise GeometryError(
            f"Aucun contour n’est connu pour « {table.zoning_label} » : pas de carte.",
            where=table.zoning,
            remedy=f'Déposez un fichier de contours dans geo/ et ajoutez à [zonings."{table.zoning}"], '
            'dans observatoire.toml : geometry = "geo/fichier.gpkg".',
        )


def period_of(table: ProtectedTable, code: str) -> str:
    """Return the period of the figures of an indicator; nothing where there is none."""
    periods = table.main.loc[table.main["indicator"] == code, "period"]
    return str(periods.iloc[0]) if len(periods) else ""


def title_of(indicator: Indicator, period: str) -> str:
    """Return the title of a map: what, in which unit, when."""
    unit = f" ({indicator.unit})" if indicator.unit else ""
    return f"{indicator.label}{unit}, {period}" if period else f"{indicator.label}{unit}"


def marks_of(table: ProtectedTable, code: str, communes: Mapping[str, str]) -> list[Mark]:
    """Return the figures of one indicator as a map shows them."""
    indicator = table.indicator(code)
    rows, others = table.by_indicator[code]
    verdicts, marks = table.verdicts, []
    for row in rows:
        difference = verdicts.get((str(row["territory"]), code))
        reference: Any = float("nan")
        if difference is not None:
            other = others.get((str(difference["against_zoning"]), str(difference["against"])))
            if other is not None and Status(str(other["status"])).has_value:
                reference = other["value"]
        marks.append(mark_of(row, indicator, communes, difference, reference))
    if any(mark.tone for mark in marks):
        return marks
    return [replace(mark, sign="") for mark in marks]  # nothing is compared: no column of signs


def ground_notes(ground: BaseMap, marks: Sequence[Mark]) -> list[Note]:
    """Return what a map says of its outlines, and of the territories that have none."""
    absent = [mark.name for mark in marks if not ground.has(mark.code)]
    notes = [Note("Sans place sur la carte", f"{enumerate_words(absent)}.")] if absent else []
    if not ground.official:
        notes.append(Note("Avertissement", schematic_warning(ground.drawn)))
    elif ground.rough:
        notes.append(Note("Fond", "contours des communes généralisés, pour situer seulement."))
    drawn = ranking_words(marks)
    return [*notes, Note("Classement", drawn)] if drawn else notes


def ranking_words(marks: Sequence[Mark]) -> str:
    """Explain what the ranking of some figures draws, and nothing else."""
    shown = [mark for mark in marks if mark.known]
    every = (
        (any(mark.reference == mark.reference for mark in shown), _LINE),
        (any(mark.interval[0] == mark.interval[0] for mark in shown), _SPAN),
        (any(mark.sign for mark in marks), _SIGNS),
        (any(mark.status is Status.BOUNDED for mark in marks), _ENDS),
        (any(mark.status is Status.CONTEXT for mark in marks), _DIAMOND),
    )
    said = " ; ".join(words for there, words in every if there)
    return f"{said}." if said else ""


def colouring_of(marks: Sequence[Mark], indicator: Indicator, style: MapStyle) -> Colouring:
    """Return the colours of a map by value or by verdict, with how many of each."""
    own = [mark for mark in marks if mark.own]
    if style.colour == "verdict":
        return by_verdict(own)
    if indicator.nature.additive:
        return Colouring(_paper, "", ())
    cut = style.cut([mark.value for mark in own], indicator.decimals)
    if cut is None:
        return Colouring(_paper, "", ())
    colours = tokens().classes(len(cut))
    counts = cut.counts([mark.value for mark in own])
    labels = zip(colours, cut.labels(), counts, strict=True)
    title = f"Classes ({indicator.unit})" if indicator.unit else "Classes"
    return Colouring(
        lambda mark: colours[cut.rank(mark.value)] if mark.own else pattern(mark.kind),
        title,
        tuple((colour, f"{label} ({count})") for colour, label, count in labels),
    )


def by_verdict(own: Sequence[Mark]) -> Colouring:
    """Return the colours of verdicts, with how many of each."""
    paper = tokens().light["paper"]

    def colour(tone: str) -> str:
        return tokens().verdicts[tone].fill if tone else paper

    counts = {tone: sum(mark.tone == tone for mark in own) for tone, _ in TONES}
    return Colouring(
        lambda mark: colour(mark.tone) if mark.own else pattern(mark.kind),
        "Par rapport à la commune",
        tuple((colour(tone), f"{label} ({counts[tone]})") for tone, label in TONES if counts[tone]),
    )


def _circled(mark: Mark) -> str:
    return tokens().ground["bar"] if mark.own else pattern(mark.kind)


def _paper(mark: Mark) -> str:
    return tokens().light["paper"] if mark.own else pattern(mark.kind)


def draw_map(
    marks: Sequence[Mark],
    ground: BaseMap,
    style: MapStyle,
    colouring: Colouring,
    counted: str | None = None,
) -> tuple[str, tuple[str, ...]]:
    """Draw a map from top to bottom: ground, sizes, legend and tiles; the ranking beside them.

    Parameters
    ----------
    counted : str, optional
        The unit of counts, which circles show.

    Returns
    -------
    str, tuple of str
        The whole, and its two halves, each apart; none without a ranking.
    """
    placed = [mark for mark in marks if ground.has(mark.code)]
    numbers = {} if style.kind == "tiles" else numbers_of(placed)
    room = COLUMN_WIDTH if style.ranked else style.width
    parts, y = [], _TOP if style.ranked else 0.0
    if style.kind != "tiles":
        drawn = draw_territories(
            marks,
            ground,
            (0.0, _TOP, room, _MOST_HIGH),
            colouring.fill,
            labels=_labels(placed, numbers, style),
            radii=circle_radii(marks) if counted is not None else None,
        )
        parts, y = list(drawn.parts), drawn.bottom + _GAP
    if counted is not None:
        sizes, y = draw_sizes(marks, counted, (0.0, y, room))
        parts += sizes
    swatches = [*colouring.swatches, *status_swatches(marks, ground.words)]
    legend, y = draw_swatches(colouring.title, swatches, (0.0, y, room))
    parts += legend
    blank = counted is not None and not tiles_are_named(marks, ground, room)
    if style.kind == "tiles" or (style.kind == "both" and not blank):
        tiles, y = draw_tiles(marks, ground, (0.0, y + _GAP, room, 0.0), colouring.fill)
        parts += tiles
    if not style.ranked:
        return drawing(room, y + 6, parts), ()
    box_fill = _circled if counted is not None else colouring.fill
    where = (RIGHT, 4.0, COLUMN_WIDTH)
    ranking, end = draw_ranking(marks, numbers, ground.words, where, box_fill)
    return drawing(WIDTH, max(y, end) + 6, [*parts, *ranking]), (
        drawing(COLUMN_WIDTH, y + 6, parts),
        drawing(COLUMN_WIDTH, end + 6, ranking, left=RIGHT),
    )


def _labels(placed: Sequence[Mark], numbers: Mapping[str, str], style: MapStyle) -> dict[str, str]:
    """Return what is written on the map; with colours by verdict, the sign beside the number."""
    labels = map_labels(placed, numbers)
    if style.colour == "verdict":
        signs = {mark.code: mark.sign for mark in placed if mark.own}
        labels = {code: f"{name} {signs.get(code, '')}".rstrip() for code, name in labels.items()}
    return labels


def _alternative(
    title: str, marks: Sequence[Mark], rows: Sequence[Record], indicator: Indicator
) -> str:
    """Say what a reader would see: how many are known, the extremes; then every figure."""
    known = _known(marks)
    words = {str(row["territory"]): figure_words(row, indicator) for row in rows}
    ends = extremes(marks)
    if ends:
        least, most = ends
        known += f", de {words[least.code]} ({least.name}) à {words[most.code]} ({most.name})"
    foretold = sum(mark.status is Status.ESTIMATED and not mark.own for mark in marks)
    if foretold:
        known += f" ; {plural(foretold, 'autre est estimé', 'autres sont estimés')}"
    listed = "" if len(rows) > _MOST_LISTED else _figures(rows, words)
    return f"Carte. {title}. {known}.{listed}"


def _known(marks: Sequence[Mark]) -> str:
    """Say how many have their own figure; an estimate is not said to be one."""
    own, exact = (sum(kept) for kept in zip(*((m.own, m.exact) for m in marks), strict=True))
    every = plural(len(marks), "territoire")
    if not own:
        return "Aucun territoire n’a de chiffre qui soit le sien"
    if own == exact:
        return f"{own} sur {every} {'a son' if own == 1 else 'ont leur'} propre chiffre"
    return f"{own} sur {every} {'a' if own == 1 else 'ont'} un chiffre, dont {plural(own - exact, 'estimé')}"


def _figures(rows: Sequence[Record], words: Mapping[str, str]) -> str:
    figures = (
        f"{row['name']}{NO_BREAK}: {words[str(row['territory'])]}"
        + (" (estimé)" if row["status"] == str(Status.ESTIMATED) else "")
        for row in rows
    )
    return f" {' ; '.join(figures)}."

"""Prediction intervals: how far estimates fell from figures published elsewhere, kept as dated data.

An interval is learnt on territories whose figures are published, never on those it serves, and on the
logit of a share: the estimate moves, its error keeps one shape. ``calibration.toml`` says on what, how
many, when and by which command; ``conformal`` makes such an entry of anybody's published figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from observatoire.declarations.fields import (
    Code,
    Count,
    Named,
    Number,
    Texts,
    checked,
    declared,
    doc,
    fault,
    on_reading,
)
from observatoire.declarations.reader import packaged, read
from observatoire.french.typography import NARROW, number
from observatoire.passage.conformal import EDGE, TAILS, logit
from observatoire.values import PREDICTION_COLUMNS, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from observatoire.passage.arrays import Floats


#: The support that is the rate of the territory that holds a part.
WHOLE = "whole"

_EDGE = 1.01 * EDGE  # ends are rounded
_STEPS = 1000  # of a share, where several parts of one source are weighed together
_REMAKE = "Refaites cette entrée par la commande qu’elle dit."


@declared
class Calibration:
    """What some published places taught of one kind of estimate."""

    code: Code
    kind: Annotated[
        Literal["part", "rate", "level", "size"],
        doc(
            "part : quelle part d’un territoire en tient une partie ; rate : le taux de cette partie ; "
            "level : sa médiane, sa moyenne ou son indice, en logarithmes ; size : de combien un "
            "effectif a changé (ends : facteurs)."
        ),
    ]
    on: Annotated[str, doc("Sur quels territoires publiés.")]
    places: Annotated[Count, doc("Combien."), checked(lambda count: count > 0, "un au moins")]
    date: Annotated[str, doc("Quand.")]
    command: Annotated[str, doc("Par quelle commande.")]
    center: Annotated[Number, doc("Logit attendu d’un cas moyen.")]
    ends: Annotated[
        tuple[float, float, float, float],
        doc("Écarts au logit attendu : bas et haut à 80 %, bas et haut à 95 %."),
    ]
    held: Annotated[
        tuple[float, float],
        doc("Part des territoires laissés de côté que les intervalles à 80 et 95 % contenaient."),
    ]
    numerator: Annotated[Texts, doc("Motifs des variables du numérateur, ou du taux.")] = ()
    denominator: Annotated[Texts, doc("Motifs des variables du dénominateur.")] = ()
    names: Annotated[Texts, doc("Variables d’appui.")] = ()
    means: Annotated[tuple[float, ...], doc("Leur moyenne.")] = ()
    slopes: Annotated[tuple[float, ...], doc("De combien chacune déplace le logit.")] = ()
    lows: Annotated[tuple[float, ...], doc("La plus petite rencontrée.")] = ()
    highs: Annotated[tuple[float, ...], doc("La plus grande rencontrée.")] = ()
    judged: Annotated[str, doc("Ce que d’autres territoires publiés en ont dit.")] = ""
    sources: Annotated[
        Texts,
        doc(
            "Sources de l’espace de travail qui l’ont appris : gardées ou retirées, elle ne sert plus."
        ),
    ] = ()

    @on_reading
    def _says_all_of_each_support(self) -> None:
        lists = (self.names, self.means, self.slopes, self.lows, self.highs)
        if len(set(map(len, lists))) > 1:
            raise fault(
                "« names », « means », « slopes », « lows » et « highs » n’ont pas le même nombre d’éléments.",
                remedy=_REMAKE,
            )

    @on_reading
    def _says_what_may_be(self) -> None:
        low80, high80, low95, high95 = self.ends
        if not low95 <= low80 <= high80 <= high95:
            raise fault(
                "« ends » n’est pas dans l’ordre : bas et haut à 80 %, puis bas et haut à 95 %, plus larges.",
                remedy=_REMAKE,
            )
        if not all(0 <= share <= 1 for share in self.held):
            raise fault("« held » porte deux parts, entre 0 et 1.", remedy=_REMAKE)
        if any(low > high for low, high in zip(self.lows, self.highs, strict=True)):
            raise fault("Une valeur de « lows » dépasse celle de « highs ».", remedy=_REMAKE)

    def middle(self, supports: Mapping[str, float]) -> float:
        """Return the logit expected of a place."""
        moves = zip(self.names, self.means, self.slopes, self.lows, self.highs, strict=True)
        # Outside the range it was learnt from, a slope would be a guess: its edge is kept.
        return self.center + sum(
            slope * (min(max(supports[name], low), high) - mean)
            for name, mean, slope, low, high in moves
        )

    def served(self, supports: Mapping[str, float]) -> bool:
        """Say whether all that it rests on is known of a place, and its whole like those it learnt from.

        The rate of a part is foretold from that of its whole: beyond the wholes that were met, every
        place would be given one and the same figure, that of the edge.
        """
        known = all(np.isfinite(supports.get(name, np.nan)) for name in self.names)
        ranges = zip(self.names, self.lows, self.highs, strict=True)
        return known and all(
            low <= supports[name] <= high for name, low, high in ranges if name == WHOLE
        )

    @property
    def sentence(self) -> str:
        """Say on what it was learnt, for the reader of a figure."""
        text = f"appris sur {self.places} {self.on} ({self.date})"
        return f"{text} ; {self.judged}" if self.judged else text


@declared
class Calibrations:
    """What ``calibration.toml`` declares."""

    calibrations: Named[Calibration]


@dataclass(frozen=True)
class Prediction:
    """A share or a level that is foretold: its middle, and its ends at 80 and 95 %."""

    value: float
    ends: tuple[float, float, float, float]


def known_calibrations(path: Path | None = None) -> dict[str, Calibration]:
    """Return the calibrations of the library, those of a file of the same form before them.

    Examples
    --------
    >>> known_calibrations()["part-people"].kind
    'part'
    """
    own = _library()
    # Read again each time it is asked for: a file changes while a process lasts.
    given = read(path, Calibrations).calibrations if path is not None else {}
    return {**given, **{code: each for code, each in own.items() if code not in given}}


@cache
def _library() -> dict[str, Calibration]:
    declared = read(packaged("observatoire.passage", "calibration.toml"), Calibrations)
    return dict(declared.calibrations)


def calibration_of(
    known: Iterable[Calibration],
    kind: str,
    variables: tuple[Sequence[str], Sequence[str]],
    supports: Mapping[str, float],
) -> Calibration | None:
    """Return the first calibration made for some variables, above and below, whose supports are known.

    Examples
    --------
    >>> known = known_calibrations().values()
    >>> calibration_of(known, "part", (["P16_RP_LOCHLMV"], []), {}).code
    'part-social_dwellings-alone'
    """
    top, base = variables
    return next(
        (
            each
            for each in known
            if each.kind == kind
            and _same(each.numerator, tuple(top))
            and _same(each.denominator, tuple(base))
            and each.served(supports)
        ),
        None,
    )


@lru_cache(maxsize=4096)
def _same(patterns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Say whether names and patterns are of the same things, one for one; « | » parts two spellings."""
    folded = [name.casefold() for name in names]
    return len(patterns) == len(names) and all(
        any(fnmatchcase(name, each) for name in folded for each in pattern.casefold().split("|"))
        for pattern in patterns
    )


def _share(at: Floats | float) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.asarray(at, dtype=float))))


def foretold(calibration: Calibration, supports: Mapping[str, float]) -> Prediction:
    """Foretell a share, or a level.

    Examples
    --------
    >>> rate = known_calibrations()["rate-tx_tot_et"]
    >>> found = foretold(rate, {"whole": float(logit(0.10))})
    >>> 0.1 < found.value < 0.15, found.ends[2] < found.ends[0] < found.value < found.ends[1]
    (True, True)
    """
    middle = calibration.middle(supports)
    at = middle + np.array(calibration.ends)
    if calibration.kind == "level":
        return Prediction(float(np.exp(middle)), tuple(np.exp(at).tolist()))
    low80, high80, low95, high95 = _share(at).tolist()
    # What was learnt tells shares so near to nothing, or to all, from none of these.
    low80, low95 = (0.0 if low <= _EDGE else low for low in (low80, low95))
    high80, high95 = (1.0 if high >= 1 - _EDGE else high for high in (high80, high95))
    return Prediction(float(_share(middle)), (low80, high80, low95, high95))


def foretold_together(
    calibration: Calibration, supports: Mapping[str, float], parts: int
) -> tuple[Prediction, Prediction]:
    """Foretell the share of one of several parts of a source, and that of them all.

    Together they cannot be more than the source: of all that each may be, what would not fit is set
    aside, nothing telling them apart.

    Examples
    --------
    >>> people = known_calibrations()["part-people-alone"]
    >>> one, all_of_them = foretold_together(people, {}, 3)
    >>> one.value < 1 / 3 < all_of_them.value < 1
    True
    """
    from scipy import special  # noqa: PLC0415 - long to read, for unions alone

    if parts == 1:
        return (alone := foretold(calibration, supports)), alone
    middle, (low80, high80, low95, high95) = calibration.middle(supports), calibration.ends
    spread = max((high80 - low80) / 2 / 1.2816, (high95 - low95) / 2 / 1.96)
    edges = np.linspace(0, 1, _STEPS + 1)
    with np.errstate(divide="ignore"):
        at = (np.log(edges) - np.log1p(-edges) - middle) / spread
    one = np.diff(special.ndtr(at))
    others = np.array([1.0])
    for _ in range(parts - 1):
        others = np.convolve(others, one)[:_STEPS]
    room = np.cumsum(others)
    room = np.pad(room, (0, max(0, _STEPS - len(room))), mode="edge")[:_STEPS]
    fitting = one * room[::-1]  # the others fit in what it leaves
    return _of_masses(fitting), _of_masses(np.convolve(others, one)[:_STEPS])


def mean_between(
    figures: Floats, sizes: Floats, factors: tuple[float, float]
) -> tuple[float, float]:
    """Return the least and the most of a mean when each weight may be so much smaller, or larger.

    Examples
    --------
    >>> found = mean_between(np.array([10.0, 30.0]), np.array([1.0, 1.0]), (0.8, 1.25))
    >>> tuple(round(end, 1) for end in found)
    (17.8, 22.2)
    """
    order = np.argsort(figures)
    figures, sizes = figures[order], sizes[order]
    upper = np.arange(len(figures) + 1)[:, None] > np.arange(len(figures))
    ends = []
    for heavy, light in (factors[::-1], factors):  # the smallest weigh the most, then the least
        weights = np.where(upper, heavy, light) * sizes
        ends.append(weights @ figures / weights.sum(axis=1))
    return float(ends[0].min()), float(ends[1].max())


def _of_masses(masses: Floats) -> Prediction:
    """Return the middle and the ends of a share whose odds are given step by step."""
    heights = np.cumsum(masses) / masses.sum()
    at = (np.arange(len(masses)) + 1) / _STEPS
    found = np.interp((0.5, *TAILS), heights, at)
    return Prediction(float(found[0]), tuple(found[1:].tolist()))


def with_prediction(
    table: pd.DataFrame, ends: Sequence[float], kinds: Mapping[str, str], carries: str
) -> pd.DataFrame:
    """Give the estimates of a passage the intervals that its method learnt, between their bounds.

    Parameters
    ----------
    ends : sequence of float
        By how much others were missed, on the logit of their place between the bounds; none learnt.
    kinds, carries : mapping, str
        What each variable counts, and what the method learnt on: of anything else it says nothing.
    """
    if not ends:
        return table
    span = table["high"] - table["low"]
    framed = (table["status"] == str(Status.ESTIMATED)) & (span > 0)
    framed &= table["variable"].map(kinds).eq(carries)
    place = logit(((table["value"] - table["low"]) / span.where(framed)).to_numpy(dtype=float))
    found = {
        name: table["low"] + span * _share(place + end)
        for name, end in zip(PREDICTION_COLUMNS, ends, strict=True)
    }
    return table.assign(**found)


def interval_words(value: float, ends: tuple[float, float], unit: str, decimals: int) -> str:
    r"""Write an estimate with its interval at 80 %.

    Examples
    --------
    >>> interval_words(1090.4, (600.2, 1680.0), "", 0).replace("\u202f", " ")
    '1 090, entre 600 et 1 680 (80 %)'
    """
    gap = f"{NARROW}%" if unit == "%" else ""
    low, high = (number(end, decimals) for end in ends)
    return f"{number(value, decimals)}{gap}, entre {low} et {high}{gap} (80{NARROW}%)"

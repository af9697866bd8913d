"""What is given to a passage: a frame by source, its natures, its bounds. Checked before use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from observatoire.errors import NatureError, PassageError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.passage.arrays import Flags, Floats, in_blocks, weighted_sums
from observatoire.passage.codes import check_codes, named
from observatoire.passage.transfer.frames import as_frame, matrix
from observatoire.values import Nature

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from observatoire.passage.links import Links


_WHY_NOT = {
    Nature.MEDIAN: "La médiane d’une réunion ne se déduit pas des médianes de ses parties.",
    Nature.MEAN: "Sans les effectifs, la moyenne d’une réunion ne se déduit pas des moyennes.",
    Nature.INDEX: "Un indice n’est pas une quantité : il ne s’additionne ni ne se partage.",
}

_WAY_OUT = {
    Nature.MEDIAN: "Demandez-la au producteur sur ce zonage, ou montrez celle des territoires.",
    Nature.MEAN: "Passez la somme (nature « amount ») et l’effectif, puis apply_ratio.",
    Nature.INDEX: "Passez ses composantes, puis recalculez-le sur ce zonage.",
}


@dataclass(frozen=True, eq=False)
class Given:
    """Values by source of the passage and by variable, with their natures and bounds.

    ``absent`` flags the sources that are not in the frame; ``unknown`` lists the codes that
    the passage does not know, and ``unplaced`` sums their values by variable; ``kinds`` is what each
    variable counts, blank when nothing says it.
    """

    variables: list[str]
    natures: list[Nature]
    numbers: Floats
    low: Floats | None
    high: Floats | None
    absent: Flags
    unknown: list[str]
    unplaced: Floats
    kinds: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def facts(self) -> tuple[Floats, Floats]:
        """Sum and smallest value of each variable; NaN where a value is hidden or absent."""
        least = np.zeros(len(self.variables))

        def read(block: slice) -> None:
            least[block] = self.numbers[:, block].min(axis=0, initial=np.inf)

        in_blocks(len(self.variables), len(self.numbers), read)
        return weighted_sums(self.numbers, np.ones(len(self.numbers))), least

    @property
    def complete(self) -> bool:
        """Whether every value is known, and none negative."""
        return bool((self.facts[1] >= 0).all())

    @property
    def plain(self) -> Flags:
        """Variables of which every source is known, not negative, and its own bounds."""
        if self.low is not None or self.high is not None:
            return np.zeros(len(self.variables), dtype=bool)
        plain: Flags = self.facts[1] >= 0
        return plain

    def columns(self, chosen: list[int]) -> Given:
        """Keep some variables only."""
        if chosen == list(range(len(self.variables))):
            return self
        return replace(
            self,
            variables=[self.variables[k] for k in chosen],
            natures=[self.natures[k] for k in chosen],
            numbers=self.numbers[:, chosen],
            low=None if self.low is None else self.low[:, chosen],
            high=None if self.high is None else self.high[:, chosen],
            unplaced=self.unplaced[chosen],
        )


def check_given(
    links: Links,
    figures: object,
    nature: str | Mapping[str, str],
    *,
    low: object = None,
    high: object = None,
    signed: bool = False,
) -> Given:
    """Check a frame and put it in the order of the passage's sources."""
    frame = as_frame(figures)
    variables = [str(name) for name in frame.columns]
    _check_distinct(variables)
    position = _positions(links, frame)
    natures = _natures(variables, nature)
    values = _ordered(matrix(frame), position, len(links.sources))
    bounds = [_bound(frame, bound, position, links) for bound in (low, high)]
    absent = np.ones(len(links.sources), dtype=bool)
    absent[position[position >= 0]] = False
    foreign = np.flatnonzero(position < 0)
    unknown = [str(code) for code in frame.index[foreign]]
    unplaced = np.nansum(matrix(frame.iloc[foreign]), axis=0)
    given = Given(variables, natures, values, bounds[0], bounds[1], absent, unknown, unplaced)
    _check_finite(links, given)
    if not signed:
        _check_signs(links, given)
    _check_bounds(links, given)
    return given


def _check_distinct(variables: list[str]) -> None:
    repeated = sorted({name for name, times in Counter(variables).items() if times > 1})
    if repeated:
        raise PassageError(
            f"Colonnes répétées : {named(repeated)}.",
            why="Deux variables de même nom ne se distinguent plus.",
            remedy="Renommez-les.",
            columns=repeated,
        )


def _positions(links: Links, frame: pd.DataFrame) -> NDArray[np.intp]:
    """Where each row stands among the passage's sources; -1 for a code that it does not know."""
    if frame.index.equals(links.sources):
        return np.arange(len(frame))
    codes = check_codes(frame.index, "valeurs")
    position = links.sources.get_indexer(codes)
    _check_some_known(links, codes, position)
    return position


def _natures(variables: list[str], nature: str | Mapping[str, str]) -> list[Nature]:
    if isinstance(nature, Mapping):
        nature = {str(name): str(word) for name, word in nature.items()}
        lacking = [name for name in variables if name not in nature]
        if lacking:
            raise NatureError(
                f"La nature de {named(lacking)} n’est pas dite.",
                why="C’est elle qui décide de ce qu’on peut faire d’une variable.",
                remedy='Complétez nature={variable: "count" ou "amount" ou "rate"}.',
                variables=lacking,
            )
        return [_passable(nature[name], name) for name in variables]
    return [_passable(str(nature), named(variables))] * len(variables)


def _passable(word: str, where: str) -> Nature:
    try:
        nature = Nature(word)
    except ValueError:
        raise NatureError(
            f"« {word} » n’est pas une nature.",
            where=where,
            remedy=suggestion(word, [str(known) for known in Nature]),
            nature=word,
        ) from None
    if not nature.passable:
        raise NatureError(
            f"Une variable de nature « {nature.label} » ne passe pas d’un zonage à un autre.",
            where=where,
            why=_WHY_NOT[nature],
            remedy=_WAY_OUT[nature],
            nature=str(nature),
        )
    return nature


def _check_some_known(links: Links, codes: pd.Index[str], position: NDArray[np.intp]) -> None:
    if len(codes) and not (position >= 0).any():
        raise UnknownNameError(
            f"Aucun code du tableau n’est une source du passage (par exemple « {codes[0]} »).",
            where=links.source_zoning,
            why=f"Le passage attend des codes comme « {links.sources[0]} »."
            if len(links.sources)
            else "Le passage n’a aucune source.",
            remedy="Vérifiez le millésime du zonage, et que les zéros de tête sont là.",
            codes=list(codes),
        )


def _ordered(values: Floats, position: NDArray[np.intp], count: int) -> Floats:
    if len(position) == count and (position == np.arange(count)).all():
        return values
    ordered = np.full((count, values.shape[1]), np.nan)
    ordered[position[position >= 0]] = values[position >= 0]
    return ordered


def _bound(
    frame: pd.DataFrame, bound: object, position: NDArray[np.intp], links: Links
) -> Floats | None:
    """Put a bound in the order of its values; a blank is no bound."""
    if bound is None:
        return None
    if isinstance(bound, pd.Series) and len(frame.columns) == 1:
        bound = bound.to_frame(frame.columns[0])
    stated = as_frame(bound)
    if not (stated.index.equals(frame.index) and stated.columns.equals(frame.columns)):
        check_codes(stated.index, "bornes")
        _check_beside(frame, stated)
        stated = stated.reindex(index=frame.index, columns=frame.columns)
    return _ordered(matrix(stated), position, len(links.sources))


def _check_beside(frame: pd.DataFrame, bound: pd.DataFrame) -> None:
    for strange, word in (
        (bound.index.difference(frame.index), "lignes"),
        (bound.columns.difference(frame.columns), "colonnes"),
    ):
        if len(strange):
            raise PassageError(
                f"Les bornes ont des {word} que le tableau des valeurs n’a pas : {named(strange)}.",
                why="Une borne doit dire de quelle valeur elle est la borne.",
                remedy="Donnez-leur les codes et les noms de variables du tableau des valeurs.",
                strange=list(strange),
            )


def _check_finite(links: Links, given: Given) -> None:
    # One infinite value makes the sum infinite, or not a number when two cancel out.
    for variable in np.flatnonzero(~np.isfinite(given.facts[0])):
        endless = np.flatnonzero(np.isinf(given.numbers[:, variable]))
        if len(endless):
            raise PassageError(
                "Une valeur est infinie.",
                where=f"{links.sources[endless[0]]}, {given.variables[variable]}",
                why="Elle rendrait infini tout total qui la contient.",
                remedy="Laissez-la vide (NaN) si elle n’est pas connue.",
            )


def _check_signs(links: Links, given: Given) -> None:
    counted = np.array([nature is Nature.COUNT for nature in given.natures], dtype=bool)
    for variable in np.flatnonzero(counted & ~(given.facts[1] >= 0)):
        values = given.numbers[:, variable]
        negative = np.flatnonzero(values < 0)
        if len(negative):
            raise PassageError(
                f"L’effectif est négatif ({values[negative[0]]:g}).",
                where=f"{links.sources[negative[0]]}, {given.variables[variable]}",
                why="On ne compte pas moins que zéro : les bornes n’auraient plus de sens.",
                remedy='Corrigez la valeur, ou déclarez nature="amount" si c’est un solde.',
            )


def _check_bounds(links: Links, given: Given) -> None:
    low, high, values = given.low, given.high, given.numbers
    if low is None and high is None:
        return
    floor = [0.0 if nature is Nature.COUNT else -np.inf for nature in given.natures]
    least = np.broadcast_to(np.array(floor), values.shape)
    for below, above in ((low, values), (values, high), (low, high), (least, high)):
        if below is None or above is None:
            continue
        wrong = np.argwhere(below > above)
        if len(wrong):
            source, variable = wrong[0]
            raise PassageError(
                "La valeur sort de ses bornes, ou les bornes sont inversées "
                f"({below[source, variable]:g} > {above[source, variable]:g}).",
                where=f"{links.sources[source]}, {given.variables[variable]}",
                why="L’encadrement du résultat serait faux.",
                remedy="Vérifiez low et high.",
            )

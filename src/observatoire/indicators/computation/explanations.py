"""Say in French why a figure is what it is: how it was put together, or why it is not there."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from observatoire.french.typography import NO_BREAK, capital, enumerate_words, number, with_unit
from observatoire.indicators.definitions.series import fits
from observatoire.passage.counted import NOT_CARRIED
from observatoire.values import Nature, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from observatoire.declarations.secrecy_rules import Rule
    from observatoire.indicators.computation.table import Asked, Cell
    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.indicators.routes.routes import Route

#: Share of a territory that the sources must cover for a carried figure to be about it.
LEAST_COVERAGE = 0.95

_CARRIED = (Status.AGGREGATED, Status.ESTIMATED, Status.BOUNDED)

#: Why a share is not given where its numerator is the larger.
ABOVE_WHOLE = "Le numérateur dépasse le dénominateur : ils n’ont pas le même champ."

#: What an arithmetic reason says, that no absence explains.
_OWN_REASONS = (ABOVE_WHOLE, "ne se déduit pas", "n’a pas de borne", NOT_CARRIED)

_ROUNDING = 1e-9


def exceeds(top: Any, base: Any) -> Any:
    """Say where a numerator is above its denominator, rounding apart."""
    return top > base * (1 + _ROUNDING) + _ROUNDING


def within_whole(cell: Cell) -> Cell:
    """Say nothing of a share above its whole: its two counts are not of the same people."""
    if cell.value > 1 + _ROUNDING:
        return _withheld(cell, ABOVE_WHOLE)
    return cell._replace(high=1.0) if cell.high > 1 else cell


def _withheld(cell: Cell, reason: str) -> Cell:
    """Return a cell without its numbers, and why."""
    return cell._replace(
        value=math.nan, low=math.nan, high=math.nan, status=Status.MISSING, reason=reason
    )


@dataclass(frozen=True)
class SourceNote:
    """What the figures of a source print: name, why one is absent, its rule, what to keep in mind."""

    label: str
    absence: str
    rule: Rule
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explainer:
    """Writes reasons and methods from what the sources say of themselves."""

    sources: Mapping[str, SourceNote]

    def label(self, indicator: Indicator, given: Collection[str] = ()) -> str:
        """Return the producers and titles of an indicator's sources, of those given where any is."""
        known = [code for code in indicator.sources if code in self.sources]
        chosen = [code for code in known if code in given] or known
        return " ; ".join(self.sources[code].label for code in chosen)

    def source_label(self, source: str) -> str:
        """Return the producer and title of one source."""
        return self.sources[source].label if source in self.sources else source

    def threshold(self, indicator: Indicator, period: str) -> float:
        """Return the strictest threshold of an indicator's sources for a period."""
        thresholds = (note.rule.at(period).threshold for note in self._notes(indicator))
        return max(thresholds, default=0.0)

    def guarded(self, indicator: Indicator) -> bool:
        """Say whether any source of an indicator hides anything."""
        return any(note.rule.guarded for note in self._notes(indicator))

    def hole(self, asked: Asked, status: Status, given: Collection[str] = ()) -> str:
        """Return why nothing is given, when nothing better is known of the sources that reach there."""
        if status is Status.SECRET:
            return "Masqué par le producteur."
        if status is not Status.MISSING:
            return ""
        indicator, period, periods = asked.indicator, asked.period, asked.periods
        if not self._notes(indicator) and not (indicator.expected and not indicator.sources):
            return _not_loaded(indicator)
        if indicator.expected:
            return f"À demander : {indicator.ask}." if indicator.ask else "Données à demander."
        if periods and period not in periods:
            return f"Pas de chiffre pour {period} ; périodes chargées : {enumerate_words(list(periods))}."
        elsewhere = self._hides_elsewhere(indicator, given)
        why = "Aucun chiffre chargé pour ce territoire" if elsewhere else self._absence(indicator)
        return f"{why}."

    def _hides_elsewhere(self, indicator: Indicator, given: Collection[str]) -> bool:
        """Say whether what its sources hide is of other territories: there, they have no figure at all."""
        text = self._absence(indicator).casefold()
        hides = "masqué" in text or "secret" in text
        return hides and not set(indicator.sources) & set(given)

    def explained(
        self, indicator: Indicator, target: str, cell: Cell, route: Route, hidden: set[str]
    ) -> Cell:
        """Return a carried figure with its method, and the reason of what it lacks."""
        parts = route.parts.get(target, ())
        if parts and target in route.incomplete:
            # No bound would hold for a set of which a member lies nobody knows where.
            nowhere = f"{route.noun.none} {route.noun.agree('connu')}"
            reason = f"Au moins un de ses membres n’est rattaché à {nowhere}."
            return _withheld(cell, reason)._replace(method="", count=math.nan)
        cell = cell._replace(method=route.description(target))
        if cell.status in _CARRIED and route.coverage(target) < LEAST_COVERAGE:
            reason = _too_little_covered(route.coverage(target))
            return _withheld(cell, reason)._replace(count=math.nan)
        reason = self._reason(indicator, target, cell, route, hidden)
        # Bounds of a share that leave everything possible say nothing.
        vain = cell.status is Status.BOUNDED and indicator.unit == "%"
        vain = vain and cell.low <= 0 and cell.high >= 100  # noqa: PLR2004 - a percentage
        bare = cell._replace(low=math.nan, high=math.nan) if vain else cell
        if (vain or cell.status is Status.MISSING) and parts and set(parts) <= hidden:
            return bare._replace(status=Status.SECRET, reason="Masqué par le producteur.")
        if vain:
            why = f"Parties inconnues {route.noun.of}" if target in route.unsure else reason[:-1]
            why = f"{why}{NO_BREAK}: toute valeur de 0 à 100 % est possible."
            return bare._replace(status=Status.MISSING, reason=why)
        return cell._replace(reason=reason)

    def _reason(
        self, indicator: Indicator, target: str, cell: Cell, route: Route, hidden: set[str]
    ) -> str:
        parts = route.parts.get(target, ())
        if not parts:
            return (
                f"{capital(route.noun.none)} {route.noun.agree('connu')} pour ce territoire{NO_BREAK}: "
                "rattachement à établir."
            )
        if cell.status is Status.BOUNDED:
            return self._why_bounded(indicator, target, cell, route)
        if cell.status is Status.MISSING:
            return self._why_missing(indicator, target, cell, route, hidden)
        if cell.status is Status.CONTEXT:
            return context_bias(indicator)
        return cell.reason if cell.status is Status.ESTIMATED else ""

    @staticmethod
    def _why_bounded(indicator: Indicator, target: str, cell: Cell, route: Route) -> str:
        if indicator.variable:
            count = len(route.parts[target])
            ends = _BETWEEN.get(indicator.nature, "le plus petit et le plus grand taux")
            return f"Entre {ends} des {count} {route.noun.many}."
        if NOT_CARRIED in cell.reason:
            return cell.reason
        unsure = enumerate_words(sorted(route.unsure.get(target, ())), most=3)
        return f"Partie inconnue de {unsure}." if unsure else cell.reason

    def _why_missing(
        self, indicator: Indicator, target: str, cell: Cell, route: Route, hidden: set[str]
    ) -> str:
        parts = route.parts[target]
        lost = set(parts) & hidden
        if lost and len(parts) > 1:
            hid = route.noun.agree("masqué", several=len(lost) > 1)
            return f"{len(lost)} des {len(parts)} {route.noun.many} {hid} par le producteur."
        if any(text in cell.reason for text in _OWN_REASONS):
            return cell.reason.strip()
        if route.coverage(target) < LEAST_COVERAGE:
            return _too_little_covered(route.coverage(target))
        if indicator.variable and len(parts) > 1 and route.unsure.get(target):
            return (
                f"Un taux connu par {route.noun.singular} ne dit rien d’une partie {route.noun.of}."
            )
        among = f" (au moins {route.noun.agree('un')} des {len(parts)} {route.noun.many})"
        return f"{self._absence(indicator)}{among if len(parts) > 1 else ''}."

    def _absence(self, indicator: Indicator) -> str:
        text = next((note.absence for note in self._notes(indicator) if note.absence), "")
        return capital(text) or "Non fourni par le producteur"

    def _notes(self, indicator: Indicator) -> list[SourceNote]:
        return [self.sources[code] for code in indicator.sources if code in self.sources]


#: Between what those of several territories lies that of their union, by its nature.
_BETWEEN = {
    Nature.MEDIAN: "la plus petite et la plus grande valeur",
    Nature.MEAN: "la plus petite et la plus grande moyenne",
}


def _too_little_covered(coverage: float) -> str:
    return f"Les sources ne couvrent que {with_unit(100 * coverage, '%')} de ce territoire."


def _not_loaded(indicator: Indicator) -> str:
    """Say which source, or which family of files, gives the variables and is not there."""
    if indicator.sources:
        return f"Source non chargée{NO_BREAK}: {enumerate_words(list(indicator.sources))}."
    named = enumerate_words([f"« {name} »" for name in indicator.families])
    return f"Aucun fichier chargé de la famille {named} ne donne ces colonnes."


@cache
def _biases() -> tuple[dict[str, Any], ...]:
    room = resources.files("observatoire.indicators.computation")
    return tuple(tomllib.loads((room / "context_bias.toml").read_text(encoding="utf-8"))["bias"])


def context_bias(indicator: Indicator) -> str:
    """Say by how much the figure of an enclosing territory is known to miss; nothing where nobody measured.

    Examples
    --------
    >>> from observatoire.indicators.definitions.catalogue import Indicator
    >>> from observatoire.values import Nature
    >>> rate = Indicator("p", "P", "P", "t", Nature.RATE, "%", 1, "neutral", "", "", (), variable="TP6019")
    >>> context_bias(rate)[:48]
    'Dans 43 cas connus, la pauvreté publiée d’un qua'
    """
    names = (indicator.variable, *indicator.numerator)
    found = next((bias for bias in _biases() if fits(bias["variables"], names)), None)
    if found is None:
        return ""
    middle, low, high = (number(float(found[name])) for name in ("middle", "low", "high"))
    return (
        f"Dans {found['places']} cas connus, {found['what']} de {middle} points "
        f"(8 fois sur 10, de {low} à {high}){NO_BREAK}: {found['source']}."
    )

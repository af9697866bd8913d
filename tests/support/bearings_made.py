"""One figure in its place, made by hand: above its town's unless said otherwise."""

from __future__ import annotations

from dataclasses import replace

from maps_made import mark

from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.panels.drawings.bearings import Bearing, Reference
from observatoire.values import Nature, Status

WORDS = TerritoryNames(Noun("quartier"), Noun("IRIS", "IRIS"))
POOR = Indicator(
    "p", "Taux de pauvreté", "Pauvreté", "t", Nature.RATE, "%", 1, "lower_is_better", "", "Population", (),
    sentence="{v} habitants sur 100 vivent sous le seuil",
)  # fmt: skip
TOWN = Reference("Ville", 20.0, "20,0", whole=False, stated=False)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def bearing(value: float = 44.0, status: Status = Status.AGGREGATED, **other: object) -> Bearing:
    """Return one figure in its place, above its town's unless said otherwise."""
    sign = "▲" if status is Status.AGGREGATED else "○"
    shown = (
        mark(0, value, status, sign=sign, tone="unfavourable")
        if sign == "▲"
        else mark(0, value, status)
    )
    made = Bearing(POOR, "2016", shown, (10.0, 44.0), (TOWN,))
    return replace(made, **other)  # type: ignore[arg-type]

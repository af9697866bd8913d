"""From any zoning to any other: weights, what they carry, and what cannot be known."""

from observatoire.passage.assessing import assess
from observatoire.passage.density import by_density
from observatoire.passage.fitting import fit_density
from observatoire.passage.methods import by_area, by_support
from observatoire.passage.model import Passage
from observatoire.passage.ratio_model import DensityFit
from observatoire.passage.tables import from_table
from observatoire.passage.vintages import (
    Comparability,
    Vintage,
    changed_territories,
    comparability,
    identify_vintage,
)

__all__ = [
    "Comparability",
    "DensityFit",
    "Passage",
    "Vintage",
    "assess",
    "by_area",
    "by_density",
    "by_support",
    "changed_territories",
    "comparability",
    "fit_density",
    "from_table",
    "identify_vintage",
]

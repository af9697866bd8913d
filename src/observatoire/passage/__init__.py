"""From any zoning to any other: weights, what they carry, and what cannot be known.

``geometry`` measures outlines, ``methods`` find weights, ``links`` and ``passage`` keep them, ``transfer``
carries figures; ``counted`` is what weights and figures are of; ``codes`` and ``arrays`` are their common ground.
After them stand ``vintages`` (which version of a zoning), ``accuracy`` (how far a passage falls from what is
published), ``conformal`` (learns prediction intervals from such errors), ``prediction`` (keeps and gives them).
"""

from observatoire.passage.accuracy import assess
from observatoire.passage.methods.area import by_area
from observatoire.passage.methods.correspondence import from_table
from observatoire.passage.methods.density import by_density
from observatoire.passage.methods.density_fit import fit_density
from observatoire.passage.methods.density_ratio import DensityFit
from observatoire.passage.methods.support import by_support
from observatoire.passage.passage import Passage
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

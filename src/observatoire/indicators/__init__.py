"""Indicators: their catalogue, their computing, their precision."""

from observatoire.indicators.comparing import (
    Convergence,
    Difference,
    Estimate,
    change,
    convergence,
    difference,
)
from observatoire.indicators.precision import (
    among,
    byar,
    census_variance,
    clopper_pearson,
    effective_share,
    newcombe,
    poisson_exact,
    wilson,
)
from observatoire.indicators.trials import TrialsError

__all__ = [
    "Convergence",
    "Difference",
    "Estimate",
    "TrialsError",
    "among",
    "byar",
    "census_variance",
    "change",
    "clopper_pearson",
    "convergence",
    "difference",
    "effective_share",
    "newcombe",
    "poisson_exact",
    "wilson",
]

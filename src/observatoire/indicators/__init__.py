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
    TrialsError,
    byar,
    census_variance,
    clopper_pearson,
    effective_share,
    newcombe,
    poisson_exact,
    wilson,
)

__all__ = [
    "Convergence",
    "Difference",
    "Estimate",
    "TrialsError",
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

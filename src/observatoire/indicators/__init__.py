"""Indicators: what the catalogue defines, computed on a zoning, with its precision.

A question enters by ``query``, with ``context`` (the workspace, its catalogue, its warehouse). Then
``definitions`` (what is asked), ``routes`` (how its figures reach the zoning), ``computation`` (the
table), ``precision`` (intervals), ``comparison`` (next to whom), ``evaluation`` (what changed).
``publishable`` and ``zoning_versions`` say what may leave, and on which vintage of a zoning;
``link_checks`` holds what links add up to against what is published of the whole; ``lessons`` learns from
what is published of parts and of their wholes; ``kept_answers`` are in the warehouse, while their
``answer_grounds`` hold.
"""

from observatoire.indicators.precision.differences import (
    Convergence,
    Difference,
    Estimate,
    change,
    convergence,
    difference,
)
from observatoire.indicators.precision.interval_inputs import TrialsError
from observatoire.indicators.precision.intervals import (
    among,
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

"""Exchange.

``package`` (what another observatory can read), ``figures`` (its tables), ``federation`` (several as
one), ``ledger`` (what was ever published), ``agreements`` (what travels with the figures),
``outline`` (a layer to draw in).
"""

from observatoire.exchange.federation import Federation, federate
from observatoire.exchange.package import write_package

__all__ = ["Federation", "federate", "write_package"]

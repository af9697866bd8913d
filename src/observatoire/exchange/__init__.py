"""Exchange: packages that another observatory can read, and several observatories as one."""

from observatoire.exchange.federation import Federation, federate
from observatoire.exchange.package import write_package

__all__ = ["Federation", "federate", "write_package"]

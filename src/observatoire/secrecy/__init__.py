"""Statistical secrecy: what may be shown, and the proof that it cannot be turned back.

``suppression`` hides and audits one set of counts, on plain frames; ``primary`` says what the rules hide of
themselves; ``plan`` decides once what a whole workspace may show; ``release`` is the only way out. Thresholds
and the other rules are declared by sources and workspaces: ``declarations/secrecy_rules``.

Everything an attacker could combine is written as relations and bounds on one Series of counts:

- hierarchies, cut zonings: ``("commune", ["a", "b"])``; pieces that no one publishes are cells
  too, declared ``latent``;
- differences between perimeters: ``("ring", ["iris", Part("zus", -1)])``, the ring being a cell
  to protect, declared ``already_hidden`` when it is not itself published;
- categories, periods that are sums, one publication and the next: relations like the others;
- a rate shown beside its denominator: ``("unemployed", [Part("active", rate)])`` if exact; if
  rounded and the denominator is shown, ``bounds`` of the numerator (rate ± half a digit, times
  the denominator);
- a class code, the population of a block: ``bounds`` of the cell.

The proof is over real numbers. Counts being whole can only narrow an interval, and does not in
tables by two dimensions or nested; in tables of three dimensions and more it may, in principle.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from observatoire.secrecy.suppression.audit import audit
    from observatoire.secrecy.suppression.protection import Protection, protect, protection
    from observatoire.secrecy.suppression.relations import Part

__all__ = ["Part", "Protection", "audit", "protect", "protection"]

_MODULES = {"Part": "relations", "audit": "audit"}


def __getattr__(name: str) -> Any:
    """Import the solvers when something is first protected: a load has no use for them."""
    if name in __all__:
        module = _MODULES.get(name, "protection")
        return getattr(import_module(f"{__name__}.suppression.{module}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

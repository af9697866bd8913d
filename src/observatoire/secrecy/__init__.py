"""Statistical secrecy: what may be shown, and the proof that it cannot be turned back."""

from observatoire.secrecy.auditing import audit
from observatoire.secrecy.protecting import Protection, protect, protection
from observatoire.secrecy.relations import Part

__all__ = ["Part", "Protection", "audit", "protect", "protection"]

"""What is federated: several packages as one, read where they lie.

``terms`` (``federation.toml``: who, until when), ``members`` (brought here), ``verification`` (checked
before anything is believed), ``engine`` (what answers the SQL of ``questions/``), ``comparability`` (what may
stand side by side), ``joint`` (their counts as one system), ``joint_suppression`` (what the packages give away
together, what is hidden for that), ``answers`` (the questions), ``views`` (its pages), ``federation`` (both, for a
notebook), ``admission`` (who is let in).
"""

from observatoire.exchange.federation.admission import federate
from observatoire.exchange.federation.federation import Federation

__all__ = ["Federation", "federate"]

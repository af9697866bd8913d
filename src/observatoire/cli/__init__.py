"""The command line, before the hall.

``main`` gathers the commands: ``ingest`` (init, load, preview, status, fetch, check), ``views`` (what writes
a page: panel, map, profile, evaluate, trend…), ``publish`` (audit, annex, publish, federate), ``schema``.
``console`` is what shows while they work, ``usage`` what is answered to a wrong call.
"""

from __future__ import annotations

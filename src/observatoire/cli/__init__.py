"""The command line, before the hall.

``main`` gathers the commands, ``ingest``, ``views``, ``publish`` and ``schema`` hold them by kind,
``console`` is what shows while they work, ``usage`` what is answered to a wrong call.
"""

from __future__ import annotations

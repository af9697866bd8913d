"""The command line, before the hall.

``main`` gathers the commands, ``ingest``, ``views`` and ``publish`` hold them by kind,
``console`` is what shows while they work, ``usage`` what is answered to a wrong call.
"""

from __future__ import annotations

"""The observatory: it calls the rooms and does no work itself, one module a kind of question.

Each class stands on the former: ``session`` (an open workspace and what it remembers), ``inventory``
(what is there), ``ingestion`` (what is loaded), ``tables`` (what is asked), ``profiles`` and ``views`` (what
is shown), ``annexes`` and ``deliverables`` (what is written), ``observatory`` (all of them). ``display``
is how they show themselves in a notebook, ``gazetteer`` what pages say of the territories themselves.
"""

from __future__ import annotations

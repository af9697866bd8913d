"""Observation territoriale : des fichiers des partenaires à l’annexe d’évaluation."""

from __future__ import annotations

__version__ = "0.1.0"

"""Indicators: their catalogue, their computing, their precision."""

from observatoire.indicators.precision import wilson

__all__ = ["wilson"]

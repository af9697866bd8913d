"""Panels: indicators by territories, profiles, evaluations."""

"""Panels: indicators by territories, profiles, evaluations; each makes a sheet of blocks."""

"""Primary secrecy: what the rules hide of themselves, before anything is deduced.

``known_figures`` (producers' figures, and under which rule), ``sensitive_cells`` (those that a rule hides; figures
rounded as they are printed), ``universes`` (of how many a figure that is no count speaks), ``level_evidence``
(which counts the figures of rates and averages deny), ``rule_checks`` (rules that name what does not exist).
Thresholds, and the default for a partner that gave none, are decided in ``declarations/secrecy_rules``.
"""

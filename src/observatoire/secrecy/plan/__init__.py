"""What the whole workspace may show, decided once for all its tables.

``known_figures`` (producers' figures), ``primary`` (those that the rules hide of themselves;
figures rounded as they are printed), ``disclosures`` (what a shown cell discloses), ``universes`` (of how many
a figure that is no count speaks), ``additivity``, ``attacker_knowledge``, ``former_figures`` (what anybody may
know), ``workspace_system`` (all of it as rows), ``plan`` (the choice), ``joint_audit``, ``rule_checks``,
``record``.
Thresholds, and the default for a partner that gave none, are decided in ``declarations/secrecy_rules``.
"""

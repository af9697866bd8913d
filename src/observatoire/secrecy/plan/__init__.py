"""What the whole workspace may show, decided once for all its tables.

``disclosures`` (what a shown cell discloses), ``additivity``, ``attacker_knowledge``, ``former_figures`` (what
anybody may know), ``workspace_system`` (all of it as rows), ``protected_groups`` and ``plan`` (the choice),
``joint_audit``, ``record``.
What the rules hide of themselves is in ``primary``.
"""

"""The only way out: ``protected_table`` makes what panels, maps, annexes and packages accept.

``decision`` (all that outputs ask of the plan), ``agreements`` (what a partner lets be shown), ``redaction``
(cells emptied), ``output_check`` (a last look, and the record of what left), ``declared_rules`` (whether files
still say what was read of them), ``kept_decision`` (of the plan, from one process to the next), ``public_notes``
(the same for words), ``audit_report`` (what is said of it), ``asked_tables`` (what a page asks for as it goes).
"""

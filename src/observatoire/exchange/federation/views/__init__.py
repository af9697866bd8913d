"""What a federation shows, as an observatory does.

``grid`` (who observes what, drawn), ``inventory`` (its page), ``figures`` (the federation's values as a
table that pages admit), ``ground`` (the members' zones under a map), ``sheets`` (the pages).
"""

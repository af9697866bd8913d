"""What a federation shows, as an observatory does.

``grid`` (who observes what, drawn), ``inventory`` (its page), ``figures`` (the federation's values as a
table that pages admit, which dates compare), ``ground`` (the members' zones, and a map of them),
``site_figures`` (who answers, what is withheld), ``sites`` (a page a site, the atlas), ``report`` (the annex).
"""

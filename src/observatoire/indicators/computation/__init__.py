"""One figure, from its sources to the page.

``compute`` first, then ``figures`` (laid out), ``passage_figures`` (carried), ``explanations``
(why one is missing), ``table`` (what comes out, not yet protected).
"""

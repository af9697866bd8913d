"""One figure, from its sources to the page.

``compute`` first, then ``figures`` (laid out), ``passage_figures`` (carried), ``predictions`` (foretold, or
recomputed), ``explanations`` (why one is missing, how far that of what encloses it is), ``table`` (what comes
out, not yet protected).
"""

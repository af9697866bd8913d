"""One figure, from its sources to the page.

``compute`` first, then ``figures`` (laid out), ``passage_figures`` (carried), ``sized_rates`` (recomputed),
``part_predictions`` (foretold), ``explanations`` (why one is missing), ``context_bias`` (how far an enclosing
figure is), ``table`` (what comes out, not yet protected).
"""

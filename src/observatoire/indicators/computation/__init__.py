"""One figure, told as a story.

``compute`` first, then ``figures`` (laid out), ``passage_figures`` (carried), ``explanations``
(why one is missing), ``table`` (what comes out, not yet protected).
"""

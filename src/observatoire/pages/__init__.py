"""Pages: blocks that any writer knows, so that HTML, PDF, Word and Excel say the same.

``blocks`` (tables, figures, callouts) and ``cells`` (a figure with its mark) first, ``notes`` under them;
``isolation`` frames them in a notebook, ``axes`` styles matplotlib;
``tokens`` are the colours and sizes of all that is shown. ``sheet`` checks what leaves and saves itself,
``batches`` writes several; ``writers`` turn its blocks into one form each. In come protected tables’ figures,
out go files.
"""

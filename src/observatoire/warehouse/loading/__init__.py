"""What a load does.

``zonings`` of the workspace first, then ``sources`` that are declared, ``files`` that nothing
declares, ``layers`` of outlines, all with the same ``options``. In come folders and files; out goes a report.
"""

"""Pages: blocks that every writer knows, and the writers."""

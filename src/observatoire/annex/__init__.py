"""The annex: one document that holds all that is shown, and the part of it that is asked for.

``choice`` is what ``annex.toml`` says, and the territories and themes that it keeps; ``content`` all that it is
made of. ``document`` puts the chapters in order: ``findings`` (what to retain), ``indicator_pages``,
``objectives`` (the evaluation), ``completeness`` (what is missing), ``method`` and checks; ``revisions`` says what
changed since an earlier publication, ``workbook`` lays out the sheets, ``logo`` checks the picture of the cover.
"""

from observatoire.annex.content import AnnexContent
from observatoire.annex.document import annex_page

#: Forms that hold several pages.
ANNEX_SUFFIXES = (".html", ".pdf", ".docx", ".xlsx")

__all__ = ["ANNEX_SUFFIXES", "AnnexContent", "annex_page"]

"""The annex.

One ``document`` that holds all that is shown, its ``method``, ``completeness`` and ``checks``.
"""

from observatoire.annex.document import AnnexContent, annex_page

#: Forms that hold several pages.
ANNEX_SUFFIXES = (".html", ".pdf", ".docx", ".xlsx")

__all__ = ["ANNEX_SUFFIXES", "AnnexContent", "annex_page"]

"""The annex: one document that holds all that is shown."""

from observatoire.annex.document import AnnexContent, annex_page

__all__ = ["AnnexContent", "annex_page"]

"""Configuration of Sphinx: a French site that is read from a folder, without a network."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.locale import _

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[1] / "src"))

from made_pages import write_pages  # noqa: E402 - the folder above is where it stands

import observatoire  # noqa: E402
from observatoire.french.typography import spaced  # noqa: E402

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project, author = "observatoire", "Les contributeurs d’observatoire"
version = release = observatoire.__version__
language = "fr"
html_title = f"observatoire {version}"
html_theme = "furo"
html_show_copyright = html_show_sourcelink = html_copy_source = False
smartquotes = False  # typography is written as it should be read

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]
napoleon_google_docstring = False
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
exclude_patterns = ["_*/**"]

write_pages(HERE)

#: Copied as they are: the form that a telephone shows of a picture is named by no page.
html_static_path = ["images"]

#: What the theme says in English, for want of a French catalogue.
SPHINX = '<a href="https://www.sphinx-doc.org/">Sphinx</a>'
WORDS = {
    "Next": "Suivant",
    "Previous": "Précédent",
    "Home": "Accueil",
    "On this page": "Sur cette page",
    "Back to top": "Haut de la page",
    "Made with ": "Fait avec ",
    f"{SPHINX} and ": f"{SPHINX} et ",
}


def setup(app: Sphinx) -> None:
    """Give pages what neither Markdown nor the theme does."""
    app.connect("doctree-read", with_french_spaces, priority=1)
    app.connect("html-page-context", with_french_words)
    app.connect("build-finished", within_everyone_s_reach)


def with_french_spaces(_app: Sphinx, doctree: nodes.document) -> None:
    """Keep « ; » or « : » from beginning a line: pages are written with ordinary spaces."""
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, nodes.TextElement) and not isinstance(
            text.parent, nodes.literal | nodes.FixedTextElement
        ):
            text.parent.replace(text, nodes.Text(spaced(text.astext())))


def with_french_words(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    """Name in French what leads from page to page; offer pictures in their telephone form, with what they show."""
    context["_"] = context["gettext"] = lambda text: WORDS.get(text, _(text))
    context["body"] = re.sub(
        r'<img alt="([^"]*)" [^>]*src="([./]*)_images/([\w-]+)\.svg"[^>]*>',
        _by_width,
        context.get("body", ""),
    )


#: Fits a telephone; an option of a command stays whole.
STYLE = ".genindextable { display: block; overflow-wrap: anywhere } .pre { white-space: nowrap }"

#: What the theme leaves out of the reach of a keyboard, or without a name for who listens.
REACHED = (
    ("<pre>", '<pre tabindex="0">'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
    ('<aside class="sidebar-drawer"', '<aside aria-label="Navigation" class="sidebar-drawer"'),
    ('<aside class="toc-drawer', '<aside aria-label="Sur cette page" class="toc-drawer'),
    ('<div id="search-results">', '<h1>Recherche</h1><div id="search-results">'),
    ("</head>", f"<style>{STYLE}</style></head>"),
)


def within_everyone_s_reach(app: Sphinx, _failure: Exception | None) -> None:
    """Mend what the theme writes, in each page."""
    for page in Path(app.outdir).rglob("*.html"):
        written = page.read_text("utf-8")
        for before, after in REACHED:
            written = written.replace(before, after)
        page.write_text(written, "utf-8")


def _by_width(image: re.Match[str]) -> str:
    said, up, name = image.groups()
    if not (HERE / f"images/{name}-telephone.svg").is_file():
        return image[0]
    narrow = f'<source media="(max-width: 46em)" srcset="{up}_static/{name}-telephone.svg">'
    return f'<picture>{narrow}{image[0]}</picture><br><em aria-hidden="true">{said}</em>'

"""A page inside a notebook, where no rule of the host breaks in: a frame of its own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from observatoire.pages.writers.html import render_page

if TYPE_CHECKING:
    from observatoire.pages.blocks import Page

#: Height of a frame before its content is known, and where no script may run.
_BEFORE = 560

#: Follows the theme of JupyterLab or VS Code, where they say it, and the height of what it holds: whole, and
#: again when a table is unfolded or the window resized, so that no page scrolls inside another.
_FITTED = (
    "const b=document.body.dataset,d=this.contentDocument.documentElement,"
    "dark=b.jpThemeLight==='false'||/dark/.test(b.vscodeThemeKind||''),"
    "light=b.jpThemeLight==='true'||/light/.test(b.vscodeThemeKind||'');"
    "if(dark||light)d.dataset.theme=dark?'dark':'light';"
    "new ResizeObserver(()=>{this.style.height=d.offsetHeight+8+'px'}).observe(d)"
)


def framed(page: Page) -> str:
    """Return a page as a frame that a notebook shows: its styles and the host's never meet.

    Parameters
    ----------
    page : Page
        What to show.
    """
    return (
        f'<iframe srcdoc="{escape(render_page(page))}" title="{escape(page.title)}" onload="{escape(_FITTED)}" '
        f'style="width:100%;height:{_BEFORE}px;border:0;resize:vertical;overflow:auto"></iframe>'
    )

"""Write a page as one self-contained HTML file: no network, fit for A4 and for a narrow screen."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from observatoire.french.typography import NARROW, NO_BREAK
from observatoire.pages.blocks import Heading, Page
from observatoire.pages.tokens import css_properties, following
from observatoire.values import Status

if TYPE_CHECKING:
    from pathlib import Path


def render_page(page: Page) -> str:
    """Return a page as a whole HTML document.

    Parameters
    ----------
    page : Page
        What to write.
    """
    return _environment().get_template("page.html.j2").render(page=page, toc=_contents(page))


def save_html(page: Page, path: Path) -> None:
    """Write a page as an HTML file."""
    path.write_text(render_page(page), encoding="utf-8")


def _contents(page: Page) -> list[Heading]:
    return [x for x in page.blocks if isinstance(x, Heading) and x.level <= 2 and x.anchor]  # noqa: PLR2004


def templates_of(package: str, folder: str = "") -> jinja2.Environment:
    """Return the templates of a package: what they print is escaped, what they lack is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package, folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


@cache
def _environment() -> jinja2.Environment:
    environment = templates_of("observatoire.pages", "templates")
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["following"] = following
    environment.filters["uncounted"] = partial(_COUNTED.sub, "")
    environment.globals.update(
        NARROW=NARROW,
        NO_BREAK=NO_BREAK,
        exact=_EXACT,
        holes=_HOLES,
        tokens=Markup(css_properties()),  # noqa: S704 - ours
    )
    return environment


_EXACT = frozenset({str(Status.OBSERVED), str(Status.AGGREGATED)})

#: Statuses whose reason is written under the table: a tooltip alone is read by nobody on a phone.
_HOLES = frozenset({str(Status.MISSING), str(Status.SECRET), str(Status.NOT_APPLICABLE)})

#: What a reason says of how many parts: the cell has it, under a table it would make many reasons of one.
_COUNTED = re.compile(r" \([^()]*\d[^()]*\)")

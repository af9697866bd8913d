"""The picture of the cover: read, checked, made anew, so that nothing hidden in a file leaves with it."""

from __future__ import annotations

import base64
import io
import re
import stat
import warnings
from typing import TYPE_CHECKING

from observatoire.errors import FileError
from observatoire.errors.translations import system_words
from observatoire.pages.blocks import Figure

if TYPE_CHECKING:
    from pathlib import Path

#: Most octets of a file, most pixels of a picture, and the width that a cover needs.
_MOST_OCTETS, _MOST_PIXELS, _WIDEST = 5_000_000, 40_000_000, 900

#: What an SVG of a logo never needs: what runs, what is fetched, what swells when it is read.
_HOSTILE = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|<image|<use|<iframe|javascript:|\son\w+\s*="
    rb"|@import|href\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)

_SHARE = 0.22  # of the width of the page


def logo_figure(path: Path) -> Figure:
    """Return the picture of a cover.

    Parameters
    ----------
    path : Path
        A .png, .jpg or .svg file.

    Raises
    ------
    FileError
        On a file that is not there, is no picture, is too large, or is an SVG that runs or fetches
        something.
    """
    try:
        # A pipe or a device has no end: what is no file is not opened.
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(path, "Ce logo n’est pas un fichier.")
        with path.open("rb") as file:
            content = file.read(_MOST_OCTETS + 1)
    except OSError as error:
        raise _refused(
            path, "Le logo ne se lit pas.", f"Le système dit : {system_words(error)}."
        ) from error
    if not 0 < len(content) <= _MOST_OCTETS:
        raise _refused(path, "Le logo est vide, ou pèse plus de 5 Mo.")
    png, size = (
        _from_svg(path, content) if b"<svg" in content[:4096] else _from_pixels(path, content)
    )
    width, height = size
    data = base64.b64encode(png).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{data}"/></svg>'
    )
    share = min(_SHARE, _SHARE * width / height)
    return Figure(svg, "", "Logo", width=share)


def _from_pixels(path: Path, content: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return a picture made anew of its pixels, without what else its file holds."""
    from PIL import Image  # noqa: PLC0415 - when there is a logo

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
                if image.width * image.height > _MOST_PIXELS:
                    raise _refused(path, "Le logo a plus de 40 millions de points.")
                made = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise _refused(path, "Ce logo n’est pas une image que l’on sait lire.") from error
    made.thumbnail((_WIDEST, _WIDEST))
    kept = io.BytesIO()
    made.save(kept, "PNG", optimize=True)
    return kept.getvalue(), made.size


def _from_svg(path: Path, content: bytes) -> tuple[bytes, tuple[int, int]]:
    """Return the pixels of a drawing: what it could run or fetch does not follow."""
    from observatoire.pages.writers.typst import typeset  # noqa: PLC0415 - when there is a logo

    if _HOSTILE.search(content):
        raise _refused(
            path,
            "Ce logo SVG contient autre chose qu’un dessin.",
            "Un script, un lien ou une image extérieure partirait avec l’annexe.",
        )
    source = (
        "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 200pt)'
    )
    try:
        text = content.decode("utf-8-sig")
        png = typeset(source.encode(), "png", ppi=220, inputs={"svg": text})[0]
    except (RuntimeError, ValueError) as error:
        raise _refused(path, "Ce logo SVG ne se dessine pas.") from error
    return _from_pixels(path, png)


def _refused(path: Path, what: str, why: str = "") -> FileError:
    return FileError(
        what,
        where=str(path),
        why=why,
        remedy="Donnez un fichier .png, .jpg ou .svg de moins de 5 Mo, ou retirez logo d’annex.toml.",
    )

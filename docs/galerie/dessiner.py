"""Dessine la galerie depuis l’espace embarqué : python docs/galerie/dessiner.py.

Chaque dessin y est trois fois : tel quel, en gris, et comme le voit un daltonien (deutéranopie) ; un téléphone
montre la forme étroite de ceux qui en ont une.
"""

from __future__ import annotations

import re
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

import observatoire as obs
from observatoire.pages.blocks import Figure

if TYPE_CHECKING:
    from observatoire.observatory.observatory import Observatory
    from observatoire.pages.sheet import Sheet

HERE = Path(__file__).parent

#: Machado et al. (2009), deutéranopie complète.
_DEUTAN = "0.367 0.861 -0.228 0 0 0.280 0.673 0.047 0 0 -0.012 0.043 0.969 0 0 0 0 0 1 0"

_PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Galerie d’observatoire</title>
<style>:root{{color-scheme:light dark}} body{{font:16px/1.4 sans-serif;max-width:1000px;margin:auto;padding:1em;
color:light-dark(#1c2430,#e7ebf0);background:light-dark(#fff,#14191f)}}
img{{width:100%;min-width:640px;background:#fff;border:1px solid #c9d1da;padding:6px;
box-sizing:border-box}} figure{{overflow-x:auto}}
.gris img{{filter:grayscale(1)}} .daltonien img{{filter:url(#deutan)}}
.deux{{display:grid;grid-template-columns:1fr 1fr;gap:1em}} .deux img, source + img{{min-width:0}}
figure{{margin:0}}
@media (max-width:700px){{.deux{{grid-template-columns:1fr}}}}</style></head><body>
<svg width="0" height="0" aria-hidden="true"><filter id="deutan" color-interpolation-filters="linearRGB">
<feColorMatrix values="{matrix}"/></filter></svg>
<h1>Galerie</h1><p>Dessinée depuis l’espace embarqué par <code>docs/galerie/dessiner.py</code>.</p>
{figures}</body></html>
"""


def pictures(o: Observatory) -> dict[str, Figure]:
    """Return the pictures of the gallery, by file name."""
    sheets: dict[str, Sheet] = {
        "carte": o.map("part_hlm", kind="both"),
        "carte-effectif": o.map("population"),
        "carte-ecart": o.map("part_pop_monoparentale", colour="verdict"),
        "fiche-propre": o.profile("Terres-Sainville"),
        "fiche-contexte": o.profile("Vieux-Pont"),
        "tartan": o.panel(kind="tartan"),
        "comparaison": o.panel(kind="compare", indicators=["part_cadres"]),
        "evolution": o.panel(kind="evolution", indicators=["taux_pauvrete"]),
    }
    return {
        name: next(block for block in sheet.page.blocks if isinstance(block, Figure))
        for name, sheet in sheets.items()
    }


def _telephone(figure: Figure) -> str:
    """Return what a telephone shows of a figure: its narrow form, or its halves one under the other."""
    if not figure.halves:
        return figure.narrow
    sizes = [re.search(r'width="(\d+)" height="(\d+)"', half).groups() for half in figure.halves]
    tops = [0, *accumulate(int(high) for _, high in sizes)]
    stacked = "".join(
        half.replace("<svg ", f'<svg y="{top}" ', 1)
        for half, top in zip(figure.halves, tops, strict=False)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sizes[0][0]} {tops[-1]}">{stacked}</svg>'


def _shown(name: str, figure: Figure) -> str:
    image = f'<img src="{name}.svg" alt="{escape(figure.alternative)}">'
    if _telephone(figure):
        narrow = f'<source media="(max-width: 700px)" srcset="{name}-telephone.svg">'
        image = f"<picture>{narrow}{image}</picture>"
    return (
        f"<h2>{escape(name)}</h2><figure>{image}</figure><div class='deux'>"
        f"<figure class='gris'>{image}</figure><figure class='daltonien'>{image}</figure></div>"
    )


def draw() -> None:
    """Write the pictures and the page that shows them."""
    with obs.demo() as o:
        made = pictures(o)
    for name, figure in made.items():
        (HERE / f"{name}.svg").write_text(figure.svg, encoding="utf-8")
        if narrow := _telephone(figure):
            (HERE / f"{name}-telephone.svg").write_text(narrow, encoding="utf-8")
    figures = "\n".join(_shown(name, figure) for name, figure in made.items())
    (HERE / "index.html").write_text(
        _PAGE.format(matrix=_DEUTAN, figures=figures), encoding="utf-8"
    )


if __name__ == "__main__":
    draw()

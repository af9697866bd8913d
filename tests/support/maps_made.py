"""Territories in a row, marks and figures on them, and what a drawing says once read back."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import geopandas as gpd
import shapely

from observatoire.french.nouns import Noun, TerritoryNames
from observatoire.indicators.definitions.catalogue import Indicator
from observatoire.maps.marks import BaseMap, Mark
from observatoire.pages.tokens import contrast
from observatoire.panels.drawings.bearings import Bearing, Reference
from observatoire.values import Nature, Status

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")
WORDS = TerritoryNames(Noun("quartier"), Noun("IRIS", "IRIS"))
POOR = Indicator(
    "p", "Taux de pauvreté", "Pauvreté", "t", Nature.RATE, "%", 1, "lower_is_better", "", "Population", (),
    sentence="{v} habitants sur 100 vivent sous le seuil",
)  # fmt: skip
TOWN = Reference("Ville", 20.0, "20,0", whole=False, stated=False)


def ground(count: int, *, without: tuple[int, ...] = ()) -> BaseMap:
    """Return squares side by side, twenty in a row; some territories have no shape."""
    shapes = gpd.GeoSeries(
        {
            f"q{i}": None
            if i in without
            else shapely.box(x := i % 20 * 1000, y := i // 20 * 1000, x + 900, y + 900)
            for i in range(count)
        },
        crs="EPSG:5490",
    )
    return BaseMap(shapes, shapes.iloc[:0], shapes.iloc[:0], official=False)


def mark(
    rank: int, value: float, status: Status = Status.AGGREGATED, *, name: str = "", **other: object
) -> Mark:
    shown = {"text": f"{value:g}", "high": NAN, "commune": "Ville"} | other
    return Mark(
        code=f"q{rank}", name=name or f"Quartier {rank}", status=status, value=value, **shown
    )  # type: ignore[arg-type]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def in_svg(parts: list[str]) -> ET.Element:
    return parsed(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>')


def in_grey(svg: str) -> str:
    """Return a drawing as a printer without colours shows it: ten greys, and shapes."""
    bare = re.sub(r"m[0-9a-f]{8}-|barred-[0-9a-f]{6}", "", svg)
    return re.sub("#[0-9a-f]{6}", lambda found: f"grey {_lightness(found[0])}", bare)


def _lightness(colour: str) -> int:
    """Return how light a colour is, from 0 to 10 (CIE L*)."""
    luminance = contrast(colour, "#000000") * 0.05 - 0.05
    return round((116 * luminance ** (1 / 3) - 16) / 10)


def texts(root: ET.Element) -> list[str]:
    return [str(text.text) for text in root.iter(f"{SVG}text")]


def text_boxes(root: ET.Element) -> list[tuple[shapely.Geometry, str]]:
    """Return the box of each text: 0.48 em a character, as wide as the face's figures."""
    boxes = []
    for text in root.iter(f"{SVG}text"):
        size = float(text.attrib["font-size"])
        wide = 0.48 * size * len(text.text or "")
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        left = (
            x
            - {"start": 0, "middle": wide / 2, "end": wide}[text.attrib.get("text-anchor", "start")]
        )
        boxes.append((shapely.box(left, y - 0.7 * size, left + wide, y), str(text.text)))
    return boxes


def meeting(root: ET.Element) -> list[tuple[str, str]]:
    """Return the texts that lie on another."""
    pairs = itertools.combinations(text_boxes(root), 2)
    return [(one, two) for (a, one), (b, two) in pairs if shapely.intersection(a, b).area > 1]


def fills(svg: str) -> list[str]:
    """Return what fills each surface of the map, in order."""
    groups = (group.iter(f"{SVG}path") for group in parsed(svg).iter(f"{SVG}g"))
    return [path.attrib["fill"] for paths in groups for path in paths]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def bearing(value: float = 44.0, status: Status = Status.AGGREGATED, **other: object) -> Bearing:
    """Return one figure in its place, above its town's unless said otherwise."""
    judged = {"sign": "▲", "tone": "unfavourable"} if status is Status.AGGREGATED else {}
    shown = mark(0, value, status, **judged)
    made = Bearing(POOR, "2016", shown, (10.0, 44.0), (TOWN,))
    return replace(made, **other)  # type: ignore[arg-type]

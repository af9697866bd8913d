"""Read back every figure that a page, a workbook, a document or a map of a workspace prints.

Written for the workspaces of ``attacker``, whose names of territories and indicators are codes.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import docx
import numpy as np
import pandas as pd
import pikepdf
import python_calamine
from lxml import html

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Grid = list[list[str]]

_ZONINGS = {"i": "iris-2016", "c": "commune-2016", "q": "quartier-2007", "z": "zus-1996"}
_PLACE = re.compile(r"[icqz]\d")
_DATE = r"20\d\d(?:-T\d)?"
_CODE = re.compile(r"(aid[ABT]|[Pp]art)\b")
_LIKE = r"(?:\[[^\]]*\]|\([^)]*\)|[\d,]+)"


def figures(path: Path) -> pd.DataFrame:
    """Return the figures that a file prints, as rows of a table."""
    found: list[dict[str, Any]] = []
    grids, texts = _READERS[path.suffix](path)
    for grid in grids:
        found += _by_place(grid) or _by_indicator(grid) or _by_date(grid)
    for text in map(_plain, texts):
        found += _sentences(text)
    return pd.DataFrame(found, columns=_COLUMNS)


_COLUMNS = ["zoning", "territory", "indicator", "period", "value", "low", "high", "status", "half"]


def _row(place: str, code: str, period: str, text: str, half: float = 0.05) -> list[dict[str, Any]]:
    """Return the row of one figure, or nothing where it is hidden or missing."""
    text = text.replace(" ", "").replace("%", "").replace(",", ".").replace("−", "-")
    numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", text)]
    if not numbers or not re.fullmatch(r"[\[(]?[-\d.;]+[\])]?", text):
        return []
    row = {"zoning": _ZONINGS[place[0]], "territory": place, "indicator": code.lower()}
    row["indicator"] = "part" if row["indicator"] == "part" else code
    bounds = numbers if text[0] == "[" else [np.nan, np.nan]
    status = {"[": "bounded", "(": "context"}.get(text[0], "aggregated")
    value = np.nan if text[0] == "[" else numbers[0]
    row |= {"period": period, "value": value, "low": bounds[0], "high": bounds[1]}
    return [row | {"status": status, "half": half}]


def _by_place(grid: Grid) -> list[dict[str, Any]]:
    """Read a table of territories by indicators."""
    heads = {
        at: (code[1], period[0])
        for at, head in enumerate(grid[0])
        if (code := _CODE.match(head)) and (period := re.search(_DATE, head))
    }
    return [
        row
        for line in grid[1:]
        if _PLACE.fullmatch(line[0])
        for at, (code, period) in heads.items()
        if at < len(line)
        for row in _row(line[0], code, period, line[at])
    ]


def _by_indicator(grid: Grid) -> list[dict[str, Any]]:
    """Read a profile: indicators by territories, the date in the last column."""
    places = {at: head for at, head in enumerate(grid[0]) if _PLACE.fullmatch(head)}
    gap = [at for at, head in enumerate(grid[0]) if head == "Écart"]
    found = []
    for line in grid[1:] if places and len(places) > 1 else ():
        code = _CODE.match(line[0])
        period = re.findall(_DATE, " ".join(line[-1:]))
        if code and len(period) == 1:
            for at, place in places.items():
                found += _row(place, code[1], period[0], line[at])
            (first, own), (_, other) = list(places.items())[:2]
            found += _other(
                own, other, code[1], period[0], line[first], line[gap[0]] if gap else ""
            )
    return found


def _by_date(grid: Grid) -> list[dict[str, Any]]:
    """Read the rates of quartiers at two dates, and what their gaps say of the commune."""
    dates = {at: h.split()[0] for at, h in enumerate(grid[0]) if re.fullmatch(rf"{_DATE} ?%", h)}
    gaps = {
        at: re.findall(_DATE, head)[0]
        for at, head in enumerate(grid[0])
        if re.match(rf"Écart {_DATE}", head)
    }
    found = []
    for line in grid[1:]:
        if not dates or not _PLACE.fullmatch(line[0]):
            continue
        own = {period: line[at] for at, period in dates.items()}
        for period, text in own.items():
            found += _row(line[0], "part", period, text)
        for at, period in gaps.items():
            commune = "c1" if line[0] in ("q1", "q2", "q3") else "c2"
            found += _other(line[0], commune, "part", period, own.get(period, ""), line[at])
    return found


def _other(
    own: str, other: str, code: str, period: str, text: str, gap: str
) -> list[dict[str, Any]]:
    """Return what a gap says of the figure that is compared with."""
    mine, apart = _row(own, code, period, text), _row(own, code, period, gap.replace("+", ""))
    if code.lower() != "part" or not mine or not apart:
        return []
    value = mine[0]["value"] - apart[0]["value"]
    return _row(other, code, period, f"{value:.1f}", 0.1) if value == value else []  # noqa: PLR0124


def _sentences(text: str) -> Iterator[dict[str, Any]]:
    """Read the sentence of a reading, and what a map says of itself."""
    pattern = rf"([icqz]\d), ({_DATE}) : l’indicateur « (\w+) » [^.\d\[(]*({_LIKE})"
    for place, period, code, figure in re.findall(pattern, text):
        yield from _row(place, code, period, figure)
    for code, period, rest in re.findall(rf"Carte\. (\w+)[^.]*?({_DATE})\.(.*)", text):
        for place, figure in re.findall(rf"([icqz]\d) : ({_LIKE})", rest):
            yield from _row(place, code, period, figure)


def _plain(text: str) -> str:
    text = re.sub(r"(?<=\d)[\u202f\xa0 ](?=\d{3})", "", text)
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def _page(path: Path) -> tuple[list[Grid], list[str]]:
    tree = html.fromstring(path.read_text("utf-8"))
    grids = [
        [[_plain(" ".join(cell.itertext())) for cell in row] for row in table.iter("tr")]
        for table in tree.iter("table")
    ]
    labels = [element.get("aria-label") for element in tree.iter() if element.get("aria-label")]
    return grids, [*labels, *("".join(each.itertext()) for each in tree.iter("dd", "p", "li"))]


def _document(path: Path) -> tuple[list[Grid], list[str]]:
    document = docx.Document(str(path))
    grids = [
        [[_plain(cell.text) for cell in row.cells] for row in table.rows]
        for table in document.tables
    ]
    return grids, [paragraph.text for paragraph in document.paragraphs]


def _book(path: Path) -> tuple[list[Grid], list[str]]:
    """Read a workbook, where each figure has four columns: value, least, most, status."""
    grids, texts = [], []
    book = python_calamine.CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        lines = [[str(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        texts += [cell for line in lines for cell in line if len(cell) > 20]
        head = next((line for line in lines if any("\nstatut" in cell for cell in line)), None)
        if head is not None:
            kept = lines[lines.index(head) :]
            grids.append([_folded(head, line, first=line is head) for line in kept])
    return grids, texts


def _folded(head: list[str], line: list[str], *, first: bool) -> list[str]:
    cells = [_plain(line[0])]
    for at, name in enumerate(head):
        if not name.endswith("\nvaleur"):
            continue
        value, low, high, status = line[at : at + 4]
        framed = f"[{low} ; {high}]" if status == "entre deux bornes" else value
        cells.append(_plain(name[:-7] if first else framed))
    return cells


_READERS = {".html": _page, ".docx": _document, ".xlsx": _book}


def text_sizes(path: Path) -> list[dict[float, int]]:
    """Return, page by page of a PDF, how many texts are written at each size, in points as printed."""
    with pikepdf.open(path) as pdf:
        pages = [(page, page.Resources, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)) for page in pdf.pages]
        return [dict(Counter(_sizes(*each))) for each in pages]


#: What says where and how large a text is: lines and curves, most of a drawing, are left out.
_OPERATORS = "q Q cm BT Tf Tm Tj TJ Do"


def _sizes(  # noqa: C901 - a case an operator
    drawn: Any, resources: Any, matrix: tuple[float, ...]
) -> Iterator[float]:
    """Yield the size of each text of a content stream, and of the drawings that it places."""
    kept, size, written = [], 0.0, matrix
    for operands, operator in pikepdf.parse_content_stream(drawn, _OPERATORS):
        match str(operator):
            case "q":
                kept.append((matrix, size))
            case "Q":
                matrix, size = kept.pop()
            case "cm":
                matrix = _within(tuple(map(float, operands)), matrix)
            case "BT":
                written = matrix
            case "Tf":
                size = float(operands[1])
            case "Tm":
                written = _within(tuple(map(float, operands)), matrix)
            case "Tj" | "TJ":
                yield round(size * float(np.hypot(written[2], written[3])), 2)
            case "Do":
                inner = resources["/XObject"][str(operands[0])]
                if inner.get("/Subtype") == "/Form":
                    own = tuple(map(float, inner.get("/Matrix", [1, 0, 0, 1, 0, 0])))
                    yield from _sizes(
                        inner, inner.get("/Resources", resources), _within(own, matrix)
                    )


def _within(inner: tuple[float, ...], outer: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def text_of(path: Path) -> str:
    """Return all that a file holds as text, whatever its form."""
    if path.suffix == ".pdf":
        run = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
        return run.stdout.decode()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "\n".join(
                archive.read(name).decode()
                for name in archive.namelist()
                if name.endswith((".xml", ".rels", ".vml"))
            )
    return path.read_text(encoding="utf-8")

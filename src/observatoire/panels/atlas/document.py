"""The page of an atlas: self-contained, readable before its script runs, sealed against any other."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from observatoire.french.typography import NARROW, NO_BREAK, capital, enumerate_words
from observatoire.maps.classes import Classes, classify
from observatoire.maps.figure import TONES, title_of
from observatoire.maps.marks import extremes
from observatoire.maps.territories import largest_circle
from observatoire.pages.notes import schematic_warning, source_notes
from observatoire.pages.tokens import css_properties, ink_on, tokens
from observatoire.pages.writers.html import templates_of
from observatoire.panels.atlas.figures import KINDS, atlas_data
from observatoire.panels.atlas.ground import WIDTH, lay_ground, lay_squares
from observatoire.values import Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import jinja2

    from observatoire.indicators.definitions.catalogue import Indicator
    from observatoire.maps.marks import Mark
    from observatoire.panels.atlas.figures import AtlasContent

#: How rows are grouped, by kind of figure, and what fills the squares and the legend.
_GROUPS = (
    ("Leurs propres chiffres", KINDS[:2], ""),
    ("Estimés par un modèle", KINDS[2:3], "modelled"),
    ("Connus entre deux bornes", KINDS[3:4], "bounded"),
    ("Chiffre d’un territoire plus grand", KINDS[4:5], "context"),
    ("Secret ou non disponible", KINDS[5:], ""),
)
_HOLES = {KINDS[5]: "secret", KINDS[6]: "hole", KINDS[7]: "hole"}

_LONGEST = 11

#: Radius of the largest circle.
_RING = 30.0


def atlas_document(content: AtlasContent) -> str:
    """Return an atlas as one HTML document that needs no network."""
    script = _part("atlas.js")
    first = _FirstView(content)
    laid = lay_ground(first.marks, content.ground)
    data = atlas_data(content) | {
        **_nouns(content),
        **_sentences(content),
        "tone": [*TONES],
        "key": [*_keys(content).items()],
        "at": [one.at if one else None for one in laid.surfaces],
        "width": WIDTH,
        "ring": round(largest_circle(_RING, len(first.marks)), 1),
    }
    return _template().render(
        heading=f"Atlas{NO_BREAK}: {content.name}",
        zoning=content.tables[0].zoning_label,
        date=content.date,
        style=Markup(_style()),  # noqa: S704 - ours
        seal=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        script=Markup(script),  # noqa: S704 - ours
        data=Markup(_json(data)),  # noqa: S704 - cannot close its element
        width=int(WIDTH),
        ground=laid,
        plots=lay_squares(first.marks, content.ground),
        warnings=_warnings(content),
        noun=capital(data["noun"]),
        wider=data["wider"],
        **first.words(),
    )


def write_atlas(content: AtlasContent, path: Path) -> None:
    """Write an atlas in a file."""
    path.write_text(atlas_document(content), encoding="utf-8")


@dataclass(frozen=True)
class _FirstView:
    """What the page shows before its script runs, and where none may: one indicator."""

    content: AtlasContent

    @property
    def indicator(self) -> Indicator:
        return self.content.first

    @property
    def period(self) -> str:
        return list(self.content.dated[self.indicator.code])[-1]

    @property
    def marks(self) -> list[Mark]:
        return self.content.members

    def words(self) -> dict[str, Any]:
        """Return what the template writes of it."""
        cut = self._classes()
        fills = [self._fill(mark, cut) for mark in self.marks]
        return {
            "title": title_of(self.indicator, self.period),
            "unit": self.indicator.unit or "Chiffre",
            "fills": fills,
            "tiled": [_tiled(mark) for mark in self.marks],
            "legend": self._legend(cut, fills),
            "known": self._known(),
            "groups": self._groups(),
            "notes": self._notes(),
        }

    def _classes(self) -> Classes | None:
        """Return the classes of all its dates: the script's own, for dates share them."""
        if self.indicator.nature.additive:
            return None
        code, content = self.indicator.code, self.content
        dated = (content.marks(code, period) for period in content.dated[code])
        values = [mark.value for marks in dated for mark in marks if mark.own]
        return classify(values, self.indicator.decimals)

    def _fill(self, mark: Mark, cut: Classes | None) -> str:
        if mark.own:
            return _shade(cut, cut.rank(mark.value)) if cut else "blank"
        return (
            next((fill for _, kinds, fill in _GROUPS if fill and mark.kind in kinds), "")
            or (_HOLES[mark.kind])
        )

    def _legend(self, cut: Classes | None, fills: Sequence[str]) -> list[tuple[str, str]]:
        labels = zip(cut.labels(), range(len(cut)), strict=True) if cut else ()
        made = {_shade(cut, rank): label for label, rank in labels} if cut else {}
        made |= _keys(self.content)
        shown = {fill: fills.count(fill) for fill in made}
        return [
            (f, f"{label} ({shown[f]})")
            for f, label in made.items()
            if shown[f] or f[1:2].isdigit()
        ]

    def _known(self) -> str:
        own, nouns = sum(mark.own for mark in self.marks), _nouns(self.content)
        several = ("many", "ont leur") if own > 1 else ("noun", "a son")
        said = f"{own} {nouns[several[0]]} sur {len(self.marks)} {several[1]} propre chiffre"
        ends = extremes(self.marks)
        if ends:
            said += (
                f"{NO_BREAK}: de {ends[0].text} ({ends[0].name}) à {ends[1].text} ({ends[1].name})"
            )
        return f"{said}."

    def _groups(self) -> list[tuple[str, list[Mark]]]:
        found = []
        for label, kinds, _ in _GROUPS:
            taken = {str(Status.OBSERVED), *kinds} if kinds == KINDS[:2] else set(kinds)
            rows = [mark for mark in self.marks if mark.kind in taken]
            rows.sort(key=lambda mark: (-mark.value if mark.known else 0.0, mark.name))
            if rows:
                wider = capital(_nouns(self.content)["wider"])
                found.append((f"{wider if kinds == KINDS[4:5] else label} ({len(rows)})", rows))
        return found

    def _notes(self) -> list[tuple[str, str]]:
        table = next(t for t in self.content.tables if self._holds(t))
        cells = table.main[table.main["indicator"] == self.indicator.code]
        return [
            ("Définition", self.indicator.definition),
            ("Champ", f"{self.indicator.universe}."),
            *((note.label, note.text) for note in source_notes(cells)),
        ]

    def _holds(self, table: Any) -> bool:
        cells = table.main
        return bool(
            ((cells["indicator"] == self.indicator.code) & (cells["period"] == self.period)).any()
        )


def _nouns(content: AtlasContent) -> dict[str, str]:
    """Return what the page calls its territories, and the figure that is not theirs."""
    words = content.tables[0].words
    return {
        "noun": words.here.singular,
        "many": words.here.many,
        "one": words.here.one,
        "wider": words.wider_figure,
    }


#: Columns of the table saved.
_HEAD = (
    "code", "territoire", "commune", "indicateur", "libelle", "unite", "periode", "valeur", "bas", "haut",
    "niveau", "statut", "ecart", "raison",
)  # fmt: skip

#: What each kind of figure is in a table saved, and each sign of a difference aloud.
_KINDS = (
    "observé ou agrégé", "estimé", "estimé par un modèle", "entre deux bornes",
    "chiffre d’un territoire plus grand", "secret", "non disponible", "sans objet",
)  # fmt: skip
_SAID = (
    "", "ne se juge pas", "pas de différence sûre avec la commune",
    *(f"plus {way} que la commune, sûr à {sure}{NARROW}%" for way in ("haut", "bas") for sure in ("95", "99,8")),
)  # fmt: skip


def _sentences(content: AtlasContent) -> dict[str, Any]:
    """Return what the script says of a figure, by the rank of its kind or of its sign."""
    wider = _nouns(content)["wider"]
    return {
        "head": _HEAD,
        "kinds": _KINDS,
        "said": _SAID,
        "groups": [capital(wider) if "context" in each else each[0] for each in _GROUPS],
        "why": {
            2: f"Estimé par un modèle{NO_BREAK}: ni classe, ni rang, ni verdict.",
            3: "La valeur est entre ces deux bornes, sans que l’on puisse dire mieux.",
            4: f"C’est le {wider}.",
        },
        "few": "Trop peu d’habitants pour être commenté (Insee).",
    }


def _keys(content: AtlasContent) -> dict[str, str]:
    """Return what the legend says of the fills that are of no class."""
    return {
        "modelled": "estimé par un modèle (e)", "context": _nouns(content)["wider"],
        "bounded": "entre deux bornes", "secret": "secret (s)", "hole": "non disponible (n.d.)",
    }  # fmt: skip


def _shade(cut: Classes | None, rank: int) -> str:
    colours = tokens().classes(len(cut) if cut else 1)
    return f"c{tokens().classes(5).index(colours[rank])}"


def _tiled(mark: Mark) -> str:
    """Write a figure on a square: two bounds that are cut short would be two other numbers."""
    shown = mark.text
    if mark.status is Status.BOUNDED:
        shown = shown.strip("[]").replace("\u202f;", " à")
    return shown if len(shown) <= _LONGEST else "deux bornes"


def _warnings(content: AtlasContent) -> list[str]:
    said = [text for table in content.tables for text in table.warnings]
    absent = [mark.name for mark in content.members if not content.ground.has(mark.code)]
    if absent:
        said.append(f"Sans place sur la carte{NO_BREAK}: {enumerate_words(absent)}.")
    if not content.ground.official:
        said.append(schematic_warning(content.ground.drawn))
    return list(dict.fromkeys(said))


def _style() -> str:
    """Return the styles: tokens, the colours of the drawings, those of the house's pages, the atlas's own."""
    dark, five = tokens().light["ink"], tokens().classes(5)
    inks = ["ink" if ink_on(colour) == dark else "paper" for colour in five]
    rules = [
        *(f".s.c{rank} {{ fill: var(--class-{rank + 1}); }} .drawing .c{rank} text {{ fill: var(--{ink}); }}"
          for rank, ink in enumerate(inks)),
        *(f".s.v-{name} {{ fill: var(--{name}-fill); }}" for name in tokens().verdicts),
    ]  # fmt: skip
    return "\n".join([css_properties(), *rules, _part("atlas.css")])


def _json(data: dict[str, Any]) -> str:
    """Return data as JSON that no text of it can close."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


@cache
def _part(name: str) -> str:
    """Return a part of the page, without its margins and what it says to whoever works on it."""
    text = files("observatoire.panels.atlas").joinpath(name).read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def _template() -> jinja2.Template:
    environment = templates_of("observatoire.panels.atlas")
    environment.globals.update(NO_BREAK=NO_BREAK)
    return environment.get_template("atlas.html.j2")

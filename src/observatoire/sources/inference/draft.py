"""Write a source's declaration: the ``source.toml`` that a preview gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from observatoire.declarations.fields import answered
from observatoire.declarations.writer import _nested, key, lines
from observatoire.sources.parsers.number_style import NumberStyle
from observatoire.values import NATURE_DOUBT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.inference.table_periods import Statement
    from observatoire.sources.parsers.stated_periods import Candidate

#: What is written above the names that no territory bears.
_ALIASES = (
    "Noms inconnus. Si l’un est un autre nom d’un territoire : ôtez « # » devant [aliases] et lui."
)

#: What is written above the other sheets of a workbook.
_SHEETS = "Autre feuille, si elle a les mêmes colonnes : ôtez les « # » qui suivent, et vérifiez sa période."

#: What is written of the secret where nobody states its rule.
_RULE = """\
# Sans règle dite, ni licence ouverte : rien au-dessous de 11 (partner_threshold d’observatoire.toml), et les taux
# ou les moyennes de trop peu de monde sont masqués aussi. Si le partenaire en a une : ôtez les « # », complétez.
# [secrecy]
# threshold = 11
# unit = "personnes"
# rule = "Convention du …, article …\""""

#: The tables of a file, which TOML wants after its own keys.
_TABLES = ("periods", "columns")


@dataclass
class SourceDraft:
    """What a ``source.toml`` will say, table by table; empty values are left out.

    ``columns`` gives the variable of the columns that are not named after theirs. ``labels`` are
    the columns that place territories, ``numbered`` those among them whose numbers might count,
    ``words`` those that hold no figure, with an example,
    ``strangers`` those that a known family does not describe. ``aliases`` are the lines of a table
    left to complete: names of territories that are not known. ``sheets`` are the other
    sheets, each with its period, left to complete too. ``called`` are the columns whose period
    bears a mark, ``spanning`` those of several years; ``candidates`` and ``conflict`` are those of
    :class:`~observatoire.sources.inference.table_periods.TablePeriods`; ``mixed`` a
    variable and a number of it that may be a share among percentages, ``share`` why one of a variable may be, the
    variable and the number; ``units`` a variable and
    the units, more than one, in which its rows are, ``unit_column`` the column that states them,
    ``titled_unit`` the one that a title states of the whole table, ``beyond`` a variable that cannot be in it.
    ``dimensions`` are the columns that tell apart the rows of a territory when no one does alone,
    ``short_part`` one of weeks or days, or of the power of ten of the figures.
    """

    head: dict[str, object] = field(default_factory=dict)
    file: dict[str, object] = field(default_factory=dict)
    markers: dict[str, object] = field(default_factory=dict)
    secrecy: dict[str, object] = field(default_factory=dict)
    precision: dict[str, object] = field(default_factory=dict)
    variables: dict[str, dict[str, object]] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    numbered: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    undescribed: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    sheets: dict[str, str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    spanning: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    conflict: tuple[Statement, Statement] | None = None
    unnamed: bool = False
    mixed: tuple[str, str] | None = None
    share: tuple[str, str, str] | None = None
    units: tuple[str, ...] = ()
    titled_unit: str = ""
    beyond: tuple[str, str] | None = None
    dimensions: tuple[str, ...] = ()
    short_part: str = ""
    unit_column: str = ""
    writing: NumberStyle = field(default_factory=NumberStyle)

    def toml(self) -> str:
        """Return the text of the declaration; what was guessed is marked « à vérifier »."""
        parts = [
            "# Écrit par observatoire preview ; à relire : il est vérifié à chaque chargement.",
            lines(self.head),
            *_file_parts(self.file),
        ]
        for sheet, period in self.sheets.items():
            keys = {"sheet": sheet, "header": ""}
            keys |= {} if self.file.get("period_column") else {"period": period}
            written = "\n\n".join(_file_parts({**self.file, **keys})).split("\n")
            parts.append("\n".join(f"# {line}".rstrip() for line in (_SHEETS, *written)))
        if self.aliases:
            parts.append(
                "\n".join(["# " + text for text in (_ALIASES, "[aliases]", *self.aliases)])
            )
        for name in ("markers", "secrecy"):
            table: dict[str, object] = getattr(self, name)
            if any(value not in ("", []) for value in table.values()):
                parts.append(f"[{name}]\n{lines(table)}")
        if not self.secrecy and not answered(str(self.head.get("licence", ""))):
            parts.append(_RULE)
        parts += _nested("precision", self.precision)
        for code, measure in self.variables.items():
            doubt = self.doubts.get(code, "")
            comment = f"  # {doubt}" if doubt else ""
            parts.append(f"[variables.{key(code)}]{comment}\n{lines(measure)}")
        return "\n\n".join(part for part in parts if part) + "\n"


def _file_parts(file: Mapping[str, object]) -> list[str]:
    """Return the table of a file, and those inside it."""
    parts = [f"[[files]]\n{lines({k: v for k, v in file.items() if k not in _TABLES})}"]
    for name in _TABLES:
        table = file.get(name)
        if isinstance(table, dict) and table:
            parts.append(f"[files.{name}]\n{lines(table)}")
    return parts


def unstated_natures(doubts: Mapping[str, str]) -> list[str]:
    """Return the cautions that go with figures of which nothing states the nature, one a variable.

    Examples
    --------
    >>> unstated_natures({"defm": "nature à vérifier"})
    ['Nature à vérifier : « defm » (rien ne la dit, elle est lue sur la forme des nombres).']
    >>> unstated_natures({})
    []
    """
    why = "rien ne la dit, elle est lue sur la forme des nombres"
    doubted = [name for name, doubt in doubts.items() if doubt.startswith("nature")]
    return [f"{NATURE_DOUBT}« {name} » ({why})." for name in doubted]

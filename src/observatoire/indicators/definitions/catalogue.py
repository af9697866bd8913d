"""The catalogue of indicators: dated definitions written by those who know them, not by code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from observatoire.declarations.reader import Declaration, read_toml
from observatoire.errors import DescriptorError, UnknownNameError
from observatoire.errors.arguments import suggestion
from observatoire.indicators.definitions.spans import YEAR_MARK, Size, Span, read_size
from observatoire.values import Nature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


POLARITIES = ("lower_is_better", "higher_is_better", "neutral")

_POLARITY_LABELS = {
    "lower_is_better": "plus bas est mieux",
    "higher_is_better": "plus haut est mieux",
    "neutral": "sans sens favorable",
}

#: How the sampling or random error of a figure is given; "" leaves it to the source.
PRECISIONS = ("", "census", "wilson", "byar", "exact", "none")


@dataclass(frozen=True)
class Theme:
    """A heading of the contract, and whom to ask for what it lacks."""

    code: str
    label: str
    lead: str
    ask: str
    maps: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """What is measured, from which variables, on whom, and how it reads."""

    code: str
    label: str
    short: str
    theme: str
    nature: Nature
    unit: str
    decimals: int
    polarity: str
    definition: str
    universe: str
    sources: tuple[str, ...]
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    variable: str = ""
    scale: float = 1.0
    caveats: tuple[str, ...] = ()
    expected: bool = False
    ask: str = ""
    published: tuple[str, str] = ("", "")
    precision: str = ""
    size: Size | None = None
    spans: tuple[Span, ...] = ()

    def of(self, period: str) -> Indicator:
        """Return the definition with the columns that its series has in one period."""
        found = next((span for span in self.spans if span.holds(period)), None)
        if found is None:
            return self
        return replace(
            self,
            numerator=found.numerator,
            denominator=found.denominator,
            variable=found.variable,
        )

    @property
    def polarity_label(self) -> str:
        """French reading of the polarity."""
        return _POLARITY_LABELS[self.polarity]

    @property
    def points(self) -> str:
        """Unit of a difference: percentages differ by points."""
        return "points" if self.unit == "%" else self.unit

    @property
    def current_money(self) -> bool:
        """Whether it is in euros of each year: prices rise, so that a rise over time is no news."""
        return self.unit.startswith(("euros", "€"))

    @property
    def direction(self) -> str:
        """Polarity of its change over time, where there is one."""
        return "neutral" if self.current_money else self.polarity

    @property
    def factor(self) -> float:
        """What the raw ratio or variable is multiplied by to come out in the unit."""
        if self.denominator and self.unit == "%":
            return 100.0 * self.scale
        return self.scale

    def variables(self, period: str) -> tuple[str, ...]:
        """Return the names of all its variables in one period."""
        now = self.of(period)
        return (
            *self.at(now.numerator, period),
            *self.at(now.denominator, period),
            *self.at((now.variable,) if now.variable else (), period),
        )

    @staticmethod
    def at(names: Iterable[str], period: str) -> tuple[str, ...]:
        """Put the year of a period in names of variables.

        Examples
        --------
        >>> Indicator.at(["PYY_POP0014", "txVac"], "2016")
        ('P16_POP0014', 'txVac')
        """
        return tuple(name.replace(YEAR_MARK, period[2:4]) for name in names)


@dataclass(frozen=True)
class Catalogue:
    """Themes and indicators, in the order of the file."""

    themes: Mapping[str, Theme]
    indicators: Mapping[str, Indicator]

    def __iter__(self) -> Iterator[Indicator]:
        """Go through the indicators."""
        return iter(self.indicators.values())

    def get(self, code: str) -> Indicator:
        """Return one indicator.

        Raises
        ------
        UnknownNameError
            With the nearest code.
        """
        if not isinstance(code, str) or code not in self.indicators:
            raise UnknownNameError(
                f"Aucun indicateur « {code} » au catalogue.",
                remedy=suggestion(code, self.indicators),
                name=str(code),
            )
        return self.indicators[code]

    def theme(self, code: str) -> Theme:
        """Return one theme.

        Raises
        ------
        UnknownNameError
            With the nearest code.
        """
        if code not in self.themes:
            raise UnknownNameError(
                f"Aucune thématique « {code} » au catalogue.",
                remedy=suggestion(code, self.themes)
                or "Il n’en déclare aucune : écrivez-en dans indicators.toml, [themes.habitat].",
                name=code,
            )
        return self.themes[code]

    def of_theme(self, code: str) -> tuple[Indicator, ...]:
        """Return the indicators of a theme."""
        theme = self.theme(code)
        return tuple(indicator for indicator in self if indicator.theme == theme.code)


def read_catalogue(path: Path, series: Mapping[str, tuple[Span, ...]] | None = None) -> Catalogue:
    """Read and validate ``indicators.toml``.

    Parameters
    ----------
    path : Path
        The file.
    series : mapping, optional
        Spans of the series that indicators may follow, by code.

    Raises
    ------
    DescriptorError
        On an unknown key, theme, nature or polarity, or a definition that cannot be computed.
    """
    table = read_toml(path)
    themes = {code: _read_theme(code, child) for code, child in table.children("themes").items()}
    indicators = {
        code: _read_indicator(code, child, tuple(themes), series or {})
        for code, child in table.children("indicators").items()
    }
    table.close()
    themes = {code: _with_profile(theme, indicators) for code, theme in themes.items()}
    for theme in themes.values():
        for named in (*theme.maps, *theme.profile):
            if named not in indicators:
                raise DescriptorError(
                    f"L’indicateur « {named} » n’est pas au catalogue.",
                    where=f"{path.name}, [themes.{theme.code}]",
                    remedy=suggestion(named, indicators, most=0),
                )
    return Catalogue(themes, indicators)


def _with_profile(theme: Theme, indicators: Mapping[str, Indicator]) -> Theme:
    """Put every indicator of a theme on the profiles when the catalogue chooses none."""
    if theme.profile:
        return theme
    mine = tuple(code for code, one in indicators.items() if one.theme == theme.code)
    return replace(theme, profile=mine)


def _read_theme(code: str, table: Declaration) -> Theme:
    theme = Theme(
        code,
        table.text("label"),
        table.text("lead", ""),
        table.text("ask", ""),
        table.texts("maps"),
        table.texts("profile"),
    )
    table.close()
    return theme


def _read_indicator(
    code: str,
    table: Declaration,
    themes: tuple[str, ...],
    series: Mapping[str, tuple[Span, ...]],
) -> Indicator:
    label = table.text("label")
    followed = table.text("series", "")
    if followed and followed not in series:
        raise table.refuse("series", f"aucune série ne s’appelle « {followed} »")
    spans = series.get(followed, ())
    nature = Nature(table.text("nature", choices=tuple(Nature)))
    last = spans[-1] if spans else Span("", "")
    indicator = Indicator(
        code=code,
        label=label,
        short=table.text("short", label),
        theme=table.text("theme", choices=themes),
        nature=nature,
        unit=table.text("unit", ""),
        decimals=table.take("decimals", int, 0 if nature.additive else 1),
        polarity=table.text("polarity", "neutral", choices=POLARITIES),
        definition=table.text("definition"),
        universe=table.text("universe"),
        sources=table.texts("sources"),
        numerator=table.texts("numerator") or last.numerator,
        denominator=table.texts("denominator") or last.denominator,
        variable=table.text("variable", last.variable),
        scale=table.take("scale", float, 1.0),
        caveats=table.texts("caveats"),
        expected=table.take("expected", bool, False),  # noqa: FBT003 - a default, not a switch
        ask=table.text("ask", ""),
        published=_published(table),
        precision=table.text("precision", "", choices=PRECISIONS),
        size=read_size(table),
        spans=spans,
    )
    table.close()
    if spans and {"numerator", "denominator", "variable"} & set(table.table):
        raise table.refuse("series", "la série donne déjà les colonnes de chaque période")
    _check_definition(indicator, table)
    return indicator


def _published(table: Declaration) -> tuple[str, str]:
    """Read « source/variable »: where the same thing is published for wider territories."""
    published = table.text("published", "")
    source, _, variable = published.partition("/")
    if bool(source) != bool(variable):
        raise table.refuse("published", "on attend « source/variable »")
    return source, variable


def _check_definition(indicator: Indicator, table: Declaration) -> None:
    counted = bool(indicator.numerator)
    if counted == bool(indicator.variable):
        raise DescriptorError(
            "Il faut soit numerator (et denominator pour un taux), soit variable.",
            where=table.where,
        )
    if indicator.variable and (indicator.denominator or indicator.nature.additive):
        raise DescriptorError(
            "variable est un chiffre tout calculé (taux, médiane, moyenne, indice).",
            where=table.where,
            remedy="Un effectif s’écrit numerator = […], un rapport numerator et denominator.",
        )
    if counted and not indicator.denominator and not indicator.nature.additive:
        raise DescriptorError(
            "Un taux demande un dénominateur."
            if indicator.nature is Nature.RATE
            else f"Une somme d’effectifs n’est pas de nature « {indicator.nature} ».",
            where=table.where,
            remedy='Ajoutez denominator = […], écrivez nature = "count", ou utilisez variable = ….',
        )
    _check_size(indicator, table)
    if indicator.decimals < 0:
        raise DescriptorError("decimals ne peut être négatif.", where=table.where)
    if not indicator.sources:
        raise DescriptorError("Aucune source.", where=table.where, remedy="Ajoutez sources = […].")
    if indicator.denominator and indicator.nature is not Nature.RATE:
        raise DescriptorError(
            f"Un rapport de deux effectifs est un taux, non « {indicator.nature} ».",
            where=table.where,
            remedy='Écrivez nature = "rate".',
        )


def _check_size(indicator: Indicator, table: Declaration) -> None:
    if indicator.size and indicator.nature is not Nature.RATE:
        raise DescriptorError(
            "size dit sur combien porte un taux publié sans ses effectifs.",
            where=table.where,
            remedy="Retirez size, ou donnez à l’indicateur la nature « rate ».",
        )
    if indicator.size and not indicator.variable:
        raise DescriptorError(
            "size ne sert qu’à un taux publié sans ses effectifs.",
            where=table.where,
            why="Ce taux a son dénominateur.",
            remedy="Retirez size.",
        )

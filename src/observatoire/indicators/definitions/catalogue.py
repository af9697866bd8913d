"""The catalogue of indicators: dated definitions written by those who know them, not by code."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, model_validator
from pydantic.json_schema import SkipJsonSchema

from observatoire.declarations.fields import (
    Code,
    Count,
    Flag,
    Named,
    Number,
    Texts,
    answered,
    called,
    checked,
    declared,
    doc,
    fault,
    given,
    not_among,
    refuse,
)
from observatoire.declarations.reader import read
from observatoire.errors import UnknownNameError
from observatoire.errors.arguments import code_suggestion, suggestion
from observatoire.indicators.definitions.spans import YEAR_MARK, Size, Span, family_and_name
from observatoire.values import NATURE_DOUBT, Nature, lies_between, quotients_per

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


Polarity = Literal["lower_is_better", "higher_is_better", "neutral"]

_POLARITY_LABELS: dict[Polarity, str] = {
    "lower_is_better": "plus bas est mieux",
    "higher_is_better": "plus haut est mieux",
    "neutral": "sans sens favorable",
}

#: Each polarity by its French reading: what a package says of it.
POLARITIES = {label: polarity for polarity, label in _POLARITY_LABELS.items()}


def _source_and_variable(value: object) -> object:
    if not isinstance(value, str):
        return value
    source, _, variable = value.partition("/")
    if bool(source) != bool(variable):
        raise refuse("on attend « source/variable »")
    return source, variable


@declared
class Theme:
    """A heading of the contract, and whom to ask for what it lacks."""

    code: Code
    label: Annotated[str, doc("Titre de la thématique.")]
    lead: Annotated[str, doc("Une phrase sous le titre : de quoi elle parle.")] = ""
    ask: Annotated[str, doc("À qui demander ce qui manque.")] = ""
    maps: Annotated[Texts, doc("Indicateurs à cartographier.")] = ()
    profile: Annotated[
        Texts, doc("Indicateurs des fiches ; tous ceux de la thématique sans elle.")
    ] = ()


@declared
class Indicator:
    """What is measured, from which variables, on whom, and how it reads."""

    code: Code
    label: Annotated[str, doc("Libellé complet.")]
    short: Annotated[
        str, doc("Libellé court, pour les tableaux.", default_factory=lambda read: read["label"])
    ]
    theme: Annotated[str, doc("Code d’une thématique, [themes.CODE].")]
    nature: Annotated[
        Nature, doc("Ce qu’est le chiffre : effectif, montant, taux, médiane, moyenne ou indice.")
    ]
    unit: Annotated[str, doc("Unité : « % », « euros », « personnes ».", default="")]
    decimals: Annotated[
        Count,
        doc(
            "Décimales affichées ; aucune pour un effectif, une sinon.",
            default_factory=lambda read: 0 if read["nature"].additive else 1,
        ),
    ]
    polarity: Annotated[
        Polarity,
        doc("Sens favorable : plus bas, plus haut, ou aucun.", default="neutral"),
    ]
    definition: Annotated[str, doc("Définition, en une phrase.")]
    universe: Annotated[
        str,
        AfterValidator(lambda text: answered(text) or "non précisé"),
        doc("Champ : qui ou quoi l’on compte."),
    ]
    sources: Annotated[Texts, doc("Codes des sources, la préférée d’abord.", default=())]
    families: Annotated[
        Texts,
        doc("Familles de fichiers, quand « famille:variable » ne le dit pas (série)."),
    ] = ()
    numerator: Annotated[
        Texts,
        doc("Variables dont la somme est le numérateur, ou l’effectif ; « famille:variable »."),
    ] = ()
    denominator: Annotated[
        Texts, doc("Variables dont la somme est le dénominateur d’un taux.")
    ] = ()
    variable: Annotated[str, doc("Variable d’un chiffre tout calculé (taux, médiane…).")] = ""
    scale: Annotated[Number, doc("Nombre par lequel multiplier le résultat.")] = 1.0
    sentence: Annotated[
        str,
        checked(
            lambda sentence: not sentence or sentence.count("{v}") == 1,
            "on attend une phrase où {v}, une fois, tient lieu du chiffre",
        ),
        doc("Phrase des fiches : « {v} habitants sur 100 vivent seuls »."),
    ] = ""
    caveats: Annotated[Texts, doc("Précautions de lecture, imprimées sous les tableaux.")] = ()
    expected: Annotated[Flag, doc("true : la définition est prête, les données à demander.")] = (
        False
    )
    ask: Annotated[str, doc("À qui demander les données.")] = ""
    published: Annotated[
        tuple[str, str],
        BeforeValidator(_source_and_variable, json_schema_input_type=str),
        doc("« source/variable » : la même chose, publiée pour un territoire plus large."),
    ] = ("", "")
    precision: Annotated[
        Literal["", "census", "wilson", "byar", "exact", "none"],
        doc("D’où vient l’intervalle ; sans elle, de [precision] de la source."),
    ] = ""
    size: Annotated[
        Size | None, doc("Sur combien porte un taux, ou une moyenne, publié sans ses effectifs.")
    ] = None
    series: Annotated[str, doc("Série (series.toml) qui donne les colonnes de chaque période.")] = (
        ""
    )
    spans: Annotated[SkipJsonSchema[tuple[Span, ...]], called(given("spans"))] = ()

    @model_validator(mode="after")
    def _is_computable(self, info: ValidationInfo) -> Indicator:
        if info.context is None:  # made by code, not read
            return self
        followed = self._following(info.context) if self.series else self
        for wrong, what, remedy in _impossible(followed):
            if wrong:
                raise fault(what, remedy=remedy)
        return followed

    def _following(self, series: Mapping[str, tuple[Span, ...]]) -> Indicator:
        """Return the definition with the columns of its series, those of the last span for now."""
        if self.series not in series:
            raise refuse(f"aucune série ne s’appelle « {self.series} »", "series")
        if self.numerator or self.denominator or self.variable:
            raise refuse("la série donne déjà les colonnes de chaque période", "series")
        return replace(self, spans=series[self.series]).of(series[self.series][-1].end)

    @property
    def written(self) -> tuple[str, ...]:
        """The variables as they are written."""
        return (*self.numerator, *self.denominator, *filter(None, [self.variable]))

    @property
    def named_families(self) -> tuple[str, ...]:
        """The families of files that its variables are of."""
        named = (family_and_name(name)[0] for name in self.written)
        return tuple(dict.fromkeys([*self.families, *filter(None, named)]))

    def of(self, period: str) -> Indicator:
        """Return the definition with the columns that its series has in one period."""
        holding = (each for each in self.spans if lies_between(period, each.start, each.end))
        found = next(holding, None)
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

    def heeds(self, caveat: str) -> bool:
        """Say whether a source's caution is about it: one on what a variable is concerns no other."""
        names = {family_and_name(name)[1] for name in self.written}
        return not caveat.startswith(NATURE_DOUBT) or any(f"« {name} »" in caveat for name in names)

    @property
    def counted(self) -> str:
        """What it counts, in words: weights of a passage carry one thing and not another."""
        return f"{self.unit} ; {self.universe} ; {self.label}"

    @property
    def factor(self) -> float:
        """What the raw ratio or variable is multiplied by to come out in the unit."""
        per = quotients_per(self.unit) if self.denominator else 0.0
        return self.scale if per in (0.0, self.scale) else per * self.scale

    @property
    def top(self) -> tuple[str, ...]:
        """What its denominator, where there is one, divides: its numerator, or its one variable."""
        return (self.variable,) if self.variable else self.numerator

    def variables(self, period: str) -> tuple[str, ...]:
        """Return the names of all its variables in one period."""
        return self.at(self.of(period).written, period)

    @staticmethod
    def at(names: Iterable[str], period: str) -> tuple[str, ...]:
        """Put the year of a period in names of variables.

        Examples
        --------
        >>> Indicator.at(["PYY_POP0014", "txVac"], "2016")
        ('P16_POP0014', 'txVac')
        """
        return tuple(name.replace(YEAR_MARK, period[2:4]) for name in names)


def _impossible(indicator: Indicator) -> Iterator[tuple[bool, str, str]]:
    """Give what a definition cannot be: whether it is so, what is wrong, what to do."""
    counted, given_whole = bool(indicator.numerator), bool(indicator.variable)
    rate, divided = indicator.nature is Nature.RATE, bool(indicator.denominator)
    additive = indicator.nature.additive
    yield (
        counted == given_whole,
        "Il faut soit numerator (et denominator pour un taux), soit variable.",
        "",
    )
    yield (
        given_whole and (divided or additive),
        "variable est un chiffre tout calculé (taux, médiane, moyenne, indice).",
        "Un effectif s’écrit numerator = […], un rapport numerator et denominator.",
    )
    yield (
        counted and not divided and not additive,
        "Un taux demande un dénominateur."
        if rate
        else f"Une somme d’effectifs n’est pas de nature « {indicator.nature} ».",
        'Ajoutez denominator = […], écrivez nature = "count", ou utilisez variable = ….',
    )
    yield (
        bool(indicator.size) and indicator.nature not in (Nature.RATE, Nature.MEAN),
        "size dit sur combien porte un taux, ou une moyenne, publié sans ses effectifs.",
        "Retirez size, ou donnez à l’indicateur la nature « rate » ou « mean ».",
    )
    yield (
        bool(indicator.size) and not given_whole,
        "size ne sert qu’à un taux publié sans ses effectifs. Ce taux a son dénominateur.",
        "Retirez size.",
    )
    yield indicator.decimals < 0, "decimals ne peut être négatif.", ""
    yield (
        not (indicator.sources or indicator.named_families),
        "Aucune source.",
        "Ajoutez sources = […], ou nommez la famille de fichiers : « famille:variable ».",
    )
    yield from _impossible_quotients(indicator)


def _impossible_quotients(indicator: Indicator) -> Iterator[tuple[bool, str, str]]:
    """Give what a quotient of two counts cannot be."""
    divided = bool(indicator.denominator)
    yield (
        divided and indicator.nature is not Nature.RATE,
        f"Un rapport de deux effectifs est un taux, non « {indicator.nature} ».",
        'Écrivez nature = "rate".',
    )
    per = quotients_per(indicator.unit) if divided else 0.0
    yield (
        bool(per) and indicator.scale not in (1.0, per),
        f"L’unité « {indicator.unit} » dit {per:g} fois le quotient, et scale {indicator.scale:g}.",
        "Retirez scale, qui se déduit de l’unité, ou corrigez l’unité.",
    )


Entry = TypeVar("Entry", Theme, Indicator)


@declared
class Catalogue:
    """Themes and indicators, in the order of the file."""

    themes: Annotated[Named[Theme], doc("Les thématiques, [themes.CODE].")] = field(
        default_factory=dict
    )
    indicators: Annotated[Named[Indicator], doc("Les indicateurs, [indicators.CODE].")] = field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _names_what_it_holds(self, info: ValidationInfo) -> Catalogue:
        """Refuse a theme or an indicator named and not defined; read of a file, settle what profiles show."""
        for code, indicator in self.indicators.items():
            if indicator.theme not in self.themes:
                raise not_among(indicator.theme, tuple(self.themes), "indicators", code, "theme")
        for code, theme in self.themes.items():
            for named in (*theme.maps, *theme.profile):
                if named not in self.indicators:
                    raise fault(
                        f"L’indicateur « {named} » n’est pas au catalogue.",
                        *("themes", code),
                        remedy=suggestion(named, self.indicators, most=0),
                    )
        if info.context is None:
            return self
        return replace(
            self, themes={code: self._on_profiles(self.themes[code]) for code in self.themes}
        )

    def _on_profiles(self, theme: Theme) -> Theme:
        """Put every indicator of a theme on the profiles when the catalogue chooses none."""
        everyone = tuple(indicator.code for indicator in self if indicator.theme == theme.code)
        return theme if theme.profile else replace(theme, profile=everyone)

    def __iter__(self) -> Iterator[Indicator]:
        """Go through the indicators."""
        return iter(self.indicators.values())

    def get(self, code: str) -> Indicator:
        """Return one indicator."""
        return _named(code, self.indicators, "Aucun indicateur")

    def theme(self, code: str) -> Theme:
        """Return one theme."""
        bare = "Il n’en déclare aucune : écrivez-en dans indicators.toml, [themes.habitat]."
        return _named(code, self.themes, "Aucune thématique", bare)

    def of_theme(self, code: str) -> tuple[Indicator, ...]:
        """Return the indicators of a theme."""
        theme = self.theme(code)
        return tuple(indicator for indicator in self if indicator.theme == theme.code)


def _named(code: str, known: Mapping[str, Entry], nobody: str, bare: str = "") -> Entry:
    """Return what a catalogue calls by a code; ``bare`` is said where it calls nothing so."""
    if isinstance(code, str) and code in known:
        return known[code]
    near = code_suggestion(code, {each.code: each.label for each in known.values()})
    remedy = near if known else bare or near
    raise UnknownNameError(f"{nobody} « {code} » au catalogue.", remedy=remedy, name=str(code))


def read_catalogue(path: Path, series: Mapping[str, tuple[Span, ...]] | None = None) -> Catalogue:
    """Read and validate ``indicators.toml``.

    Parameters
    ----------
    series : mapping, optional
        Spans of the series that indicators may follow, by code.

    Raises
    ------
    DescriptorError
        On an unknown key, theme, nature or polarity, or a definition that cannot be computed.
    """
    return read(path, Catalogue, series or {})

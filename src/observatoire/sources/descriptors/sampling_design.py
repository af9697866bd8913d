"""How sure a source's figures are, as its ``[precision]`` table declares it."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from observatoire.declarations.fields import (
    MaybePeriod,
    Number,
    Texts,
    checked,
    declared,
    doc,
    on_reading,
    refuse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


#: What a variable of the census is called when only part of the forms was coded for it.
COMPLEMENTARY = "complémentaire"


Share = Annotated[
    Number,
    checked(
        lambda share: 0 < share <= 1,
        "un taux de sondage est au-dessus de 0 et au plus 1 (0.4 pour 40 %)",
    ),
]
Effect = Annotated[
    Number,
    checked(lambda effect: effect > 0, "un effet de grappe est un nombre au-dessus de 0"),
]
Amount = Annotated[
    Number, checked(lambda number: number >= 0, "on attend un nombre, qui ne peut être négatif")
]


def _by_pattern(value: object) -> object:
    """Read pairs as warehouses of before keep them: the pattern, then what goes with it."""
    if not isinstance(value, list | tuple):
        return value
    return {
        pattern: rest[0] if len(rest) == 1 else {"among": rest[0], "dispersion": rest[1]}
        for pattern, *rest in value
    }


@declared
class Whole:
    """What a count is a part of: the variables that add up to it, and how it varies itself.

    ``dispersion`` is the variance of what a dwelling drawn holds of the whole, over its mean: 0 for the
    dwellings, which the register of addresses counts; about 1 for people, a dwelling being empty or
    full.
    """

    among: Annotated[
        Texts,
        doc("Variables dont la somme est le tout.", default=(), validate_default=True),
        checked(bool, 'il faut dire parmi quoi l’on compte (among = ["PYY_LOG"])'),
    ]
    dispersion: Annotated[Amount, doc("Dispersion du tout d’un logement à l’autre.")] = 1.0


@declared
class SamplingDesign:
    """What is drawn, in which share, and the producer's own words of caution.

    ``census`` draws addresses; ``exhaustive`` counts everyone; ``reference`` is too wide for its
    error to matter next to a quartier's; ``unknown`` has an error that nobody gave. ``effects`` is, by
    pattern of a variable's code, how many times as much as a draw of persons the draw of addresses
    makes it vary; ``wholes`` what it is counted among. The first pattern that fits wins. ``noise_points``
    and ``noise_percent``: how far figures of a source that counts everyone move where nothing happened.
    ``rounding``: to how much its counts are rounded, ``rounding_from`` a period; a change within it is none.
    """

    method: Annotated[
        Literal["census", "exhaustive", "reference", "unknown"], doc("Comment la source est faite.")
    ] = "unknown"
    fraction: Share = Field(
        default_factory=lambda read: 0.4 if read["method"] == "census" else 1.0,
        description="Taux de sondage.",
    )
    complementary: Share = Field(
        default_factory=lambda read: read["fraction"],
        description="Taux de l’exploitation complémentaire.",
    )
    whole_communes: Annotated[Texts, doc("Communes enquêtées en entier.")] = ()
    whole_below: Annotated[Amount, doc("Habitants sous lesquels une commune l’est.")] = 0.0
    complementary_whole: Annotated[Share, doc("Taux complémentaire de ces communes.")] = 0.25
    effect: Annotated[Effect, doc("Effet de grappe.")] = 1.0
    effects: Annotated[
        Mapping[str, Effect],
        BeforeValidator(_by_pattern),
        doc("Effet de grappe par motif de variable."),
    ] = Field(default_factory=dict)
    wholes: Annotated[
        Mapping[str, Whole],
        BeforeValidator(_by_pattern),
        doc("Parmi quoi l’on compte, par motif de variable."),
    ] = Field(default_factory=dict)
    careful_below: Annotated[Amount, doc("Effectif sous lequel le producteur met en garde.")] = 0.0
    complementary_below: Annotated[
        Amount,
        doc("Habitants sous lesquels l’exploitation complémentaire est à manier avec prudence."),
    ] = 0.0
    inhabitants: Annotated[Texts, doc("Variables qui comptent les habitants.")] = ()
    noise_points: Annotated[
        Amount, doc("De combien un taux bouge seul entre deux dates, en points (95 %).")
    ] = 0.0
    noise_percent: Annotated[
        Amount, doc("De combien tout autre chiffre bouge seul, en % de lui-même (95 %).")
    ] = 0.0

    rounding: Annotated[
        Amount, doc("À combien près les effectifs sont arrondis (5 : à 5 près).")
    ] = 0.0
    rounding_from: Annotated[
        MaybePeriod, doc("Première période arrondie, si ce n’est pas la première chargée.")
    ] = ""

    @on_reading
    def _counts_inhabitants(self) -> None:
        for key in ("complementary_below", "whole_below"):
            if getattr(self, key) and not self.inhabitants:
                raise refuse(
                    "il faut dire par quelles variables compter les habitants (inhabitants = […])",
                    key,
                )

    def effect_of(self, variable: str) -> float:
        """Return the effect of drawing addresses on one variable.

        Examples
        --------
        >>> rule = SamplingDesign("census", 0.4, effect=1.3, effects={"C*_PMEN_*": 3.0})
        >>> rule.effect_of("C16_PMEN_CS1"), rule.effect_of("P16_POP0014")
        (3.0, 1.3)
        """
        fitting = (
            effect for pattern, effect in self.effects.items() if fnmatchcase(variable, pattern)
        )
        return next(fitting, self.effect)

    def whole_of(self, variables: Iterable[str]) -> Whole | None:
        """Return what a sum of variables is counted among; nothing when they do not share it.

        Examples
        --------
        >>> homes, people = Whole(("PYY_LOG",), 0.0), Whole(("PYY_POP",))
        >>> rule = SamplingDesign("census", 0.4, wholes={"P*_RP*": homes, "P*_POP*": people})
        >>> rule.whole_of(["P16_RPMAISON", "P16_RPAPPART"]) == homes
        True
        >>> rule.whole_of(["P16_RP", "P16_POP"]), rule.whole_of(["C16_FAM"])
        (None, None)
        """
        found = {
            next(
                (whole for pattern, whole in self.wholes.items() if fnmatchcase(variable, pattern)),
                None,
            )
            for variable in variables
        }
        return found.pop() if len(found) == 1 else None

    def fraction_of(
        self, commune: str, *, complementary: bool, people: float = float("nan")
    ) -> float:
        """Return the share of a commune's people that a figure rests on.

        ``people`` are the commune's inhabitants, where the figure is the commune's own.

        Examples
        --------
        >>> rule = SamplingDesign("census", 0.4, 0.4, ("97201",), 10000, 0.25)
        >>> rule.fraction_of("97209", complementary=False)
        0.4
        >>> [rule.fraction_of("97201", complementary=part) for part in (False, True)]
        [1.0, 0.25]
        >>> [rule.fraction_of("97211", complementary=False, people=n) for n in (9999, 10000)]
        [1.0, 0.4]
        """
        if commune in self.whole_communes or people < self.whole_below:
            return self.complementary_whole if complementary else 1.0
        return self.complementary if complementary else self.fraction

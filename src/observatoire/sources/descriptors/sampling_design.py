"""How sure a source's figures are, as its ``[precision]`` table declares it."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.declarations.reader import Declaration


#: ``census`` draws addresses; ``exhaustive`` counts everyone; ``reference`` is too wide for its
#: error to matter beside a quartier's; ``unknown`` has an error that nobody told.
PRECISION_METHODS = ("census", "exhaustive", "reference", "unknown")

#: What a variable of the census is called when only part of the forms was coded for it.
COMPLEMENTARY = "complémentaire"


@dataclass(frozen=True)
class Whole:
    """What a count is a part of: the variables that add up to it, and how it varies itself.

    ``dispersion`` is the variance of what a dwelling drawn holds of the whole, over its mean: 0 for the
    dwellings, which the register of addresses counts; about 1 for people, a dwelling being empty or
    full.
    """

    among: tuple[str, ...]
    dispersion: float = 1.0


@dataclass(frozen=True)
class SamplingDesign:
    """What is drawn, in which share, and the producer's own words of caution.

    ``effects`` tells, by pattern of a variable's code, how many times as much as a draw of
    persons the draw of addresses makes it vary; ``wholes`` what it is counted among. The first
    pattern that fits wins. ``noise_points`` and ``noise_percent`` are how far a rate, or any other figure
    in per cent of itself, moves between two dates where nothing happened (half-width at 95 %).
    """

    method: str = "unknown"
    fraction: float = 1.0
    complementary: float = 1.0
    whole_communes: tuple[str, ...] = ()
    whole_below: float = 0.0
    complementary_whole: float = 1.0
    effect: float = 1.0
    effects: tuple[tuple[str, float], ...] = ()
    wholes: tuple[tuple[str, Whole], ...] = ()
    careful_below: float = 0.0
    complementary_below: float = 0.0
    inhabitants: tuple[str, ...] = ()
    noise_points: float = 0.0
    noise_percent: float = 0.0

    def effect_of(self, variable: str) -> float:
        """Return the effect of drawing addresses on one variable.

        Examples
        --------
        >>> rule = SamplingDesign("census", 0.4, effect=1.3, effects=(("C*_PMEN_*", 3.0),))
        >>> rule.effect_of("C16_PMEN_CS1"), rule.effect_of("P16_POP0014")
        (3.0, 1.3)
        """
        fitting = (effect for pattern, effect in self.effects if fnmatchcase(variable, pattern))
        return next(fitting, self.effect)

    def whole_of(self, variables: Iterable[str]) -> Whole | None:
        """Return what a sum of variables is counted among; nothing when they do not share it.

        Examples
        --------
        >>> homes, people = Whole(("PYY_LOG",), 0.0), Whole(("PYY_POP",))
        >>> rule = SamplingDesign("census", 0.4, wholes=(("P*_RP*", homes), ("P*_POP*", people)))
        >>> rule.whole_of(["P16_RPMAISON", "P16_RPAPPART"]) == homes
        True
        >>> rule.whole_of(["P16_RP", "P16_POP"]), rule.whole_of(["C16_FAM"])
        (None, None)
        """
        found = {
            next((whole for pattern, whole in self.wholes if fnmatchcase(one, pattern)), None)
            for one in variables
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
        >>> [rule.fraction_of("97201", complementary=told) for told in (False, True)]
        [1.0, 0.25]
        >>> [rule.fraction_of("97211", complementary=False, people=n) for n in (9999, 10000)]
        [1.0, 0.4]
        """
        if commune in self.whole_communes or people < self.whole_below:
            return self.complementary_whole if complementary else 1.0
        return self.complementary if complementary else self.fraction

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as plain values, to keep."""
        return {
            **self.__dict__,
            "effects": [list(pair) for pair in self.effects],
            "wholes": [[pattern, list(of.among), of.dispersion] for pattern, of in self.wholes],
        }

    @staticmethod
    def from_dict(told: Mapping[str, Any]) -> SamplingDesign:
        """Return a rule from what :meth:`as_dict` gave.

        Examples
        --------
        >>> rule = SamplingDesign("census", 0.4, effects=(("C*", 3.0),), inhabitants=("P",),
        ...                      wholes=(("P*", Whole(("P16_LOG",), 0.0)),))
        >>> SamplingDesign.from_dict(rule.as_dict()) == rule
        True
        """
        lists = ("whole_communes", "inhabitants")
        return SamplingDesign(
            **{
                **told,
                **{name: tuple(told[name]) for name in lists},
                "effects": tuple(
                    (str(pattern), float(effect)) for pattern, effect in told["effects"]
                ),
                "wholes": tuple(
                    (str(pattern), Whole(tuple(among), float(dispersion)))
                    for pattern, among, dispersion in told.get("wholes", ())
                ),
            }
        )


def read_precision(table: Declaration) -> SamplingDesign:
    """Read and validate a ``[precision]`` table; an absent one says that nothing is known.

    Raises
    ------
    DescriptorError
        On an unknown method or key, a share that is not one, an effect that is not positive, a whole
        without variables.
    """
    method = table.text("method", "unknown", choices=PRECISION_METHODS)
    fraction = _share(table, "fraction", 0.4 if method == "census" else 1.0)
    rule = SamplingDesign(
        method=method,
        fraction=fraction,
        complementary=_share(table, "complementary", fraction),
        whole_communes=table.texts("whole_communes"),
        whole_below=_count(table, "whole_below"),
        complementary_whole=_share(table, "complementary_whole", 0.25),
        effect=_positive(table, "effect"),
        effects=_effects(table.child("effects")),
        wholes=tuple((code, _whole(one)) for code, one in table.children("wholes").items()),
        careful_below=_count(table, "careful_below"),
        complementary_below=_count(table, "complementary_below"),
        inhabitants=table.texts("inhabitants"),
        noise_points=_count(table, "noise_points"),
        noise_percent=_count(table, "noise_percent"),
    )
    table.close()
    for key in ("complementary_below", "whole_below"):
        if getattr(rule, key) and not rule.inhabitants:
            raise table.refuse(
                key, "il faut dire par quelles variables compter les habitants (inhabitants = […])"
            )
    return rule


def _effects(table: Declaration) -> tuple[tuple[str, float], ...]:
    pairs = tuple((pattern, _positive(table, pattern)) for pattern in table.table)
    table.close()
    return pairs


def _whole(table: Declaration) -> Whole:
    whole = Whole(table.texts("among"), _count(table, "dispersion", 1.0))
    table.close()
    if not whole.among:
        raise table.refuse("among", 'il faut dire parmi quoi l’on compte (among = ["PYY_LOG"])')
    return whole


def _share(table: Declaration, key: str, default: float) -> float:
    share = table.take(key, float, default)
    if not 0 < share <= 1:
        raise table.refuse(
            key, "un taux de sondage est au-dessus de 0 et au plus 1 (0.4 pour 40 %)"
        )
    return share


def _positive(table: Declaration, key: str) -> float:
    effect = table.take(key, float, 1.0)
    if not 0 < effect < float("inf"):
        raise table.refuse(key, "un effet de grappe est un nombre au-dessus de 0")
    return effect


def _count(table: Declaration, key: str, default: float = 0.0) -> float:
    count = table.take(key, float, default)
    if not 0 <= count < float("inf"):
        raise table.refuse(key, "on attend un nombre, qui ne peut être négatif")
    return count

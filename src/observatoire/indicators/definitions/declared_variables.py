"""Hold what the catalogue names against what the loaded sources declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.errors.arguments import suggestion
from observatoire.indicators.definitions.spans import dated_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from observatoire.indicators.definitions.catalogue import Catalogue, Indicator
    from observatoire.values import Nature


def check_variables(
    catalogue: Catalogue, declared: Mapping[str, Mapping[str, Nature]], path: Path
) -> None:
    """Check that each indicator leans on variables its sources declare, of a fit nature.

    Parameters
    ----------
    declared : mapping
        Nature by variable, by source: the sources that are loaded.

    Raises
    ------
    DescriptorError
        On a variable that a loaded source does not declare, or a ratio of things that are not
        counts. Indicators marked ``expected`` wait for their data and are passed over.
    """
    for indicator in catalogue:
        known: dict[str, Nature] = {}
        for source in indicator.sources:
            known.update(declared.get(source, {}))
        if indicator.expected or not all(source in declared for source in indicator.sources):
            continue
        for name in indicator.written:
            _check_variable(indicator, name, known, path)


def _check_variable(
    indicator: Indicator, name: str, known: Mapping[str, Nature], path: Path
) -> None:
    """Refuse a variable that no source declares, or whose nature is not what the indicator makes of it."""
    dated = dated_names([name])
    matching = [code for code in known if dated.fullmatch(code)]
    where = f"{path.name}, [indicators.{indicator.code}]"
    if not matching and indicator.families:
        return  # the file that gives it is still to come: its load said what lacks
    if not matching:
        raise DescriptorError(
            f"La variable « {name} » n’est déclarée par aucune des sources de cet indicateur.",
            where=where,
            why=f"Sources : {', '.join(indicator.sources)}.",
            remedy=suggestion(name, known, most=6) + " Si les données restent à demander, "
            "écrivez expected = true.",
        )
    if name != indicator.variable and not all(known[code].additive for code in matching):
        raise DescriptorError(
            f"« {name} » n’est pas un effectif : on ne peut ni le sommer ni en faire un rapport.",
            where=where,
            remedy="Utilisez variable = … pour un taux, une médiane ou un indice tout calculé.",
        )
    unfit = [known[code] for code in matching if known[code] is not indicator.nature]
    if name == indicator.variable and unfit:
        raise DescriptorError(
            f"« {name} » est déclaré comme {unfit[0].label}, l’indicateur comme "
            f"{indicator.nature.label}.",
            where=where,
            why="La nature décide de ce qui peut être porté d’un zonage à l’autre.",
            remedy=f'Écrivez nature = "{unfit[0]}", ou corrigez le source.toml.',
        )

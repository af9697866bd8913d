"""Other names of territories, old or local, as a workspace or a source declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.territories.names import Matcher, simplify
from observatoire.typography import several_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

#: The optional column of a table of members, and what stands between two names in a cell.
ALIAS_COLUMN, BETWEEN = "alias", "|"


def split_names(cell: str) -> tuple[str, ...]:
    """Return the names that a cell of the ``alias`` column holds.

    Examples
    --------
    >>> split_names("Cité des Hauts | Les Hauts|")
    ('Cité des Hauts', 'Les Hauts')
    """
    return tuple(name for part in cell.split(BETWEEN) if (name := part.strip()))


def check_members(members: pd.DataFrame, file: str) -> None:
    """Refuse a table of members of which an ``alias`` could name two territories.

    Parameters
    ----------
    members : DataFrame
        Columns ``code``, ``nom``, ``commune``, and maybe ``alias``.
    file : str
        Its name, for the message.

    Raises
    ------
    DescriptorError
        With the line and both territories.
    """
    if ALIAS_COLUMN not in members.columns:
        return
    plain = members_matcher(members, aliased=False)
    told: list[tuple[str, str]] = []
    for at, (code, cell) in enumerate(zip(members["code"], members[ALIAS_COLUMN], strict=True)):
        where = f"{file}, ligne {at + 2}, colonne {ALIAS_COLUMN}"
        for name in split_names(cell):
            _check(plain, told, name, code, where)
            told.append((name, code))


def members_matcher(
    members: pd.DataFrame, singular: str = "territoire", *, aliased: bool = True
) -> Matcher:
    """Return what recognises the territories of a table of members: code, name, other names."""
    codes = members["code"].tolist()
    cells = members[ALIAS_COLUMN] if aliased and ALIAS_COLUMN in members.columns else ()
    return Matcher(
        dict(zip(codes, members["nom"].tolist(), strict=True)),
        singular,
        dict(zip(codes, members["commune"].tolist(), strict=True)),
        [
            (name, code)
            for code, cell in zip(codes, cells, strict=False)
            for name in split_names(cell)
        ],
    )


def with_aliases(matcher: Matcher, aliases: Iterable[tuple[str, str]], where: str) -> Matcher:
    """Return a matcher that knows the other names a source declares too.

    Parameters
    ----------
    matcher : Matcher
        The territories of the source's zoning.
    aliases : iterable of (str, str)
        Each name, and the territory it names, by code or by name.
    where : str
        Where they are declared, for the message.

    Raises
    ------
    DescriptorError
        On a name that another territory of the same commune bears, with both; on a territory that
        is not known, with the nearest.

    Examples
    --------
    >>> here = Matcher({"Q1": "Volga-Plage", "Q2": "Dillon"}, "quartier")
    >>> with_aliases(here, [("Les Hauts", "Dillon")], "source.toml").find("les hauts")
    'Q2'
    """
    told = list(matcher.aliases)
    for name, target in aliases:
        code = matcher.find(target)
        if not code:
            what, remedy = matcher.unknown(target)
            raise DescriptorError(
                f"« {name} » ne peut être un autre nom de « {target} ». {what}",
                where=where,
                why="Ses lignes n’iraient nulle part.",
                remedy=remedy,
                name=target,
            )
        _check(matcher, told, name, code, where)
        told.append((name, code))
    return Matcher(matcher.names, matcher.label, matcher.communes, told)


def _check(matcher: Matcher, told: list[tuple[str, str]], name: str, code: str, where: str) -> None:
    """Refuse a name that names nothing, or another territory where it would not be told apart."""
    mine = f"« {matcher.names[code]} » ({code})"
    if not any(map(str.isalpha, name)):
        raise DescriptorError(
            f"« {name} », autre nom de {mine}, n’a pas de lettre.",
            where=where,
            why="On le prendrait pour un rang ou pour un chiffre.",
            remedy="Écrivez un nom, ou retirez-le.",
            name=name,
        )
    if name in matcher.names and name != code:
        raise DescriptorError(
            f"« {name} », autre nom de {mine}, est le code de « {matcher.names[name]} ».",
            where=where,
            why="Une ligne qui l’écrit désigne déjà celui-ci.",
            remedy="Retirez-le, ou écrivez le bon code.",
            name=name,
        )
    reduced = simplify(name)
    others = [one for one, known in matcher.names.items() if simplify(known) == reduced]
    others += [one for other, one in told if simplify(other) == reduced]
    town = matcher.communes.get(code, "")
    for other in others:
        if other == code or (town and matcher.communes.get(other, town) != town):
            continue  # a namesake in another commune is told apart by the commune of each row
        raise DescriptorError(
            f"« {name} » est déclaré comme autre nom de {mine}, et c’est déjà un nom de "
            f"« {matcher.names[other]} » ({other}).",
            where=where,
            why=f"Une ligne qui l’écrit désignerait deux {several_of(matcher.label)} d’une même commune.",
            remedy="Retirez-le de l’un des deux, ou écrivez un nom qui les distingue.",
            name=name,
        )

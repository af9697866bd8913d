"""Other names of territories, old or local, as a workspace or a source declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.french.typography import several_of
from observatoire.territories.matcher import Matcher
from observatoire.territories.spelling import ARTICLES, is_total, simplify

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


def check_aliases(members: pd.DataFrame, file: str) -> None:
    """Refuse a table of members of which an ``alias`` could name two territories.

    Parameters
    ----------
    members : DataFrame
        Columns ``code``, ``nom``, ``commune``, and maybe ``alias``.
    """
    if ALIAS_COLUMN not in members.columns:
        return
    plain = members_matcher(members, aliased=False)
    declared: list[tuple[str, str]] = []
    for at, (code, cell) in enumerate(zip(members["code"], members[ALIAS_COLUMN], strict=True)):
        where = f"{file}, ligne {at + 2}, colonne {ALIAS_COLUMN}"
        for name in split_names(cell):
            _check(plain, declared, name, code, where)
            declared.append((name, code))


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
    declared = list(matcher.aliases)
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
        _check(matcher, declared, name, code, where)
        declared.append((name, code))
    return Matcher(matcher.names, matcher.label, matcher.communes, declared)


def _check(
    matcher: Matcher, declared: list[tuple[str, str]], name: str, code: str, where: str
) -> None:
    """Refuse a name that names nothing, or another territory where it could not be distinguished."""
    territory = f"« {matcher.names[code]} » ({code})"
    wrong = _no_name(matcher, name, code) or _taken(matcher, declared, name, code)
    if wrong is not None:
        what, why, remedy = wrong
        quoted = f"« {name} »" if name.strip() else "Un nom vide"
        raise DescriptorError(
            f"{quoted}, déclaré comme autre nom de {territory}, {what}.",
            where=where,
            why=why,
            remedy=remedy,
            name=name,
        )


def _no_name(matcher: Matcher, name: str, code: str) -> tuple[str, str, str] | None:
    """Say what is wrong with a text that is no name: what, why, and what to do."""
    if not any(map(str.isalpha, name)):
        return (
            "n’a pas de lettre",
            "On le prendrait pour un rang ou pour un chiffre.",
            "Écrivez un nom, ou retirez-le.",
        )
    if is_total(name) and not is_total(matcher.names[code]):
        return (
            "est le nom d’une ligne de total",
            "Le total d’un fichier serait pris pour les chiffres d’un seul territoire.",
            "Retirez-le, ou écrivez le nom sous lequel on connaît ce territoire.",
        )
    if set(simplify(name).split()) <= ARTICLES:
        return (
            "ne nomme rien",
            "Un article, ou le seul mot « quartier », ne distingue aucun territoire.",
            "Écrivez un nom entier, ou retirez-le.",
        )
    return None


def _taken(
    matcher: Matcher, declared: list[tuple[str, str]], name: str, code: str
) -> tuple[str, str, str] | None:
    """Say which other territory a name names already: what, why, and what to do."""
    coded = {known.casefold(): known for known in matcher.names}.get(name.casefold(), code)
    if coded != code:
        return (
            f"est le code de « {matcher.names[coded]} »",
            "Une ligne qui l’écrit désigne déjà celui-ci.",
            "Retirez-le, ou écrivez le bon code.",
        )
    reduced = simplify(name)
    others = [each for each, known in matcher.names.items() if simplify(known) == reduced]
    others += [each for alias, each in declared if simplify(alias) == reduced]
    town = matcher.communes.get(code, "")
    for other in others:
        if other == code or (town and matcher.communes.get(other, town) != town):
            continue  # a namesake in another commune is distinguished by the commune of each row
        return (
            f"est déjà un nom de « {matcher.names[other]} » ({other})",
            f"Une ligne qui l’écrit désignerait deux {several_of(matcher.label)} d’une même commune.",
            "Retirez-le de l’un des deux, ou écrivez un nom qui les distingue.",
        )
    return None

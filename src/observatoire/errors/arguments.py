"""What an analyst gives, checked, with the nearest known name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

from observatoire.errors.exceptions import FileError, ObservatoireError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Bytes of the name of a file or folder that usual disks take.
_LONGEST_NAME = 255


def names_in(given: Iterable[str] | str, what: str, example: str) -> list[str]:
    """Return the names that an analyst gave, one alone or several.

    Raises
    ------
    UnknownNameError
        On anything that is not text.

    Examples
    --------
    >>> names_in("part_hlm", "indicateurs", ""), names_in(["a", "b"], "indicateurs", "")
    (['part_hlm'], ['a', 'b'])
    """
    if isinstance(given, str):
        return [given]
    try:
        listed: list[object] = list(given)
    except TypeError:
        listed = [given]
    for item in listed:
        if not isinstance(item, str):
            raise UnknownNameError(
                f"On attend des {what}, nommés par du texte, non « {item} ».",
                remedy=f"Par exemple {example}.",
                name=item,
            )
    return [str(item) for item in listed]


def one_name(given: object, what: str, example: str) -> str:
    """Return the one name that an analyst gave.

    Raises
    ------
    UnknownNameError
        On anything that is not text.
    """
    if not isinstance(given, str):
        raise UnknownNameError(
            f"On attend {what}, nommé par du texte, non « {given} ».",
            remedy=f"Par exemple {example}.",
            name=given,
        )
    return given


def one_period(given: object) -> str | None:
    """Return the one period that an analyst gave, as text; None for the latest.

    Raises
    ------
    UnknownNameError
        On several, or on what is neither a number nor a text.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, Integral | str):
        raise UnknownNameError(
            f"On attend une période, et une seule, non « {given} ».",
            remedy="Par exemple period=2016 ; sans elle, la dernière de chaque indicateur.",
            name=given,
        )
    return str(given)


def one_path(given: object, example: str) -> Path:
    """Return the path that an analyst gave.

    Raises
    ------
    FileError
        On anything that names no file, a name too long for any disk among them.

    Examples
    --------
    >>> one_path("data/raw", "").parts
    ('data', 'raw')
    """
    if not isinstance(given, str | Path) or "\0" in str(given):
        raise FileError(
            "Ce n’est pas un chemin.", where=repr(given), remedy=f"Donnez un texte : {example}."
        )
    for name in Path(given).parts:
        if len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
            raise FileError(
                "Aucun dossier ni fichier ne porte un nom si long.",
                where=f"{name[:40]}…",
                remedy=f"Vérifiez le chemin : {example}.",
            )
    return Path(given)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like ``word``, or an empty string.

    Examples
    --------
    >>> nearest("treshold", ["threshold", "title"])
    'threshold'
    """
    candidates = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(str(word).casefold(), list(candidates), n=1, cutoff=0.6)
    return candidates[found[0]] if found else ""


def code_suggestion(word: object, labels: Mapping[str, str]) -> str:
    """Return a French sentence on the code that an analyst meant, who may have given its label.

    Examples
    --------
    >>> code_suggestion("Part de HLM", {"part_hlm": "Part de HLM"})
    'C’est le libellé de « part_hlm » : donnez ce code.'
    >>> code_suggestion(["part_hlm"], {"part_hlm": "Part de HLM"})
    'Donnez un seul code, en texte : « part_hlm ».'
    """
    if not isinstance(word, str):
        first = next(iter(word), "") if isinstance(word, list | tuple | set) else word
        near = nearest(str(first), labels)
        return f"Donnez un seul code, en texte{f' : « {near} »' if near else ''}."
    if word.casefold() in (code.casefold() for code in labels):
        return suggestion(word, labels)
    near = nearest(word, labels.values())
    code = next((code for code, label in labels.items() if label == near), "")
    if near.casefold() == word.casefold():
        return f"C’est le libellé de « {code} » : donnez ce code."
    if near and difflib.SequenceMatcher(None, word.casefold(), near.casefold()).ratio() > _ALIKE:
        return f"Vouliez-vous dire « {code} » ({near}) ?"
    return suggestion(word, labels)


#: From how alike a word and a label are the one is taken for the other.
_ALIKE = 0.85


def suggestion(word: str, known: Iterable[str], *, most: int = 12) -> str:
    """Return a French sentence that names the nearest known word, or lists what is known.

    With ``most=0`` nothing is listed: the sentence is empty when no known word is near.

    Examples
    --------
    >>> suggestion("habitta", ["habitat", "emploi"])
    'Vouliez-vous dire « habitat » ?'
    >>> suggestion("xyz", ["habitat", "emploi"])
    'Valeurs possibles : habitat, emploi.'
    """
    known = list(known)
    near = nearest(word, known)
    if near:
        return f"Vouliez-vous dire « {near} » ?"
    if not known or not most:
        return ""
    shown = ", ".join(known[:most])
    more = f" et {len(known) - most} autres" if len(known) > most else ""
    return f"Valeurs possibles : {shown}{more}."


def check_known(
    word: str,
    known: Iterable[str],
    what: str,
    *,
    where: str = "",
    why: str = "",
    error: type[ObservatoireError] = UnknownNameError,
) -> None:
    """Refuse a word that is none of those known, with the nearest.

    Parameters
    ----------
    what : str
        The sentence that says so.
    error : type of ObservatoireError
        What is raised; it keeps the word as ``name``.

    Examples
    --------
    >>> check_known("habitta", ["habitat"], "Aucune thématique « habitta ».")
    Traceback (most recent call last):
    ...
    observatoire.errors.exceptions.UnknownNameError: Aucune thématique « habitta ». Vouliez-vous dire « habitat » ?
    """
    known = list(known)
    if word not in known:
        raise error(what, where=where, why=why, remedy=suggestion(str(word), known), name=word)


def several_periods(given: object) -> list[str]:
    """Return the dates that an analyst gave, two at least.

    Raises
    ------
    UnknownNameError
        When there is one only.

    Examples
    --------
    >>> several_periods([2014, "2016"])
    ['2014', '2016']
    """
    listed = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if len(set(map(str, listed))) < 2:  # noqa: PLR2004 - side by side
        raise UnknownNameError(
            "Des cartes côte à côte demandent deux périodes au moins.",
            remedy='Par exemple o.maps("taux_pauvrete", periods=[2014, 2016]).',
            name=str(given),
        )
    return [str(period) for period in listed]


def two_periods(given: object) -> tuple[str, str]:
    """Return the start and the end of a change.

    Raises
    ------
    UnknownNameError
        When they are not two.

    Examples
    --------
    >>> two_periods((2014, 2016))
    ('2014', '2016')
    """
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else []
    if len(listed) != 2:  # noqa: PLR2004 - a start and an end
        raise UnknownNameError(
            "Une évolution va d’une période à une autre.",
            remedy='Par exemple o.map("part_hlm", change=(2011, 2016)).',
            name=str(given),
        )
    return str(listed[0]), str(listed[1])

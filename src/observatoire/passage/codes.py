"""Codes of territories: named, checked, none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from observatoire.errors import DuplicateKeyError, PassageError
from observatoire.french.typography import enumerate_words, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from observatoire.passage.arrays import Floats


_SHOWN = 5  # codes named in a message; the rest is in the error's data


def named(codes: Iterable[object], most: int = _SHOWN) -> str:
    """Write codes for a message: the first few, then how many more.

    Examples
    --------
    >>> named(["a", "b", "c"], most=2)
    'a, b et 1 autre'
    """
    return enumerate_words([str(code) for code in codes], most=most)


def check_codes(index: pd.Index[Any], role: str) -> pd.Index[str]:
    """Refuse codes that are not text, are blank, or are repeated; return them as text.

    Examples
    --------
    >>> check_codes(pd.Index(["972090101", "972090102"]), "source").tolist()
    ['972090101', '972090102']
    """
    _check_text(index, role)
    labels: pd.Index[str] = pd.Index(index, dtype="str", name=None)
    texts = pa.array(labels.array)
    # No text is made anew, as to trim them would.
    blank = pc.or_(pc.utf8_is_space(texts), pc.equal(texts, ""))
    if len(labels) and pc.any(blank).as_py():
        raise PassageError(
            f"La couche « {role} » contient un code vide.",
            why="Un territoire sans code ne peut être nommé dans aucun résultat.",
            remedy="Retirez ces lignes, ou complétez leur code.",
        )
    # What increases does not repeat: an index in order is spared a table of its codes.
    if not increasing(labels) and not labels.is_unique:
        repeated = sorted(set(labels[labels.duplicated()]))
        times = "revient" if len(repeated) == 1 else "reviennent"
        raise DuplicateKeyError(
            f"{plural(len(repeated), 'code')} de la couche « {role} » {times} plusieurs fois : "
            f"{named(repeated)}.",
            why="Chaque territoire doit apparaître une seule fois, sinon il compte double.",
            remedy="Fusionnez les morceaux d’un même territoire : "
            'dissolve(by="code"), ou retirez les doublons.',
            codes=repeated,
        )
    return labels


def _check_text(index: pd.Index[Any], role: str) -> None:
    if isinstance(index.dtype, pd.StringDtype) and not index.hasnans:
        return
    codes = list(index)
    wrong = [code for code in codes if not isinstance(code, str)]
    if wrong:
        raise PassageError(
            f"L’index de la couche « {role} » n’est pas du texte (par exemple {wrong[0]!r}).",
            why="Un code officiel est du texte : en nombre, il perd ses zéros de tête.",
            remedy='Indexez par le code : set_index("code") après lecture en texte (dtype=str).',
            codes=wrong,
        )


def increasing(labels: pd.Index[str]) -> bool:
    """Say whether codes are in order, none twice.

    Examples
    --------
    >>> increasing(pd.Index(["a", "b"])), increasing(pd.Index(["a", "a"]))
    (True, False)
    """
    # Arrow compares bytes of UTF-8, whose order is that of the characters.
    texts = pa.array(labels.array)
    return bool(pc.all(pc.less(texts[:-1], texts[1:]), min_count=0).as_py())


def check_possible(
    values: Floats,
    codes: pd.Index[str],
    fault: str,
    *,
    why: str,
    remedy: str = "Corrigez-le, ou laissez-le vide.",
    where: str = "",
) -> None:
    """Refuse counts below zero or infinite, in the words of what they count.

    Examples
    --------
    >>> import numpy as np
    >>> check_possible(np.array([1.0, -2.0]), pd.Index(["a", "b"]), "Négatif :", why="On compte.")
    Traceback (most recent call last):
    ...
    observatoire.errors.exceptions.PassageError: Négatif : b. On compte. Corrigez-le, ou laissez-le vide.
    """
    wrong = codes[(values < 0) | np.isinf(values)]
    if len(wrong):
        raise PassageError(
            f"{fault} {named(wrong)}.", where=where, why=why, remedy=remedy, codes=list(wrong)
        )

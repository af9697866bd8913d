"""The error that a faulty file raises, and what an analyst can do about each kind of fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from observatoire.errors import (
    DuplicateKeyError,
    RowError,
    UnknownTerritoryError,
    UnreadableNumberError,
)
from observatoire.french.typography import plural
from observatoire.sources.formats.cells import UNCOMPUTED
from observatoire.sources.parsers.periods import DATE_FORMS, shortened
from observatoire.sources.parsers.vocabulary import fold
from observatoire.values import PERIOD_FORMS

if TYPE_CHECKING:
    import pandas as pd


ERROR_BY_KIND: dict[str, type[RowError]] = {
    "number": UnreadableNumberError,
    "figure": UnreadableNumberError,
    "territory": UnknownTerritoryError,
    "part": UnknownTerritoryError,
    "town": UnknownTerritoryError,
    "commune": UnknownTerritoryError,
    "elsewhere": UnknownTerritoryError,
    "bounds": RowError,
    "period": RowError,
    "negative": UnreadableNumberError,
    "variable": RowError,
    "duplicate": DuplicateKeyError,
    "zoning": UnknownTerritoryError,
    "merged": UnreadableNumberError,
    "covered": RowError,
    "below": UnreadableNumberError,
    "blank": RowError,
    "word": RowError,
    "date": RowError,
    "order": RowError,
    "goals": RowError,
    "heading": RowError,
    "aim": RowError,
}
_REMEDY_BY_KIND = {
    "number": "Si c’est la marque du secret, déclarez-la dans source.toml : "
    '[markers] secret = ["{raw}"], ou missing si le chiffre n’est pas connu ; sinon corrigez la cellule.',
    "written": "Corrigez la cellule, ou vérifiez « decimal » dans source.toml : un nombre s’écrit "
    "1 234,5 ou 1234.5, sans unité.",
    "day": "C’est une date ou une fraction : un tableur fait une date de ce que l’on tape « 3/12 » ou « 3-12 ». "
    "Retapez le nombre, ou la classe (« de 3 à 12 »), dans une cellule au format Texte.",
    "behind": "Le signe « - » est derrière le nombre : si c’est un négatif, écrivez -{bare} ; sinon retirez-le.",
    "united": "Écrivez tous les nombres de la colonne sans unité, dans la même, et celle-ci dans le nom de "
    "la colonne.",
    "figure": "Écrivez un nombre (1 234,5), ou laissez la cellule vide s’il n’est pas connu.",
    "bounds": "Corrigez l’une des deux bornes, ou la valeur.",
    "period": f"Une période s’écrit {PERIOD_FORMS}.",
    "territory": 'Corrigez le code ou le nom, ou chargez avec on_error="reject" pour mettre '
    "ces lignes de côté.",
    "name": "Corrigez le nom ; si c’est un autre nom d’un territoire, déclarez-le : sous [aliases] dans "
    "source.toml, ou dans la colonne « alias » de la liste des membres du zonage. Ou chargez avec "
    'on_error="reject" pour mettre ces lignes de côté.',
    "part": "Additionnez les parties de chaque territoire et donnez-lui son seul nom, ou déclarez-les comme un "
    'zonage à elles dans observatoire.toml ; sinon on_error="reject" met ces lignes de côté.',
    "town": "Les deux communes ont peut-être un quartier de ce nom : écrivez le code ou le nom exact du "
    'territoire, ou corrigez la commune ; sinon on_error="reject" met ces lignes de côté.',
    "commune": "Corrigez le nom de la commune, ou déclarez-le comme autre nom de celle-ci (colonne « alias » de "
    'la liste des communes) ; sinon on_error="reject" met ces lignes de côté.',
    "elsewhere": 'Pour charger les autres lignes et mettre celles-ci de côté : on_error="reject". Si ce sont '
    "vos communes, écrites autrement, corrigez-les ou déclarez-le (colonne « alias » de la liste des communes) ; "
    "si c’est un titre qui ne nomme pas de commune, retirez-le.",
    "empty": "Si elle reprend celle du dessus, écrivez le nom sur chaque ligne (dans le tableur : choisissez "
    "la colonne, Atteindre, Cellules vides, tapez = puis ↑, et Ctrl+Entrée), ou chargez le classeur où elle est "
    "fusionnée, qui dit ce qu’elle couvre ; si c’est un total, écrivez « Total » ; sinon "
    'on_error="reject" met ces lignes de côté.',
    "undated": f"Écrivez-la sur chaque ligne ({PERIOD_FORMS}) : une cellule vide n’est pas supposée reprendre "
    "celle du dessus, sauf si le classeur les déclare fusionnées.",
    "unsaid": "Écrivez l’indicateur sur chaque ligne : une cellule vide n’est pas supposée reprendre celle du "
    "dessus, sauf si le classeur les déclare fusionnées.",
    "merged": "Défusionnez-la et écrivez chaque chiffre dans sa cellule ; si c’est le total de plusieurs "
    "territoires, mettez-le sur une ligne « Total », ou laissez la colonne de côté (ignored dans source.toml) ; "
    'sinon on_error="reject" met ces lignes de côté.',
    "covered": "Défusionnez-la et ne gardez que ce qui est juste (LibreOffice et R laissent en place ce qu’une "
    'cellule fusionnée couvre) ; sinon on_error="reject" met ces lignes de côté.',
    "negative": "Corrigez la cellule, ou déclarez la variable comme un montant (nature = "
    '"amount") si c’est un solde.',
    "variable": "Déclarez-la dans source.toml par une table [variables.{raw}].",
    "duplicate": "Gardez une seule des deux lignes ; si elles comptent deux choses (deux sexes, deux "
    "âges, deux tableaux), donnez une colonne à chacune ; si chaque ligne est une résidence ou un "
    "équipement, chargez leur somme par territoire (tableau croisé dynamique) ; si une colonne dit "
    'l’indicateur de chaque ligne, déclarez layout = "long" et variable_column dans source.toml, avec '
    "value_column ou, pour une colonne par période, [files.periods].",
    "zoning": "Corrigez le zonage, ou déclarez-le dans observatoire.toml.",
    "below": "Corrigez la cellule ; ce qui a été rendu se dit par une ligne à part, en clair.",
    "blank": "Remplissez la cellule.",
    "word": "Corrigez la cellule.",
    "date": f"Une date s’écrit {DATE_FORMS}.",
    "order": "Corrigez l’une des deux dates.",
    "heading": "Mettez chaque tableau sur sa propre feuille, ou dans son propre fichier.",
    "formula": "Corrigez la formule dans le classeur, enregistrez-le et rechargez-le.",
    "uncomputed": "Cette formule n’a jamais été calculée : ouvrez le classeur dans un tableur, enregistrez-le et "
    "rechargez-le.",
    "call": "Retirez l’appel de note ou la lettre qui suit le nombre.",
    "parenthesis": "Entre parenthèses, un comptable écrit un négatif (-{bare}), un statisticien la "
    "valeur du territoire qui englobe celui-ci, et d’autres une part du nombre d’à côté. Si c’est un "
    "négatif, écrivez -{bare} ; sinon videz la cellule, ou déclarez le signe dans source.toml : "
    '[markers] missing = ["{raw}"].',
    "aim": "Corrigez le nombre, ou l’indicateur.",
    "goals": "Gardez la cible (dans l’unité de l’indicateur) ou la variation (en % de la référence).",
}

#: What a blank cell needs, where it should tell a territory or a period.
_BLANK = {"territory": "empty", "period": "undated", "variable": "unsaid"}

#: A number followed by what may be the call of a note, and one between parentheses.
_CALLED = re.compile(r"[0-9][0-9\s.,]*\s*(?:\*+|\([0-9a-z]+\)|[a-z])", re.IGNORECASE)
#: So few rows are no majority.
_FEW_ROWS = 4

#: So many communes are named in one message.
_COMMUNES = 12

_NAME = re.compile(r"[^\W\d_]{3}")
_DAY = re.compile(
    r"[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[^\W\d_]{3,9}\.?)(?:[-/. ][0-9]{1,4}(?: [0-9:]+)?)?"
    r"|[^\W\d_]{3,9}\.?-[0-9]{2,4}"
)
_BEHIND = re.compile(r"([0-9][0-9\s.,]*?)\s*[-−–]")
_UNITED = re.compile(r"[0-9][0-9\s.,]*\s*(?:[kKmM]?[€$]|[kKmM]|‰|%|[^\W\d_]{2,})[^0-9]*")
_PARENTHESIS = re.compile(r"\(\s*([0-9][0-9\s.,]*)\)")


#: Beyond this share of rows at fault, the file is not read as it is meant: nobody should skip them.
_MOST_FAULTY = 0.5

_MISREAD = (
    "La plupart des lignes sont en faute ({faulty} sur {read}) : ce n’est sans doute pas la colonne des "
    'territoires, ou pas leur zonage. Dites-le par zoning="…" (--zoning), ou territory dans source.toml.'
)


def error_of(faults: pd.DataFrame, name: str, read: int = 0) -> RowError:
    """Return the error of the first faulty row; it says how many others there are.

    Parameters
    ----------
    faults : DataFrame
        Rejects that are faults, in the order of the lines.
    name : str
        The file's name.
    read : int
        The rows of the file, 0 when it is not known.
    """
    away = faults[faults["kind"] == "elsewhere"]
    faulty = faults[~faults["line"].isin(away["line"])]
    first = (away if faulty.empty else faulty).iloc[0]
    kind, what = str(first["kind"]), str(first["reason"])
    others = int(faulty["line"].nunique()) - 1
    remedy = _remedy(kind, str(first["raw"]))
    lines = int(faults["line"].nunique())
    unplaced = kind in ("territory", "commune", "town", "part") and len(away) < lines
    if unplaced and read > _FEW_ROWS and lines > _MOST_FAULTY * read:
        misread = _MISREAD.format(faulty=lines, read=read)
        remedy = remedy.partition(" ; sinon on_error")[0] + "." if kind == "part" else misread
    if others > 0:
        remedy += f" ({plural(others, 'autre ligne', 'autres lignes')} en faute dans ce fichier.)"
    if len(away) and faulty.empty:
        what = elsewhere_message(away)
    elif len(away):
        remedy += (
            f" Par ailleurs, {elsewhere_message(away)[:1].lower()}{elsewhere_message(away)[1:]}"
        )
    return ERROR_BY_KIND[kind](
        what,
        where=f"{name}, ligne {first['line']}, colonne {first['column']}",
        why="Rien n’a été chargé.",
        remedy=remedy,
        rejects=faults,
    )


def elsewhere_message(away: pd.DataFrame) -> str:
    """Say once of how many rows, and of which communes, a file tells that are none of ours.

    Parameters
    ----------
    away : DataFrame
        Rejects of the kind « elsewhere »: their text is that of their commune.

    Examples
    --------
    >>> import pandas as pd
    >>> elsewhere_message(pd.DataFrame({"line": [4, 5, 9], "raw": ["Le Robert", "Le Robert", "Schoelcher"]}))
    '3 lignes sont d’autres communes que celles de cet espace de travail : « Le Robert » (2), « Schoelcher » (1).'
    """
    counts = away.drop_duplicates("line")["raw"].value_counts(sort=False)
    communes = [f"« {town} » ({count})" for town, count in counts.items()]
    shown = ", ".join(communes[:_COMMUNES])
    more = f" et {plural(len(communes) - _COMMUNES, 'autre')}" if len(communes) > _COMMUNES else ""
    count = int(counts.sum())
    if count == 1:
        return f"1 ligne est d’une autre commune que celles de cet espace de travail : {shown}."
    return f"{count} lignes sont d’autres communes que celles de cet espace de travail : {shown}{more}."


def _is_day(text: str) -> bool:
    """Say whether a cell is a day or a month of a spreadsheet: « 12-mars », « 01/03/2012 », « mars-12 ».

    Examples
    --------
    >>> [_is_day(text) for text in ("12-mars", "3/12", "2012-03-01 00:00:00", "12 34", "12.3.4")]
    [True, True, True, False, False]
    """
    words = [word for word in re.findall(r"[^\W\d_]{3,}", fold(text)) if not shortened(word)]
    spaced = re.fullmatch(r"[0-9]+[ .][0-9]+(?:[ .][0-9]{1,3})?", text)
    return _DAY.fullmatch(text) is not None and not words and spaced is None


def _remedy(kind: str, raw: str) -> str:
    if kind == "number":
        return _number_remedy(raw)
    if kind in _BLANK and not raw.strip():
        return _REMEDY_BY_KIND[_BLANK[kind]]
    named = kind == "territory" and _NAME.search(raw)
    return _REMEDY_BY_KIND["name" if named else kind].format(raw=raw)


def _number_remedy(raw: str) -> str:
    """Return what to do of a cell that is no number: what it looks like says it."""
    between, behind = _PARENTHESIS.fullmatch(raw), _BEHIND.fullmatch(raw)
    # What starts with a digit was meant as a number, not as a sign.
    forms = {
        "uncomputed": raw == UNCOMPUTED,
        "formula": raw.startswith("#"),
        "parenthesis": between,
        "behind": behind,
        "day": _is_day(raw),
        "united": _UNITED.fullmatch(raw),
        "call": _CALLED.fullmatch(raw),
        "written": raw.lstrip("+-−–.,€$ ")[:1].isdecimal(),
    }
    kind = next((form for form, found in forms.items() if found), "number")
    bare = (between or behind or ("", raw))[1].strip()
    return _REMEDY_BY_KIND[kind].format(raw=raw, bare=bare)

"""The commune that a title says a table is of: when it is none of ours, nothing below is ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.sources.parsers.vocabulary import fold, signs
from observatoire.sources.places.column_texts import column_cells
from observatoire.territories.matcher import Matcher
from observatoire.territories.spelling import simplify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: What ends the name of a commune in a title: a dash, a sign, a figure, what is written of it.
_END = re.compile(r"\s+[-–—]\s+|[,;:(|/]|\s+[0-9]|\s+(?:et|en|au|aux|par|pour|selon)\s")

#: A commune's name has no more words than this; shorter ones may be initials.
_WORDS, _LONG = 5, 4


def town_titled(text: str) -> str:
    """Return the commune that a title is of, as written; nothing of one that it only cites.

    Examples
    --------
    >>> town_titled("Commune de Schœlcher"), town_titled("Aides du CCAS du Robert, 2016")
    ('Schœlcher', 'Robert')
    >>> town_titled("Comparé à la ville de Schœlcher"), town_titled("Commune de résidence")
    ('', '')
    >>> town_titled("Politique de la ville de Martinique"), town_titled("Centre-ville de Dillon")
    ('', '')
    """
    found = signs().town_titles.search(text)
    if found is None or signs().town_mentions.search(text[: found.start()]):
        return ""
    name = _END.split(found["name"])[0].strip(" .*-–—")
    return name if is_proper(name) else ""


def is_proper(text: str) -> bool:
    """Say whether a text may be the name of a commune.

    Examples
    --------
    >>> [is_proper(one) for one in ("Le Robert", "Rivière-Pilote", "Zone nord", "vu", "2016")]
    [True, True, False, False, False]
    """
    words = re.findall(r"\w+", text)
    some = 0 < len(text.split()) <= _WORDS and text[:1].isupper()
    return some and not any(
        word.isdecimal() or signs().town_strangers.fullmatch(word) for word in words
    )


def ours(name: str, towns: Matcher) -> str:
    """Return the code of the commune of ours that a title names first, an empty text for none.

    Examples
    --------
    >>> from observatoire.territories.matcher import Matcher
    >>> towns = Matcher({"97209": "Fort-de-France"})
    >>> ours("Fort de France Direction de l’action sociale", towns), ours("Schœlcher", towns)
    ('97209', '')
    """
    words = name.split()
    starts = (" ".join(words[:most]) for most in range(1, len(words) + 1))
    return next((code for start in starts if (code := towns.find(start))), "")


def headed_towns(texts: Iterable[str], towns: Matcher) -> dict[str, str]:
    """Return the commune that each title among the rows of a table says, ours by its own name.

    Where some name communes of ours, others that look like names are of other communes.

    Parameters
    ----------
    texts : iterable of str
        What stands alone on its row, and names no territory.
    towns : Matcher
        The communes observed.

    Examples
    --------
    >>> from observatoire.territories.matcher import Matcher
    >>> towns = Matcher({"97209": "Fort-de-France"})
    >>> headed_towns(["Schœlcher", "Zone nord"], towns)
    {}
    >>> headed_towns(["Ville de Fort-de-France", "Schœlcher", "Zone nord"], towns)
    {'Ville de Fort-de-France': 'Fort-de-France', 'Schœlcher': 'Schœlcher'}
    """
    if not named(towns):
        return {text: text for text in texts if towns.find(text)}
    titled = {text: _town_of(text, towns) for text in texts}
    if any(map(towns.find, titled.values())):
        titled |= {text: text for text, town in titled.items() if not town and _is_name(text)}
    return {text: town for text, town in titled.items() if town}


def named(towns: Matcher) -> bool:
    """Say whether the communes observed are known by their names, and not by their codes alone."""
    return any(code != name for code, name in towns.names.items())


def _town_of(text: str, towns: Matcher) -> str:
    titled = town_titled(text)
    code = towns.find(text) or ours(titled, towns)
    return towns.names[code] if code else titled


def _is_name(text: str) -> bool:
    return is_proper(text) and not signs().is_total(text) and not signs().is_note(text)


def towns_of(matcher: Matcher, zonings: Mapping[str, Matcher]) -> Matcher:
    """Return what recognises the communes in which the territories of a zoning lie."""
    codes = set(matcher.communes.values())
    named = (known for known in zonings.values() if codes and codes <= set(known.names))
    return next(named, Matcher({code: code for code in codes}))


def commune_column(
    frame: pd.DataFrame, territory: str, matcher: Matcher, zonings: Mapping[str, Matcher]
) -> str:
    """Return the column that tells the commune of rows which name their territory, if any does.

    A namesake is known by it: the « Centre-ville » of one town is not that of the other. Codes need
    no such help.

    Parameters
    ----------
    frame : DataFrame
        The rows, as texts.
    territory : str
        The column of territories.
    matcher : Matcher
        The territories of its zoning.
    zonings : mapping of str to Matcher
        The territories known.
    """
    named = frame[territory].str.strip()
    by_name = [text for text in _worded(named) if text not in matcher.names]
    named_rows = frame[named.isin([text for text in by_name if matcher.matches(text)])]
    towns = towns_of(matcher, zonings)
    for name, cells in zip(map(str, frame.columns), column_cells(named_rows), strict=True):
        if signs().is_postal(name) or signs().zoned.fullmatch(fold(name)):
            continue  # « BV2012 » gives the commune that heads a basin
        texts = dict.fromkeys(filter(None, cells))
        known = {text for text in texts if towns.find(text)}
        whole = len(known) == len(texts)
        if name and name != territory and known and (whole or signs().is_label(name)):
            return name
    return _headed(named_rows, territory, towns)


def _headed(named_rows: pd.DataFrame, territory: str, towns: Matcher) -> str:
    """Return the column that says by its name that it tells communes, though it tells others than ours.

    Were it passed over, the « Bourg » of another town would be taken for ours.
    """
    known = named(towns)
    for name, cells in zip(map(str, named_rows.columns), column_cells(named_rows), strict=True):
        if name == territory or not signs().is_town(name):
            continue
        texts = dict.fromkeys(filter(None, cells))
        words = {text for text in texts if not _INSEE.fullmatch(text)}
        if texts and (known or not words) and all(any(map(str.isalpha, text)) for text in words):
            return name
    return ""


def contrary_column(
    frame: pd.DataFrame, territory: str, matcher: Matcher, zonings: Mapping[str, Matcher]
) -> tuple[int, int] | None:
    """Return the column that names another territory than a row's own, and that row: their ranks.

    Two tables stand side by side, each row tells of two territories, or a namesake of ours is elsewhere:
    whose the figures are is not said.

    Parameters
    ----------
    frame : DataFrame
        The rows, as texts.
    territory : str
        The column of territories.
    matcher : Matcher
        The territories of its zoning.
    zonings : mapping of str to Matcher
        The territories known.
    """
    own = frame[territory].str.strip()
    own_codes = own.map(matcher.find_each(own.unique()))
    for at, (name, column) in enumerate(
        zip(map(str, frame.columns), column_cells(frame), strict=True)
    ):
        texts = {} if name == territory else dict.fromkeys(filter(None, column))
        words = [text for text in texts if any(map(str.isalpha, text)) and matcher.find(text)]
        words = words or _codes(list(texts), matcher)
        located = signs().located.fullmatch(fold(name)) is not None
        named = level_of(matcher) == "commune" and (words or signs().is_town(name))
        if not words and not ((located or named) and texts):
            continue
        cells = frame.iloc[:, at].str.strip()
        other_codes = cells.where(cells.isin(words), "").map({"": ""} | matcher.find_each(words))
        apart = (other_codes != "") & (own_codes != "") & (other_codes != own_codes)
        # The code of a row tells more than what stands beside it.
        by_name = (own_codes != "") & ~own.isin(matcher.names)
        if located and by_name.any():
            apart |= by_name & _elsewhere(name, cells, own_codes, matcher, zonings)
        if named:
            apart |= _misnamed(own, cells, matcher)
        if apart.any():
            return at, int(apart.to_numpy().argmax())
    return None


def _misnamed(own: pd.Series, cells: pd.Series, matcher: Matcher) -> pd.Series:
    """Tell the rows of our code and another commune's name: 97213 is the postal code of Gros-Morne."""

    def differ(code: str, text: str) -> bool:
        words = _long_words(text) if code in matcher.names and matcher.find(text) != code else set()
        return bool(words) and not words & _long_words(matcher.names[code])

    return _by_pairs(own, cells, differ)


def _by_pairs(first: pd.Series, second: pd.Series, apart: Callable[[str, str], bool]) -> pd.Series:
    """Tell the rows whose two cells are apart: each pair is looked at once."""
    known = {pair: apart(*pair) for pair in dict.fromkeys(zip(first, second, strict=True))}
    found = [known[pair] for pair in zip(first, second, strict=True)]
    return pd.Series(found, index=second.index, dtype=bool)


def _long_words(text: str) -> set[str]:
    return {word for word in simplify(text).split() if len(word) >= _LONG and word.isalpha()}


def _elsewhere(
    name: str,
    cells: pd.Series,
    own_codes: pd.Series,
    matcher: Matcher,
    zonings: Mapping[str, Matcher],
) -> pd.Series:
    """Tell the rows that a column of places sets in another department, or codes otherwise, than their name does.

    « Le Lamentin » beside 97115, « Dillon » beside QP971001, « Sainte-Anne » under « Guadeloupe ».
    """
    none = pd.Series(data=False, index=cells.index)
    plain = fold(name)
    if signs().is_postal(name):
        return none
    department = "dep" in plain and "com" not in plain
    wide = [one for one in zonings.values() if level_of(one) == "département"]
    if wide and (department or "reg" in plain):
        worded = [text for text in _worded(cells) if not signs().levels_of(text)]
        known = {text for text in worded if any(one.find(text) for one in wide)}
        if known or department:
            none |= cells.isin(set(worded) - known)
    if "reg" in plain:
        return none  # « 02 » is a region, and a department
    level = level_of(matcher)

    def apart(own: str, cell: str) -> bool:
        home = matcher.communes.get(own, own)
        return bool(own) and _sets_apart(own, cell, level, home, department=department)

    return none | _by_pairs(own_codes, cells, apart)


def level_of(matcher: Matcher) -> str:
    """Return the one level of which the codes of a zoning have the form, an empty text for none."""
    levels = signs().levels_of(next(iter(matcher.names), ""))
    return next(iter(levels), "") if len(levels) == 1 else ""


def is_wide(matcher: Matcher) -> bool:
    """Say whether a zoning is of departments or of groups of communes, whose names tell where a table is."""
    return level_of(matcher) in ("département", "EPCI")


def _sets_apart(own: str, cell: str, level: str, home: str, *, department: bool) -> bool:
    """Say whether a code is of the level of a territory and not its own, or of another department."""
    levels = signs().levels_of(cell)
    if not levels or own == cell:
        return False
    if level in levels and level != "département" and len(cell) == len(own):
        return True
    if not re.match("[0-9]", home) or not signs().levels_of(home) & _DEPARTMENTED:
        return False
    if department:
        return "département" in levels and not home.startswith(cell.zfill(2))
    return bool(levels & _DEPARTMENTED) and department_of(cell) != department_of(home)


#: Levels whose codes start with that of their department.
_DEPARTMENTED = {"commune", "IRIS", "QPV"}


def department_of(code: str) -> str:
    """Return the department of the code of a commune, of an IRIS or of a QPV.

    Examples
    --------
    >>> department_of("97209"), department_of("QP009001"), department_of("2A0040101")
    ('972', '09', '2A')
    """
    plain = re.sub("^Q[PN]?0?(?=[0-9])", "", code) if code.startswith("Q") else code
    return plain[:3] if plain.startswith("97") else plain[:2]


#: The code of a commune.
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")


def _codes(texts: list[str], matcher: Matcher) -> list[str]:
    """Return the codes of a column that holds nothing else, and several: a column of counts does not."""
    return texts if len(texts) > 1 and all(text in matcher.names for text in texts) else []


def _worded(texts: pd.Series) -> list[str]:
    """Return the texts that may be names: neither the codes of a whole country nor numbers are."""
    return [text for text in texts.unique().tolist() if any(map(str.isalpha, text))]

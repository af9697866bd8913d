"""The commune that a title says a table is of: when it is none of ours, nothing below is ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from observatoire.errors import DescriptorError
from observatoire.sources.signs import signs
from observatoire.territories.names import simplify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from observatoire.sources.detecting import Found
    from observatoire.territories.names import Matcher

#: What ends the name of a commune in a title: a dash, a sign, a figure, what is said of it.
_END = re.compile(r"\s+[-–—]\s+|[,;:(|/]|\s+[0-9]|\s+(?:et|en|au|aux|par|pour|selon)\s")

#: A commune's name has no more words than this.
_WORDS = 5


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
    >>> from observatoire.territories.names import Matcher
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
    >>> from observatoire.territories.names import Matcher
    >>> towns = Matcher({"97209": "Fort-de-France"})
    >>> headed_towns(["Schœlcher", "Zone nord"], towns)
    {}
    >>> headed_towns(["Ville de Fort-de-France", "Schœlcher", "Zone nord"], towns)
    {'Ville de Fort-de-France': 'Fort-de-France', 'Schœlcher': 'Schœlcher'}
    """
    if not named(towns):
        return {text: text for text in texts if towns.find(text)}
    told = {text: _town_of(text, towns) for text in texts}
    if any(map(towns.find, told.values())):
        told |= {text: text for text, town in told.items() if not town and _is_name(text)}
    return {text: town for text, town in told.items() if town}


def named(towns: Matcher) -> bool:
    """Say whether the communes observed are known by their names, and not by their codes alone."""
    return any(code != name for code, name in towns.names.items())


def _town_of(text: str, towns: Matcher) -> str:
    titled = town_titled(text)
    code = towns.find(text) or ours(titled, towns)
    return towns.names[code] if code else titled


def _is_name(text: str) -> bool:
    return is_proper(text) and not signs().is_total(text) and not signs().is_note(text)


def other_town(
    found: Found, towns: Matcher, zonings: Mapping[str, Matcher], commune_column: str
) -> DescriptorError | None:
    """Refuse a table that names its territories, under a title of a commune that is none of theirs.

    Its « Centre-ville » is not ours. Codes bear no namesake, and a column of communes tells better.

    Parameters
    ----------
    found : Found
        The table.
    towns : Matcher
        The communes observed.
    zonings : mapping of str to Matcher
        The territories known.
    commune_column : str
        The column that tells the commune of each row, if any does.
    """
    matcher = zonings[found.zoning]
    parts = any(code != town for code, town in matcher.communes.items())
    if not parts or not named(towns) or commune_column:
        return None
    texts = found.table.frame[found.spec.territory].str.strip().unique()
    mine = [text for text in texts if text not in matcher.names and matcher.bearers(text)]
    for title in found.titles.split("\n") if mine else ():
        name = town_titled(title)
        code = ours(name, towns)
        if name and not code and not any(one.bearers(name) for one in zonings.values()):
            what = f"est d’une commune qui n’est pas de cet espace de travail : « {name} »"
            return _refused(found, title, what, f"« {mine[0]} » y serait pris pour le vôtre.")
        strange = code and _strange(mine, code, matcher)
        if strange and not _names_other([found.titles, *texts], code, towns):
            why = f"« {strange} » n’est pas de cette commune : c’est peut-être un homonyme."
            return _refused(found, title, f"est de la commune « {towns.names[code]} »", why)
    return None


def _strange(rows: Iterable[str], town: str, matcher: Matcher) -> str:
    """Return the first row of which no bearer lies in a commune, an empty text when all may."""
    homes = {
        text: {matcher.communes.get(code, town) for code in matcher.bearers(text)} for text in rows
    }
    return next((text for text, codes in homes.items() if town not in codes), "")


def _names_other(texts: Iterable[str], town: str, towns: Matcher) -> bool:
    """Say whether titles or rows name another commune of ours: « Ville de Fort-de-France et Le Lamentin »."""
    others = [f" {simplify(name)} " for code, name in towns.names.items() if code != town]
    said = [f" {simplify(text)} " for text in texts]
    return any(name in text for name in others for text in said)


def _refused(found: Found, title: str, what: str, why: str) -> DescriptorError:
    sheet = f", feuille « {found.table.sheet} »" if found.table.sheet else ""
    return DescriptorError(
        f"Le titre de ce tableau, « {' '.join(title.split())[:80]} », {what}.",
        where=f"{found.table.name}{sheet}",
        why=why,
        remedy="Si toutes les lignes sont bien des vôtres, retirez ce titre ou corrigez-le ; ou écrivez le "
        "source.toml (o.preview(…).write(), ou --write), relisez-le et chargez le dossier. Si le tableau couvre "
        "plusieurs communes, écrivez celle de chaque ligne dans une colonne « Commune ».",
    )

"""Which rows of a file were placed by another name of their territory, and how that is stated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from observatoire.declarations.writer import value
from observatoire.errors import DescriptorError
from observatoire.french.typography import enumerate_words, plural
from observatoire.sources.observations.parsed import NO_ALIAS
from observatoire.territories.aliases import with_aliases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from observatoire.sources.descriptors.source import Source
    from observatoire.sources.observations.parsed import Parsed
    from observatoire.territories.matcher import Matcher


#: What has a word is a name, rather than a code.
_NAME = re.compile(r"[^\W\d_]{3}")

#: Lines named for one alias, aliases named in one report.
_LINES, _MOST = 4, 12


def own_matcher(source: Source, matcher: Matcher) -> Matcher:
    """Return what recognises the territories of a source, by the names it declares too.

    Raises
    ------
    DescriptorError
        When ``[aliases]`` names a territory that is unknown, gives one name to two, or to what a
        file declares a total.
    """
    if not source.aliases:
        return matcher
    where = f"{source.code}/source.toml, [aliases]"
    for spec in source.files:
        both = next((name for name in spec.totals if name in source.aliases), "")
        if both:
            raise DescriptorError(
                f"« {both} » est déclaré à la fois comme un total de « {spec.name} » et comme un autre nom de "
                f"« {source.aliases[both]} ».",
                where=where,
                why="On ne sait si sa ligne est à mettre de côté ou à garder.",
                remedy="Retirez-le de totals, ou de [aliases].",
                name=both,
            )
    return with_aliases(matcher, source.aliases.items(), where)


def aliased_rows(kept: pd.DataFrame, zonings: Mapping[str, Matcher]) -> pd.DataFrame:
    """Tell which of the rows kept were placed by another name: line, raw, zoning and territory of each."""
    if not any(matcher.aliases for matcher in zonings.values()):
        return NO_ALIAS
    found = []
    for line, raw, zoning, code in kept.astype({"zoning": "str"}).to_numpy(object):
        alias = zonings[zoning].alias(raw, code)
        if alias:
            found.append((line, raw, alias, code, zonings[zoning].names[code]))
    rows = pd.DataFrame(found, columns=list(NO_ALIAS.columns)).sort_values("line")
    return rows.reset_index(drop=True) if found else NO_ALIAS


def unknown_names(parsed: Parsed, matcher: Matcher) -> list[str]:
    """Return a line of ``[aliases]`` for each name that a file writes and no territory bears.

    Parameters
    ----------
    parsed : Parsed
        What was read of a file.
    matcher : Matcher
        The territories of its zoning.

    Returns
    -------
    list of str
        The name, the nearest territory (« … » where none is near), the lines in a comment.
    """
    rejects = parsed.rejects[parsed.rejects["kind"] == "territory"]
    found = []
    for raw, rows in rejects.groupby("raw", sort=False)["line"]:
        text = str(raw)
        if _NAME.search(text) and not matcher.matches(text):  # another name would not help others
            near = [_distinguished(name, matcher) for name in matcher.near(text[:80])] or ["…"]
            rather = [f"ou {value(name)}, " for name in near[1:]]
            comment = f"{''.join(rather)}{_line_list(rows)}"
            found.append(f"{value(text)} = {value(near[0])}  # {comment}")
    return found[:_MOST]


def _distinguished(name: str, matcher: Matcher) -> str:
    """Return a name, or the code of the first that bears it where several do."""
    matches = matcher.matches(name)
    return matches[0] if len(matches) > 1 else name


def _line_list(lines: pd.Series) -> str:
    texts = [str(line) for line in lines.unique()]
    return f"{'ligne' if len(texts) == 1 else 'lignes'} {enumerate_words(texts, most=_LINES)}"


def alias_notices(aliased: pd.DataFrame) -> list[str]:
    r"""Say which rows went by another name, and to which territory.

    Examples
    --------
    >>> rows = [(4, "Les Hauts", "Les Hauts", "Q2", "Dillon")]
    >>> [notice] = alias_notices(pd.DataFrame(rows, columns=["line", "raw", "alias", "code", "name"]))
    >>> notice.replace("\u00a0", " ")
    '1 ligne rattachée par un autre nom : « Les Hauts » = « Dillon » (Q2), ligne 4.'
    """
    if aliased.empty:
        return []
    notices = []
    for (alias, code, name), rows in aliased.groupby(["alias", "code", "name"], sort=False):
        notices.append(f"« {alias} » = « {name} » ({code}), {_line_list(rows['line'])}")
    count = plural(int(aliased["line"].nunique()), "ligne rattachée", "lignes rattachées")
    shown = " ; ".join(notices[:_MOST])
    more = f" ; et {len(notices) - _MOST} autres noms" if len(notices) > _MOST else ""
    return [f"{count} par un autre nom : {shown}{more}."]

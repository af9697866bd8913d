"""The sentences of refusals, kept as data beside the code that refuses: what, why, what to do."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from observatoire.declarations.fields import declared
from observatoire.declarations.reader import packaged, read
from observatoire.errors import DescriptorError

if TYPE_CHECKING:
    from observatoire.errors import ObservatoireError


#: Words that an error also keeps among its data.
_DATA = ("candidates", "parts", "zoning", "zonings")


@declared
class Sentences:
    """What a refusal says; words in braces are filled in where it is raised."""

    what: str
    why: str = ""
    remedy: str = ""


@cache
def _worded(package: str) -> dict[str, Sentences]:
    found: dict[str, Sentences] = read(packaged(package, "refusals.toml"), dict[str, Sentences])
    return found


def refusal(
    package: str,
    table: str,
    place: str,
    kind: type[ObservatoireError] = DescriptorError,
    /,
    **words: object,
) -> ObservatoireError:
    """Return the error that the ``refusals.toml`` of a package words under a name.

    Parameters
    ----------
    package : str
        Its dotted name.
    table : str
        The name of the sentences.
    place : str
        The file, the line, the column.
    kind : type of ObservatoireError
        Its class.
    **words
        What fills the braces; the error keeps some of them among its data.
    """
    said = _worded(package)[table]
    what, why, remedy = (text.format(**words) for text in (said.what, said.why, said.remedy))
    kept = {name: word for name, word in words.items() if name in _DATA}
    return kind(what, where=place, why=why, remedy=remedy, **kept)

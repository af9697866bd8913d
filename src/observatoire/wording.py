"""What the readers underneath say of a file (GDAL, calamine, pyarrow, zipfile), told in French."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from pathlib import Path

from observatoire.declarations import read_toml

#: A path of the machine, which tells an analyst nothing and a stranger too much.
_PATH = re.compile(r"(?<![\w.])(?:[A-Za-z]:\\|/)(?:[^\s'\"<>:;,()]*[/\\])*([^\s'\"<>:;,()/\\]*)")

#: So many letters of a reader's own words are quoted.
_MOST = 160


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = read_toml(Path(str(resources.files("observatoire").joinpath("wording.toml"))))
    told = []
    for one in table.array("words"):
        told.append((re.compile(one.text("said")), one.text("means")))
        one.close()
    table.close()
    return tuple(told)


def reader_words(error: BaseException | str) -> str:
    """Say in French what a reader says of a file; its own words, quoted, where we have none.

    Parameters
    ----------
    error : exception or str
        What it raised. The paths of the machine are left out.

    Examples
    --------
    >>> reader_words("Bad CRC-32 for file 'xl/styles.xml'")
    'Le lecteur dit : des octets du fichier ont changé depuis qu’il a été fait.'
    >>> reader_words("strange thing in /home/me/data/a.gpkg")
    'Le lecteur dit, dans sa langue : « strange thing in a.gpkg ».'
    """
    said = " ".join(str(error).split())
    for pattern, means in _words():
        if (found := pattern.search(said)) is not None:
            return f"Le lecteur dit : {found.expand(means)}."
    bare = _PATH.sub(r"\1", said).strip(" .")
    if not bare:
        return "Le lecteur n’en dit pas plus."
    cut = bare if len(bare) <= _MOST else f"{bare[:_MOST]}…"
    return f"Le lecteur dit, dans sa langue : « {cut} »."

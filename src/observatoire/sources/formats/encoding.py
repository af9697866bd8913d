"""Find in which encoding a text is, and read its bytes as letters."""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from itertools import islice

from observatoire.errors import FileError, TruncatedFileError, UnreadableFileError
from observatoire.sources.formats.cells import UNSEEN, UNWRITABLE

#: The bytes in which the signs of an encoding are looked for.
_SAMPLE = 100_000

#: What encodings are called in a report.
NAMES = {
    "utf-8-sig": "UTF-8",
    "utf-8": "UTF-8",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "mac_roman": "Mac (mac_roman)",
    "cp850": "DOS (cp850)",
    "cp437": "DOS (cp437)",
}


def guess_encoding(content: bytes, name: str) -> str:
    """Return the encoding of a text: UTF-16 by its mark, UTF-8 when it is valid, else Windows'.

    Raises
    ------
    TruncatedFileError, UnreadableFileError
        On a text that stops in the middle of a character, or bytes that are no text.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = content[:_SAMPLE]
    for at, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        # Latin letters written on two bytes: every other one is zero.
        if len(sample) > 3 and 5 * sample[at::2].count(0) > 4 * len(sample[at::2]):  # noqa: PLR2004
            return encoding
    refuse_binary(content, name)
    if content.isascii():  # of which nothing need be decoded to be sure
        return "utf-8-sig"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A cut in the middle of a character is a truncated UTF-8 file, not a Latin-1 one.
        if error.reason == "unexpected end of data":
            raise TruncatedFileError(
                "Le fichier s’arrête au milieu d’un caractère.",
                where=name,
                remedy="Redemandez le fichier entier au producteur.",
            ) from error
        refuse_letterless(content, name)
        return _single_byte(content)
    return "utf-8-sig"


#: The single-byte encodings of French tables, and how much rarer than Windows' the others are.
_SINGLE = {"cp1252": 1.0, "mac_roman": 0.02, "cp850": 0.02, "cp437": 0.01}

#: How often French tables write letters and signs beyond ASCII, in a hundred thousand.
_OFTEN = {
    "é": 1900, "à": 490, "’": 400, "è": 270, "ê": 225, "ç": 85, "ù": 58, "É": 60, "°": 60, "«": 60,
    "»": 60, "\u00a0": 60, "â": 51, "î": 45, "–": 30, "ô": 23, "…": 20, "“": 20, "”": 20, "À": 20,
    "œ": 18, "²": 15, "È": 10, "€": 10, "û": 6, "Ê": 6, "ï": 5, "Î": 5, "—": 5, "•": 5, "Ç": 4,
    "Ô": 4, "Â": 3, "‘": 3, "ë": 2, "Ï": 2, "Œ": 2, "³": 2, "×": 2, "ü": 1, "Ë": 1, "Û": 1, "Ù": 1,
    "ö": 0.5, "Ü": 0.5, "ä": 0.3, "ñ": 0.3, "ÿ": 0.1, "æ": 0.1,
}  # fmt: skip
_NEVER, _MISPLACED = 0.001, 0.001

#: So many letters beyond ASCII are enough to know.
_ENOUGH = 20_000


def _single_byte(content: bytes) -> str:
    """Return the single-byte encoding that makes the likeliest French of a text."""
    content = b"\n" + content + b"\n"
    places = (found.start() for found in islice(_BEYOND.finditer(content), _ENOUGH))
    around = Counter(content[at - 1 : at + 2] for at in places)
    scores = {
        encoding: math.log(prior)
        + sum(
            count * _likelihood(known.decode(encoding, "replace"))
            for known, count in around.items()
        )
        for encoding, prior in _SINGLE.items()
    }
    return max(scores, key=scores.__getitem__)


_BEYOND = re.compile(rb"[\x80-\xff]")


def _likelihood(around: str) -> float:
    """Return the logarithm of how often French writes a letter between its two neighbours.

    Examples
    --------
    >>> _likelihood("hôp") > _likelihood("h“p"), _likelihood(" à ") > _likelihood(" … ")
    (True, True)
    """
    before, letter, after = around[0], around[1], around[2]
    often = _OFTEN.get(letter, _NEVER)
    if letter.isalpha():
        alone = not before.isalpha() and not after.isalpha() and letter not in "àÀ"
        final = letter == "à" and before.isalpha()
        case = before.islower() if letter.isupper() else before.isupper() and not after.islower()
        first = letter in "êèùûëï" and not before.isalpha() and f"{letter}{after}" != "êt"
        often *= _MISPLACED if alone or case or first else 0.05 if final else 1
    elif letter not in "’\u00a0":
        inside = before.isalpha() and after.isalpha()
        opening = letter in "“‘«" and before.isalpha()
        stuck = letter in "–—" and (before.isalpha() or after.isalpha())
        loose = letter == "…" and before in " '"
        often *= _MISPLACED if inside or opening or stuck or loose else 1
    return math.log(often)


#: Encodings of one byte a letter that a French table may be declared to be in.
_DECLARED = frozenset({"cp1252", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437"})


def check_encoding(content: bytes, encoding: str, name: str) -> None:
    """Refuse an encoding that is declared where the bytes are plainly of another, and say which.

    Raises
    ------
    UnreadableFileError
        When letters of several bytes would be read as one each, or the reverse.
    """
    try:
        declared = codecs.lookup(encoding).name
        wide = declared.startswith("utf-16")
        if not wide and (declared not in _DECLARED or content.isascii()):
            return
        found = guess_encoding(content, name).removesuffix("-sig")
    except (FileError, LookupError, ValueError):
        return  # said by what decodes it
    if wide == found.startswith("utf-16") and (wide or found != "utf-8"):
        return
    raise UnreadableFileError(
        f"Ces octets ne sont pas du « {encoding} » : ils semblent être du « {found} ».",
        where=name,
        why="Les lettres accentuées seraient fausses, ou le texte illisible.",
        remedy=f'Déclarez encoding = "{found}" dans source.toml, ou retirez cette ligne.',
    )


def decode(content: bytes, encoding: str, name: str) -> str:
    """Return the text of some bytes.

    Raises
    ------
    TruncatedFileError, UnreadableFileError
        When they are not of that encoding, or no such encoding exists.
    """
    if not encoding.startswith("utf-16"):
        refuse_binary(content, name)
    try:
        text = content.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        if error.end >= len(content):
            raise TruncatedFileError(
                "Le fichier s’arrête au milieu d’un caractère.",
                where=f"{name}, ligne {line}",
                remedy="Redemandez le fichier entier au producteur.",
            ) from error
        raise UnreadableFileError(
            f"Ces octets ne sont pas du « {encoding} ».",
            where=f"{name}, ligne {line}",
            remedy='Déclarez encoding = "cp1252" (Windows) ou "utf-8" dans source.toml.',
        ) from error
    except (LookupError, ValueError) as error:
        raise UnreadableFileError(
            f"L’encodage « {encoding} » n’existe pas.",
            where=name,
            remedy='Essayez encoding = "utf-8" ou "cp1252" dans source.toml.',
        ) from error
    return _writable(text, name)


#: What ends a text of DOS, and the blanks that no page may hold.
_END, _BLANKS = "\x1a", {0x0B: " ", 0x0C: " "}


def _writable(text: str, name: str) -> str:
    """Refuse what could be read and not written again: controls, and what is no character."""
    text = text.rstrip(_END)
    found = UNWRITABLE.search(text)
    if found is not None:
        raise UnreadableFileError(
            "Ce texte contient des caractères impossibles, qu’aucune page ne peut écrire.",
            where=f"{name}, ligne {text.count(chr(10), 0, found.start()) + 1}",
            why="Ce sont des signes de commande, ou ce ne sont pas des caractères.",
            remedy="Effacez-les, et enregistrez le fichier de nouveau en UTF-8.",
        )
    if not text.isascii() and UNSEEN.search(text) is not None:
        text = UNSEEN.sub("", text)
    return text.translate(_BLANKS) if "\x0b" in text or "\x0c" in text else text


def refuse_letterless(content: bytes, name: str) -> None:
    """Refuse bytes of which most are beyond ASCII: no table in letters of one byte is so."""
    if 2 * len(content.translate(None, bytes(range(128)))) > len(content):
        raise _no_text("la plupart de ses octets ne sont pas des lettres", name)


def refuse_binary(content: bytes, name: str) -> None:
    """Refuse bytes that hold zeros: no text does."""
    if b"\x00" in content[:65536]:
        raise _no_text("il contient des octets nuls", name)


def _no_text(why: str, name: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"Ce fichier n’est pas du texte : {why}.",
        where=name,
        why="C’est peut-être un classeur ou une archive dont le nom a été changé.",
        remedy="Vérifiez son extension, ou redemandez-le.",
    )

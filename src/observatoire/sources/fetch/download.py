"""Bring one file from the network: the only module of the library that touches it."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from observatoire.errors import FetchError
from observatoire.errors.translations import NO_ROOM, system_words
from observatoire.french.typography import NO_BREAK, number

if TYPE_CHECKING:
    from pathlib import Path


#: Told as bytes arrive: how many there are, and how many there will be when that is known.
Progress = Callable[[int, int | None], None]

_CHUNK = 1 << 16
_PARTIAL, _PAST_END = 206, 416

#: A host slower than so many bytes a second, over so many seconds, is one that does not answer.
_SLOWEST, _WINDOW = 200, 60.0


_ASKED_TO_WAIT = (408, 429, 500, 502, 503, 504)
_AGENT = "observatoire (statistiques de quartiers)"


@dataclass(frozen=True)
class Patience:
    """How long to wait for a host, how many times to ask again, how to wait between two times."""

    timeout: float = 30.0
    attempts: int = 4
    pause: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Arrived:
    """What came: the address it came from in the end, and whether a former part was used."""

    address: str
    moved: bool
    resumed: bool
    length_known: bool = True


def download(
    address: str,
    part: Path,
    *,
    page: str,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Arrived:
    """Write what is at an address into ``part``, going on from what is already there.

    Parameters
    ----------
    address : str
        An http or https address; the proxy of the environment is used.
    part : Path
        Where to write. A part left by a former attempt is completed when the host allows it and
        its file is still the same, begun again otherwise; after a failure it stays for the next.
    page : str
        The producer's page, which messages point to.
    progress : callable, optional
        Told the bytes there are, and those there will be.
    patience : Patience, optional
        Delays and attempts.

    Raises
    ------
    FetchError
        In plain French: no such host, refused, timed out, cut, gone, forbidden, overloaded, no
        room left, a web page in place of the file.
    """
    patience = patience or Patience()
    attempt, before = 1, _size(part)
    while True:
        resumed = _size(part) > 0
        try:
            final, known = _attempt(address, part, page, progress, patience.timeout)
            return Arrived(final, _host(final) != _host(address), resumed, known)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in _ASKED_TO_WAIT or attempt >= patience.attempts:
                _refuse_answer(error, address, page)
            wait = _wait(error.headers.get("Retry-After"), attempt)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if _size(part) - before >= _CHUNK:
                attempt = 1  # a slow line that moves on is not given up
            if getattr(error, "errno", None) in NO_ROOM:
                raise _no_room(part.parent) from error
            if _hopeless(error) or attempt >= patience.attempts:
                raise _unreachable(error, address, page, part) from error
            wait = _wait(None, attempt)
        before = _size(part)
        attempt += 1
        patience.pause(wait)


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _attempt(
    address: str, part: Path, page: str, progress: Progress | None, timeout: float
) -> tuple[str, bool]:
    """Ask once, from where the part stops, then from the start if the host would not go on."""
    begun = _part_state(part)
    if begun.size:
        try:
            with _ask(address, begun, timeout) as answer:
                if answer.status != _PARTIAL or begun.goes_on(answer):
                    return _receive(answer, part, begun, page, progress)
        except urllib.error.HTTPError as error:
            if error.code != _PAST_END:
                raise
            error.close()  # what we hold is as long as the file, or longer: it is not the same one
        _drop(part)
    with _ask(address, _PartState(), timeout) as answer:
        if answer.status == _PARTIAL and not _PartState().goes_on(answer):
            raise FetchError(
                "L’hôte n’envoie qu’un morceau du fichier.",
                where=address,
                why="On le demandait entier.",
                remedy=f"Téléchargez-le à la main depuis la page du producteur{NO_BREAK}: {page}",
            )
        return _receive(answer, part, _PartState(), page, progress)


def _ask(address: str, begun: _PartState, timeout: float) -> Any:
    request = urllib.request.Request(address, headers={"User-Agent": _AGENT})  # noqa: S310 - http(s), checked by the registry
    if begun.size:
        request.add_header("Range", f"bytes={begun.size}-")
        request.add_header("If-Range", begun.mark)
    return urllib.request.build_opener(_SafeRedirects()).open(request, timeout=timeout)


def _receive(
    answer: Any, part: Path, begun: _PartState, page: str, progress: Progress | None
) -> tuple[str, bool]:
    """Write an answer, after what is begun when it goes on; say where from, and whether its length is known."""
    done = begun.size if answer.status == _PARTIAL else 0
    _refuse_page(answer, page)
    total = _length(answer, begun, done)
    _check_room(part, total, done)
    _keep_mark(part, answer, total)
    _write(answer, part, done, total, progress)
    return str(answer.url), total is not None


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follow redirections, but never from https to plain http."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        """Refuse a redirection that drops the encryption, or leaves the web."""
        before, after = urlsplit(req.full_url).scheme, urlsplit(newurl).scheme
        if after not in ("http", "https") or (before == "https" and after == "http"):
            raise FetchError(
                f"L’hôte renvoie vers une adresse qui n’est pas sûre ({newurl}).",
                where=req.full_url,
                why="Le fichier pourrait être remplacé en chemin.",
                remedy="Téléchargez-le à la main depuis la page du producteur.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _write(
    answer: Any, part: Path, begun: int, total: int | None, progress: Progress | None
) -> None:
    done = begun
    since, mark = time.monotonic(), begun
    with part.open("ab" if begun else "wb") as sink:
        while chunk := answer.read1(_CHUNK):
            sink.write(chunk)
            done += len(chunk)
            if (spent := time.monotonic() - since) > _WINDOW:
                if done - mark < _SLOWEST * spent:
                    raise TimeoutError
                since, mark = time.monotonic(), done
            if progress is not None:
                progress(done, total)
    if total is not None and done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _refuse_page(answer: Any, page: str) -> None:
    """Refuse a page in place of a file (how a host says that it has moved), or a packed one."""
    kind = str(answer.headers.get_content_type())
    packed = str(answer.headers.get("Content-Encoding") or "identity").strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        what = "L’hôte envoie une page web au lieu du fichier."
        why = "Le fichier a sans doute déménagé, ou l’accès demande une identification."
    elif packed != "identity":
        what = f"L’hôte envoie le fichier comprimé ({packed}), ce qu’on ne lui demande pas."
        why = "Ce que l’on garderait ne serait pas le fichier."
    else:
        return
    raise FetchError(
        what,
        where=str(answer.url),
        why=why,
        remedy=f"Cherchez-le sur la page du producteur{NO_BREAK}: {page}",
    )


@dataclass(frozen=True)
class _PartState:
    """How much of a file is here, by which mark its host knows this version, how long it is."""

    size: int = 0
    mark: str = ""
    total: int | None = None

    def goes_on(self, answer: Any) -> bool:
        """Say whether a part that a host sends follows what is begun, of the same version."""
        span = re.match(
            r"bytes (\d+)-\d+/(\d+|\*)$", str(answer.headers.get("Content-Range") or "")
        )
        if span is None or int(span[1]) != self.size:
            return False
        same = not self.total or span[2] in ("*", str(self.total))
        return same and _mark(answer) in ("", self.mark)


def _mark_file(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _part_state(part: Path) -> _PartState:
    if not part.is_file():
        return _PartState()
    try:
        state = json.loads(_mark_file(part).read_text("utf-8"))
        mark, total = str(state["mark"]), state.get("total")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _PartState()
    return _PartState(_size(part), mark, total) if mark else _PartState()


def _mark(answer: Any) -> str:
    """Return what tells a version of a file from another: never a weak mark."""
    etag = str(answer.headers.get("ETag") or "")
    return ("" if etag.startswith("W/") else etag) or str(answer.headers.get("Last-Modified") or "")


def _keep_mark(part: Path, answer: Any, total: int | None) -> None:
    state = {"mark": _mark(answer), "total": total}
    _mark_file(part).write_text(json.dumps(state), encoding="utf-8")


def _drop(part: Path) -> None:
    part.unlink(missing_ok=True)
    _mark_file(part).unlink(missing_ok=True)


def forget_part(part: Path) -> None:
    """Remove a part and its mark: what it holds is of no use."""
    with contextlib.suppress(OSError):
        _drop(part)


def _length(answer: Any, begun: _PartState, done: int) -> int | None:
    """Return how long the whole file is; a host may send only a piece of what is asked."""
    if answer.status == _PARTIAL:
        whole = str(answer.headers.get("Content-Range") or "").rpartition("/")[2]
        if whole.isdecimal() or begun.total:
            return int(whole) if whole.isdecimal() else begun.total
    length = answer.headers.get("Content-Length")
    return done + int(length) if length and str(length).isdecimal() else None


def _check_room(part: Path, total: int | None, begun: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - begun > free:
        raise _no_room(
            part.parent, f"Il faut {_megabytes(total - begun)}, il reste {_megabytes(free)}."
        )


def _no_room(folder: Path, why: str = "") -> FetchError:
    return FetchError(
        "Il n’y a plus de place sur le disque.",
        where=str(folder),
        why=why,
        remedy="Faites de la place, puis relancez la commande : elle reprend où elle en est.",
    )


def _megabytes(size: int) -> str:
    return f"{number(size / 1e6, 1)}{NO_BREAK}Mo"


def _wait(asked: str | None, attempt: int) -> float:
    """Return how many seconds to wait: what the host asks, within reason, or longer each time."""
    if asked and asked.isdecimal():
        return min(float(asked), 60.0)
    return float(2 ** (attempt - 1))


def _host(address: str) -> str:
    return str(urlsplit(address).hostname)


def _hopeless(error: BaseException) -> bool:
    """Say whether asking again would be of no use: no such host, or a certificate that is wrong."""
    reason = getattr(error, "reason", error)
    if isinstance(error, http.client.InvalidURL):
        return True
    if isinstance(error, ValueError):  # an address that is none, a name no host can bear
        return not isinstance(error, http.client.HTTPException | OSError)
    return isinstance(reason, socket.gaierror | ssl.SSLCertVerificationError)


_ANSWERS = {
    **dict.fromkeys(
        (301, 302, 303, 307, 308),
        "L’hôte renvoie en rond, ou vers une adresse qui n’est pas sûre.",
    ),
    401: "L’hôte demande une identification.",
    403: "L’hôte refuse de donner ce fichier.",
    404: "Le fichier n’est plus à cette adresse.",
    407: "Le relais (proxy) de votre réseau demande une identification.",
    410: "Le fichier a été retiré de cette adresse.",
    429: "L’hôte trouve que l’on demande trop souvent.",
    451: "L’hôte ne peut pas donner ce fichier pour une raison de droit.",
}


def _refuse_answer(error: urllib.error.HTTPError, address: str, page: str) -> NoReturn:
    busy = error.code in _ASKED_TO_WAIT
    raise FetchError(
        _ANSWERS.get(error.code, "L’hôte est en panne ou débordé." if busy else "L’hôte refuse."),
        where=address,
        why=f"Il répond {error.code}.",
        remedy=f"Recommencez plus tard, ou voyez la page du producteur{NO_BREAK}: {page}"
        if busy
        else f"Cherchez le fichier sur la page du producteur{NO_BREAK}: {page}",
        code=error.code,
    ) from error


def _unreachable(error: BaseException, address: str, page: str, part: Path) -> FetchError:
    reason = getattr(error, "reason", error)
    host = _host(address)
    if isinstance(error, http.client.InvalidURL | ValueError):
        what = "L’adresse, ou celle où l’hôte renvoie, n’en est pas une."
        why = "Elle porte une espace, un accent, ou un nom d’hôte impossible."
    elif isinstance(reason, socket.gaierror):
        what, why = f"L’hôte « {host} » est introuvable.", "Il a déménagé, ou le réseau est coupé."
    elif isinstance(reason, ConnectionRefusedError):
        what, why = (
            f"L’hôte « {host} » refuse la connexion.",
            "Il est arrêté, ou un pare-feu bloque.",
        )
    elif isinstance(reason, TimeoutError):
        what, why = f"L’hôte « {host} » ne répond pas à temps.", "Il est lent, ou le réseau bloque."
    elif isinstance(reason, ssl.SSLError):
        what = f"La connexion à « {host} » n’est pas sûre."
        why = f"Son certificat n’est pas reconnu : {reason}."
    elif isinstance(
        reason, http.client.IncompleteRead | ConnectionError | http.client.HTTPException
    ):
        what, why = f"L’hôte « {host} » a coupé avant la fin.", "Plusieurs essais ont échoué."
    else:
        what, why = (
            "Le fichier ne peut pas être écrit ou reçu.",
            f"Le système dit : {system_words(reason) if isinstance(reason, OSError) else reason}.",
        )
    kept = part.is_file() and part.stat().st_size > 0
    again = (
        "Relancez la commande : elle reprend où elle en est." if kept else "Réessayez plus tard."
    )
    return FetchError(
        what, where=address, why=why, remedy=f"{again} Page du producteur{NO_BREAK}: {page}"
    )

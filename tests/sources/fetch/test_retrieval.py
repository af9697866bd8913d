"""Fetching from a host that cuts, moves, corrupts, refuses, dawdles, or sends a page instead."""

from __future__ import annotations

import ast
import contextlib
import errno
import gzip
import hashlib
import http.server
import io
import json
import socket
import threading
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pytest
from built_workspace import says
from hypothesis import example, given
from hypothesis import strategies as st

import observatoire
from observatoire.errors import DescriptorError, FetchError, FileError, UnknownNameError
from observatoire.sources.fetch import download as downloading
from observatoire.sources.fetch.download import Patience, _SafeRedirects, download
from observatoire.sources.fetch.lock import alone
from observatoire.sources.fetch.registry import Resource, find_resource, read_registry
from observatoire.sources.fetch.retrieval import BROUGHT, BY_HAND, THERE, fetch, list_resources
from observatoire.sources.formats.archive import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from observatoire.sources.fetch.retrieval import Fetched

PAGE = "https://www.insee.fr/fr/statistiques/0"
CONTENT = bytes(range(256)) * 1200  # 307 200 bytes: several reads
SUM = hashlib.sha256(CONTENT).hexdigest()
SWIFT = Patience(timeout=2.0, attempts=3, pause=lambda _: None)


class Host(http.server.BaseHTTPRequestHandler):
    """A host with a path for each of its faults."""

    protocol_version = "HTTP/1.1"
    calls: ClassVar[list[tuple[str, str | None]]] = []
    version = "v1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        Host.calls.append((self.path, asked))
        name = self.path.rpartition("/")[2].partition("?")[0]
        getattr(self, f"give_{name.partition('.')[0]}", self.give_absent)(asked)

    def send(
        self,
        body: bytes,
        status: int = 200,
        *,
        cut: int | None = None,
        length: bool = True,
        **headers: str,
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body if cut is None else body[:cut])
        self.close_connection = True

    def ranged(self, asked: str | None, cut: int | None = None) -> None:
        mark = f'"{Host.version}"'
        if asked and self.headers.get("If-Range") == mark:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(CONTENT):
                self.send(b"", 416, Content_Range=f"bytes */{len(CONTENT)}")
                return
            span = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
            self.send(CONTENT[start:], 206, cut=cut, ETag=mark, Content_Range=span)
        else:
            self.send(CONTENT, cut=cut, ETag=mark)

    def give_good(self, asked: str | None) -> None:
        self.ranged(asked)

    def give_cut(self, asked: str | None) -> None:
        self.ranged(asked, cut=100_000)

    def give_snip(self, asked: str | None) -> None:
        self.ranged(asked, cut=20_000)

    def give_piece(self, _: str | None) -> None:
        self.send(CONTENT[5:], 206)

    def give_other(self, asked: str | None) -> None:
        """Go on, whatever If-Range says, with another version."""
        self.mixed(asked, '"v2"', CONTENT)

    def give_grown(self, asked: str | None) -> None:
        """Go on with a longer file under the same mark."""
        self.mixed(asked, '"v1"', CONTENT + b"!")

    def mixed(self, asked: str | None, mark: str, body: bytes) -> None:
        if asked:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.send(body[start:], 206, ETag=mark, Content_Range=span)
        elif sum(path == self.path for path, _ in Host.calls) == 1:
            self.send(bytes(len(CONTENT)), cut=100_000, ETag='"v1"')
        else:
            self.send(body, ETag=mark)

    def give_packed(self, _: str | None) -> None:
        self.send(gzip.compress(CONTENT), Content_Encoding="gzip")

    def give_lost(self, _: str | None) -> None:
        self.send(b'{"error": "no such file"}', Content_Type="application/json")

    def give_halfzip(self, _: str | None) -> None:
        self.send(archive({"base.csv": CONTENT})[:-30], length=False)

    def give_tobad(self, _: str | None) -> None:
        self.send(b"", 302, Location="http://[x/base.bin")

    def give_norange(self, asked: str | None) -> None:
        self.send(CONTENT, cut=None if asked else 100_000, ETag='"v1"')

    def give_nomark(self, asked: str | None) -> None:
        times = sum(path.endswith("nomark.bin") for path, _ in Host.calls)
        assert asked is None
        self.send(CONTENT, cut=100_000 if times == 1 else None)

    def give_wrongrange(self, asked: str | None) -> None:
        if asked:
            self.send(CONTENT[5:], 206, Content_Range=f"bytes 5-9/{len(CONTENT)}", ETag='"v1"')
        else:
            first = sum("wrongrange" in path for path, _ in Host.calls) == 1
            self.send(CONTENT, cut=100_000 if first else None, ETag='"v1"')

    def give_capped(self, asked: str | None) -> None:
        """Give what is asked, by pieces of 90 000 bytes at most."""
        if asked:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            piece = CONTENT[start : start + 90_000]
            span = f"bytes {start}-{start + len(piece) - 1}/{self.stated_total()}"
            self.send(piece, 206, ETag='"v1"', Content_Range=span)
        else:
            self.send(CONTENT, cut=100_000, ETag='"v1"')

    def stated_total(self) -> str:
        return str(len(CONTENT))

    def give_starred(self, asked: str | None) -> None:
        """Give pieces without saying how long the whole is."""
        self.stated_total = lambda: "*"  # type: ignore[method-assign]
        self.give_capped(asked)

    def give_corrupt(self, _: str | None) -> None:
        self.send(CONTENT[:-1] + b"!")

    def give_redirect(self, _: str | None) -> None:
        self.send(b"", 302, Location="/good.bin")

    def give_moved(self, _: str | None) -> None:
        port = self.server.server_address[1]
        self.send(b"", 301, Location=f"http://localhost:{port}/good.bin")

    def give_loop(self, _: str | None) -> None:
        self.send(b"", 302, Location="/loop.bin?" + str(time.monotonic_ns()))

    def give_tofile(self, _: str | None) -> None:
        self.send(b"", 302, Location="file:///etc/hostname")

    def give_page(self, _: str | None) -> None:
        self.send(b"<html>Page introuvable</html>", Content_Type="text/html; charset=utf-8")

    def give_disguised(self, _: str | None) -> None:
        self.send(b"\n<!DOCTYPE html><html>", Content_Type="application/zip")

    def give_noise(self, _: str | None) -> None:
        self.send(b"ceci n'est pas un zip", Content_Type="application/zip")

    def give_empty(self, _: str | None) -> None:
        self.send(b"")

    def give_unsized(self, _: str | None) -> None:
        self.send(CONTENT, length=False)

    def give_absent(self, _: str | None) -> None:
        self.send(b"non", 404)

    def give_gone(self, _: str | None) -> None:
        self.send(b"non", 410)

    def give_forbidden(self, _: str | None) -> None:
        self.send(b"non", 403)

    def give_broken(self, _: str | None) -> None:
        self.send(b"non", 500)

    def give_busy(self, asked: str | None) -> None:
        times = sum("busy" in path for path, _ in Host.calls)
        if times < 3:
            self.send(b"", 503, Retry_After="7")
        else:
            self.ranged(asked)

    def give_slow(self, _: str | None) -> None:
        time.sleep(1.5)

    def give_mute(self, _: str | None) -> None:
        self.close_connection = True

    def give_archive(self, _: str | None) -> None:
        self.send(archive({"a/base.CSV": b"IRIS;POP\n", "meta.csv": b"x"}))

    def give_heavy(self, _: str | None) -> None:
        """An archive much smaller than what comes out of it."""
        self.send(archive({"base.csv": b"IRIS;POP\n" * 5000}))

    def give_bomb(self, _: str | None) -> None:
        self.send(archive({"base.csv": bytes(5_000_000)}))

    def give_climbing(self, _: str | None) -> None:
        self.send(archive({"../../base.csv": b"IRIS;POP\n"}))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the machine's own proxy, and what earlier tests asked."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    Host.calls, Host.version = [], "v1"


def archive(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return held.getvalue()


def resource(address: str = "", file: str = "base.bin", **options: Any) -> Resource:
    plain: dict[str, Any] = {
        "name": "essai", "title": "Une base", "producer": "Insee", "licence": "LO", "page": PAGE,
        "address": address, "file": file, "members": (), "sha256": "", "date": "2022",
        "noted": None, "place": "data/raw/essai", "needs": '[[files]]\nname = "base.csv"',
    }  # fmt: skip
    return Resource(**plain | options)


def get(one: Resource, root: Path, **options: Any) -> Fetched:
    return fetch(one, root, **{"patience": SWIFT, **options})


def left(root: Path) -> set[str]:
    folder = root / "data" / "raw" / "essai"
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


# --- what comes well ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["good", "redirect", "unsized"])
def test_a_file_comes_whole_and_leaves_its_trace(server: str, tmp_path: Path, name: str) -> None:
    got = get(resource(f"{server}/{name}.bin", sha256=SUM), tmp_path)
    assert got.path.read_bytes() == CONTENT
    assert (got.outcome, got.sha256) == (BROUGHT, SUM)
    assert left(tmp_path) == {"base.bin", "base.bin.origine.json"}
    trace = json.loads((got.path.parent / "base.bin.origine.json").read_text("utf-8"))
    assert (trace["sha256"], trace["octets"]) == (SUM, len(CONTENT))
    assert trace["adresse"].startswith(server)
    assert "[[files]]" in str(got)


def test_progress_is_said_to_the_last_byte(server: str, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    get(resource(f"{server}/good.bin"), tmp_path, progress=lambda *now: steps.append(now))
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert len(steps) > 1


def test_a_file_that_is_there_is_not_asked_again(server: str, tmp_path: Path) -> None:
    one = resource(f"{server}/good.bin")
    get(one, tmp_path)
    Host.calls.clear()
    assert get(one, tmp_path).outcome == THERE
    assert Host.calls == []
    assert get(one, tmp_path, force=True).outcome == BROUGHT


def test_an_unknown_sum_is_said_and_a_known_one_is_not(server: str, tmp_path: Path) -> None:
    assert "Empreinte inconnue" in str(get(resource(f"{server}/good.bin"), tmp_path))
    known = resource(f"{server}/good.bin", sha256=SUM)
    assert "Empreinte inconnue" not in str(get(known, tmp_path, force=True))


def test_a_host_that_moved_is_said(server: str, tmp_path: Path) -> None:
    assert "renvoie désormais à http://localhost" in str(
        get(resource(f"{server}/moved.bin"), tmp_path)
    )


def test_the_proxy_of_the_environment_is_used(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server)
    got = get(resource("http://donnees.exemple/good.bin"), tmp_path)
    assert got.sha256 == SUM
    assert Host.calls == [("http://donnees.exemple/good.bin", None)]


# --- what is cut, and taken up again --------------------------------------------------------------


def test_a_file_cut_thrice_comes_whole_by_ranges(server: str, tmp_path: Path) -> None:
    patience = Patience(timeout=2.0, attempts=5, pause=lambda _: None)
    got = get(resource(f"{server}/cut.bin"), tmp_path, patience=patience)
    assert got.path.read_bytes() == CONTENT
    assert [asked for _, asked in Host.calls] == [
        None, "bytes=100000-", "bytes=200000-", "bytes=300000-",
    ]  # fmt: skip


def test_what_was_cut_too_often_is_kept_for_the_next_time(server: str, tmp_path: Path) -> None:
    one = resource(f"{server}/snip.bin")
    with pytest.raises(FetchError) as refusal:
        get(one, tmp_path, patience=Patience(2.0, 2, lambda _: None))
    says(refusal.value, "coupé avant la fin", "reprend où elle en est", PAGE)
    assert "base.bin" not in left(tmp_path)
    Host.calls.clear()
    assert get(resource(f"{server}/cut.bin"), tmp_path).path.read_bytes() == CONTENT
    assert Host.calls[0][1] == "bytes=40000-"


def test_a_slow_line_that_moves_on_is_not_given_up(server: str, tmp_path: Path) -> None:
    got = get(resource(f"{server}/cut.bin"), tmp_path, patience=Patience(2.0, 2, lambda _: None))
    assert got.path.read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["capped", "starred"])
def test_a_host_that_gives_small_pieces_is_asked_until_the_last(
    server: str, tmp_path: Path, name: str
) -> None:
    get(resource(f"{server}/{name}.bin"), tmp_path)
    assert (tmp_path / "data/raw/essai/base.bin").read_bytes() == CONTENT
    asked = [asked for path, asked in Host.calls if path == f"/{name}.bin"]
    assert asked == [None, "bytes=100000-", "bytes=190000-", "bytes=280000-"]


@pytest.mark.parametrize(("name", "whole"), [("other", CONTENT), ("grown", CONTENT + b"!")])
def test_two_versions_are_never_put_end_to_end(
    server: str, tmp_path: Path, name: str, whole: bytes
) -> None:
    assert get(resource(f"{server}/{name}.bin"), tmp_path).path.read_bytes() == whole
    assert [asked for _, asked in Host.calls] == [None, "bytes=100000-", None]


def test_a_host_that_only_sends_pieces_is_asked_once(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="morceau"):
        get(resource(f"{server}/piece.bin"), tmp_path)
    assert len(Host.calls) == 1


def test_a_host_that_drips_is_not_waited_for(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloading, "_WINDOW", 0.0)
    monkeypatch.setattr(downloading, "_SLOWEST", 10**15)
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/good.bin"), tmp_path, patience=Patience(2.0, 1, lambda _: None))
    says(refusal.value, "ne répond pas à temps", "reprend où elle en est")


def test_an_archive_cut_short_leaves_what_was_there(server: str, tmp_path: Path) -> None:
    get(resource(f"{server}/archive.zip", "base.zip"), tmp_path)
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/halfzip.zip", "base.zip"), tmp_path, force=True)
    says(refusal.value, "incomplète", PAGE)
    assert zipfile.is_zipfile(tmp_path / "data/raw/essai/base.zip")
    assert left(tmp_path) == {"base.zip", "base.zip.origine.json"}


def test_a_length_that_is_not_stated_is_said(server: str, tmp_path: Path) -> None:
    got = get(resource(f"{server}/unsized.bin", sha256=""), tmp_path)
    assert any("longueur" in notice for notice in got.notices)
    fetched = get(resource(f"{server}/good.bin"), tmp_path, force=True)
    assert not any("longueur" in notice for notice in fetched.notices)


def test_a_file_that_changed_meanwhile_is_begun_again(server: str, tmp_path: Path) -> None:
    one = resource(f"{server}/cut.bin")
    with pytest.raises(FetchError):
        get(one, tmp_path, patience=Patience(2.0, 1, lambda _: None))
    Host.version = "v2"  # If-Range does not hold any more: the host sends the whole
    assert get(resource(f"{server}/good.bin"), tmp_path).path.read_bytes() == CONTENT


@pytest.mark.parametrize("name", ["norange", "nomark", "wrongrange"])
def test_a_host_that_ignores_ranges_is_asked_for_the_whole(
    server: str, tmp_path: Path, name: str
) -> None:
    got = get(resource(f"{server}/{name}.bin", sha256=SUM), tmp_path)
    assert got.path.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_dropped(server: str, tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    part.write_bytes(CONTENT + b"de trop")
    part.with_name("x.part.json").write_text('{"mark": "\\"v1\\""}')
    download(f"{server}/good.bin", part, page=PAGE, patience=SWIFT)
    assert part.read_bytes() == CONTENT


def test_a_part_whose_mark_is_lost_is_begun_again(server: str, tmp_path: Path) -> None:
    part = tmp_path / "x.part"
    part.write_bytes(b"n'importe quoi")
    download(f"{server}/good.bin", part, page=PAGE, patience=SWIFT)
    assert part.read_bytes() == CONTENT


@given(held=st.integers(0, len(CONTENT) - 1))
def test_from_wherever_it_was_cut_the_file_is_the_same(
    server: str, tmp_path_factory: pytest.TempPathFactory, held: int
) -> None:
    part = tmp_path_factory.mktemp("reprise") / "x.part"
    part.write_bytes(CONTENT[:held])
    part.with_name("x.part.json").write_text('{"mark": "\\"v1\\""}')
    assert download(f"{server}/good.bin", part, page=PAGE, patience=SWIFT).resumed == (held > 0)
    assert part.read_bytes() == CONTENT


def test_a_busy_host_is_waited_for_as_it_asks(server: str, tmp_path: Path) -> None:
    waits: list[float] = []
    got = get(resource(f"{server}/busy.bin"), tmp_path, patience=Patience(2.0, 3, waits.append))
    assert got.sha256 == SUM
    assert waits == [7.0, 7.0]


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent", "n’est plus à cette adresse"),
        ("gone", "retiré"),
        ("forbidden", "refuse de donner"),
        ("broken", "en panne"),
        ("page", "page web"),
        ("loop", "renvoie en rond"),
        ("tofile", "n’est pas sûre"),
        ("mute", "coupé"),
        ("packed", "comprimé (gzip)"),
        ("tobad", "n’en est pas une"),
        ("empty", "vide"),
    ],
)
def test_a_refusal_says_why_and_where_to_go(
    server: str, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/{name}.bin"), tmp_path)
    says(refusal.value, said)
    assert "base.bin" not in left(tmp_path)


def test_an_answer_in_place_of_a_table_is_refused(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="page web"):
        get(resource(f"{server}/lost.csv", "base.csv"), tmp_path)
    assert left(tmp_path) == set()


@pytest.mark.parametrize(("name", "said"), [("disguised", "page web"), ("noise", "forme d’un zip")])
def test_what_is_not_of_its_form_is_thrown_away(
    server: str, tmp_path: Path, name: str, said: str
) -> None:
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/{name}.zip", "base.zip"), tmp_path)
    says(refusal.value, said, PAGE)
    assert left(tmp_path) == set()


def test_a_wrong_sum_leaves_what_was_there(server: str, tmp_path: Path) -> None:
    get(resource(f"{server}/good.bin"), tmp_path)
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/corrupt.bin", sha256=SUM), tmp_path, force=True)
    says(refusal.value, SUM, "empreinte", PAGE)
    assert (tmp_path / "data/raw/essai/base.bin").read_bytes() == CONTENT
    assert left(tmp_path) == {"base.bin", "base.bin.origine.json"}


def test_a_slow_host_is_not_waited_for_ever(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/slow.bin"), tmp_path, patience=Patience(0.3, 1, lambda _: None))
    says(refusal.value, "ne répond pas à temps")


def test_a_closed_door_and_an_unknown_host_are_distinguished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(FetchError) as refusal:
        get(resource(f"http://127.0.0.1:{port}/x.bin"), tmp_path)
    says(refusal.value, "refuse la connexion")

    def nowhere(*_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(FetchError) as refusal:
        get(resource("http://ancien.exemple/x.bin"), tmp_path)
    says(refusal.value, "ancien.exemple", "introuvable", "déménagé")


def test_no_room_is_said_before_the_disk_is_full(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(FetchError) as refusal:
        get(resource(f"{server}/good.bin"), tmp_path)
    says(refusal.value, "plus de place", "0,3 Mo")


def full_disk(after: int) -> Callable[..., Any]:
    """Return an opening of files whose disk is full once so many bytes are written."""
    opened, room = Path.open, [after]

    def open_(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        file = opened(path, mode, *args, **options)
        if not set(mode) & set("wa"):
            return file
        write = file.write

        class Full:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def write(self, chunk: Any) -> int:
                room[0] -= len(chunk)
                if room[0] < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return int(write(chunk))

        return Full()

    return open_


@pytest.mark.parametrize(("name", "file"), [("good", "base.bin"), ("heavy", "base.zip")])
@pytest.mark.parametrize("after", [0, 150, 5000, 100_000, 400_000])
def test_a_disk_that_fills_is_said_and_leaves_what_was_there(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, file: str, after: int
) -> None:
    waits: list[float] = []
    folder = tmp_path / "data/raw/essai"
    folder.mkdir(parents=True)
    (folder / file).write_bytes(b"ancien")
    one = resource(f"{server}/{name}.bin", file=file, members=("base.csv",))
    monkeypatch.setattr(Path, "open", full_disk(after))
    try:
        get(one, tmp_path, force=True, patience=Patience(2.0, 3, waits.append))
    except (FetchError, FileError) as refusal:
        says(refusal, "Faites de la place")
        assert waits == []  # asking again would be of no use
        whole = file.endswith("zip") and (folder / file).read_bytes() != b"ancien"
        assert whole or (folder / file).read_bytes() == b"ancien"
    else:
        assert after >= {"good": 400_000, "heavy": 100_000}[name]
    assert not list(folder.glob("*.csv.part"))


def test_an_interruption_leaves_what_was_there_and_a_part_to_go_on_from(
    server: str, tmp_path: Path
) -> None:
    one = resource(f"{server}/good.bin")
    folder = tmp_path / "data/raw/essai"
    folder.mkdir(parents=True)
    (folder / "base.bin").write_bytes(b"ancien")

    def stop(done: int, _: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(one, tmp_path, force=True, progress=stop)
    assert (folder / "base.bin").read_bytes() == b"ancien"
    assert (folder / ".base.bin.part").read_bytes() == CONTENT[
        : (folder / ".base.bin.part").stat().st_size
    ]
    get(one, tmp_path, force=True)
    assert (folder / "base.bin").read_bytes() == CONTENT
    assert left(tmp_path) == {"base.bin", "base.bin.origine.json"}
    assert Host.calls[-1][1] is not None  # it went on from the part


def test_encryption_is_not_dropped_on_the_way() -> None:
    request = urllib.request.Request("https://producteur.exemple/a")
    with pytest.raises(FetchError):
        _SafeRedirects().redirect_request(request, None, 302, "", {}, "http://producteur.exemple/a")


# --- by hand --------------------------------------------------------------------------------------


def test_without_an_address_it_says_where_to_go_and_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as refusal:
        get(resource(), tmp_path)
    says(refusal.value, PAGE, "base.bin", "data/raw/essai", "observatoire fetch essai")


def test_a_file_put_by_hand_is_taken_and_traced(tmp_path: Path) -> None:
    target = tmp_path / "data/raw/essai/base.zip"
    target.parent.mkdir(parents=True)
    target.write_bytes(archive({"base.csv": b"x"}))
    one = resource(file="base.zip", members=("*.csv",))
    got = get(one, tmp_path)
    assert got.outcome == BY_HAND
    assert [path.name for path in got.members] == ["base.csv"]
    assert get(one, tmp_path).outcome == THERE
    target.write_bytes(archive({"base.csv": b"y"}))
    with pytest.raises(FetchError, match="n’est pas celui"):
        get(one, tmp_path)


def test_a_file_that_may_not_be_read_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data/raw/essai"
    folder.mkdir(parents=True)
    (folder / "base.bin").write_bytes(CONTENT)

    def closed(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(FileError) as refusal:
        get(resource(), tmp_path)
    says(refusal.value, "base.bin", "ne peut pas lire", "--force")


def test_a_page_saved_by_hand_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "data/raw/essai/base.zip"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"<html><body>Telecharger</body></html>")
    with pytest.raises(FetchError, match="page web"):
        get(resource(file="base.zip"), tmp_path)


def test_a_link_out_of_the_workspace_is_not_followed(server: str, tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    root = tmp_path / "espace"
    (root / "data/raw").mkdir(parents=True)
    (root / "data/raw/essai").symlink_to(tmp_path / "ailleurs")
    with pytest.raises(FileError, match="hors de l’espace"):
        get(resource(f"{server}/good.bin"), root)
    assert list((tmp_path / "ailleurs").iterdir()) == []


# --- archives -------------------------------------------------------------------------------------


def test_the_wanted_members_are_taken_out(server: str, tmp_path: Path) -> None:
    one = resource(f"{server}/archive.zip", "base.zip", members=("BASE.csv",))
    got = get(one, tmp_path)
    assert [path.name for path in got.members] == ["base.CSV"]
    assert got.members[0].read_bytes() == b"IRIS;POP\n"
    assert "meta.csv" not in left(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["../../base.csv", "/ailleurs/base.csv", "a/../../base.csv", "..\\base.csv", "C:\\base.csv"],
)
def test_nothing_climbs_out_of_an_archive(tmp_path: Path, name: str) -> None:
    held = tmp_path / "a.zip"
    held.write_bytes(archive({name: b"x"}))
    (tmp_path / "dedans").mkdir()
    with pytest.raises(FileError, match="sort de l’archive"):
        unpack(held, tmp_path / "dedans", ["*.csv"])
    assert {path.name for path in tmp_path.rglob("*")} == {"a.zip", "dedans"}


def test_a_climbing_archive_is_refused_when_fetched(server: str, tmp_path: Path) -> None:
    with pytest.raises(FileError):
        get(resource(f"{server}/climbing.zip", "base.zip", members=("*.csv",)), tmp_path)
    assert not list(tmp_path.rglob("base.csv"))


@pytest.mark.parametrize(
    ("path", "said"), [("archive", "rien qui s’appelle"), ("climbing", "sort de l’archive")]
)
def test_what_was_there_stays_when_the_new_archive_lacks_what_is_wanted(
    server: str, tmp_path: Path, path: str, said: str
) -> None:
    wanted = ("*.txt",) if path == "archive" else ("base.*",)
    got = get(resource(f"{server}/heavy.zip", "base.zip", members=("base.csv",)), tmp_path)
    before = {one: one.read_bytes() for one in sorted(got.path.parent.iterdir())}
    moved = resource(f"{server}/{path}.zip", "base.zip", members=wanted)
    with pytest.raises(FileError) as refusal:
        get(moved, tmp_path, force=True)
    says(refusal.value, "base.zip", said)
    assert {one: one.read_bytes() for one in sorted(got.path.parent.iterdir())} == before
    fresh = tmp_path / "ailleurs"
    fresh.mkdir()
    with pytest.raises(FileError):
        get(moved, fresh)
    assert "base.zip" in left(fresh)  # nothing to lose: kept, to be looked into


def test_a_bomb_is_refused_before_it_is_read_and_not_kept(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda _: pytest.fail("read to be tested"))
    with pytest.raises(FileError) as refusal:
        get(resource(f"{server}/bomb.zip", "base.zip", members=("*.csv",)), tmp_path)
    says(refusal.value, "base.zip", "démesurément")
    assert left(tmp_path) == set()


def test_a_second_download_of_the_same_file_waits_for_the_first(
    server: str, tmp_path: Path
) -> None:
    one = resource(f"{server}/good", "base.bin")
    part = tmp_path / one.place / ".base.bin.part"
    part.parent.mkdir(parents=True)
    with alone(part):
        part.write_bytes(b"begun")
        with pytest.raises(FetchError) as refusal:
            get(one, tmp_path)
        says(refusal.value, "Un autre téléchargement", "relancez")
        assert part.read_bytes() == b"begun"
    assert get(one, tmp_path).path.read_bytes() == CONTENT
    assert not list(tmp_path.rglob("*.lock"))


def test_a_link_a_bomb_and_twins_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("base.csv")
    link.external_attr = 0o120777 << 16
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr(link, "/etc/hostname")
    for content, said in (
        (held.getvalue(), "est un lien"),
        (archive({"base.csv": bytes(5_000_000)}), "démesurément"),
        (archive({"a/base.csv": b"1", "b/base.csv": b"2"}), "plusieurs"),
        (archive({"autre.txt": b"1"}), "autre.txt"),
        (b"PK\x03\x04 rien", "abîmée"),
    ):
        path = tmp_path / "a.zip"
        path.write_bytes(content)
        with pytest.raises(FileError) as refusal:
            unpack(path, tmp_path, ["*.csv"])
        says(refusal.value, said)
        assert not list(tmp_path.glob("*.csv"))


@given(cut=st.integers(1, 400), flipped=st.integers(0, 255))
@example(cut=394, flipped=69)  # a member that is said to begin before the archive
@example(cut=330, flipped=64)  # a version of zip that is not yet
def test_a_spoilt_archive_is_an_error_of_ours_or_the_right_bytes(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flipped: int
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    right = b"IRIS;POP\n" + bytes(range(256)) * 3
    spoilt = bytearray(archive({"base.csv": right}))
    spoilt[cut % len(spoilt)] = flipped
    (folder / "a.zip").write_bytes(spoilt)
    try:
        (made,) = unpack(folder / "a.zip", folder, ["*"])
    except FileError:
        assert {path.name for path in folder.iterdir()} == {"a.zip"}
    else:
        assert made.read_bytes() == right


# --- the registry ---------------------------------------------------------------------------------

ENTRY = """
[resources.essai]
title = "Une base"
producer = "Insee"
licence = "Licence Ouverte 2.0"
page = "https://www.insee.fr/fr/statistiques/0"
address = "https://www.insee.fr/fr/statistiques/fichier/0/base.zip"
file = "base.zip"
members = ["*.csv"]
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
noted = 2026-11-22
place = "data/raw/essai"
"""


def test_the_registry_has_what_the_guide_promises() -> None:
    registry = read_registry()
    for name in (
        "insee-rp2022-population", "insee-rp2022-logement", "insee-rp2022-menages",
        "insee-rp2022-activite", "insee-rp2022-diplomes", "filosofi-iris-2021-declare",
        "filosofi-carreaux-200m-2019", "contours-iris-972", "qpv-2015", "qpv-2024",
    ):  # fmt: skip
        one = registry[name]
        assert one.page.startswith("https://")
        assert one.needs
        assert not one.sha256  # none is known yet: none is invented
        assert one.address.startswith("https://") or not one.address


def test_what_a_resource_needs_is_toml() -> None:
    import tomllib

    for one in read_registry().values():
        assert tomllib.loads(one.needs), one.name


def test_a_workspace_adds_and_replaces(tmp_path: Path) -> None:
    text = ENTRY + ENTRY.replace("resources.essai", 'resources."qpv-2024"')
    (tmp_path / "registry.toml").write_text(text, encoding="utf-8")
    registry = read_registry(tmp_path)
    assert registry["essai"].sha256.startswith("0123")
    assert registry["qpv-2024"].title == "Une base"
    listed = list_resources(registry, tmp_path).set_index("name")
    assert listed.loc["essai", "state"] == "à télécharger"
    assert listed.loc["qpv-2015", "state"] == "à la main, depuis la page"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('file = "base.zip"\n', "", "file"),
        ('page = "https://www.insee.fr/fr/statistiques/0"\n', "", "page"),
        ("address", "adress", "address"),
        ('address = "https', 'address = "ftp', "http"),
        ('address = "https://www.insee.fr', 'address = "https://', "http"),
        (
            'address = "https://www.insee.fr',
            'address = "https://moi:mot@www.insee.fr',
            "mot de passe",
        ),
        ('address = "https://www.insee.fr', 'address = "https://www.insee.fr/é è', "accent"),
        ('address = "https://www.insee.fr', 'address = "https://[::1', "http"),
        ('address = "https://www.insee.fr', 'address = "https://www.insee.fr:99999', "http"),
        ("0123456789abcdef0123", "0123", "64 chiffres"),
        ('"base.zip"', '"../base.zip"', "simple nom"),
        ('"data/raw/essai"', '"../ailleurs"', "sort de l’espace"),
        ('"data/raw/essai"', '"/tmp"', "sort de l’espace"),
        ("2026-11-22", '"hier"', "jour"),
        ("title", "titre", "title"),
    ],
)
def test_an_entry_that_is_wrong_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ENTRY
    (tmp_path / "registry.toml").write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(DescriptorError) as refusal:
        read_registry(tmp_path)
    says(refusal.value, said, "registry.toml")


def test_an_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as refusal:
        find_resource(read_registry(), "qpv-2025")
    says(refusal.value, "qpv-202", "--list")


# --- nothing else touches the network -------------------------------------------------------------

NETWORK = {
    "urllib.request", "urllib3", "http", "http.client", "socket", "ssl", "requests", "httpx",
    "pooch", "ftplib", "smtplib", "aiohttp", "webbrowser", "xmlrpc", "socketserver",
}  # fmt: skip


def test_one_module_alone_imports_what_reaches_the_network() -> None:
    package = Path(observatoire.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "", *(f"{node.module}.{a.name}" for a in node.names)]
            if NETWORK & set(names):
                found.add(path.relative_to(package).as_posix())
    assert found == {"sources/fetch/download.py"}


def test_the_demo_asks_and_writes_without_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: Any, **__: Any) -> None:
        message = "the network was asked for"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    with observatoire.demo() as o:
        o.panel("habitat").save(tmp_path / "p.pdf")
        o.checks()
        assert len(o.registry()) > 10


def test_an_observatory_fetches_by_name(server: str, tmp_path: Path) -> None:
    from built_workspace import build_place

    place = build_place(tmp_path)
    text = ENTRY.replace(
        "https://www.insee.fr/fr/statistiques/fichier/0/base.zip", f"{server}/archive.zip"
    )
    kept = [line for line in text.splitlines() if not line.startswith("sha256")]
    (tmp_path / "registry.toml").write_text("\n".join(kept), encoding="utf-8")
    with observatoire.open(place.root) as o:
        got = o.fetch("essai")
        assert {path.name for path in got.members} == {"base.CSV", "meta.csv"}
        assert o.registry().set_index("name").loc["essai", "state"] == THERE

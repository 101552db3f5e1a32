"""Downloads from a real server on this machine, with the faults of real ones."""

import errno
import gzip
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pooch
import pytest

from foundation import download, web
from foundation import fetch as fetching
from foundation.fetch import fetch, find
from foundation.user_error import NoNetworkError, UserError
from tests.foundation.rain import CONTENT, HASH, NAME, PAGE, REPACKED, SIZE, fails, flipped, parts
from tests.foundation.web_server import MOST, byte_by_byte, endless, head, sends

ROOT = Path(__file__).parents[2]
HALF = len(CONTENT) // 2
ALL = {"Content_Length": len(CONTENT)}
NO_LENGTH_CUT = sends(head(), CONTENT[:HALF])
LENGTH_TOO_LARGE = sends(head(Content_Length=len(CONTENT)), CONTENT[:HALF])
ANOTHER_RANGE = sends(head("206 Partial Content", Content_Range=f"bytes 7-{len(CONTENT) - 1}/*"), CONTENT[7:])
SLOW_BODY = sends(head(**ALL), b"PK\x03\x04", byte_by_byte(CONTENT[4:]), pause=0.02)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Seconds instead of half minutes."""
    monkeypatch.setattr(web, "PATIENCE", 0.4)


@pytest.mark.parametrize(
    ("faults", "known", "waited"),
    [
        ([], {}, []),
        ([], SIZE | HASH, []),
        ([], {"hash": f"md5:{hashlib.md5(CONTENT).hexdigest()}"}, []),
        ([500], SIZE, [1]),
        ([503, 429, 500], HASH, [1, 2, 3]),
        (["drops"], {}, [1]),
        (["drops", "drops", "drops"], HASH, [1, 2, 3]),
        (["drops", 500, "drops"], SIZE, [1, 2, 3]),
        (["drops", "ignores the range"], HASH, [1]),
        (["drops", 416], HASH, [1, 2]),
        (["stalls"], HASH, [1]),
        ([flipped(CONTENT)], HASH, [1]),
        ([CONTENT[:-9]], SIZE, [1]),
        ([CONTENT + b"more"], SIZE, [1]),
        ([NO_LENGTH_CUT], SIZE, [1]),
        ([NO_LENGTH_CUT], HASH, [1]),
        ([LENGTH_TOO_LARGE], {}, [1]),
        ([sends(head(Content_Length=HALF), CONTENT)], SIZE, [1]),
        ([sends(head(Content_Length="many"), CONTENT)], {}, []),
        ([sends(head(Content_Length=-5), CONTENT)], {}, []),
        ([sends(head(Content_Length="5, 6"), CONTENT)], {}, [1]),
        ([ANOTHER_RANGE], {}, [1]),
        (["drops", ANOTHER_RANGE], {}, [1, 2]),
        ([SLOW_BODY], {}, [1]),
        ([sends(byte_by_byte(head(**ALL)), pause=0.02)], {}, [1]),
        ([sends(head(), b"PK\x03\x04", endless)], SIZE, [1]),
        ([sends(b"SSH-2.0-OpenSSH_9.6\r\n")], {}, [1]),
        ([sends(head(Content_Encoding="gzip"), gzip.compress(CONTENT))], SIZE | HASH, []),
        ([sends(head(Content_Encoding="gzip"), CONTENT)], {}, [1]),
        ([sends(head("302 Found", Location="/other.zip"), endless)], SIZE | HASH, []),
        ([sends(head("100 Continue"), head(**ALL), CONTENT)], {}, []),
    ],
)
def test_a_file_arrives_in_spite_of(faults, known, waited, server, data, declare, waits, monkeypatch):
    declare(**known)
    server.faults["/rain.zip"] = faults.copy()
    server.files["/other.zip"] = CONTENT
    if "stalls" in faults:
        monkeypatch.setattr(web, "TIMEOUT", (10, 0.3))
    begun = time.monotonic()
    assert fetch(NAME, data) == data / NAME
    assert time.monotonic() - begun < 20  # the server stalls for longer
    assert (data / NAME).read_bytes() == CONTENT
    assert waits == waited and server.faults["/rain.zip"] == []
    assert sorted(p.name for p in data.rglob("*")) == [".lock", "SHA256SUMS", "rain.csv.zip", "sky"]
    server.log.clear()
    assert fetch(NAME, data) == data / NAME
    assert server.log == []  # the file is there


def to(location):
    return sends(head("302 Found", Location=location, Content_Length=0))


@pytest.mark.parametrize(
    ("faults", "known", "words", "requests", "kept"),
    [
        ([404], {}, ["answers 404 Not Found"], 1, False),
        ([403], {}, ["answers 403"], 1, False),
        ([500] * 4, {}, ["answers 500"], 4, False),
        (["drops", 500, 500, 500], {}, ["answers 500", "kept"], 4, True),
        (["drops"] * 4, {}, ["closes the connection early", "kept"], 4, True),
        (["stalls"] * 4, {}, ["sends nothing for 0.3 seconds", "kept"], 4, True),
        ([PAGE], {}, ["sends a web page", "log in"], 1, False),
        ([PAGE], SIZE | HASH, ["sends a web page"], 1, False),
        ([b"not a zip"], {}, ["sends something else"], 1, False),
        ([b""], {}, ["sends something else"], 1, False),
        ([CONTENT[:-9]] * 4, SIZE, ["another file", "(299,995 bytes instead of 300,004)"], 4, False),
        ([CONTENT + b"more"] * 4, SIZE, ["another file", "(more than 300,004 bytes)"], 4, False),
        ([flipped(CONTENT)] * 4, HASH, ["another file than the published one (its hash differs)"], 4, False),
        ([NO_LENGTH_CUT] + [sends(head())] * 3, SIZE, ["closes the connection early"], 4, False),
        ([sends(head(), b"PK\x03\x04", endless)] * 4, SIZE, ["(more than 300,004 bytes)"], 4, False),
        ([sends(head(), b"PK\x03\x04", endless)], {}, ["sends more than 1,048,576 bytes"], 1, False),
        ([sends(head(Content_Length=10**18), b"PK\x03\x04")], {}, ["sends more than 1,048,576 bytes"], 1, False),
        (
            [sends(head(Content_Encoding="gzip"), gzip.compress(b"PK\x03\x04" + bytes(2**24)))],
            {},
            ["sends more than 1,048,576 bytes"],
            1,
            False,
        ),
        ([SLOW_BODY] * 4, {}, ["sends less than 1,000 bytes a second", "kept"], 4, True),
        ([sends(byte_by_byte(head()), pause=0.05)] * 4, {}, ["sends less than 1,000 bytes a second"], 4, False),
        (
            [sends(byte_by_byte(b"HTTP/1.1 200 OK" + b"!" * 999), pause=0.02)] * 4,
            {},
            ["sends less than 1,000 bytes"],
            4,
            False,
        ),
        ([sends(head(Transfer_Encoding="chunked"), endless)] * 4, {}, ["cannot be read (LineTooLong)"], 4, False),
        (
            [sends(head(Transfer_Encoding="chunked"), b"9;", byte_by_byte(b"x" * 999), pause=0.02)] * 4,
            {},
            ["sends less than 1,000 bytes a second"],
            4,
            False,
        ),
        (
            [sends(b"HTTP/1.1 200 OK\r\n", lambda: [b"a: b\r\n"] * 999)] * 4,
            {},
            ["sends an answer that cannot be read"],
            4,
            False,
        ),
        ([sends(b"HTTP/1.1 200 OK\r\nx: ", endless)] * 4, {}, ["sends an answer that cannot be read"], 4, False),
        ([sends(b"")] * 4, {}, ["closes the connection early"], 4, False),
        ([sends(b"220 ftp ready\r\n")] * 4, {}, ["sends an answer that cannot be read (BadStatusLine)"], 4, False),
        ([sends(head("204 No Content"))], {}, ["answers 204 No Content"], 1, False),
        ([sends(head("302 Found", Content_Length=0))], {}, ["answers 302 Found"], 1, False),
        ([to("file:///etc/passwd")], {}, ["redirects to 'file:///etc/passwd', which is no http address"], 1, False),
        ([to("ftp://127.0.0.1/x")], {}, ["redirects to 'ftp://127.0.0.1/x'"], 1, False),
        ([to("data:,x")], {}, ["redirects to 'data:,x'"], 1, False),
        ([to("http://[::1")], {}, ["redirects to 'http://[::1'"], 1, False),
        ([to("http://127.0.0.1:99999/")], {}, ["redirects to 'http://127.0.0.1:99999/'"], 1, False),
        ([to("/rain.zip")] * 11, {}, ["redirects more than 10 times"], 11, False),
        ([to("/missing.zip")], {}, ["answers 404"], 2, False),
    ],
)
def test_a_download_that_fails_names_the_cause(
    faults, known, words, requests, kept, server, data, declare, monkeypatch
):
    declare(**known)
    server.faults["/rain.zip"] = faults.copy()
    monkeypatch.setattr(download, "LIMIT", 2**20)
    if "stalls" in faults:
        monkeypatch.setattr(web, "TIMEOUT", (10, 0.3))
    begun = time.monotonic()
    fails(data, NAME, f"127.0.0.1:{server.server_port}", *words)
    assert time.monotonic() - begun < 15
    assert server.sent < MOST / 2
    assert len(server.log) == requests
    assert bool(parts(data)) == kept == (data / ".partial").exists()
    assert fetch(NAME, data).read_bytes() == CONTENT  # the next attempt works


def test_a_web_page_is_recognised_also_where_any_file_is_expected(server, data, declare):
    declare("sky/rain.txt")
    server.faults["/rain.zip"] = [PAGE]
    with pytest.raises(UserError, match="sends a web page"):
        fetch("sky/rain.txt", data)


def test_a_download_asks_only_for_the_rest(server, data):
    server.faults["/rain.zip"] = ["drops"] * 4
    fails(data)
    (part,) = parts(data)
    arrived = part.read_bytes()
    assert len(arrived) > len(CONTENT) / 2 and CONTENT.startswith(arrived)
    starts = server.ranges("/rain.zip")
    assert starts[0] == 0 and starts == sorted(set(starts))
    server.log.clear()
    assert fetch(NAME, data).read_bytes() == CONTENT
    assert server.ranges("/rain.zip") == [len(arrived)]
    assert server.encodings == {"identity"}  # a range of compressed bytes would be another


def test_a_download_starts_over_if_the_file_is_now_shorter_than_what_has_arrived(server, data):
    server.faults["/rain.zip"] = ["drops"] * 4
    fails(data)
    server.files["/rain.zip"] = REPACKED
    assert parts(data)[0].stat().st_size > len(REPACKED)
    assert fetch(NAME, data).read_bytes() == REPACKED


def test_the_next_address_is_tried_and_gets_none_of_the_first_ones_bytes(server, data, declare, nowhere, capsys):
    server.files |= {"/gone.zip": REPACKED, "/page.zip": PAGE}
    server.faults["/gone.zip"] = ["drops"] * 4
    declare(urls=[nowhere, *map(server.url, ("/missing.zip", "/page.zip", "/gone.zip", "/rain.zip"))])
    assert fetch(NAME, data).read_bytes() == CONTENT
    assert server.ranges("/rain.zip") == [0]
    assert "answers 404 Not Found: trying 127.0.0.1" in capsys.readouterr().err


def test_all_addresses_are_named_if_none_delivers(server, data, declare, nowhere):
    declare(urls=[nowhere, server.url("/missing.zip")])
    fails(data, "127.0.0.1", "cannot be reached", "answers 404")


def test_nothing_is_tried_twice_without_a_network(data, declare, nowhere, waits):
    declare(urls=[nowhere, nowhere.replace("rain", "snow")])
    fails(data, "no network", NAME, "cannot be reached", kind=NoNetworkError)
    assert waits == []


def test_a_redirect_to_a_server_that_cannot_be_reached_names_that_server(server, data, nowhere):
    server.faults["/rain.zip"] = [to(nowhere)]
    fails(data, f"{nowhere.split('/')[2]} cannot be reached", kind=NoNetworkError)


def test_a_network_that_fails_halfway_is_not_a_missing_network(server, data, declare, waits, monkeypatch):
    server.faults["/rain.zip"] = ["drops"]
    waiting = waits.append

    def unplug(seconds):
        server.socket.close()
        waiting(seconds)

    monkeypatch.setattr(pooch.core, "time", SimpleNamespace(sleep=unplug))
    fails(data, "is no longer reached", "what has arrived is kept")
    assert waits == [1, 2, 3] and parts(data)


def test_a_password_in_an_address_is_not_shown(server, data, declare):
    declare(urls=[server.url("/missing.zip").replace("//", "//user:secret@")])
    with pytest.raises(UserError, match="answers 404") as caught:
        fetch(NAME, data)
    assert "secret" not in str(caught.value)


def test_the_thread_of_a_download_that_is_given_up_ends(server, data, monkeypatch):
    monkeypatch.setattr(download, "LIMIT", 2**20)
    server.faults["/rain.zip"] = [sends(head(), b"PK\x03\x04", endless)]
    before = set(threading.enumerate())
    fails(data)
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_a_terminal_gets_a_progress_bar(data, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fetch(NAME, data)
    assert "100%|" in capsys.readouterr().err


PROGRAM = """
import signal, sys
from pathlib import Path
from foundation import fetch
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have had it ignored
fetch.SOURCES = Path(sys.argv[1])
fetch.fetch(sys.argv[2], Path(sys.argv[3]))
"""


@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_process_leaves_no_broken_file_and_the_next_one_goes_on(kind, server, data):
    server.faults["/rain.zip"] = ["stalls"]
    words = [sys.executable, "-c", PROGRAM, str(fetching.SOURCES), NAME, str(data)]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 50
        while not any(part.stat().st_size >= 2**17 for part in parts(data)):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(kind)
    assert process.returncode != 0
    assert not (data / NAME).exists() and find(NAME, data) is None
    (part,) = parts(data)
    arrived = part.stat().st_size
    assert fetch(NAME, data).read_bytes() == CONTENT
    assert server.ranges("/rain.zip") == [0, arrived]
    assert not (data / ".partial").exists()


def test_a_file_is_flushed_before_it_takes_its_place(data, monkeypatch):
    flushed = []

    def fsync(descriptor):
        assert not (data / NAME).exists()
        flushed.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    fetch(NAME, data)
    assert len(CONTENT) in flushed


def test_two_fetches_at_once_download_once(server, data):
    with ThreadPoolExecutor() as pool:
        paths = list(pool.map(lambda _: fetch(NAME, data), range(4)))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert len(server.log) == 1


class FullDisk(io.FileIO):
    def write(self, chunk):
        if self.tell() >= 2**16:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(chunk)


def test_a_full_disk_stops_a_download_which_goes_on_once_there_is_room(server, data, monkeypatch):
    real = Path.open

    def open_(path, mode="r", *args, **options):
        return FullDisk(path, mode) if mode == "ab" else real(path, mode, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_)
        fails(data, "disk is full", "make room")
    assert len(server.log) == 1  # no other attempt or address helps
    arrived = parts(data)[0].stat().st_size
    assert fetch(NAME, data).read_bytes() == CONTENT
    assert server.ranges("/rain.zip") == [0, arrived]
    assert arrived >= 2**16

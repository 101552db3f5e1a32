"""Downloads from a real server on this machine that fails in every way of real ones."""

import gzip
import hashlib
import time

import pytest

from foundation import download, web
from foundation.fetch import fetch
from tests.foundation.rain import CONTENT, HASH, NAME, PAGE, SIZE, fails, flipped, parts
from tests.foundation.web_server import MOST, byte_by_byte, endless, head, redirects, sends

HALF = len(CONTENT) // 2
ALL = {"Content_Length": len(CONTENT)}
NO_LENGTH_CUT = sends(head(), CONTENT[:HALF])
LENGTH_TOO_LARGE = sends(head(Content_Length=len(CONTENT)), CONTENT[:HALF])
ANOTHER_RANGE = sends(head("206 Partial Content", Content_Range=f"bytes 7-{len(CONTENT) - 1}/*"), CONTENT[7:])
SLOW_BODY = sends(head(**ALL), b"PK\x03\x04", byte_by_byte(CONTENT[4:]), pause=0.1)


@pytest.fixture
def hurry(monkeypatch):
    """Shortens the waits for slow faults: a server under load may be slow too."""

    def hurry(faults):
        if "stalls" in faults:
            monkeypatch.setattr(web, "TIMEOUT", (10, 0.5))
        if any(getattr(fault, "slow", False) for fault in faults):
            monkeypatch.setattr(web, "PATIENCE", 1.0)
            monkeypatch.setattr(download, "RETRIES", 1)

    return hurry


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
        ([sends(byte_by_byte(head(**ALL)), pause=0.1)], {}, [1]),
        ([sends(head(), b"PK\x03\x04", endless)], SIZE, [1]),
        ([sends(b"SSH-2.0-OpenSSH_9.6\r\n")], {}, [1]),
        ([sends(head(Content_Encoding="gzip"), gzip.compress(CONTENT))], SIZE | HASH, []),
        ([sends(head(Content_Encoding="gzip"), CONTENT)], {}, [1]),
        ([sends(head("302 Found", Location="/other.zip"), endless)], SIZE | HASH, []),
        ([sends(head("100 Continue"), head(**ALL), CONTENT)], {}, []),
    ],
)
def test_a_file_arrives_in_spite_of(faults, known, waited, server, data, declare, waits, hurry):
    declare(**known)
    server.faults["/rain.zip"] = faults.copy()
    server.files["/other.zip"] = CONTENT
    hurry(faults)
    begun = time.monotonic()
    assert fetch(NAME, data) == data / NAME
    assert time.monotonic() - begun < 20  # the server stalls for longer
    assert (data / NAME).read_bytes() == CONTENT
    assert waits == waited and server.faults["/rain.zip"] == []
    assert sorted(p.name for p in data.rglob("*")) == [".lock", "SHA256SUMS", "rain.csv.zip", "sky"]
    server.log.clear()
    assert fetch(NAME, data) == data / NAME
    assert server.log == []  # the file is there


@pytest.mark.parametrize(
    ("faults", "known", "words", "requests", "kept"),
    [
        ([404], {}, ["answers 404 Not Found"], 1, False),
        ([403], {}, ["answers 403"], 1, False),
        ([500] * 4, {}, ["answers 500"], 4, False),
        (["drops", 500, 500, 500], {}, ["answers 500", "kept"], 4, True),
        (["drops"] * 4, {}, ["closes the connection early", "kept"], 4, True),
        (["stalls"] * 4, {}, ["sends nothing for 0.5 seconds", "kept"], 4, True),
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
        ([SLOW_BODY] * 2, {}, ["sends less than 1,000 bytes a second", "kept"], 2, True),
        ([sends(byte_by_byte(head()), pause=0.1)] * 2, {}, ["sends less than 1,000 bytes a second"], 2, False),
        (
            [sends(byte_by_byte(b"HTTP/1.1 200 OK" + b"!" * 999), pause=0.1)] * 2,
            {},
            ["sends less than 1,000 bytes"],
            2,
            False,
        ),
        ([sends(head(Transfer_Encoding="chunked"), endless)] * 4, {}, ["cannot be read (LineTooLong)"], 4, False),
        (
            [sends(head(Transfer_Encoding="chunked"), b"9;", byte_by_byte(b"x" * 999), pause=0.1)] * 2,
            {},
            ["sends less than 1,000 bytes a second"],
            2,
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
        (
            [redirects("file:///etc/passwd")],
            {},
            ["redirects to 'file:///etc/passwd', which is no http address"],
            1,
            False,
        ),
        ([redirects("ftp://127.0.0.1/x")], {}, ["redirects to 'ftp://127.0.0.1/x'"], 1, False),
        ([redirects("data:,x")], {}, ["redirects to 'data:,x'"], 1, False),
        ([redirects("http://[::1")], {}, ["redirects to 'http://[::1'"], 1, False),
        ([redirects("http://127.0.0.1:99999/")], {}, ["redirects to 'http://127.0.0.1:99999/'"], 1, False),
        ([redirects("/rain.zip")] * 11, {}, ["redirects more than 10 times"], 11, False),
        ([redirects("/missing.zip")], {}, ["answers 404"], 2, False),
    ],
)
def test_a_download_that_fails_names_the_cause(
    faults, known, words, requests, kept, server, data, declare, hurry, monkeypatch
):
    declare(**known)
    server.faults["/rain.zip"] = faults.copy()
    monkeypatch.setattr(download, "LIMIT", 2**20)
    hurry(faults)
    begun = time.monotonic()
    fails(data, NAME, f"127.0.0.1:{server.server_port}", *words)
    assert time.monotonic() - begun < 15
    assert server.sent < MOST / 2
    assert len(server.log) == requests
    assert bool(parts(data)) == kept == (data / ".partial").exists()
    assert fetch(NAME, data).read_bytes() == CONTENT  # the next attempt works

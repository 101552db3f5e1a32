"""Files from mirrors, folders and addresses, honest and faulty."""

import shutil
import time
from pathlib import Path

import pytest

from foundation import web
from foundation.fetch import SUMS_LIMIT, fetch, find
from foundation.user_error import NoNetworkError
from tests.foundation.rain import CONTENT, HASH, NAME, REPACKED, SIZE, fails, listing
from tests.foundation.web_server import byte_by_byte, endless, head, redirects, sends


@pytest.mark.parametrize("name", [NAME, f"./{NAME}", f"*{NAME}"])
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_mirror_comes_first_and_its_own_hashes_count(name, by, mirror, server, data, declare, monkeypatch, tmp_path):
    declare(**SIZE, **HASH)
    place = mirror({NAME: REPACKED, "SHA256SUMS": listing(name=name)})
    if by == "environment":
        monkeypatch.setenv("LAB_DATA_MIRROR", place)
    assert fetch(NAME, data, place if by == "argument" else None).read_bytes() == REPACKED
    assert "/rain.zip" not in [path for _, path, _ in server.log]
    assert not (data / ".partial").exists()
    monkeypatch.delenv("LAB_DATA_MIRROR", raising=False)
    shutil.rmtree(tmp_path / "mirror")
    server.log.clear()
    assert fetch(NAME, data) == data / NAME  # a later run needs neither mirror nor network
    assert server.log == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({NAME: REPACKED, "SHA256SUMS": listing(CONTENT)}, ["differs from the mirror's SHA256SUMS", "again"]),
        ({NAME: REPACKED, "SHA256SUMS": listing(name="sky/sun.zip")}, ["not listed", "SHA256SUMS"]),
        ({NAME: REPACKED, "SHA256SUMS": b"\n\nfoo\n\xff bar"}, ["not listed", "SHA256SUMS"]),
        ({NAME: REPACKED}, ["not listed", "SHA256SUMS"]),
    ],
)
def test_a_mirror_that_contradicts_itself_is_refused(files, words, mirror, data, waits):
    place = mirror(files)
    fails(data, NAME, *words, mirror=place)
    assert waits == [] or place.startswith("http")  # copying again would only take time
    assert not (data / ".partial").exists()


@pytest.mark.parametrize("files", [{}, {"sky/sun.zip": b""}, {"SHA256SUMS": listing(name="sky/sun.zip")}])
def test_a_file_that_the_mirror_lacks_comes_from_the_public_address(files, mirror, data):
    assert fetch(NAME, data, mirror(files | {"README": b""})).read_bytes() == CONTENT


def test_a_file_without_a_public_address_comes_from_a_mirror(mirror, data, declare):
    declare(urls=[])
    fails(data, NAME, "only a mirror", "--mirror", "LAB_DATA_MIRROR")
    fails(data, NAME, "only a mirror", mirror=mirror({"README": b""}))
    assert fetch(NAME, data, mirror({NAME: REPACKED, "SHA256SUMS": listing()})).read_bytes() == REPACKED


def test_a_data_folder_is_a_mirror(data, server, tmp_path):
    fetch(NAME, data)
    (data / NAME).chmod(0o400)
    server.log.clear()
    copy = fetch(NAME, tmp_path / "other", data)
    assert copy.read_bytes() == CONTENT
    assert copy.stat().st_mode == (tmp_path / "other" / "SHA256SUMS").stat().st_mode  # can be replaced, and read by all
    assert server.log == []


def test_find_does_not_use_the_network(data, server, mirror):
    files = {NAME: REPACKED, "SHA256SUMS": listing()}
    place = mirror(files)
    assert find(NAME, data, place) == (None if place.startswith("http") else data / NAME)
    assert server.log == []


@pytest.mark.parametrize(
    "place", ["/no/such/folder", "ftp://127.0.0.1/data", str(Path(__file__)), "~no_such_user/data", "/dev/null", " "]
)
def test_a_mirror_must_be_a_folder_or_an_address(place, data):
    fails(data, place, "not a folder", "--mirror", mirror=place)


@pytest.mark.parametrize(
    "place",
    [
        "http://[::1",
        "http://",
        "HTTP:///data",
        "http://:80/data",
        "http://127.0.0.1:99999/data",
        "http://127.0.0.1:port/data",
        "http://a b/data",
        "http://.example.com/data",
        "http://\u2603\u200b.\x01/",
    ],
)
def test_a_malformed_address_of_a_mirror_is_named(place, server, data, monkeypatch):
    fails(data, "not a valid address", "--mirror", mirror=place)
    monkeypatch.setenv("LAB_DATA_MIRROR", place)
    fails(data, "not a valid address", "LAB_DATA_MIRROR")
    assert server.log == []


def test_a_mirror_that_cannot_be_reached_is_passed_over(data, declare, nowhere):
    assert fetch(NAME, data, nowhere).read_bytes() == CONTENT
    declare("sky/snow.csv.zip", urls=[nowhere])
    with pytest.raises(NoNetworkError, match="no network"):
        fetch("sky/snow.csv.zip", data, nowhere)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (500, "answers 500"),
        (sends(head(), endless), "sends more than 1,048,576 bytes as SHA256SUMS"),
        (sends(head(Content_Length=10**15), endless), "sends more than 1,048,576 bytes as SHA256SUMS"),
        (sends(head(Content_Length=99), byte_by_byte(listing()), pause=0.2), "sends less than 1,000 bytes a second"),
        (sends(byte_by_byte(head()), pause=0.2), "sends less than 1,000 bytes a second"),
        (sends(head(), b"<html>Please log in</html>"), "sends a web page as SHA256SUMS"),
        (sends(head(Content_Length=999), listing()), "closes the connection early"),
        (redirects("file:///etc/passwd"), "redirects to 'file:///etc/passwd'"),
        (sends(head("304 Not Modified")), "answers 304 Not Modified"),
    ],
)
def test_a_faulty_mirror_is_passed_over_and_its_fault_is_named(fault, words, server, data, capsys, monkeypatch):
    monkeypatch.setattr(web, "PATIENCE", 1.0)
    server.files |= {f"/mirror/{NAME}": REPACKED, "/mirror/SHA256SUMS": listing()}
    server.faults["/mirror/SHA256SUMS"] = [fault]
    begun = time.monotonic()
    assert fetch(NAME, data, server.url("/mirror")).read_bytes() == CONTENT
    assert time.monotonic() - begun < 10
    assert server.sent < 20 * SUMS_LIMIT
    assert words in capsys.readouterr().err


def test_a_file_of_a_mirror_that_redirects_elsewhere_is_not_called_different(server, data, declare):
    declare(urls=[])
    server.files["/mirror/SHA256SUMS"] = listing()
    server.files[f"/mirror/{NAME}"] = REPACKED
    server.faults[f"/mirror/{NAME}"] = [redirects("file:///etc/passwd")]
    fails(data, "redirects to 'file:///etc/passwd', which is no http address", mirror=server.url("/mirror"))


def test_a_download_from_a_mirror_goes_on_where_it_stopped(server, data):
    server.files |= {f"/mirror/{NAME}": REPACKED, "/mirror/SHA256SUMS": listing()}
    server.faults[f"/mirror/{NAME}"] = ["drops"]
    assert fetch(NAME, data, server.url("/mirror")).read_bytes() == REPACKED
    assert server.ranges(f"/mirror/{NAME}")[1] > 0

"""Downloads from a real server on this machine: resumed, interrupted, from one address after another."""

import errno
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
from tqdm import tqdm

from foundation import download
from foundation import fetch as fetching
from foundation.fetch import fetch, find
from foundation.user_error import NoNetworkError, UserError
from tests.foundation.rain import CONTENT, NAME, PAGE, REPACKED, fails, parts
from tests.foundation.web_server import endless, head, redirects, sends

ROOT = Path(__file__).parents[2]


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
    server.faults["/rain.zip"] = [redirects(nowhere)]
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
    for thread in set(threading.enumerate()) - before - {tqdm.monitor}:  # tqdm keeps one for all its bars
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

"""Fetching from a real server on this machine, with the faults of real ones; archives, honest and hostile."""

import errno
import gzip
import hashlib
import importlib.util
import io
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import SimpleNamespace

import pooch
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation import fetch as fetching
from foundation.archive import members, open_member
from foundation.fetch import NoNetworkError, fetch, find, sources
from foundation.user_error import UserError

ROOT = Path(__file__).parents[2]
NAME = "sky/rain.csv.zip"
CONTENT = b"PK\x03\x04" + random.Random(0).randbytes(300_000)
REPACKED = b"PK\x03\x04" + random.Random(1).randbytes(200_000)
PAGE = b"\n<!DOCTYPE html><title>Welcome to the Grand Hotel</title>"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def flipped(content):
    return content[:-1] + bytes([content[-1] ^ 1])


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer(head=True)

    def do_GET(self):
        self.answer()

    def answer(self, head=False):
        server, asked = self.server, self.headers.get("Range", "")
        server.log.append((self.command, self.path, asked))
        server.encodings.add(self.headers.get("Accept-Encoding"))
        fault = server.faults[self.path].pop(0) if server.faults[self.path] else None
        content = server.files.get(self.path)
        if isinstance(fault, int) or content is None:
            return self.send_error(fault or 404)
        if isinstance(fault, bytes):
            content, asked = fault, ""
        start = int(asked[6:-1]) if asked and fault != "ignores the range" else 0
        if start and start >= len(content):
            return self.send_error(416)
        self.send_response(206 if asked and fault != "ignores the range" else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        rest = b"" if head else content[start:]
        if fault not in ("drops", "stalls"):
            return self.wfile.write(rest)
        self.wfile.write(rest[: len(rest) // 2])
        if fault == "stalls":
            server.go_on.wait(60)
        return None

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    """Serves `files`; each request takes the next of its path's `faults`; `log` holds what was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.faults, self.go_on = {}, defaultdict(list), threading.Event()
        self.log, self.encodings = [], set()

    def handle_error(self, request, client_address):
        pass  # a client that hangs up is what some tests are about

    def url(self, path):
        return f"http://127.0.0.1:{self.server_port}{path}"

    def ranges(self, path):
        return [int(asked[6:-1]) for method, where, asked in self.log if (method, where) == ("GET", path)]


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.go_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def waits(monkeypatch):
    """Seconds waited between attempts, instead of waiting."""
    waits = []
    monkeypatch.setattr(pooch.core, "time", SimpleNamespace(sleep=waits.append))
    return waits


@pytest.fixture
def nowhere():
    """The address of a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{probe.getsockname()[1]}/rain.zip"


@pytest.fixture
def declare(tmp_path, monkeypatch, server, waits):
    """Writes a table of sources with one file in it, at `server` unless told otherwise."""
    for variable in [fetching.MIRROR, *(v for v in os.environ if v.lower().endswith("_proxy"))]:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetching, "SOURCES", tmp_path / "sources.yaml")
    monkeypatch.setattr(fetching, "TIMEOUT", (10, 20))
    server.files["/rain.zip"] = CONTENT

    def declare(name=NAME, **fields):
        entry = {"what": "rain", "licence": "free", "urls": [server.url("/rain.zip")]} | fields
        fetching.SOURCES.write_text(yaml.safe_dump({name: entry}))

    declare()
    return declare


@pytest.fixture
def data(tmp_path, declare):
    return tmp_path / "data"


def parts(data):
    return list(data.glob(".partial/**/*.part"))


def fails(data, *words, kind=UserError, **options):
    """Fetches in vain; the message is one line with these words, and nothing has taken the file's place."""
    with pytest.raises(kind) as caught:
        fetch(NAME, data, **options)
    message = str(caught.value)
    assert type(caught.value) is kind
    assert "\n" not in message and "{" not in message
    assert [word for word in words if word not in message] == []
    assert not (data / NAME).exists()


# --- downloads ------------------------------------------------------------------------------------

SIZE, HASH = {"size": len(CONTENT)}, {"hash": f"sha256:{sha256(CONTENT)}"}


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
    ],
)
def test_a_file_arrives_whole_in_spite_of(faults, known, waited, server, data, declare, waits, monkeypatch):
    declare(**known)
    server.faults["/rain.zip"] = faults.copy()
    if "stalls" in faults:
        monkeypatch.setattr(fetching, "TIMEOUT", (10, 0.5))
    begun = time.monotonic()
    assert fetch(NAME, data) == data / NAME
    assert time.monotonic() - begun < 20  # the server stalls for longer
    assert (data / NAME).read_bytes() == CONTENT
    assert waits == waited and server.faults["/rain.zip"] == []
    assert sorted(p.name for p in data.rglob("*") if p.is_file()) == [".lock", "SHA256SUMS", "rain.csv.zip"]
    server.log.clear()
    assert fetch(NAME, data) == data / NAME
    assert server.log == []  # it is there


@pytest.mark.parametrize(
    ("faults", "known", "words", "requests", "kept"),
    [
        ([404], {}, ["answers 404 Not Found"], 1, True),
        ([403], {}, ["answers 403"], 1, True),
        ([500] * 4, {}, ["answers 500"], 4, True),
        (["drops"] * 4, {}, ["fails", "kept"], 4, True),
        (["stalls"] * 4, {}, ["fails", "kept"], 4, True),
        ([PAGE], {}, ["sends a web page", "log in"], 1, False),
        ([PAGE], SIZE | HASH, ["sends a web page"], 1, False),
        ([b"not a zip"], {}, ["sends a web page"], 1, False),
        ([CONTENT[:-9]] * 4, SIZE, ["another file than the published one"], 4, False),
        ([flipped(CONTENT)] * 4, HASH, ["another file than the published one"], 4, False),
    ],
)
def test_a_download_that_fails_says_why(faults, known, words, requests, kept, server, data, declare, monkeypatch):
    declare(**known)
    server.faults["/rain.zip"] = faults.copy()
    if "stalls" in faults:
        monkeypatch.setattr(fetching, "TIMEOUT", (10, 0.5))
    fails(data, NAME, f"127.0.0.1:{server.server_port}", *words)
    assert len(server.log) == requests
    assert bool(parts(data)) == kept
    assert fetch(NAME, data).read_bytes() == CONTENT  # and does no harm to the next attempt


def test_a_web_page_is_known_also_where_the_file_has_no_mark_of_its_kind(server, data, declare):
    declare("sky/rain.txt")
    server.faults["/rain.zip"] = [PAGE]
    with pytest.raises(UserError, match="sends a web page"):
        fetch("sky/rain.txt", data)


def test_only_the_rest_is_asked_for(server, data):
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


def test_a_file_that_has_become_shorter_than_what_has_arrived_starts_over(server, data):
    server.faults["/rain.zip"] = ["drops"] * 4
    fails(data)
    server.files["/rain.zip"] = REPACKED
    assert parts(data)[0].stat().st_size > len(REPACKED)
    assert fetch(NAME, data).read_bytes() == REPACKED


def test_the_next_address_is_tried_and_does_not_go_on_with_the_first_ones_bytes(server, data, declare, nowhere):
    server.files |= {"/gone.zip": REPACKED, "/page.zip": PAGE}
    server.faults["/gone.zip"] = ["drops"] * 4
    declare(urls=[nowhere, *map(server.url, ("/missing.zip", "/page.zip", "/gone.zip", "/rain.zip"))])
    assert fetch(NAME, data).read_bytes() == CONTENT
    assert server.ranges("/rain.zip") == [0]


def test_when_no_address_delivers_all_are_named(server, data, declare, nowhere):
    declare(urls=[nowhere, server.url("/missing.zip")])
    fails(data, "127.0.0.1", "cannot be reached", "answers 404")


def test_without_network_nothing_is_tried_twice(data, declare, nowhere, waits):
    declare(urls=[nowhere, nowhere.replace("rain", "snow")])
    fails(data, "no network", NAME, "cannot be reached", kind=NoNetworkError)
    assert waits == []


def test_a_network_that_goes_away_halfway_is_no_missing_network(server, data, declare, waits, monkeypatch):
    server.faults["/rain.zip"] = ["drops"]
    waiting = waits.append

    def unplug(seconds):
        server.socket.close()
        waiting(seconds)

    monkeypatch.setattr(pooch.core, "time", SimpleNamespace(sleep=unplug))
    fails(data, "fails", "what has arrived is kept")
    assert waits == [1, 2, 3] and parts(data)


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
def test_an_interrupted_process_leaves_no_broken_file_and_the_next_goes_on(kind, server, data):
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
    assert not list(data.glob(".partial/**/*.*"))


def test_a_file_is_flushed_before_it_takes_its_place(data, monkeypatch):
    flushed = []

    def fsync(descriptor):
        assert not (data / NAME).exists()
        flushed.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    fetch(NAME, data)
    assert len(CONTENT) in flushed


def test_two_at_once_download_once(server, data):
    with ThreadPoolExecutor() as pool:
        paths = list(pool.map(lambda _: fetch(NAME, data), range(4)))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert len(server.log) == 1


# --- what is there already ------------------------------------------------------------------------


@pytest.mark.parametrize("harm", [lambda c: c[:-5], flipped, lambda c: b""])
def test_a_damaged_file_is_noticed_and_fetched_again(harm, server, data, capsys):
    fetch(NAME, data)
    (data / NAME).write_bytes(harm(CONTENT))
    assert find(NAME, data) is None
    assert f"{NAME} is damaged" in capsys.readouterr().err
    assert fetch(NAME, data).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("known", "content", "good"),
    [
        ({}, b"anything", True),
        (SIZE, CONTENT, True),
        (SIZE, CONTENT[:-1], False),
        (HASH, CONTENT, True),
        (HASH, flipped(CONTENT), False),
    ],
)
def test_a_file_put_there_by_hand_counts_if_it_is_the_published_one(known, content, good, data, declare):
    declare(**known)
    (data / NAME).parent.mkdir(parents=True)
    (data / NAME).write_bytes(content)
    assert find(NAME, data) == (data / NAME if good else None)


def test_files_keep_their_hashes_when_others_arrive(server, data, declare):
    fetch(NAME, data)
    declare("sky/snow.csv.zip")
    fetch("sky/snow.csv.zip", data)
    lines = [f"{sha256(CONTENT)}  sky/{name}.csv.zip" for name in ("rain", "snow")]
    assert (data / "SHA256SUMS").read_text().splitlines() == lines


# --- mirrors --------------------------------------------------------------------------------------


@pytest.fixture(params=["folder", "address"])
def mirror(request, tmp_path, server):
    """Sets up a mirror of these files, by either kind of name, and gives that name."""

    def mirror(files):
        for path, content in files.items():
            server.files[f"/mirror/{path}"] = content
            (tmp_path / "mirror" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mirror" / path).write_bytes(content)
        return {"folder": str(tmp_path / "mirror"), "address": server.url("/mirror/")}[request.param]

    return mirror


def listing(content=REPACKED, name=NAME):
    return f"{sha256(b'else')}  sky/else.zip\n{sha256(content)}  {name}\n".encode()


@pytest.mark.parametrize("name", [NAME, f"./{NAME}", f"*{NAME}"])
@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_mirror_comes_first_and_is_believed_by_its_own_sums(
    name, by, mirror, server, data, declare, monkeypatch, tmp_path
):
    declare(**SIZE, **HASH)
    place = mirror({NAME: REPACKED, "SHA256SUMS": listing(name=name)})
    if by == "environment":
        monkeypatch.setenv("LAB_DATA_MIRROR", place)
    assert fetch(NAME, data, place if by == "argument" else None).read_bytes() == REPACKED
    assert "/rain.zip" not in [path for _, path, _ in server.log]
    monkeypatch.delenv("LAB_DATA_MIRROR", raising=False)
    shutil.rmtree(tmp_path / "mirror")
    server.log.clear()
    assert fetch(NAME, data) == data / NAME  # a later run needs neither mirror nor network
    assert server.log == []


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({NAME: REPACKED, "SHA256SUMS": listing(CONTENT)}, ["differs from the mirror's SHA256SUMS", "anew"]),
        ({NAME: REPACKED, "SHA256SUMS": listing(name="sky/sun.zip")}, ["not listed", "SHA256SUMS"]),
        ({NAME: REPACKED, "SHA256SUMS": b"\n\nfoo\n\xff bar"}, ["not listed", "SHA256SUMS"]),
        ({NAME: REPACKED}, ["not listed", "SHA256SUMS"]),
    ],
)
def test_a_mirror_that_cannot_be_believed_is_refused(files, words, mirror, data, waits):
    place = mirror(files)
    fails(data, NAME, *words, mirror=place)
    assert waits == [] or place.startswith("http")  # copying again would only take time


@pytest.mark.parametrize("files", [{}, {"sky/sun.zip": b""}, {"SHA256SUMS": listing(name="sky/sun.zip")}])
def test_what_a_mirror_does_not_hold_comes_from_the_public_address(files, mirror, data):
    assert fetch(NAME, data, mirror(files | {"README": b""})).read_bytes() == CONTENT


def test_what_only_a_mirror_can_hold(mirror, data, declare):
    declare(urls=[])
    fails(data, NAME, "only a mirror", "--mirror", "LAB_DATA_MIRROR")
    fails(data, NAME, "only a mirror", mirror=mirror({"README": b""}))
    assert fetch(NAME, data, mirror({NAME: REPACKED, "SHA256SUMS": listing()})).read_bytes() == REPACKED


def test_a_data_folder_is_a_mirror(data, server, tmp_path):
    fetch(NAME, data)
    server.log.clear()
    copy = fetch(NAME, tmp_path / "other", data)
    assert copy.read_bytes() == CONTENT
    assert copy.stat().st_mode == (data / NAME).stat().st_mode  # and may itself be read by others
    assert server.log == []


def test_find_asks_no_network(data, server, mirror):
    files = {NAME: REPACKED, "SHA256SUMS": listing()}
    place = mirror(files)
    assert find(NAME, data, place) == (None if place.startswith("http") else data / NAME)
    assert server.log == []


@pytest.mark.parametrize("place", ["/no/such/folder", "ftp://127.0.0.1/data", str(Path(__file__))])
def test_a_mirror_that_is_none(place, data):
    fails(data, place, "no folder", "--mirror", mirror=place)


def test_a_mirror_that_cannot_be_reached(data, declare, nowhere):
    assert fetch(NAME, data, nowhere).read_bytes() == CONTENT
    declare("sky/snow.csv.zip", urls=[nowhere])
    with pytest.raises(NoNetworkError, match="no network"):
        fetch("sky/snow.csv.zip", data, nowhere)


def test_a_mirror_out_of_order_is_passed_over(server, data):
    server.files |= {f"/mirror/{NAME}": REPACKED, "/mirror/SHA256SUMS": listing()}
    server.faults["/mirror/SHA256SUMS"] = [500]
    assert fetch(NAME, data, server.url("/mirror")).read_bytes() == CONTENT


def test_a_mirrors_download_is_resumed_too(server, data):
    server.files |= {f"/mirror/{NAME}": REPACKED, "/mirror/SHA256SUMS": listing()}
    server.faults[f"/mirror/{NAME}"] = ["drops"]
    assert fetch(NAME, data, server.url("/mirror")).read_bytes() == REPACKED
    assert server.ranges(f"/mirror/{NAME}")[1] > 0


# --- the disk -------------------------------------------------------------------------------------


class FullDisk(io.FileIO):
    def write(self, chunk):
        if self.tell() >= 2**16:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(chunk)


def test_a_full_disk_stops_a_download_which_goes_on_when_there_is_room(server, data, monkeypatch):
    real = Path.open

    def open_(path, mode="r", *args, **options):
        return FullDisk(path, mode) if mode == "ab" else real(path, mode, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", open_)
        fails(data, "disk is full", "make room")
    assert len(server.log) == 1  # no other attempt or address helps against that
    assert fetch(NAME, data).read_bytes() == CONTENT
    assert server.ranges("/rain.zip") == [0, 2**16]


def test_a_full_disk_stops_a_copy(data, monkeypatch, tmp_path):
    mirror = tmp_path / "mirror"
    (mirror / NAME).parent.mkdir(parents=True)
    (mirror / NAME).write_bytes(REPACKED)
    (mirror / "SHA256SUMS").write_bytes(listing())

    def copyfile(source, target, **_):
        Path(target).write_bytes(REPACKED[:100])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), target)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", copyfile)
        fails(data, "disk is full", mirror=mirror)
    assert fetch(NAME, data, mirror).read_bytes() == REPACKED


def test_a_data_folder_that_cannot_be_one(data):
    data.write_text("a file")
    with pytest.raises(UserError, match=f"^{re.escape(str(data))}.* cannot be used"):
        fetch(NAME, data)


# --- the table of sources -------------------------------------------------------------------------


def test_an_unknown_name_is_refused_with_the_known_ones(data):
    with pytest.raises(UserError, match=rf"'\.\./x' is not in .*sources.yaml, which knows {NAME}"):
        fetch("../x", data)


@pytest.mark.parametrize(("name", "source"), sources().items())
def test_the_committed_table_is_sound(name, source):
    place = PurePosixPath(name)
    assert len(place.parts) == 2 and ".." not in place.parts
    assert source.what and source.licence
    assert all(url.startswith("https://") and url.endswith(place.name) for url in source.urls)
    assert source.size is None or source.size > 2**16
    assert source.urls or (source.size, source.hash) == (None, None)
    assert source.hash is None or re.fullmatch(r"sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", source.hash)


@pytest.mark.parametrize("name", ["imdb/imdb.npz", "imdb/imdb_word_index.json", "mnist/mnist.npz"])
def test_hashes_are_those_that_keras_expects(name):
    (keras,) = importlib.util.find_spec("keras").submodule_search_locations
    module = Path(keras, "src", "datasets", name.split("/")[0]).with_suffix(".py").read_text()
    assert f'"{sources()[name].hash.split(":")[1]}"' in module
    assert name.split("/")[1] in module


def test_importing_it_is_cheap():
    program = "import sys, foundation.fetch; print({'pooch', 'requests', 'tqdm', 'yaml', 'tarfile'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- archives -------------------------------------------------------------------------------------

CSV = b'"Date Time","T (degC)"\n' + b"".join(b"%d,%f\n" % (i, i**0.5) for i in range(500))


def zipped(*named, mode=0o100644):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def tarred(*named, kind=tarfile.REGTYPE):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, content in named:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, "/etc/passwd", len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def by_words(value):
    """A test's name from what it expects, as the archives' bytes make none."""
    return value[-1] if isinstance(value, list) else "archive"


ZIP, GZ, TAR = (
    zipped(("a.csv", CSV)),
    gzip.compress(CSV),
    tarred(("a.txt", CSV[:999]), ("b/c.txt", CSV[:512])),
)


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        GZ,
        ZIP,
        zipped(("read.me", b"?"), ("deep/A.CSV", CSV), ("__MACOSX/deep/._A.CSV", b"?")),
        zipped(("folder/", b""), ("folder/a.csv", CSV)),
    ],
)
def test_a_csv_is_read_from_whatever_holds_it(content, tmp_path):
    path = tmp_path / "named.anyhow"
    path.write_bytes(content)
    with open_member(path, ".csv", limit=len(CSV)) as stream:
        assert stream.read(10) == CSV[:10]
        assert stream.read() == CSV[10:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(("../a.csv", CSV)), ["../a.csv", "outside"]),
        (zipped(("a.csv", CSV), ("b/../../evil.txt", b"")), ["evil.txt", "outside"]),
        (zipped(("/etc/a.csv", CSV)), ["/etc/a.csv", "outside"]),
        (zipped(("..\\a.csv", CSV)), ["outside"]),
        (zipped(("a.csv", b"/etc/passwd"), mode=0o120777), ["a.csv", "link"]),
        (zipped(("a.csv", CSV), ("b.csv", CSV)), ["holds 2 .csv files where one is expected"]),
        (zipped(("a.txt", CSV)), ["holds 0 .csv files where one is expected"]),
        (zipped(("a.csv", bytes(2**20 + 1))), ["unpacks to too much"]),
        (gzip.compress(bytes(2**20 + 1)), ["unpacks to too much"]),
        (ZIP[:-1], ["is damaged", "fetch it again"]),
        (GZ[:-1], ["is damaged", "fetch it again"]),
        (ZIP.replace(b"a.csv", b"b.csv", 1), ["is damaged"]),
    ],
    ids=by_words,
)
def test_a_hostile_or_damaged_csv_is_refused(content, words, tmp_path):
    path = tmp_path / "a.csv.zip"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught, open_member(path, limit=2**20):
        pytest.fail("it was opened")
    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []
    assert ("is damaged" in words) == ("is damaged" in str(caught.value))


def test_no_file_to_open(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UserError, match=rf"^{re.escape(str(path))} cannot be read"), open_member(path):
            pass
        with pytest.raises(UserError, match=rf"^{re.escape(str(path))} cannot be read"):
            next(members(path))


def test_what_the_reader_does_wrong_stays_its_own(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(ZIP)
    with pytest.raises(ValueError, match="mine"), open_member(path):
        raise ValueError("mine")


def test_a_tar_gives_its_files_in_order(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(TAR)
    assert list(members(path, limit=2**20)) == [("a.txt", CSV[:999]), ("b/c.txt", CSV[:512])]
    path.write_bytes(tarred(("folder", b""), kind=tarfile.DIRTYPE))
    assert list(members(path)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (tarred(("../a", b"x")), ["../a", "outside"]),
        (tarred(("ok/../../a", b"x")), ["outside"]),
        (tarred(("/a", b"x")), ["outside"]),
        (tarred(("a", b""), kind=tarfile.SYMTYPE), ["neither a file nor a folder"]),
        (tarred(("a", b""), kind=tarfile.LNKTYPE), ["neither a file nor a folder"]),
        (tarred(("a", b""), kind=tarfile.CHRTYPE), ["neither a file nor a folder"]),
        (tarred(("a", bytes(2**20 + 1))), ["unpacks to too much"]),
        (gzip.compress(CSV), ["is damaged"]),
        (CSV, ["is damaged"]),
        (b"", ["is damaged"]),
    ],
    ids=by_words,
)
def test_a_hostile_or_damaged_tar_is_refused(content, words, tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        next(members(path, limit=2**20))
    assert [word for word in [str(path), *words] if word not in str(caught.value)] == []
    assert ("is damaged" in words) == ("is damaged" in str(caught.value))


def test_a_tar_in_a_tar_gives_its_files_in_its_place(tmp_path):
    path = tmp_path / "a.tar.gz"
    inner = gzip.decompress(tarred(("deep/b.txt", CSV[:700]), ("c.txt", CSV[:3])))
    path.write_bytes(tarred(("a.txt", b"a"), ("inner.tar", inner), ("z.txt", b"z")))
    files = [("a.txt", b"a"), ("deep/b.txt", CSV[:700]), ("c.txt", CSV[:3]), ("z.txt", b"z")]
    assert list(members(path)) == files
    with pytest.raises(UserError, match="too much"):
        list(members(path, limit=600))
    path.write_bytes(tarred(("inner.tar", gzip.decompress(tarred(("../b.txt", b"b"))))))
    with pytest.raises(UserError, match="outside"):
        list(members(path))


def test_a_tar_of_many_files_is_limited_as_a_whole(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(tarred(*((f"{i}", bytes(400)) for i in range(4))))
    assert len(list(members(path, limit=12_000))) == 4
    files = members(path, limit=1000)
    assert [next(files)[0], next(files)[0]] == ["0", "1"]
    with pytest.raises(UserError, match="too much"):
        next(files)


def read(content, path):
    """What comes out of an archive with this content, or the UserError it is."""
    path.write_bytes(content)
    try:
        if path.suffix == ".tar":
            return list(members(path))
        with open_member(path) as stream:
            return stream.read()
    except UserError as mistake:
        return mistake


ARCHIVES = st.sampled_from([("zip", ZIP), ("gz", GZ), ("tar", TAR)])


@settings(max_examples=200, deadline=None)
@given(ARCHIVES, st.data())
def test_an_archive_cut_short_anywhere_is_noticed(tmp_path_factory, archive, data):
    kind, content = archive
    path = tmp_path_factory.getbasetemp() / f"cut.{kind}"
    end = data.draw(st.integers(4, len(content) - 1))  # what is shorter has no mark to tell it is an archive
    assert isinstance(read(content[:end], path), UserError)


@settings(max_examples=300, deadline=None)
@given(ARCHIVES, st.data())
def test_an_archive_with_a_byte_changed_gives_the_same_or_a_mistake(tmp_path_factory, archive, data):
    kind, content = archive
    path = tmp_path_factory.getbasetemp() / f"changed.{kind}"
    at = data.draw(st.integers(4, len(content) - 1))
    changed = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    outcome = read(changed, path)
    assert isinstance(outcome, UserError) or outcome == read(content, path)

"""A server, a table of sources that names it, and data folders."""

import os
import socket
import threading
from types import SimpleNamespace

import pooch
import pytest
import yaml

from foundation import fetch as fetching
from foundation import web
from tests.foundation.rain import CONTENT, NAME
from tests.foundation.web_server import Server


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
    """The seconds between attempts. The tests do not wait for them."""
    waits = []
    monkeypatch.setattr(pooch.core, "time", SimpleNamespace(sleep=waits.append))
    return waits


@pytest.fixture
def nowhere():
    """The address of a port without a server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{probe.getsockname()[1]}/rain.zip"


@pytest.fixture
def declare(tmp_path, monkeypatch, server, waits):
    """Writes a table of sources with one file, at `server` unless the fields say otherwise."""
    for variable in [fetching.MIRROR, *(v for v in os.environ if v.lower().endswith("_proxy"))]:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetching, "SOURCES", tmp_path / "sources.yaml")
    monkeypatch.setattr(web, "TIMEOUT", (10, 20))
    server.files["/rain.zip"] = CONTENT

    def declare(name=NAME, **fields):
        entry = {"what": "rain", "licence": "free", "urls": [server.url("/rain.zip")]} | fields
        fetching.SOURCES.write_text(yaml.safe_dump({name: entry}))

    declare()
    return declare


@pytest.fixture
def data(tmp_path, declare):
    return tmp_path / "data"


@pytest.fixture(params=["folder", "address"])
def mirror(request, tmp_path, server):
    """Makes a mirror of these files, and returns its path or its address."""

    def mirror(files):
        for path, content in files.items():
            server.files[f"/mirror/{path}"] = content
            (tmp_path / "mirror" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "mirror" / path).write_bytes(content)
        return {"folder": str(tmp_path / "mirror"), "address": server.url("/mirror/")}[request.param]

    return mirror

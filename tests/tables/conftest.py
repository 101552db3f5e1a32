"""A folder for small files, and the real tables where a mirror has them."""

import os
from pathlib import Path

import pytest

from foundation import fetch as fetching
from tables.description import described
from tables.read import read

MIRROR = os.environ.get(fetching.MIRROR)


@pytest.fixture
def load(tmp_path):
    """Writes content to a file and reads it by the keys of a description."""

    def load_content(content, name="table.csv", encoding="utf-8", anchor="first", **keys):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return read(described(keys, "test"), [path], anchor=anchor)

    return load_content


@pytest.fixture
def real(tmp_path, monkeypatch):
    """Returns the path of a file of data/sources.yaml, copied from the mirror."""
    if not MIRROR or not Path(MIRROR).is_dir():
        pytest.skip("LAB_DATA_MIRROR names no folder")

    def path(name):
        return fetching.fetch(name, tmp_path / "data", MIRROR)

    return path

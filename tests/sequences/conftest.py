"""A data folder without network or mirror; the real mirror, where there is one."""

import os
from pathlib import Path

import pytest
import yaml

from foundation import fetch as fetching

MIRROR = os.environ.get(fetching.MIRROR)


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """No file can be had but what lies in a data folder or a mirror, whatever it holds."""
    monkeypatch.delenv(fetching.MIRROR, raising=False)
    known = yaml.safe_load(fetching.SOURCES.read_text("utf-8"))
    bare = {name: {"what": entry["what"], "licence": "any", "urls": []} for name, entry in known.items()}
    (tmp_path / "sources.yaml").write_text(yaml.safe_dump(bare))
    monkeypatch.setattr(fetching, "SOURCES", tmp_path / "sources.yaml")


@pytest.fixture
def data(tmp_path, offline):
    """A data folder for a test's own files, as `folder` of a loader."""
    for name in ("mnist", "music", "text"):
        (tmp_path / "data" / name).mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def real(tmp_path, offline):
    """A loader's keywords for the real files, for tests that need them."""
    if not MIRROR or not Path(MIRROR).is_dir():
        pytest.skip("LAB_DATA_MIRROR names no folder")
    return {"folder": tmp_path / "real", "mirror": MIRROR}

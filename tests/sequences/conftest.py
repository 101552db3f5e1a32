"""A data folder without network or mirror, and the real mirror if there is one."""

import os
from pathlib import Path

import pytest
import yaml

from foundation import fetch as fetching

MIRROR = os.environ.get(fetching.MIRROR)


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """Leaves no public address: files come from a data folder or a mirror, and any content counts."""
    monkeypatch.delenv(fetching.MIRROR, raising=False)
    known = yaml.safe_load(fetching.SOURCES.read_text("utf-8"))
    bare = {name: {"what": entry["what"], "licence": "any", "urls": []} for name, entry in known.items()}
    (tmp_path / "sources.yaml").write_text(yaml.safe_dump(bare))
    monkeypatch.setattr(fetching, "SOURCES", tmp_path / "sources.yaml")


@pytest.fixture
def data(tmp_path, offline):
    """A data folder for the files of a test, the `folder` of a loader."""
    for name in ("mnist", "music", "text"):
        (tmp_path / "data" / name).mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def real(tmp_path, offline):
    """Arguments of a loader for the real files."""
    if not MIRROR or not Path(MIRROR).is_dir():
        pytest.skip("LAB_DATA_MIRROR names no folder")
    return {"folder": tmp_path / "real", "mirror": MIRROR}

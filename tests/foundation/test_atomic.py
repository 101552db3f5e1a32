"""A file is there whole or as it was before."""

import pytest

from foundation.atomic import atomic


def test_the_file_appears_when_the_block_is_done(tmp_path):
    path = tmp_path / "a.csv"
    with atomic(path) as beside:
        beside.write_text("new")
        assert not path.exists()
        assert beside.suffix == ".csv"
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(OSError, match="disk full"), atomic(path) as beside:
        beside.write_text("half")
        raise OSError("disk full")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]

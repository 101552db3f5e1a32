"""A file is there whole, or as it was before."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from foundation.atomic import ABANDONED, PREFIX, atomic

ROOT = Path(__file__).parents[2]


def test_the_file_appears_when_the_block_ends(tmp_path):
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


def test_threads_and_processes_may_write_the_same_file_at_once(tmp_path):
    path = tmp_path / "a.txt"
    program = (
        "import sys; from pathlib import Path; from foundation.atomic import atomic\n"
        "for i in range(100):\n"
        "    with atomic(Path(sys.argv[1])) as beside: beside.write_text(sys.argv[2] * 1000)\n"
    )

    def write(letter):
        for _ in range(100):
            with atomic(path) as beside:
                beside.write_text(letter * 1000)

    others = [subprocess.Popen([sys.executable, "-c", program, path, letter], cwd=ROOT) for letter in "ab"]
    with ThreadPoolExecutor() as pool:
        list(pool.map(write, "cdef"))
    assert [other.wait() for other in others] == [0, 0]
    assert path.read_text() in {letter * 1000 for letter in "abcdef"}
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_but_not_what_another_one_writes(tmp_path):
    path = tmp_path / "a[1].csv"
    old, fresh = (tmp_path / f"{PREFIX}{process}-{process}-a[1].csv" for process in (1, 2))
    for left in (old, fresh):
        left.write_text("half")
    long_ago = time.time() - 2 * ABANDONED
    os.utime(old, (long_ago, long_ago))
    with atomic(path) as beside:
        beside.write_text("new")
    assert sorted(tmp_path.iterdir()) == sorted([path, fresh])


def test_an_error_names_the_path_and_not_the_temporary_file(tmp_path):
    path = tmp_path / "a.csv"
    path.mkdir()
    with pytest.raises(OSError, match=rf"'{path}'"), atomic(path) as beside:
        beside.write_text("new")
    with pytest.raises(OSError, match=r"'\S+/missing/a.csv'"), atomic(tmp_path / "missing/a.csv") as beside:
        beside.write_text("new")

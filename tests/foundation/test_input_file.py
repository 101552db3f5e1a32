"""Files that can be read, and everything else that a path can name."""

import os
import re
from pathlib import Path

import pytest

from foundation.input_file import open_input, read_input
from foundation.user_error import UserError
from tests.permissions import obeyed


def test_a_file_is_opened_also_through_a_link(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "link").symlink_to("a")
    for name in ("a", "link"):
        with open_input(tmp_path / name) as file:
            assert file.read() == b"content"


def test_a_file_is_read_up_to_a_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    assert read_input(tmp_path / "a", 7) == b"content"
    with pytest.raises(UserError, match=r"/a cannot be read: it has more than 6 bytes$"):
        read_input(tmp_path / "a", 6)


def loop(path):
    path.symlink_to(path.name)


def locked(path):
    path.write_bytes(b"content")
    path.chmod(0)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.symlink_to("gone"), "No such file or directory"),
        (Path.mkdir, "it is a folder, not a file"),
        (os.mkfifo, "it is a pipe or a device, not a file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is a pipe or a device, not a file"),
        (loop, "Too many levels of symbolic links"),
        (locked, "Permission denied"),
    ],
)
def test_anything_else_is_one_line(make, reason, tmp_path):
    make(tmp_path / "a")
    with obeyed(), pytest.raises(UserError, match=f"^{re.escape(str(tmp_path))}/a cannot be read: {reason}$"):
        open_input(tmp_path / "a")


@pytest.mark.parametrize("path", [Path("a\0b"), Path("x" * 5000), Path("a/" * 3000)])
def test_a_path_that_no_file_can_have_is_one_line(path):
    with pytest.raises(UserError, match=r"cannot be read: [^\n]*$"):
        open_input(path)
